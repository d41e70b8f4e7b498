//! What tests and the demo want to know, without the API in between.

use super::{
    Sitoo,
    model::{Order, OrderState, OrderType, PaymentState},
};
use crate::lock;

/// Sums over orders that are closed, paid and of type 10, visible or not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct TillTotals {
    /// Number of orders.
    pub count: u64,
    /// How many of them are returns (negative, or nothing but returned rows).
    pub returns: u64,
    /// Sum of `moneytotal_gross_all`, pence: what was to be paid, round-off included.
    pub gross_pence: i64,
    /// Sum of `moneyfinal_vat`.
    pub vat_pence: i64,
    /// Sum of `moneytotal_gross_roundoff`.
    pub roundoff_pence: i64,
    /// Sum of the payments that are money (virtual ones left out).
    pub paid_pence: i64,
}

/// An order in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderView {
    /// `orderid`.
    pub orderid: i64,
    /// Unix seconds.
    pub orderdate: i64,
    /// State.
    pub state: OrderState,
    /// Payment state.
    pub payment_state: PaymentState,
    /// Type.
    pub order_type: OrderType,
    /// Whether clients can see it.
    pub is_visible: bool,
    /// `moneytotal_gross_all`, pence.
    pub gross_pence: i64,
    /// `moneyfinal_net`.
    pub net_pence: i64,
    /// `moneyfinal_vat`.
    pub vat_pence: i64,
    /// `moneytotal_gross_roundoff`.
    pub roundoff_pence: i64,
    /// Rows: SKU as sold, thousandths sold, gross, net (pence), VAT rate (1/100 %).
    pub rows: Vec<RowView>,
    /// The sale that a return names.
    pub original: Option<i64>,
    /// Whether every row is negative.
    pub is_return: bool,
    /// `receiptid`.
    pub receipt_id: Option<String>,
    /// `registerid`.
    pub register_id: Option<String>,
    /// `storeid` of its register's store.
    pub store_id: Option<i64>,
    /// `warehouseid`.
    pub warehouse_id: Option<i64>,
}

/// A row in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowView {
    /// SKU as sold.
    pub sku: String,
    /// Pieces, negative on returns.
    pub quantity: i64,
    /// Thousandths of a unit, negative on returns.
    pub total_thousandths: i64,
    /// Gross pence.
    pub gross_pence: i64,
    /// Net pence.
    pub net_pence: i64,
    /// Hundredths of a percent.
    pub vat_rate: i64,
}

impl Sitoo {
    /// The sums of the tills.
    pub fn till_totals(&self) -> TillTotals {
        let state = lock(&self.state);
        let mut totals = TillTotals::default();
        for order in state.orders.iter().chain(state.hidden.values()) {
            if order.counts() {
                totals.add(order);
            }
        }
        totals
    }

    /// At most so many orders after this id, in the order of their ids, visible or not.
    pub fn orders_after(&self, orderid: i64, most: usize) -> Vec<OrderView> {
        let state = lock(&self.state);
        let range = state.range(orderid.saturating_add(1), i64::MAX);
        let mut views: Vec<_> = state
            .orders
            .get(range)
            .unwrap_or_default()
            .iter()
            .take(most)
            .map(|order| view(order, true))
            .collect();
        let hidden = state.hidden.iter().filter(|((_, id), _)| *id > orderid);
        views.extend(hidden.map(|(_, order)| view(order, false)));
        views.sort_by_key(|view| view.orderid);
        views.truncate(most);
        views
    }

    /// All orders in the order of their ids, a thousand at a time so that clients can go on.
    pub fn orders(&self) -> impl Iterator<Item = OrderView> {
        let mut last = i64::MIN;
        let mut page = Vec::new().into_iter();
        std::iter::from_fn(move || {
            if page.len() == 0 {
                page = self.orders_after(last, 1000).into_iter();
            }
            page.next().inspect(|view: &OrderView| last = view.orderid)
        })
    }

    /// One order in short, visible or not.
    pub fn order(&self, orderid: i64) -> Option<OrderView> {
        let state = lock(&self.state);
        let is_visible = state.visible(orderid).is_some();
        state.any(orderid).map(|order| view(order, is_visible))
    }

    /// How many orders clients can see.
    pub fn order_count(&self) -> usize {
        lock(&self.state).orders.len()
    }

    /// The highest order id that was given out.
    pub fn last_orderid(&self) -> i64 {
        lock(&self.state).next_order - 1
    }

    /// Makes room for so many more orders, before a benchmark.
    pub fn reserve(&self, orders: usize) {
        let mut state = lock(&self.state);
        state.orders.reserve(orders);
        state.by_receipt.reserve(orders);
    }
}

impl TillTotals {
    fn add(&mut self, order: &Order) {
        self.count += 1;
        self.returns += u64::from(is_return(order));
        self.gross_pence += order.gross();
        self.vat_pence += order.final_net_vat().1;
        self.roundoff_pence += order.roundoff;
        let money = order.payments.iter().filter(|payment| !payment.is_virtual());
        self.paid_pence += money.map(|payment| payment.amount).sum::<i64>();
    }
}

fn is_return(order: &Order) -> bool {
    !order.rows.is_empty() && order.rows.iter().all(|row| row.quantity < 0)
}

fn view(order: &Order, is_visible: bool) -> OrderView {
    let (net_pence, vat_pence) = order.final_net_vat();
    let named = order.extras.iter().find(|(key, _)| key == "pos-originalsales-orderid");
    OrderView {
        orderid: order.id,
        orderdate: order.date,
        state: order.state,
        payment_state: order.payment_state,
        order_type: order.kind,
        is_visible,
        gross_pence: order.gross(),
        net_pence,
        vat_pence,
        roundoff_pence: order.roundoff,
        rows: order.rows.iter().map(row_view).collect(),
        original: order.credit_of.or_else(|| named.and_then(|(_, id)| id.parse().ok())),
        is_return: is_return(order),
        receipt_id: order.receipt_id(),
        register_id: order.register.as_ref().map(|register| register.id.clone()),
        store_id: order.register.as_ref().and_then(|one| one.store.as_ref()).map(|one| one.id),
        warehouse_id: order.warehouse,
    }
}

fn row_view(row: &super::model::Item) -> RowView {
    RowView {
        sku: row.sku().to_owned(),
        quantity: row.quantity,
        total_thousandths: row.total_quantity(),
        gross_pence: row.gross,
        net_pence: row.net,
        vat_rate: row.vat_rate,
    }
}
