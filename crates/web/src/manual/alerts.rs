//! What each kind of alert means. The seam to the table of kinds: everything else is made of it.

use std::fmt::Write as _;

use daybook_domain::{
    alert::AlertKind,
    causes::{Owner, Severity, told::how_soon},
};

use super::{Book, Chapter, Part, mark};

/// A kind of alert, as its table tells it.
pub(super) struct Kind {
    /// Stable word.
    pub(super) word: &'static str,
    /// A few words.
    pub(super) title: &'static str,
    /// What is the matter.
    pub(super) sentence: &'static str,
    /// Who sees to it.
    pub(super) owner: Owner,
    /// How soon.
    pub(super) severity: Severity,
    /// What to do.
    pub(super) todo: &'static str,
    /// The page of the desk.
    pub(super) page: &'static str,
}

/// Every kind there is.
pub(super) fn kinds() -> Vec<Kind> {
    let kind = |kind: &AlertKind| {
        let row = kind.row();
        Kind {
            word: row.word,
            title: row.title,
            sentence: row.sentence,
            owner: row.owner,
            severity: row.severity,
            todo: row.todo,
            page: row.page,
        }
    };
    AlertKind::ALL.iter().map(kind).collect()
}

/// The chapter about all of them.
pub(super) fn chapter() -> Chapter {
    let mut text = String::from(
        "An alert is a word sent to you because somebody should look, even if nobody has the desk \
         open. What needs a decision is an exception as well, and has its own chapter: see \
         [the causes of exceptions](causes.md). [Alerts](/alerts) has those that are open.\n\n",
    );
    for kind in kinds() {
        let _ = write!(
            text,
            "## {}\n\n{}\n\n**What to do.** {} [Look here]({}).\n\n{} sees to it; how soon: {}. \
             Its name in settings is {}.\n\n",
            mark::text(kind.title),
            mark::text(kind.sentence),
            mark::text(kind.todo),
            kind.page,
            super::causes::owner(kind.owner),
            how_soon(kind.severity),
            mark::code(kind.word),
        );
    }
    Chapter {
        slug: "alerts".to_owned(),
        title: "Alerts".to_owned(),
        part: Part::Causes,
        books: Book::ALL.to_vec(),
        text,
    }
}
