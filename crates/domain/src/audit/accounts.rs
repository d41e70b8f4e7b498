//! The customer accounts that stores sell on.

use std::collections::BTreeMap;

use super::{GapKind, Snapshot, gap::Found, snapshot::AccountState};
use crate::{Money, mapping::Account};

pub(super) fn look(snapshot: &Snapshot, found: &mut Found) {
    let stores: BTreeMap<i64, _> =
        snapshot.ours.mapping.stores.iter().map(|(id, store)| (*id, store)).collect();
    let Some(accounts) = &snapshot.accounts else {
        if stores.is_empty() {
            found.unseen("customer accounts", "no store is mapped to an account yet");
        }
        return;
    };
    for (id, store) in stores {
        let sold = snapshot.usage.as_ref().and_then(|usage| usage.warehouses.get(&id));
        let sold = sold.map_or(Money::ZERO, |used| used.money);
        let name = match &store.account {
            Account::Id(id) => id.to_string(),
            Account::Number(number) => number.clone(),
        };
        let Some(state) = accounts.iter().find(|one| is(one, &store.account)) else {
            found.add_money(GapKind::AccountMissing, name, &store.name, sold);
            continue;
        };
        if state.on_hold {
            found.add_money(GapKind::AccountOnHold, &name, &store.name, sold);
        }
        if state.over_terms {
            found.add_money(GapKind::AccountOverTerms, &name, &store.name, sold);
        }
    }
}

/// Whether an account is the one that is meant.
pub fn is(state: &AccountState, account: &Account) -> bool {
    match account {
        Account::Id(id) => state.id == *id,
        Account::Number(number) => state.number.trim().eq_ignore_ascii_case(number.trim()),
    }
}
