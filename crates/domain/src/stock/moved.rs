//! What an order took from the shelves.

use std::collections::BTreeMap;

use crate::{
    Quantity,
    classify::{SetAside, Standing},
    mapping::Mapping,
    supply::{self, OrderDelivery, Origin, has_rows_to_come},
    till::{OrderState, OrderType, PaymentState, TillOrder, TillRow},
};

/// A row that moved, or will move, goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The row's index in its order.
    pub row: i64,
    /// As sold.
    pub sku: String,
    /// The warehouse of Sitoo it leaves from or comes back to.
    pub warehouse_id: i64,
    /// Above zero: sold. Below: given back.
    pub quantity: Quantity,
}

/// The goods of an order, as far as they count for stock: what a booking puts aside is Sitoo's own
/// reservation, and what a web shop sold reaches OrderWise another way.
pub fn moved(order: &TillOrder, standing: Standing) -> Vec<Moved> {
    if !counts(order, standing) {
        return Vec::new();
    }
    order.rows.iter().filter(|row| has_goods(row)).filter_map(|row| goods(order, row)).collect()
}

/// The same of an order with goods to come, which leave from the place that the mapping names: what
/// was handed over leaves the shop, the rest leaves there. Until its deliveries are known a row
/// counts at **both** places: doubt lowers.
pub fn moved_from(
    order: &TillOrder,
    standing: Standing,
    deliveries: Option<&[OrderDelivery]>,
    mapping: &Mapping,
) -> Vec<Moved> {
    let here = moved(order, standing);
    if here.is_empty() || !has_rows_to_come(order) {
        return here;
    }
    let there = supply::location(order, Origin::ToCome, mapping).ok().flatten();
    let there = there.and_then(|location| warehouse_at(location, mapping));
    let Some(portions) = supply::portions(order, deliveries) else {
        let other =
            |moved: &Moved| Moved { warehouse_id: there.unwrap_or_default(), ..moved.clone() };
        let both = here.iter().filter(|moved| there.is_some_and(|id| id != moved.warehouse_id));
        let both: Vec<Moved> = both.map(other).collect();
        return here.into_iter().chain(both).collect();
    };
    let skus: BTreeMap<i64, &str> =
        here.iter().map(|moved| (moved.row, moved.sku.as_str())).collect();
    let mut all: BTreeMap<(i64, i64), Quantity> = BTreeMap::new();
    for portion in portions.iter().filter(|portion| skus.contains_key(&portion.row)) {
        let warehouse_id = match portion.origin {
            Origin::HandedOver(warehouse_id) => warehouse_id.or(order.warehouse_id),
            Origin::ToCome => there,
        };
        // What leaves from where no till is told anything matters to none.
        if let Some(warehouse_id) = warehouse_id {
            *all.entry((portion.row, warehouse_id)).or_default() += portion.quantity;
        }
    }
    all.into_iter()
        .map(|((row, warehouse_id), quantity)| Moved {
            row,
            sku: skus.get(&row).copied().unwrap_or_default().to_owned(),
            warehouse_id,
            quantity,
        })
        .collect()
}

/// The warehouse of Sitoo that is told the stock of a location: a store's own before another.
fn warehouse_at(location: i64, mapping: &Mapping) -> Option<i64> {
    let stores = mapping.stores.iter();
    let store = stores.filter(|(_, store)| store.stock_location_id == Some(location));
    let others = mapping.warehouses.iter().filter(|(_, known)| **known == location);
    store.map(|(id, _)| *id).min().or_else(|| others.map(|(id, _)| *id).min())
}

fn counts(order: &TillOrder, standing: Standing) -> bool {
    match standing {
        // Nobody knows what an unknown kind is: it may have been handed over.
        Standing::ForTheLedger(_) | Standing::SetAside(SetAside::UnknownKind) => true,
        // Paid, and handed over or to come; or handed over before it is paid. Doubt lowers.
        Standing::SetAside(SetAside::Open) => {
            order.order_type == OrderType::Order && order.payment_state == PaymentState::Successful
        }
        Standing::SetAside(SetAside::Unpaid) => order.order_state == OrderState::Closed,
        Standing::SetAside(_) => false,
    }
}

fn has_goods(row: &TillRow) -> bool {
    row.product && !row.gift_card && !row.quantity.is_zero() && !row.sku.trim().is_empty()
}

fn goods(order: &TillOrder, row: &TillRow) -> Option<Moved> {
    let back = row.return_warehouse_id.filter(|_| row.quantity.is_negative());
    Some(Moved {
        row: row.index,
        sku: row.sku.clone(),
        warehouse_id: back.or(order.warehouse_id)?,
        quantity: row.quantity,
    })
}

#[cfg(test)]
mod tests {
    use super::{Moved, moved};
    use crate::{
        Quantity,
        classify::{SetAside, Standing},
        entry::EntryKind,
        fixtures::{order, row},
        till::{OrderState, PaymentState, TillRow},
    };

    const LEDGER: Standing = Standing::ForTheLedger(EntryKind::Sale);

    #[test]
    fn goods_leave_from_the_selling_warehouse_and_come_back_where_they_are_taken() {
        let back = TillRow { return_warehouse_id: Some(9), ..row(1, "B", -2, -100) };
        let sold = row(0, "A", 1, 100);
        let card = TillRow { gift_card: true, ..row(2, "G", 1, 100) };
        let text = TillRow { product: false, ..row(3, "", 0, 100) };
        let order = order(1, vec![sold, back, card, text]);
        let home = order.warehouse_id.unwrap();
        let wanted = [
            Moved {
                row: 0,
                sku: "A".into(),
                warehouse_id: home,
                quantity: Quantity::from_units(1),
            },
            Moved { row: 1, sku: "B".into(), warehouse_id: 9, quantity: Quantity::from_units(-2) },
        ];
        assert_eq!(moved(&order, LEDGER), wanted);
    }

    #[test]
    fn what_is_paid_or_handed_over_counts_and_what_is_put_aside_does_not() {
        let mut order = order(1, vec![row(0, "A", 1, 100)]);
        for (why, state, payment, counts) in [
            (SetAside::Open, OrderState::Open, PaymentState::Successful, true),
            (SetAside::Open, OrderState::Open, PaymentState::None, false),
            (SetAside::Unpaid, OrderState::Closed, PaymentState::Pending, true),
            (SetAside::UnknownKind, OrderState::Closed, PaymentState::Unknown(99), true),
            (SetAside::Booking, OrderState::Open, PaymentState::Successful, false),
            (SetAside::Cancelled, OrderState::Cancelled, PaymentState::Successful, false),
            (SetAside::NotFromATill, OrderState::Closed, PaymentState::Successful, false),
        ] {
            (order.order_state, order.payment_state) = (state, payment);
            let found = moved(&order, Standing::SetAside(why));
            assert_eq!(!found.is_empty(), counts, "{why}");
        }
    }
}
