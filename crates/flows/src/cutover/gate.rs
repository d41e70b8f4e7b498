//! Who may post, decided in the transaction that writes the intents.

use daybook_domain::{
    Timestamp,
    cutover::{
        Cutover,
        gate::{Candidate, Turn, turn},
    },
    entry::EntryState,
};
use daybook_store::{
    Tx,
    cutover::{self, Leave},
    entry::{self, Changes, DueRow},
};

use super::{ELSEWHERE, limits};
use crate::{app::App, error::FlowError, sales::doubt::step};

/// How the cut-over stands for as long as a transaction lasts.
pub(crate) struct Gate {
    /// How it stands.
    pub(crate) cutover: Cutover,
    /// The leave to post, where Daybook may.
    pub(crate) leave: Option<Leave>,
}

/// Reads it, and keeps it as it is until the transaction ends.
pub(crate) async fn open(tx: &mut Tx) -> Result<Gate, FlowError> {
    let (cutover, leave) = cutover::gate(tx).await?;
    Ok(Gate { cutover, leave })
}

impl Gate {
    /// Whether entries are looked for instead of being posted.
    pub(crate) const fn looks(&self) -> bool {
        self.cutover.mode.looks()
    }

    /// Whether nothing becomes of an entry that could be posted.
    pub(crate) const fn is_shut(&self) -> bool {
        !self.cutover.mode.posts() && !self.cutover.mode.looks()
    }

    /// After the switch: puts those of `rows` in doubt that the other integration may have posted
    /// since they were last looked for; returns the others.
    pub(crate) async fn before_sending(
        &self,
        app: &App,
        tx: &mut Tx,
        now: Timestamp,
        rows: Vec<DueRow>,
    ) -> Result<Vec<DueRow>, FlowError> {
        if self.leave.is_none() || self.cutover == Cutover::live() || rows.is_empty() {
            return Ok(rows);
        }
        let ids: Vec<i64> = rows.iter().map(|row| row.order_id).collect();
        let looked = cutover::looked_at(&mut *tx, &ids).await?;
        let limits = limits(app);
        let (first, sure): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| {
            let one = Candidate {
                order_id: row.order_id,
                received_at: row.received_at,
                looked_at: looked.get(&row.order_id).copied(),
            };
            turn(&self.cutover, &limits, now, &one) == Turn::LookFirst
        });
        let detail = "looked for before it is sent: the other integration may have posted it";
        let steps: Vec<_> = first
            .iter()
            .map(|row| step(row, EntryState::InDoubt, in_doubt(now), ELSEWHERE, detail))
            .collect();
        entry::transition(tx, now, &steps).await?;
        // A document that arrives between the look and the posting cannot be prevented, only found.
        let ids: Vec<i64> = sure.iter().map(|row| row.order_id).collect();
        if now < self.cutover.since.plus(limits.look_first_for) {
            let due = now.plus(limits.look_first);
            cutover::watch(tx, &ids, due, now.plus(limits.settle_for)).await?;
        }
        Ok(sure)
    }
}

/// Nobody knows whether the other integration has posted it.
pub(crate) fn in_doubt(now: Timestamp) -> Changes {
    Changes {
        doubt_since: Some(Some(now)),
        doubt_lookups: Some(0),
        due_at: Some(Some(now)),
        reason: Some(Some(ELSEWHERE.to_owned())),
        ..Changes::default()
    }
}
