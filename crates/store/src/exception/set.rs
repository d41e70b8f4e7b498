//! Raising and closing exceptions.

use std::collections::{BTreeMap, HashMap};

use daybook_domain::{Money, Timestamp, causes::Cause, posting::Fault};
use sqlx::QueryBuilder;

use super::ENTRY;
use crate::{
    StoreResult, Tx,
    engine::{Cells, FromCells, all, padded, pieces},
};

sql! {
    /// Already open means already told; only the sentence is brought up to date.
    RAISE_SCOPED = "INSERT INTO exception (scope, cause, subject, detail, money, raised_at, currency) \
                    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (scope, cause, subject) \
                    WHERE closed_at IS NULL AND order_id IS NULL DO UPDATE \
                    SET detail = excluded.detail, money = excluded.money, \
                    currency = excluded.currency";
    CLOSE_SCOPED = "UPDATE exception SET closed_at = $2, closed_by = $3, close_reason = $4 \
                    WHERE scope = $1 AND order_id IS NULL AND closed_at IS NULL";
    CLOSE_SUBJECT = "UPDATE exception SET closed_at = $2, closed_by = $3, close_reason = $4 \
                     WHERE scope = $1 AND cause = $5 AND subject = $6 AND order_id IS NULL \
                     AND closed_at IS NULL";
    CLOSE_ONE = "UPDATE exception SET closed_at = $2, closed_by = $3, close_reason = $4 \
                 WHERE number = $1 AND closed_at IS NULL";
    CLOSE_ENTRY = "UPDATE exception SET closed_at = $2, closed_by = $3, close_reason = $4 \
                   WHERE order_id = $1 AND closed_at IS NULL";
    RETELL = "UPDATE exception SET detail = $2, money = $3, currency = (SELECT \
              NULLIF(currency, '') FROM entry WHERE entry.order_id = exception.order_id) \
              WHERE number = $1";
}

const OPEN: &str = "SELECT number, order_id, cause, subject, detail, money FROM exception \
    WHERE closed_at IS NULL AND order_id IN (";
const RAISE: &str =
    "INSERT INTO exception (order_id, scope, cause, subject, detail, money, raised_at, currency) ";
/// An entry's money is in its own currency.
const CURRENCY_OF: &str = "(SELECT NULLIF(currency, '') FROM entry WHERE entry.order_id = ";
const CLOSE: &str = "UPDATE exception SET closed_at = ";

/// Why the book closes an exception by itself.
const GONE: &str = "its cause is gone";

/// All faults that one entry has now; none closes what is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryFaults {
    /// Which entry.
    pub order_id: i64,
    /// The money at risk.
    pub money: Money,
    /// Every fault at once.
    pub faults: Vec<Fault>,
}

struct Open {
    number: i64,
    order_id: i64,
    cause: String,
    subject: String,
    detail: String,
    money: Money,
}

impl FromCells for Open {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            number: row.int("number")?,
            order_id: row.int("order_id")?,
            cause: row.text("cause")?,
            subject: row.text("subject")?,
            detail: row.text("detail")?,
            money: row.money("money")?,
        })
    }
}

/// As [`set_for_entries`], for one entry.
pub async fn set_for_entry(
    tx: &mut Tx,
    now: Timestamp,
    faults: EntryFaults,
    actor: &str,
) -> StoreResult<()> {
    set_for_entries(tx, now, &[faults], actor).await
}

/// Makes the open exceptions of these entries exactly the faults that they have now: raises what
/// is new, keeps what is still there with its number and age, closes what is gone.
pub async fn set_for_entries(
    tx: &mut Tx,
    now: Timestamp,
    entries: &[EntryFaults],
    actor: &str,
) -> StoreResult<()> {
    let entries: BTreeMap<i64, &EntryFaults> =
        entries.iter().map(|entry| (entry.order_id, entry)).collect();
    let ids: Vec<i64> = entries.keys().copied().collect();
    let mut open: HashMap<(i64, String, String), Open> = open(tx, &ids)
        .await?
        .into_iter()
        .map(|open| ((open.order_id, open.cause.clone(), open.subject.clone()), open))
        .collect();
    let mut raised = BTreeMap::new();
    for (id, entry) in &entries {
        for fault in &entry.faults {
            let key = (*id, fault.cause.code().to_owned(), fault.subject.clone());
            match open.remove(&key) {
                Some(known) => retell(tx, &known, fault, entry.money).await?,
                // A fault told twice in one breath is one exception.
                None => {
                    raised.entry(key).or_insert((entry, fault));
                }
            }
        }
    }
    let mut gone: Vec<i64> = open.into_values().map(|open| open.number).collect();
    gone.sort_unstable();
    close(tx, now, &gone, actor).await?;
    let raised: Vec<_> = raised.into_values().collect();
    raise(tx, now, &raised).await
}

async fn open(tx: &mut Tx, ids: &[i64]) -> StoreResult<Vec<Open>> {
    let mut open = Vec::new();
    for ids in ids.chunks(1_024) {
        open.extend(on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(OPEN);
            let mut list = query.separated(", ");
            for id in padded(ids) {
                list.push_bind(id);
            }
            all::<Open, _>(&query.push(")").build().fetch_all(c).await?)?
        }));
    }
    Ok(open)
}

async fn retell(tx: &mut Tx, known: &Open, fault: &Fault, money: Money) -> StoreResult<()> {
    if known.detail == fault.detail && known.money == money {
        return Ok(());
    }
    on!(tx, c => {
        let query = sqlx::query(RETELL).bind(known.number).bind(fault.detail.as_str());
        query.bind(money.pence()).execute(c).await?;
    });
    Ok(())
}

async fn raise(tx: &mut Tx, now: Timestamp, raised: &[(&&EntryFaults, &Fault)]) -> StoreResult<()> {
    for piece in pieces(raised.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(RAISE);
            query.push_values(&raised[piece], |mut row, (entry, fault)| {
                row.push_bind(entry.order_id).push_bind(ENTRY).push_bind(fault.cause.code());
                row.push_bind(fault.subject.as_str()).push_bind(fault.detail.as_str());
                row.push_bind(entry.money.pence()).push_bind(now.micros());
                row.push(CURRENCY_OF).push_bind_unseparated(entry.order_id);
                row.push_unseparated(")");
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

async fn close(tx: &mut Tx, now: Timestamp, numbers: &[i64], actor: &str) -> StoreResult<()> {
    for numbers in numbers.chunks(1_024) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(CLOSE);
            query.push_bind(now.micros()).push(", closed_by = ").push_bind(actor);
            query.push(", close_reason = ").push_bind(GONE).push(" WHERE number IN (");
            let mut list = query.separated(", ");
            for number in padded(numbers) {
                list.push_bind(number);
            }
            query.push(")").build().execute(c).await?;
        });
    }
    Ok(())
}

/// Closes everything that is open about an entry; returns how many.
pub async fn close_for_entry(
    tx: &mut Tx,
    now: Timestamp,
    order_id: i64,
    actor: &str,
    reason: &str,
) -> StoreResult<u64> {
    Ok(on!(tx, c => {
        let query = sqlx::query(CLOSE_ENTRY).bind(order_id).bind(now.micros()).bind(actor);
        query.bind(reason).execute(c).await?.rows_affected()
    }))
}

/// Raises an exception about a store or a system; while it is open there is only one.
pub async fn raise_scoped(
    tx: &mut Tx,
    now: Timestamp,
    scope: &str,
    cause: Cause,
    subject: &str,
    detail: &str,
) -> StoreResult<()> {
    raise_about(tx, now, scope, cause, subject, (detail, Money::ZERO, None)).await
}

/// As [`raise_scoped`], with the money at risk and its currency; none is the book's own.
pub async fn raise_about(
    tx: &mut Tx,
    now: Timestamp,
    scope: &str,
    cause: Cause,
    subject: &str,
    (detail, money, currency): (&str, Money, Option<&str>),
) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(RAISE_SCOPED).bind(scope).bind(cause.code()).bind(subject);
        let query = query.bind(detail).bind(money.pence()).bind(now.micros());
        query.bind(currency).execute(c).await?;
    });
    Ok(())
}

/// Closes everything that is open about a store or a system; returns how many.
pub async fn close_scoped(
    tx: &mut Tx,
    now: Timestamp,
    scope: &str,
    actor: &str,
    reason: &str,
) -> StoreResult<u64> {
    Ok(on!(tx, c => {
        let query = sqlx::query(CLOSE_SCOPED).bind(scope).bind(now.micros()).bind(actor);
        query.bind(reason).execute(c).await?.rows_affected()
    }))
}

/// Closes what is open about one subject of a store or a system; returns whether it was open.
pub async fn close_subject(
    tx: &mut Tx,
    now: Timestamp,
    (scope, cause, subject): (&str, Cause, &str),
    actor: &str,
    reason: &str,
) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(CLOSE_SUBJECT).bind(scope).bind(now.micros()).bind(actor);
        let query = query.bind(reason).bind(cause.code()).bind(subject);
        query.execute(c).await?.rows_affected() > 0
    }))
}

/// Closes one exception by its number; returns whether it was open.
pub async fn close_one(
    tx: &mut Tx,
    now: Timestamp,
    number: i64,
    actor: &str,
    reason: &str,
) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(CLOSE_ONE).bind(number).bind(now.micros()).bind(actor);
        query.bind(reason).execute(c).await?.rows_affected() > 0
    }))
}
