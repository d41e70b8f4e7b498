//! What speaks against a row of the mapping before it is set: it can be set, and is most likely a slip.

use daybook_domain::{
    VatRate,
    mapping::{MappingKind, MappingRow},
    sku::fold,
};
use daybook_store::{value_list, variant};

use crate::{
    app::App,
    check::mapping::{DELIVERY_METHODS, PAYMENT_METHODS, STOCK_LOCATIONS, TAX_RATES},
    error::FlowError,
};

/// Codes that are named where one is unknown.
const NEAR: usize = 8;

/// What speaks against a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Stable code.
    pub code: &'static str,
    /// What is odd.
    pub what: String,
    /// What may be meant.
    pub meant: Option<String>,
}

/// Looks at a row with what OrderWise told; where it told nothing, nobody can say.
pub async fn doubt(app: &App, row: &MappingRow) -> Result<Option<Doubt>, FlowError> {
    let astray = match row.kind {
        MappingKind::Sku => no_such_variant(app, row).await?,
        MappingKind::Vat => other_rate(app, row).await?,
        MappingKind::Store => session_of_another(app, row).await?,
        _ => None,
    };
    match astray {
        Some(doubt) => Ok(Some(doubt)),
        None => no_such_id(app, row).await,
    }
}

/// Fields that name an id of one of OrderWise's value lists: kind, field, list, what it is.
const LISTED: &[(MappingKind, &str, i64, &str)] = &[
    (MappingKind::Vat, "rate-id", TAX_RATES, "tax rate"),
    (MappingKind::Item, "rate-id", TAX_RATES, "tax rate"),
    (MappingKind::Payment, "method-id", PAYMENT_METHODS, "payment method"),
    (MappingKind::Store, "location", STOCK_LOCATIONS, "stock location"),
    (MappingKind::Store, "ships-from", STOCK_LOCATIONS, "stock location"),
    (MappingKind::Store, "delivery", DELIVERY_METHODS, "delivery method"),
    (MappingKind::Warehouse, "location", STOCK_LOCATIONS, "stock location"),
    (MappingKind::Reason, "location", STOCK_LOCATIONS, "stock location"),
    (MappingKind::Pickup, "location", STOCK_LOCATIONS, "stock location"),
    (MappingKind::Pickup, "delivery", DELIVERY_METHODS, "delivery method"),
    (MappingKind::Delivery, "method-id", DELIVERY_METHODS, "delivery method"),
];

/// An id that its value list does not have: the sale would be refused, or booked to nothing.
async fn no_such_id(app: &App, row: &MappingRow) -> Result<Option<Doubt>, FlowError> {
    for &(_, field, list, what) in LISTED.iter().filter(|listed| listed.0 == row.kind) {
        let id = row.value.get(field).and_then(|id| id.parse::<i64>().ok());
        let Some(id) = id else { continue };
        let known = value_list::of(&app.db, list).await?;
        if known.is_empty() || known.iter().any(|value| value.id == id) {
            continue;
        }
        let near = known.iter().take(NEAR).map(|value| format!("{} ({})", value.id, value.name));
        return Ok(Some(Doubt {
            code: "no-such-id",
            what: format!("OrderWise's list has no {what} {id}"),
            meant: Some(near.collect::<Vec<_>>().join(", ")),
        }));
    }
    Ok(None)
}

/// OrderWise knows a second copy of an order within its session alone.
async fn session_of_another(app: &App, row: &MappingRow) -> Result<Option<Doubt>, FlowError> {
    let Some(session) = row.value.get("session") else { return Ok(None) };
    let tables = daybook_store::mapping::load(&app.db).await?;
    let other = tables.rows.into_iter().find(|one| {
        let is_other = one.kind == MappingKind::Store && one.key != row.key;
        is_other && one.value.get("session") == Some(session)
    });
    Ok(other.map(|other| Doubt {
        code: "session-of-another-store",
        what: format!("store {} has session {session} already", other.key),
        meant: None,
    }))
}

/// A SKU that is mapped to nothing would hold its sales as before.
async fn no_such_variant(app: &App, row: &MappingRow) -> Result<Option<Doubt>, FlowError> {
    let Some(code) = row.value.get("code") else { return Ok(None) };
    let folded = fold(code);
    let known = variant::by_folded(&app.db, std::slice::from_ref(&folded)).await?;
    if !known.known {
        return Ok(None);
    }
    if let Some(there) = known.by_folded_sku.get(&folded) {
        let is_over = !there.is_empty() && there.iter().all(|one| one.discontinued);
        return Ok(is_over.then(|| Doubt {
            code: "discontinued-variant",
            what: format!("OrderWise has discontinued {code}: its sales are held as before"),
            meant: None,
        }));
    }
    let mut near = variant::usable_starting_with(&app.db, &start_of(&folded), NEAR).await?;
    if near.is_empty() {
        near = variant::usable_starting_with(&app.db, &start_of(&fold(&row.key)), NEAR).await?;
    }
    let near: Vec<String> =
        near.into_iter().map(|(code, name)| format!("{code} ({name})")).collect();
    Ok(Some(Doubt {
        code: "no-such-variant",
        what: format!("OrderWise has no variant {code}"),
        meant: (!near.is_empty()).then(|| near.join(", ")),
    }))
}

/// What codes that somebody may have meant begin with.
fn start_of(folded: &str) -> String {
    let letters = folded.chars().count();
    folded.chars().take((letters / 2).max(3)).collect()
}

/// A rate of the tills that goes to a tax rate of another percentage books wrong VAT.
async fn other_rate(app: &App, row: &MappingRow) -> Result<Option<Doubt>, FlowError> {
    let id = row.value.get("rate-id").and_then(|id| id.parse::<i64>().ok());
    let (Ok(rate), Some(id)) = (row.key.parse::<VatRate>(), id) else { return Ok(None) };
    let known = variant::tax_codes(&app.db).await?;
    let rates: Vec<&VatRate> =
        known.iter().filter(|one| one.0 == id).filter_map(|one| one.2.as_ref()).collect();
    let Some(other) = rates.first().filter(|_| rates.iter().all(|one| **one != rate)) else {
        return Ok(None);
    };
    Ok(Some(Doubt {
        code: "other-tax-rate",
        what: format!("OrderWise's tax rate {id} is {other} %, and the till charged {rate} %"),
        meant: tax_rates(app).await?,
    }))
}

/// The tax rates that OrderWise's variants bear, for people: `1 (T1, 20 %), 3 (T0, 0 %)`.
pub async fn tax_rates(app: &App) -> Result<Option<String>, FlowError> {
    let known = variant::tax_codes(&app.db).await?;
    let told = known.iter().map(|(id, code, rate)| match rate {
        Some(rate) => format!("{id} ({code}, {rate} %)"),
        None => format!("{id} ({code})"),
    });
    let told: Vec<String> = told.collect();
    Ok((!told.is_empty()).then(|| told.join(", ")))
}
