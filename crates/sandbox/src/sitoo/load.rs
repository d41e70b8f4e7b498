//! Plain functions that fill an account and turn its switches.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Sitoo, Switches,
    api::ApiKey,
    masters::{ProductGroup, ReasonCode, Register, Settings, Store, Warehouse},
};
use crate::lock;

impl Sitoo {
    /// Turns switches.
    pub fn switch(&self, change: impl FnOnce(&mut Switches)) {
        change(&mut lock(&self.state).switches);
    }

    /// The switches as they are.
    pub fn switches(&self) -> Switches {
        lock(&self.state).switches.clone()
    }

    /// Changes `settings.json`.
    pub fn set_settings(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut lock(&self.state).settings);
    }

    /// The account number in the addresses.
    pub fn set_account(&self, account: i64) {
        lock(&self.state).account = account;
    }

    /// Replaces all credentials by these.
    pub fn set_credentials(&self, api_id: &str, password: &str) {
        lock(&self.state).keys = vec![ApiKey::new(api_id, password)];
    }

    /// Adds credentials; limits count for each by themselves (facts/sitoo 1.2).
    pub fn add_credentials(&self, api_id: &str, password: &str) {
        lock(&self.state).keys.push(ApiKey::new(api_id, password));
    }

    /// Adds a store, or replaces it. Registers follow.
    pub fn add_store(&self, store: Store) {
        let mut state = lock(&self.state);
        state.stores.insert(store.id, Arc::new(store));
        let registers: Vec<_> = state.registers.iter().map(|one| Register::clone(one)).collect();
        drop(state);
        for register in registers {
            self.add_register(register);
        }
    }

    /// Adds a warehouse, or replaces it. Add it before its registers.
    pub fn add_warehouse(&self, warehouse: Warehouse) {
        lock(&self.state).warehouses.insert(warehouse.id, warehouse);
    }

    /// Makes a warehouse FIFO (10) or virtual (20); false without it.
    pub fn set_warehouse_type(&self, id: i64, warehouse_type: i64) -> bool {
        let mut state = lock(&self.state);
        let found = state.warehouses.get_mut(&id);
        found.map(|warehouse| warehouse.warehouse_type = warehouse_type).is_some()
    }

    /// Adds a register, or replaces it; its store is its warehouse's.
    pub fn add_register(&self, mut register: Register) {
        let mut state = lock(&self.state);
        let store = state.warehouses.get(&register.warehouse_id).and_then(|one| one.store_id);
        register.store = store.and_then(|id| state.stores.get(&id)).cloned();
        let known = state.registers.iter().position(|known| known.id == register.id);
        let place = known.unwrap_or(state.registers.len());
        register.index = u32::try_from(place).unwrap_or(u32::MAX);
        let register = Arc::new(register);
        state.register_by_id.insert(register.id.as_str().into(), Arc::clone(&register));
        match state.registers.get_mut(place) {
            Some(slot) => *slot = register,
            None => state.registers.push(register),
        }
    }

    /// Adds a product group, or replaces it.
    pub fn add_product_group(&self, group: ProductGroup) {
        lock(&self.state).groups.insert(group.vat_id, group);
    }

    /// Adds a reason code, or replaces it.
    pub fn add_reason(&self, reason: ReasonCode) {
        lock(&self.state).reasons.insert(reason.id, reason);
    }
}

/// Groups of an account in the UK. Group 2 is the default group (facts/sitoo 4.2).
pub(super) fn default_groups() -> BTreeMap<i64, ProductGroup> {
    [
        (2, 2000, 10, "Standard rate"),
        (3, 500, 10, "Reduced rate"),
        (4, 0, 10, "Zero rate"),
        (5, 0, 30, "Gift cards"),
    ]
    .map(|(vat_id, vat, group_type, name)| {
        let (name, comment) = (name.to_owned(), String::new());
        (vat_id, ProductGroup { vat_id, vat, group_type, name, comment })
    })
    .into()
}
