//! What a month comes to: what was open when it began, taken, settled, written off, and what was
//! open when it ended. Added up from the payments, not from the balance that was carried.

use daybook_domain::{
    month::unsettled::{OpenPayments, TenderMoney},
    settlement::Day,
};

use crate::{
    Source, StoreResult,
    engine::{Cells, FromCells, all},
};

sql! {
    TENDERS = "SELECT provider, till_money.currency, tender, min(name) AS name, warehouse_id, \
               CAST(sum(CASE WHEN day < $1 THEN till_money.amount ELSE 0 END) AS BIGINT) \
               AS opening, \
               CAST(sum(CASE WHEN day >= $1 THEN till_money.amount ELSE 0 END) AS BIGINT) \
               AS taken, \
               CAST(sum(CASE WHEN settled_on <= $2 AND given_up.number IS NULL \
               THEN till_money.amount ELSE 0 END) AS BIGINT) AS settled, \
               CAST(sum(CASE WHEN settled_on <= $2 AND given_up.number IS NOT NULL \
               THEN till_money.amount ELSE 0 END) AS BIGINT) AS written_off, \
               CAST(sum(CASE WHEN settled_on IS NULL OR settled_on > $2 \
               THEN till_money.amount ELSE 0 END) AS BIGINT) AS closing \
               FROM till_money LEFT JOIN money_match AS given_up \
               ON given_up.number = match_number AND given_up.rule = 'written-off' \
               WHERE provider <> '' AND day <= $2 AND (settled_on IS NULL OR settled_on >= $1) \
               GROUP BY provider, till_money.currency, tender, warehouse_id \
               ORDER BY provider, till_money.currency, tender, warehouse_id";
    OPEN = "SELECT provider, currency, warehouse_id, day, CAST(count(*) AS BIGINT) AS payments, \
            CAST(sum(amount) AS BIGINT) AS amount FROM till_money WHERE provider <> '' \
            AND day <= $1 AND (settled_on IS NULL OR settled_on > $1) \
            GROUP BY provider, currency, warehouse_id, day \
            ORDER BY provider, currency, day, warehouse_id";
    PROVIDERS = "SELECT DISTINCT provider, currency FROM unsettled ORDER BY provider, currency";
}

struct Tender(TenderMoney);

impl FromCells for Tender {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self(TenderMoney {
            provider: row.text("provider")?,
            currency: row.text("currency")?,
            tender: row.text("name")?,
            store: row.opt_int("warehouse_id")?,
            opening: row.money("opening")?,
            taken: row.money("taken")?,
            settled: row.money("settled")?,
            written_off: row.money("written_off")?,
            closing: row.money("closing")?,
        }))
    }
}

struct Open(OpenPayments);

impl FromCells for Open {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self(OpenPayments {
            provider: row.text("provider")?,
            currency: row.text("currency")?,
            store: row.opt_int("warehouse_id")?,
            day: row.word("day")?,
            payments: row.int("payments")?,
            amount: row.money("amount")?,
        }))
    }
}

/// What each tender came to in each store, from the first to the last day.
pub async fn tenders(
    source: impl Into<Source<'_>>,
    (first, last): (Day, Day),
) -> StoreResult<Vec<TenderMoney>> {
    let mut conn = source.into().open().await?;
    let rows: Vec<Tender> = on!(conn, c => {
        let query = sqlx::query(TENDERS).bind(first.to_string()).bind(last.to_string());
        all(&query.fetch_all(c).await?)?
    });
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// What was open at the end of a day, by store and the day on which it was taken.
pub async fn open(source: impl Into<Source<'_>>, last: Day) -> StoreResult<Vec<OpenPayments>> {
    let mut conn = source.into().open().await?;
    let rows: Vec<Open> =
        on!(conn, c => all(&sqlx::query(OPEN).bind(last.to_string()).fetch_all(c).await?)?);
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Every provider and currency whose balance is carried.
pub async fn carried(source: impl Into<Source<'_>>) -> StoreResult<Vec<(String, String)>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(PROVIDERS).fetch_all(c).await?;
        rows.iter().map(|row| Ok((row.text("provider")?, row.text("currency")?))).collect()
    })
}
