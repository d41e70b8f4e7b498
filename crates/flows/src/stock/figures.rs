//! OrderWise's free stock: read by what was calculated since the last time, and as a whole each
//! night.

use std::collections::HashSet;

use daybook_connectors::orderwise::StockFigure;
use daybook_domain::{Timestamp, exchange::Called, priority::Priority, sku::fold, stock::Why};
use daybook_store::{
    stock::{
        due::{self, NewDue},
        figure::{self, Key, NewFigure},
    },
    watermark,
};

use super::{Pass, count, sweep};
use crate::{app::App, error::FlowError, exchanges};

/// When OrderWise was last asked for figures: nothing newer was there then.
const READ: &str = "stock-figures";
/// The latest calculation that has been seen, by OrderWise's clock: `@since` is compared with it,
/// whatever our clock says.
const CALCULATED: &str = "stock-calculated";
/// When a read last reached back the whole overlap.
const READ_FAR: &str = "stock-figures-far";
/// Figures kept in one transaction: a sale does not wait longer than for so many.
const PIECE: usize = 2_000;
/// Changes above which a sweep is cheaper than looking at each SKU.
const FLOOD: usize = 20_000;

/// Since when nothing newer is known; none before the first read.
pub(super) async fn read_at(app: &App) -> Result<Option<Timestamp>, FlowError> {
    Ok(watermark::get(&app.db, READ).await?.map(Timestamp::from_micros))
}

/// Reads what was calculated since the last time; what is different is due.
pub(super) async fn read_changed(pass: &mut Pass<'_>) -> Result<(), FlowError> {
    let app = pass.app;
    let Some(last) = read_at(app).await? else { return Ok(()) };
    let (since, is_far) = reach(app, last).await?;
    let (asked_at, figures) = ask(app, Some(since)).await?;
    let mut changed = Vec::new();
    for piece in figures.chunks(PIECE) {
        let mut tx = app.db.begin().await?;
        let different = figure::keep(&mut tx, asked_at, piece).await?;
        let due = due_for(pass, &different, asked_at);
        if changed.len() + different.len() <= FLOOD {
            due::mark(&mut tx, &due).await?;
        }
        tx.commit().await?;
        changed.extend(different);
    }
    seen(app, &figures).await?;
    if changed.len() > FLOOD {
        sweep::want(app).await?;
    }
    done(app, asked_at, is_far).await?;
    pass.report.figures += count(changed.len());
    Ok(())
}

/// Reads everything; what OrderWise no longer has is forgotten. A sweep looks at it all afterwards.
pub(super) async fn read_all(pass: &mut Pass<'_>) -> Result<(), FlowError> {
    let app = pass.app;
    let (asked_at, figures) = ask(app, None).await?;
    for piece in figures.chunks(PIECE) {
        let mut tx = app.db.begin().await?;
        let different = figure::keep(&mut tx, asked_at, piece).await?;
        tx.commit().await?;
        pass.report.figures += count(different.len());
    }
    seen(app, &figures).await?;
    for location in figure::locations(&app.db).await? {
        let of_it = figures.iter().filter(|figure| figure.location_id == location);
        let there: HashSet<&str> = of_it.map(|figure| figure.folded.as_str()).collect();
        let known = figure::skus(&app.db, location).await?;
        let gone: Vec<Key> = known
            .into_iter()
            .filter(|folded| !there.contains(folded.as_str()))
            .map(|folded| (location, folded))
            .collect();
        for piece in gone.chunks(PIECE) {
            let mut tx = app.db.begin().await?;
            figure::remove(&mut tx, piece).await?;
            tx.commit().await?;
        }
    }
    done(app, asked_at, true).await
}

/// How far a read reaches back. What was calculated in the last hours is many rows after a night's
/// work of OrderWise, so most reads reach back a little only.
async fn reach(app: &App, last: Timestamp) -> Result<(Timestamp, bool), FlowError> {
    let limits = &app.settings.stock;
    let now = app.now();
    let far_at = watermark::get(&app.db, READ_FAR).await?.map(Timestamp::from_micros);
    let is_far = far_at.is_none_or(|at| now.since(at) >= limits.far_every)
        || !app.orderwise.clock_was_even(now, limits.overlap * 2);
    let overlap = if is_far { limits.overlap } else { limits.short_overlap.min(limits.overlap) };
    let calculated = watermark::get(&app.db, CALCULATED).await?.map(Timestamp::from_micros);
    let from = calculated.map_or(last, |at| at.min(last));
    Ok((from.minus(overlap), is_far))
}

/// Notes the latest calculation; a figure dated before the last one seen changes nothing.
async fn seen(app: &App, figures: &[NewFigure]) -> Result<(), FlowError> {
    let Some(latest) = figures.iter().map(|figure| figure.calculated_at).max() else {
        return Ok(());
    };
    let known = watermark::get(&app.db, CALCULATED).await?;
    if known.is_none_or(|known| known < latest.micros()) {
        let mut tx = app.db.begin().await?;
        watermark::set(&mut tx, app.now(), CALCULATED, latest.micros()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The moment before the question: what is calculated while it is answered is asked for again.
async fn ask(
    app: &App,
    since: Option<Timestamp>,
) -> Result<(Timestamp, Vec<NewFigure>), FlowError> {
    let asked_at = app.now();
    let client = app.orderwise.at(Priority::Stock);
    let Called { outcome, exchanges } = client.stock_levels(since).await;
    exchanges::keep(app, None, exchanges).await?;
    let figures = outcome.map_err(FlowError::Orderwise)?;
    Ok((asked_at, figures.into_iter().map(new_figure).collect()))
}

fn new_figure(figure: StockFigure) -> NewFigure {
    NewFigure {
        location_id: figure.location_id,
        folded: fold(&figure.sku),
        sku: figure.sku,
        free: figure.free,
        buffer: figure.buffer,
        calculated_at: figure.calculated_at,
        calculated_at_latest: figure.calculated_at_latest,
    }
}

fn due_for(pass: &Pass<'_>, changed: &[Key], due_at: Timestamp) -> Vec<NewDue> {
    let places = changed.iter().filter_map(|key| Some((pass.places.at(key.0)?, key)));
    places
        .map(|(place, (_, folded))| NewDue {
            warehouse_id: place.warehouse_id,
            folded: folded.clone(),
            why: Why::Orderwise,
            due_at,
        })
        .collect()
}

async fn done(app: &App, asked_at: Timestamp, is_far: bool) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    watermark::set(&mut tx, app.now(), READ, asked_at.micros()).await?;
    if is_far {
        watermark::set(&mut tx, app.now(), READ_FAR, asked_at.micros()).await?;
    }
    tx.commit().await?;
    Ok(())
}
