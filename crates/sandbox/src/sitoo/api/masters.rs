//! Sites, warehouses, stores, registers, settings, groups, reason codes (facts/sitoo 3.1, 4.2,
//! 4.5, 5). Few rows, so they are built as trees.

use serde_json::{Value, json};

use super::{
    super::{
        SITE, SITE_GUID,
        masters::{ProductGroup, ReasonCode, Register, Store, Warehouse},
        money::percent,
    },
    Answer, Call, Refusal,
    query::Query,
};
use crate::lock;

/// A page of a list, with only the fields that were asked for.
pub(super) fn page(query: &Query, mut items: Vec<Value>, refuse_large: bool) -> Answer {
    let part = query.page(refuse_large)?;
    let total = items.len();
    items = items.into_iter().skip(part.start).take(part.num).collect();
    if let Some(fields) = query.list("fields") {
        for item in &mut items {
            if let Value::Object(map) = item {
                map.retain(|name, _| fields.contains(&name.as_str()));
            }
        }
    }
    Ok(json!({ "totalcount": total, "items": items }).to_string().into_bytes())
}

pub(super) fn one(item: Option<Value>) -> Answer {
    item.map(|item| item.to_string().into_bytes()).ok_or_else(Refusal::not_found)
}

impl Call<'_> {
    pub(super) fn sites(&self) -> Answer {
        let name = lock(&self.sitoo.state).settings.name.clone();
        let site = json!({ "siteid": SITE_GUID, "eshopid": SITE, "name": name });
        page(&self.query, vec![site], false)
    }

    pub(super) fn warehouses(&self) -> Answer {
        let state = lock(&self.sitoo.state);
        let currency = &state.settings.currency;
        let items = state.warehouses.values().map(|one| warehouse_json(one, currency)).collect();
        page(&self.query, items, state.switches.refuse_large_pages)
    }

    pub(super) fn warehouse(&self, id: i64) -> Answer {
        let state = lock(&self.sitoo.state);
        let found = state.warehouses.get(&id);
        one(found.map(|one| warehouse_json(one, &state.settings.currency)))
    }

    pub(super) fn stores(&self) -> Answer {
        let state = lock(&self.sitoo.state);
        let items = state.stores.values().map(|store| store_json(store)).collect();
        page(&self.query, items, state.switches.refuse_large_pages)
    }

    pub(super) fn store(&self, id: i64) -> Answer {
        one(lock(&self.sitoo.state).stores.get(&id).map(|store| store_json(store)))
    }

    pub(super) fn cash_registers(&self) -> Answer {
        let with_all = self.query.flag("includenotregistered")?;
        let state = lock(&self.sitoo.state);
        let registers = state.registers.iter().filter(|one| with_all || one.is_registered);
        let currency = &state.settings.currency;
        let items = registers.map(|one| register_json(one, currency)).collect();
        page(&self.query, items, state.switches.refuse_large_pages)
    }

    pub(super) fn settings(&self) -> Vec<u8> {
        let state = lock(&self.sitoo.state);
        let settings = &state.settings;
        let body = json!({
            "eshopid": SITE,
            "eshopname": settings.name,
            "eshoptype": 10,
            "doroundoff": settings.round_off,
            "warehouseid": settings.warehouse_id,
            "numdaysreserved": settings.days_reserved,
            "currencycode": settings.currency,
            "currency_rates": [],
            "timezone": settings.time_zone,
            "pricesstoredwithvat": settings.prices_with_vat,
            "cart_item_price_display_mode": "unit",
            "copy_discounts_to_exchange_sale": false,
        });
        body.to_string().into_bytes()
    }

    pub(super) fn product_groups(&self) -> Answer {
        let state = lock(&self.sitoo.state);
        let items = state.groups.values().map(group_json).collect();
        page(&self.query, items, state.switches.refuse_large_pages)
    }

    pub(super) fn reason_codes(&self) -> Answer {
        let state = lock(&self.sitoo.state);
        let items = state.reasons.values().map(reason_json).collect();
        page(&self.query, items, state.switches.refuse_large_pages)
    }
}

fn warehouse_json(warehouse: &Warehouse, currency: &str) -> Value {
    json!({
        "warehouseid": warehouse.id,
        "warehousetype": warehouse.warehouse_type,
        "usetype": warehouse.use_type,
        "storeid": warehouse.store_id,
        "sellable": warehouse.sellable,
        "currencycode": currency,
        "name": warehouse.name,
        "address": "",
        "address2": "",
        "zip": "",
        "city": "",
        "state": "",
        "countryid": null,
        "externalid": warehouse.external_id,
    })
}

fn store_json(store: &Store) -> Value {
    json!({
        "storeid": store.id,
        "eshopid": SITE,
        "storetype": store.store_type,
        "name": store.name,
        "externalid": store.external_id,
        "externalgroupid": store.external_group_id,
        "phone": store.phone,
        "email": "",
        "address": store.address,
        "address2": "",
        "zip": store.zip,
        "city": store.city,
        "state": "",
        "countryid": "GB",
        "latitude": null,
        "longitude": null,
        "nearby_stores": [],
        "tags": [],
    })
}

fn register_json(register: &Register, currency: &str) -> Value {
    json!({
        "registerid": register.id,
        "manufacturerid": register.key,
        "registerkey": register.key,
        "company": "",
        "companyid": "",
        "address": "",
        "countryid": "GB",
        "currencycode": currency,
        "receiptlanguagetag": "en-GB",
        "storesettingid": null,
        "warehouseid": register.warehouse_id,
        "salestaxgroupid": null,
    })
}

/// A percentage as a JSON number.
pub(super) fn percent_json(vat: i64) -> Value {
    serde_json::from_str(&percent(vat)).unwrap_or_default()
}

fn group_json(group: &ProductGroup) -> Value {
    json!({
        "vatid": group.vat_id,
        "value": percent_json(group.vat),
        "productgrouptype": group.group_type,
        "productgroupname": group.name,
        "comment": group.comment,
    })
}

fn reason_json(reason: &ReasonCode) -> Value {
    json!({
        "reasoncodeid": reason.id,
        "type": reason.kind,
        "reasoncode": reason.code,
        "name": reason.name,
    })
}
