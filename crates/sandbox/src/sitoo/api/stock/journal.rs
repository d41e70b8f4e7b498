//! `warehousetransactions`: reading the journal (facts/sitoo 3.5).

use std::sync::Arc;

use super::super::{
    super::{
        state::State,
        stock::{StockMove, StockTransaction},
    },
    Answer, Call, Refusal,
    query::{Page, Query},
    text::{Object, envelope},
};
use crate::lock;

/// What a movement has to be. Ids and dates: from is included, to is not.
struct Filter {
    warehouses: Option<Vec<i64>>,
    ids: Option<Vec<i64>>,
    from: i64,
    to: i64,
    date_from: Option<i64>,
    date_to: Option<i64>,
    kinds: Option<Vec<i64>>,
}

impl Filter {
    fn of(query: &Query, warehouse: Option<i64>) -> Result<Self, Refusal> {
        let warehouses = match warehouse {
            Some(warehouse) => Some(vec![warehouse]),
            None => query.numbers("warehouseid")?,
        };
        Ok(Self {
            warehouses,
            ids: query.numbers("warehousetransactionid")?,
            from: query.number("warehousetransactionidfrom")?.unwrap_or(i64::MIN),
            to: query.number("warehousetransactionidto")?.unwrap_or(i64::MAX),
            date_from: query.number("datecreatedfrom")?,
            date_to: query.number("datecreatedto")?,
            kinds: query.numbers("transactiontype")?,
        })
    }

    fn fits(&self, row: &StockTransaction) -> bool {
        let created = row.at.div_euclid(1_000_000);
        (self.from..self.to).contains(&row.id)
            && self.warehouses.as_ref().is_none_or(|wanted| wanted.contains(&row.warehouse))
            && self.kinds.as_ref().is_none_or(|wanted| wanted.contains(&row.kind))
            && self.date_from.is_none_or(|from| created >= from)
            && self.date_to.is_none_or(|to| created < to)
    }
}

type Found = (usize, Vec<Arc<StockTransaction>>);

fn find(state: &State, filter: &Filter, page: Page, is_descending: bool) -> Found {
    let stock = &state.stock;
    if let Some(ids) = &filter.ids {
        let mut ids = ids.clone();
        ids.sort_unstable();
        ids.dedup();
        let rows = ids.iter().filter_map(|id| stock.transaction(*id));
        return cut(rows, filter, page, is_descending);
    }
    if let Some([warehouse]) = filter.warehouses.as_deref() {
        let ids = stock.range_of(*warehouse, filter.from, filter.to);
        return cut(
            ids.iter().filter_map(|id| stock.transaction(*id)),
            filter,
            page,
            is_descending,
        );
    }
    let rows = stock.range(filter.from, filter.to);
    let is_range_only = filter.warehouses.is_none()
        && filter.kinds.is_none()
        && filter.date_from.is_none()
        && filter.date_to.is_none();
    if !is_range_only {
        return cut(rows.iter(), filter, page, is_descending);
    }
    let part = |rows: &mut dyn Iterator<Item = &Arc<StockTransaction>>| {
        rows.skip(page.start).take(page.num).map(Arc::clone).collect()
    };
    let found = if is_descending { part(&mut rows.iter().rev()) } else { part(&mut rows.iter()) };
    (rows.len(), found)
}

fn cut<'a>(
    rows: impl Iterator<Item = &'a Arc<StockTransaction>>,
    filter: &Filter,
    page: Page,
    is_descending: bool,
) -> Found {
    let mut rows: Vec<_> = rows.filter(|row| filter.fits(row)).collect();
    if is_descending {
        rows.reverse();
    }
    let total = rows.len();
    (total, rows.into_iter().skip(page.start).take(page.num).map(Arc::clone).collect())
}

impl Call<'_> {
    /// Movements of all warehouses, or of one.
    pub(in super::super) fn transactions(&self, warehouse: Option<i64>) -> Answer {
        let filter = Filter::of(&self.query, warehouse)?;
        let is_descending = self.query.is_descending("warehousetransactionid")?;
        let fields = self.query.list("fields");
        let state = lock(&self.sitoo.state);
        if warehouse.is_some_and(|id| !state.warehouses.contains_key(&id)) {
            return Err(Refusal::not_found());
        }
        let page = self.query.page(state.switches.refuse_large_pages)?;
        let (total, rows) = find(&state, &filter, page, is_descending);
        drop(state);
        Ok(envelope(total, &rows, |out, row| write(out, row, fields.as_deref())))
    }

    pub(in super::super) fn transaction(&self, warehouse: i64, id: i64) -> Answer {
        let state = lock(&self.sitoo.state);
        let row = state.stock.transaction(id).filter(|row| row.warehouse == warehouse);
        let row = row.cloned().ok_or_else(Refusal::not_found)?;
        drop(state);
        let mut out = Vec::new();
        write(&mut out, &row, None);
        Ok(out)
    }
}

fn write(out: &mut Vec<u8>, row: &StockTransaction, fields: Option<&[&str]>) {
    let mut object = Object::open(out);
    let has = |name: &str| fields.is_none_or(|fields| fields.contains(&name));
    for (name, value) in [
        ("warehousetransactionid", Some(row.id)),
        ("warehouseid", Some(row.warehouse)),
        ("datecreated", Some(row.at.div_euclid(1_000_000))),
        ("transactiontype", Some(row.kind)),
        ("orderdeliveryid", row.delivery),
        ("shipmentid", None),
    ] {
        if has(name) {
            object.number_or_null(name, value);
        }
    }
    for (name, value) in [
        ("description", Some(&*row.description)),
        ("externalid", row.external_id.as_deref()),
        ("reasoncode", row.reason.as_deref()),
    ] {
        if has(name) {
            object.text_or_null(name, value);
        }
    }
    if has("items") {
        let items = (0..).zip(&row.items);
        object.list("items", items, |out, (nth, item)| write_item(out, row.id, nth, item));
    }
    object.close();
}

fn write_item(out: &mut Vec<u8>, transaction: i64, nth: i64, item: &StockMove) {
    let mut object = Object::open(out);
    // Unique per system: a movement has at most a thousand items.
    object.number("warehouseitemlogid", transaction * 1000 + nth);
    object.number("warehouseitemid", item.item_id);
    object.number("warehousetransactionid", transaction);
    object.decimal("decimalquantity", item.change);
    object.decimal("decimaltotal", item.after);
    object.money("moneypricein", item.price_in);
    object.money("moneytotal", item.value_after);
    object.money("moneyvalue", item.value);
    object.text("sku", &item.sku);
    object.close();
}
