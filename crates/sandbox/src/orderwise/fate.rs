//! What happened to orders, with the index that its readers need.

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
};

use rust_decimal::Decimal;

use super::uk_time;

/// A delivery's id is no order's.
const FIRST_DELIVERY_ID: i64 = 770_001;

/// What goes into one delivery. Without lines: all that is left of the order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parcel {
    /// Line number (from 1) and quantity.
    pub lines: Vec<(usize, Decimal)>,
    /// The courier's name, free text.
    pub courier: Option<String>,
    /// The courier's number for it.
    pub consignment: Option<String>,
    /// Where the shopper follows it.
    pub tracking_url: Option<String>,
}

/// A delivery that left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// `deliveryId`.
    pub id: i64,
    /// When it left (unix microseconds).
    pub at: i64,
    /// What it holds.
    pub parcel: Parcel,
}

/// Why nothing was despatched or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotDespatched {
    /// There is no order with this id.
    NoSuchOrder,
    /// There is no delivery with this id.
    NoSuchDelivery,
    /// There is no line with this number.
    NoSuchLine,
    /// The order is on hold.
    OnHold,
    /// The order is cancelled.
    Cancelled,
    /// More would leave than was ordered, or nothing is left.
    TooMuch,
}

impl fmt::Display for NotDespatched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSuchOrder => "there is no such order",
            Self::NoSuchDelivery => "there is no such delivery",
            Self::NoSuchLine => "there is no such line",
            Self::OnHold => "the order is on hold",
            Self::Cancelled => "the order is cancelled",
            Self::TooMuch => "so much is not left",
        })
    }
}

/// What happened to an order after it was stored.
#[derive(Default)]
pub(super) struct Fate {
    pub(super) deliveries: Vec<Delivery>,
    /// UK wall clock of the order's last amendment; a delivery is none.
    pub(super) amended: Option<i64>,
    pub(super) is_on_hold: bool,
    pub(super) is_cancelled: bool,
    /// Its place in the index by time.
    moved: Option<i64>,
}

impl Fate {
    /// How much of a line left.
    pub(super) fn sent(&self, number: usize) -> Decimal {
        let lines = self.deliveries.iter().flat_map(|delivery| &delivery.parcel.lines);
        lines.filter(|(other, _)| *other == number).map(|(_, quantity)| *quantity).sum()
    }
}

/// Fates of the few orders that have one, by order id.
#[derive(Default)]
pub(super) struct Fates {
    by_order: HashMap<i64, Fate>,
    pub(super) order_of: HashMap<i64, i64>,
    /// UK wall clock of the last amendment or delivery.
    by_moved: BTreeSet<(i64, i64)>,
    deliveries: i64,
}

impl Fates {
    pub(super) fn of(&self, order_id: i64) -> Option<&Fate> {
        self.by_order.get(&order_id)
    }

    /// Ids of orders that were amended or despatched at or after a wall clock time.
    pub(super) fn since(&self, wall: i64) -> impl Iterator<Item = i64> {
        self.by_moved.range((wall, 0)..).map(|&(_, order_id)| order_id)
    }

    fn change<T>(&mut self, order_id: i64, wall: i64, change: impl FnOnce(&mut Fate) -> T) -> T {
        let fate = self.by_order.entry(order_id).or_default();
        let result = change(fate);
        if let Some(before) = fate.moved.replace(wall) {
            self.by_moved.remove(&(before, order_id));
        }
        self.by_moved.insert((wall, order_id));
        result
    }

    pub(super) fn amend<T>(
        &mut self,
        order_id: i64,
        wall: i64,
        change: impl FnOnce(&mut Fate) -> T,
    ) -> T {
        self.change(order_id, wall, |fate| {
            fate.amended = Some(wall);
            change(fate)
        })
    }

    pub(super) fn add(&mut self, order_id: i64, now: i64, parcel: Parcel) -> i64 {
        let id = FIRST_DELIVERY_ID + self.deliveries;
        self.deliveries += 1;
        self.order_of.insert(id, order_id);
        let delivery = Delivery { id, at: now, parcel };
        self.change(order_id, uk_time::wall(now), |fate| fate.deliveries.push(delivery));
        id
    }
}
