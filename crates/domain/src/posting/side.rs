//! Signs: the till's amounts are negative on a return, a posting's never are.

use crate::{Money, entry::EntryKind};

/// Which way an entry moves money and goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Side(EntryKind);

impl Side {
    pub(super) const fn of(kind: EntryKind) -> Self {
        Self(kind)
    }

    pub(super) const fn kind(self) -> EntryKind {
        self.0
    }

    pub(super) fn is_return(self) -> bool {
        self.0 == EntryKind::Return
    }

    /// A signed number of the till as the posting sees it. Wide, so that nothing overflows.
    pub(super) fn turn(self, number: i64) -> i128 {
        let number = i128::from(number);
        if self.is_return() { -number } else { number }
    }

    /// An amount of the till as the posting sees it.
    pub(super) fn amount(self, amount: Money) -> i128 {
        self.turn(amount.pence())
    }
}

/// Pence as an amount, where they fit.
pub(super) fn money(pence: i128) -> Option<Money> {
    i64::try_from(pence).ok().map(Money::from_pence)
}

/// Pence for people, however many.
pub(super) fn pounds(pence: i128) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    let pence = pence.unsigned_abs();
    format!("{sign}{}.{:02}", pence / 100, pence % 100)
}
