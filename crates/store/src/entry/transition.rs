//! The only way an entry's state changes: checked against its life, guarded against workers that
//! lost their lease, written to its timeline.

use std::collections::HashMap;

use daybook_domain::{Money, Timestamp, entry::EntryState};
use sqlx::QueryBuilder;

use crate::{
    StoreResult, Tx,
    engine::{Cells, FromCells, all, padded, pieces},
    timeline::{self, End, Event, Line},
};

const LOOK: &str = "SELECT order_id, state, reason, gross, due_at, attempt, failures, worker, \
    lease_until, doubt_since, doubt_lookups, erp_order_id, erp_order_number, erp_net, erp_tax, \
    erp_gross, stored_at, posted_at, confirmed_at, seq, chain FROM entry WHERE order_id IN (";
const WRITE: &str = "UPDATE entry SET state = v.column2, reason = v.column3, \
    due_at = v.column4, attempt = v.column5, failures = v.column6, worker = v.column7, \
    lease_until = v.column8, doubt_since = v.column9, doubt_lookups = v.column10, \
    erp_order_id = v.column11, erp_order_number = v.column12, erp_net = v.column13, \
    erp_tax = v.column14, erp_gross = v.column15, stored_at = v.column16, \
    posted_at = v.column17, confirmed_at = v.column18, seq = v.column19, chain = v.column20, \
    changed_at = v.column21 FROM (";
const WRITE_WHERE: &str = ") AS v WHERE entry.order_id = v.column1";

/// What must still be so for a step to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expect {
    /// The state it was in when the decision was made.
    pub state: EntryState,
    /// The try it was at: a worker that lost its lease to another cannot finish the work.
    pub attempt: Option<i64>,
}

/// What changes besides the state. `None` leaves a field as it is; `Some(None)` empties it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// When it is looked at next.
    pub due_at: Option<Option<Timestamp>>,
    /// Why it is where it is.
    pub reason: Option<Option<String>>,
    /// Number of the try that begins.
    pub attempt: Option<i64>,
    /// Failures in a row.
    pub failures: Option<i64>,
    /// Who is at work on it.
    pub worker: Option<Option<String>>,
    /// Until when that worker may.
    pub lease_until: Option<Option<Timestamp>>,
    /// Since when its outcome is not known.
    pub doubt_since: Option<Option<Timestamp>>,
    /// How often OrderWise has been asked about it while in doubt.
    pub doubt_lookups: Option<i64>,
    /// OrderWise's internal id.
    pub erp_order_id: Option<Option<i64>>,
    /// OrderWise's number.
    pub erp_order_number: Option<Option<String>>,
    /// OrderWise's net.
    pub erp_net: Option<Option<Money>>,
    /// OrderWise's tax.
    pub erp_tax: Option<Option<Money>>,
    /// OrderWise's gross.
    pub erp_gross: Option<Option<Money>>,
    /// When OrderWise stored it.
    pub stored_at: Option<Option<Timestamp>>,
    /// When we knew that OrderWise has it.
    pub posted_at: Option<Option<Timestamp>>,
    /// When it was read back.
    pub confirmed_at: Option<Option<Timestamp>>,
}

/// One step of one entry's life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// Which entry.
    pub order_id: i64,
    /// What must still be so.
    pub expect: Expect,
    /// The state it goes to.
    pub to: EntryState,
    /// What changes with it.
    pub changes: Changes,
    /// What its timeline says.
    pub event: Event,
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was made.
    Applied,
    /// The entry is no longer as expected; nothing was changed.
    Stale,
}

/// An entry's changing part, while it is being changed.
struct Now {
    end: End,
    state: EntryState,
    gross: Money,
    reason: Option<String>,
    due_at: Option<Timestamp>,
    attempt: i64,
    failures: i64,
    worker: Option<String>,
    lease_until: Option<Timestamp>,
    doubt_since: Option<Timestamp>,
    doubt_lookups: i64,
    erp_order_id: Option<i64>,
    erp_order_number: Option<String>,
    erp_net: Option<Money>,
    erp_tax: Option<Money>,
    erp_gross: Option<Money>,
    stored_at: Option<Timestamp>,
    posted_at: Option<Timestamp>,
    confirmed_at: Option<Timestamp>,
}

impl FromCells for Now {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            end: End {
                order_id: row.int("order_id")?,
                seq: row.int("seq")?,
                hash: row.hash("chain")?,
            },
            state: row.word("state")?,
            gross: row.money("gross")?,
            reason: row.opt_text("reason")?,
            due_at: row.opt_time("due_at")?,
            attempt: row.int("attempt")?,
            failures: row.int("failures")?,
            worker: row.opt_text("worker")?,
            lease_until: row.opt_time("lease_until")?,
            doubt_since: row.opt_time("doubt_since")?,
            doubt_lookups: row.int("doubt_lookups")?,
            erp_order_id: row.opt_int("erp_order_id")?,
            erp_order_number: row.opt_text("erp_order_number")?,
            erp_net: row.opt_money("erp_net")?,
            erp_tax: row.opt_money("erp_tax")?,
            erp_gross: row.opt_money("erp_gross")?,
            stored_at: row.opt_time("stored_at")?,
            posted_at: row.opt_time("posted_at")?,
            confirmed_at: row.opt_time("confirmed_at")?,
        })
    }
}

impl Now {
    /// Whether the step may be made. A step that an entry's life does not have is a fault in
    /// Daybook; it stops only this entry, and loudly.
    fn admits(&self, step: &Transition) -> bool {
        let as_expected = self.state == step.expect.state
            && step.expect.attempt.is_none_or(|attempt| attempt == self.attempt);
        let possible = self.state.may_become(step.to);
        if as_expected && !possible {
            tracing::error!(
                order_id = step.order_id, from = %self.state, to = %step.to,
                "order {} cannot go from {} to {}", step.order_id, self.state, step.to,
            );
        }
        as_expected && possible
    }

    fn apply(&mut self, to: EntryState, changes: &Changes) {
        fn put<T: Clone>(field: &mut T, change: Option<&T>) {
            if let Some(value) = change {
                field.clone_from(value);
            }
        }
        self.state = to;
        put(&mut self.due_at, changes.due_at.as_ref());
        put(&mut self.reason, changes.reason.as_ref());
        put(&mut self.attempt, changes.attempt.as_ref());
        put(&mut self.failures, changes.failures.as_ref());
        put(&mut self.worker, changes.worker.as_ref());
        put(&mut self.lease_until, changes.lease_until.as_ref());
        put(&mut self.doubt_since, changes.doubt_since.as_ref());
        put(&mut self.doubt_lookups, changes.doubt_lookups.as_ref());
        put(&mut self.erp_order_id, changes.erp_order_id.as_ref());
        put(&mut self.erp_order_number, changes.erp_order_number.as_ref());
        put(&mut self.erp_net, changes.erp_net.as_ref());
        put(&mut self.erp_tax, changes.erp_tax.as_ref());
        put(&mut self.erp_gross, changes.erp_gross.as_ref());
        put(&mut self.stored_at, changes.stored_at.as_ref());
        put(&mut self.posted_at, changes.posted_at.as_ref());
        put(&mut self.confirmed_at, changes.confirmed_at.as_ref());
    }
}

/// Makes the steps that may still be made, all in this transaction, and says which were. Several
/// steps of one entry are made one after the other. A step that fails leaves the others alone.
pub async fn transition(
    tx: &mut Tx,
    now: Timestamp,
    steps: &[Transition],
) -> StoreResult<Vec<(i64, Outcome)>> {
    let mut entries = look(tx, steps).await?;
    let mut outcomes = Vec::with_capacity(steps.len());
    let mut lines = Vec::with_capacity(steps.len());
    let mut changed = Vec::with_capacity(steps.len());
    for step in steps {
        let entry = entries.get_mut(&step.order_id).filter(|entry| entry.admits(step));
        let Some(entry) = entry else {
            outcomes.push((step.order_id, Outcome::Stale));
            continue;
        };
        tx.moves.leave(entry.state, entry.gross);
        tx.moves.enter(step.to, entry.gross);
        entry.apply(step.to, &step.changes);
        let Event { actor, code, detail } = &step.event;
        lines.push(Line::put(&mut entry.end, now, actor, step.to, code, detail));
        changed.push(step.order_id);
        outcomes.push((step.order_id, Outcome::Applied));
    }
    changed.sort_unstable();
    changed.dedup();
    let rows: Vec<&Now> = changed.iter().filter_map(|id| entries.get(id)).collect();
    write(tx, now, &rows).await?;
    timeline::append(tx, now, &lines).await?;
    Ok(outcomes)
}

/// Reads the entries and locks them, in the order of their ids: two transactions never wait for
/// each other in a circle.
async fn look(tx: &mut Tx, steps: &[Transition]) -> StoreResult<HashMap<i64, Now>> {
    let mut ids: Vec<i64> = steps.iter().map(|step| step.order_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut entries = HashMap::with_capacity(ids.len());
    let lock = tx.for_update();
    for ids in ids.chunks(1_024) {
        let rows: Vec<Now> = on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(LOOK);
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            query.push(") ORDER BY order_id").push(lock);
            all(&query.build().fetch_all(c).await?)?
        });
        entries.extend(rows.into_iter().map(|entry| (entry.end.order_id, entry)));
    }
    Ok(entries)
}

async fn write(tx: &mut Tx, now: Timestamp, rows: &[&Now]) -> StoreResult<()> {
    for piece in pieces(rows.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(WRITE);
            query.push_values(&rows[piece], |mut row, entry| {
                let micros = |moment: Option<Timestamp>| moment.map(Timestamp::micros);
                let pence = |amount: Option<Money>| amount.map(Money::pence);
                row.push_bind(entry.end.order_id).push_bind(entry.state.word());
                row.push_bind(entry.reason.as_deref()).push_bind(micros(entry.due_at));
                row.push_bind(entry.attempt).push_bind(entry.failures);
                row.push_bind(entry.worker.as_deref()).push_bind(micros(entry.lease_until));
                row.push_bind(micros(entry.doubt_since)).push_bind(entry.doubt_lookups);
                row.push_bind(entry.erp_order_id).push_bind(entry.erp_order_number.as_deref());
                row.push_bind(pence(entry.erp_net)).push_bind(pence(entry.erp_tax));
                row.push_bind(pence(entry.erp_gross)).push_bind(micros(entry.stored_at));
                row.push_bind(micros(entry.posted_at)).push_bind(micros(entry.confirmed_at));
                row.push_bind(entry.end.seq).push_bind(entry.end.hash.as_slice());
                row.push_bind(now.micros());
            });
            query.push(WRITE_WHERE).build().execute(c).await?;
        });
    }
    Ok(())
}
