use std::{collections::BTreeSet, time::Duration};

use proptest::prelude::*;

use super::{alert, at};
use crate::{
    Timestamp,
    alert::{AlertKind, Change, Impact, Key, Observation, Policy, Seen, decide},
};

const POLICY: Policy = Policy {
    calm: Duration::from_mins(3),
    escalate_after: Duration::from_mins(30),
    escalations: 2,
};

fn key(kind: AlertKind) -> Key {
    Key::of_store(kind, 5)
}

fn seen(kinds: &[AlertKind]) -> Seen {
    let one = |kind: &AlertKind| Observation::new(key(*kind), "so it is", Impact::default());
    Seen {
        looked: AlertKind::ALL.iter().copied().collect(),
        observations: kinds.iter().map(one).collect(),
    }
}

#[test]
fn what_is_new_opens_once() {
    let twice = seen(&[AlertKind::Silence, AlertKind::Silence]);
    let changes = decide(&[], &twice, at(0), &POLICY);
    assert!(matches!(changes.as_slice(), [Change::Open(_)]), "{changes:?}");
    let open = [alert(1, key(AlertKind::Silence))];
    let changes = decide(&open, &twice, at(1), &POLICY);
    assert!(matches!(changes.as_slice(), [Change::Update { number: 1, .. }]), "{changes:?}");
}

#[test]
fn what_comes_and_goes_is_over_once_it_was_gone_for_a_while() {
    let open = [alert(1, key(AlertKind::UnpostedTooOld)), alert(2, key(AlertKind::Silence))];
    let changes = decide(&open, &seen(&[]), at(1), &POLICY);
    assert_eq!(changes, [Change::Close { number: 2 }]);
    let changes = decide(&open, &seen(&[]), at(3), &POLICY);
    assert_eq!(changes, [Change::Close { number: 1 }, Change::Close { number: 2 }]);
}

#[test]
fn what_could_not_be_looked_at_stays() {
    let open = [alert(1, key(AlertKind::Silence))];
    let blind = Seen { looked: BTreeSet::new(), observations: Vec::new() };
    assert_eq!(decide(&open, &blind, at(10), &POLICY), []);
}

#[test]
fn age_is_told_further_up_so_often_and_a_look_gives_time() {
    let due = |minute: i64, escalations: i64, looked: Option<Timestamp>| {
        let mut one = alert(1, key(AlertKind::Silence));
        (one.escalations, one.looked_at) = (escalations, looked);
        let changes = decide(&[one], &seen(&[AlertKind::Silence]), at(minute), &POLICY);
        changes.iter().any(|change| matches!(change, Change::Escalate { .. }))
    };
    assert!(!due(29, 0, None) && due(30, 0, None));
    assert!(!due(59, 1, None) && due(60, 1, None));
    assert!(!due(900, 2, None), "not more often than is set");
    assert!(!due(30, 0, Some(at(20))) && due(50, 0, Some(at(20))));
}

proptest! {
    /// Whatever is open and observed: no number is changed in two ways that contradict, every
    /// observation has one alert, and nothing that is observed ends.
    #[test]
    fn one_alert_a_cause(
        open in proptest::collection::btree_set(0..AlertKind::ALL.len(), 0..13),
        observed in proptest::collection::vec(0..AlertKind::ALL.len(), 0..20),
        minute in 0_i64..10_000,
    ) {
        let kind = |at: &usize| AlertKind::ALL[*at];
        let open: Vec<_> = open.iter().zip(1..).map(|(at, n)| alert(n, key(kind(at)))).collect();
        let kinds: Vec<_> = observed.iter().map(kind).collect();
        let changes = decide(&open, &seen(&kinds), at(minute), &POLICY);
        let wanted: BTreeSet<_> = kinds.iter().copied().collect();
        let mut left: BTreeSet<_> = open.iter().map(|one| one.key.kind).collect();
        for change in &changes {
            match change {
                Change::Open(one) => prop_assert!(left.insert(one.key.kind)),
                Change::Close { number } => {
                    let closed = open.iter().find(|one| one.number == *number).unwrap();
                    prop_assert!(!wanted.contains(&closed.key.kind));
                    prop_assert!(left.remove(&closed.key.kind));
                }
                Change::Update { .. } | Change::Escalate { .. } => {}
            }
        }
        prop_assert!(left.is_superset(&wanted));
    }
}
