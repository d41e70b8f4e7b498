//! Prices: what a till asks beside what OrderWise has, with and without VAT understood.

use super::{
    GapKind,
    gap::Found,
    pairs::{Pair, Pairs},
};
use crate::{
    Money,
    catalogue::{PriceFault, till_price},
};

pub(super) fn look(pairs: &Pairs<'_>, found: &mut Found) {
    of_variants(pairs, found);
    let site = pairs.snapshot.site.as_ref();
    let Some(with_vat) = site.and_then(|site| site.prices_with_vat) else {
        found.unseen("prices", "the site does not say whether prices are stored with VAT");
        return;
    };
    let mut differing = Vec::new();
    let (mut alike, mut other_basis) = (0_usize, 0_usize);
    for pair in pairs.for_sale() {
        let Ok(price) = price(&pair, with_vat) else { continue };
        if pair.product.price == price {
            alike += 1;
            continue;
        }
        let is_other = self::price(&pair, !with_vat).is_ok_and(|it| it == pair.product.price);
        other_basis += usize::from(is_other);
        differing.push((pair, price, is_other));
    }
    // One price may be the other one by chance; most of them are not.
    let is_basis = other_basis > 1 && other_basis > alike;
    if is_basis {
        let (has, says) = if with_vat { ("without", "with") } else { ("with", "without") };
        let detail =
            format!("{other_basis} prices are OrderWise's {has} VAT, {alike} are those {says} VAT");
        found.add(GapKind::PricesBasisDiffers, "pricesstoredwithvat", detail);
    }
    differing.retain(|(_, _, is_other)| !(is_basis && *is_other));
    for (pair, price, _) in differing {
        differs(&pair, price, found);
    }
}

fn price(pair: &Pair<'_>, with_vat: bool) -> Result<Money, PriceFault> {
    let FullPrices { exc, inc, rate } = FullPrices::of(pair);
    till_price(exc, inc, rate, with_vat)
}

struct FullPrices {
    exc: Option<crate::catalogue::Price>,
    inc: Option<crate::catalogue::Price>,
    rate: Option<crate::VatRate>,
}

impl FullPrices {
    const fn of(pair: &Pair<'_>) -> Self {
        let variant = pair.variant;
        Self { exc: variant.price_exc_vat, inc: variant.price_inc_vat, rate: variant.tax_rate }
    }
}

fn differs(pair: &Pair<'_>, price: Money, found: &mut Found) {
    let (sku, at_till) = (&pair.product.sku, pair.product.price);
    if at_till.is_zero() {
        let detail = format!("0.00 at the tills, {price} in OrderWise");
        found.add_money(GapKind::PriceZeroOnTill, sku, detail, price);
        return;
    }
    let difference = at_till - price;
    let detail = format!("{at_till} at the tills, {price} in OrderWise");
    found.add_money(GapKind::PriceDiffers, sku, detail, difference);
}

fn of_variants(pairs: &Pairs<'_>, found: &mut Found) {
    let with_vat = pairs.snapshot.site.as_ref().and_then(|site| site.prices_with_vat);
    for variant in pairs.wanted().filter(|variant| !pairs.is_gift_card(variant)) {
        let sku = &variant.variant.sku;
        let (exc, inc, rate) = (variant.price_exc_vat, variant.price_inc_vat, variant.tax_rate);
        match till_price(exc, inc, rate, with_vat.unwrap_or(true)) {
            Err(PriceFault::Missing) => {
                found.add(GapKind::PriceMissing, sku, &variant.description);
            }
            Err(PriceFault::Fraction(what)) => found.add(GapKind::PriceFraction, sku, what),
            Ok(_) => {}
        }
        let positive = |price: Option<crate::catalogue::Price>| price.filter(|p| p.is_positive());
        if let (Some(exc), Some(inc), Some(rate)) = (positive(exc), positive(inc), rate) {
            let difference = inc.rounded() - exc.with_vat(rate);
            // Each of the two may be rounded by itself.
            if difference.pence().abs() > 1 {
                let detail = format!("{exc} without VAT and {inc} with, at {rate} %");
                found.add_money(GapKind::PriceVatContradicts, sku, detail, difference);
            }
        }
    }
}
