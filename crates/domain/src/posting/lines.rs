//! Order lines of the basket's rows.

use super::{
    Case,
    basket::Item,
    faults::Faults,
    parts::{self, Part},
    side::money,
};
use crate::{
    causes::Cause,
    draft::{DraftLine, LineOrigin},
    mapping::item,
    sku::{SkuFault, resolve},
    split::{self, CannotSplit, Split},
};

/// The lines of all rows that can have some; what stops the others is among the faults.
pub(super) fn of_basket(
    case: &Case<'_>,
    basket: &[Item<'_>],
    faults: &mut Faults,
) -> Vec<DraftLine> {
    let mut lines = Vec::with_capacity(basket.len() + 2);
    for item in basket {
        let code = variant_code(case, item, faults);
        let tax_rate_id = tax_rate_id(case, item, faults);
        let parts = parts::of(case, item, faults);
        let (Some(code), Some(tax_rate_id)) = (code, tax_rate_id) else { continue };
        for part in &parts {
            let Some((gross, net)) = prices(case, item, part, faults) else { continue };
            for line in split::lines(gross, net) {
                lines.push(DraftLine {
                    number: number_after(&lines),
                    variant_code: code.to_owned(),
                    quantity: line.quantity,
                    unit_gross: line.unit_gross,
                    unit_net: line.unit_net,
                    tax_rate_id,
                    stock_location_id: part.shelf.stock_location_id,
                    return_to_stock: part.shelf.return_to_stock,
                    to_come: part.to_come,
                    origin: LineOrigin::Row(item.row.index),
                });
            }
        }
    }
    lines
}

/// The number of the next line.
pub(super) fn number_after(lines: &[DraftLine]) -> i64 {
    lines.last().map_or(1, |line| line.number + 1)
}

fn variant_code<'a>(case: &Case<'a>, item: &Item<'a>, faults: &mut Faults) -> Option<&'a str> {
    let (row, known) = (item.row, case.known);
    // All gift cards stand on the one liability item, where the mapping names it.
    if row.gift_card
        && let Some(special) = known.mapping.items.get(item::GIFT_CARD)
    {
        return Some(&special.code);
    }
    if row.sku.trim().is_empty() {
        faults.add(Cause::RowTypeUnknown, item.subject(), || {
            format!("Row {} ({}) has no SKU.", row.index, row.name)
        });
        return None;
    }
    match resolve(&row.sku, known.mapping, known.variants) {
        Ok(found) => Some(found.code),
        Err(fault) => {
            sku_fault(item, &fault, faults);
            None
        }
    }
}

fn sku_fault(item: &Item<'_>, fault: &SkuFault, faults: &mut Faults) {
    let (cause, what) = match fault {
        SkuFault::Unmapped => (Cause::SkuUnmapped, "is not a variant of OrderWise".to_owned()),
        SkuFault::Ambiguous { codes } => {
            (Cause::SkuAmbiguous, format!("could be any of '{}'", codes.join("', '")))
        }
        SkuFault::NotSaleable => (Cause::SkuNotSaleable, "is not saleable in OrderWise".to_owned()),
        SkuFault::Discontinued => {
            (Cause::SkuDiscontinued, "is discontinued in OrderWise".to_owned())
        }
    };
    faults
        .add(cause, item.subject(), || format!("'{}' ({}) {what}.", item.subject(), item.row.name));
}

fn tax_rate_id(case: &Case<'_>, item: &Item<'_>, faults: &mut Faults) -> Option<i64> {
    let (row, mapping) = (item.row, case.known.mapping);
    if !row.gift_card {
        let found = mapping.vat.get(&row.vat_rate).copied();
        if found.is_none() {
            let rate = row.vat_rate.to_string();
            faults.add(Cause::VatRateUnmapped, &rate, || {
                format!("{rate} % (on '{}') has no tax rate id.", item.subject())
            });
        }
        return found;
    }
    if item.vat != 0 {
        faults.add(Cause::GiftCardWithVat, item.subject(), || {
            format!("Row {} ({}) is a gift card with {} VAT.", row.index, row.name, row.vat)
        });
    }
    let special = mapping.items.get(item::GIFT_CARD).and_then(|special| special.tax_rate_id);
    let found = special.or(mapping.vat_gift_card);
    if found.is_none() {
        faults.add(Cause::VatRateUnmapped, item::GIFT_CARD, || {
            "Gift cards have no tax rate id.".to_owned()
        });
    }
    found
}

/// Gross prices, and net prices where tax is pinned.
type Prices = (Split, Option<Split>);

fn prices(case: &Case<'_>, item: &Item<'_>, part: &Part, faults: &mut Faults) -> Option<Prices> {
    if !item.is_regular() {
        return None; // Named by the basket's own check.
    }
    match split_both(part, case.pins_tax()) {
        Ok(both) => Some(both),
        // A net below nothing is named by the basket's own check too.
        Err(CannotSplit::NegativeAmount) => None,
        Err(error) => {
            let row = item.row;
            faults.add(Cause::RowCannotBeSplit, item.subject(), || {
                format!("Row {} ({}) cannot be priced: {error}.", row.index, row.name)
            });
            None
        }
    }
}

fn split_both(part: &Part, pins_tax: bool) -> Result<Prices, CannotSplit> {
    let (quantity, gross) = part.priced().ok_or(CannotSplit::TooLarge)?;
    let gross = split::split(gross, quantity)?;
    if !pins_tax {
        return Ok((gross, None));
    }
    let net = money(part.net).ok_or(CannotSplit::TooLarge)?;
    Ok((gross, Some(split::split(net, quantity)?)))
}
