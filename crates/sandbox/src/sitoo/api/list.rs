//! `GET /orders` (facts/sitoo 2.1): filters, order, page.

use std::sync::Arc;

use super::{
    super::{SITE, model::Order, state::State},
    Answer, Call, Refusal,
    order_json::{Common, FieldSet, write_fields},
    query::{Page, Query},
    text::{Object, envelope},
};
use crate::lock;

/// What an order has to be. Ids and dates: from is included, to is not.
struct Filter {
    eshops: Option<Vec<i64>>,
    ids: Option<Vec<i64>>,
    externals: Option<Vec<String>>,
    receipt: Option<String>,
    credit: Option<i64>,
    id_from: i64,
    id_to: i64,
    date_from: Option<i64>,
    date_to: Option<i64>,
    states: Option<Vec<i64>>,
    payment_states: Option<Vec<i64>>,
    types: Option<Vec<i64>>,
    warehouses: Option<Vec<i64>>,
    email: Option<String>,
}

impl Filter {
    fn of(query: &Query) -> Result<Self, Refusal> {
        let (receipt, credit) = (query.get("receiptid"), query.number("creditorderid")?);
        let overrides_ids = receipt.is_some() || credit.is_some();
        let externals = query.list("externalid");
        Ok(Self {
            eshops: query.numbers("eshopid")?,
            ids: query.numbers("orderid")?.filter(|_| !overrides_ids),
            externals: externals.map(|list| list.into_iter().map(str::to_owned).collect()),
            receipt: receipt.map(str::to_owned),
            credit,
            id_from: query.number("orderidfrom")?.unwrap_or(i64::MIN),
            id_to: query.number("orderidto")?.unwrap_or(i64::MAX),
            date_from: query.number("orderdatefrom")?,
            date_to: query.number("orderdateto")?,
            states: query.numbers("orderstate")?,
            payment_states: query.numbers("paymentstate")?,
            types: query.numbers("ordertype")?,
            warehouses: query.numbers("warehouseid")?,
            email: query.get("email").map(str::to_owned),
        })
    }

    /// The ids that can match, where an index knows them.
    fn candidates(&self, state: &State) -> Option<Vec<i64>> {
        let mut ids = if let Some(receipt) = &self.receipt {
            state.find_receipt(receipt).into_iter().collect()
        } else if let Some(credit) = self.credit {
            state.by_credit.get(&credit).cloned().unwrap_or_default()
        } else if let Some(ids) = &self.ids {
            ids.clone()
        } else if let Some(externals) = &self.externals {
            externals
                .iter()
                .filter_map(|one| state.by_external.get(one.as_str()))
                .copied()
                .collect()
        } else if self.states.as_ref().is_some_and(|states| !states.contains(&10)) {
            state.unclosed.range(self.id_from..).copied().collect()
        } else {
            return None;
        };
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| (self.id_from..self.id_to).contains(id));
        Some(ids)
    }

    /// Whether more than a range of ids is asked for.
    fn is_range_only(&self) -> bool {
        self.eshops.is_none()
            && self.date_from.is_none()
            && self.date_to.is_none()
            && self.states.is_none()
            && self.payment_states.is_none()
            && self.types.is_none()
            && self.warehouses.is_none()
            && self.email.is_none()
    }

    fn fits(&self, order: &Order) -> bool {
        let is_in = |wanted: &Option<Vec<i64>>, value: i64| {
            wanted.as_ref().is_none_or(|wanted| wanted.contains(&value))
        };
        is_in(&self.eshops, SITE)
            && is_in(&self.states, order.state.id())
            && is_in(&self.payment_states, order.payment_state.0)
            && is_in(&self.types, order.kind.0)
            && (self.warehouses.is_none()
                || order.warehouse.is_some_and(|id| is_in(&self.warehouses, id)))
            && self.date_from.is_none_or(|from| order.date >= from)
            && self.date_to.is_none_or(|to| order.date < to)
            && self.credit.is_none_or(|credit| order.credit_of == Some(credit))
            && self.email.as_ref().is_none_or(|email| order.text("email") == email)
            && self.externals.as_ref().is_none_or(|externals| {
                order.external_id.as_ref().is_some_and(|id| externals.iter().any(|e| **e == **id))
            })
    }
}

/// How many orders match, and those of the page.
struct Found {
    total: usize,
    page: Vec<Arc<Order>>,
}

fn find(state: &State, filter: &Filter, page: Page, is_descending: bool) -> Found {
    if let Some(ids) = filter.candidates(state) {
        let orders = ids.iter().filter_map(|id| state.visible(*id));
        return cut(orders.filter(|order| filter.fits(order)), page, is_descending);
    }
    let range = state.range(filter.id_from, filter.id_to);
    let orders = state.orders.get(range).unwrap_or_default();
    if !filter.is_range_only() {
        return cut(orders.iter().filter(|order| filter.fits(order)), page, is_descending);
    }
    let part = |orders: &mut dyn Iterator<Item = &Arc<Order>>| {
        orders.skip(page.start).take(page.num).map(Arc::clone).collect()
    };
    let page =
        if is_descending { part(&mut orders.iter().rev()) } else { part(&mut orders.iter()) };
    Found { total: orders.len(), page }
}

fn cut<'a>(orders: impl Iterator<Item = &'a Arc<Order>>, page: Page, is_descending: bool) -> Found {
    let mut orders: Vec<_> = orders.collect();
    if is_descending {
        orders.reverse();
    }
    let total = orders.len();
    let page = orders.into_iter().skip(page.start).take(page.num).map(Arc::clone).collect();
    Found { total, page }
}

impl Call<'_> {
    pub(super) fn list_orders(&self) -> Answer {
        let filter = Filter::of(&self.query)?;
        let is_descending = self.query.is_descending("orderid")?;
        let fields = FieldSet::of_list(self.query.list("fields"));
        let mut state = lock(&self.sitoo.state);
        let page = self.query.page(state.switches.refuse_large_pages)?;
        let found = find(&state, &filter, page, is_descending);
        let currency = state.settings.sold_in().to_owned();
        // Somebody at a till does not wait for our pages.
        if let Some(sale) = state.between_pages.pop_front() {
            let now = self.sitoo.now();
            state.sell(sale, now).map_err(|error| Refusal::bad(error.to_string()))?;
        }
        drop(state);
        let common = Common { currency: &currency };
        Ok(envelope(found.total, &found.page, |out, order| {
            let mut object = Object::open(out);
            write_fields(&mut object, order, &fields, &common);
            object.close();
        }))
    }

    /// One order with all fields and its log.
    pub(super) fn order(&self, id: i64) -> Answer {
        let state = lock(&self.sitoo.state);
        let order = state.visible(id).cloned().ok_or_else(Refusal::not_found)?;
        let log = state.logs.get(&id).cloned().unwrap_or_default();
        let currency = state.settings.sold_in().to_owned();
        drop(state);
        let mut out = Vec::with_capacity(4096);
        let mut object = Object::open(&mut out);
        write_fields(&mut object, &order, &FieldSet::all(), &Common { currency: &currency });
        super::order_json::write_log(object.key("orderlogitems"), &order, &log);
        object.close();
        Ok(out)
    }
}
