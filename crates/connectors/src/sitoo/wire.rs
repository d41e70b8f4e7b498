//! Sitoo's words for orders, warehouses, stores and settings (facts/sitoo 2.2 to 2.6, 3.1, 5.1,
//! 5.4). Unknown fields are ignored; `MAPPING.md` tells what becomes of each known one.

use daybook_domain::{Money, Quantity, VatRate, class::Failure, till::TillOrder};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    number::Num,
    text::{Text, loose},
};

use super::{extras::Extras, translate};

/// What a list request asks for: the default fields of a list leave out what a ledger needs
/// (facts/sitoo 2.1). `personalid` is never asked for: no one here needs it.
pub const FIELDS: &str = "orderid,eshopid,externalid,creditorderid,orderdate,orderstateid,\
paymentstateid,ordertypeid,currencycode,warehouseid,registerid,userid_staff,datereserved,\
checkouttypename,deliverytypename,email,namefirst,namelast,company,phone,invoice_address,\
invoice_address2,invoice_zip,invoice_city,invoice_state,invoice_countryid,delivery_address,\
delivery_address2,delivery_zip,delivery_city,delivery_state,delivery_countryid,moneytotal_net,\
moneytotal_vat,moneycheckout_net,moneycheckout_vat,moneytotal_gross_checkout,moneydelivery_net,\
moneydelivery_vat,moneytotal_gross_delivery,moneyfinal_net,moneyfinal_vat,moneyfinal_salestax,\
moneytotal_gross_roundoff,moneytotal_gross_all,additionaldata,orderitems,payments";

/// A list with its elements unread, so that one bad element spoils nothing but itself.
#[derive(Debug, Deserialize)]
pub(super) struct List<'a> {
    #[serde(default)]
    pub(super) totalcount: Num<i64>,
    #[serde(borrow)]
    pub(super) items: Vec<&'a RawValue>,
}

/// As much of an order as is needed to say which one it is.
#[derive(Debug, Deserialize)]
pub(super) struct WireOrderId {
    pub(super) orderid: Num<i64>,
}

/// An order (facts/sitoo 2.2).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WireOrder<'a> {
    pub(super) orderid: Num<i64>,
    pub(super) eshopid: Num<i64>,
    #[serde(borrow)]
    pub(super) externalid: Text<'a>,
    pub(super) creditorderid: Num<i64>,
    pub(super) orderdate: Num<i64>,
    pub(super) orderstateid: Num<i64>,
    pub(super) paymentstateid: Num<i64>,
    pub(super) ordertypeid: Num<i64>,
    pub(super) currencycode: Text<'a>,
    pub(super) warehouseid: Num<i64>,
    pub(super) registerid: Text<'a>,
    pub(super) moneycheckout_net: Num<Money>,
    pub(super) moneycheckout_vat: Num<Money>,
    pub(super) moneytotal_gross_checkout: Num<Money>,
    pub(super) moneydelivery_net: Num<Money>,
    pub(super) moneydelivery_vat: Num<Money>,
    pub(super) moneytotal_gross_delivery: Num<Money>,
    pub(super) moneyfinal_net: Num<Money>,
    pub(super) moneyfinal_vat: Num<Money>,
    pub(super) moneytotal_gross_roundoff: Num<Money>,
    pub(super) moneytotal_gross_all: Num<Money>,
    pub(super) additionaldata: Extras<'a>,
    pub(super) orderitems: Option<Vec<WireRow<'a>>>,
    pub(super) payments: Option<Vec<WirePayment<'a>>>,
    // The shopper: incomplete or odd data never stops a sale.
    #[serde(deserialize_with = "loose")]
    pub(super) email: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) namefirst: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) namelast: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) company: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) phone: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) delivery_address: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) delivery_address2: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) delivery_zip: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) delivery_city: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) delivery_state: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) delivery_countryid: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) invoice_address: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) invoice_address2: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) invoice_zip: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) invoice_city: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) invoice_state: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) invoice_countryid: Text<'a>,
}

/// A row (facts/sitoo 2.5).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WireRow<'a> {
    pub(super) orderitemid: Num<i64>,
    pub(super) orderitemtype: Num<i64>,
    #[serde(borrow)]
    pub(super) sku: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) productname: Text<'a>,
    pub(super) quantity: Num<i64>,
    pub(super) decimalunitquantity: Num<Quantity>,
    pub(super) decimalquantitytotal: Num<Quantity>,
    pub(super) vatvalue: Num<VatRate>,
    pub(super) moneyitemtotal_net: Num<Money>,
    pub(super) moneyitemtotal_vat: Num<Money>,
    pub(super) additionaldata: Extras<'a>,
}

/// A tender (facts/sitoo 2.6).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WirePayment<'a> {
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    pub(super) moneyamount: Num<Money>,
    pub(super) externalid: Text<'a>,
    #[serde(deserialize_with = "loose")]
    pub(super) refid: Text<'a>,
    pub(super) additionaldata: Extras<'a>,
}

/// A warehouse (facts/sitoo 3.1).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WireWarehouse<'a> {
    pub(super) warehouseid: Num<i64>,
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    pub(super) storeid: Num<i64>,
    pub(super) warehousetype: Num<i64>,
}

/// A store (facts/sitoo 5.1).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WireStore<'a> {
    pub(super) storeid: Num<i64>,
    #[serde(borrow)]
    pub(super) name: Text<'a>,
    pub(super) externalid: Text<'a>,
}

/// A site's settings (facts/sitoo 5.4).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WireSettings<'a> {
    #[serde(borrow)]
    pub(super) eshopname: Text<'a>,
    pub(super) currencycode: Text<'a>,
    pub(super) timezone: Text<'a>,
    pub(super) pricesstoredwithvat: Option<bool>,
    pub(super) doroundoff: Option<bool>,
}

/// Reads one order as Sitoo writes it.
pub fn parse_order(payload: &str) -> Result<TillOrder, Failure> {
    translate::order(&read::<WireOrder<'_>>(payload)?)
}

/// Reads `json`; what does not fit is found again slowly, to tell where.
pub(super) fn read<'de, T: Deserialize<'de>>(json: &'de str) -> Result<T, Failure> {
    serde_json::from_str(json).map_err(|error| crate::call::drift::<T>(json, &error))
}
