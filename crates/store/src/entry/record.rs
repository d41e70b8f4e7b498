//! Writing entries down. The key removes repeats; a payload that changed becomes a new version.

use std::collections::{BTreeMap, HashMap};

use daybook_domain::{
    Money, Reference, Timestamp,
    entry::{EntryKind, EntryState},
};
use sqlx::QueryBuilder;

use super::insert::{insert, keep};
use crate::{
    StoreError, StoreResult, Tx, chain,
    chain::Hash,
    engine::{Cells, FromCells, all, padded},
    timeline::{self, End, Line},
};

sql! {
    /// Only for entries that are not on their way to OrderWise yet.
    REWRITE = "UPDATE entry SET kind = $2, state = $3, reason = $4, warehouse_id = $5, \
               register_id = $6, receipt_id = $7, order_date = $8, currency = $9, net = $10, \
               vat = $11, gross = $12, original_order_id = $13, partner_order_id = $14, \
               due_at = $15, site_id = $16, reference = $17, time_zone = $18 WHERE order_id = $1";
    /// Only for entries that are not on their way to OrderWise.
    REREAD = "UPDATE entry SET kind = $2, site_id = $3, warehouse_id = $4, register_id = $5, \
              receipt_id = $6, order_date = $7, currency = $8, net = $9, vat = $10, \
              gross = $11, original_order_id = $12, partner_order_id = $13, due_at = $14, \
              reference = $15, time_zone = $16, reason = NULL WHERE order_id = $1 AND state IN ('held', 'ready')";
    NOTE_VERSION = "UPDATE entry SET payload_hash = $2, payload_version = $3, seq = $4, \
                    chain = $5, changed_at = $6 WHERE order_id = $1";
}

const KNOWN: &str = "SELECT order_id, state, gross, payload_hash, payload_version, seq, chain \
                     FROM entry WHERE order_id IN (";

/// Who writes down what the till told.
pub(super) const ACTOR: &str = "daybook";

/// An order as received, and what it is for the ledger at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// Sitoo's order id.
    pub order_id: i64,
    /// Sitoo's site.
    pub site_id: i64,
    /// Sale, return or neither.
    pub kind: EntryKind,
    /// `Ready`, `SetAside`, `Waiting` or `Held`.
    pub state: EntryState,
    /// Why it is not ready.
    pub reason: Option<String>,
    /// The store.
    pub warehouse_id: Option<i64>,
    /// The till.
    pub register_id: Option<String>,
    /// The receipt's number.
    pub receipt_id: Option<String>,
    /// When it happened at the till.
    pub order_date: Timestamp,
    /// The till's zone, as it told it.
    pub time_zone: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// Net, returns negative.
    pub net: Money,
    /// VAT, returns negative.
    pub vat: Money,
    /// Gross, returns negative.
    pub gross: Money,
    /// The sale that it gives back.
    pub original_order_id: Option<i64>,
    /// The other half of an exchange.
    pub partner_order_id: Option<i64>,
    /// When it is looked at next.
    pub due_at: Option<Timestamp>,
    /// As it came.
    pub payload: String,
}

impl NewEntry {
    pub(super) fn reference(&self) -> Reference {
        Reference { site_id: self.site_id, order_id: self.order_id }
    }
}

/// What [`record`] found, by order id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Written down for the first time.
    pub new: Vec<i64>,
    /// How many of those are set aside.
    pub set_aside: usize,
    /// The till told something else, and the entry follows it.
    pub changed: Vec<i64>,
    /// Known, and nothing new.
    pub same: Vec<i64>,
    /// The till told something else after the entry had been sent or dismissed: the new payload
    /// is kept, and the entry stays as it was posted. A person should look.
    pub changed_after_posting: Vec<i64>,
}

struct Known {
    state: EntryState,
    gross: Money,
    hash: Hash,
    version: i64,
    end: End,
}

impl FromCells for Known {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            state: row.word("state")?,
            gross: row.money("gross")?,
            hash: row.hash("payload_hash")?,
            version: row.int("payload_version")?,
            end: End {
                order_id: row.int("order_id")?,
                seq: row.int("seq")?,
                hash: row.hash("chain")?,
            },
        })
    }
}

/// Writes orders down. Of several with one key in the same call the last counts. An entry that is
/// not on its way to OrderWise yet follows a changed payload: to the state the caller says, or to
/// `Ready` (to be decided anew) where its life has no such step.
pub async fn record(tx: &mut Tx, now: Timestamp, orders: &[NewEntry]) -> StoreResult<Recorded> {
    let orders: BTreeMap<i64, (&NewEntry, Hash)> = orders
        .iter()
        .map(|order| (order.order_id, (order, chain::of_text(&order.payload))))
        .collect();
    let ids: Vec<i64> = orders.keys().copied().collect();
    let mut done = Recorded::default();
    let mut known = known(tx, &ids).await?;
    let fresh: Vec<_> =
        orders.values().filter(|(order, _)| !known.contains_key(&order.order_id)).collect();
    let inserted = insert(tx, now, &fresh).await?;
    // Another process wrote the rest down in this very moment: to us they are known, then.
    let met: Vec<i64> =
        fresh.iter().map(|(order, _)| order.order_id).filter(|id| !inserted.contains(id)).collect();
    known.extend(self::known(tx, &met).await?);
    for (id, (order, hash)) in &orders {
        match known.remove(id) {
            None if inserted.contains(id) => {
                done.new.push(*id);
                done.set_aside += usize::from(order.state == EntryState::SetAside);
            }
            None => return Err(clash(order)),
            Some(known) if known.hash == *hash => done.same.push(*id),
            Some(known) if follows(known.state) => {
                change(tx, now, order, *hash, known).await?;
                done.changed.push(*id);
            }
            Some(known) => {
                keep_version(tx, now, order, *hash, known.state, known).await?;
                done.changed_after_posting.push(*id);
            }
        }
    }
    Ok(done)
}

/// Whether an entry in `state` still follows what the till says.
fn follows(state: EntryState) -> bool {
    use EntryState::{Held, Ready, SetAside, Waiting};
    matches!(state, SetAside | Waiting | Ready | Held)
}

fn clash(order: &NewEntry) -> StoreError {
    StoreError::new(
        "store-reference-clash",
        "two accounts must not share a book",
        format!("the reference {} belongs to another order already", order.reference()),
    )
}

async fn known(tx: &mut Tx, ids: &[i64]) -> StoreResult<HashMap<i64, Known>> {
    let mut found = HashMap::new();
    let lock = tx.for_update();
    for ids in ids.chunks(1_000) {
        let rows: Vec<Known> = on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(KNOWN);
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            query.push(") ORDER BY order_id").push(lock);
            all(&query.build().fetch_all(c).await?)?
        });
        found.extend(rows.into_iter().map(|known| (known.end.order_id, known)));
    }
    Ok(found)
}

async fn change(
    tx: &mut Tx,
    now: Timestamp,
    order: &NewEntry,
    hash: Hash,
    known: Known,
) -> StoreResult<()> {
    let asked = order.state;
    let possible = known.state == asked || known.state.may_become(asked);
    let (state, reason, due_at) = if possible {
        (asked, order.reason.as_deref(), order.due_at)
    } else {
        (EntryState::Ready, None, Some(now))
    };
    on!(tx, c => {
        sqlx::query(REWRITE)
            .bind(order.order_id)
            .bind(order.kind.word())
            .bind(state.word())
            .bind(reason)
            .bind(order.warehouse_id)
            .bind(order.register_id.as_deref())
            .bind(order.receipt_id.as_deref())
            .bind(order.order_date.micros())
            .bind(order.currency.as_str())
            .bind(order.net.pence())
            .bind(order.vat.pence())
            .bind(order.gross.pence())
            .bind(order.original_order_id)
            .bind(order.partner_order_id)
            .bind(due_at.map(Timestamp::micros))
            .bind(order.site_id)
            .bind(order.reference().to_string())
            .bind(order.time_zone.as_deref())
            .execute(c)
            .await?;
    });
    tx.moves.leave(known.state, known.gross);
    tx.moves.enter(state, order.gross);
    keep_version(tx, now, order, hash, state, known).await
}

async fn keep_version(
    tx: &mut Tx,
    now: Timestamp,
    order: &NewEntry,
    hash: Hash,
    state: EntryState,
    known: Known,
) -> StoreResult<()> {
    let version = known.version + 1;
    keep(tx, now, &[(order.order_id, version, &hash, &order.payload)]).await?;
    let mut end = known.end;
    let detail = timeline::payload_detail(version, &hash);
    let line = Line::put(&mut end, now, ACTOR, state, timeline::PAYLOAD_CHANGED, detail);
    timeline::append(tx, now, &[line]).await?;
    on!(tx, c => {
        sqlx::query(NOTE_VERSION)
            .bind(order.order_id)
            .bind(hash.as_slice())
            .bind(version)
            .bind(end.seq)
            .bind(end.hash.as_slice())
            .bind(now.micros())
            .execute(c)
            .await?;
    });
    Ok(())
}

/// Takes over what the latest payload says of an entry that is held or ready: it could not be read
/// when it came, or it came while the entry was on its way. The state stays, and it is due at once.
pub async fn reread(tx: &mut Tx, now: Timestamp, order: &NewEntry) -> StoreResult<()> {
    let Some(before) = super::get(&mut *tx, order.order_id).await? else { return Ok(()) };
    let changed = on!(tx, c => {
        sqlx::query(REREAD)
            .bind(order.order_id)
            .bind(order.kind.word())
            .bind(order.site_id)
            .bind(order.warehouse_id)
            .bind(order.register_id.as_deref())
            .bind(order.receipt_id.as_deref())
            .bind(order.order_date.micros())
            .bind(order.currency.as_str())
            .bind(order.net.pence())
            .bind(order.vat.pence())
            .bind(order.gross.pence())
            .bind(order.original_order_id)
            .bind(order.partner_order_id)
            .bind(now.micros())
            .bind(order.reference().to_string())
            .bind(order.time_zone.as_deref())
            .execute(c)
            .await?
            .rows_affected()
    });
    if changed > 0 {
        tx.moves.leave(before.state, before.gross);
        tx.moves.enter(before.state, order.gross);
    }
    Ok(())
}
