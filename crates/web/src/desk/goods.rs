//! Stock, catalogue and despatch.

use askama::Template;
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::{Quantity, Timestamp, access::Right, words};
use daybook_flows::{
    catalogue::show,
    desk::{
        find,
        goods::{self, BoardLine},
    },
    stock::people::{self, HistoryRow, SkuStock, StoreStock},
};
use serde::Deserialize;

use super::{PageError, Section, Shell, say, shell, today::currency};
use crate::{
    Web,
    access::Who,
    take::{Asked, At},
};

/// Decisions shown of one SKU.
const DECISIONS: usize = 100;
/// Prices shown.
const PRICES: usize = 50;
/// Orders on one page of the board.
const BOARD: usize = 100;

#[derive(Template)]
#[template(path = "stock.html")]
struct StockPage {
    shell: Shell,
    asked: String,
    stores: Vec<(String, String, String)>,
    oversold: Vec<OversoldTold>,
    suggestions: Vec<SuggestedTold>,
    can_change: bool,
}

struct SuggestedTold {
    sku: String,
    store: String,
    store_id: i64,
    units: String,
    times: String,
    rule: String,
}

struct OversoldTold {
    sku: String,
    store: String,
    units: String,
    since: String,
    until: String,
    orders: String,
}

pub(super) async fn stock(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
) -> Result<Response, PageError> {
    let overview = goods::stock(&web.app).await?;
    let (now, zone) = (web.app.now(), shell::zone(&web));
    let names: Vec<_> =
        overview.stores.iter().map(|store| (store.warehouse_id, store.name.clone())).collect();
    let name = |id: i64| {
        let found = names.iter().find(|(one, _)| *one == id);
        found.map_or_else(|| id.to_string(), |(_, name)| name.clone())
    };
    let seen = |id: i64| who.may_see_store(Some(id));
    let stores = overview.stores.iter().filter(|one| seen(one.warehouse_id)).map(|one| {
        let since = one.since.map_or_else(|| "–".to_owned(), |at| say::age(at, now));
        let mood = match (one.is_kept, one.due) {
            (false, _) => "not kept: in no mapping".to_owned(),
            (true, 0) => "fresh".to_owned(),
            (true, due) => format!("{} wait", words::grouped(due)),
        };
        (one.name.clone(), mood, since)
    });
    let oversold = overview.oversold.iter().filter(|one| seen(one.warehouse_id));
    let suggestions = overview.suggestions.iter().filter(|one| seen(one.warehouse_id));
    let page = StockPage {
        asked: overview.asked_at.map_or_else(|| "never yet".to_owned(), |at| say::ago(at, now)),
        stores: stores.collect(),
        oversold: oversold
            .map(|one| OversoldTold {
                sku: one.sku.clone(),
                store: name(one.warehouse_id),
                units: one.units.to_string(),
                since: say::moment(one.began_at, &zone),
                until: one.ended_at.map_or_else(|| "lasts".to_owned(), |at| say::moment(at, &zone)),
                orders: one.orders.clone(),
            })
            .collect(),
        suggestions: suggestions
            .map(|one| SuggestedTold {
                sku: one.sku.clone(),
                store: name(one.warehouse_id),
                store_id: one.warehouse_id,
                units: one.units.to_string(),
                times: match one.times {
                    1 => format!("once, {}", one.oversold),
                    times => format!("{times} times, {} at most", one.oversold),
                },
                rule: one.rule.clone().unwrap_or_else(|| "none".to_owned()),
            })
            .collect(),
        can_change: who.may(Right::ManageStock),
        shell: Shell::new(&web, &who, Section::Stock, "Stock"),
    };
    shell::show(&page)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sku {
    sku: String,
}

pub(super) async fn go_to_sku(Asked(query): Asked<Sku>) -> Response {
    let sku: String = url::form_urlencoded::byte_serialize(query.sku.trim().as_bytes()).collect();
    // In a path a plus is a plus.
    Redirect::to(&format!("/stock/{}", sku.replace('+', "%20"))).into_response()
}

#[derive(Template)]
#[template(path = "sku.html")]
struct SkuPage {
    shell: Shell,
    sku: String,
    title: String,
    asked: String,
    stores: Vec<SkuStore>,
    decisions: Vec<DecisionTold>,
    drift: Option<Drift>,
    product: Option<ProductTold>,
}

struct SkuStore {
    name: String,
    free: String,
    in_flight: String,
    likely: String,
    orders: String,
    buffer: String,
    published: String,
    level: String,
    ages: String,
    in_doubt: bool,
    agrees: bool,
}

struct DecisionTold {
    at: String,
    store: String,
    level: String,
    target: String,
    free: String,
    in_flight: String,
    buffer: String,
    why: String,
    left_in_doubt: bool,
}

/// Target and level over time, as two lines.
struct Drift {
    target: String,
    level: String,
    said: String,
    most: String,
}

struct ProductTold {
    facts: Vec<(&'static str, String)>,
    faults: Vec<(&'static str, String)>,
    prices: Vec<(String, String, String, String)>,
}

pub(super) async fn sku(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(sku): At<String>,
) -> Result<Response, PageError> {
    let product = show::sku(&web.app, &sku).await?;
    let stock = match people::show(&web.app, &sku).await {
        Ok(stock) => Some(stock),
        Err(error) if error.code() == "stock-sku-unknown" => None,
        Err(error) => return Err(error.into()),
    };
    if product.is_none() && stock.is_none() {
        return Err(PageError::not_found(format!("Nothing is known of a product '{sku}'")));
    }
    let decisions = people::decisions(&web.app, &sku, None, DECISIONS).await?;
    let decisions: Vec<_> =
        decisions.into_iter().filter(|one| who.may_see_store(Some(one.warehouse_id))).collect();
    let now = web.app.now();
    let zone = shell::zone(&web);
    let names = find::stores(&web.app).await?;
    // Several products of the till may be one SKU of OrderWise, whose stock the first is told.
    let told = stock.iter().flat_map(|stock| &stock.stores);
    let told = told.filter_map(|store| store.last.as_ref()).map(|last| last.sku.clone()).next();
    let is_told = |one: &&HistoryRow| told.as_ref().is_none_or(|sku| *sku == one.sku);
    let is_one = decisions.iter().all(|one| is_told(&one));
    let name = |one: &HistoryRow| {
        let found = names.iter().find(|(id, _)| *id == one.warehouse_id);
        let name = found.map_or_else(|| one.warehouse_id.to_string(), |(_, name)| name.clone());
        if is_one { name } else { format!("{name}, {}", one.sku) }
    };
    let page = SkuPage {
        title: product.as_ref().map_or_else(String::new, |one| one.variant.description.clone()),
        asked: stock
            .as_ref()
            .and_then(|stock| stock.asked_at)
            .map_or_else(String::new, |at| say::ago(at, now)),
        stores: stock.iter().flat_map(|stock| sku_stores(stock, &who, now)).collect(),
        drift: drift(
            &decisions
                .iter()
                .filter(is_told)
                .map(|one| (one.warehouse_id, one.target, one.level))
                .collect::<Vec<_>>(),
        ),
        decisions: decisions
            .iter()
            .map(|one| DecisionTold {
                at: say::moment(one.at, &zone),
                store: name(one),
                level: one.level.to_string(),
                target: one.target.to_string(),
                free: one.free.to_string(),
                in_flight: one.in_flight.to_string(),
                buffer: one.buffer.to_string(),
                left_in_doubt: one.left_in_doubt(),
                why: one.why.to_string().replace('-', " "),
            })
            .collect(),
        product: product.map(|product| product_told(&web, &product)),
        sku: stock.map_or(sku, |stock| stock.sku),
        shell: Shell::new(&web, &who, Section::Stock, "Stock"),
    };
    shell::show(&page)
}

fn sku_stores<'a>(
    stock: &'a SkuStock,
    who: &'a Who,
    now: Timestamp,
) -> impl Iterator<Item = SkuStore> + 'a {
    let seen = stock.stores.iter().filter(|store| who.may_see_store(Some(store.warehouse_id)));
    seen.map(move |store| sku_store(store, now))
}

fn sku_store(store: &StoreStock, now: Timestamp) -> SkuStore {
    let text = |quantity: Option<Quantity>| {
        quantity.map_or_else(|| "–".to_owned(), |quantity| quantity.to_string())
    };
    let last = store.last.as_ref();
    let calculated = store.calculated_at.map(|at| format!("calculated {}", say::ago(at, now)));
    let looked = last.map(|last| format!("compared {}", say::ago(last.at, now)));
    let ages: Vec<String> = calculated.into_iter().chain(looked).collect();
    SkuStore {
        name: store.name.clone(),
        free: text(store.free),
        in_flight: store.in_flight.to_string(),
        likely: match store.likely {
            Quantity::ZERO => String::new(),
            some => format!("{some} of it very likely in the free stock already"),
        },
        orders: store.orders.join(" "),
        buffer: store.buffer.to_string(),
        published: text(last.map(|last| last.target)),
        level: text(last.map(|last| last.level)),
        ages: ages.join("; "),
        in_doubt: store.in_doubt,
        agrees: last.is_none_or(|last| last.target == last.level),
    }
}

/// The store that was looked at last, oldest look first; two lines in a box of 300 by 60.
fn drift(decisions: &[(i64, Quantity, Quantity)]) -> Option<Drift> {
    let store = decisions.first()?.0;
    let own: Vec<_> = decisions.iter().rev().filter(|(id, ..)| *id == store).collect();
    if own.len() < 2 {
        return None;
    }
    let most =
        own.iter().map(|(_, target, level)| (*target).max(*level).thousandths()).max()?.max(1);
    let steps = i64::try_from(own.len() - 1).unwrap_or(1);
    let line = |value: &dyn Fn(&(i64, Quantity, Quantity)) -> i64| {
        let points = own.iter().zip(0_i64..).map(|(one, at)| {
            let (x, y) = (at * 300 / steps, 58 - value(one).max(0) * 56 / most);
            format!("{x},{y}")
        });
        points.collect::<Vec<_>>().join(" ")
    };
    Some(Drift {
        target: line(&|one| one.1.thousandths()),
        level: line(&|one| one.2.thousandths()),
        said: format!("{} comparisons in one store, the latest on the right", own.len()),
        most: Quantity::from_thousandths(most).to_string(),
    })
}

fn product_told(web: &Web, product: &show::Shown) -> ProductTold {
    let zone = shell::zone(web);
    let variant = &product.variant;
    let standing = product.item.as_ref().and_then(|item| item.standing);
    let facts = vec![
        (
            "At the tills",
            standing
                .map_or_else(|| "not decided yet".to_owned(), |one| one.word().replace('-', " ")),
        ),
        ("Barcode", variant.ean.clone().unwrap_or_default()),
        ("Style", variant.product_code.clone()),
        (
            "Sitoo's product",
            product
                .product
                .as_ref()
                .map_or_else(|| "none".to_owned(), |one| one.product_id.to_string()),
        ),
    ];
    let faults = product
        .faults
        .iter()
        .map(|fault| (goods::cause_words(fault.cause).0, fault.detail.clone()));
    let prices = product.prices.iter().map(|one| {
        let at =
            |at: Option<Timestamp>| at.map_or_else(|| "–".to_owned(), |at| say::moment(at, &zone));
        let price = format!(
            "{} → {}",
            one.old.map_or_else(|| "new".to_owned(), |old| say::money(old, &currency(web))),
            say::money(one.new, &currency(web))
        );
        (price, at(one.changed_at), at(one.written_at), at(one.read_back_at))
    });
    ProductTold {
        facts: facts.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
        faults: faults.collect(),
        prices: prices.collect(),
    }
}

#[derive(Template)]
#[template(path = "catalogue.html")]
struct CataloguePage {
    shell: Shell,
    counts: Vec<(&'static str, String)>,
    progress: Option<(i64, i64)>,
    not_ready: Vec<(&'static str, String, String, String, String, &'static str)>,
    prices: Vec<PriceTold>,
}

struct PriceTold {
    sku: String,
    price: String,
    changed: String,
    written: String,
    read_back: String,
    is_late: bool,
    has_arrived: bool,
}

pub(super) async fn catalogue(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
) -> Result<Response, PageError> {
    let overview = goods::catalogue(&web.app, PRICES).await?;
    let (now, zone) = (web.app.now(), shell::zone(&web));
    let outline = &overview.status.outline;
    let counts = [
        ("on the tills", outline.variants.published),
        ("hidden", outline.variants.hidden),
        ("not ready", outline.variants.withheld),
        ("not for the tills", outline.variants.not_for_tills),
        ("to be looked at", outline.variants.pending),
        ("refused by Sitoo", outline.variants.refused),
        ("in Sitoo only", overview.status.foreign),
        ("prices on their way", outline.prices_pending),
    ];
    let at = |at: Option<Timestamp>| at.map_or_else(|| "–".to_owned(), |at| say::moment(at, &zone));
    let page = CataloguePage {
        counts: counts.into_iter().map(|(name, count)| (name, words::grouped(count))).collect(),
        progress: outline.working.as_ref().map(|one| (one.done, one.of)),
        not_ready: overview
            .status
            .not_ready
            .iter()
            .map(|one| {
                let (title, fix) = goods::cause_words(one.cause);
                let count = say::count(one.skus, "product", "products");
                (
                    title,
                    one.subject.clone(),
                    count,
                    one.example.clone(),
                    say::age(one.oldest, now),
                    fix,
                )
            })
            .collect(),
        prices: overview
            .prices
            .iter()
            .map(|one| PriceTold {
                sku: one.sku.clone(),
                price: format!(
                    "{} → {}",
                    one.old
                        .map_or_else(|| "new".to_owned(), |old| say::money(old, &currency(&web))),
                    say::money(one.new, &currency(&web))
                ),
                changed: at(one.changed_at),
                written: at(one.written_at),
                read_back: at(one.read_back_at),
                is_late: one.is_late(now),
                has_arrived: one.read_back_at.is_some(),
            })
            .collect(),
        shell: Shell::new(&web, &who, Section::Catalogue, "Catalogue"),
    };
    shell::show(&page)
}

#[derive(Template)]
#[template(path = "despatch.html")]
struct BoardPage {
    shell: Shell,
    columns: Vec<(&'static str, &'static str, Vec<CardTold>)>,
    next: Option<i64>,
}

struct CardTold {
    reference: String,
    store: String,
    gross: String,
    status: String,
    verdict: String,
    age: String,
    parcels: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct BoardQuery {
    after: i64,
}

pub(super) async fn despatch(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<BoardQuery>,
) -> Result<Response, PageError> {
    let (lines, next) = goods::board(&web.app, query.after, BOARD).await?;
    let names = find::stores(&web.app).await?;
    let now = web.app.now();
    let card = |line: &BoardLine| CardTold {
        reference: line.reference.clone(),
        store: names
            .iter()
            .find(|(id, _)| Some(*id) == line.store)
            .map_or_else(String::new, |(_, name)| name.clone()),
        gross: say::money(line.gross, &line.currency),
        status: line.status.clone().unwrap_or_default(),
        verdict: line.verdict.replace('-', " "),
        age: say::ago(line.moved_at, now),
        parcels: match line.parcels {
            0 => "nothing sent yet".to_owned(),
            1 => "1 parcel".to_owned(),
            count => format!("{count} parcels"),
        },
    };
    let of = |column: &str| -> Vec<CardTold> {
        let own = lines.iter().filter(|line| line.column == column);
        own.filter(|line| who.may_see_store(line.store)).map(card).collect()
    };
    let page = BoardPage {
        columns: vec![
            ("To be sent", "wait", of("waiting")),
            ("Something has left", "well", of("sent")),
            ("Stuck", "bad", of("stuck")),
        ],
        next,
        shell: Shell::new(&web, &who, Section::Despatch, "Despatch"),
    };
    shell::show(&page)
}
