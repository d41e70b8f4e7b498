//! Deliveries of an order (facts/sitoo 2.7). The till delivers what it closes; others are added
//! by whoever ships.

use super::{
    super::{
        deliveries::{NewDelivery, Undeliverable},
        state::Delivery,
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
        let all = state.deliveries_of(order);
        let page = self.query.page(state.switches.refuse_large_pages)?;
        let items = all.iter().skip(page.start).take(page.num);
        Ok(envelope(all.len(), items, |out, delivery| write(out, order_id, delivery)))
    }

    /// Gives the bare id. With `?ignorestock=true` stock stays as it is.
    pub(super) fn add_delivery(&self, order_id: i64) -> Answer {
        let fields = object(&self.body)?;
        let warehouse = required("warehouseid", int(&fields, "warehouseid")?)?;
        let rows = required("orderdeliveryitems", objects(&fields, "orderdeliveryitems")?)?;
        let items: Vec<(i64, i64)> = rows.into_iter().map(item).collect::<Result<_, _>>()?;
        let reference = text(&fields, "orderdeliveryref")?.unwrap_or_default().into();
        let ignores_stock = self.query.flag("ignorestock")?;
        let now = self.sitoo.now();
        let mut state = lock(&self.sitoo.state);
        if state.visible(order_id).is_none() {
            return Err(Refusal::not_found());
        }
        let new = NewDelivery { warehouse, reference, items, ignores_stock, by_till: false };
        let id = state.deliver(order_id, new, now).map_err(|error| match error {
            Undeliverable::UnknownOrder => Refusal::not_found(),
            _ => Refusal::bad("Invalid value"),
        })?;
        Ok(id.to_string().into_bytes())
    }
}

fn item(fields: &Fields) -> Result<(i64, i64), Refusal> {
    let row = required("orderitemid", int(fields, "orderitemid")?)?;
    Ok((row, required("quantity", int(fields, "quantity")?)?))
}

fn write(out: &mut Vec<u8>, order_id: i64, delivery: &Delivery) {
    let mut object = Object::open(out);
    object.number("orderdeliveryid", delivery.id);
    object.number("orderid", order_id);
    object.number("warehouseid", delivery.warehouse);
    object.text("orderdeliveryref", &delivery.reference);
    object.number("datedelivery", delivery.at);
    object.number_or_null("datecancelled", delivery.cancelled);
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
