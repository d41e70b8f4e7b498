//! The product's process: the loops of `daybook serve`, from an empty book until every order of
//! the till is confirmed.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use daybook_connectors::clock::{Clock, SystemClock};
use daybook_domain::{Timestamp, entry::EntryState};
use daybook_flows::{App, engine};
use daybook_store::{Db, entry};
use sqlx::{Connection, PgConnection, SqliteConnection};
use tokio_util::sync::CancellationToken;

use crate::{
    Fault,
    args::Args,
    setup::{self, Book, Peers},
    usage,
};

/// Looking costs the book little, and is not what is measured.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Nothing takes longer than this unless something is wrong.
const PATIENCE: Duration = Duration::from_mins(10);

pub(crate) async fn run(args: &Args) -> Result<(), Fault> {
    let book = Book::new(args.text("engine").unwrap_or("sqlite")).await?;
    let orders: u32 = args.need("orders")?;
    let app = setup::app(book.open().await?, Peers::from(args)?)?;
    setup::prepare(&app).await?;
    usage::reset_peak();
    let (began, used) = (SystemClock.now(), usage::processor_time()?);
    serve_until(&app, EntryState::Confirmed, i64::from(orders)).await?;
    let used = usage::processor_time()?.saturating_sub(used);
    let seconds = last_confirmed(&book.url).await?.since(began).as_secs_f64();
    let kib = usage::peak_resident_kib()?;
    println!("orders={orders} seconds={seconds} cpu={} kib={kib}", used.as_secs_f64());
    app.db.close().await;
    Ok(())
}

/// Runs the loops until so many entries have come to `state`.
pub(crate) async fn serve_until(
    app: &Arc<App>,
    state: EntryState,
    entries: i64,
) -> Result<(), Fault> {
    let stop = CancellationToken::new();
    let running = tokio::spawn(engine::run(Arc::clone(app), stop.clone()));
    let deadline = Instant::now() + PATIENCE;
    while count(&app.db, state).await? < entries {
        if Instant::now() > deadline {
            return Err(format!("not done in time: {:?}", entry::counts(&app.db).await?).into());
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    stop.cancel();
    Ok(running.await??)
}

/// How many entries are in `state`.
pub(crate) async fn count(db: &Db, state: EntryState) -> Result<i64, Fault> {
    let counts = entry::counts(db).await?;
    Ok(counts.iter().find(|count| count.state == state).map_or(0, |count| count.entries))
}

/// When the last entry was confirmed: more exact than the moment at which we looked.
async fn last_confirmed(url: &str) -> Result<Timestamp, Fault> {
    const LAST: &str = "SELECT max(confirmed_at) FROM entry";
    let micros: i64 = if url.starts_with("postgres") {
        sqlx::query_scalar(LAST).fetch_one(&mut PgConnection::connect(url).await?).await?
    } else {
        sqlx::query_scalar(LAST).fetch_one(&mut SqliteConnection::connect(url).await?).await?
    };
    Ok(Timestamp::from_micros(micros))
}
