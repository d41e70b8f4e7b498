//! That a step is done is on record before anything is done: the day's steps, the audit record, and
//! the entry's timeline, by the name of the person who said so.

use daybook_domain::{
    Timestamp,
    entry::EntryState,
    reconcile::{certificate::Fix, fix::Step},
};
use daybook_store::{
    Tx, audit,
    entry::{self, Changes, EntryRow, Expect, Outcome, Transition},
    reconcile::fix,
    timeline::Event,
};

use super::{
    super::record::{About, effect},
    FixStep,
};
use crate::error::FlowError;

/// Code of a step on an entry's timeline.
const FIX: &str = "fix";

/// Who does what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doing<'a> {
    pub(super) about: About,
    pub(super) actor: &'a str,
    pub(super) one: &'a FixStep,
}

impl Doing<'_> {
    const fn step(&self) -> &Step {
        &self.one.step
    }

    /// Writes down that it is done.
    pub(super) async fn note(&self, tx: &mut Tx, now: Timestamp) -> Result<(), FlowError> {
        let step = self.step();
        let fix = Fix {
            at: now,
            by: self.actor.to_owned(),
            act: step.act,
            cause: step.cause,
            subject: self.one.subject.clone(),
        };
        fix::append(tx, self.about, &fix, effect(&step.effect)).await?;
        let what = format!("day:{}:{}", self.about.0, self.about.1);
        let detail = serde_json::json!({
            "act": step.act, "cause": step.cause, "about": self.one.subject,
            "difference": self.one.key,
        });
        audit::append(tx, now, self.actor, "fix", &what, &detail.to_string()).await?;
        Ok(())
    }

    /// The same, and a step in the entry's life. False where the entry has moved on.
    pub(super) async fn move_entry(
        &self,
        tx: &mut Tx,
        now: Timestamp,
        (row, to, changes): (&EntryRow, EntryState, Changes),
    ) -> Result<bool, FlowError> {
        let step = Transition {
            order_id: row.order_id,
            expect: Expect { state: row.state, attempt: Some(row.attempt) },
            to,
            changes,
            event: Event {
                actor: self.actor.to_owned(),
                code: FIX.to_owned(),
                detail: format!("{}: {}", self.step().cause, self.step().act.sentence()),
            },
        };
        let outcomes = entry::transition(tx, now, &[step]).await?;
        if outcomes.iter().any(|(_, outcome)| *outcome == Outcome::Stale) {
            return Ok(false);
        }
        self.note(tx, now).await?;
        Ok(true)
    }
}
