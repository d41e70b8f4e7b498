//! Writes of the API that may be repeated and are done once.

use std::time::Duration;

use daybook_store::idempotency::{self as store, KeptAnswer, NewKey};

use crate::{app::App, error::FlowError};

/// A first request that ended without a word is given up after this long.
const GIVEN_UP: Duration = Duration::from_mins(2);
/// How long answers are kept.
const KEPT: Duration = Duration::from_hours(24 * 7);

/// A request that may be a repeat.
#[derive(Debug, Clone, Copy)]
pub struct Repeat<'a> {
    /// Who sends it.
    pub caller: &'a str,
    /// Its key.
    pub key: &'a str,
    /// Method and path.
    pub what: &'a str,
    /// Hash of its body.
    pub hash: [u8; 32],
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: go on.
    First,
    /// It was done, and this was the answer.
    Again {
        /// HTTP status.
        status: u16,
        /// The body.
        answer: String,
    },
    /// It came with another request.
    Other,
    /// The first one still runs.
    AtWork,
}

/// Takes a key, if it is new.
pub async fn begin(app: &App, repeat: Repeat<'_>) -> Result<Begun, FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    store::prune(&mut tx, now.minus(KEPT)).await?;
    let new =
        NewKey { caller: repeat.caller, key: repeat.key, what: repeat.what, hash: repeat.hash };
    if store::take(&mut tx, now, &new).await? {
        tx.commit().await?;
        return Ok(Begun::First);
    }
    let Some(known) = store::get(&mut tx, repeat.caller, repeat.key).await? else {
        return Ok(Begun::AtWork);
    };
    if known.what != repeat.what || known.hash != repeat.hash {
        return Ok(Begun::Other);
    }
    let begun = match known.answer {
        Some(KeptAnswer { status, body }) => {
            Begun::Again { status: u16::try_from(status).unwrap_or(200), answer: body }
        }
        None if now.since(known.begun_at) > GIVEN_UP => {
            store::forget(&mut tx, repeat.caller, repeat.key).await?;
            // Another repeat may have taken it meanwhile.
            if store::take(&mut tx, now, &new).await? { Begun::First } else { Begun::AtWork }
        }
        None => Begun::AtWork,
    };
    tx.commit().await?;
    Ok(begun)
}

/// Keeps the answer.
pub async fn finish(
    app: &App,
    caller: &str,
    key: &str,
    status: u16,
    body: &str,
) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    store::finish(&mut tx, caller, key, i64::from(status), body).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives the key back: nothing was done.
pub async fn forget(app: &App, caller: &str, key: &str) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    store::forget(&mut tx, caller, key).await?;
    tx.commit().await?;
    Ok(())
}
