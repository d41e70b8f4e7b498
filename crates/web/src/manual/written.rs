//! Chapters that people wrote: `docs/manual`, each with what stands above it.

use std::sync::LazyLock;

use super::{Book, Chapter, Part};

/// Reads each file once, when the program is built.
macro_rules! files {
    ($($slug:literal)+) => {
        &[$(($slug, include_str!(concat!("../../../../docs/manual/", $slug, ".md")))),+]
    };
}

/// In the order of the books.
pub(super) const FILES: &[(&str, &str)] = files! {
    "start"
    "words"
    "a-day"
    "owners"
    "finance-day"
    "differs"
    "pennies"
    "payouts"
    "month"
    "evidence"
    "retail-day"
    "stock"
    "despatch"
    "prices"
    "returns"
    "mappings"
    "audit"
    "wrong"
    "shoppers"
    "people"
    "never"
};

static CHAPTERS: LazyLock<Vec<Chapter>> =
    LazyLock::new(|| FILES.iter().filter_map(|(slug, text)| read(slug, text)).collect());

/// All of them, in order.
pub(super) fn chapters() -> &'static [Chapter] {
    &CHAPTERS
}

/// A chapter and what stands above it between two lines of dashes; a test reads every file.
pub(super) fn read(slug: &str, file: &str) -> Option<Chapter> {
    let (above, text) = file.strip_prefix("---\n")?.split_once("\n---\n")?;
    let field = |name: &str| {
        above.lines().find_map(|line| Some(line.split_once(": ")?).filter(|(key, _)| *key == name))
    };
    let (_, title) = field("title")?;
    let (_, books) = field("books")?;
    Some(Chapter {
        slug: slug.to_owned(),
        title: title.trim().to_owned(),
        part: Part::Work,
        books: books.split(',').filter_map(|word| Book::find(word.trim())).collect(),
        text: text.trim_start().to_owned(),
    })
}
