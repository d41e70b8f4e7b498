//! OrderWise's variants and value lists, kept at hand: cheap local checks come before expensive
//! remote ones. A SKU that has become saleable releases the sales that waited for it.

use std::time::Duration;

use daybook_connectors::orderwise::OddRow;
use daybook_domain::{
    Timestamp, catalogue::FullVariant, exchange::Called, mapping::MappingKind, priority::Priority,
};
use daybook_store::{catalogue, entry, value_list, variant, watermark};
use tokio::sync::MutexGuard;

use crate::{
    app::App,
    error::FlowError,
    exchanges, health,
    odd_rows::{self, Odd},
    retrying::retrying,
};

/// The export definition that is read.
const EXPORT: &str = "variants";
/// When variants were last read (what changed).
const REFRESHED: &str = "variants-refreshed";
/// When variants were last read (all).
const REFRESHED_ALL: &str = "variants-refreshed-all";

/// When the value lists were last read.
const LISTS: &str = "value-lists";

/// The value lists that mapping is filled from (facts/orderwise 1.9).
pub const VALUE_LISTS: [(i64, &str); 4] =
    [(2, "tax rate"), (4, "stock location"), (18, "delivery method"), (20, "payment method")];

/// Refreshes when the settings say that it is time.
pub(crate) async fn if_due(app: &App) -> Result<(), FlowError> {
    if !app.orderwise.has_export("variants") {
        return Ok(());
    }
    let Some(_reading) = turn(app).await? else { return Ok(()) };
    let now = app.now();
    let limits = &app.settings.reference;
    let all = watermark::get(&app.db, REFRESHED_ALL).await?.map(Timestamp::from_micros);
    let some = watermark::get(&app.db, REFRESHED).await?.map(Timestamp::from_micros);
    if all.is_none_or(|at| now.since(at) >= limits.full_every) {
        return variants(app, None).await;
    }
    if some.is_none_or(|at| now.since(at) >= limits.refresh_every) {
        return variants(app, some.map(|at| at.minus(limits.overlap))).await;
    }
    Ok(())
}

/// The right to read. None where somebody reads already, for sales too: sales go on meanwhile. Before
/// the first read no sale can be judged, so its end is waited for.
async fn turn(app: &App) -> Result<Option<MutexGuard<'_, ()>>, FlowError> {
    if let Ok(reading) = app.reading_variants.try_lock() {
        return Ok(Some(reading));
    }
    if watermark::get(&app.db, REFRESHED_ALL).await?.is_some() {
        return Ok(None);
    }
    Ok(Some(app.reading_variants.lock().await))
}

/// Reads what changed since the last read, for the flow that brings it to the tills; one read
/// serves sales too.
pub(crate) async fn changed(app: &App) -> Result<(), FlowError> {
    let _reading = app.reading_variants.lock().await;
    let now = app.now();
    let all = watermark::get(&app.db, REFRESHED_ALL).await?.map(Timestamp::from_micros);
    let some = watermark::get(&app.db, REFRESHED).await?.map(Timestamp::from_micros);
    let full = all.is_none_or(|at| now.since(at) >= app.settings.reference.full_every);
    let overlap = app.settings.reference.overlap;
    variants(app, some.filter(|_| !full).map(|at| at.minus(overlap))).await
}

/// Reads what changed since the last read, because a person has just mended something.
pub(crate) async fn now(app: &App) -> Result<(), FlowError> {
    if app.orderwise.has_export("variants") { changed(app).await } else { Ok(()) }
}

/// Reads everything, so that what the export no longer shows is noticed.
pub(crate) async fn everything(app: &App) -> Result<(), FlowError> {
    let _reading = app.reading_variants.lock().await;
    variants(app, None).await
}

/// Refreshes now: variants (what changed, or all) and the value lists.
pub async fn refresh(app: &App, full: bool) -> Result<(), FlowError> {
    let reading = app.reading_variants.lock().await;
    let some = watermark::get(&app.db, REFRESHED).await?.map(Timestamp::from_micros);
    let since = some.filter(|_| !full).map(|at| at.minus(app.settings.reference.overlap));
    if app.orderwise.has_export("variants") {
        variants(app, since).await?;
    }
    drop(reading);
    // Whoever asks is told where they cannot be read.
    value_lists(app).await
}

/// Variants in one transaction: a large catalogue must not keep sales from the book.
const PIECE: usize = 1_000;

async fn variants(app: &App, since: Option<Timestamp>) -> Result<(), FlowError> {
    // The moment before the read: what changes while it runs is read again next time.
    let read_at = app.now();
    // Without any, no sale could be judged; after that, a large catalogue must not go before sales.
    let is_first = !variant::any_known(&app.db).await?;
    let priority = if is_first { Priority::Sales } else { Priority::Catalogue };
    let client = app.orderwise.at(priority);
    let mut reading = client.variants_in_pieces(since).await;
    let (mut read, mut changed, mut odd) = (0, 0, Vec::new());
    loop {
        let Called { outcome, exchanges } = reading.next(PIECE).await;
        exchanges::keep(app, None, exchanges).await?;
        let rows = outcome.map_err(FlowError::Orderwise)?;
        if rows.is_empty() {
            break;
        }
        read += rows.len();
        odd.extend(rows.odd);
        for piece in rows.read.chunks(PIECE) {
            changed += retrying(app, "variants", || keep(app, read_at, piece)).await?;
        }
    }
    let odd = odd_rows::named(&odd, OddRow::about);
    retrying(app, "variants", || done(app, since, read_at, &odd)).await?;
    tracing::debug!(read, changed, "variants are refreshed");
    Ok(())
}

/// Reads the value lists when it is time: what people map to is looked up in them, and no sale needs
/// them. Where they cannot be read, it is tried again in an hour.
pub async fn lists_if_due(app: &App) -> Result<(), FlowError> {
    const AGAIN: Duration = Duration::from_hours(1);
    let (now, every) = (app.now(), app.settings.reference.full_every);
    let read = watermark::get(&app.db, LISTS).await?.map(Timestamp::from_micros);
    if read.is_some_and(|at| now.since(at) < every)
        || app.stop.is_cancelled()
        || health::is_paused(app).await?
    {
        return Ok(());
    }
    let called = value_lists(app).await;
    let mark = if called.is_ok() { now } else { now.plus(AGAIN).minus(every) };
    let mut tx = app.db.begin().await?;
    watermark::set(&mut tx, now, LISTS, mark.micros()).await?;
    tx.commit().await?;
    if let Err(error) = called {
        tracing::warn!(code = error.code(), "the value lists could not be read: {error}");
    }
    Ok(())
}

async fn done(
    app: &App,
    since: Option<Timestamp>,
    read_at: Timestamp,
    odd: &Odd,
) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    odd_rows::tell(&mut tx, app.now(), EXPORT, odd, |_| since.is_none()).await?;
    if since.is_none() {
        // A row whose code cannot be read may be anyone's: nobody is gone then.
        if odd.is_empty() {
            variant::remove_not_seen_since(&mut tx, read_at).await?;
        }
        watermark::set(&mut tx, read_at, REFRESHED_ALL, read_at.micros()).await?;
    }
    watermark::set(&mut tx, read_at, REFRESHED, read_at.micros()).await?;
    tx.commit().await?;
    Ok(())
}

/// Keeps a piece; releases the sales that waited for it, and asks for a look at its products.
async fn keep(app: &App, now: Timestamp, piece: &[FullVariant]) -> Result<usize, FlowError> {
    let mut tx = app.db.begin().await?;
    let changed = variant::upsert(&mut tx, now, piece).await?;
    let (sales, products): (Vec<_>, Vec<_>) =
        (changed.sales.into_iter().collect(), changed.products.into_iter().collect());
    if !sales.is_empty() {
        entry::wake_held_for(&mut tx, now, MappingKind::Sku, &sales).await?;
    }
    catalogue::queue_folded(&mut tx, now, &products).await?;
    let barcodes: Vec<String> = changed.barcodes.into_iter().collect();
    catalogue::queue_barcodes(&mut tx, now, &barcodes).await?;
    if !app.settings.catalogue.families.is_empty() {
        let left: Vec<String> = changed.left.into_iter().collect();
        catalogue::family::queue(&mut tx, now, &left).await?;
    }
    tx.commit().await?;
    Ok(products.len())
}

async fn value_lists(app: &App) -> Result<(), FlowError> {
    for (list, _) in VALUE_LISTS {
        let Called { outcome, exchanges } =
            app.orderwise.at(Priority::Catalogue).value_list(list).await;
        exchanges::keep(app, None, exchanges).await?;
        let items = outcome.map_err(FlowError::Orderwise)?;
        let mut tx = app.db.begin().await?;
        value_list::replace(&mut tx, list, &items).await?;
        tx.commit().await?;
    }
    Ok(())
}
