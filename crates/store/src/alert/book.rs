//! Alerts: one open a cause, changed by what is observed.

use daybook_domain::{
    Timestamp,
    alert::{Alert, Impact, Key, Observation},
    causes::Owner,
};

use crate::{
    Source, StoreError, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, one},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT number, kind, about, sentence, owner, page, records, money, opened_at, \
             last_seen, escalations, closed_at, looked_at, looked_by FROM alert ",
            $rest
        )
    };
}

sql! {
    OPEN = select!("WHERE closed_at IS NULL ORDER BY number");
    GET = select!("WHERE number = $1");
    CLOSED = select!("WHERE closed_at IS NOT NULL AND number < $1 ORDER BY number DESC LIMIT $2");
    CLOSED_SINCE = select!("WHERE closed_at IS NOT NULL AND closed_at >= $1 ORDER BY closed_at");
    /// Another process may have been quicker: its alert is the one.
    RAISE = "INSERT INTO alert (kind, about, sentence, owner, page, records, money, opened_at, \
             last_seen, escalations) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 0) \
             ON CONFLICT (kind, about) WHERE closed_at IS NULL DO NOTHING RETURNING number";
    UPDATE_SEEN = "UPDATE alert SET sentence = $2, owner = $3, page = $4, records = $5, \
                   money = $6, last_seen = $7 WHERE number = $1 AND closed_at IS NULL";
    ESCALATED = "UPDATE alert SET escalations = $2 WHERE number = $1 AND escalations < $2 \
                 AND closed_at IS NULL";
    CLOSE = "UPDATE alert SET closed_at = $2 WHERE number = $1 AND closed_at IS NULL";
    LOOKED = "UPDATE alert SET looked_at = $2, looked_by = $3 WHERE number = $1 \
              AND looked_at IS NULL";
}

impl FromCells for Alert {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            number: row.int("number")?,
            key: Key { kind: row.word("kind")?, about: row.text("about")? },
            sentence: row.text("sentence")?,
            owner: owner(&row.text("owner")?)?,
            impact: Impact { records: row.int("records")?, money: row.money("money")? },
            page: row.text("page")?,
            opened_at: row.time("opened_at")?,
            last_seen: row.time("last_seen")?,
            escalations: row.int("escalations")?,
            closed_at: row.opt_time("closed_at")?,
            looked_at: row.opt_time("looked_at")?,
            looked_by: row.opt_text("looked_by")?,
        })
    }
}

fn owner(word: &str) -> StoreResult<Owner> {
    let mut known = [Owner::Finance, Owner::Retail, Owner::It].into_iter();
    let found = known.find(|owner| owner.word() == word);
    found.ok_or_else(|| StoreError::unreadable(format!("'{word}' is no owner")))
}

/// What is open, the oldest first.
pub async fn open(source: impl Into<Source<'_>>) -> StoreResult<Vec<Alert>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OPEN).fetch_all(c).await?))
}

/// One alert.
pub async fn get(source: impl Into<Source<'_>>, number: i64) -> StoreResult<Option<Alert>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => one(sqlx::query(GET).bind(number).fetch_optional(c).await?.as_ref()))
}

/// What is over, the newest first, before number `before`.
pub async fn closed(
    source: impl Into<Source<'_>>,
    before: Option<i64>,
    limit: usize,
) -> StoreResult<Vec<Alert>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(CLOSED).bind(before.unwrap_or(i64::MAX));
        all(&query.bind(engine::limit(limit)).fetch_all(c).await?)
    })
}

/// What was over at `since` or later.
pub async fn closed_since(
    source: impl Into<Source<'_>>,
    since: Timestamp,
) -> StoreResult<Vec<Alert>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(CLOSED_SINCE).bind(since.micros()).fetch_all(c).await?))
}

/// Opens an alert; none where its cause has an open one already.
pub async fn raise(tx: &mut Tx, now: Timestamp, new: &Observation) -> StoreResult<Option<i64>> {
    on!(tx, c => {
        let query = sqlx::query(RAISE).bind(new.key.kind.word()).bind(new.key.about.as_str());
        let query = query.bind(new.sentence.as_str()).bind(new.owner().word()).bind(new.page());
        let query = query.bind(new.impact.records).bind(new.impact.money.pence());
        let row = query.bind(now.micros()).fetch_optional(c).await?;
        row.map(|row| row.int("number")).transpose()
    })
}

/// It is still there, and this is how it is now.
pub async fn update(
    tx: &mut Tx,
    now: Timestamp,
    number: i64,
    seen: &Observation,
) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(UPDATE_SEEN).bind(number).bind(seen.sentence.as_str());
        let query = query.bind(seen.owner().word()).bind(seen.page()).bind(seen.impact.records);
        query.bind(seen.impact.money.pence()).bind(now.micros()).execute(c).await?;
    });
    Ok(())
}

/// It was told further up for the `times`th time; false when that is written down already.
pub async fn escalated(tx: &mut Tx, number: i64, times: i64) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        sqlx::query(ESCALATED).bind(number).bind(times).execute(c).await?.rows_affected() == 1
    }))
}

/// It is over; false when it was already.
pub async fn close(tx: &mut Tx, now: Timestamp, number: i64) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        sqlx::query(CLOSE).bind(number).bind(now.micros()).execute(c).await?.rows_affected() == 1
    }))
}

/// Somebody looks at it; false when somebody did before.
pub async fn looked(tx: &mut Tx, now: Timestamp, number: i64, who: &str) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(LOOKED).bind(number).bind(now.micros()).bind(who);
        query.execute(c).await?.rows_affected() == 1
    }))
}
