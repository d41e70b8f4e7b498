//! The payments of an order that are money, with everything by which a provider may know them.

use daybook_domain::{
    class::Failure,
    settlement::{Day, TillMoney, fold},
};

use super::{
    translate::{PAYMENT_REFERENCE, drift, moment, need, positive, within},
    wire::{WireOrder, WirePayment, read},
};

/// The payments of a payload: those between the two halves of an exchange, and those of nothing,
/// are left out. `zone` is that of tills that name none.
pub fn till_money(payload: &str, zone: &str) -> Result<Vec<TillMoney>, Failure> {
    let wire: WireOrder<'_> = read(payload)?;
    let order_id = positive(need(wire.orderid.0, "orderid")?, "orderid")?;
    let at = moment(need(wire.orderdate.0, "orderdate")?)?;
    let named = wire.additionaldata.first(&["pos-timezone"]);
    let day = Day::of(at, named.as_deref().unwrap_or(zone));
    let mut found = Vec::new();
    for (place, payment) in wire.payments.iter().flatten().enumerate() {
        let amount = payment.moneyamount.0.ok_or_else(|| drift("moneyamount", "is missing"));
        let amount = amount.map_err(within("payments", place))?;
        if amount.is_zero() || payment.additionaldata.is_true("virtual-payment") {
            continue;
        }
        let name = payment.name.owned();
        found.push(TillMoney {
            order_id,
            index: i64::try_from(place).unwrap_or(i64::MAX),
            tender: fold(payment.externalid.some().as_deref().unwrap_or(&name)),
            name,
            amount,
            currency: wire.currencycode.owned(),
            at,
            day,
            warehouse_id: wire.warehouseid.0,
            register_id: wire.registerid.some(),
            references: references(payment),
        });
    }
    Ok(found)
}

fn references(payment: &WirePayment<'_>) -> Vec<String> {
    let known = PAYMENT_REFERENCE.iter().filter_map(|&key| payment.additionaldata.first(&[key]));
    let mut references: Vec<String> = payment.refid.some().into_iter().chain(known).collect();
    let mut seen = std::collections::HashSet::new();
    references.retain(|reference| seen.insert(fold(reference)));
    references
}
