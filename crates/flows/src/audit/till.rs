//! What is read of Sitoo.

use std::time::Duration;

use daybook_connectors::sitoo::{OrdersPage, OrdersQuery, ProductsQuery};
use daybook_domain::{
    audit::{Level, Piece, Register, Site, Store, Usage, Warehouse},
    exchange::Called,
};

use super::{
    Run,
    parts::Part,
    read::{Page, Read},
};

/// Rows a page (facts/sitoo 1.5).
const PAGE: usize = 1_000;

impl Run<'_> {
    pub(super) async fn till_page(&self, part: &Part, from: i64) -> Read<Page> {
        let sitoo = &self.sides.sitoo;
        let site = sitoo.site();
        let start = usize::try_from(from).unwrap_or(0);
        match part {
            Part::Site => only(sitoo.settings(site).await, |site| {
                Piece::Site(Site {
                    currency: site.currency,
                    time_zone: site.time_zone,
                    prices_with_vat: site.prices_with_vat,
                    rounds_off_cash: site.rounds_off_cash,
                })
            }),
            Part::Stores => only(sitoo.stores(site).await, |stores| {
                let stores = stores.into_iter();
                let store = stores.map(|one| Store {
                    id: one.id,
                    name: one.name,
                    external_id: one.external_id,
                });
                Piece::Stores(store.collect())
            }),
            Part::Warehouses => only(sitoo.warehouses(site).await, |warehouses| {
                let warehouses = warehouses.into_iter().map(|one| Warehouse {
                    id: one.id,
                    name: one.name,
                    store_id: one.store_id,
                    kind: one.kind.number(),
                });
                Piece::Warehouses(warehouses.collect())
            }),
            Part::Registers => only(sitoo.cash_registers(site).await, |registers| {
                let registers = registers.into_iter().map(|one| Register {
                    id: one.id,
                    key: one.key,
                    warehouse_id: one.warehouse_id,
                });
                Piece::Registers(registers.collect())
            }),
            Part::Groups => only(sitoo.product_groups().await, Piece::Groups),
            Part::Reasons => only(sitoo.reason_codes().await, Piece::Reasons),
            Part::Products => {
                let called = sitoo.products(&ProductsQuery::All, start, PAGE).await;
                page(called, |page| {
                    let read = start + page.elements;
                    let is_last = crate::mirror::is_last(&page, read);
                    let piece = Piece::Products(page.products, page.unreadable);
                    (piece, (!is_last).then_some(read))
                })
            }
            Part::Levels(warehouse) => page(sitoo.levels_page(*warehouse, start).await, |page| {
                let (found, total) = (page.levels.len(), page.total_count);
                let read = start + found;
                let is_last = found == 0 || i64::try_from(read).unwrap_or(i64::MAX) >= total;
                let levels = page.levels.into_iter().map(|one| Level {
                    sku: one.sku,
                    total: one.total,
                    reserved: one.reserved,
                });
                let piece = Piece::Levels(*warehouse, levels.collect());
                (piece, (!is_last).then_some(read))
            }),
            Part::OpenOrders => page(sitoo.open_orders(start, PAGE).await, |orders| {
                let next = (orders.len() >= PAGE).then_some(start + orders.len());
                (Piece::OpenOrders(orders), next)
            }),
            _ => self.orders(from).await,
        }
    }

    /// First the order to begin with, then page by page after it.
    async fn orders(&self, from: i64) -> Read<Page> {
        let sitoo = &self.sides.sitoo;
        if from == 0 {
            let days = u64::try_from(self.snapshot.ours.limits.days).unwrap_or(0);
            let since = self.begun.began_at.minus(Duration::from_hours(24 * days));
            let Called { outcome, exchanges } = sitoo.orders(&OrdersQuery::FirstSince(since)).await;
            let outcome = outcome.map(|page| {
                let next = page.orders.first().map(|order| order.order_id);
                Page::new(Piece::Usage(Box::default()), next)
            });
            return Called { outcome, exchanges };
        }
        let num = sitoo.page_size();
        let query = OrdersQuery::FromId { from, start: 0, num };
        let Called { outcome, exchanges } = sitoo.orders(&query).await;
        let outcome = outcome.map(|page| {
            let last = page.orders.last().map(|order| order.order_id);
            let found = page.orders.len() + page.strays.len();
            let is_full = found >= usize::try_from(num).unwrap_or(usize::MAX);
            let next = last.filter(|_| is_full).map(|last| last + 1);
            Page::new(Piece::Usage(Box::new(self.used(&page))), next)
        });
        Called { outcome, exchanges }
    }

    fn used(&self, page: &OrdersPage) -> Usage {
        let (mut usage, now) = (Usage::default(), self.app.now());
        for received in &page.orders {
            match &received.order {
                Ok(order) => usage.count(order, &self.snapshot.ours.policy, now),
                Err(failure) => {
                    usage.unreadable.insert(received.order_id, failure.to_string());
                }
            }
        }
        usage
    }
}

fn only<T>(called: Called<T>, make: impl FnOnce(T) -> Piece) -> Read<Page> {
    let Called { outcome, exchanges } = called;
    Called { outcome: outcome.map(|told| Page::only(make(told))), exchanges }
}

fn page<T>(called: Called<T>, make: impl FnOnce(T) -> (Piece, Option<usize>)) -> Read<Page> {
    let Called { outcome, exchanges } = called;
    let outcome = outcome.map(|told| {
        let (piece, next) = make(told);
        Page::new(piece, next.and_then(|next| i64::try_from(next).ok()))
    });
    Called { outcome, exchanges }
}
