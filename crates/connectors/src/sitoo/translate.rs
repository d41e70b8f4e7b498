//! From Sitoo's words to ours.

use daybook_domain::{
    Quantity, Reference, Timestamp,
    class::Failure,
    till::{DeliveryChoice, OrderState, OrderType, PaymentState, TillOrder, TillPayment, TillRow},
};

use super::{
    extras::{Extras, NotANumber},
    shopper::{delivery_address, shopper},
    totals::Totals,
    wire::{WireOrder, WirePayment, WireRow},
};

/// `orderitemtype` of goods and services.
const PRODUCT: i64 = 10;

/// Seconds of the year 9999: later dates are mistakes.
const LAST_SECOND: i64 = 253_402_300_799;

/// Where a payment provider leaves its reference when `refid` is empty.
pub(super) const PAYMENT_REFERENCE: &[&str] = &[
    "adyen-pspreference",
    "adyen-tenderreference",
    "bambora-host2t-internalreference",
    "coiney-transactionref",
    "custompayment-paymentid",
    "izettle-sitooreference",
    "klarna-klarnareference",
    "klarnav2-id",
    "mobilepay-paymentid",
    "nets-sitooreference",
    "swish-paymentid",
    "verifone-lpp-reference-number",
];

/// The order in our words.
pub(super) fn order(wire: &WireOrder<'_>) -> Result<TillOrder, Failure> {
    let extras = &wire.additionaldata;
    let rows = rows(wire)?;
    let totals = Totals::of(wire, &rows)?;
    Ok(TillOrder {
        reference: Reference {
            site_id: positive(need(wire.eshopid.0, "eshopid")?, "eshopid")?,
            order_id: positive(need(wire.orderid.0, "orderid")?, "orderid")?,
        },
        external_id: wire.externalid.some(),
        order_type: order_type(need(wire.ordertypeid.0, "ordertypeid")?),
        order_state: order_state(need(wire.orderstateid.0, "orderstateid")?),
        payment_state: payment_state(need(wire.paymentstateid.0, "paymentstateid")?),
        order_date: moment(need(wire.orderdate.0, "orderdate")?)?,
        currency: wire.currencycode.owned(),
        warehouse_id: wire.warehouseid.0,
        register_id: wire.registerid.some(),
        receipt_id: extras.first(&["pos-receiptid"]),
        time_zone: extras.first(&["pos-timezone"]),
        staff: extras.first(&["pos-staff-externalid", "pos-staff-userid"]),
        store_name: extras.first(&["store-name"]),
        original_order_id: original(wire)?,
        partner_order_id: order_id(extras, "pos-refund-orderid")?
            .or(order_id(extras, "pos-refundsales-orderid")?),
        source_order_id: order_id(extras, "pos-sourceorderid")?,
        reason_code: extras.first(&["refundreasoncode-reasoncode"]),
        web_order: extras.is_true("weborder"),
        net: totals.net,
        vat: totals.vat,
        round_off: totals.round_off,
        gross: totals.gross,
        delivery_gross: totals.delivery_gross,
        checkout_gross: totals.checkout_gross,
        rows,
        payments: payments(wire)?,
        shopper: shopper(wire),
        delivery: delivery(wire)?,
    })
}

fn rows(wire: &WireOrder<'_>) -> Result<Vec<TillRow>, Failure> {
    let rows = wire.orderitems.as_ref().ok_or_else(|| drift("orderitems", "is missing"))?;
    let rows = rows.iter().enumerate();
    rows.map(|(place, row)| self::row(row, place).map_err(within("orderitems", place))).collect()
}

fn row(wire: &WireRow<'_>, place: usize) -> Result<TillRow, Failure> {
    let extras = &wire.additionaldata;
    let product = wire.orderitemtype.0.is_none_or(|kind| kind == PRODUCT);
    Ok(TillRow {
        index: wire.orderitemid.0.or(i64::try_from(place).ok()).unwrap_or_default(),
        product,
        sku: wire.sku.0.clone().into_owned(),
        name: wire.productname.owned(),
        quantity: need(quantity(wire, product), "quantity")?,
        pieces: wire.quantity.0,
        vat_rate: need(wire.vatvalue.0, "vatvalue")?,
        net: need(wire.moneyitemtotal_net.0, "moneyitemtotal_net")?,
        vat: need(wire.moneyitemtotal_vat.0, "moneyitemtotal_vat")?,
        gift_card: extras.text("giftcard-cardnumber").is_some(),
        original_index: id(extras, "pos-originalsales-orderitemid")?,
        return_warehouse_id: id(extras, "return-warehouseid")?,
        reason_code: extras.first(&["reasoncode-return"]),
    })
}

/// How the till says that goods come later (facts/sitoo 8.4).
fn delivery(wire: &WireOrder<'_>) -> Result<DeliveryChoice, Failure> {
    let extras = &wire.additionaldata;
    Ok(DeliveryChoice {
        pickup_external_id: extras.first(&["delivery-pickup-externalid"]),
        pickup_warehouse_id: id(extras, "delivery-pickup-warehouseid")?.filter(|id| *id != 0),
        carrier_product_id: extras.first(&["delivery-carrier-productid"]),
        ignore_stock: extras.is_true("delivery-ignore-stock"),
        address: delivery_address(wire),
    })
}

/// `decimalquantitytotal`, or what it is made of; a row that is no product may name none.
fn quantity(wire: &WireRow<'_>, product: bool) -> Option<Quantity> {
    if let Some(total) = wire.decimalquantitytotal.0 {
        return Some(total);
    }
    let number = match wire.quantity.0 {
        Some(number) => number,
        None if product => return None,
        None => 1,
    };
    let unit = wire.decimalunitquantity.0.unwrap_or(Quantity::from_units(1));
    let total = number.checked_mul(unit.thousandths())?;
    (total.unsigned_abs() <= 1_000_000_000_000).then(|| Quantity::from_thousandths(total))
}

fn payments(wire: &WireOrder<'_>) -> Result<Vec<TillPayment>, Failure> {
    let payments = wire.payments.iter().flatten().enumerate();
    payments
        .map(|(place, payment)| self::payment(payment).map_err(within("payments", place)))
        .collect()
}

fn payment(wire: &WirePayment<'_>) -> Result<TillPayment, Failure> {
    Ok(TillPayment {
        external_id: wire.externalid.some(),
        name: wire.name.owned(),
        amount: need(wire.moneyamount.0, "moneyamount")?,
        reference: wire.refid.some().or_else(|| wire.additionaldata.first(PAYMENT_REFERENCE)),
        virtual_payment: wire.additionaldata.is_true("virtual-payment"),
    })
}

/// Both spellings are documented, so both are read (facts/sitoo 10, question 9).
fn original(wire: &WireOrder<'_>) -> Result<Option<i64>, Failure> {
    let stated = wire.creditorderid.0.filter(|id| *id != 0);
    Ok(stated.or(order_id(&wire.additionaldata, "pos-originalsales-orderid")?))
}

fn order_type(number: i64) -> OrderType {
    match number {
        10 => OrderType::Order,
        100 => OrderType::Booking,
        110 => OrderType::Parked,
        other => OrderType::Unknown(other),
    }
}

fn order_state(number: i64) -> OrderState {
    match number {
        0 => OrderState::Open,
        10 => OrderState::Closed,
        20 => OrderState::Cancelled,
        -1 => OrderState::Abandoned,
        other => OrderState::Unknown(other),
    }
}

fn payment_state(number: i64) -> PaymentState {
    match number {
        0 => PaymentState::None,
        10 => PaymentState::Pending,
        15 => PaymentState::Reserved,
        20 => PaymentState::Successful,
        30 => PaymentState::Cancelled,
        40 => PaymentState::Failed,
        other => PaymentState::Unknown(other),
    }
}

pub(super) fn moment(seconds: i64) -> Result<Timestamp, Failure> {
    if (0..=LAST_SECOND).contains(&seconds) {
        Ok(Timestamp::from_seconds(seconds))
    } else {
        Err(drift("orderdate", "is no date"))
    }
}

pub(super) fn positive(id: i64, path: &str) -> Result<i64, Failure> {
    if id > 0 { Ok(id) } else { Err(drift(path, "is no id")) }
}

pub(super) fn need<T>(value: Option<T>, path: &str) -> Result<T, Failure> {
    value.ok_or_else(|| drift(path, "is missing"))
}

/// An order's id; none has 0.
fn order_id(extras: &Extras<'_>, key: &'static str) -> Result<Option<i64>, Failure> {
    Ok(id(extras, key)?.filter(|id| *id != 0))
}

fn id(extras: &Extras<'_>, key: &'static str) -> Result<Option<i64>, Failure> {
    extras.id(key).map_err(|NotANumber { key }| {
        drift(&format!("additionaldata.{key}"), "is not a whole number")
    })
}

/// Puts the place in its list before the path of a fault.
pub(super) fn within(list: &str, place: usize) -> impl Fn(Failure) -> Failure {
    move |fault| match fault {
        Failure::Drift { path, what } => {
            Failure::Drift { path: format!("{list}[{place}].{path}"), what }
        }
        other => other,
    }
}

pub(super) fn drift(path: &str, what: &str) -> Failure {
    Failure::Drift { path: path.to_owned(), what: what.to_owned() }
}
