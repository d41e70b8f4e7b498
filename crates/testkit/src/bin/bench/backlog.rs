//! A long backlog, and the start with one. On SQLite, whose engine is part of this process.

use std::time::Instant;

use daybook_connectors::clock::{Clock, SystemClock};
use daybook_domain::entry::EntryState;
use daybook_flows::sales::{SyncOptions, sync};
use daybook_store::{Db, OpenOptions, entry};

use crate::{
    Fault,
    args::Args,
    child,
    inflate::inflate,
    product::serve_until,
    setup::{self, Book, Peers},
    usage,
};

/// Records everything, lengthens the backlog to `--entries`, and posts `--orders` of them.
pub(crate) async fn run(args: &Args) -> Result<(), Fault> {
    let (orders, entries): (u32, u32) = (args.need("orders")?, args.need("entries")?);
    let recorded: u32 = args.need("recorded")?;
    let peers = Peers::from(args)?;
    let book = Book::new("sqlite").await?;
    let app = setup::app(book.open().await?, peers)?;
    setup::prepare(&app).await?;
    // A stopping product begins no posting: it only writes down what the till has.
    app.stop.cancel();
    sync(&app, &SyncOptions::default()).await?;
    app.db.close().await;
    if entries > recorded {
        inflate(&book.url, i64::from(entries - recorded)).await?;
    }
    let start_ms = match child::finish("start", &[("url", book.url.clone())]).await {
        Ok(said) => said.number::<f64>("ms")?,
        Err(fault) => return Err(fault),
    };
    let app = setup::app(book.open().await?, peers)?;
    usage::reset_peak();
    let (began, used) = (Instant::now(), usage::processor_time()?);
    serve_until(&app, EntryState::Confirmed, i64::from(orders)).await?;
    let (seconds, used) =
        (began.elapsed().as_secs_f64(), usage::processor_time()?.saturating_sub(used));
    let done = crate::product::count(&app.db, EntryState::Confirmed).await?;
    let kib = usage::peak_resident_kib()?;
    println!(
        "orders={done} seconds={seconds} cpu={} kib={kib} start-ms={start_ms}",
        used.as_secs_f64()
    );
    app.db.close().await;
    Ok(())
}

/// A process that starts on a book and looks for its first work.
pub(crate) async fn start(args: &Args) -> Result<(), Fault> {
    let began = Instant::now();
    let url: String = args.need("url")?;
    let db = Db::open_at(&url, OpenOptions::default()).await?;
    let mut tx = db.begin().await?;
    let now = SystemClock.now();
    let orphans = entry::orphaned(&mut tx, now, "bench", true, 64).await?;
    let claimed = entry::claim_ready(&mut tx, now, 64, &[]).await?;
    tx.rollback().await?;
    println!(
        "ms={} claimed={} orphans={}",
        began.elapsed().as_secs_f64() * 1_000.0,
        claimed.len(),
        orphans.len()
    );
    Ok(())
}
