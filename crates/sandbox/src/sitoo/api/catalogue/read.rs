//! Reading products (facts/sitoo 4.1).

use std::{cmp::Reverse, sync::Arc};

use serde_json::{Value, json};

use super::super::{
    super::{SITE, catalogue::to_wire, masters::Product, money::pounds, state::State},
    Answer, Call,
    masters::{one, percent_json},
};
use crate::lock;

/// What a list gives when `fields` does not say.
const DEFAULTS: [&str; 12] = [
    "productid",
    "sku",
    "datemodified",
    "active",
    "activepos",
    "vatid",
    "manufacturerid",
    "stockcountenable",
    "stockallowbackorder",
    "barcode",
    "moneyprice",
    "moneyfinalprice",
];

impl Call<'_> {
    pub(in super::super) fn products(&self) -> Answer {
        let skus = self.query.list("sku");
        let ids = self.query.numbers("productid")?;
        let with_inactive = self.query.flag("includeinactive")?;
        let modified_after = self.query.number("datelastmodified")?;
        let fields = self.query.list("fields").unwrap_or_else(|| DEFAULTS.to_vec());
        let mut state = lock(&self.sitoo.state);
        let page = self.query.page(state.switches.refuse_large_pages)?;
        let mut found = candidates(&state, skus.as_deref(), ids.as_deref());
        found.retain(|product| {
            (with_inactive || product.active)
                && ids.as_ref().is_none_or(|ids| ids.contains(&product.id))
                && modified_after.is_none_or(|after| product.modified > after)
        });
        if state.switches.newest_first {
            found.sort_by_key(|product| (Reverse(product.modified), product.id));
        }
        let items = found.iter().skip(page.start).take(page.num).map(|product| {
            let mut item = product_json(product, &state);
            if let Value::Object(map) = &mut item {
                map.retain(|name, _| fields.contains(&name.as_str()));
            }
            item
        });
        let items: Vec<_> = items.collect();
        let total = found.len();
        drop(found);
        // Somebody in the back office does not wait for our pages.
        if let Some(product) = state.catalogue.between_pages.pop_front() {
            state.put_product(product, self.sitoo.now());
        }
        Ok(json!({ "totalcount": total, "items": items }).to_string().into_bytes())
    }

    pub(in super::super) fn product(&self, id: i64) -> Answer {
        let state = lock(&self.sitoo.state);
        one(state.products.get(&id).map(|product| product_json(product, &state)))
    }
}

/// What can match, in the order of the ids; an index is asked where there is one.
fn candidates<'a>(
    state: &'a State,
    skus: Option<&[&str]>,
    ids: Option<&[i64]>,
) -> Vec<&'a Arc<Product>> {
    let mut found: Vec<&Arc<Product>> = match (skus, ids) {
        (Some(skus), _) => skus.iter().filter_map(|sku| state.product_by_sku.get(*sku)).collect(),
        (None, Some(ids)) => ids.iter().filter_map(|id| state.products.get(id)).collect(),
        (None, None) => return state.products.values().collect(),
    };
    found.sort_by_key(|product| product.id);
    found.dedup_by_key(|product| product.id);
    found
}

fn product_json(product: &Product, state: &State) -> Value {
    let with_vat = state.settings.prices_with_vat;
    let wire = |price: i64| pounds(to_wire(price, product.vat, with_vat));
    let mut json = json!({
        "productid": product.id,
        "eshopid": SITE,
        "sku": product.sku,
        "skumanufacturer": "",
        "title": product.title,
        "descriptionshort": "",
        "description": "",
        "moneyprice": wire(product.price),
        "moneyfinalprice": wire(product.price),
        "moneypriceorg": wire(product.list_price),
        "moneypricein": pounds(product.price_in),
        "unitlabel": product.unit_label,
        "allowdecimals": product.allow_decimals,
        "deliveryinfo": "",
        "active": product.active,
        "activepos": product.active_pos,
        "vatid": state.group_of(product),
        "vatvalue": percent_json(product.vat),
        "productgrouptype": product.group_type,
        "defaultcategoryid": null,
        "categories": [],
        "manufacturerid": null,
        "stockcountenable": product.counts_stock(),
        "stockallowbackorder": true,
        "variantparentid": product.variant_parent,
        "variant": pairs_json(product),
        "barcode": product.barcode,
        "barcodealiases": product.barcode_aliases,
        "similar": [],
        "related": [],
        "accessories": [],
        "customattributes": {},
        "datecreated": product.created,
        "datemodified": product.modified,
    });
    if let Value::Object(map) = &mut json {
        let extra = product.extra.iter();
        map.extend(extra.map(|(name, value)| ((*name).to_owned(), value.clone())));
    }
    json
}

/// What tells a variant from others: names and values.
pub(super) fn pairs(product: &Product) -> Vec<(String, String)> {
    if !product.options.is_empty() {
        return product.options.clone();
    }
    // `Color: Red, Size: M`
    let pairs = product.attributes.split(", ").filter_map(|pair| pair.split_once(": "));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn pairs_json(product: &Product) -> Value {
    let pairs = pairs(product).into_iter();
    pairs.map(|(name, value)| json!({ "name": name, "value": value })).collect()
}
