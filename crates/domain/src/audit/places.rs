//! Stores, warehouses, registers, stock locations, sessions, and ways to send goods.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    GapKind, Snapshot,
    gap::Found,
    snapshot::{Store, Warehouse},
};
use crate::{Quantity, mapping::StoreMapping, sku::fold, stock::Kind};

/// OrderWise's value lists of stock locations and delivery methods (facts/orderwise 1.9).
const STOCK_LOCATIONS: i64 = 4;
const DELIVERY_METHODS: i64 = 18;

pub(super) fn look(snapshot: &Snapshot, found: &mut Found) {
    if let Some(stores) = &snapshot.stores {
        of_stores(stores, snapshot.warehouses.as_deref(), found);
    }
    if let Some(warehouses) = &snapshot.warehouses {
        of_warehouses(snapshot, warehouses, found);
        registers(snapshot, warehouses, found);
    }
    let stores: BTreeMap<i64, &StoreMapping> =
        snapshot.ours.mapping.stores.iter().map(|(id, store)| (*id, store)).collect();
    mapped(&stores, found);
    locations(snapshot, found);
    delivery(snapshot, &stores, found);
}

fn of_stores(stores: &[Store], warehouses: Option<&[Warehouse]>, found: &mut Found) {
    let mut by_external: BTreeMap<String, Vec<&Store>> = BTreeMap::new();
    for store in stores {
        let has_one = |all: &[Warehouse]| all.iter().any(|one| one.store_id == Some(store.id));
        if warehouses.is_some_and(|all| !has_one(all)) {
            found.add(GapKind::StoreWithoutWarehouse, &store.name, format!("store {}", store.id));
        }
        if store.external_id.trim().is_empty() {
            let detail = format!("store {}", store.id);
            found.add(GapKind::StoreWithoutExternalId, &store.name, detail);
        } else {
            by_external.entry(fold(&store.external_id)).or_default().push(store);
        }
    }
    for (external, stores) in by_external.into_iter().filter(|(_, stores)| stores.len() > 1) {
        let names: Vec<&str> = stores.iter().map(|store| store.name.as_str()).collect();
        found.add(GapKind::StoreExternalIdShared, external, names.join(", "));
    }
}

/// A warehouse is one that sells where a register stands in it, or a sale left it.
fn of_warehouses(snapshot: &Snapshot, warehouses: &[Warehouse], found: &mut Found) {
    let mapping = &snapshot.ours.mapping;
    let registers = snapshot.registers.iter().flatten();
    let mut selling: BTreeSet<i64> = registers.filter_map(|one| one.warehouse_id).collect();
    let used = snapshot.usage.as_ref().map(|usage| &usage.warehouses);
    selling.extend(used.into_iter().flat_map(|used| used.keys().copied()));
    for id in selling.iter().filter(|id| !mapping.stores.contains_key(id)) {
        let known = warehouses.iter().find(|one| one.id == *id);
        let name = known.map_or("not in Sitoo's list", |one| one.name.as_str());
        let used = used.and_then(|used| used.get(id));
        let money = used.map(|used| used.money).unwrap_or_default();
        let detail = match used.map_or(0, |used| used.times) {
            0 => format!("{name}, no sale that was read: the first one waits"),
            times => format!("{name}, {times} sales"),
        };
        found.add_money(GapKind::WarehouseUnmapped, id.to_string(), detail, money);
    }
    for id in mapping.stores.keys().chain(mapping.warehouses.keys()) {
        match warehouses.iter().find(|one| one.id == *id) {
            None => found.add(
                GapKind::StoreMappedAstray,
                id.to_string(),
                format!("warehouse {id} is not in Sitoo"),
            ),
            Some(one) => {
                if let Kind::Unknown(number) = Kind::of(one.kind) {
                    let detail = format!("{}, type {number}", one.name);
                    found.add(GapKind::WarehouseTypeUnknown, id.to_string(), detail);
                }
            }
        }
    }
}

fn registers(snapshot: &Snapshot, warehouses: &[Warehouse], found: &mut Found) {
    for register in snapshot.registers.iter().flatten() {
        let name = register.key.as_ref().unwrap_or(&register.id);
        let detail = match register.warehouse_id {
            None => "has no warehouse".to_owned(),
            Some(id) => match warehouses.iter().find(|one| one.id == id) {
                None => format!("its warehouse {id} is not in Sitoo's list"),
                Some(one) if one.store_id.is_none() => {
                    format!("its warehouse {} belongs to no store", one.name)
                }
                Some(_) => continue,
            },
        };
        found.add(GapKind::RegisterAstray, name, detail);
    }
}

fn mapped(stores: &BTreeMap<i64, &StoreMapping>, found: &mut Found) {
    let mut sessions: BTreeMap<i64, Vec<&str>> = BTreeMap::new();
    for (id, store) in stores {
        if store.stock_location_id.is_none() {
            found.add(GapKind::StoreWithoutLocation, id.to_string(), &store.name);
        }
        match store.session_id {
            None => found.add(GapKind::StoreWithoutSession, id.to_string(), &store.name),
            Some(session) => sessions.entry(session).or_default().push(&store.name),
        }
    }
    for (session, names) in sessions.into_iter().filter(|(_, names)| names.len() > 1) {
        found.add(GapKind::SessionShared, format!("session {session}"), names.join(", "));
    }
}

fn locations(snapshot: &Snapshot, found: &mut Found) {
    let mapping = &snapshot.ours.mapping;
    let mut served: BTreeMap<i64, BTreeSet<i64>> = BTreeMap::new();
    for (id, store) in &mapping.stores {
        if let Some(location) = store.stock_location_id {
            served.entry(location).or_default().insert(*id);
        }
    }
    for (id, location) in &mapping.warehouses {
        // A store's own row says where it stands; the other one is for what comes back.
        if !mapping.stores.contains_key(id) {
            served.entry(*location).or_default().insert(*id);
        }
    }
    let Some(list) = snapshot.lists.get(&STOCK_LOCATIONS) else { return };
    let name = |id: i64| list.get(&id).map_or("", String::as_str);
    for (location, warehouses) in &served {
        if warehouses.len() > 1 {
            let ids: Vec<String> = warehouses.iter().map(ToString::to_string).collect();
            let detail = format!("{}: warehouses {}", name(*location), ids.join(", "));
            found.add(GapKind::LocationShared, location.to_string(), detail);
        }
    }
    let sources = mapping.stores.values().filter_map(|store| store.ships_from_location_id);
    let collected = mapping.pickups.values().map(|pickup| pickup.stock_location_id);
    let returned = mapping.reasons.values().filter_map(|reason| reason.stock_location_id);
    let named: BTreeSet<i64> =
        served.keys().copied().chain(sources).chain(collected).chain(returned).collect();
    for location in named.iter().filter(|id| !list.contains_key(id)) {
        let detail = format!("stock location {location} is not in OrderWise");
        found.add(GapKind::LocationAstray, location.to_string(), detail);
    }
    let mut stocked: BTreeMap<i64, usize> = BTreeMap::new();
    for figure in snapshot.figures.iter().flatten().filter(|one| one.free > Quantity::ZERO) {
        *stocked.entry(figure.location_id).or_default() += 1;
    }
    for (location, skus) in stocked.into_iter().filter(|(id, _)| !named.contains(id)) {
        let detail = format!("{}: {skus} SKUs with stock", name(location));
        found.add(GapKind::LocationWithoutPartner, location.to_string(), detail);
    }
}

fn delivery(snapshot: &Snapshot, stores: &BTreeMap<i64, &StoreMapping>, found: &mut Found) {
    let mapping = &snapshot.ours.mapping;
    if let Some(list) = snapshot.lists.get(&DELIVERY_METHODS) {
        let of_stores = stores
            .iter()
            .filter_map(|(id, store)| Some((format!("store {id}"), store.delivery_method_id?)));
        let carriers = mapping.carriers.iter().map(|(key, id)| (format!("delivery {key}"), *id));
        let pickups = mapping.pickups.iter();
        let pickups = pickups
            .filter_map(|(key, one)| Some((format!("pickup {key}"), one.delivery_method_id?)));
        for (record, id) in of_stores.chain(carriers).chain(pickups) {
            if !list.contains_key(&id) {
                let detail = format!("delivery method {id} is not in OrderWise");
                found.add(GapKind::DeliveryMappedAstray, record, detail);
            }
        }
    }
    let Some(usage) = &snapshot.usage else { return };
    for (key, used) in usage.carriers.iter().filter(|(key, _)| !mapping.carriers.contains_key(*key))
    {
        let detail = format!("chosen {}", used.often());
        found.add_money(GapKind::CarrierUnmapped, key, detail, used.money);
    }
    for (key, used) in usage.pickups.iter().filter(|(key, _)| !mapping.pickups.contains_key(*key)) {
        let detail = format!("chosen {}", used.often());
        found.add_money(GapKind::PickupUnmapped, key, detail, used.money);
    }
}
