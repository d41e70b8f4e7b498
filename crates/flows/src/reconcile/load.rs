//! A store's day out of the book, as the domain wants to see it: entries with what was sent of them,
//! Z-reports, documents, and until when each was read.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use daybook_connectors::sitoo::parse_order;
use daybook_domain::{
    Reference, Timestamp,
    causes::Cause,
    classify::SetAside,
    draft::Draft,
    entry::{EntryKind, EntryState},
    lookup::{Known, Original as KnownOriginal, OriginalSale, Variants},
    mapping::Mapping,
    posting::{Decision, decide},
    reconcile::certificate::Certificate,
    reconcile::witness::{
        Ages, BookEntry, Day, Figures, LedgerDocument, LocalTime, Original, Posting, ReadBack,
        Register, Store, StoreDay, ZReport,
    },
    sku,
    supply::OrderDelivery,
    till::{OrderState, TillOrder},
};
use daybook_store::{
    attempt, entry, exception,
    reconcile::{
        certificate, document,
        entries::{self, Place, TakenRow},
        register, z_report,
    },
    supply, variant, watermark,
};

use super::collect;
use crate::{
    app::App,
    error::FlowError,
    sales::{load::known_mapping, receive},
};

/// Entries read at once.
const PAGE: usize = 500;
/// How far back the last receipt of a till is looked for, and among how many.
const RECEIPTS_BACK: std::time::Duration = std::time::Duration::from_hours(24 * 45);
const LAST_RECEIPTS: usize = 50;

/// The store as its mapping and its tills describe it; `from` is when the day begins.
pub(crate) async fn store(
    app: &App,
    warehouse_id: i64,
    day: Day,
    from: Timestamp,
) -> Result<Store, FlowError> {
    let mapping = known_mapping(app).await?;
    let mapped = mapping.stores.get(&warehouse_id);
    let zone = mapped.and_then(|store| store.time_zone.clone());
    let companys = || app.policy.currencies.first().cloned().unwrap_or_default();
    let currency = mapped.map_or_else(companys, |store| app.policy.currency_of(store).to_owned());
    let accounted = last_numbers(app, warehouse_id, day.previous()).await?;
    let mut registers = Vec::new();
    for row in register::of_store(&app.db, warehouse_id).await? {
        let till = (warehouse_id, row.register_id.as_str());
        let since = from.minus(RECEIPTS_BACK);
        let last = entries::last_receipts(&app.db, till, from, since, LAST_RECEIPTS).await?;
        let key = row.key.as_deref().unwrap_or_default();
        let numbers = last.iter().filter_map(|id| id.strip_prefix(key)?.parse::<i64>().ok());
        let held = numbers.max().filter(|_| !key.is_empty());
        let last_number = held.max(accounted.get(&row.register_id).copied());
        registers.push(Register { id: row.register_id, key: row.key, last_number });
    }
    Ok(Store {
        warehouse_id,
        external_id: None,
        name: mapped.map_or_else(|| warehouse_id.to_string(), |store| store.name.clone()),
        zone: zone.unwrap_or_else(|| app.policy.default_time_zone.clone()),
        currency,
        registers,
    })
}

/// The last numbers that the day before was certified with: practice receipts and lost ones are
/// accounted for in them.
async fn last_numbers(
    app: &App,
    warehouse_id: i64,
    day: Day,
) -> Result<BTreeMap<String, i64>, FlowError> {
    let latest = certificate::of_day(&app.db, warehouse_id, day).await?;
    let body = latest.and_then(|row| serde_json::from_str::<Certificate>(&row.body).ok());
    Ok(body.map(|certificate| certificate.body.result.last_numbers).unwrap_or_default())
}

/// Everything that is known of a store's day, which lies from the first of `bounds` to before the
/// second.
pub(crate) async fn store_day(
    app: &App,
    store: Store,
    day: Day,
    bounds: (Timestamp, Timestamp),
) -> Result<StoreDay, FlowError> {
    let z_reports = z_reports(app, &store, bounds).await?;
    let touching = z_reports.iter().filter(|report| report.closed_at >= bounds.0);
    let from = touching.clone().filter_map(|report| report.opened_at).min();
    let to = touching.map(|report| Timestamp::from_micros(report.closed_at.micros() + 1)).max();
    let from = from.map_or(bounds.0, |from| from.min(bounds.0));
    let to = to.map_or(bounds.1, |to| to.max(bounds.1));
    let entries = entries(app, store.warehouse_id, (from, to)).await?;
    let documents = documents(app, &store, &entries, bounds).await?;
    let ages = ages(app, bounds).await?;
    let external_id = z_reports.iter().find_map(|report| report.store_external_id.clone());
    let store = Store { external_id, ..store };
    Ok(StoreDay { store, day, entries, z_reports, documents, ages })
}

async fn z_reports(
    app: &App,
    store: &Store,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<ZReport>, FlowError> {
    let tills: Vec<String> = store.registers.iter().map(|till| till.id.clone()).collect();
    let rows = z_report::touching(&app.db, &tills, from, to).await?;
    Ok(rows.into_iter().filter_map(|row| row.report).collect())
}

/// Until when each witness was read.
async fn ages(app: &App, bounds: (Timestamp, Timestamp)) -> Result<Ages, FlowError> {
    let (from, to) = span(app, bounds);
    Ok(Ages {
        orders: orders_read_at(app).await?.unwrap_or_default(),
        z_reports: collect::z_reports_read_at(app).await?,
        ledger: collect::ledger_read_at(app, from, to).await?,
    })
}

/// Until when all orders are in the book; none before the first pass.
pub(crate) async fn orders_read_at(app: &App) -> Result<Option<Timestamp>, FlowError> {
    Ok(watermark::get(&app.db, receive::READ).await?.map(Timestamp::from_micros))
}

/// The same time on OrderWise's wall clock, whole days of it: a store's clock may be another one.
pub(crate) fn span(app: &App, (from, to): (Timestamp, Timestamp)) -> (LocalTime, LocalTime) {
    let day = |moment: Timestamp| LocalTime(app.orderwise.local(moment).0.date().into());
    let last = Timestamp::from_micros(to.micros() - 1);
    (day(from), LocalTime(Day(day(last).0.date()).next().0.into()))
}

async fn documents(
    app: &App,
    store: &Store,
    entries: &[BookEntry],
    bounds: (Timestamp, Timestamp),
) -> Result<Vec<LedgerDocument>, FlowError> {
    let ids: Vec<i64> = entries.iter().map(|entry| entry.reference.order_id).collect();
    let mut found = document::of_entries(&app.db, &ids).await?;
    let mapping = known_mapping(app).await?;
    let place = mapping.stores.get(&store.warehouse_id).and_then(|one| one.stock_location_id);
    let Some(location_id) = place else { return Ok(found) };
    let mut known: BTreeSet<i64> = found.iter().map(|one| one.document.order_id).collect();
    let (from, to) = (app.orderwise.local(bounds.0), app.orderwise.local(bounds.1));
    let mut after = 0;
    loop {
        let page = document::at_place(&app.db, location_id, (from, to), after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.document.order_id;
        found.extend(page.into_iter().filter(|one| known.insert(one.document.order_id)));
    }
}

/// The store's entries from the first moment to before the second.
async fn entries(
    app: &App,
    warehouse_id: i64,
    (from, to): (Timestamp, Timestamp),
) -> Result<Vec<BookEntry>, FlowError> {
    let mut place = Place::before(from);
    let mut found = Vec::new();
    loop {
        let page = entries::page(&app.db, warehouse_id, place, to, PAGE).await?;
        let Some(last) = page.last() else { return Ok(found) };
        place = Place::behind(last);
        found.extend(witnesses(app, page).await?);
    }
}

/// An entry of a page, with what the till had told of it when.
struct Told {
    row: TakenRow,
    today: TillOrder,
    /// As it was when the entry was posted, where the till told something else afterwards.
    then: Option<TillOrder>,
    /// What was sent of it, once it was sent.
    sent: Option<Posting>,
}

impl Told {
    const fn order(&self) -> &TillOrder {
        match &self.then {
            Some(then) => then,
            None => &self.today,
        }
    }
}

/// What a page's entries are judged with.
struct Around {
    mapping: Arc<Mapping>,
    variants: Variants,
    /// Sales that returns of the page name.
    sales: HashMap<i64, TillOrder>,
    deliveries: HashMap<i64, Vec<OrderDelivery>>,
}

async fn witnesses(app: &App, page: Vec<TakenRow>) -> Result<Vec<BookEntry>, FlowError> {
    let mut sent = sent(app, &page).await?;
    let mut orders = Vec::with_capacity(page.len());
    for row in page {
        // What cannot be read is held, with its exception; it has no figures to compare.
        let Ok(today) = parse_order(&row.body) else { continue };
        let then = as_posted(app, &row).await?;
        let sent = sent.remove(&row.entry.order_id);
        orders.push(Told { row, today, then, sent });
    }
    let all: Vec<&TillOrder> = orders.iter().map(Told::order).collect();
    // Of what was sent it is known what was sent.
    let unsent: Vec<&TillOrder> =
        orders.iter().filter(|told| told.sent.is_none()).map(Told::order).collect();
    let around = around(app, &all, &unsent).await?;
    let mut found = Vec::with_capacity(orders.len());
    for told in &orders {
        found.push(witness(app, &around, told).await?);
    }
    Ok(found)
}

/// What was sent of the page's entries that are in the ledger, or may be.
async fn sent(app: &App, page: &[TakenRow]) -> Result<HashMap<i64, Posting>, FlowError> {
    let is_sent = |row: &&TakenRow| {
        use EntryState::{Confirmed, InDoubt, Posted, Posting};
        matches!(row.entry.state, Posting | InDoubt | Posted | Confirmed)
    };
    let ids: Vec<i64> = page.iter().filter(is_sent).map(|row| row.entry.order_id).collect();
    let kept = attempt::postings(&app.db, &ids).await?.into_iter();
    Ok(kept.filter_map(|(id, json)| Some((id, serde_json::from_str(&json).ok()?))).collect())
}

/// What the till had told when an entry was posted, where it told something else afterwards.
async fn as_posted(app: &App, row: &TakenRow) -> Result<Option<TillOrder>, FlowError> {
    let entry = &row.entry;
    let Some(posted_at) = entry.posted_at.filter(|_| entry.payload_version > 1) else {
        return Ok(None);
    };
    let versions = entry::payload_versions(&app.db, entry.order_id).await?;
    let then = versions.iter().rfind(|version| version.received_at <= posted_at);
    let then = then.filter(|version| version.version != entry.payload_version);
    Ok(then.and_then(|version| parse_order(&version.body).ok()))
}

/// What is needed to compare `orders`, and to decide on those to be `judged`.
async fn around(
    app: &App,
    orders: &[&TillOrder],
    judged: &[&TillOrder],
) -> Result<Around, FlowError> {
    let mapping = known_mapping(app).await?;
    let originals: BTreeSet<i64> =
        orders.iter().filter_map(|order| order.original_order_id).collect();
    let originals: Vec<i64> = originals.into_iter().collect();
    let payloads = entry::payloads(&app.db, &originals).await?;
    let sales = payloads.into_iter().filter_map(|(id, body)| Some((id, parse_order(&body).ok()?)));
    let mut folded: BTreeSet<String> =
        judged.iter().flat_map(|order| &order.rows).map(|row| sku::fold(&row.sku)).collect();
    let mapped: Vec<String> =
        folded.iter().filter_map(|sku| mapping.skus.get(sku)).map(|code| sku::fold(code)).collect();
    folded.extend(mapped);
    folded.extend(mapping.items.values().map(|item| sku::fold(&item.code)));
    let folded: Vec<String> = folded.into_iter().collect();
    let ids: Vec<i64> = judged.iter().map(|order| order.reference.order_id).collect();
    Ok(Around {
        variants: variant::by_folded(&app.db, &folded).await?,
        sales: sales.collect(),
        deliveries: supply::known(&app.db, &ids).await?,
        mapping,
    })
}

async fn witness(app: &App, around: &Around, told: &Told) -> Result<BookEntry, FlowError> {
    let (entry, order) = (&told.row.entry, told.order());
    let reason = entry.reason.as_deref();
    let is_aside = entry.state == EntryState::SetAside;
    let figures_today = Figures::of(&told.today);
    let original = order.original_order_id.filter(|_| entry.kind == EntryKind::Return);
    Ok(BookEntry {
        state: entry.state,
        set_aside: reason.filter(|_| is_aside).and_then(|word| word.parse::<SetAside>().ok()),
        held_for: held_for(app, entry.order_id, entry.state).await?,
        posted_at: entry.posted_at,
        void_today: told.today.order_state == OrderState::Cancelled,
        ledger_order_id: entry.erp_order_id,
        figures_today: (figures_today != Figures::of(order)).then_some(figures_today),
        posting: told.sent.clone().or_else(|| would_be(app, around, order)),
        read_back: read_back(&told.row),
        original: original.and_then(|id| around.sales.get(&id)).map(Original::of),
        ..BookEntry::of(order, entry.received_at)
    })
}

async fn held_for(app: &App, order_id: i64, state: EntryState) -> Result<Vec<Cause>, FlowError> {
    if state != EntryState::Held {
        return Ok(Vec::new());
    }
    let all = exception::of_entry(&app.db, order_id).await?;
    let open = all.into_iter().filter(|row| row.closed_at.is_none()).map(|row| row.cause);
    let open: BTreeSet<&'static str> = open.map(Cause::code).collect();
    Ok(open.into_iter().filter_map(|code| code.parse().ok()).collect())
}

fn read_back(row: &TakenRow) -> Option<ReadBack> {
    let entry = &row.entry;
    Some(ReadBack {
        at: entry.confirmed_at?,
        net: entry.erp_net?,
        tax: entry.erp_tax?,
        gross: entry.erp_gross?,
    })
}

/// What an entry is posted as with today's mapping, as the till tells it now; none where it would not
/// be posted.
pub(super) async fn draft(app: &App, order_id: i64) -> Result<Option<Box<Draft>>, FlowError> {
    let body = entry::payloads(&app.db, &[order_id]).await?.remove(&order_id);
    let Some(order) = body.and_then(|body| parse_order(&body).ok()) else { return Ok(None) };
    let around = around(app, &[&order], &[&order]).await?;
    Ok(decided(app, &around, &order))
}

fn would_be(app: &App, around: &Around, order: &TillOrder) -> Option<Posting> {
    decided(app, around, order).map(|draft| Posting::of(&draft))
}

/// What an entry would be posted as with today's mapping. A return is judged as if its sale stood in
/// the ledger: whether it may be posted is not what is asked here.
fn decided(app: &App, around: &Around, order: &TillOrder) -> Option<Box<Draft>> {
    let sale = order.original_order_id.and_then(|id| around.sales.get(&id));
    let original = match (order.original_order_id, sale) {
        (None, _) => KnownOriginal::None,
        (Some(order_id), None) => KnownOriginal::Unknown { order_id },
        (Some(_), Some(sale)) => KnownOriginal::Known(Box::new(OriginalSale {
            state: EntryState::Posted,
            order: sale.clone(),
            returned: BTreeMap::new(),
            returned_by_sku: BTreeMap::new(),
        })),
    };
    let Reference { order_id, .. } = order.reference;
    let known = Known {
        mapping: &around.mapping,
        variants: &around.variants,
        original: &original,
        deliveries: around.deliveries.get(&order_id).map(Vec::as_slice),
        waited_too_long: true,
        policy: &app.policy,
    };
    match decide(order, &known) {
        Decision::Post(draft) => Some(draft),
        Decision::Wait { .. } | Decision::ReadDeliveries | Decision::Hold(_) => None,
    }
}
