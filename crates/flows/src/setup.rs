//! Setting up: reads of both systems what mappings can be proposed from. Nothing is written anywhere,
//! and nothing of a shopper is kept.

use std::{collections::BTreeSet, time::Duration};

use daybook_connectors::{
    Orderwise, Sitoo,
    sitoo::{OrdersQuery, ProductsQuery},
};
use daybook_domain::{
    Timestamp,
    audit::{Register, Site, Store, Usage, Warehouse},
    exchange::Called,
    lookup::Policy,
    mapping::Mapping,
    propose::{Seen, StoreAccount},
};

use crate::reference::VALUE_LISTS;

/// Rows a page (facts/sitoo 1.5).
const PAGE: usize = 1_000;
/// Orders and products that are read at most: enough to see what the tills use.
const MOST: usize = 50_000;
/// Pages of customers that are looked through for the stores' accounts.
const CUSTOMER_PAGES: usize = 50;

/// What is read for proposals.
#[derive(Debug)]
pub struct Question<'a> {
    /// The tills.
    pub sitoo: &'a Sitoo,
    /// The ERP.
    pub orderwise: &'a Orderwise,
    /// Choices of the retailer.
    pub policy: &'a Policy,
    /// Days of orders.
    pub days: u32,
    /// This moment.
    pub now: Timestamp,
    /// What is mapped already.
    pub known: Mapping,
}

/// What was read, and what could not be.
#[derive(Debug, Default)]
pub struct Read {
    /// What was read.
    pub seen: Seen,
    /// Parts that could not be read, each with the reason.
    pub unread: Vec<String>,
}

impl Read {
    fn take<T>(&mut self, what: &str, called: Called<T>, put: impl FnOnce(&mut Seen, T)) {
        match called.outcome {
            Ok(told) => put(&mut self.seen, told),
            Err(failure) => self.unread.push(format!("{what}: {failure}")),
        }
    }
}

/// Reads both systems; `tell` hears what is read now.
pub async fn read(question: &Question<'_>, tell: &(dyn Fn(&str) + Send + Sync)) -> Read {
    let mut read = Read::default();
    read.seen.known = question.known.clone();
    tell("Sitoo: stores, warehouses, registers");
    masters(question, &mut read).await;
    tell("Sitoo: products");
    products(question, &mut read).await;
    tell("Sitoo: what the tills used");
    usage(question, &mut read).await;
    tell("OrderWise: value lists");
    for (list, name) in VALUE_LISTS {
        let called = question.orderwise.value_list(list).await;
        read.take(name, called, |seen, rows| {
            seen.lists.insert(list, rows.into_iter().collect());
        });
    }
    tell("OrderWise: customer accounts");
    accounts(question, &mut read).await;
    if question.orderwise.has_export("variants") {
        tell("OrderWise: variants");
        let called = question.orderwise.variants(None).await;
        read.take("variants", called, |seen, rows| seen.variants = rows);
    }
    if question.orderwise.has_export("order-totals") {
        tell("OrderWise: status texts");
        let since = question.now.minus(span(question));
        let called = question.orderwise.totals(since, question.now).await;
        read.take("order-totals", called, |seen, rows| {
            let texts = rows.into_iter().map(|row| row.status);
            seen.statuses = texts.collect::<BTreeSet<_>>();
        });
    }
    read
}

fn span(question: &Question<'_>) -> Duration {
    Duration::from_hours(24).saturating_mul(question.days)
}

async fn masters(question: &Question<'_>, read: &mut Read) {
    let (sitoo, site) = (question.sitoo, question.sitoo.site());
    read.take("the site", sitoo.settings(site).await, |seen, site| {
        seen.site = Some(Site {
            currency: site.currency,
            time_zone: site.time_zone,
            prices_with_vat: site.prices_with_vat,
            rounds_off_cash: site.rounds_off_cash,
        });
    });
    read.take("stores", sitoo.stores(site).await, |seen, all| {
        let store = |one: daybook_connectors::sitoo::Store| Store {
            id: one.id,
            name: one.name,
            external_id: one.external_id,
        };
        seen.stores = all.into_iter().map(store).collect();
    });
    read.take("warehouses", sitoo.warehouses(site).await, |seen, all| {
        let warehouses = all.into_iter().map(|one| Warehouse {
            id: one.id,
            name: one.name,
            store_id: one.store_id,
            kind: one.kind.number(),
        });
        seen.warehouses = warehouses.collect();
    });
    read.take("registers", sitoo.cash_registers(site).await, |seen, all| {
        let registers = all.into_iter().map(|one| Register {
            id: one.id,
            key: one.key,
            warehouse_id: one.warehouse_id,
        });
        seen.registers = registers.collect();
    });
    read.take("product groups", sitoo.product_groups().await, |seen, all| seen.groups = all);
}

async fn products(question: &Question<'_>, read: &mut Read) {
    let mut start = 0;
    while start < MOST {
        let called = question.sitoo.products(&ProductsQuery::All, start, PAGE).await;
        let mut next = None;
        read.take("products", called, |seen, page| {
            let end = start + page.elements;
            if !crate::mirror::is_last(&page, end) {
                next = Some(end);
            }
            seen.products.extend(page.products);
        });
        let Some(end) = next else { return };
        start = end;
    }
}

/// The latest days of orders, page by page.
async fn usage(question: &Question<'_>, read: &mut Read) {
    let sitoo = question.sitoo;
    let since = question.now.minus(span(question));
    let mut from = None;
    read.take("orders", sitoo.orders(&OrdersQuery::FirstSince(since)).await, |_, page| {
        from = page.orders.first().map(|order| order.order_id);
    });
    let (num, mut found) = (sitoo.page_size(), 0);
    while let Some(first) = from.take().filter(|_| found < MOST) {
        let query = OrdersQuery::FromId { from: first, start: 0, num };
        read.take("orders", sitoo.orders(&query).await, |seen, page| {
            let mut usage = Usage::default();
            for received in &page.orders {
                if let Ok(order) = &received.order {
                    usage.count(order, question.policy, question.now);
                }
            }
            seen.usage.join(usage);
            let rows = page.orders.len() + page.strays.len();
            found += rows;
            let is_full = rows >= usize::try_from(num).unwrap_or(usize::MAX);
            let last = page.orders.last().map(|order| order.order_id + 1);
            from = last.filter(|_| is_full);
        });
    }
}

/// Accounts that may be a store's; the others are forgotten at once.
async fn accounts(question: &Question<'_>, read: &mut Read) {
    let mut last = 0;
    for _ in 0..CUSTOMER_PAGES {
        let called = question.orderwise.customers_since(None, last).await;
        let mut end = None;
        read.take("customer accounts", called, |seen, page| {
            end = page.last().map(|one| one.id);
            for one in page {
                let account = StoreAccount {
                    id: one.id,
                    number: one.account_number,
                    name: one.statement_name,
                };
                if seen.stores.iter().any(|store| account.is_of(store).is_some()) {
                    seen.accounts.push(account);
                }
            }
        });
        let Some(id) = end else { return };
        last = id;
    }
    let what = format!("only the first {CUSTOMER_PAGES} pages of customers were looked through");
    read.unread.push(what);
}
