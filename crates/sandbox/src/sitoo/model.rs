//! A stored order (facts/sitoo 2.2 to 2.6), kept small: what all orders of a till have in common
//! is shared, and what follows from other fields is computed when it is written.

use std::{borrow::Cow, sync::Arc};

use super::{
    masters::{Product, Register, Staff},
    money::{net_of, round_div, share, times_thousandths},
};

/// `orderstateid` (facts/sitoo 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrderState {
    /// 0.
    Open,
    /// 10.
    Closed,
    /// 20.
    Cancelled,
    /// -1.
    Abandoned,
    /// A number that is not documented.
    Other(i64),
}

impl OrderState {
    /// The number on the wire.
    pub fn id(self) -> i64 {
        match self {
            Self::Open => 0,
            Self::Closed => 10,
            Self::Cancelled => 20,
            Self::Abandoned => -1,
            Self::Other(id) => id,
        }
    }

    /// From the number on the wire.
    pub fn from_id(id: i64) -> Self {
        match id {
            0 => Self::Open,
            10 => Self::Closed,
            20 => Self::Cancelled,
            -1 => Self::Abandoned,
            other => Self::Other(other),
        }
    }
}

/// `paymentstateid` (facts/sitoo 2.3): 0 none, 10 pending, 15 reserved, 20 successful,
/// 30 cancelled, 40 failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaymentState(pub i64);

impl PaymentState {
    /// Nothing was paid.
    pub const NONE: Self = Self(0);
    /// Not known yet.
    pub const PENDING: Self = Self(10);
    /// Paid.
    pub const SUCCESSFUL: Self = Self(20);
    /// Refused.
    pub const FAILED: Self = Self(40);
}

/// `ordertypeid` (facts/sitoo 2.3): 10 order, 100 booking, 110 parked receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderType(pub i64);

impl OrderType {
    /// A sale or a return.
    pub const ORDER: Self = Self(10);
    /// A reservation.
    pub const BOOKING: Self = Self(100);
    /// A parked receipt.
    pub const PARKED: Self = Self(110);
}

/// `additionaldata`: all values are strings (facts/sitoo 2.4).
pub(super) type Extras = Vec<(Cow<'static, str>, Arc<str>)>;

/// Adds a key, or replaces its value.
pub(super) fn set_extra(
    extras: &mut Extras,
    key: impl Into<Cow<'static, str>>,
    value: impl Into<Arc<str>>,
) {
    let (key, value) = (key.into(), value.into());
    match extras.iter_mut().find(|(known, _)| *known == key) {
        Some((_, old)) => *old = value,
        None => extras.push((key, value)),
    }
}

/// A stored order.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) id: i64,
    pub(super) external_id: Option<Box<str>>,
    pub(super) credit_of: Option<i64>,
    pub(super) register: Option<Arc<Register>>,
    pub(super) receipt: Option<u32>,
    pub(super) staff: Option<Arc<Staff>>,
    pub(super) warehouse: Option<i64>,
    /// Unix seconds; the moment of the transaction, also when the till was offline.
    pub(super) date: i64,
    /// Unix seconds; when the backend got it.
    pub(super) created: i64,
    pub(super) state: OrderState,
    pub(super) payment_state: PaymentState,
    pub(super) kind: OrderType,
    pub(super) reserved_until: Option<i64>,
    /// Another currency than the account's.
    pub(super) currency: Option<Box<str>>,
    /// Gross and VAT (hundredths of a percent) of a delivery charge.
    pub(super) delivery_charge: Option<(i64, i64)>,
    pub(super) roundoff: i64,
    pub(super) rows: Box<[Item]>,
    pub(super) payments: Box<[Payment]>,
    /// Text fields that are not empty: shopper, comments, references.
    pub(super) texts: Vec<(&'static str, Box<str>)>,
    pub(super) extras: Extras,
    /// The delivery that the till made when it closed the order.
    pub(super) delivery: Option<i64>,
    /// Fields that are written as given here, whatever the rest says: spoilt on purpose.
    pub(super) spoilt: Vec<(Box<str>, Box<str>)>,
}

impl Order {
    /// Sum of the rows: net and VAT.
    pub(super) fn rows_net_vat(&self) -> (i64, i64) {
        self.rows.iter().fold((0, 0), |(net, vat), row| (net + row.net, vat + row.vat()))
    }

    /// Net and VAT of the delivery charge.
    pub(super) fn delivery_net_vat(&self) -> (i64, i64) {
        let (gross, vat) = self.delivery_charge.unwrap_or((0, 0));
        let net = net_of(gross, vat);
        (net, gross - net)
    }

    /// `moneyfinal_net` and `moneyfinal_vat`.
    pub(super) fn final_net_vat(&self) -> (i64, i64) {
        let (rows, delivery) = (self.rows_net_vat(), self.delivery_net_vat());
        (rows.0 + delivery.0, rows.1 + delivery.1)
    }

    /// `moneytotal_gross_all`: the amount to pay, round-off included.
    pub(super) fn gross(&self) -> i64 {
        let (net, vat) = self.final_net_vat();
        net + vat + self.roundoff
    }

    /// `receiptid`: register key and receipt number (facts/sitoo 2.8).
    pub(super) fn receipt_id(&self) -> Option<String> {
        let register = self.register.as_ref()?;
        Some(format!("{}{}", register.key, self.receipt?))
    }

    /// A text field, empty when unset.
    pub(super) fn text(&self, name: &str) -> &str {
        self.texts.iter().find(|(key, _)| *key == name).map_or("", |(_, text)| text)
    }

    /// Whether it is a sale or a return that counts: closed, paid and of type 10.
    pub(super) fn counts(&self) -> bool {
        self.state == OrderState::Closed
            && self.payment_state == PaymentState::SUCCESSFUL
            && self.kind == OrderType::ORDER
    }
}

/// A row (facts/sitoo 2.5). Amounts are signed totals of the row.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub(super) product: Arc<Product>,
    /// What differs from the product on the day: its spelling of the SKU, its name.
    pub(super) sold_as: Option<Arc<(Box<str>, Box<str>)>>,
    pub(super) quantity: i64,
    /// Thousandths of a unit in one quantity, for fractional goods.
    pub(super) unit: Option<i64>,
    /// Before discount.
    pub(super) gross_before: i64,
    /// After discount.
    pub(super) gross: i64,
    pub(super) net: i64,
    /// Hundredths of a percent.
    pub(super) vat_rate: i64,
    pub(super) extras: Extras,
}

impl Item {
    /// VAT is what net leaves of gross.
    pub(super) fn vat(&self) -> i64 {
        self.gross - self.net
    }

    /// `decimalquantitytotal` in thousandths: quantity times unit, or times one.
    pub(super) fn total_quantity(&self) -> i64 {
        self.quantity * self.unit.unwrap_or(1000)
    }

    /// A net amount of the row per unit (per metre, say), positive even on returns.
    pub(super) fn per_unit(&self, amount: i64) -> i64 {
        super::money::per_thousandths(amount, self.total_quantity())
    }

    /// A net amount of the row per quantity.
    pub(super) fn per_quantity(&self, amount: i64) -> i64 {
        round_div(amount, self.quantity)
    }

    /// Net before discount.
    pub(super) fn net_before(&self) -> i64 {
        net_of(self.gross_before, self.vat_rate)
    }

    /// What comes back when `back` of it came back before and now `quantity` more do. Gross and
    /// net are cumulative shares, so that sale and full return are zero, to the penny, however
    /// the return is divided.
    pub(super) fn returned(&self, back: i64, quantity: i64) -> Self {
        let until = |k: i64, amount: i64| share(amount, k, self.quantity);
        let part = |amount: i64| until(back + quantity, amount) - until(back, amount);
        let net_until = |k: i64| match k {
            0 => 0,
            k if k == self.quantity => self.net,
            k => net_of(until(k, self.gross), self.vat_rate),
        };
        Self {
            quantity: -quantity,
            gross_before: -part(self.gross_before),
            gross: -part(self.gross),
            net: -(net_until(back + quantity) - net_until(back)),
            ..self.clone()
        }
    }

    /// SKU as sold.
    pub(super) fn sku(&self) -> &str {
        self.sold_as.as_ref().map_or(&self.product.sku, |sold| &sold.0)
    }

    /// Name as sold.
    pub(super) fn name(&self) -> &str {
        self.sold_as.as_ref().map_or(&self.product.title, |sold| &sold.1)
    }

    /// List price net per unit (`moneypriceorg`), "0.00" where the product has none.
    pub(super) fn list_net(&self) -> i64 {
        net_of(self.product.list_price, self.vat_rate)
    }

    /// Gross of a quantity at the product's price.
    pub(super) fn at_price(product: &Product, quantity: i64, unit: Option<i64>) -> i64 {
        times_thousandths(product.price * quantity, unit.unwrap_or(1000))
    }
}

/// A payment (facts/sitoo 2.6).
#[derive(Debug, Clone)]
pub(super) struct Payment {
    pub(super) name: Arc<str>,
    pub(super) external_id: Option<Arc<str>>,
    pub(super) amount: i64,
    /// It lies in the drawer.
    pub(super) is_cash: bool,
    pub(super) ref_type: Cow<'static, str>,
    pub(super) ref_id: Box<str>,
    pub(super) card_issuer: Cow<'static, str>,
    pub(super) extras: Extras,
}

impl Payment {
    /// Not money: the two halves of an exchange balance each other with it (facts/sitoo 2.4).
    pub(super) fn is_virtual(&self) -> bool {
        self.extras.iter().any(|(key, value)| key == "virtual-payment" && &**value == "true")
    }
}
