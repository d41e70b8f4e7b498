//! Price lists and their items (facts/sitoo 4.4). List 1 is the products' own price.

use serde_json::{Value, json};

use super::super::{
    super::{
        catalogue::{DEFAULT_LIST, ListPrice, PriceList, from_wire, to_wire},
        masters::Product,
        money::pounds,
        state::State,
    },
    Answer, Call, Refusal,
    batch::Alone,
    masters::{one, page},
    values::{Fields, fixed, object, objects, required, text, truth},
};
use crate::lock;

/// At most so many lists.
const MOST_LISTS: usize = 100;

impl Call<'_> {
    pub(in super::super) fn price_lists(&self) -> Answer {
        let state = lock(&self.sitoo.state);
        let lists = state.catalogue.lists.iter();
        let items = lists.map(|(id, list)| list_json(*id, list, &state)).collect();
        page(&self.query, items, state.switches.refuse_large_pages)
    }

    pub(in super::super) fn price_list(&self, id: i64) -> Answer {
        let state = lock(&self.sitoo.state);
        one(state.catalogue.lists.get(&id).map(|list| list_json(id, list, &state)))
    }

    /// Gives the bare id.
    pub(in super::super) fn add_price_list(&self) -> Answer {
        let fields = object(&self.body)?;
        required("pricelistname", text(&fields, "pricelistname")?)?;
        let mut list = PriceList::default();
        apply(&mut list, &fields)?;
        let mut state = lock(&self.sitoo.state);
        let lists = &mut state.catalogue.lists;
        if lists.len() >= MOST_LISTS {
            return Err(Refusal::bad("Too many price lists"));
        }
        let id = lists.last_key_value().map_or(DEFAULT_LIST, |(id, _)| id + 1);
        lists.insert(id, list);
        Ok(id.to_string().into_bytes())
    }

    pub(in super::super) fn update_price_list(&self, id: i64) -> Answer {
        let fields = object(&self.body)?;
        let mut state = lock(&self.sitoo.state);
        let list = state.catalogue.lists.get_mut(&id).ok_or_else(Refusal::not_found)?;
        let mut changed = list.clone();
        apply(&mut changed, &fields)?;
        *list = changed;
        Ok(b"true".to_vec())
    }

    /// In the order of the products' ids.
    pub(in super::super) fn price_items(&self, id: i64) -> Answer {
        let state = lock(&self.sitoo.state);
        let list = state.catalogue.lists.get(&id).ok_or_else(Refusal::not_found)?;
        let page = self.query.page(state.switches.refuse_large_pages)?;
        let with_vat = state.settings.prices_with_vat;
        let (total, items): (usize, Vec<Value>) = if id == DEFAULT_LIST {
            let part = state.products.values().skip(page.start).take(page.num);
            let items = part.map(|product| {
                let price = to_wire(product.price, product.vat, with_vat);
                let item = list.items.get(&product.id);
                item_json(product, price, item.map(|item| item.volumes.as_slice()))
            });
            (state.products.len(), items.collect())
        } else {
            let part = list.items.iter().skip(page.start).take(page.num);
            let items = part.filter_map(|(id, item)| {
                let product = state.products.get(id)?;
                Some(item_json(product, item.price, Some(&item.volumes)))
            });
            (list.items.len(), items.collect())
        };
        Ok(json!({ "totalcount": total, "items": items }).to_string().into_bytes())
    }

    /// By SKU: new or changed.
    pub(in super::super) fn set_price_items(&self, id: i64) -> Answer {
        let batch = self.batch(Alone::Enveloped, true)?;
        let now = self.sitoo.now();
        let mut state = lock(&self.sitoo.state);
        if !state.catalogue.lists.contains_key(&id) {
            return Err(Refusal::not_found());
        }
        if batch.len() > state.switches.largest_batch {
            return Err(Refusal::bad("Too many elements"));
        }
        self.each(&batch, |fields| set_item(&mut state, id, fields, now))
    }

    /// By SKU. The default list always has a price.
    pub(in super::super) fn delete_price_items(&self, id: i64) -> Answer {
        let batch = self.batch(Alone::Enveloped, true)?;
        let mut state = lock(&self.sitoo.state);
        if !state.catalogue.lists.contains_key(&id) {
            return Err(Refusal::not_found());
        }
        if id == DEFAULT_LIST {
            return Err(Refusal::bad("Invalid value"));
        }
        self.each(&batch, |fields| {
            let product = product_of(&state, fields)?.id;
            let list = state.catalogue.lists.get_mut(&id);
            let item = list.and_then(|list| list.items.remove(&product));
            item.map(|_| Value::Bool(true)).ok_or_else(Refusal::not_found)
        })
    }
}

fn product_of<'a>(state: &'a State, fields: &Fields) -> Result<&'a Product, Refusal> {
    let sku = required("sku", text(fields, "sku")?)?;
    let product = state.product_by_sku.get(sku);
    product.map(|product| &**product).ok_or_else(|| Refusal::bad("Invalid value 'sku'"))
}

fn set_item(state: &mut State, id: i64, fields: &Fields, now: i64) -> Result<Value, Refusal> {
    let mut product = product_of(state, fields)?.clone();
    let price = required("moneyprice", fixed(fields, "moneyprice", 2)?)?;
    if price < 0 {
        return Err(Refusal::bad("Invalid value 'moneyprice'"));
    }
    let volumes = objects(fields, "moneypricevolume")?;
    for volume in volumes.iter().flatten() {
        required("levelstart", volume.get("levelstart"))?;
        required("moneyprice", fixed(volume, "moneyprice", 2)?)?;
    }
    let list = state.catalogue.lists.get_mut(&id).ok_or_else(Refusal::not_found)?;
    if id != DEFAULT_LIST || volumes.is_some() {
        let item: &mut ListPrice = list.items.entry(product.id).or_default();
        item.price = price;
        if let Some(volumes) = volumes {
            item.volumes = volumes.into_iter().cloned().map(Value::Object).collect();
        }
    }
    if id == DEFAULT_LIST {
        product.price = from_wire(price, product.vat, state.settings.prices_with_vat);
        state.put_product(product, now);
    }
    Ok(Value::Bool(true))
}

fn apply(list: &mut PriceList, fields: &Fields) -> Result<(), Refusal> {
    for (name, slot) in [
        ("pricelistname", &mut list.name),
        ("pricelistdescription", &mut list.description),
        ("externalid", &mut list.external_id),
    ] {
        if let Some(value) = text(fields, name)? {
            value.clone_into(slot);
        }
    }
    if let Some(active) = truth(fields, "active")? {
        list.active = active;
    }
    if let Some(currency) = text(fields, "currencycode")? {
        list.currency = Some(currency.to_owned());
    }
    if let Some(tags) = fields.get("tags") {
        let wrong = || Refusal::bad("Invalid field value 'tags' should be array.");
        let tags = tags.as_array().ok_or_else(wrong)?.iter();
        let tags = tags.map(|tag| tag.as_str().map(str::to_owned).ok_or_else(wrong));
        list.tags = tags.collect::<Result<_, _>>()?;
    }
    Ok(())
}

fn list_json(id: i64, list: &PriceList, state: &State) -> Value {
    json!({
        "pricelistid": id,
        "pricelistname": list.name,
        "pricelistdescription": list.description,
        "active": list.active,
        "externalid": list.external_id,
        "currencycode": list.currency.as_ref().unwrap_or(&state.settings.currency),
        "tags": list.tags,
    })
}

fn item_json(product: &Product, price: i64, volumes: Option<&[Value]>) -> Value {
    json!({
        "productid": product.id,
        "sku": product.sku,
        "moneyprice": pounds(price),
        "moneypricevolume": volumes.unwrap_or_default(),
    })
}
