//! Reading products (facts/sitoo 4.1).

use serde_json::{Value, json};

use super::{
    super::{SITE, masters::Product, money::pounds, state::State},
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
    pub(super) fn products(&self) -> Answer {
        let skus = self.query.list("sku");
        let ids = self.query.numbers("productid")?;
        let with_inactive = self.query.flag("includeinactive")?;
        let modified_after = self.query.number("datelastmodified")?;
        let fields = self.query.list("fields").unwrap_or_else(|| DEFAULTS.to_vec());
        let state = lock(&self.sitoo.state);
        let page = self.query.page(state.switches.refuse_large_pages)?;
        let fits = |product: &Product| {
            (with_inactive || product.active)
                && skus.as_ref().is_none_or(|skus| skus.contains(&&*product.sku))
                && ids.as_ref().is_none_or(|ids| ids.contains(&product.id))
                && modified_after.is_none_or(|after| product.modified > after)
        };
        let found: Vec<_> = state.products.values().filter(|product| fits(product)).collect();
        let items = found.iter().skip(page.start).take(page.num).map(|product| {
            let mut item = product_json(product, &state);
            if let Value::Object(map) = &mut item {
                map.retain(|name, _| fields.contains(&name.as_str()));
            }
            item
        });
        let items: Vec<_> = items.collect();
        Ok(json!({ "totalcount": found.len(), "items": items }).to_string().into_bytes())
    }

    pub(super) fn product(&self, id: i64) -> Answer {
        let state = lock(&self.sitoo.state);
        one(state.products.get(&id).map(|product| product_json(product, &state)))
    }
}

fn product_json(product: &Product, state: &State) -> Value {
    let is_group = |group: &&super::super::masters::ProductGroup| {
        group.vat == product.vat && group.group_type == product.group_type
    };
    let vat_id = state.groups.values().find(is_group).map_or(2, |group| group.vat_id);
    let parent = product.variant_parent;
    json!({
        "productid": product.id,
        "eshopid": SITE,
        "sku": product.sku,
        "skumanufacturer": "",
        "title": product.title,
        "descriptionshort": "",
        "description": "",
        "moneyprice": pounds(product.price),
        "moneyfinalprice": pounds(product.price),
        "moneypriceorg": pounds(product.list_price),
        "moneypricein": pounds(product.price_in),
        "unitlabel": product.unit_label,
        "allowdecimals": product.allow_decimals,
        "deliveryinfo": "",
        "active": product.active,
        "activepos": product.active,
        "vatid": vat_id,
        "vatvalue": percent_json(product.vat),
        "productgrouptype": product.group_type,
        "defaultcategoryid": null,
        "categories": [],
        "manufacturerid": null,
        "stockcountenable": product.counts_stock(),
        "stockallowbackorder": true,
        "variantparentid": parent,
        "variant": variant_json(&product.attributes),
        "barcode": product.barcode,
        "barcodealiases": [],
        "customattributes": {},
        "datecreated": product.modified,
        "datemodified": product.modified,
    })
}

/// `Color: Red, Size: M` as a list of names and values.
fn variant_json(attributes: &str) -> Value {
    let pairs = attributes.split(", ").filter_map(|pair| pair.split_once(": "));
    pairs.map(|(name, value)| json!({ "name": name, "value": value })).collect()
}
