//! Decisions, deliveries, silence, and a replay of ninety days.

mod deciding;
mod delivering;
mod replay;
mod silent;

use super::{Alert, AlertKind, Impact, Key};
use crate::{Money, Timestamp};

/// A moment, in minutes after Monday 5 October 2026, 00:00 UTC.
fn at(minute: i64) -> Timestamp {
    Timestamp::from_seconds(1_791_158_400 + minute * 60)
}

fn alert(number: i64, key: Key) -> Alert {
    Alert {
        number,
        owner: key.kind.row().owner,
        page: key.kind.row().page.to_owned(),
        key,
        sentence: "Leeds sends nothing".to_owned(),
        impact: Impact { records: 3, money: Money::from_pence(4_500) },
        opened_at: at(0),
        last_seen: at(0),
        escalations: 0,
        closed_at: None,
        looked_at: None,
        looked_by: None,
    }
}

#[test]
fn every_kind_has_a_row_of_its_own_and_a_page() {
    for kind in AlertKind::ALL {
        let row = kind.row();
        assert_eq!(row.kind, *kind);
        assert_eq!(row.word.parse(), Ok(*kind));
        assert_eq!(serde_json::to_string(kind).unwrap(), format!("\"{}\"", row.word));
        assert!(
            row.page.starts_with('/') && row.sentence.ends_with('.') && row.todo.ends_with('.')
        );
    }
}
