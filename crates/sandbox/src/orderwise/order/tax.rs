//! OrderWise's own tax arithmetic, in whole pence, half up. How the real one rounds is not
//! public, so it is a switch.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::orderwise::{
    ItemNet, TaxArithmetic,
    exact::{pence, pounds},
};

/// Net, tax and gross of a line or a document, in pence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in super::super) struct Amounts {
    pub(in super::super) net: i64,
    pub(in super::super) tax: i64,
    pub(in super::super) gross: i64,
}

/// The price of one unit as the line gives it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Price {
    pub(super) gross: Option<Decimal>,
    pub(super) net: Option<Decimal>,
}

/// Works a line out. Nothing when it has no price, or one beyond any currency.
pub(super) fn line(
    price: Price,
    quantity: Decimal,
    percent: Decimal,
    item_net: ItemNet,
) -> Option<Amounts> {
    let total = |unit: Decimal| pence(unit.checked_mul(quantity)?);
    match (price.gross, price.net, item_net) {
        (Some(gross), None, _) | (Some(gross), Some(_), ItemNet::Ignore) => {
            from_gross(total(gross)?, percent)
        }
        (None, Some(net), _) | (Some(_), Some(net), ItemNet::AddTax) => {
            from_net(total(net)?, percent)
        }
        (Some(gross), Some(net), ItemNet::Difference) => {
            let (gross, net) = (total(gross)?, total(net)?);
            Some(Amounts { net, tax: gross.checked_sub(net)?, gross })
        }
        (None, None, _) => None,
    }
}

/// Takes the tax out of a gross amount.
pub(in super::super) fn from_gross(gross: i64, percent: Decimal) -> Option<Amounts> {
    let part = pounds(gross).checked_mul(percent)?;
    let tax = pence(part.checked_div(Decimal::ONE_HUNDRED.checked_add(percent)?)?)?;
    Some(Amounts { net: gross.checked_sub(tax)?, tax, gross })
}

fn from_net(net: i64, percent: Decimal) -> Option<Amounts> {
    let tax = pence(pounds(net).checked_mul(percent)?.checked_div(Decimal::ONE_HUNDRED)?)?;
    Some(Amounts { net, tax, gross: net.checked_add(tax)? })
}

/// What a document adds up: amounts with their rate.
pub(super) struct Rated {
    pub(super) amounts: Amounts,
    pub(super) rate: i64,
    pub(super) percent: Decimal,
    /// The price was a net one: its tax stands, also where tax goes per order.
    pub(super) is_net: bool,
}

/// Adds up lines and delivery.
pub(super) fn document(parts: &[Rated], arithmetic: TaxArithmetic) -> Option<Amounts> {
    let mut gross = 0_i64;
    let mut tax = 0_i64;
    let mut by_rate: BTreeMap<i64, (i64, Decimal)> = BTreeMap::new();
    for part in parts {
        gross = gross.checked_add(part.amounts.gross)?;
        if arithmetic == TaxArithmetic::PerLine || part.is_net {
            tax = tax.checked_add(part.amounts.tax)?;
        } else {
            let sum = by_rate.entry(part.rate).or_insert((0, part.percent));
            sum.0 = sum.0.checked_add(part.amounts.gross)?;
        }
    }
    for (sum, percent) in by_rate.into_values() {
        tax = tax.checked_add(from_gross(sum, percent)?.tax)?;
    }
    Some(Amounts { net: gross.checked_sub(tax)?, tax, gross })
}
