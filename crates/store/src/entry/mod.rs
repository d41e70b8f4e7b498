//! Entries: recorded once, moved only by [`transition()`], never deleted.

mod find;
mod held;
mod insert;
mod queue;
mod record;
mod row;
mod transition;

pub use self::{
    find::{EntryFilter, counts, get, list, payload_versions, payloads, returns_against},
    held::{due_held, held, held_with, wake_held_for},
    queue::{
        claim_ready, due_in_doubt, due_recheck, due_standing, due_waiting, next_due, orphaned,
        recheck_now, release_waiting_for, reschedule, unconfirmed,
    },
    record::{NewEntry, Recorded, record, reread},
    row::{EntryRow, PayloadRow},
    transition::{Changes, Expect, Outcome, Transition, transition},
};
pub use crate::count::StateCount;

/// Every statement, for the test that prepares them.
pub(crate) const STATEMENTS: &[&[(&str, &str)]] =
    &[find::STATEMENTS, held::STATEMENTS, queue::STATEMENTS, record::STATEMENTS];
