//! What becomes of alerts, from what is observed.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{Alert, AlertKind, Key, Observation};
use crate::Timestamp;

/// How alerts live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// How long what comes and goes must be gone before it is over.
    pub calm: Duration,
    /// Age at which it is told further up, and again after as long.
    pub escalate_after: Duration,
    /// How often at most.
    pub escalations: i64,
}

/// What a look around has found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Kinds that could be looked at: of the others nothing is known, so nothing of them ends.
    pub looked: BTreeSet<AlertKind>,
    /// What is the matter.
    pub observations: Vec<Observation>,
}

/// What is to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new alert.
    Open(Observation),
    /// It is still there.
    Update {
        /// Which.
        number: i64,
        /// As it is now.
        observation: Observation,
    },
    /// It is old, and is told further up.
    Escalate {
        /// Which.
        number: i64,
        /// The how-manieth time.
        times: i64,
    },
    /// It is over.
    Close {
        /// Which.
        number: i64,
    },
}

/// Compares what is open with what is observed. The same observations again change nothing but
/// when it was last seen.
pub fn decide(open: &[Alert], seen: &Seen, now: Timestamp, policy: &Policy) -> Vec<Change> {
    let mut observed: BTreeMap<&Key, &Observation> = BTreeMap::new();
    for one in &seen.observations {
        observed.entry(&one.key).or_insert(one);
    }
    let mut changes = Vec::new();
    for alert in open {
        match observed.remove(&alert.key) {
            Some(one) => {
                let number = alert.number;
                changes.push(Change::Update { number, observation: one.clone() });
                changes.extend(escalation(alert, now, policy));
            }
            None if !seen.looked.contains(&alert.key.kind) => {
                changes.extend(escalation(alert, now, policy));
            }
            None if is_over(alert, now, policy) => {
                changes.push(Change::Close { number: alert.number });
            }
            None => {}
        }
    }
    changes.extend(observed.into_values().cloned().map(Change::Open));
    changes
}

fn is_over(alert: &Alert, now: Timestamp, policy: &Policy) -> bool {
    !alert.key.kind.row().settles || now.since(alert.last_seen) >= policy.calm
}

/// Whoever has looked at it gets the same time again before it goes further up.
fn escalation(alert: &Alert, now: Timestamp, policy: &Policy) -> Option<Change> {
    let times = alert.escalations + 1;
    let from = alert.looked_at.unwrap_or(alert.opened_at).max(alert.opened_at);
    let waits = policy.escalate_after.saturating_mul(u32::try_from(times).unwrap_or(u32::MAX));
    let is_due = times <= policy.escalations && now.since(from) >= waits;
    is_due.then_some(Change::Escalate { number: alert.number, times })
}
