//! The pages of the causes are made from the catalogue, so that they cannot drift from it.
//!
//! `DAYBOOK_WRITE_DOCS=1 cargo test -p daybook-domain --test causes_pages` writes them.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its pages cannot go on")]

use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use daybook_domain::causes::{
    Cause, CauseRow, Owner,
    told::{how_soon, releases, stands_still},
};

const HINT: &str =
    "write them anew: DAYBOOK_WRITE_DOCS=1 cargo test -p daybook-domain --test causes_pages";
const MADE: &str = "<!-- Made from crates/domain/src/causes/table.rs: change that, not this. -->\n";

#[test]
fn every_cause_has_its_page_and_no_page_is_left_over() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/causes");
    let pages = pages();
    if env::var_os("DAYBOOK_WRITE_DOCS").is_some() {
        write(&folder, &pages);
    }
    let mut differs = Vec::new();
    for (name, page) in &pages {
        let there = fs::read_to_string(folder.join(name)).unwrap_or_default();
        if there != *page {
            differs.push(format!("{name} is missing or out of date"));
        }
    }
    for name in there(&folder) {
        if !pages.contains_key(&name) {
            differs.push(format!("{name} belongs to no cause"));
        }
    }
    assert!(differs.is_empty(), "docs/causes: {}\n{HINT}", differs.join("; "));
}

/// All pages by file name.
fn pages() -> BTreeMap<String, String> {
    let mut pages: BTreeMap<String, String> = Cause::ALL
        .iter()
        .map(|cause| (format!("{}.md", cause.code()), page(cause.entry())))
        .collect();
    pages.insert("README.md".to_owned(), index());
    pages
}

fn page(row: &CauseRow) -> String {
    let mut page = format!("{MADE}# {}\n\n{}\n\n", row.title, row.sentence);
    page.push_str("| | |\n|---|---|\n");
    for (name, value) in [
        ("code", format!("`{}`", row.code)),
        ("who clears it", owner(row.owner).to_owned()),
        ("how soon", how_soon(row.severity).to_owned()),
        ("what stands still", stands_still(row).to_owned()),
    ] {
        let _ = writeln!(page, "| {name} | {value} |");
    }
    let _ = write!(page, "\n## How to clear it\n\n{}\n\n```sh\n{}\n```\n", row.fix, command(row));
    if row.command.contains('{') {
        page.push_str("\n`daybook exceptions show` prints the command with its names filled in.\n");
    }
    let _ = write!(page, "\n## What releases it\n\n{}\n", releases(row));
    page.push_str("\n[All causes](README.md)\n");
    page
}

fn index() -> String {
    let mut page = format!("{MADE}# Causes of exceptions\n\n");
    page.push_str(
        "An exception waits for a person. `daybook exceptions list` shows what is open, grouped by \
         cause; each\ncause has a page here. A code never changes once it is released.\n",
    );
    for who in [Owner::Finance, Owner::Retail, Owner::It] {
        let _ = write!(page, "\n## For {}\n\n", owner(who));
        page.push_str("| cause | what it is | how soon |\n|---|---|---|\n");
        for row in Cause::ALL.iter().map(|cause| cause.entry()).filter(|row| row.owner == who) {
            let (code, soon) = (row.code, how_soon(row.severity));
            let _ = writeln!(page, "| [`{code}`]({code}.md) | {} | {soon} |", row.title);
        }
    }
    page
}

/// The command with the names that a person fills in.
fn command(row: &CauseRow) -> String {
    row.command_for("SUBJECT", "REFERENCE")
}

const fn owner(owner: Owner) -> &'static str {
    match owner {
        Owner::Finance => "finance",
        Owner::Retail => "retail operations",
        Owner::It => "IT",
    }
}

fn write(folder: &Path, pages: &BTreeMap<String, String>) {
    fs::create_dir_all(folder).unwrap();
    for name in there(folder) {
        if !pages.contains_key(&name) {
            fs::remove_file(folder.join(name)).unwrap();
        }
    }
    for (name, page) in pages {
        fs::write(folder.join(name), page).unwrap();
    }
}

/// File names of the pages that are there.
fn there(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).map(|entries| entries.flatten().collect::<Vec<_>>());
    let paths: Vec<PathBuf> = entries.unwrap_or_default().iter().map(fs::DirEntry::path).collect();
    paths.iter().filter_map(|path| Some(path.file_name()?.to_str()?.to_owned())).collect()
}
