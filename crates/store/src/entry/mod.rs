//! Entries: recorded once, moved only by [`transition()`], never deleted.

mod alone;
mod due;
mod find;
mod held;
mod insert;
mod note;
mod overview;
mod queue;
mod record;
mod row;
mod transition;

pub use self::{
    alone::decide_alone_on,
    due::DueRow,
    find::{
        EntryFilter, counts, dated_between, get, list, of_amount, payload_versions, payloads,
        returns_against,
    },
    held::{due_held, held, held_with, wake_held_for},
    note::note,
    overview::{HourRow, OwedRow, first_date, hours, latest_date, owed},
    queue::{
        claim_ready, due_in_doubt, due_recheck, due_standing, due_waiting, hurry, look_again,
        next_due, orphaned, rechecked_later, release_waiting_for, reschedule, unconfirmed,
    },
    record::{NewEntry, Recorded, record, reread},
    row::{EntryRow, PayloadRow},
    transition::{Changes, Expect, Outcome, Transition, transition},
};
pub use crate::count::StateCount;

/// Every statement, for the test that prepares them.
pub(crate) const STATEMENTS: &[&[(&str, &str)]] = &[
    find::STATEMENTS,
    held::STATEMENTS,
    note::STATEMENTS,
    overview::STATEMENTS,
    queue::STATEMENTS,
    record::STATEMENTS,
];
