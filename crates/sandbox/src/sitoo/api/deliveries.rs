//! Deliveries of an order (facts/sitoo 2.7). The till delivers what it closes; others are added
//! by whoever ships. Stock does not move yet.

use super::{
    super::{
        SITE,
        model::{Order, OrderState},
        state::{Delivery, State},
    },
    Answer, Call, Refusal,
    text::{Object, envelope},
    values::{Fields, int, object, objects, required, text},
};
use crate::lock;

impl Call<'_> {
    pub(super) fn deliveries(&self, order_id: i64) -> Answer {
        let state = lock(&self.sitoo.state);
        let order = state.visible(order_id).ok_or_else(Refusal::not_found)?;
        let all = all_of(&state, order);
        let page = self.query.page(state.switches.refuse_large_pages)?;
        let items = all.iter().skip(page.start).take(page.num);
        Ok(envelope(all.len(), items, |out, delivery| write(out, order_id, delivery)))
    }

    /// Gives the bare id. An open order is closed once everything has left (facts/sitoo 8.4).
    pub(super) fn add_delivery(&self, order_id: i64) -> Answer {
        let fields = object(&self.body)?;
        let warehouse = required("warehouseid", int(&fields, "warehouseid")?)?;
        let rows = required("orderdeliveryitems", objects(&fields, "orderdeliveryitems")?)?;
        let items: Vec<(i64, i64)> = rows.into_iter().map(item).collect::<Result<_, _>>()?;
        let reference = text(&fields, "orderdeliveryref")?.unwrap_or_default().into();
        let now = self.sitoo.now();
        let mut state = lock(&self.sitoo.state);
        let order = state.visible(order_id).cloned().ok_or_else(Refusal::not_found)?;
        if !state.warehouses.contains_key(&warehouse) || !fits(&state, &order, &items) {
            return Err(Refusal::bad("Invalid value"));
        }
        let id = state.allot_delivery();
        let at = now.div_euclid(1_000_000);
        let delivery = Delivery { id, warehouse, reference, at, items };
        state.deliveries.entry(order_id).or_default().push(delivery);
        if order.state == OrderState::Open && is_delivered(&state, &order) {
            state.set_order_state(order_id, OrderState::Closed, order.payment_state, now);
        }
        Ok(id.to_string().into_bytes())
    }
}

fn item(fields: &Fields) -> Result<(i64, i64), Refusal> {
    let row = required("orderitemid", int(fields, "orderitemid")?)?;
    Ok((row, required("quantity", int(fields, "quantity")?)?))
}

/// The till's delivery of everything, and what was added.
fn all_of(state: &State, order: &Order) -> Vec<Delivery> {
    let own = order.delivery.map(|id| Delivery {
        id,
        warehouse: order.warehouse.unwrap_or(SITE),
        reference: "".into(),
        at: order.created,
        items: (0..).zip(order.rows.iter().map(|row| row.quantity)).collect(),
    });
    let added = state.deliveries.get(&order.id).into_iter().flatten();
    own.into_iter().chain(added.cloned()).collect()
}

fn delivered(state: &State, order: &Order, row: i64) -> i64 {
    let all = all_of(state, order);
    let items = all.iter().flat_map(|delivery| &delivery.items);
    items.filter(|(known, _)| *known == row).map(|(_, quantity)| quantity).sum()
}

/// Whether no row is delivered beyond its quantity.
fn fits(state: &State, order: &Order, items: &[(i64, i64)]) -> bool {
    items.iter().all(|(row, quantity)| {
        let item = usize::try_from(*row).ok().and_then(|row| order.rows.get(row));
        item.is_some_and(|item| {
            (delivered(state, order, *row) + quantity).abs() <= item.quantity.abs()
        })
    })
}

fn is_delivered(state: &State, order: &Order) -> bool {
    (0..).zip(&order.rows).all(|(row, item)| delivered(state, order, row) == item.quantity)
}

fn write(out: &mut Vec<u8>, order_id: i64, delivery: &Delivery) {
    let mut object = Object::open(out);
    object.number("orderdeliveryid", delivery.id);
    object.number("orderid", order_id);
    object.number("warehouseid", delivery.warehouse);
    object.text("orderdeliveryref", &delivery.reference);
    object.number("datedelivery", delivery.at);
    object.raw("datecancelled", "null");
    object.text("pluginname", "");
    let items = delivery.items.iter().enumerate();
    object.list("orderdeliveryitems", items, |out, (nth, (row, quantity))| {
        let mut item = Object::open(out);
        // Unique per system: a delivery has far fewer than a thousand rows.
        item.number("orderdeliveryitemid", delivery.id * 1000 + i64::try_from(nth).unwrap_or(0));
        item.number("orderdeliveryid", delivery.id);
        item.number("orderitemid", *row);
        item.number("quantity", *quantity);
        item.close();
    });
    object.close();
}
