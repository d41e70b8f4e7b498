//! One entry with everything about it: till and ledger side by side, its siblings, what was said.

use std::collections::{BTreeMap, BTreeSet};

use daybook_connectors::sitoo::parse_order;
use daybook_domain::{
    Money, Quantity, Reference, Timestamp,
    despatch::DespatchState,
    draft::LineOrigin,
    reconcile::witness::{LedgerDocument, Posting},
    till::{Shopper, TillOrder},
};
pub use daybook_store::entry::EntryFilter;
use daybook_store::{
    attempt::{self, AttemptRow},
    despatch::{parcel, sending},
    entry::{self, EntryRow},
    exception,
    exchange::{self, ExchangeRow},
    finding::{self, FindingRow},
    reconcile::document,
    timeline::{self, TimelineRow},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    app::App,
    correct::{self, Correctable, CorrectionRow},
    error::FlowError,
    sales::load::known_mapping,
    view::{EntryView, ExceptionView},
};

/// An entry with everything about it that tells of no shopper.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EntryWhole {
    /// The entry.
    pub entry: EntryView,
    /// The store's name.
    pub store: Option<String>,
    /// Row by row: the till, what was sent, what OrderWise holds.
    pub rows: Vec<SideBySide>,
    /// What was paid, and how.
    pub payments: Vec<PaymentLine>,
    /// What persons said of it: holds and corrections, the first first.
    pub said: Vec<CorrectionRow>,
    /// What could be corrected.
    pub places: Vec<Correctable>,
    /// Open and closed ones, the oldest first.
    pub exceptions: Vec<ExceptionView>,
    /// Totals that differed when the document was read back.
    pub findings: Vec<FindingRow>,
    /// Its life.
    pub timeline: Vec<TimelineRow>,
    /// Its sale, its returns, the other half of an exchange.
    pub siblings: Vec<Sibling>,
    /// What is, or was, to come.
    pub despatches: Vec<DespatchLine>,
}

/// A row of the receipt on all sides. Amounts carry the till's sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "EntryRow")]
pub struct SideBySide {
    /// As the till spelled it; a word for what is no goods.
    pub sku: String,
    /// The till's name for it.
    pub name: String,
    /// The till's side.
    pub till: Option<Side>,
    /// What was sent to OrderWise.
    pub sent: Option<Side>,
    /// What OrderWise held when it was last read.
    pub ledger: Option<Side>,
    /// Whether the sides that are there say the same; none where one side alone has told.
    pub agrees: Option<bool>,
}

/// One side of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "RowSide")]
pub struct Side {
    /// Quantity.
    pub quantity: Quantity,
    /// Gross.
    pub gross: Money,
    /// Tax, where the side tells it.
    pub tax: Option<Money>,
}

/// A tender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PaymentLine {
    /// The till's name for it.
    pub name: String,
    /// Amount, signed.
    pub amount: Money,
    /// The provider's reference.
    pub reference: Option<String>,
}

/// How another entry belongs to this one.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "EntrySibling")]
pub struct Sibling {
    /// `sale`, `return` or `exchange`.
    #[schemars(extend("enum" = ["sale", "return", "exchange"]))]
    pub how: &'static str,
    /// The other entry.
    pub entry: EntryView,
}

/// A delivery of OrderWise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DespatchLine {
    /// Its number in OrderWise.
    pub delivery: i64,
    /// When it left.
    pub despatched_at: Option<Timestamp>,
    /// Who carries it.
    pub courier: Option<String>,
    /// The courier's number.
    pub consignment: Option<String>,
    /// How far it is towards the till.
    #[schemars(with = "DespatchState")]
    pub state: String,
}

/// What was said with both systems, secrets and personal data masked.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Exchanges {
    /// Tries to post it.
    pub attempts: Vec<AttemptRow>,
    /// All calls about it.
    pub exchanges: Vec<ExchangeRow>,
}

/// A page of entries.
#[derive(Debug, Clone, Default, Serialize)]
pub struct EntryPage {
    /// The newest first.
    pub entries: Vec<EntryView>,
    /// The order id to go on before; none on the last page.
    pub next: Option<i64>,
}

/// A page of entries that fit the filter.
pub async fn list(app: &App, filter: &EntryFilter, limit: usize) -> Result<EntryPage, FlowError> {
    let mut rows = entry::list(&app.db, filter, limit + 1).await?;
    let is_last = rows.len() <= limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| !is_last).map(|row| row.order_id);
    let mapping = known_mapping(app).await?;
    let entries = rows.into_iter().map(|row| EntryView::of(row, &mapping)).collect();
    Ok(EntryPage { entries, next })
}

/// The entry, if the book has it.
pub async fn find(app: &App, reference: Reference) -> Result<Option<EntryRow>, FlowError> {
    let row = entry::get(&app.db, reference.order_id).await?;
    Ok(row.filter(|row| row.site_id == reference.site_id))
}

/// Everything about an entry.
pub async fn whole(app: &App, row: EntryRow) -> Result<EntryWhole, FlowError> {
    let id = row.order_id;
    let order = order_of(app, id).await?;
    let postings = attempt::postings(&app.db, &[id]).await?;
    let sent = postings.get(&id).and_then(|json| serde_json::from_str::<Posting>(json).ok());
    let documents = document::of_entries(&app.db, &[id]).await?;
    let reference = row.reference.clone();
    let exceptions = exception::of_entry(&app.db, id).await?.into_iter();
    let mapping = known_mapping(app).await?;
    let store = row.warehouse_id.and_then(|id| mapping.stores.get(&id));
    Ok(EntryWhole {
        store: store.map(|store| store.name.clone()),
        rows: rows(order.as_ref(), sent.as_ref(), documents.first(), row.gross.is_negative()),
        payments: order.as_ref().map(payments).unwrap_or_default(),
        said: correct::of(app, row.reference()).await?,
        places: order.as_ref().map(correct::places).unwrap_or_default(),
        exceptions: exceptions
            .map(|exception| ExceptionView::new(exception, Some(reference.clone())))
            .collect(),
        findings: finding::of(&app.db, id).await?,
        timeline: timeline::of_entry(&app.db, id).await?,
        siblings: siblings(app, &row).await?,
        despatches: despatches(app, id).await?,
        entry: EntryView::of(row, &mapping),
    })
}

async fn order_of(app: &App, id: i64) -> Result<Option<TillOrder>, FlowError> {
    let payload = entry::payloads(&app.db, &[id]).await?.remove(&id);
    Ok(payload.as_deref().and_then(|payload| parse_order(payload).ok()))
}

fn payments(order: &TillOrder) -> Vec<PaymentLine> {
    let line = |payment: &daybook_domain::till::TillPayment| PaymentLine {
        name: payment.name.clone(),
        amount: payment.amount,
        reference: payment.reference.clone(),
    };
    order.payments.iter().map(line).collect()
}

async fn siblings(app: &App, row: &EntryRow) -> Result<Vec<Sibling>, FlowError> {
    let mut siblings = Vec::new();
    for (how, id) in [("sale", row.original_order_id), ("exchange", row.partner_order_id)] {
        if let Some(id) = id
            && let Some(other) = entry::get(&app.db, id).await?
        {
            siblings.push(Sibling { how, entry: other.into() });
        }
    }
    let returns = entry::returns_against(&app.db, row.order_id).await?.into_iter();
    siblings.extend(returns.map(|other| Sibling { how: "return", entry: other.into() }));
    Ok(siblings)
}

async fn despatches(app: &App, id: i64) -> Result<Vec<DespatchLine>, FlowError> {
    if sending::get(&app.db, id).await?.is_none() {
        return Ok(Vec::new());
    }
    let parcels = parcel::of_order(&app.db, id).await?.into_iter();
    Ok(parcels
        .map(|parcel| DespatchLine {
            delivery: parcel.delivery_id,
            despatched_at: parcel.told.parcel.despatched_at,
            courier: parcel.told.parcel.courier,
            consignment: parcel.told.parcel.consignment,
            state: parcel.state.word().to_owned(),
        })
        .collect())
}

/// What was said with both systems about an entry.
pub async fn exchanges(app: &App, id: i64) -> Result<Exchanges, FlowError> {
    Ok(Exchanges {
        attempts: attempt::of(&app.db, id).await?,
        exchanges: exchange::of(&app.db, id).await?,
    })
}

/// Who bought. Only for those who may see it; the look is on record (`access::seen`).
pub async fn shopper(app: &App, id: i64) -> Result<Option<Shopper>, FlowError> {
    let order = order_of(app, id).await?;
    Ok(order.map(|order| order.shopper).filter(|shopper| !shopper.is_unknown()))
}

/// The sides, row by row. Lines of the ledger are told by number, as they were sent.
fn rows(
    order: Option<&TillOrder>,
    sent: Option<&Posting>,
    document: Option<&LedgerDocument>,
    is_return: bool,
) -> Vec<SideBySide> {
    let sign = |amount: Money| if is_return { -amount } else { amount };
    let ledger: BTreeMap<i64, Side> = document
        .and_then(|document| document.lines.as_ref())
        .map(|lines| {
            let side = |line: &daybook_domain::reconcile::witness::LedgerLine| Side {
                quantity: line.quantity,
                gross: sign(line.gross),
                tax: Some(sign(line.tax)),
            };
            lines.iter().map(|line| (line.number, side(line))).collect()
        })
        .unwrap_or_default();
    let mut sides: BTreeMap<Place, SideBySide> = BTreeMap::new();
    for (place, side) in order.into_iter().flat_map(till_rows) {
        sides.insert(place, side);
    }
    for line in sent.into_iter().flat_map(|posting| &posting.lines) {
        let one = sides.entry(Place::of(line.origin)).or_insert_with(|| word(line.origin));
        add(&mut one.sent, line.quantity, sign(line.gross), None);
        if let Some(held) = ledger.get(&line.number) {
            add(&mut one.ledger, held.quantity, held.gross, held.tax);
        }
        if one.sku.is_empty() {
            one.sku.clone_from(&line.sku);
        }
    }
    let sent_numbers: BTreeSet<i64> =
        sent.into_iter().flat_map(|posting| &posting.lines).map(|line| line.number).collect();
    let mut sides: Vec<SideBySide> = sides.into_values().collect();
    // What OrderWise holds and nobody sent stands alone: somebody added it there.
    let lines = document.and_then(|document| document.lines.as_ref()).into_iter().flatten();
    for line in lines.filter(|line| sent.is_some() && !sent_numbers.contains(&line.number)) {
        let mut added = empty(line.sku.clone(), "In OrderWise only".to_owned());
        added.ledger = ledger.get(&line.number).copied();
        sides.push(added);
    }
    for one in &mut sides {
        one.agrees = agrees(one);
    }
    sides
}

/// Where a row stands on the receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Row(i64),
    Special(u8),
}

impl Place {
    fn of(origin: LineOrigin) -> Self {
        match origin {
            LineOrigin::Row(index) => Self::Row(index),
            LineOrigin::CheckoutFee => Self::Special(0),
            LineOrigin::RoundOff => Self::Special(1),
            LineOrigin::TaxRounding => Self::Special(2),
        }
    }
}

fn word(origin: LineOrigin) -> SideBySide {
    let name = match origin {
        LineOrigin::Row(_) => "",
        LineOrigin::RoundOff => "Cash rounding",
        LineOrigin::CheckoutFee => "Fee of the way of paying",
        LineOrigin::TaxRounding => "Penny of the tax rounding",
    };
    empty(String::new(), name.to_owned())
}

fn empty(sku: String, name: String) -> SideBySide {
    SideBySide { sku, name, till: None, sent: None, ledger: None, agrees: None }
}

/// The till's rows, each discount within the row that it belongs to.
fn till_rows(order: &TillOrder) -> Vec<(Place, SideBySide)> {
    let mut rows: Vec<(Place, SideBySide)> = Vec::new();
    for row in &order.rows {
        if row.is_discount()
            && let Some((_, above)) = rows.last_mut()
        {
            add(&mut above.till, Quantity::ZERO, row.gross(), Some(row.vat));
            continue;
        }
        let mut one = empty(row.sku.clone(), row.name.clone());
        add(&mut one.till, row.quantity.abs(), row.gross(), Some(row.vat));
        rows.push((Place::Row(row.index), one));
    }
    let special = [
        (0, "Fee of the way of paying", order.checkout_gross),
        (1, "Cash rounding", order.round_off),
    ];
    for (place, name, amount) in special {
        if !amount.is_zero() {
            let mut one = empty(String::new(), name.to_owned());
            add(&mut one.till, Quantity::from_thousandths(1_000), amount, None);
            rows.push((Place::Special(place), one));
        }
    }
    rows
}

fn add(side: &mut Option<Side>, quantity: Quantity, gross: Money, tax: Option<Money>) {
    match side {
        None => *side = Some(Side { quantity, gross, tax }),
        Some(side) => {
            side.quantity += quantity;
            side.gross += gross;
            side.tax = side.tax.zip(tax).map(|(one, other)| one + other);
        }
    }
}

fn agrees(row: &SideBySide) -> Option<bool> {
    let sides: Vec<&Side> = [&row.till, &row.sent, &row.ledger].into_iter().flatten().collect();
    let (first, rest) = sides.split_first()?;
    if rest.is_empty() {
        return None;
    }
    let taxes: BTreeSet<Money> = sides.iter().filter_map(|side| side.tax).collect();
    let same = |side: &&Side| side.gross == first.gross && side.quantity == first.quantity;
    Some(rest.iter().all(same) && taxes.len() <= 1)
}
