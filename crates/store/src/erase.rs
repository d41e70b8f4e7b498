//! Erasing a shopper's data from what is kept as it came. The fingerprint of what was received
//! stays, the entry's timeline says what stands there now, and so nothing is hidden: a payload that
//! is neither what came nor what its timeline says was changed.

use daybook_domain::{Timestamp, entry::EntryState};

use crate::{
    Source, StoreResult, Tx,
    chain::of_text,
    engine::{self, Cells, FromCells, all, one},
    entry,
    timeline::{self, Event},
};

sql! {
    ABOUT = "SELECT entry.order_id AS order_id, entry.state AS state, entry.reason AS reason, \
             CAST((SELECT count(*) FROM sending WHERE sending.order_id = entry.order_id \
             AND sending.ended_at IS NULL) AS BIGINT) AS sending \
             FROM entry WHERE entry.order_id = $1";
    OLDER = "SELECT order_id FROM entry WHERE order_date < $1 AND order_id > $2 \
             ORDER BY order_id LIMIT $3";
    HOLDING = "SELECT DISTINCT order_id FROM payload WHERE order_id > $2 \
               AND lower(body) LIKE $1 ESCAPE '!' ORDER BY order_id LIMIT $3";
    BODIES = "SELECT version AS number, body AS one, NULL AS other FROM payload \
              WHERE order_id = $1 ORDER BY version";
    ATTEMPTS = "SELECT number, request AS one, response AS other FROM attempt \
                WHERE order_id = $1 ORDER BY number";
    EXCEPTIONS = "SELECT number, detail AS one, close_reason AS other FROM exception \
                  WHERE order_id = $1 ORDER BY number";
    EVENTS = "SELECT event_id, body FROM inbox WHERE order_id = $1 ORDER BY event_id";
    STRAYS = "SELECT hash, received_at, body FROM stray ORDER BY received_at, hash";
    BEGIN = "INSERT INTO erasing (order_id) VALUES ($1)";
    END = "DELETE FROM erasing WHERE order_id = $1";
    PAYLOAD = "UPDATE payload SET body = $3 WHERE order_id = $1 AND version = $2";
    ATTEMPT = "UPDATE attempt SET request = $3, response = $4 WHERE order_id = $1 AND number = $2";
    EXCEPTION = "UPDATE exception SET detail = $3, close_reason = $4 \
                 WHERE order_id = $1 AND number = $2";
    EVENT = "UPDATE inbox SET body = $2 WHERE event_id = $1";
    STRAY = "UPDATE stray SET body = $2 WHERE hash = $1";
    EXCHANGES = "UPDATE exchange SET request = NULL, response = NULL WHERE order_id = $1 \
                 AND (request IS NOT NULL OR response IS NOT NULL)";
    CUSTOMER = "DELETE FROM customer WHERE key = $1";
}

/// Whether an entry's shopper can be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// The entry.
    pub order_id: i64,
    /// Where it is in its life.
    pub state: EntryState,
    /// Why it was set aside, if it was.
    pub reason: Option<String>,
    /// Whether OrderWise still has something of it to send.
    pub sending: bool,
}

impl FromCells for About {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            order_id: row.int("order_id")?,
            state: row.word("state")?,
            reason: row.opt_text("reason")?,
            sending: row.int("sending")? > 0,
        })
    }
}

/// One or two texts under a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// Its number among the entry's.
    pub number: i64,
    /// A text.
    pub one: String,
    /// Another one.
    pub other: Option<String>,
}

impl FromCells for Texts {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let (number, one) = (row.int("number")?, row.text("one")?);
        Ok(Self { number, one, other: row.opt_text("other")? })
    }
}

/// An event as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventText {
    /// Its id.
    pub event_id: String,
    /// Its text.
    pub body: String,
}

impl FromCells for EventText {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self { event_id: row.text("event_id")?, body: row.text("body")? })
    }
}

/// An order without an id, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrayText {
    /// When it came.
    pub received_at: Timestamp,
    /// Its text.
    pub body: String,
    hash: [u8; 32],
}

impl FromCells for StrayText {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let (received_at, hash) = (row.time("received_at")?, row.hash("hash")?);
        Ok(Self { received_at, body: row.text("body")?, hash })
    }
}

/// All texts about an entry that may hold a shopper's data.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryTexts {
    /// Payloads by version.
    pub payloads: Vec<Texts>,
    /// Request and response of attempts.
    pub attempts: Vec<Texts>,
    /// Detail and reason of exceptions.
    pub exceptions: Vec<Texts>,
    /// Events.
    pub events: Vec<EventText>,
}

/// One entry.
pub async fn about(source: impl Into<Source<'_>>, order_id: i64) -> StoreResult<Option<About>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => one(sqlx::query(ABOUT).bind(order_id).fetch_optional(c).await?.as_ref()))
}

/// A page of entries that were taken before a moment, after an order id.
pub async fn older(
    source: impl Into<Source<'_>>,
    before: Timestamp,
    after: i64,
    limit: usize,
) -> StoreResult<Vec<i64>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(OLDER).bind(before.micros()).bind(after);
        let rows = query.bind(engine::limit(limit)).fetch_all(c).await?;
        rows.iter().map(|row| row.int("order_id")).collect()
    })
}

/// A page of entries of which a payload holds a text, whatever the case of its letters.
pub async fn holding(
    source: impl Into<Source<'_>>,
    text: &str,
    after: i64,
    limit: usize,
) -> StoreResult<Vec<i64>> {
    let mut pattern = String::from("%");
    for c in text.to_lowercase().chars() {
        pattern.push_str(if matches!(c, '%' | '_' | '!') { "!" } else { "" });
        pattern.push(c);
    }
    pattern.push('%');
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(HOLDING).bind(pattern).bind(after);
        let rows = query.bind(engine::limit(limit)).fetch_all(c).await?;
        rows.iter().map(|row| row.int("order_id")).collect()
    })
}

/// Everything that may hold a shopper's data about an entry.
pub async fn texts(source: impl Into<Source<'_>>, order_id: i64) -> StoreResult<EntryTexts> {
    let mut conn = source.into().open().await?;
    on!(conn, c => Ok(EntryTexts {
        payloads: all(&sqlx::query(BODIES).bind(order_id).fetch_all(&mut *c).await?)?,
        attempts: all(&sqlx::query(ATTEMPTS).bind(order_id).fetch_all(&mut *c).await?)?,
        exceptions: all(&sqlx::query(EXCEPTIONS).bind(order_id).fetch_all(&mut *c).await?)?,
        events: all(&sqlx::query(EVENTS).bind(order_id).fetch_all(&mut *c).await?)?,
    }))
}

/// Orders without an id.
pub async fn strays(source: impl Into<Source<'_>>) -> StoreResult<Vec<StrayText>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(STRAYS).fetch_all(c).await?))
}

/// Puts the texts of an entry in the place of those that were there, and takes what was exchanged
/// for it away. Each payload that is another one now is noted on the timeline.
pub async fn replace(
    tx: &mut Tx,
    now: Timestamp,
    order_id: i64,
    new: &EntryTexts,
    actor: &str,
) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(BEGIN).bind(order_id).execute(&mut *c).await?;
        for text in &new.payloads {
            let query = sqlx::query(PAYLOAD).bind(order_id).bind(text.number);
            query.bind(text.one.as_str()).execute(&mut *c).await?;
        }
        sqlx::query(END).bind(order_id).execute(&mut *c).await?;
        for (statement, texts) in [(ATTEMPT, &new.attempts), (EXCEPTION, &new.exceptions)] {
            for text in texts {
                let query = sqlx::query(statement).bind(order_id).bind(text.number);
                let query = query.bind(text.one.as_str()).bind(text.other.as_deref());
                query.execute(&mut *c).await?;
            }
        }
        for event in &new.events {
            let query = sqlx::query(EVENT).bind(event.event_id.as_str());
            query.bind(event.body.as_str()).execute(&mut *c).await?;
        }
        sqlx::query(EXCHANGES).bind(order_id).execute(&mut *c).await?;
    });
    for text in &new.payloads {
        let event = Event {
            actor: actor.to_owned(),
            code: timeline::ERASED.to_owned(),
            detail: timeline::payload_detail(text.number, &of_text(&text.one)),
        };
        entry::note(tx, now, order_id, &event).await?;
    }
    Ok(())
}

/// Puts a text in the place of what came without an id. Its key stays that of what came, so that it
/// is known again.
pub async fn replace_stray(tx: &mut Tx, stray: &StrayText, body: &str) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(STRAY).bind(stray.hash.as_slice()).bind(body).execute(c).await?;
    });
    Ok(())
}

/// Forgets which customer of OrderWise a shopper is; returns whether that was known.
pub async fn forget_customer(tx: &mut Tx, key: &str) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        sqlx::query(CUSTOMER).bind(key).execute(c).await?.rows_affected() > 0
    }))
}
