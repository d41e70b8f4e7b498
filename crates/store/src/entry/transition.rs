//! The only way an entry's state changes: checked against its life, guarded against workers that
//! lost their lease, written to its timeline.

use std::collections::{BTreeMap, HashMap};

use daybook_domain::{Money, Timestamp, entry::EntryState};
use sqlx::QueryBuilder;

use crate::{
    StoreResult, Tx,
    engine::{Cells, FromCells, all, padded, pieces},
    timeline::{self, End, Event, Line},
};

const LOOK: &str = "SELECT order_id, state, gross, attempt, seq, chain FROM entry \
    WHERE order_id IN (";
/// What every step writes; the columns that a step changes besides follow from `column6` on.
const WRITE: &str = "UPDATE entry SET state = v.column2, seq = v.column3, chain = v.column4, \
    changed_at = v.column5";
const WRITE_FROM: &str = " FROM (";
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

/// What a column becomes.
#[derive(Debug, Clone, Copy)]
enum Cell<'a> {
    Int(Option<i64>),
    Text(Option<&'a str>),
}

fn text(change: Option<&Option<String>>) -> Option<Cell<'_>> {
    change.map(|value| Cell::Text(value.as_deref()))
}

impl Changes {
    /// The columns that change, always in the same order.
    fn cells(&self) -> Vec<(&'static str, Cell<'_>)> {
        let moment = |at: Option<Timestamp>| Cell::Int(at.map(Timestamp::micros));
        let money = |amount: Option<Money>| Cell::Int(amount.map(Money::pence));
        let number = |number: i64| Cell::Int(Some(number));
        [
            ("due_at", self.due_at.map(moment)),
            ("reason", text(self.reason.as_ref())),
            ("attempt", self.attempt.map(number)),
            ("failures", self.failures.map(number)),
            ("worker", text(self.worker.as_ref())),
            ("lease_until", self.lease_until.map(moment)),
            ("doubt_since", self.doubt_since.map(moment)),
            ("doubt_lookups", self.doubt_lookups.map(number)),
            ("erp_order_id", self.erp_order_id.map(Cell::Int)),
            ("erp_order_number", text(self.erp_order_number.as_ref())),
            ("erp_net", self.erp_net.map(money)),
            ("erp_tax", self.erp_tax.map(money)),
            ("erp_gross", self.erp_gross.map(money)),
            ("stored_at", self.stored_at.map(moment)),
            ("posted_at", self.posted_at.map(moment)),
            ("confirmed_at", self.confirmed_at.map(moment)),
        ]
        .into_iter()
        .filter_map(|(column, cell)| Some((column, cell?)))
        .collect()
    }

    /// Takes over what a later step changes.
    fn overlay(&mut self, later: &Self) {
        fn put<T: Clone>(field: &mut Option<T>, later: Option<&T>) {
            if let Some(value) = later {
                *field = Some(value.clone());
            }
        }
        put(&mut self.due_at, later.due_at.as_ref());
        put(&mut self.reason, later.reason.as_ref());
        put(&mut self.attempt, later.attempt.as_ref());
        put(&mut self.failures, later.failures.as_ref());
        put(&mut self.worker, later.worker.as_ref());
        put(&mut self.lease_until, later.lease_until.as_ref());
        put(&mut self.doubt_since, later.doubt_since.as_ref());
        put(&mut self.doubt_lookups, later.doubt_lookups.as_ref());
        put(&mut self.erp_order_id, later.erp_order_id.as_ref());
        put(&mut self.erp_order_number, later.erp_order_number.as_ref());
        put(&mut self.erp_net, later.erp_net.as_ref());
        put(&mut self.erp_tax, later.erp_tax.as_ref());
        put(&mut self.erp_gross, later.erp_gross.as_ref());
        put(&mut self.stored_at, later.stored_at.as_ref());
        put(&mut self.posted_at, later.posted_at.as_ref());
        put(&mut self.confirmed_at, later.confirmed_at.as_ref());
    }
}

/// What the guard looks at, and where the entry's chain ends, while it is being changed.
struct Now {
    end: End,
    state: EntryState,
    gross: Money,
    attempt: i64,
    changes: Changes,
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
            attempt: row.int("attempt")?,
            changes: Changes::default(),
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
        self.state = to;
        self.attempt = changes.attempt.unwrap_or(self.attempt);
        self.changes.overlay(changes);
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

/// Entries that change the same columns are written together: what does not change is not sent.
async fn write(tx: &mut Tx, now: Timestamp, rows: &[&Now]) -> StoreResult<()> {
    let mut alike: BTreeMap<Vec<&str>, Vec<Written<'_>>> = BTreeMap::new();
    for entry in rows {
        let (columns, cells) = entry.changes.cells().into_iter().unzip();
        alike.entry(columns).or_default().push(Written { entry, cells });
    }
    for (columns, rows) in &alike {
        for piece in pieces(rows.len()) {
            write_alike(tx, now, columns, &rows[piece]).await?;
        }
    }
    Ok(())
}

/// An entry with the new values of the columns that it shares with others.
struct Written<'a> {
    entry: &'a Now,
    cells: Vec<Cell<'a>>,
}

async fn write_alike(
    tx: &mut Tx,
    now: Timestamp,
    columns: &[&str],
    rows: &[Written<'_>],
) -> StoreResult<()> {
    on!(tx, c => {
        let mut query = QueryBuilder::<Sql>::new(WRITE);
        for (place, column) in (6..).zip(columns) {
            query.push(format_args!(", {column} = v.column{place}"));
        }
        query.push(WRITE_FROM);
        query.push_values(rows, |mut row, Written { entry, cells }| {
            row.push_bind(entry.end.order_id).push_bind(entry.state.word());
            row.push_bind(entry.end.seq).push_bind(entry.end.hash.as_slice());
            row.push_bind(now.micros());
            for cell in cells {
                match cell {
                    Cell::Int(value) => row.push_bind(*value),
                    Cell::Text(value) => row.push_bind(*value),
                };
            }
        });
        query.push(WRITE_WHERE).build().execute(c).await?;
    });
    Ok(())
}
