//! What is not settled yet, carried from day to day.

use daybook_domain::settlement::{BalanceDay, Day};

use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, all, one, pieces},
};
use sqlx::QueryBuilder;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT currency, day, opening, taken, settled, written_off, closing, payments \
             FROM unsettled ",
            $rest
        )
    };
}

sql! {
    OF_PROVIDER = select!("WHERE provider = $1 ORDER BY currency, day");
    CURRENCIES = "SELECT DISTINCT currency FROM unsettled WHERE provider = $1 ORDER BY currency";
    /// The last day on which anything happened.
    AT = select!("WHERE provider = $1 AND currency = $2 AND day <= $3 ORDER BY day DESC LIMIT 1");
    CLEAR = "DELETE FROM unsettled WHERE provider = $1 AND currency = $2 AND day >= $3";
}

const INSERT: &str = "INSERT INTO unsettled (provider, currency, day, opening, taken, settled, \
    written_off, closing, payments) ";

/// A day's balance in its currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBalance {
    /// ISO 4217.
    pub currency: String,
    /// The day.
    pub balance: BalanceDay,
}

impl FromCells for StoredBalance {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let balance = BalanceDay {
            day: row.word("day")?,
            opening: row.money("opening")?,
            taken: row.money("taken")?,
            settled: row.money("settled")?,
            written_off: row.money("written_off")?,
            closing: row.money("closing")?,
            open: row.int("payments")?,
        };
        Ok(Self { currency: row.text("currency")?, balance })
    }
}

/// Every day of a provider on which anything happened.
pub async fn of_provider(
    source: impl Into<Source<'_>>,
    provider: &str,
) -> StoreResult<Vec<StoredBalance>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OF_PROVIDER).bind(provider).fetch_all(c).await?))
}

/// The currencies in which a provider owes anything, or did.
pub async fn currencies(source: impl Into<Source<'_>>, provider: &str) -> StoreResult<Vec<String>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(CURRENCIES).bind(provider).fetch_all(c).await?;
        rows.iter().map(|row| row.text("currency")).collect()
    })
}

/// The latest day up to `day` on which anything happened.
pub async fn at(
    source: impl Into<Source<'_>>,
    provider: &str,
    currency: &str,
    day: Day,
) -> StoreResult<Option<StoredBalance>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(AT).bind(provider).bind(currency).bind(day.to_string());
        one(query.fetch_optional(c).await?.as_ref())
    })
}

/// Puts `days` in the place of what stood there from the first of them on.
pub async fn replace(
    tx: &mut Tx,
    provider: &str,
    currency: &str,
    from: Day,
    days: &[BalanceDay],
) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(CLEAR).bind(provider).bind(currency).bind(from.to_string());
        query.execute(c).await?;
    });
    for piece in pieces(days.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(INSERT);
            query.push_values(&days[piece], |mut row, day| {
                row.push_bind(provider.to_owned()).push_bind(currency.to_owned());
                row.push_bind(day.day.to_string()).push_bind(day.opening.pence());
                row.push_bind(day.taken.pence()).push_bind(day.settled.pence());
                row.push_bind(day.written_off.pence());
                row.push_bind(day.closing.pence()).push_bind(day.open);
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}
