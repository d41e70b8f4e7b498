//! Collecting every fault of an entry at once, each once, in the order in which they were met.

use crate::{causes::Cause, posting::Fault};

#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    /// Adds a fault unless the same cause about the same subject is there already: a SKU on five
    /// rows is one thing to fix. The particulars are only written when they are kept.
    pub(super) fn add(&mut self, cause: Cause, subject: &str, detail: impl FnOnce() -> String) {
        if self.0.iter().any(|fault| fault.cause == cause && fault.subject == subject) {
            return;
        }
        self.0.push(Fault { cause, subject: subject.to_owned(), detail: detail() });
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_vec(self) -> Vec<Fault> {
        self.0
    }
}
