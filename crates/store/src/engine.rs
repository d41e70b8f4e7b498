//! One text for both engines: the dispatch, reading of cells, and bulk statements.

use std::ops::Range;

use daybook_domain::{Money, Quantity, Timestamp};
use sqlx::{PgConnection, Row, SqliteConnection, postgres::PgRow, sqlite::SqliteRow};
use uuid::Uuid;

use crate::{StoreError, StoreResult};

/// A connection of whichever engine is behind the book.
pub(crate) enum Engine<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

/// Runs the same body on whichever engine is behind `$at` (a `Tx` or a `Conn`): `$c` is its
/// connection, `Sql` its type. The text of the statements is the same; the types stay native.
macro_rules! on {
    ($at:expr, $c:ident => $body:expr) => {
        match $at.engine() {
            $crate::engine::Engine::Sqlite($c) => {
                #[allow(dead_code, reason = "only bulk statements name their engine")]
                type Sql = sqlx::Sqlite;
                $body
            }
            $crate::engine::Engine::Postgres($c) => {
                #[allow(dead_code, reason = "only bulk statements name their engine")]
                type Sql = sqlx::Postgres;
                $body
            }
        }
    };
}

/// Declares the statements of a module, and the list by which a test prepares every one of them.
macro_rules! sql {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)+) => {
        $($(#[$doc])* pub(crate) const $name: &str = $text;)+
        /// Every statement of this module, by name.
        pub(crate) const STATEMENTS: &[(&str, &str)] = &[$((stringify!($name), $name)),+];
    };
}

/// The widest bulk statement, in rows. Wider ones save nothing and cost memory in every
/// connection's statement cache.
const WIDEST: usize = 64;

/// Cuts `len` rows into pieces whose lengths are powers of two, so that a handful of statements
/// serve every length and the statement cache always has them.
pub(crate) fn pieces(len: usize) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let left = len - from;
        let size = if left >= WIDEST { WIDEST } else { 1 << left.checked_ilog2()? };
        from += size;
        Some(from - size..from)
    })
}

/// Values for an `IN (…)` list, filled up to a power of two with repeats, for the statement cache.
pub(crate) fn padded<T: Copy>(values: &[T]) -> impl Iterator<Item = T> {
    let fill = values.len().next_power_of_two() - values.len();
    values.iter().copied().chain(values.last().copied().into_iter().cycle().take(fill))
}

/// A limit as the databases take it.
pub(crate) fn limit(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

/// The cells of a row, in our words.
pub(crate) trait Cells {
    fn int(&self, name: &str) -> StoreResult<i64>;
    fn opt_int(&self, name: &str) -> StoreResult<Option<i64>>;
    fn text(&self, name: &str) -> StoreResult<String>;
    fn opt_text(&self, name: &str) -> StoreResult<Option<String>>;
    fn bytes(&self, name: &str) -> StoreResult<Vec<u8>>;
    fn opt_bytes(&self, name: &str) -> StoreResult<Option<Vec<u8>>>;
    fn flag(&self, name: &str) -> StoreResult<bool>;
    fn uuid(&self, name: &str) -> StoreResult<Uuid>;

    fn money(&self, name: &str) -> StoreResult<Money> {
        self.int(name).map(Money::from_pence)
    }

    fn opt_money(&self, name: &str) -> StoreResult<Option<Money>> {
        Ok(self.opt_int(name)?.map(Money::from_pence))
    }

    fn quantity(&self, name: &str) -> StoreResult<Quantity> {
        self.int(name).map(Quantity::from_thousandths)
    }

    fn opt_quantity(&self, name: &str) -> StoreResult<Option<Quantity>> {
        Ok(self.opt_int(name)?.map(Quantity::from_thousandths))
    }

    fn time(&self, name: &str) -> StoreResult<Timestamp> {
        self.int(name).map(Timestamp::from_micros)
    }

    fn opt_time(&self, name: &str) -> StoreResult<Option<Timestamp>> {
        Ok(self.opt_int(name)?.map(Timestamp::from_micros))
    }

    fn hash(&self, name: &str) -> StoreResult<[u8; 32]> {
        let bytes = self.bytes(name)?;
        bytes.try_into().map_err(|_| StoreError::unreadable(format!("{name} is not 32 bytes")))
    }

    /// A cell that holds one of a fixed set of words.
    fn word<T: std::str::FromStr<Err: std::fmt::Display>>(&self, name: &str) -> StoreResult<T> {
        self.text(name)?.parse().map_err(StoreError::unreadable)
    }
}

macro_rules! cells {
    ($row:ty) => {
        impl Cells for $row {
            fn int(&self, name: &str) -> StoreResult<i64> {
                Ok(self.try_get(name)?)
            }
            fn opt_int(&self, name: &str) -> StoreResult<Option<i64>> {
                Ok(self.try_get(name)?)
            }
            fn text(&self, name: &str) -> StoreResult<String> {
                Ok(self.try_get(name)?)
            }
            fn opt_text(&self, name: &str) -> StoreResult<Option<String>> {
                Ok(self.try_get(name)?)
            }
            fn bytes(&self, name: &str) -> StoreResult<Vec<u8>> {
                Ok(self.try_get(name)?)
            }
            fn opt_bytes(&self, name: &str) -> StoreResult<Option<Vec<u8>>> {
                Ok(self.try_get(name)?)
            }
            fn flag(&self, name: &str) -> StoreResult<bool> {
                Ok(self.try_get(name)?)
            }
            fn uuid(&self, name: &str) -> StoreResult<Uuid> {
                Ok(self.try_get(name)?)
            }
        }
    };
}

cells!(SqliteRow);
cells!(PgRow);

/// A type that is read from a row.
pub(crate) trait FromCells: Sized {
    fn read(row: &impl Cells) -> StoreResult<Self>;
}

/// Every row.
pub(crate) fn all<T: FromCells, R: Cells>(rows: &[R]) -> StoreResult<Vec<T>> {
    rows.iter().map(T::read).collect()
}

/// The row, if there is one.
pub(crate) fn one<T: FromCells, R: Cells>(row: Option<&R>) -> StoreResult<Option<T>> {
    row.map(T::read).transpose()
}

#[cfg(test)]
mod tests {
    use super::{WIDEST, padded, pieces};

    #[test]
    fn pieces_cover_everything_once_in_powers_of_two() {
        for len in 0..300 {
            let mut next = 0;
            for piece in pieces(len) {
                assert_eq!(piece.start, next);
                assert!(piece.len().is_power_of_two() && piece.len() <= WIDEST);
                next = piece.end;
            }
            assert_eq!(next, len);
        }
    }

    #[test]
    fn padding_repeats_only_what_is_there() {
        assert_eq!(padded(&[7, 8, 9]).collect::<Vec<_>>(), [7, 8, 9, 9]);
        assert_eq!(padded(&[7]).collect::<Vec<_>>(), [7]);
        assert_eq!(padded::<&str>(&[]).count(), 0);
    }
}
