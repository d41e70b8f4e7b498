//! OrderWise's free stock: read by what was calculated since the last time, and as a whole each
//! night.

use std::collections::HashMap;

use daybook_connectors::orderwise::{Orderwise, Reading, StockFigure};
use daybook_domain::{Timestamp, exchange::Called, priority::Priority, sku::fold, stock::Why};
use daybook_store::{
    stock::{
        due::{self, NewDue},
        figure::{self, Key, NewFigure},
    },
    watermark,
};

use super::{Pass, count, sweep};
use crate::{app::App, error::FlowError, exchanges, retrying::retrying};

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
    let client = app.orderwise.at(Priority::Stock);
    let mut asked = Asked::begin(app, &client, Some(since)).await;
    let mut changed = 0;
    while let Some(piece) = asked.next().await? {
        let write = || write_changed(pass, asked.at, &piece, changed < FLOOD);
        changed += retrying(app, "stock figures", write).await?;
    }
    if changed >= FLOOD {
        sweep::want(app).await?;
    }
    asked.done(is_far).await?;
    pass.report.figures += count(changed);
    Ok(())
}

/// Keeps a piece; what is different is due. Returns how much of it is.
async fn write_changed(
    pass: &Pass<'_>,
    asked_at: Timestamp,
    piece: &[NewFigure],
    marked: bool,
) -> Result<usize, FlowError> {
    let mut tx = pass.app.db.begin().await?;
    let different = figure::keep(&mut tx, asked_at, piece).await?;
    if marked {
        due::mark(&mut tx, &due_for(pass, &different, asked_at)).await?;
    }
    tx.commit().await?;
    Ok(different.len())
}

/// Reads everything; what OrderWise no longer has is forgotten. A sweep looks at it all afterwards.
pub(super) async fn read_all(pass: &mut Pass<'_>) -> Result<(), FlowError> {
    let app = pass.app;
    let client = app.orderwise.at(Priority::Stock);
    let mut asked = Asked::begin(app, &client, None).await;
    let mut there = Marked::default();
    while let Some(piece) = asked.next().await? {
        let different =
            retrying(app, "stock figures", || write_piece(app, asked.at, &piece)).await?;
        pass.report.figures += count(different);
        for figure in &piece {
            there.mark(figure.location_id, &figure.folded);
        }
    }
    for (location, figures) in figure::counts(&app.db).await? {
        // All that was seen is in the book now: as many figures are the same ones.
        if figures == there.count(location) {
            continue;
        }
        let known = figure::skus(&app.db, location).await?;
        let gone: Vec<Key> = known
            .into_iter()
            .filter(|folded| !there.is_marked(location, folded))
            .map(|folded| (location, folded))
            .collect();
        for piece in gone.chunks(PIECE) {
            retrying(app, "stock figures", || forget(app, piece)).await?;
        }
    }
    asked.done(true).await
}

async fn write_piece(
    app: &App,
    asked_at: Timestamp,
    piece: &[NewFigure],
) -> Result<usize, FlowError> {
    let mut tx = app.db.begin().await?;
    let different = figure::keep(&mut tx, asked_at, piece).await?;
    tx.commit().await?;
    Ok(different.len())
}

async fn forget(app: &App, piece: &[Key]) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    figure::remove(&mut tx, piece).await?;
    tx.commit().await?;
    Ok(())
}

/// SKUs that were seen at locations: a bit for each, because they are millions.
#[derive(Debug, Default)]
struct Marked {
    numbers: HashMap<String, usize>,
    at: HashMap<i64, Vec<u64>>,
}

impl Marked {
    fn mark(&mut self, location: i64, folded: &str) {
        let next = self.numbers.len();
        let number = match self.numbers.get(folded) {
            Some(number) => *number,
            None => *self.numbers.entry(folded.to_owned()).or_insert(next),
        };
        let bits = self.at.entry(location).or_default();
        if bits.len() <= number / 64 {
            bits.resize(number / 64 + 1, 0);
        }
        if let Some(word) = bits.get_mut(number / 64) {
            *word |= 1 << (number % 64);
        }
    }

    fn count(&self, location: i64) -> i64 {
        let bits = self.at.get(&location).map(Vec::as_slice).unwrap_or_default();
        bits.iter().map(|word| i64::from(word.count_ones())).sum()
    }

    fn is_marked(&self, location: i64, folded: &str) -> bool {
        let Some(number) = self.numbers.get(folded) else { return false };
        let word = self.at.get(&location).and_then(|bits| bits.get(number / 64));
        word.is_some_and(|word| word >> (number % 64) & 1 == 1)
    }
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

/// A question for figures, whose answer comes in pieces.
struct Asked<'a> {
    app: &'a App,
    /// The moment before the question: what is calculated while it is answered is asked for again.
    at: Timestamp,
    reading: Reading<'a, StockFigure>,
    latest: Option<Timestamp>,
}

impl<'a> Asked<'a> {
    async fn begin(app: &'a App, client: &'a Orderwise, since: Option<Timestamp>) -> Self {
        let at = app.now();
        Self { app, at, reading: client.stock_levels_in_pieces(since).await, latest: None }
    }

    /// The next piece; none at the end.
    async fn next(&mut self) -> Result<Option<Vec<NewFigure>>, FlowError> {
        let Called { outcome, exchanges } = self.reading.next(PIECE).await;
        exchanges::keep(self.app, None, exchanges).await?;
        let figures = outcome.map_err(FlowError::Orderwise)?;
        self.latest = figures.iter().map(|figure| figure.calculated_at).chain(self.latest).max();
        let piece: Vec<NewFigure> = figures.into_iter().map(new_figure).collect();
        Ok(Some(piece).filter(|piece| !piece.is_empty()))
    }

    /// Notes that all was read, and the latest calculation in it; a figure dated before the last
    /// one seen changes nothing.
    async fn done(self, is_far: bool) -> Result<(), FlowError> {
        let Self { app, at, reading, latest } = self;
        drop(reading);
        retrying(app, "stock figures", || note(app, at, latest, is_far)).await
    }
}

async fn note(
    app: &App,
    asked_at: Timestamp,
    latest: Option<Timestamp>,
    is_far: bool,
) -> Result<(), FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let known = watermark::get(&mut tx, CALCULATED).await?;
    let latest = latest.map(Timestamp::micros);
    if let Some(latest) = latest.filter(|latest| known.is_none_or(|known| known < *latest)) {
        watermark::set(&mut tx, now, CALCULATED, latest).await?;
    }
    watermark::set(&mut tx, now, READ, asked_at.micros()).await?;
    if is_far {
        watermark::set(&mut tx, now, READ_FAR, asked_at.micros()).await?;
    }
    tx.commit().await?;
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::Marked;

    #[test]
    fn what_was_seen_where() {
        let mut marked = Marked::default();
        for number in 0..200 {
            marked.mark(number % 2, &format!("sku-{number}"));
        }
        assert!(marked.is_marked(0, "sku-0") && marked.is_marked(1, "sku-199"));
        assert!(!marked.is_marked(1, "sku-0") && !marked.is_marked(0, "sku-199"));
        assert_eq!([0, 1, 2].map(|location| marked.count(location)), [100, 100, 0]);
        assert!(!marked.is_marked(2, "sku-0") && !marked.is_marked(0, "sku-200"));
    }
}
