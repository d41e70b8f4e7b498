//! A loop that takes what is due until nothing is must end even if an entry does not move on.

use daybook_store::entry::DueRow;

/// Remembers what the last round took.
#[derive(Debug, Default)]
pub(crate) struct Rounds {
    last: Vec<i64>,
}

impl Rounds {
    /// Whether this round would only repeat the last one.
    pub(crate) fn are_over(&mut self, due: &[DueRow]) -> bool {
        let over = self.would_repeat(due);
        self.last = due.iter().map(|row| row.order_id).collect();
        over
    }

    /// The same, without remembering this round.
    pub(crate) fn would_repeat(&self, due: &[DueRow]) -> bool {
        due.is_empty() || due.iter().map(|row| row.order_id).eq(self.last.iter().copied())
    }

    /// Remembers what this round took.
    pub(crate) fn remember(&mut self, taken: Vec<i64>) {
        self.last = taken;
    }
}
