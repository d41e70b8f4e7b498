//! The page of the causes of differences is made from their catalogue, so that it cannot drift
//! from it.
//!
//! `DAYBOOK_WRITE_DOCS=1 cargo test -p daybook-domain --test differences_page` writes it.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its page cannot go on")]

use std::{env, fmt::Write as _, fs, path::Path};

use daybook_domain::reconcile::{
    DayCause,
    causes::{DayCauseRow, Remedy},
    fix::{self, Act},
};

const HINT: &str = "write it anew: DAYBOOK_WRITE_DOCS=1 cargo test -p daybook-domain --test \
                    differences_page";
const HEAD: &str = "\
<!-- Made from crates/domain/src/reconcile/causes/table.rs: change that, not this. -->
# Causes of a difference

A store's day closes when the tills' receipts, their Z-reports and OrderWise say the same. Each
difference has exactly one of these causes. `daybook reconcile show --day DATE` lists them with their
pounds. A code never changes once it is released. [The finance manual](finance.md) tells how to work
with them.
";

#[test]
fn the_page_is_what_the_catalogue_says() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/differences.md");
    let page = page();
    if env::var_os("DAYBOOK_WRITE_DOCS").is_some() {
        fs::write(&file, &page).unwrap();
    }
    let there = fs::read_to_string(&file).unwrap_or_default();
    assert!(there == page, "docs/differences.md is out of date\n{HINT}");
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    page.push_str(
        "\n| cause | what it is | who clears it | what takes it away |\n|---|---|---|---|\n",
    );
    for row in DayCause::ALL.iter().map(|cause| cause.entry()) {
        let (code, title, owner) = (row.code, row.title, row.owner);
        let remedy = remedy(row.remedy);
        let _ = writeln!(page, "| [`{code}`](#{code}) | {title} | {owner} | {remedy} |");
    }
    for row in DayCause::ALL.iter().map(|cause| cause.entry()) {
        page.push_str(&section(row));
    }
    page
}

fn section(row: &DayCauseRow) -> String {
    let command = fix::command(row.cause, (5, "2026-11-24".parse().unwrap()));
    let fix = who_fixes(Act::of(row.cause, row.remedy));
    format!(
        "\n## {}\n\n**{}.** {}\n\n*Example.* {}\n\n*What to do.* {}\n\n*`daybook reconcile fix`.* \
         {fix}\n\n```sh\n{command}\n```\n",
        row.code, row.title, row.sentence, row.example, row.fix,
    )
}

/// What `daybook reconcile fix --run` does about it.
fn who_fixes(act: Act) -> String {
    match act {
        Act::ByHand => {
            "Names document, line and amounts; a person changes it in OrderWise.".to_owned()
        }
        Act::Sign => "Nothing to run: a person decides, and signs.".to_owned(),
        Act::Credit => format!(
            "{} It does so for a sale that is on both documents alike and handed over whole; the \
             rest is a person's.",
            act.sentence()
        ),
        _ => act.sentence().to_owned(),
    }
}

const fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Wait => "time: Daybook is still at it",
        Remedy::Release => "clearing the exception",
        Remedy::Post => "posting what is missing",
        Remedy::Credit => "a credit in OrderWise",
        Remedy::Correct => "a correction in OrderWise",
        Remedy::Map => "a correct mapping",
        Remedy::Fetch => "Daybook fetches it from Sitoo",
        Remedy::SignOff => "a person's signature, with a reason",
    }
}
