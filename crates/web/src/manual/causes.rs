//! Chapters that the tables of causes tell: one a cause of an exception, one of all differences.

use std::fmt::Write as _;

use daybook_domain::{
    causes::{
        Cause, CauseRow, Owner, Scope,
        told::{how_soon, releases, stands_still},
    },
    mapping::MappingKind,
    reconcile::{DayCause, causes::Remedy},
};

use super::{Book, Chapter, Part, cause_slug, mark};

/// Who clears something, in words.
pub(super) const fn owner(owner: Owner) -> &'static str {
    match owner {
        Owner::Finance => "Finance",
        Owner::Retail => "Retail operations",
        Owner::It => "IT",
    }
}

/// The list of causes, a chapter each, and the differences.
pub(super) fn chapters() -> Vec<Chapter> {
    let chapter = |slug: String, title: &str, books: &[Book], text: String| Chapter {
        slug,
        title: title.to_owned(),
        part: Part::Causes,
        books: books.to_vec(),
        text,
    };
    let mut all =
        vec![chapter("causes".to_owned(), "The causes of exceptions", &Book::ALL, index())];
    for row in Cause::ALL.iter().map(|cause| cause.entry()) {
        all.push(chapter(cause_slug(row.code), row.title, Book::of(row.owner), one(row)));
    }
    let finance = [Book::Finance];
    all.push(chapter("differences".to_owned(), "The causes of a difference", &finance, days()));
    all
}

fn index() -> String {
    let mut text = String::from(
        "An exception waits for a person. [Exceptions](/exceptions) shows what is open. Each cause \
         has a chapter: what it means, who clears it, and the steps that do.\n\n",
    );
    for who in [Owner::Finance, Owner::Retail, Owner::It] {
        let _ = write!(text, "## For {}\n\n", owner(who));
        let rows = Cause::ALL.iter().map(|cause| cause.entry()).filter(|row| row.owner == who);
        let rows: Vec<[String; 2]> = rows
            .map(|row| {
                let slug = cause_slug(row.code);
                let link = format!("[{}]({slug}.md)", mark::text(row.title));
                [link, how_soon(row.severity).to_owned()]
            })
            .collect();
        text.push_str(&mark::table(["Cause", "How soon"], &rows));
    }
    text
}

fn one(row: &CauseRow) -> String {
    let mut text = format!("{}\n\n", mark::text(row.sentence));
    let facts = [
        ["Who clears it".to_owned(), owner(row.owner).to_owned()],
        ["How soon".to_owned(), how_soon(row.severity).to_owned()],
        ["What stands still".to_owned(), stands_still(row).to_owned()],
        ["Its code".to_owned(), mark::code(row.code)],
    ];
    text.push_str(&mark::table(["About it", "It is so"], &facts));
    let _ = write!(text, "## What to do\n\n{}\n\n", mark::text(row.fix));
    for (number, step) in steps(row).iter().enumerate() {
        let _ = writeln!(text, "{}. {step}", number + 1);
    }
    let _ = write!(text, "\n## What ends it\n\n{}\n\n", releases(row));
    let command = row.command_for("SUBJECT", "REFERENCE");
    let _ = write!(text, "## From a terminal\n\nIT can do the same by a command:\n\n");
    let _ = writeln!(text, "```\n{command}\n```\n\n[All causes](causes.md)");
    text
}

/// The way through the desk.
fn steps(row: &CauseRow) -> Vec<String> {
    let mut steps = vec![format!(
        "Open [Exceptions](/exceptions) and choose “{}”. Press **I see to it**, so that nobody does \
         it twice.",
        mark::text(row.title)
    )];
    let by_desk = match (row.released_by, row.scope) {
        (Some(kind), _) => by_mapping(kind),
        (None, Scope::System) => vec![
            "Open [Health](/health): it names the system, and how its last call ended.".to_owned(),
            "Put right what is said above, or call whoever looks after that system.".to_owned(),
            "Do nothing more: it is tried again by itself.".to_owned(),
        ],
        (None, Scope::Entry) if row.command.starts_with("daybook exceptions dismiss") => vec![
            "Open each entry that is listed, and see what the till says.".to_owned(),
            "Put it right in the other system, as it is said above.".to_owned(),
            "On the entry's page, dismiss it with the reason and the document's number.".to_owned(),
        ],
        (None, Scope::Entry) => vec![
            "Open each entry that is listed, and see what the till says.".to_owned(),
            "Put right what is said above.".to_owned(),
            "Press **Try all of them again now**. What is still wrong is listed again.".to_owned(),
        ],
        (None, Scope::Store) => vec![
            "Put right what is said above, for that store.".to_owned(),
            "Wait: the store is tried again by itself, and the others go on meanwhile.".to_owned(),
        ],
        (None, Scope::Product) => vec![
            "Open [Catalogue](/catalogue) and look at the products that are named.".to_owned(),
            "Put them right in OrderWise. The next pass brings them to the tills.".to_owned(),
        ],
        (None, Scope::Payout) => vec![
            "Open [Payouts](/books/payouts) and look at the provider that is named.".to_owned(),
            "Do what is said above. It closes by itself once the money is accounted for."
                .to_owned(),
        ],
    };
    steps.extend(by_desk);
    steps.push("Write a comment where somebody else has to go on.".to_owned());
    steps
}

fn by_mapping(kind: MappingKind) -> Vec<String> {
    vec![
        "Fill in the mapping beside it, or press a suggestion, and **Show what it would do**."
            .to_owned(),
        "Read how many entries it releases, and whether it would stop anything else.".to_owned(),
        format!(
            "Press **Set the mapping and release**. It is then on the page of \
             [mappings](/mappings/{kind}), for whatever comes later."
        ),
    ]
}

fn days() -> String {
    let mut text = String::from(
        "A store's day is closed when receipts, Z-reports and OrderWise say the same. Each \
         difference has exactly one of these causes. [Books](/books) lists them by day, with their \
         pounds. [When a day differs](differs.md) tells how to go about it.\n\n",
    );
    for row in DayCause::ALL.iter().map(|cause| cause.entry()) {
        let _ = write!(
            text,
            "## {}\n\n{}\n\n*Example.* {}\n\n**What to do.** {} {} clears it; {}. Its code is \
             {}.\n\n",
            mark::text(row.title),
            mark::text(row.sentence),
            mark::text(row.example),
            mark::text(row.fix),
            owner(row.owner),
            remedy(row.remedy),
            mark::code(row.code),
        );
    }
    text
}

const fn remedy(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Wait => "it goes away by itself",
        Remedy::Release => "it goes with its exception",
        Remedy::Post => "posting what is missing takes it away",
        Remedy::Credit => "a credit in OrderWise takes it away",
        Remedy::Correct => "a correction in OrderWise takes it away",
        Remedy::Map => "a correct mapping, then a correction, takes it away",
        Remedy::Fetch => "Daybook fetches what is missing from Sitoo",
        Remedy::SignOff => "a person's signature with a reason takes it away",
    }
}
