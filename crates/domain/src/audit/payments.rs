//! Payment types in use, and the methods that they are mapped to.

use super::{GapKind, Snapshot, gap::Found};
use crate::{mapping::PaymentMapping, sku::fold};

/// OrderWise's value list of payment methods (facts/orderwise 1.9).
const PAYMENT_METHODS: i64 = 20;

pub(super) fn look(snapshot: &Snapshot, found: &mut Found) {
    let mapped = &snapshot.ours.mapping.payments;
    for (key, used) in snapshot.usage.iter().flat_map(|usage| &usage.payments) {
        if !mapped.contains_key(key) && !mapped.contains_key(&fold(&used.name)) {
            let detail = format!("'{}', used {}", used.name, used.often());
            found.add_money(GapKind::PaymentUnmapped, key, detail, used.money);
        }
    }
    let Some(methods) = snapshot.lists.get(&PAYMENT_METHODS) else { return };
    for (key, mapping) in mapped {
        if let PaymentMapping::Method(id) = mapping
            && !methods.contains_key(id)
        {
            let detail = format!("payment method {id} is not in OrderWise");
            found.add(GapKind::PaymentMappedAstray, key, detail);
        }
    }
}
