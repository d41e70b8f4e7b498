//! The mapping tables: what is there, and whether OrderWise has what they name.

use std::collections::BTreeMap;

use daybook_domain::mapping::{Mapping, PaymentMapping};

use super::{CheckLine, Stops, orderwise::Lists};
use crate::app::App;

const AREA: &str = "mapping";
/// OrderWise's value lists (facts/orderwise 1.9).
pub(crate) const TAX_RATES: i64 = 2;
pub(crate) const STOCK_LOCATIONS: i64 = 4;
pub(crate) const DELIVERY_METHODS: i64 = 18;
pub(crate) const PAYMENT_METHODS: i64 = 20;

/// The tables, typed, and what is wrong with their rows.
pub async fn load(app: &App) -> (Mapping, Vec<CheckLine>) {
    let rows = match daybook_store::mapping::load(&app.db).await {
        Ok(rows) => rows.rows,
        Err(error) => {
            let hint = error.hint().unwrap_or_else(|| "see what the book's lines say".to_owned());
            let line = CheckLine::failed(AREA, "tables", error.to_string(), hint);
            return (Mapping::default(), vec![line.stopping(&[Stops::Sales])]);
        }
    };
    let (mapping, faults) = Mapping::from_rows(rows);
    let lines = faults.iter().map(|fault| {
        let hint = format!("set it anew: `daybook map set {} {} …`", fault.kind, fault.key);
        CheckLine::failed(AREA, "row", fault.to_string(), hint).stopping(&[Stops::Sales])
    });
    let lines = lines.collect();
    (mapping, lines)
}

/// What is missing altogether, and what names nothing in OrderWise.
pub fn against(mapping: &Mapping, lists: &Lists) -> Vec<CheckLine> {
    let counts = [
        ("stores", mapping.stores.len(), "daybook map set store WAREHOUSE account=… session=…"),
        ("VAT rates", mapping.vat.len(), "daybook map set vat 20 RATE-ID"),
        ("payment types", mapping.payments.len(), "daybook map set payment Card METHOD-ID"),
    ];
    let mut lines: Vec<CheckLine> = counts
        .into_iter()
        .map(|(name, count, command)| match count {
            0 => {
                let hint = format!("`{command}`, or `daybook map import FILE`");
                CheckLine::warning(AREA, name, "0 mapped: every sale waits as an exception", hint)
                    .stopping(&[Stops::Sales])
            }
            _ => CheckLine::ok(AREA, name, format!("{count} mapped")),
        })
        .collect();
    lines.extend(sessions(mapping));
    lines.extend(astray(mapping, lists));
    lines
}

/// E-commerce sessions: one a store (facts/orderwise 2.5, 10).
fn sessions(mapping: &Mapping) -> Vec<CheckLine> {
    let mut by_session: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let mut without = Vec::new();
    for (id, store) in &mapping.stores {
        match store.session_id {
            Some(session) => by_session.entry(session).or_default().push(*id),
            None => without.push(*id),
        }
    }
    let mut lines = Vec::new();
    if !without.is_empty() {
        without.sort_unstable();
        let detail = format!("no session is named for {}", stores(&without));
        let hint = "OrderWise knows a second copy of an order only within its session: make one \
                    for each store in OrderWise, and `daybook map set store WAREHOUSE session=ID`";
        lines.push(CheckLine::warning(AREA, "sessions", detail, hint));
    }
    for (session, mut stores) in by_session.clone().into_iter().filter(|(_, it)| it.len() > 1) {
        stores.sort_unstable();
        let detail = format!("session {session} is shared by {}", self::stores(&stores));
        let hint = "give each store a session of its own: `daybook map set store WAREHOUSE \
                    session=ID`; order numbers of one session may collide";
        lines.push(CheckLine::warning(AREA, "sessions", detail, hint));
    }
    if lines.is_empty() && !by_session.is_empty() {
        let detail = format!(
            "{} named, each once; whether OrderWise knows them, only a test order shows",
            by_session.len()
        );
        lines.push(CheckLine::unverified(AREA, "sessions", detail));
    }
    lines
}

/// `store 1`, `stores 1, 2`.
fn stores(ids: &[i64]) -> String {
    let all = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    format!("{} {all}", if ids.len() == 1 { "store" } else { "stores" })
}

/// Rows that name an id which its list does not have.
fn astray(mapping: &Mapping, lists: &Lists) -> Vec<CheckLine> {
    let mut named: Vec<(i64, &str, String, i64, Stops)> = Vec::new();
    for (rate, id) in &mapping.vat {
        named.push((TAX_RATES, "tax rate", format!("vat {rate}"), *id, Stops::Sales));
    }
    if let Some(id) = mapping.vat_gift_card {
        named.push((TAX_RATES, "tax rate", "vat gift-card".to_owned(), id, Stops::Sales));
    }
    for (key, payment) in &mapping.payments {
        if let PaymentMapping::Method(id) = payment {
            let row = format!("payment {key}");
            named.push((PAYMENT_METHODS, "payment method", row, *id, Stops::Sales));
        }
    }
    for (id, store) in &mapping.stores {
        let row = || format!("store {id}");
        if let Some(at) = store.stock_location_id {
            named.push((STOCK_LOCATIONS, "stock location", row(), at, Stops::Sales));
        }
        if let Some(by) = store.delivery_method_id {
            named.push((DELIVERY_METHODS, "delivery method", row(), by, Stops::Sales));
        }
    }
    for (id, at) in &mapping.warehouses {
        named.push((
            STOCK_LOCATIONS,
            "stock location",
            format!("warehouse {id}"),
            *at,
            Stops::Stock,
        ));
    }
    for (key, id) in &mapping.carriers {
        let row = format!("delivery {key}");
        named.push((DELIVERY_METHODS, "delivery method", row, *id, Stops::Sales));
    }
    named.sort_by(|a, b| a.2.cmp(&b.2));
    let astray = named
        .into_iter()
        .filter(|(list, _, _, id, _)| lists.get(list).is_some_and(|list| !list.contains_key(id)));
    astray
        .map(|(_, what, row, id, stops)| {
            let detail = format!("{row} names {what} {id}, which OrderWise does not have");
            let hint = format!("`daybook map set {row} …` with one that it has");
            CheckLine::failed(AREA, "row", detail, hint).stopping(&[stops])
        })
        .collect()
}
