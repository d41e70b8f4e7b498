//! Load: one read that gathers what the decisions about a batch of entries need.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use daybook_connectors::sitoo::parse_order;
use daybook_domain::{
    Quantity,
    class::Failure,
    correction::{Correction, Field, Stage},
    entry::{EntryKind, EntryState},
    lookup::{Original, OriginalSale, Variants},
    mapping::Mapping,
    sku,
    supply::OrderDelivery,
    till::TillOrder,
};
use daybook_store::{
    Tx,
    correction::{self, CorrectionRow},
    entry::{self, DueRow, EntryRow},
    mapping, supply, variant, watermark,
};

use super::scan::FIRST;
use crate::{app::App, error::FlowError};

/// An entry with its order as the till told it, and what persons said laid over it.
pub(crate) struct Loaded {
    pub(crate) row: DueRow,
    pub(crate) order: Result<TillOrder, Failure>,
    /// What persons say of it that lets it not go on.
    pub(crate) stops: Vec<CorrectionRow>,
    pub(crate) original: Original,
    /// The order's deliveries, where they were wanted and have been read.
    pub(crate) deliveries: Option<Vec<OrderDelivery>>,
}

/// A batch of entries and what is true for all of them.
pub(crate) struct Batch {
    pub(crate) entries: Vec<Loaded>,
    pub(crate) variants: Variants,
    pub(crate) mapping: Arc<Mapping>,
    /// The first order of the book: what is older comes only where a person fetches it.
    pub(crate) first: Option<i64>,
}

impl Batch {
    /// Whether a return gives back a sale that is older than the book and not in it: nothing comes of
    /// waiting for it.
    pub(crate) fn is_older(&self, loaded: &Loaded) -> bool {
        let named = match &loaded.original {
            Original::Unknown { order_id } => Some(*order_id),
            Original::None | Original::Known(_) => None,
        };
        named.zip(self.first).is_some_and(|(sale, first)| sale < first)
    }
}

/// Loads everything about `rows`.
pub(crate) async fn load(app: &App, tx: &mut Tx, rows: Vec<DueRow>) -> Result<Batch, FlowError> {
    let mapping = current_mapping(app, tx).await?;
    // Two processes that decide on two returns of one sale would each not see the other's.
    let ready = |row: &&DueRow| row.kind == EntryKind::Return && row.state == EntryState::Ready;
    let sales: Vec<i64> =
        rows.iter().filter(ready).filter_map(|row| row.original_order_id).collect();
    entry::decide_alone_on(tx, &sales).await?;
    load_with(tx, rows, mapping).await
}

/// Loads everything about `rows`, to be judged with this mapping.
pub(crate) async fn load_with(
    tx: &mut Tx,
    rows: Vec<DueRow>,
    mapping: Arc<Mapping>,
) -> Result<Batch, FlowError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.order_id).collect();
    let mut payloads = entry::payloads(&mut *tx, &ids).await?;
    let mut deliveries = supply::known(&mut *tx, &ids).await?;
    let mut said = correction::live(&mut *tx, &ids).await?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        let payload = payloads.remove(&row.order_id).unwrap_or_default();
        let mut order = parse_order(&payload);
        let said = said.remove(&row.order_id).unwrap_or_default();
        let original = original_of(tx, &row, &mut order).await?;
        let stops = said.iter().filter(|one| stops(one)).cloned().collect();
        if let Ok(order) = &mut order {
            lay_over(order, &said);
        }
        let deliveries = deliveries.remove(&row.order_id);
        entries.push(Loaded { row, order, stops, original, deliveries });
    }
    let variants = variants_of(tx, &entries, &mapping).await?;
    let first = watermark::get(&mut *tx, FIRST).await?;
    Ok(Batch { entries, variants, mapping, first })
}

/// What waits for a second person, and a person's hold.
fn stops(said: &CorrectionRow) -> bool {
    said.stage == Stage::Asked || said.correction.field == Field::Hold
}

fn lay_over(order: &mut TillOrder, said: &[CorrectionRow]) {
    for one in said.iter().filter(|one| one.stage == Stage::InForce) {
        one.correction.lay_over(&one.original, order);
    }
}

/// What was corrected in a sale holds for what comes back of it.
fn inherit(order: &mut TillOrder, said: &[CorrectionRow]) {
    let goods = |one: &&CorrectionRow| {
        one.stage == Stage::InForce && matches!(one.correction.field, Field::Sku | Field::VatRate)
    };
    for said in said.iter().filter(goods) {
        let of_row = |row: &&daybook_domain::till::TillRow| {
            row.original_index == Some(said.correction.place)
        };
        let places: Vec<i64> = order.rows.iter().filter(of_row).map(|row| row.index).collect();
        for place in places {
            Correction { place, ..said.correction.clone() }.lay_over(&said.original, order);
        }
    }
}

/// Today's mapping: read anew only when its version has moved.
pub(crate) async fn current_mapping(app: &App, tx: &mut Tx) -> Result<Arc<Mapping>, FlowError> {
    let version = mapping::version(&mut *tx).await?;
    let mut cached = app.mapping.lock().await;
    if cached.version != Some(version) {
        let tables = mapping::load(tx).await?;
        let (typed, faults) = Mapping::from_rows(tables.rows);
        for fault in faults {
            tracing::warn!(%fault, "a mapping row cannot be used");
        }
        cached.mapping = Arc::new(typed);
        cached.version = Some(version);
    }
    Ok(Arc::clone(&cached.mapping))
}

/// The mapping as it was last used; read only when it never was.
pub(crate) async fn known_mapping(app: &App) -> Result<Arc<Mapping>, FlowError> {
    let cached = app.mapping.lock().await;
    if cached.version.is_some() {
        return Ok(Arc::clone(&cached.mapping));
    }
    drop(cached);
    current_mapping(app, &mut app.db.begin().await?).await
}

/// The variants under the till's SKUs, and under the codes that those are mapped to.
async fn variants_of(
    tx: &mut Tx,
    entries: &[Loaded],
    mapping: &Mapping,
) -> Result<Variants, FlowError> {
    let mut folded: BTreeSet<String> = entries
        .iter()
        .filter_map(|loaded| loaded.order.as_ref().ok())
        .flat_map(|order| &order.rows)
        .map(|row| sku::fold(&row.sku))
        .collect();
    let mapped: Vec<String> =
        folded.iter().filter_map(|sku| mapping.skus.get(sku)).map(|code| sku::fold(code)).collect();
    folded.extend(mapped);
    folded.extend(mapping.items.values().map(|item| sku::fold(&item.code)));
    let folded: Vec<String> = folded.into_iter().collect();
    Ok(variant::by_folded(tx, &folded).await?)
}

/// The sale that a return gives back, and what other returns gave back of it already.
async fn original_of(
    tx: &mut Tx,
    row: &DueRow,
    order: &mut Result<TillOrder, Failure>,
) -> Result<Original, FlowError> {
    let wanted = order.as_ref().ok().and_then(|order| order.original_order_id);
    let Some(order_id) = wanted.filter(|_| row.kind == EntryKind::Return) else {
        return Ok(Original::None);
    };
    let Some(sale) = entry::get(&mut *tx, order_id).await? else {
        return Ok(Original::Unknown { order_id });
    };
    let payload = entry::payloads(&mut *tx, &[order_id]).await?.remove(&order_id);
    let Some(Ok(mut original)) = payload.as_deref().map(parse_order) else {
        return Ok(Original::Unknown { order_id });
    };
    let said = correction::live(&mut *tx, &[order_id]).await?.remove(&order_id);
    let said = said.unwrap_or_default();
    lay_over(&mut original, &said);
    if let Ok(order) = order {
        inherit(order, &said);
    }
    let (returned, returned_by_sku) = given_back(tx, row, order_id).await?;
    Ok(Original::Known(Box::new(OriginalSale {
        state: sale.state,
        order: original,
        returned,
        returned_by_sku,
    })))
}

type GivenBack = (BTreeMap<i64, Quantity>, BTreeMap<String, Quantity>);

/// Sums the other returns of the same sale that are in the ledger or on their way there; of those
/// that still wait, the earlier one goes first.
async fn given_back(tx: &mut Tx, row: &DueRow, original: i64) -> Result<GivenBack, FlowError> {
    let others: Vec<i64> = entry::returns_against(&mut *tx, original)
        .await?
        .into_iter()
        .filter(|other| other.order_id != row.order_id && counts(other, row.order_id))
        .map(|other| other.order_id)
        .collect();
    let payloads: HashMap<i64, String> = entry::payloads(&mut *tx, &others).await?;
    let said = correction::live(tx, &others).await?;
    let mut by_row = BTreeMap::new();
    let mut by_sku = BTreeMap::new();
    for (id, payload) in &payloads {
        let Ok(mut order) = parse_order(payload) else { continue };
        lay_over(&mut order, said.get(id).map_or(&[], Vec::as_slice));
        for item in order.rows {
            let quantity = item.quantity.abs();
            match item.original_index {
                Some(index) => *by_row.entry(index).or_insert(Quantity::ZERO) += quantity,
                None => *by_sku.entry(sku::fold(&item.sku)).or_insert(Quantity::ZERO) += quantity,
            }
        }
    }
    Ok((by_row, by_sku))
}

fn counts(other: &EntryRow, this: i64) -> bool {
    match other.state {
        EntryState::Posting | EntryState::InDoubt | EntryState::Posted | EntryState::Confirmed => {
            true
        }
        EntryState::Ready | EntryState::Waiting => other.order_id < this,
        EntryState::SetAside | EntryState::Held | EntryState::Dismissed => false,
    }
}
