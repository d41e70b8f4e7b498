//! The nightly sweep: everything is compared, store by store, repaired, and its cause named. It
//! goes on where it was, and lets what is due go first between two stores.

use std::collections::{BTreeMap, HashMap, HashSet};

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
        figure::FigureRow,
        finding::{StockFinding, What},
        history,
    },
    watermark,
};

use super::{
    Pass,
    facts::Facts,
    figures, journal,
    lines::{Case, Decided, Line, decide},
    may_go_on,
    places::Place,
    products::{self, Products},
    round, set_mark,
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
    let places: Vec<Place> = pass.places.all().cloned().collect();
    let mut products = None;
    for place in places {
        let name = of_warehouse(place.warehouse_id);
        if watermark::get(&app.db, &name).await?.is_some_and(|at| at >= began) {
            continue;
        }
        if products.is_none() {
            products = Some(products::all(app).await?);
        }
        let Some(products) = &products else { continue };
        if !Box::pin(one(pass, &place, products)).await? {
            return Ok(());
        }
        set_mark(app, &name, began).await?;
        pass.report.swept += 1;
        round::all(pass).await?;
    }
    Ok(())
}

/// Compares one store; false if it had to stop.
async fn one(pass: &mut Pass<'_>, place: &Place, products: &Products) -> Result<bool, FlowError> {
    let app = pass.app;
    let due = due::of_warehouse(&app.db, place.warehouse_id, app.now()).await?;
    // The same order of reads as in a round.
    let Some(Levels { levels, is_whole }) = levels(app, place).await? else { return Ok(false) };
    receive::everything(app, &mut SyncReport::default()).await?;
    figures::read_changed(pass).await?;
    let facts = Facts::of_location(app, &pass.places, place.location_id).await?;
    let whys: HashMap<String, Why> =
        due.iter().map(|row| (pass.places.in_orderwise(&row.folded), row.why)).collect();
    let mut work = Work { due, ..Work::default() };
    let mut findings = Vec::new();
    let mut seen: HashSet<String> = HashSet::with_capacity(levels.len());
    for level in levels.values() {
        let folded = pass.places.in_orderwise(&fold(&level.sku));
        seen.insert(folded.clone());
        let found = round::at_tills(pass, products, &folded);
        let Some(nth) = found.iter().position(|product| product.sku == level.sku) else { continue };
        if facts.is_blocked(place.warehouse_id, &folded) {
            work.put_off(app, place.warehouse_id, &folded, Why::MissedWrite);
            continue;
        }
        let why = whys.get(&folded).copied().unwrap_or(Why::Unknown);
        let (product, is_first) = (found[nth], nth == 0);
        let case = Case { place, folded: &folded, product, is_first, level, why };
        let Decided { lines, finding } = decide(app, &facts, &case);
        pass.report.compared += 1;
        for line in lines {
            let why = if line.moves() { cause(app, &line, &whys).await? } else { line.why };
            work.lines.push(Line { why, ..line });
        }
        findings.extend(finding);
    }
    pass.report.unknown_in_orderwise += super::count(findings.len());
    for figure in facts.figures.values() {
        if seen.contains(&figure.folded) || figure.free <= Quantity::ZERO {
            continue;
        }
        let folded = &figure.folded;
        let found = round::at_tills(pass, products, folded);
        let Some(product) = found.first() else {
            let is_counted = |folded: &String| !products.contains_key(folded);
            if pass.places.at_tills(folded).iter().all(is_counted) {
                findings.push(unknown_in_sitoo(app, place, figure));
                pass.report.unknown_in_sitoo += 1;
            }
            continue;
        };
        if !is_whole || facts.is_blocked(place.warehouse_id, folded) {
            work.again.push(NewDue {
                warehouse_id: place.warehouse_id,
                folded: folded.clone(),
                why: Why::New,
                due_at: app.now(),
            });
            continue;
        }
        let none = round::nothing(&product.sku);
        let (is_first, level, why) = (true, &none, Why::New);
        let case = Case { place, folded, product, is_first, level, why };
        let decided = decide(app, &facts, &case);
        pass.report.compared += 1;
        work.lines.extend(decided.lines);
    }
    work.findings = Some((place.warehouse_id, findings));
    work.take(facts);
    // A line that neither moves nor is in flight has nothing to tell.
    work.lines.retain(|line| line.moves() || !line.in_flight.is_zero() || line.oversold.is_some());
    write::write(pass, work).await?;
    Ok(true)
}

/// OrderWise has stock of it here, and no till can sell it.
fn unknown_in_sitoo(app: &App, place: &Place, figure: &FigureRow) -> StockFinding {
    StockFinding {
        what: What::UnknownInSitoo,
        warehouse_id: place.warehouse_id,
        folded: figure.folded.clone(),
        sku: figure.sku.clone(),
        level: Quantity::ZERO,
        free: figure.free,
        at: app.now(),
    }
}

/// The levels of a warehouse, by SKU.
struct Levels {
    levels: BTreeMap<String, Level>,
    /// Whether they are all there are. Where rows shift between two pages, one comes twice and
    /// another not at all: what is missing must not be taken for nothing then.
    is_whole: bool,
}

/// Every level of a warehouse; none if it had to stop. Of two readings of one SKU the later counts.
async fn levels(app: &App, place: &Place) -> Result<Option<Levels>, FlowError> {
    let mut levels = BTreeMap::new();
    let mut start = 0;
    loop {
        if !may_go_on(app).await? {
            return Ok(None);
        }
        let client = app.sitoo.at(Priority::Stock);
        let Called { outcome, exchanges } = client.levels_page(place.warehouse_id, start).await;
        exchanges::keep(app, None, exchanges).await?;
        let page = outcome.map_err(FlowError::Sitoo)?;
        start += page.levels.len();
        let total = usize::try_from(page.total_count).unwrap_or(0);
        let is_last = page.levels.is_empty() || start >= total;
        levels.extend(page.levels.into_iter().map(|level| (level.sku.clone(), level)));
        if is_last {
            let is_whole = levels.len() == total;
            return Ok(Some(Levels { levels, is_whole }));
        }
    }
}

/// Why the sweep found a level different.
async fn cause(app: &App, line: &Line, whys: &HashMap<String, Why>) -> Result<Why, FlowError> {
    let due = whys.get(&line.folded).copied();
    let before = history::latest(&app.db, line.warehouse_id, &line.folded).await?;
    Ok(drift(&DriftFacts {
        due: due.filter(|why| *why != Why::Adjusted && *why != Why::MissedWrite),
        adjusted: due == Some(Why::Adjusted),
        missed_write: due == Some(Why::MissedWrite),
        before: before.map(|row| (row.free, row.in_flight)),
        now: (line.free, line.in_flight),
    }))
}
