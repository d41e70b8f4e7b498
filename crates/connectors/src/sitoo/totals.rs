//! The amounts of a whole order.

use daybook_domain::{Money, class::Failure, till::TillRow};

use super::{translate::drift, wire::WireOrder};

/// The amounts of the whole order. What Sitoo left out is made from the rows, so that a list with
/// fewer fields still adds up, or shows that it does not.
pub(super) struct Totals {
    pub(super) net: Money,
    pub(super) vat: Money,
    pub(super) round_off: Money,
    pub(super) gross: Money,
    pub(super) delivery_gross: Money,
    pub(super) checkout_gross: Money,
}

impl Totals {
    pub(super) fn of(wire: &WireOrder<'_>, rows: &[TillRow]) -> Result<Self, Failure> {
        let sum = |amounts: [Money; 3], path| {
            let pence = amounts.iter().try_fold(0_i64, |sum, part| sum.checked_add(part.pence()));
            pence.map(Money::from_pence).ok_or_else(|| drift(path, "the amounts are too large"))
        };
        let delivery = Charge::of(
            wire.moneydelivery_net.0,
            wire.moneydelivery_vat.0,
            wire.moneytotal_gross_delivery.0,
        );
        let checkout = Charge::of(
            wire.moneycheckout_net.0,
            wire.moneycheckout_vat.0,
            wire.moneytotal_gross_checkout.0,
        );
        let net = match wire.moneyfinal_net.0 {
            Some(net) => net,
            None => sum(
                [rows.iter().map(|row| row.net).sum(), delivery.net, checkout.net],
                "moneyfinal_net",
            )?,
        };
        let vat = match wire.moneyfinal_vat.0 {
            Some(vat) => vat,
            None => sum(
                [rows.iter().map(|row| row.vat).sum(), delivery.vat, checkout.vat],
                "moneyfinal_vat",
            )?,
        };
        let round_off = wire.moneytotal_gross_roundoff.0.unwrap_or_default();
        let gross = match wire.moneytotal_gross_all.0 {
            Some(gross) => gross,
            None => sum([net, vat, round_off], "moneytotal_gross_all")?,
        };
        let (delivery_gross, checkout_gross) = (delivery.gross, checkout.gross);
        Ok(Self { net, vat, round_off, gross, delivery_gross, checkout_gross })
    }
}

/// A charge beside the rows; what is not given follows from the rest.
struct Charge {
    net: Money,
    vat: Money,
    gross: Money,
}

impl Charge {
    fn of(net: Option<Money>, vat: Option<Money>, gross: Option<Money>) -> Self {
        let vat = vat.unwrap_or_else(|| match (net, gross) {
            (Some(net), Some(gross)) => gross - net,
            _ => Money::ZERO,
        });
        let net = net.unwrap_or_else(|| gross.map_or(Money::ZERO, |gross| gross - vat));
        Self { net, vat, gross: gross.unwrap_or(net + vat) }
    }
}
