//! Payments of tills: read from the payloads, one row each, kept until they are settled.

use daybook_domain::{
    Money,
    settlement::{Day, TillMoney, fold},
};
use serde::Serialize;
use sqlx::QueryBuilder;

use super::matched;
use super::{from_json, opt_word, to_json};
use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, pieces},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT till_money.order_id AS order_id, till_money.payment_index AS payment_index, \
             provider, tender, name, amount, currency, at, day, warehouse_id, register_id, refs, \
             match_number, settled_on FROM till_money ",
            $rest
        )
    };
}

sql! {
    /// Entries that were never read, or have changed since.
    UNREAD = "SELECT entry.order_id AS order_id, entry.payload_version AS version, \
              entry.kind AS kind, CAST(coalesce(seen.payload_version, 0) AS BIGINT) AS known \
              FROM entry LEFT JOIN till_money_read AS seen \
              ON seen.order_id = entry.order_id WHERE entry.order_id > $1 \
              AND (seen.order_id IS NULL OR seen.payload_version <> entry.payload_version \
              OR seen.kind <> entry.kind) ORDER BY entry.order_id LIMIT $2";
    OF_ORDER = select!("WHERE order_id = $1 ORDER BY payment_index");
    OPEN = select!("WHERE provider = $1 AND match_number IS NULL ORDER BY day, order_id, \
                    payment_index");
    /// What only a suggestion holds; with 1, also what a rule has confirmed.
    HELD = select!("WHERE provider = $1 AND match_number IN (SELECT number FROM money_match WHERE subject = 'payments' AND (state = 'suggested' \
                    OR $2 = 1 AND state = 'confirmed' AND decided_by = 'daybook')) \
                    ORDER BY day, order_id, payment_index");
    OPEN_PAGE = select!("WHERE provider = $1 AND match_number IS NULL AND day <= $2 \
                         ORDER BY day, order_id, payment_index LIMIT $3");
    OF_MATCH = select!("WHERE match_number = $1 ORDER BY order_id, payment_index");
    WITH_REFERENCE = select!("JOIN till_money_reference AS known \
                              ON known.order_id = till_money.order_id \
                              AND known.payment_index = till_money.payment_index \
                              WHERE known.reference = $1 \
                              ORDER BY till_money.order_id, till_money.payment_index");
    ORDERS_OF = "SELECT DISTINCT order_id FROM till_money_reference WHERE reference = $1 \
                 ORDER BY order_id LIMIT 50";
    FORGET = "DELETE FROM till_money WHERE order_id = $1";
    FORGET_REFERENCES = "DELETE FROM till_money_reference WHERE order_id = $1";
    ATTACH = "UPDATE till_money SET match_number = $3 WHERE order_id = $1 AND payment_index = $2 \
              AND match_number IS NULL";
    DETACH = "UPDATE till_money SET match_number = NULL, settled_on = NULL \
              WHERE match_number = $1";
    /// Never before it was taken.
    SETTLE = "UPDATE till_money SET settled_on = CASE WHEN day > $2 THEN day ELSE $2 END \
              WHERE match_number = $1";
    RELABEL = "UPDATE till_money SET provider = $2 WHERE tender = $1 AND provider <> $2";
    TENDERS = "SELECT tender, name, provider, CAST(count(*) AS BIGINT) AS payments, \
               CAST(sum(amount) AS BIGINT) AS amount FROM till_money \
               GROUP BY tender, name, provider ORDER BY tender, name, provider";
    TAKEN = "SELECT day, currency, CAST(sum(amount) AS BIGINT) AS amount, \
             CAST(count(*) AS BIGINT) AS payments FROM till_money WHERE provider = $1 \
             GROUP BY day, currency ORDER BY day, currency";
    SETTLED = "SELECT settled_on AS day, currency, CAST(sum(amount) AS BIGINT) AS amount, \
               CAST(count(*) AS BIGINT) AS payments FROM till_money WHERE provider = $1 \
               AND settled_on IS NOT NULL AND NOT EXISTS (SELECT 1 FROM money_match AS m \
               WHERE m.number = match_number AND m.rule = 'written-off') \
               GROUP BY settled_on, currency ORDER BY settled_on, currency";
    WRITTEN_OFF = "SELECT settled_on AS day, till_money.currency, \
                   CAST(sum(till_money.amount) AS BIGINT) AS amount, \
                   CAST(count(*) AS BIGINT) AS payments FROM money_match \
                   JOIN till_money ON till_money.match_number = money_match.number \
                   WHERE rule = 'written-off' AND provider = $1 AND settled_on IS NOT NULL \
                   GROUP BY settled_on, till_money.currency \
                   ORDER BY settled_on, till_money.currency";
    /// What was open at the end of a day, added up one by one.
    OPEN_AT = "SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) AS amount, \
               CAST(count(*) AS BIGINT) AS payments FROM till_money WHERE provider = $1 \
               AND currency = $2 AND day <= $3 AND (settled_on IS NULL OR settled_on > $3)";
}

const INSERT: &str = "INSERT INTO till_money (order_id, payment_index, provider, tender, name, \
    amount, currency, at, day, warehouse_id, register_id, refs) ";
const INSERT_REFERENCES: &str =
    "INSERT INTO till_money_reference (reference, order_id, payment_index) ";
const READ: &str = "INSERT INTO till_money_read (order_id, payload_version, kind) ";

/// An entry whose payments have to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The entry.
    pub order_id: i64,
    /// Version of its payload.
    pub version: i64,
    /// What it is.
    pub kind: String,
    /// The version that was read before; 0 for none.
    pub known: i64,
}

impl FromCells for Unread {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            order_id: row.int("order_id")?,
            version: row.int("version")?,
            kind: row.text("kind")?,
            known: row.int("known")?,
        })
    }
}

/// A payment as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredMoney {
    /// The payment.
    #[serde(flatten)]
    pub money: TillMoney,
    /// Who settles it; empty for nobody.
    pub provider: String,
    /// The match that it belongs to.
    pub match_number: Option<i64>,
    /// When it was settled, once its match is confirmed.
    pub settled_on: Option<Day>,
}

impl FromCells for StoredMoney {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let money = TillMoney {
            order_id: row.int("order_id")?,
            index: row.int("payment_index")?,
            tender: row.text("tender")?,
            name: row.text("name")?,
            amount: row.money("amount")?,
            currency: row.text("currency")?,
            at: row.time("at")?,
            day: row.word("day")?,
            warehouse_id: row.opt_int("warehouse_id")?,
            register_id: row.opt_text("register_id")?,
            references: from_json(&row.text("refs")?)?,
        };
        Ok(Self {
            money,
            provider: row.text("provider")?,
            match_number: row.opt_int("match_number")?,
            settled_on: opt_word(row, "settled_on")?,
        })
    }
}

/// Payments and their sum, of one day and currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySum {
    /// The day.
    pub day: Day,
    /// ISO 4217.
    pub currency: String,
    /// The sum.
    pub amount: Money,
    /// How many.
    pub payments: i64,
}

impl FromCells for DaySum {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            day: row.word("day")?,
            currency: row.text("currency")?,
            amount: row.money("amount")?,
            payments: row.int("payments")?,
        })
    }
}

/// A payment type that tills have used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TenderSum {
    /// Its external id, else its name, folded.
    pub tender: String,
    /// Its name.
    pub name: String,
    /// Who settles it; empty for nobody.
    pub provider: String,
    /// How many payments.
    pub payments: i64,
    /// Their sum.
    pub amount: Money,
}

impl FromCells for TenderSum {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            tender: row.text("tender")?,
            name: row.text("name")?,
            provider: row.text("provider")?,
            payments: row.int("payments")?,
            amount: row.money("amount")?,
        })
    }
}

/// Entries after `after` whose payments have to be read, in order of their ids.
pub async fn unread(
    source: impl Into<Source<'_>>,
    after: i64,
    limit: usize,
) -> StoreResult<Vec<Unread>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(UNREAD).bind(after).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// Remembers that entries were read.
pub async fn read(tx: &mut Tx, entries: &[Unread]) -> StoreResult<()> {
    for piece in pieces(entries.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(READ);
            query.push_values(&entries[piece], |mut row, entry| {
                row.push_bind(entry.order_id).push_bind(entry.version);
                row.push_bind(entry.kind.as_str());
            });
            query.push(" ON CONFLICT (order_id) DO UPDATE SET \
                        payload_version = excluded.payload_version, kind = excluded.kind");
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

/// Adds payments that are not there; each with who settles it.
pub async fn insert(tx: &mut Tx, rows: &[(TillMoney, String)]) -> StoreResult<()> {
    let refs: Vec<String> =
        rows.iter().map(|(money, _)| to_json(&money.references)).collect::<StoreResult<_>>()?;
    for piece in pieces(rows.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(INSERT);
            let piece = rows[piece.clone()].iter().zip(&refs[piece]);
            query.push_values(piece, |mut row, ((money, provider), refs)| {
                row.push_bind(money.order_id).push_bind(money.index);
                row.push_bind(provider.as_str()).push_bind(money.tender.as_str());
                row.push_bind(money.name.as_str()).push_bind(money.amount.pence());
                row.push_bind(money.currency.as_str()).push_bind(money.at.micros());
                row.push_bind(money.day.to_string()).push_bind(money.warehouse_id);
                row.push_bind(money.register_id.as_deref()).push_bind(refs.as_str());
            });
            query.build().execute(c).await?;
        });
    }
    insert_references(tx, rows).await
}

async fn insert_references(tx: &mut Tx, rows: &[(TillMoney, String)]) -> StoreResult<()> {
    let mut known: Vec<(String, i64, i64)> = Vec::new();
    for (money, _) in rows {
        let mut folded: Vec<String> = money.references.iter().map(|text| fold(text)).collect();
        folded.sort_unstable();
        folded.dedup();
        known.extend(folded.into_iter().map(|text| (text, money.order_id, money.index)));
    }
    for piece in pieces(known.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(INSERT_REFERENCES);
            query.push_values(&known[piece], |mut row, (reference, order_id, index)| {
                row.push_bind(reference.as_str()).push_bind(*order_id).push_bind(*index);
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

/// Takes an order's payments out of the book.
pub async fn forget(tx: &mut Tx, order_id: i64) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(FORGET_REFERENCES).bind(order_id).execute(&mut *c).await?;
        sqlx::query(FORGET).bind(order_id).execute(&mut *c).await?;
    });
    Ok(())
}

/// An order's payments.
pub async fn of_order(
    source: impl Into<Source<'_>>,
    order_id: i64,
) -> StoreResult<Vec<StoredMoney>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OF_ORDER).bind(order_id).fetch_all(c).await?))
}

/// The oldest of what no match holds and was taken by the end of a day.
pub async fn open_until(
    source: impl Into<Source<'_>>,
    provider: &str,
    day: Day,
    limit: usize,
) -> StoreResult<Vec<StoredMoney>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(OPEN_PAGE).bind(provider).bind(day.to_string());
        all(&query.bind(engine::limit(limit)).fetch_all(c).await?)
    })
}

/// What rules may match: what no match holds, and what only a suggestion holds; with `redo`, also
/// what a rule has confirmed.
pub async fn free(
    source: impl Into<Source<'_>>,
    provider: &str,
    redo: bool,
) -> StoreResult<Vec<StoredMoney>> {
    matched::free(source.into(), (OPEN, HELD), Some(provider), redo).await
}

/// The payments of a match.
pub async fn of_match(source: impl Into<Source<'_>>, number: i64) -> StoreResult<Vec<StoredMoney>> {
    matched::of_match(source.into(), OF_MATCH, number).await
}

/// Payments that bear a reference.
pub async fn with_reference(
    source: impl Into<Source<'_>>,
    reference: &str,
) -> StoreResult<Vec<StoredMoney>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(WITH_REFERENCE).bind(fold(reference)).fetch_all(c).await?))
}

/// Makes a payment part of a match; false if another one has it.
pub async fn attach(tx: &mut Tx, order_id: i64, index: i64, number: i64) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(ATTACH).bind(order_id).bind(index).bind(number);
        query.execute(c).await?.rows_affected() == 1
    }))
}

/// Frees the payments of a match.
pub async fn detach(tx: &mut Tx, number: i64) -> StoreResult<()> {
    matched::detach(tx, DETACH, number).await
}

/// Notes on which day the payments of a match were settled.
pub async fn settle(tx: &mut Tx, number: i64, day: Day) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(SETTLE).bind(number).bind(day.to_string()).execute(c).await?;
    });
    Ok(())
}

/// Says who settles a payment type, of all its payments. Returns how many that changes.
pub async fn relabel(tx: &mut Tx, tender: &str, provider: &str) -> StoreResult<u64> {
    Ok(on!(tx, c => {
        let query = sqlx::query(RELABEL).bind(tender).bind(provider);
        query.execute(c).await?.rows_affected()
    }))
}

/// All payment types that tills have used.
pub async fn tenders(source: impl Into<Source<'_>>) -> StoreResult<Vec<TenderSum>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(TENDERS).fetch_all(c).await?))
}

/// What was taken, by day.
pub async fn taken(source: impl Into<Source<'_>>, provider: &str) -> StoreResult<Vec<DaySum>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(TAKEN).bind(provider).fetch_all(c).await?))
}

/// What was settled, by the day on which it was.
pub async fn settled(source: impl Into<Source<'_>>, provider: &str) -> StoreResult<Vec<DaySum>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(SETTLED).bind(provider).fetch_all(c).await?))
}

/// What people have written off, by the day on which they did.
pub async fn written_off(
    source: impl Into<Source<'_>>,
    provider: &str,
) -> StoreResult<Vec<DaySum>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(WRITTEN_OFF).bind(provider).fetch_all(c).await?))
}

/// What was open at the end of a day: sum and number.
pub async fn open_at(
    source: impl Into<Source<'_>>,
    provider: &str,
    currency: &str,
    day: Day,
) -> StoreResult<(Money, i64)> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(OPEN_AT).bind(provider).bind(currency).bind(day.to_string());
        let row = query.fetch_one(c).await?;
        Ok((row.money("amount")?, row.int("payments")?))
    })
}

/// The orders with a payment of this reference, as a person writes it.
pub async fn orders_of_reference(
    source: impl Into<Source<'_>>,
    reference: &str,
) -> StoreResult<Vec<i64>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(ORDERS_OF).bind(fold(reference)).fetch_all(c).await?;
        rows.iter().map(|row| row.int("order_id")).collect()
    })
}
