//! A till transaction in our words, as Sitoo told it. Amounts keep Sitoo's signs: a return is
//! negative throughout (facts/sitoo 2.9).

use serde::{Deserialize, Serialize};

use crate::{Money, Quantity, Reference, Timestamp, VatRate};

/// One order of Sitoo: a sale, a return, or something that is not (yet) either.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TillOrder {
    /// Key in both systems.
    pub reference: Reference,
    /// `externalid`: set by whoever created the order through the API.
    pub external_id: Option<String>,
    /// `ordertypeid`.
    pub order_type: OrderType,
    /// `orderstateid`.
    pub order_state: OrderState,
    /// `paymentstateid`.
    pub payment_state: PaymentState,
    /// The moment of the transaction at the till, also when the till was offline.
    pub order_date: Timestamp,
    /// `currencycode`, ISO 4217.
    pub currency: String,
    /// `warehouseid` the goods left from or came back to; the store is known by it.
    pub warehouse_id: Option<i64>,
    /// `registerid`; none means that no till made it.
    pub register_id: Option<String>,
    /// `pos-receiptid`.
    pub receipt_id: Option<String>,
    /// `pos-timezone`, e.g. `Europe/London`.
    pub time_zone: Option<String>,
    /// `pos-staff-externalid`, else `pos-staff-userid`.
    pub staff: Option<String>,
    /// `store-name`.
    pub store_name: Option<String>,
    /// The order that this one gives back: `creditorderid`, else `pos-originalsales-orderid`.
    pub original_order_id: Option<i64>,
    /// The other half of an exchange: `pos-refund-orderid` or `pos-refundsales-orderid`.
    pub partner_order_id: Option<i64>,
    /// The booking or parked receipt it came from: `pos-sourceorderid`.
    pub source_order_id: Option<i64>,
    /// `refundreasoncode-reasoncode`.
    pub reason_code: Option<String>,
    /// Whether a web shop's integration tagged it as its own (`weborder` = `true`).
    pub web_order: bool,
    /// `moneyfinal_net`.
    pub net: Money,
    /// `moneyfinal_vat`.
    pub vat: Money,
    /// `moneytotal_gross_roundoff`: cash rounding, part of `gross`.
    pub round_off: Money,
    /// `moneytotal_gross_all`: the amount to pay.
    pub gross: Money,
    /// `moneytotal_gross_delivery`.
    pub delivery_gross: Money,
    /// `moneytotal_gross_checkout`: a fee of the way of paying.
    pub checkout_gross: Money,
    /// `orderitems`, in order.
    pub rows: Vec<TillRow>,
    /// `payments`, in order.
    pub payments: Vec<TillPayment>,
    /// Who bought, as far as the till knows.
    pub shopper: Shopper,
    /// How goods that are not handed over at the till reach the shopper.
    pub delivery: DeliveryChoice,
}

/// What the till says about goods that come later (facts/sitoo 2.4, 8.4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryChoice {
    /// `delivery-pickup-externalid`: the store that the shopper collects in.
    pub pickup_external_id: Option<String>,
    /// `delivery-pickup-warehouseid`: that store's warehouse.
    pub pickup_warehouse_id: Option<i64>,
    /// `delivery-carrier-productid`: the carrier that was chosen.
    pub carrier_product_id: Option<String>,
    /// `delivery-ignore-stock`: deliveries of the order move no stock in Sitoo.
    pub ignore_stock: bool,
    /// The delivery address alone; [`Shopper::address`] falls back to the invoice address.
    pub address: Address,
}

impl DeliveryChoice {
    /// Whether the shopper collects in a store.
    pub const fn is_pickup(&self) -> bool {
        self.pickup_external_id.is_some() || self.pickup_warehouse_id.is_some()
    }

    /// Whether the till was told where goods come from or how. An address alone says nothing: tills
    /// fill it in for every known shopper.
    pub const fn is_marked(&self) -> bool {
        self.is_pickup() || self.carrier_product_id.is_some()
    }
}

/// What kind of order it is (facts/sitoo 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderType {
    /// 10: a sale or a return.
    Order,
    /// 100: goods put aside for a customer.
    Booking,
    /// 110: a receipt parked at the till.
    Parked,
    /// A number the facts do not name.
    Unknown(i64),
}

/// How far the order is (facts/sitoo 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrderState {
    /// 0.
    Open,
    /// 10.
    Closed,
    /// 20.
    Cancelled,
    /// -1.
    Abandoned,
    /// A number the facts do not name.
    Unknown(i64),
}

/// How far its payment is (facts/sitoo 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentState {
    /// 0.
    None,
    /// 10.
    Pending,
    /// 15.
    Reserved,
    /// 20.
    Successful,
    /// 30.
    Cancelled,
    /// 40.
    Failed,
    /// A number the facts do not name.
    Unknown(i64),
}

/// One row of the basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TillRow {
    /// `orderitemid`: index within the order, from 0.
    pub index: i64,
    /// Whether `orderitemtype` is 10 (Product).
    pub product: bool,
    /// `sku` as sold, untouched.
    pub sku: String,
    /// `productname`.
    pub name: String,
    /// `decimalquantitytotal`; negative on returns.
    pub quantity: Quantity,
    /// `quantity`: pieces of `decimalunitquantity`, in which deliveries count; none where the till
    /// told only the total.
    pub pieces: Option<i64>,
    /// `vatvalue`.
    pub vat_rate: VatRate,
    /// `moneyitemtotal_net`, signed.
    pub net: Money,
    /// `moneyitemtotal_vat`, signed.
    pub vat: Money,
    /// `giftcard-cardnumber` is present: a gift card was sold (or taken back).
    pub gift_card: bool,
    /// `pos-originalsales-orderitemid`: the row of the original that is given back.
    pub original_index: Option<i64>,
    /// `return-warehouseid`: where the goods go if not to the till's own warehouse.
    pub return_warehouse_id: Option<i64>,
    /// `reasoncode-return`.
    pub reason_code: Option<String>,
}

impl TillRow {
    /// Net plus VAT, signed.
    pub fn gross(&self) -> Money {
        self.net + self.vat
    }

    /// Whether it is the discount of the product row above it (facts/sitoo 2.3): no product, no
    /// SKU, only an amount.
    pub fn is_discount(&self) -> bool {
        !self.product && self.sku.trim().is_empty()
    }
}

/// One tender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TillPayment {
    /// `externalid` of the POS payment type.
    pub external_id: Option<String>,
    /// Display name: `Card`, `Cash`, `Gift Card`, …
    pub name: String,
    /// Signed gross amount.
    pub amount: Money,
    /// `refid` or the provider's own reference.
    pub reference: Option<String>,
    /// `virtual-payment` = `true`: settles the two halves of an exchange, no money moved.
    pub virtual_payment: bool,
}

/// The shopper's data on the order. Personal: never logged, masked in the exchange record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shopper {
    /// First and last name, or company.
    pub name: String,
    /// `company`.
    pub company: String,
    /// `email`.
    pub email: String,
    /// `phone`.
    pub phone: String,
    /// Membership number of whichever CRM is connected.
    pub membership: Option<String>,
    /// Delivery address, else invoice address.
    pub address: Address,
}

impl Shopper {
    /// Whether nothing at all is known.
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }
}

/// A postal address; every part may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// First line.
    pub line1: String,
    /// Second line.
    pub line2: String,
    /// Town.
    pub town: String,
    /// County or state.
    pub county: String,
    /// Postcode.
    pub postcode: String,
    /// ISO 3166 two letters, or empty.
    pub country_code: String,
}

impl Address {
    /// Whether it names a place. A country alone does not: tills fill it in for everyone.
    pub fn is_known(&self) -> bool {
        let parts = [&self.line1, &self.line2, &self.town, &self.county, &self.postcode];
        parts.iter().any(|part| !part.trim().is_empty())
    }
}
