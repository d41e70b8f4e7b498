//! From an order of the till to a body whose shape is known beforehand.

use std::{collections::HashMap, fmt::Write};

use daybook_sandbox::retailer::Retailer;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Ready;
use crate::{Fault, sandbox::SEED};

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    items: Vec<Order<'a>>,
}

/// What a body needs of an order.
#[derive(Deserialize)]
pub(super) struct Order<'a> {
    pub(super) orderid: i64,
    eshopid: i64,
    orderdate: i64,
    warehouseid: i64,
    #[serde(borrow)]
    orderitems: Vec<Row<'a>>,
    #[serde(borrow)]
    payments: Vec<Payment<'a>>,
}

#[derive(Deserialize)]
struct Row<'a> {
    sku: &'a str,
    #[serde(borrow)]
    vatvalue: &'a RawValue,
    #[serde(borrow)]
    moneyitemtotal_net: &'a RawValue,
    #[serde(borrow)]
    moneyitemtotal_vat: &'a RawValue,
}

#[derive(Deserialize)]
struct Payment<'a> {
    externalid: &'a str,
    #[serde(borrow)]
    moneyamount: &'a RawValue,
}

/// The orders of a page.
pub(super) fn read(page: &[u8]) -> Result<Vec<Order<'_>>, Fault> {
    Ok(serde_json::from_slice::<Page<'_>>(page)?.items)
}

/// What is the same for all orders: the mapping, as this client has it built in.
pub(super) struct Shapes {
    /// Session and the beginning of the body, by store.
    stores: HashMap<i64, (i64, String, i64, i64)>,
    methods: HashMap<String, i64>,
    rates: HashMap<i64, i64>,
}

impl Shapes {
    pub(super) fn new() -> Self {
        let retailer = Retailer::made_up(SEED);
        let stores = retailer.stores.iter().map(|store| {
            let account = store.customer_account.clone();
            let places = (store.delivery_method_id, store.stock_location_id);
            (store.warehouse_id, (store.session_id, account, places.0, places.1))
        });
        let methods = retailer.tenders.iter();
        Self {
            stores: stores.collect(),
            methods: methods
                .map(|tender| (tender.external_id.clone(), tender.payment_method_id))
                .collect(),
            rates: retailer.rates.iter().map(|rate| (rate.percent, rate.tax_rate_id)).collect(),
        }
    }

    pub(super) fn ready(&self, order: &Order<'_>) -> Result<Ready, Fault> {
        let store = self.stores.get(&order.warehouseid).ok_or("a store that nobody knows")?;
        let (session, account, delivery, location) = store;
        let reference = format!("S{}-{}", order.eshopid, order.orderid);
        let date = jiff::Timestamp::from_second(order.orderdate)?.strftime("%Y-%m-%dT%H:%M:%S");
        let mut lines = String::new();
        let mut gross = 0;
        for (place, row) in order.orderitems.iter().enumerate() {
            let each = pence(row.moneyitemtotal_net)? + pence(row.moneyitemtotal_vat)?;
            gross += each;
            let rate = bare(row.vatvalue).split('.').next().unwrap_or_default().parse()?;
            write!(
                lines,
                r#"{}{{"itemNumber":{},"variantCode":"{}","quantity":1,"itemGross":{},"stockLocationId":{location},"taxRateId":{}}}"#,
                if place > 0 { "," } else { "" },
                place + 1,
                row.sku,
                pounds(each),
                self.rates.get(&rate).ok_or("a rate that nobody knows")?,
            )?;
        }
        let mut payments = String::new();
        for (place, payment) in order.payments.iter().enumerate() {
            write!(
                payments,
                r#"{}{{"paymentMethodId":{},"amount":{},"reference":""}}"#,
                if place > 0 { "," } else { "" },
                self.methods.get(payment.externalid).ok_or("a tender that nobody knows")?,
                bare(payment.moneyamount),
            )?;
        }
        let gross = pounds(gross);
        let body = format!(
            r#"{{"customer":{{"accountNumber":"{account}"}},"orderHeader":{{"systemOrderType":1,"orderDate":"{date}","eCommerceOrderNumber":"{reference}","customerOrderReference":"{reference}","specialInstructions":"","deliveryMethodId":{delivery},"orderGross":{gross},"deliveryGross":0}},"orderLines":[{lines}],"payments":[{payments}]}}"#
        );
        Ok(Ready { reference, seconds: order.orderdate, session: *session, body })
    }
}

/// Amounts come as texts or as numbers.
fn bare(number: &RawValue) -> &str {
    number.get().trim_matches('"')
}

/// `12.5` and `12.50` are 1250.
fn pence(number: &RawValue) -> Result<i64, Fault> {
    let text = bare(number);
    let (pounds, pence) = text.split_once('.').unwrap_or((text, ""));
    Ok(format!("{pounds}{pence:0<2}").parse()?)
}

fn pounds(pence: i64) -> String {
    format!("{}.{:02}", pence / 100, pence % 100)
}
