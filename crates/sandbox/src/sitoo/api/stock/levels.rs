//! `warehouseitems`: reading levels, and setting what may be set (facts/sitoo 3.2).

use serde_json::Value;

use super::super::{
    super::{
        state::State,
        stock::{LeftOut, StockLevel, VIRTUAL, Wanted},
    },
    Answer, Call, Refusal,
    batch::Alone,
    text::{Object, envelope},
    values::{Fields, fixed, required, text},
};
use crate::lock;

impl Call<'_> {
    pub(in super::super) fn warehouse_items(&self, warehouse: i64) -> Answer {
        let skus = self.query.list("sku");
        let mut wanted = Wanted {
            skus: skus.map(|skus| skus.into_iter().map(str::to_owned).collect()),
            from: self.query.number("datelastmodifiedfrom")?,
            to: self.query.number("datelastmodifiedto")?,
            newest_first: false,
        };
        let fields = self.query.list("fields");
        let mut state = lock(&self.sitoo.state);
        if !state.warehouses.contains_key(&warehouse) {
            return Err(Refusal::not_found());
        }
        wanted.newest_first = state.switches.newest_first;
        let page = self.query.page(state.switches.refuse_large_pages)?;
        let (mut total, mut levels) =
            state.stock.levels.page(warehouse, &wanted, page.start, page.num);
        match state.stock.left_out.pop_front() {
            Some(LeftOut::All) => (total, levels) = (0, Vec::new()),
            Some(LeftOut::ButTheFirst) => levels.truncate(1),
            None => {}
        }
        // Somebody in a stock room does not wait for our pages.
        if let Some((warehouse, sku, change)) = state.stock.between_pages.pop_front() {
            let now = self.sitoo.now();
            let moved = state.adjust(warehouse, &sku, change, now);
            moved.map_err(|error| Refusal::bad(error.to_string()))?;
        }
        drop(state);
        Ok(envelope(total, &levels, |out, level| write(out, level, fields.as_deref())))
    }

    /// Sets bin and threshold; the level only of a virtual warehouse. Gives item ids.
    pub(in super::super) fn set_warehouse_items(&self, warehouse: i64) -> Answer {
        let batch = self.batch(Alone::Enveloped, true)?;
        let now = self.sitoo.now();
        let mut state = lock(&self.sitoo.state);
        let Some(kind) = state.warehouses.get(&warehouse).map(|one| one.warehouse_type) else {
            return Err(Refusal::not_found());
        };
        let is_virtual = kind == VIRTUAL;
        self.each(&batch, |fields| set(&mut state, warehouse, is_virtual, fields, now))
    }
}

fn set(
    state: &mut State,
    warehouse: i64,
    is_virtual: bool,
    fields: &Fields,
    now: i64,
) -> Result<Value, Refusal> {
    let sku = state.stocked_sku(required("sku", text(fields, "sku")?)?)?;
    let bin = text(fields, "binlocation")?;
    let threshold = fixed(fields, "decimalthreshold", 3)?;
    let total = fixed(fields, "decimaltotal", 3)?;
    let value = fixed(fields, "moneytotal", 2)?;
    if !is_virtual && (total.is_some() || value.is_some()) {
        let field = if total.is_some() { "decimaltotal" } else { "moneytotal" };
        return Err(Refusal::bad(format!("Invalid value '{field}'")));
    }
    if let Some(total) = total {
        state.set_absolute(warehouse, sku, total, now);
    }
    let levels = &mut state.stock.levels;
    if let Some(value) = value {
        levels.set_value(warehouse, sku, value);
    }
    let item = levels.change_rare(warehouse, sku, |rare| {
        if let Some(bin) = bin {
            rare.bin = bin.into();
        }
        rare.threshold = threshold.unwrap_or(rare.threshold);
    });
    Ok(item.into())
}

fn write(out: &mut Vec<u8>, level: &StockLevel, fields: Option<&[&str]>) {
    let mut object = Object::open(out);
    let has = |name: &str| fields.is_none_or(|fields| fields.contains(&name));
    for (name, value) in [("warehouseitemid", level.item_id), ("warehouseid", level.warehouse)] {
        if has(name) {
            object.number(name, value);
        }
    }
    for (name, value) in [("sku", &*level.sku), ("binlocation", &*level.bin)] {
        if has(name) {
            object.text(name, value);
        }
    }
    for (name, value) in [
        ("decimalthreshold", level.threshold),
        ("decimaltotal", level.total),
        ("decimalreserved", level.reserved),
        ("decimalavailable", level.available()),
    ] {
        if has(name) {
            object.decimal(name, value);
        }
    }
    if has("moneytotal") {
        object.money("moneytotal", level.value);
    }
    if has("datelastmodified") {
        object.number("datelastmodified", level.modified);
    }
    if has("datelaststocktaking") {
        object.number_or_null("datelaststocktaking", level.counted);
    }
    object.close();
}

impl State {
    /// The number of a SKU that has stock.
    pub(super) fn stocked_sku(&mut self, sku: &str) -> Result<u32, Refusal> {
        let known = self.product_by_sku.get(sku);
        if known.is_some_and(|product| product.counts_stock()) {
            return Ok(self.stock.levels.number(sku));
        }
        Err(Refusal::bad("Invalid value 'sku'"))
    }
}
