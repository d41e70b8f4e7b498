//! OrderWise's free stock: read by what was calculated since the last time, and as a whole each
//! night.

use std::{
    collections::{BTreeSet, HashSet},
    time::Duration,
};

use daybook_connectors::orderwise::{OddRow, Orderwise, Reading, StockFigure};
use daybook_domain::{Timestamp, exchange::Called, priority::Priority, sku::fold, stock::Why};
use daybook_store::{
    stock::{
        due::{self, NewDue},
        figure::{self, Key, NewFigure},
    },
    watermark,
};

use super::{EXPORT, Pass, count, image::Image, sweep};
use crate::{app::App, error::FlowError, exchanges, odd_rows, retrying::retrying};

/// When OrderWise was last asked for figures: nothing newer was there then.
const READ: &str = "stock-figures";
/// The latest calculation that has been seen, by OrderWise's clock: `@since` is compared with it,
/// whatever our clock says.
const CALCULATED: &str = "stock-calculated";
/// When a read last reached back the whole overlap.
const READ_FAR: &str = "stock-figures-far";
/// When a read last found something new.
const FOUND: &str = "stock-figures-found";
/// Figures kept in one transaction: a sale does not wait longer than for so many.
const PIECE: usize = 2_000;
/// Changes above which a sweep is cheaper than looking at each SKU.
const FLOOD: usize = 20_000;

/// Since when nothing newer is known; none before the first read.
pub(crate) async fn read_at(app: &App) -> Result<Option<Timestamp>, FlowError> {
    mark(app, READ).await
}

async fn mark(app: &App, name: &str) -> Result<Option<Timestamp>, FlowError> {
    Ok(watermark::get(&app.db, name).await?.map(Timestamp::from_micros))
}

/// Reads what was calculated since the last time; what is different is due.
pub(super) async fn read_changed(pass: &mut Pass<'_>) -> Result<(), FlowError> {
    let app = pass.app;
    let Some(last) = read_at(app).await? else { return Ok(()) };
    let (since, is_far) = reach(app, last).await?;
    let client = app.orderwise.at(Priority::Stock);
    let mut asked = Asked::begin(app, &client, Some(since)).await?;
    let mut changed = 0;
    while let Some(piece) = asked.next().await? {
        let told_at = app.now();
        let write = || write_changed(pass, (asked.at, told_at), &piece, changed < FLOOD);
        let different = retrying(app, "stock figures", write).await?;
        changed += different.len();
        if let Some(image) = &mut pass.image {
            let different: HashSet<Key> = different.into_iter().collect();
            for figure in piece {
                if different.contains(&(figure.location_id, figure.folded.clone())) {
                    image.put_seen(&figure, told_at);
                }
            }
        }
    }
    if changed >= FLOOD {
        sweep::want(app).await?;
    }
    asked.done(is_far, changed > 0).await?;
    pass.report.figures += count(changed);
    Ok(())
}

/// Keeps a piece; what is different is due, and returned.
async fn write_changed(
    pass: &Pass<'_>,
    (asked_at, told_at): (Timestamp, Timestamp),
    piece: &[NewFigure],
    marked: bool,
) -> Result<Vec<Key>, FlowError> {
    let mut tx = pass.app.db.begin().await?;
    let different = figure::keep(&mut tx, told_at, piece).await?;
    if marked {
        due::mark(&mut tx, &due_for(pass, &different, asked_at)).await?;
    }
    tx.commit().await?;
    Ok(different)
}

/// Reads everything; what OrderWise no longer has is forgotten, and what cannot be read keeps its last
/// figure. A sweep looks at it all afterwards.
pub(super) async fn read_all(pass: &mut Pass<'_>) -> Result<(), FlowError> {
    let app = pass.app;
    let client = app.orderwise.at(Priority::Stock);
    let mut asked = Asked::begin(app, &client, None).await?;
    let mut told = Image::default();
    let mut ahead: Vec<Key> = Vec::new();
    let mut told_at = asked.at;
    while let Some(piece) = asked.next().await? {
        told_at = app.now();
        for figure in &piece {
            told.tell(figure);
            if figure.calculated_at > told_at {
                ahead.push((figure.location_id, figure.folded.clone()));
            }
        }
    }
    let unread = Unread::of(&asked.odd);
    let sums = figure::sums(&app.db).await?;
    let mut changed = 0;
    let mut is_known = true;
    for location in told.locations() {
        is_known &= sums.contains_key(&location);
        // As many, with the same fingerprints: millions of rows need not be read.
        if sums.get(&location) != Some(&told.sum(location)) {
            changed += take_over(app, told_at, (&mut told, &unread), location).await?;
        }
    }
    let known: Vec<i64> = if is_known {
        sums.into_iter().filter(|(_, sum)| sum.figures != 0).map(|(location, _)| location).collect()
    } else {
        figure::counts(&app.db).await?.into_iter().map(|(location, _)| location).collect()
    };
    for location in known {
        if told.of(location).next().is_none() {
            changed += take_over(app, told_at, (&mut told, &unread), location).await?;
        }
    }
    // Only the book knows since when a figure that is dated after this reading has been told.
    told.put_rows(figure::of_keys(&app.db, &ahead).await?);
    asked.done(true, changed > 0).await?;
    pass.report.figures += count(changed);
    pass.image = Some(told);
    Ok(())
}

/// A location's figures become those that were told. How many were new or different.
async fn take_over(
    app: &App,
    told_at: Timestamp,
    (told, unread): (&mut Image, &Unread),
    location: i64,
) -> Result<usize, FlowError> {
    let mut changed = 0;
    let figures: Vec<NewFigure> = told.new_figures(location).collect();
    for piece in figures.chunks(PIECE) {
        let write = || write_piece(app, told_at, piece);
        changed += retrying(app, "stock figures", write).await?;
    }
    let known = figure::skus(&app.db, location).await?;
    let is_gone = |key: &Key| told.get(location, &key.1).is_none() && !unread.may_be(key);
    let gone: Vec<Key> =
        known.into_iter().map(|folded| (location, folded)).filter(is_gone).collect();
    for piece in gone.chunks(PIECE) {
        retrying(app, "stock figures", || forget(app, piece)).await?;
    }
    let kept = figure::sums(&app.db).await?.remove(&location).unwrap_or_default();
    if kept != told.sum(location) {
        retrying(app, "stock figures", || recount(app, location)).await?;
        // A newer figure does not lose to an older one in the sweep either.
        told.put_rows(figure::of_location(&app.db, location).await?);
    }
    Ok(changed)
}

/// The sum of a location is not what it should be: an older Daybook kept none, or what was told is
/// older than what is known, or could not be read.
async fn recount(app: &App, location: i64) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    figure::recount(&mut tx, location).await?;
    tx.commit().await?;
    Ok(())
}

async fn write_piece(
    app: &App,
    told_at: Timestamp,
    piece: &[NewFigure],
) -> Result<usize, FlowError> {
    let mut tx = app.db.begin().await?;
    let different = figure::keep(&mut tx, told_at, piece).await?;
    tx.commit().await?;
    Ok(different.len())
}

async fn forget(app: &App, piece: &[Key]) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    figure::remove(&mut tx, piece).await?;
    tx.commit().await?;
    Ok(())
}

/// How far a read reaches back. What was calculated in the last hours is many rows after a night's
/// work of OrderWise, so most reads reach back a little only; and where nothing new was found for as
/// long as a read reaches back, what was seen to be calculated last is not asked for again.
async fn reach(app: &App, last: Timestamp) -> Result<(Timestamp, bool), FlowError> {
    let limits = &app.settings.stock;
    let now = app.now();
    let is_even = app.orderwise.clock_was_even(now, limits.overlap * 2);
    let far_at = mark(app, READ_FAR).await?;
    let is_far = !is_even || far_at.is_none_or(|at| now.since(at) >= limits.far_every);
    let overlap = if is_far { limits.overlap } else { limits.short_overlap.min(limits.overlap) };
    let Some(calculated) = mark(app, CALCULATED).await? else {
        return Ok((last.minus(overlap), is_far));
    };
    let found_at = mark(app, FOUND).await?;
    let is_quiet = is_even && found_at.is_some_and(|at| now.since(at) > overlap);
    let after = calculated.plus(Duration::from_secs(1));
    let from = if is_quiet { after.min(last) } else { calculated.min(last).minus(overlap) };
    Ok((from, is_far))
}

/// Whose figures could not be read.
#[derive(Debug, Default)]
pub(super) struct Unread {
    keys: HashSet<Key>,
    /// There is one that does not say whose it is: it may be anyone's.
    any: bool,
}

impl Unread {
    fn of(odd: &[OddRow]) -> Self {
        let key = |row: &OddRow| Some((row.location_id?, fold(row.sku.as_deref()?)));
        let keys: Vec<Option<Key>> = odd.iter().map(key).collect();
        Self { any: keys.contains(&None), keys: keys.into_iter().flatten().collect() }
    }

    /// Those of which it is told.
    pub(super) async fn open(app: &App) -> Result<Self, FlowError> {
        let names = odd_rows::open_names(&app.db, EXPORT).await?;
        let key = |name: &String| {
            let (sku, location) = name.rsplit_once(" at ")?;
            Some((location.parse().ok()?, fold(sku)))
        };
        Ok(Self { keys: names.iter().filter_map(key).collect(), any: false })
    }

    /// Whether it may be this one's.
    pub(super) fn may_be(&self, key: &Key) -> bool {
        self.any || self.keys.contains(key)
    }
}

/// A question for figures, whose answer comes in pieces.
struct Asked<'a> {
    app: &'a App,
    is_whole: bool,
    /// The moment before the question: what is calculated while it is answered is asked for again.
    at: Timestamp,
    reading: Reading<'a, StockFigure>,
    latest: Option<Timestamp>,
    odd: Vec<OddRow>,
    /// Who could not be read before, and who of them can be read now.
    open: BTreeSet<String>,
    well: BTreeSet<String>,
}

impl<'a> Asked<'a> {
    async fn begin(
        app: &'a App,
        client: &'a Orderwise,
        since: Option<Timestamp>,
    ) -> Result<Self, FlowError> {
        let open = odd_rows::open_names(&app.db, EXPORT).await?;
        let at = app.now();
        let reading = client.stock_levels_in_pieces(since).await;
        let (is_whole, latest, odd, well) = (since.is_none(), None, Vec::new(), BTreeSet::new());
        Ok(Self { app, is_whole, at, reading, latest, odd, open, well })
    }

    /// The next piece; none at the end.
    async fn next(&mut self) -> Result<Option<Vec<NewFigure>>, FlowError> {
        let Called { outcome, exchanges } = self.reading.next(PIECE).await;
        exchanges::keep(self.app, None, exchanges).await?;
        let rows = outcome.map_err(FlowError::Orderwise)?;
        if rows.is_empty() {
            return Ok(None);
        }
        let figures = rows.read;
        self.odd.extend(rows.odd);
        self.latest = figures.iter().map(|figure| figure.calculated_at).chain(self.latest).max();
        if !self.open.is_empty() {
            let names = figures.iter().map(StockFigure::name);
            self.well.extend(names.filter(|name| self.open.contains(name)));
        }
        Ok(Some(figures.into_iter().map(new_figure).collect()))
    }

    /// Notes that all was read, and the latest calculation in it; a figure dated before the last
    /// one seen changes nothing.
    async fn done(self, is_far: bool, is_new: bool) -> Result<(), FlowError> {
        let Self { app, is_whole, at, reading, latest, odd, open, well } = self;
        drop(reading);
        let odd = odd_rows::named(&odd, OddRow::about);
        if !(odd.is_empty() && open.is_empty()) {
            let is_over = |name: &str| is_whole || well.contains(name);
            retrying(app, "odd rows", || tell(app, &odd, is_over)).await?;
        }
        retrying(app, "stock figures", || note(app, at, latest, (is_far, is_new))).await
    }
}

async fn tell(
    app: &App,
    odd: &odd_rows::Odd,
    is_over: impl Fn(&str) -> bool,
) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    odd_rows::tell(&mut tx, app.now(), EXPORT, odd, is_over).await?;
    tx.commit().await?;
    Ok(())
}

async fn note(
    app: &App,
    asked_at: Timestamp,
    latest: Option<Timestamp>,
    (is_far, is_new): (bool, bool),
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
    if is_new {
        watermark::set(&mut tx, now, FOUND, now.micros()).await?;
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
