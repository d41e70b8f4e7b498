//! The product's process: the loops of `daybook serve`, from an empty book until every order of
//! the till is confirmed.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use daybook_domain::entry::EntryState;
use daybook_flows::{App, engine};
use daybook_store::{Db, entry};
use tokio_util::sync::CancellationToken;

use crate::{
    Fault,
    args::Args,
    setup::{self, Book, Peers},
    usage,
};

/// Nothing takes longer than this unless something is wrong.
const PATIENCE: Duration = Duration::from_mins(10);

pub(crate) async fn run(args: &Args) -> Result<(), Fault> {
    let book = Book::new(args.text("engine").unwrap_or("sqlite")).await?;
    let orders: u32 = args.need("orders")?;
    let app = setup::app(book.open().await?, Peers::from(args)?)?;
    setup::prepare(&app).await?;
    usage::reset_peak();
    let (began, used) = (Instant::now(), usage::processor_time()?);
    serve_until(&app, EntryState::Confirmed, i64::from(orders)).await?;
    let (seconds, used) = (began.elapsed().as_secs_f64(), usage::processor_time()? - used);
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
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    stop.cancel();
    Ok(running.await??)
}

/// How many entries are in `state`.
pub(crate) async fn count(db: &Db, state: EntryState) -> Result<i64, Fault> {
    let counts = entry::counts(db).await?;
    Ok(counts.iter().find(|count| count.state == state).map_or(0, |count| count.entries))
}
