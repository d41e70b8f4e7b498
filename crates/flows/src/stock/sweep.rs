//! The nightly sweep: everything is compared, store by store, repaired, and its cause named. It
//! goes on where it was, and lets what is due go first between two stores.

use std::{collections::HashMap, sync::Arc};

use daybook_connectors::sitoo::Level;
use daybook_domain::{
    Quantity, Timestamp,
    exchange::Called,
    priority::Priority,
    sku::fold,
    stock::{Facts as DriftFacts, Why, drift},
};
use daybook_store::{
    stock::{
        due::{self, NewDue},
        finding::{StockFinding, What},
        history,
    },
    watermark,
};

use tokio::task::JoinSet;

use super::{
    Pass,
    facts::Facts,
    figures, journal,
    lines::{Case, Decided, Line, decide, is_settled},
    may_go_on,
    places::Place,
    products::{self, Products},
    round, set_mark, unexplained,
    write::{self, Work},
};
use crate::{
    app::App,
    error::FlowError,
    exchanges,
    sales::{SyncReport, receive},
};

/// When the sweep that is under way, or was the last, began.
const BEGAN: &str = "stock-sweep";

fn of_warehouse(warehouse_id: i64) -> String {
    format!("stock-swept:{warehouse_id}")
}

/// Asks for a sweep in the next pass.
pub(super) async fn want(app: &App) -> Result<(), FlowError> {
    set_mark(app, BEGAN, 0).await
}

/// Begins one when its time has come: reads products and figures anew. Whether it did.
pub(super) async fn begin_if_due(pass: &mut Pass<'_>) -> Result<bool, FlowError> {
    let app = pass.app;
    let now = app.now();
    let zone = &app.policy.default_time_zone;
    let last_night = app.settings.stock.sweep_at.last_before(now, zone);
    let began = watermark::get(&app.db, BEGAN).await?.map(Timestamp::from_micros);
    if began.is_some_and(|at| at >= last_night) {
        return Ok(false);
    }
    if !products::read_all(pass).await? {
        return Ok(false);
    }
    figures::read_all(pass).await?;
    journal::read(pass).await?;
    set_mark(app, BEGAN, now.micros()).await?;
    Ok(true)
}

/// Compares the stores that it has not reached yet.
pub(super) async fn go_on(pass: &mut Pass<'_>) -> Result<(), FlowError> {
    let app = pass.app;
    let Some(began) = watermark::get(&app.db, BEGAN).await? else { return Ok(()) };
    let mut places = Vec::new();
    for place in pass.places.all() {
        let swept = watermark::get(&app.db, &of_warehouse(place.warehouse_id)).await?;
        if swept.is_none_or(|at| at < began) {
            places.push(place.clone());
        }
    }
    if places.is_empty() {
        return Ok(());
    }
    let products = products::all(app).await?;
    let mut ahead = Ahead::default();
    for (nth, place) in places.iter().enumerate() {
        // The same order of reads as in a round: levels, orders, figures.
        let Some(levels) = ahead.levels(app, place).await? else { return Ok(()) };
        if levels.is_long() {
            ahead.begin(app, places.get(nth + 1));
        }
        Box::pin(one(pass, place, levels, &products)).await?;
        set_mark(app, &of_warehouse(place.warehouse_id), began).await?;
        pass.report.swept += 1;
        let before = pass.report.requests;
        round::all(pass).await?;
        if pass.report.requests != before {
            // What was just written may be missing in the levels that were read before.
            ahead = Ahead::default();
        }
    }
    Ok(())
}

/// Compares one store.
async fn one(
    pass: &mut Pass<'_>,
    place: &Place,
    Levels { levels, is_whole }: Levels,
    products: &Products,
) -> Result<(), FlowError> {
    let app = pass.app;
    let due = due::of_warehouse(&app.db, place.warehouse_id, app.now()).await?;
    receive::everything(app, &mut SyncReport::default()).await?;
    figures::read_changed(pass).await?;
    let image = pass.image.take();
    let was_read = image.is_some();
    let facts = Facts::of_location(app, &pass.places, place.location_id, image).await?;
    let whys: HashMap<String, Why> =
        due.iter().map(|row| (pass.places.in_orderwise(&row.folded), row.why)).collect();
    let has_gap = unexplained::is_any(app).await?;
    let mut sweep = Sweep {
        has_gap,
        pass,
        place,
        products,
        facts: &facts,
        whys: &whys,
        seen: vec![false; facts.figures.width()],
        work: Work { due, ..Work::default() },
        findings: Vec::new(),
    };
    sweep.there(&levels);
    let there = sweep.work.lines.len();
    sweep.not_there(is_whole).await?;
    let Sweep { mut work, findings, .. } = sweep;
    // What Sitoo had no level of is new there; of the others it is asked why they differ.
    for line in work.lines.iter_mut().take(there).filter(|line| line.moves()) {
        line.why = cause(app, line, &whys).await?;
    }
    work.findings = Some((place.warehouse_id, findings));
    let image = work.take(facts);
    pass.image = was_read.then_some(image);
    write::write(pass, work).await
}

/// One store, while it is compared.
struct Sweep<'a, 'p> {
    /// An order is missing that may still come: what would be raised is left to a round, which looks
    /// at what became of its level.
    has_gap: bool,
    pass: &'a mut Pass<'p>,
    place: &'a Place,
    products: &'a Products,
    facts: &'a Facts,
    whys: &'a HashMap<String, Why>,
    /// By the number of the figure: Sitoo has a level of it.
    seen: Vec<bool>,
    work: Work,
    findings: Vec<StockFinding>,
}

impl Sweep<'_, '_> {
    /// What Sitoo has a level of.
    fn there(&mut self, levels: &[Level]) {
        for level in levels {
            let folded = self.pass.places.in_orderwise(&fold(&level.sku));
            let number = self.facts.figures.number(&folded);
            if let Some(seen) = number.and_then(|number| self.seen.get_mut(number)) {
                *seen = true;
            }
            let found = round::at_tills(self.pass, self.products, &folded);
            let product = (0..).zip(&found).find(|(_, product)| product.sku == level.sku);
            let Some((nth, product)) = product else { continue };
            if self.facts.is_blocked(self.place.warehouse_id, &folded) {
                let warehouse_id = self.place.warehouse_id;
                self.work.put_off(self.pass.app, warehouse_id, &folded, Why::MissedWrite);
                continue;
            }
            let why = self.whys.get(&folded).copied().unwrap_or(Why::Unknown);
            self.decide(&Case { place: self.place, folded: &folded, product, nth, level, why });
        }
        self.pass.report.unknown_in_orderwise += super::count(self.findings.len());
    }

    /// What OrderWise has, and Sitoo has no level of. What Sitoo is known to have had is asked for by
    /// name first, as a round does: it may be missing in the answer alone.
    async fn not_there(&mut self, is_whole: bool) -> Result<(), FlowError> {
        let (place, facts) = (self.place, self.facts);
        for (number, folded, spelled, figure) in facts.figures.of(place.location_id) {
            if self.seen.get(number) == Some(&true) || figure.free <= Quantity::ZERO {
                continue;
            }
            let found = round::at_tills(self.pass, self.products, folded);
            let Some(product) = found.first() else {
                let is_counted = |folded: &String| !self.products.contains_key(folded);
                if self.pass.places.at_tills(folded).iter().all(is_counted) {
                    self.findings.push(unknown_in_sitoo(
                        self.pass.app,
                        place,
                        (folded, spelled),
                        figure.free,
                    ));
                    self.pass.report.unknown_in_sitoo += 1;
                }
                continue;
            };
            let (place_id, sku) = (place.warehouse_id, &product.sku);
            if !is_whole
                || facts.is_blocked(place_id, folded)
                || round::known(self.pass, place_id, folded, sku).await?.is_some()
            {
                self.work.again.push(NewDue {
                    warehouse_id: place.warehouse_id,
                    folded: folded.to_owned(),
                    why: Why::New,
                    due_at: self.pass.app.now(),
                });
                continue;
            }
            let level = &round::nothing(&product.sku);
            self.decide(&Case { place, folded, product, nth: 0, level, why: Why::New });
        }
        Ok(())
    }

    fn decide(&mut self, case: &Case<'_>) {
        self.pass.report.compared += 1;
        if is_settled(self.facts, case) {
            return;
        }
        let Decided { lines, finding } = decide(self.pass.app, self.facts, case);
        if self.has_gap && lines.iter().any(|line| line.sum.movement > Quantity::ZERO) {
            let (warehouse_id, folded) = (case.place.warehouse_id, case.folded.to_owned());
            let due_at = self.pass.app.now();
            self.work.again.push(NewDue { warehouse_id, folded, why: case.why, due_at });
            return;
        }
        // A line that neither moves nor is in flight has nothing to tell.
        let telling =
            |line: &Line| line.moves() || !line.in_flight.is_zero() || line.oversold.is_some();
        self.work.lines.extend(lines.into_iter().filter(telling));
        self.findings.extend(finding);
    }
}

/// OrderWise has stock of it here, and no till can sell it.
fn unknown_in_sitoo(
    app: &App,
    place: &Place,
    (folded, sku): (&str, &str),
    free: Quantity,
) -> StockFinding {
    StockFinding {
        what: What::UnknownInSitoo,
        warehouse_id: place.warehouse_id,
        folded: folded.to_owned(),
        sku: sku.to_owned(),
        level: Quantity::ZERO,
        free,
        at: app.now(),
    }
}

/// The levels of a warehouse, by SKU.
struct Levels {
    levels: Vec<Level>,
    /// Whether they are all there are. Where rows shift between two pages, one comes twice and
    /// another not at all: what is missing must not be taken for nothing then.
    is_whole: bool,
}

impl Levels {
    /// Whether it is worth while to read those of the next store beside comparing these.
    const fn is_long(&self) -> bool {
        self.levels.len() >= 1_000
    }
}

/// Every level of a warehouse; none if it had to stop. Of two readings of one SKU the later counts.
async fn levels(app: &App, warehouse_id: i64) -> Result<Option<Levels>, FlowError> {
    let mut levels: Vec<Level> = Vec::new();
    let mut asked = 0;
    loop {
        if !may_go_on(app).await? {
            return Ok(None);
        }
        let client = app.sitoo.at(Priority::Stock);
        let Called { outcome, exchanges } = client.levels_page(warehouse_id, levels.len()).await;
        exchanges::keep(app, None, exchanges).await?;
        let page = outcome.map_err(FlowError::Sitoo)?;
        asked += 1;
        let is_empty = page.levels.is_empty();
        // Nothing at all may be a new store, or an answer that is none: it is asked for again.
        if is_empty && page.total_count == 0 && asked == 1 {
            continue;
        }
        levels.extend(page.levels);
        let total = usize::try_from(page.total_count).unwrap_or(0);
        if is_empty || levels.len() >= total {
            // The last of equals stays: the sort keeps their order.
            levels.sort_by(|a, b| a.sku.cmp(&b.sku));
            levels.reverse();
            levels.dedup_by(|a, b| a.sku == b.sku);
            levels.reverse();
            let is_whole = levels.len() == total;
            return Ok(Some(Levels { levels, is_whole }));
        }
    }
}

/// The levels of the next store, read while one is compared.
#[derive(Default)]
struct Ahead {
    warehouse_id: i64,
    /// Ends with this pass.
    reading: JoinSet<Result<Option<Levels>, FlowError>>,
}

impl Ahead {
    fn begin(&mut self, app: &Arc<App>, place: Option<&Place>) {
        let Some(place) = place else { return };
        self.warehouse_id = place.warehouse_id;
        let (app, warehouse_id) = (Arc::clone(app), place.warehouse_id);
        self.reading.spawn(async move { levels(&app, warehouse_id).await });
    }

    async fn levels(&mut self, app: &App, place: &Place) -> Result<Option<Levels>, FlowError> {
        let read =
            self.reading.join_next().await.filter(|_| self.warehouse_id == place.warehouse_id);
        match read {
            Some(Ok(levels)) => levels,
            Some(Err(_)) | None => levels(app, place.warehouse_id).await,
        }
    }
}

/// Why the sweep found a level different.
async fn cause(app: &App, line: &Line, whys: &HashMap<String, Why>) -> Result<Why, FlowError> {
    let due = whys.get(&line.folded).copied();
    let before = history::latest(&app.db, line.warehouse_id, &line.folded, Some(&line.sku)).await?;
    Ok(drift(&DriftFacts {
        due: due.filter(|why| *why != Why::Adjusted && *why != Why::MissedWrite),
        adjusted: due == Some(Why::Adjusted),
        missed_write: due == Some(Why::MissedWrite),
        before: before.map(|row| (row.free, row.in_flight)),
        now: (line.free, line.in_flight),
    }))
}
