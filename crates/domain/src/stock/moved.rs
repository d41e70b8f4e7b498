//! What an order took from the shelves.

use crate::{
    Quantity,
    classify::{SetAside, Standing},
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

fn counts(order: &TillOrder, standing: Standing) -> bool {
    match standing {
        Standing::ForTheLedger(_) => true,
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
