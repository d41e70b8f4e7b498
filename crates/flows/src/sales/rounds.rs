//! A loop that takes what is due until nothing is must end even if an entry does not move on.

use daybook_store::entry::EntryRow;

/// Remembers what the last round took.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    last: Vec<i64>,
}

impl Rounds {
    /// Whether this round would only repeat the last one.
    pub(crate) fn are_over(&mut self, due: &[EntryRow]) -> bool {
        let ids: Vec<i64> = due.iter().map(|row| row.order_id).collect();
        let over = ids.is_empty() || ids == self.last;
        self.last = ids;
        over
    }
}
