//! The fields of a product that clients write, and what is wrong with them (facts/sitoo 4.1).

use std::collections::HashSet;

use serde_json::Value;

use super::super::{
    super::{catalogue::from_wire, masters::Product, state::State},
    Refusal,
    values::{Fields, fixed, int, text, truth},
};

/// Texts that a till does not care about.
const TEXTS: [&str; 12] = [
    "skumanufacturer",
    "descriptionshort",
    "description",
    "deliveryinfo",
    "manufacturerurl",
    "custom1",
    "custom2",
    "custom3",
    "custom4",
    "custom5",
    "deliverystatus",
    "friendly",
];
/// Other values that a till does not care about.
const OTHERS: [&str; 7] = [
    "defaultcategoryid",
    "categories",
    "manufacturerid",
    "similar",
    "related",
    "accessories",
    "customattributes",
];

/// Writes the fields that were sent; others, and unknown ones, are left alone.
pub(super) fn apply(state: &State, product: &mut Product, fields: &Fields) -> Result<(), Refusal> {
    if let Some(sku) = text(fields, "sku")? {
        if !is_sku(sku) {
            return Err(Refusal::bad("Invalid value 'sku'"));
        }
        product.sku = sku.into();
    }
    if let Some(title) = text(fields, "title")? {
        product.title = title.into();
    }
    if let Some(label) = text(fields, "unitlabel")? {
        product.unit_label = label.into();
    }
    for (name, slot) in [
        ("allowdecimals", &mut product.allow_decimals),
        ("active", &mut product.active),
        ("activepos", &mut product.active_pos),
        ("stockcountenable", &mut product.stock_count),
    ] {
        if let Some(value) = truth(fields, name)? {
            *slot = value;
        }
    }
    apply_barcodes(product, fields)?;
    apply_prices(state, product, fields)?;
    for name in TEXTS {
        if let Some(value) = text(fields, name)? {
            set_extra(product, name, Value::from(value));
        }
    }
    for name in OTHERS {
        if let Some(value) = fields.get(name) {
            set_extra(product, name, value.clone());
        }
    }
    Ok(())
}

fn set_extra(product: &mut Product, name: &'static str, value: Value) {
    product.extra.retain(|(known, _)| *known != name);
    product.extra.push((name, value));
}

/// Null is refused, an empty text clears (facts/sitoo 4.1).
fn apply_barcodes(product: &mut Product, fields: &Fields) -> Result<(), Refusal> {
    if fields.get("barcode").is_some_and(Value::is_null) {
        return Err(Refusal::bad("Invalid value"));
    }
    if let Some(code) = text(fields, "barcode")? {
        product.barcode = (!code.is_empty()).then(|| code.into());
    }
    match fields.get("barcodealiases") {
        None => Ok(()),
        Some(Value::Array(codes)) => {
            let codes = codes.iter().map(|code| code.as_str().map(Box::from));
            let wrong = || Refusal::bad("Invalid value in barcodealiases (Not string)");
            product.barcode_aliases = codes.collect::<Option<_>>().ok_or_else(wrong)?;
            Ok(())
        }
        Some(_) => Err(Refusal::bad("Invalid field value 'barcodealiases' should be array.")),
    }
}

fn apply_prices(state: &State, product: &mut Product, fields: &Fields) -> Result<(), Refusal> {
    let with_vat = state.settings.prices_with_vat;
    if let Some(id) = int(fields, "vatid")? {
        let group = state.groups.get(&id).ok_or_else(|| Refusal::bad("Invalid value 'vatid'"))?;
        product.retax(id, group.vat, group.group_type, with_vat);
    }
    for (name, is_cost) in [("moneyprice", false), ("moneypriceorg", false), ("moneypricein", true)]
    {
        let Some(price) = fixed(fields, name, 2)? else { continue };
        if price < 0 {
            return Err(Refusal::bad(format!("Invalid value '{name}'")));
        }
        // The cost is always without VAT.
        let stored = if is_cost { price } else { from_wire(price, product.vat, with_vat) };
        match name {
            "moneyprice" => product.price = stored,
            "moneypriceorg" => product.list_price = stored,
            _ => product.price_in = stored,
        }
    }
    Ok(())
}

/// `A-Za-z0-9_+-/`, not blank.
fn is_sku(sku: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"_+-/".contains(&byte);
    !sku.is_empty() && sku.bytes().all(is_fine)
}

/// No SKU and no barcode twice, among these and with all others.
pub(super) fn check_unique(state: &State, products: &[Product]) -> Result<(), Refusal> {
    let own: HashSet<i64> = products.iter().map(|product| product.id).collect();
    let is_folded = state.switches.sku_ignores_case;
    let fold = |sku: &str| if is_folded { sku.to_ascii_lowercase() } else { sku.to_owned() };
    let mut skus = HashSet::new();
    let mut codes = HashSet::new();
    for product in products {
        let known = state.product_by_sku.get(&product.sku);
        let is_taken = known.is_some_and(|known| !own.contains(&known.id));
        let is_alike = is_folded
            && state
                .products
                .values()
                .any(|one| !own.contains(&one.id) && one.sku.eq_ignore_ascii_case(&product.sku));
        if is_taken || is_alike || !skus.insert(fold(&product.sku)) {
            return Err(Refusal::bad("Invalid value 'sku'"));
        }
        if !state.switches.unique_barcodes {
            continue;
        }
        // A code may stand twice on one product: as its own and as an alias.
        let mine: HashSet<&str> = product.barcodes().collect();
        for code in mine {
            let holder = state.catalogue.barcodes.get(code);
            let is_taken = holder.is_some_and(|holder| !own.contains(holder));
            if is_taken || !codes.insert(code) {
                return Err(Refusal::bad("Invalid value 'barcode'"));
            }
        }
    }
    Ok(())
}
