//! `productvariants`: a family read and replaced as a whole (facts/sitoo 4.3).

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

use serde_json::{Value, json};

use super::{
    super::{
        super::{catalogue::to_wire, masters::Product, money::pounds, state::State},
        Answer, Call, Refusal,
        values::{Fields, int, object, objects, required, text},
    },
    fields::{apply, check_unique},
    read::pairs,
    write::fresh,
};
use crate::lock;

/// Fields that each variant has to have, deprecated ones included.
const REQUIRED: [&str; 14] = [
    "productid",
    "active",
    "activepos",
    "title",
    "sku",
    "deliverystatus",
    "moneyprice",
    "moneypriceorg",
    "moneypricein",
    "moneyofferprice",
    "barcode",
    "barcodealiases",
    "friendly",
    "attributes",
];

type Groups = Vec<(String, Vec<String>)>;

impl Call<'_> {
    pub(in super::super) fn product_variants(&self, id: i64) -> Answer {
        let state = lock(&self.sitoo.state);
        let product = state.products.get(&id).ok_or_else(Refusal::not_found)?;
        let main = product.variant_parent.unwrap_or(id);
        let mut family = state.family(main);
        if family.is_empty() {
            family.push(Arc::clone(product));
        }
        let groups = match state.catalogue.groups.get(&main) {
            Some(groups) => groups.clone(),
            None => groups_of(&family),
        };
        let names: Vec<_> = groups
            .iter()
            .map(|(name, options)| json!({ "name": name, "options": options }))
            .collect();
        let variants: Vec<_> =
            family.iter().map(|one| variant_json(one, &groups, &state)).collect();
        Ok(json!({ "groups": names, "variants": variants }).to_string().into_bytes())
    }

    /// What is not sent any more is deleted; nothing happens where anything is wrong.
    pub(in super::super) fn set_product_variants(&self, main: i64) -> Answer {
        let fields = object(&self.body)?;
        let groups = groups(&fields)?;
        let rows = required("variants", objects(&fields, "variants")?)?;
        let now = self.sitoo.now();
        let mut state = lock(&self.sitoo.state);
        let parent = state.products.get(&main).cloned().ok_or_else(Refusal::not_found)?;
        if parent.variant_parent.is_some_and(|of| of != main) {
            return Err(Refusal::bad("Invalid value 'productid'"));
        }
        let members = members(&state, &parent, &groups, &rows)?;
        check_unique(&state, &members)?;
        let kept: BTreeSet<i64> = members.iter().map(|one| one.id).collect();
        if !kept.contains(&main) {
            return Err(Refusal::bad("Invalid value 'variants'"));
        }
        for old in state.family(main) {
            if !kept.contains(&old.id) {
                state.remove_product(old.id, now);
            }
        }
        for member in members {
            state.put_product(member, now);
        }
        state.catalogue.groups.insert(main, groups);
        Ok(b"true".to_vec())
    }
}

/// Groups as they follow from the members.
fn groups_of(family: &[Arc<Product>]) -> Groups {
    let mut groups: Groups = Vec::new();
    for (name, value) in family.iter().flat_map(|product| pairs(product)) {
        match groups.iter_mut().find(|(known, _)| *known == name) {
            Some((_, options)) if options.contains(&value) => {}
            Some((_, options)) => options.push(value),
            None => groups.push((name, vec![value])),
        }
    }
    groups
}

fn groups(fields: &Fields) -> Result<Groups, Refusal> {
    let rows = required("groups", objects(fields, "groups")?)?;
    let group = |row: &Fields| {
        let name = required("name", text(row, "name")?)?.to_owned();
        let options = required("options", row.get("options"))?;
        Ok((name, strings(options, "options")?))
    };
    rows.into_iter().map(group).collect()
}

fn strings(value: &Value, name: &str) -> Result<Vec<String>, Refusal> {
    let wrong = || Refusal::bad(format!("Invalid value '{name}'"));
    let values = value.as_array().ok_or_else(wrong)?.iter();
    values.map(|one| one.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
}

/// The family as it is to be.
fn members(
    state: &State,
    parent: &Product,
    groups: &Groups,
    rows: &[&Fields],
) -> Result<Vec<Product>, Refusal> {
    let mut next = state.next_product();
    let mut ids = HashSet::new();
    let mut combinations = HashSet::new();
    let mut members = Vec::with_capacity(rows.len());
    for row in rows {
        for name in REQUIRED {
            required(name, row.get(name))?;
        }
        let id = required("productid", int(row, "productid")?)?;
        let mut product = if id == 0 {
            next += 1;
            Product { id: next - 1, ..like(state, parent) }
        } else {
            let known = state.products.get(&id).ok_or_else(Refusal::not_found)?;
            if known.variant_parent.is_some_and(|of| of != parent.id) {
                return Err(Refusal::bad("Invalid value 'productid'"));
            }
            Product::clone(known)
        };
        apply(state, &mut product, row)?;
        product.variant_parent = Some(parent.id);
        product.options = options(row, groups)?;
        product.attributes = spoken(&product.options);
        if !ids.insert(product.id) || !combinations.insert(product.options.clone()) {
            return Err(Refusal::bad("Invalid value 'variants'"));
        }
        members.push(product);
    }
    Ok(members)
}

/// A new variant is taxed and counted as the main one.
fn like(state: &State, parent: &Product) -> Product {
    Product {
        vat_id: parent.vat_id,
        vat: parent.vat,
        group_type: parent.group_type,
        allow_decimals: parent.allow_decimals,
        unit_label: parent.unit_label.clone(),
        stock_count: parent.stock_count,
        ..fresh(state)
    }
}

/// One option of each group, in the groups' order.
fn options(row: &Fields, groups: &Groups) -> Result<Vec<(String, String)>, Refusal> {
    let wrong = || Refusal::bad("Invalid value 'attributes'");
    let values = strings(required("attributes", row.get("attributes"))?, "attributes")?;
    if values.len() != groups.len() {
        return Err(wrong());
    }
    let pair = |((name, options), value): (&(String, Vec<String>), String)| {
        if options.contains(&value) { Ok((name.clone(), value)) } else { Err(wrong()) }
    };
    groups.iter().zip(values).map(pair).collect()
}

/// As receipts have it: `Color: Red, Size: M`.
fn spoken(options: &[(String, String)]) -> Box<str> {
    let parts: Vec<_> = options.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    parts.join(", ").into()
}

fn variant_json(product: &Product, groups: &Groups, state: &State) -> Value {
    let with_vat = state.settings.prices_with_vat;
    let wire = |price: i64| pounds(to_wire(price, product.vat, with_vat));
    let extra = |name: &str| {
        let found = product.extra.iter().find(|(known, _)| *known == name);
        found.map_or_else(|| Value::from(""), |(_, value)| value.clone())
    };
    let pairs: BTreeMap<String, String> = pairs(product).into_iter().collect();
    let attributes = groups.iter().map(|(name, _)| pairs.get(name).map_or("", String::as_str));
    json!({
        "productid": product.id,
        "active": product.active,
        "activepos": product.active_pos,
        "title": product.title,
        "sku": product.sku,
        "deliverystatus": extra("deliverystatus"),
        "moneyprice": wire(product.price),
        "moneypriceorg": wire(product.list_price),
        "moneypricein": pounds(product.price_in),
        "moneyofferprice": "0.00",
        "barcode": product.barcode,
        "barcodealiases": product.barcode_aliases,
        "friendly": extra("friendly"),
        "attributes": attributes.collect::<Vec<_>>(),
    })
}
