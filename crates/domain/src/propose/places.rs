//! Stores with their accounts, warehouses with their stock locations, and stores to collect in.

use std::collections::BTreeSet;

use super::{
    Confidence, DELIVERY_METHODS, Offer, Proposed, STOCK_LOCATIONS, Seen, StoreAccount, alike,
    by_name,
};
use crate::{
    audit::{Store, Warehouse},
    mapping::MappingKind,
    sku::fold,
    stock::Kind,
};

/// Names of the delivery method of goods that leave with the shopper.
const TAKEN: [&str; 6] =
    ["taken away", "take away", "over the counter", "in store", "counter", "carried out"];

pub(super) fn propose(seen: &Seen, told: &mut Proposed) {
    let registers = seen.registers.iter().filter_map(|one| one.warehouse_id);
    let selling: BTreeSet<i64> = registers.chain(seen.usage.warehouses.keys().copied()).collect();
    for warehouse in &seen.warehouses {
        if selling.contains(&warehouse.id) {
            if !seen.known.stores.contains_key(&warehouse.id) {
                store(seen, warehouse, told);
            }
        } else if !seen.known.warehouses.contains_key(&warehouse.id) {
            other(seen, warehouse, told);
        }
    }
    let is_store = |id: &&i64| !seen.known.stores.contains_key(id);
    if central(seen).is_none() && selling.iter().any(|id| is_store(&id)) {
        let why = "no one warehouse tells where what is sent home leaves from: give ships-from to \
                   each store whose tills sell such goods (daybook map set store WAREHOUSE \
                   ships-from=LOCATION-ID), or those sales are held";
        told.leave(MappingKind::Store, "ships-from", why);
    }
    pickups(seen, told);
}

/// Whether an account may be that of one of these stores.
impl StoreAccount {
    /// How sure it is, and why.
    pub fn is_of(&self, store: &Store) -> Option<(Confidence, &'static str, usize)> {
        let external = fold(&store.external_id);
        if !external.is_empty() && external == fold(&self.number) {
            return Some((Confidence::Certain, "its number is the store's external id", 0));
        }
        let by_name = alike(&store.name, &self.name);
        let by_number = alike(&store.name, &self.number);
        by_name
            .into_iter()
            .chain(by_number)
            .max_by_key(|(sure, _, far)| (*sure, std::cmp::Reverse(*far)))
    }
}

fn store_of<'a>(seen: &'a Seen, warehouse: &Warehouse) -> Option<&'a Store> {
    seen.stores.iter().find(|store| Some(store.id) == warehouse.store_id)
}

/// The stock location with the warehouse's name, or with its store's.
fn location(seen: &Seen, warehouse: &Warehouse) -> Option<Offer> {
    let named = by_name(&warehouse.name, seen.list(STOCK_LOCATIONS)).into_iter().next();
    let sells = seen.registers.iter().any(|one| one.warehouse_id == Some(warehouse.id));
    let store = store_of(seen, warehouse).filter(|_| sells);
    let of_store =
        store.and_then(|store| by_name(&store.name, seen.list(STOCK_LOCATIONS)).into_iter().next());
    match (named, of_store) {
        (Some(one), Some(other)) if other.confidence > one.confidence => Some(other),
        (Some(one), _) => Some(one),
        (None, other) => other,
    }
}

fn store(seen: &Seen, warehouse: &Warehouse, told: &mut Proposed) {
    let key = warehouse.id.to_string();
    let whole = Store { id: 0, name: warehouse.name.clone(), external_id: String::new() };
    let store = store_of(seen, warehouse).unwrap_or(&whole);
    let mut accounts: Vec<_> =
        seen.accounts.iter().filter_map(|account| Some((account.is_of(store)?, account))).collect();
    accounts.sort_by_key(|((sure, _, far), account)| (std::cmp::Reverse(*sure), *far, account.id));
    let Some(((sure, why, far), account)) = accounts.first() else {
        let why = format!(
            "no customer account of OrderWise is called like '{}': give account=NUMBER session=ID",
            store.name
        );
        return told.leave(MappingKind::Store, &key, why);
    };
    let rivals = accounts.iter().filter(|((s, _, f), _)| (s, f) == (sure, far)).count();
    let mut sure = if rivals > 1 { Confidence::Guess } else { *sure };
    let mut reasons = vec![format!("account {} is '{}': {why}", account.number, account.name)];
    let number = account.number.trim();
    let mut fields = match number {
        "" => vec![("account-id", account.id.to_string())],
        number => vec![("account", number.to_owned())],
    };
    match location(seen, warehouse) {
        Some(offer) => {
            sure = sure.min(offer.confidence);
            reasons.push(format!(
                "stock location {} is '{}': {}",
                offer.value, offer.name, offer.reason
            ));
            fields.push(("location", offer.value));
        }
        None => reasons.push("no stock location is called like it".to_owned()),
    }
    if let Some((id, name)) = taken_away(seen) {
        reasons.push(format!("delivery method {id} is '{name}'"));
        fields.push(("delivery", id.to_string()));
    }
    if let Some((place, offer)) = central(seen) {
        reasons.push(format!(
            "what is sent home leaves from '{}', the only warehouse of no store",
            place.name
        ));
        fields.push(("ships-from", offer.value));
    }
    reasons.push("no call tells its session: give session=ID".to_owned());
    fields.push(("name", store.name.clone()));
    told.row(MappingKind::Store, &key, &store.name, fields, (sure, reasons.join("; ")));
}

/// The one delivery method whose name says that the shopper takes the goods along.
fn taken_away(seen: &Seen) -> Option<(i64, &str)> {
    let is_taken = |name: &str| TAKEN.iter().any(|said| fold(name).contains(said));
    let mut found = seen.list(DELIVERY_METHODS).filter(|(_, name)| is_taken(name));
    found.next().filter(|_| found.next().is_none())
}

/// The only warehouse of no store whose location bears its name.
fn central(seen: &Seen) -> Option<(&Warehouse, Offer)> {
    let mut found = seen
        .warehouses
        .iter()
        .filter(|one| one.store_id.is_none() && !matches!(Kind::of(one.kind), Kind::Unknown(_)));
    let place = found.next().filter(|_| found.next().is_none())?;
    let offer = location(seen, place).filter(|it| it.confidence == Confidence::Certain)?;
    Some((place, offer))
}

fn other(seen: &Seen, warehouse: &Warehouse, told: &mut Proposed) {
    let key = warehouse.id.to_string();
    let offer = location(seen, warehouse).map(|offer| {
        // What comes back damaged must not land where the store sells from.
        let is_sure = offer.confidence == Confidence::Certain;
        let confidence = if is_sure { Confidence::Certain } else { Confidence::Guess };
        Offer { confidence, ..offer }
    });
    let why = format!("no stock location is called like '{}': give its id", warehouse.name);
    told.best((MappingKind::Warehouse, &key, &warehouse.name), offer.as_ref(), why);
}

/// Goods to be collected in a store leave from where the store sells from.
fn pickups(seen: &Seen, told: &mut Proposed) {
    let sells = |id: i64| seen.registers.iter().any(|one| one.warehouse_id == Some(id));
    for store in &seen.stores {
        let key = fold(&store.external_id);
        if key.is_empty() || seen.known.pickups.contains_key(&key) {
            continue;
        }
        let mut places = seen.warehouses.iter().filter(|one| one.store_id == Some(store.id));
        let offer = places.find(|one| sells(one.id)).and_then(|place| location(seen, place));
        match offer {
            Some(offer) => told.one(MappingKind::Pickup, &key, &store.name, &offer),
            None if seen.usage.pickups.contains_key(&key) => {
                let why = format!("no stock location is called like '{}'", store.name);
                told.leave(MappingKind::Pickup, &key, why);
            }
            None => {}
        }
    }
}
