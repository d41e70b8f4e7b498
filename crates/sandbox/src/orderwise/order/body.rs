//! The body of `POST sales/order` (facts/orderwise 2.2), keys already in lower case. Unknown
//! properties are ignored, as ASP.NET does: a misspelt one then shows as a missing one.

use serde::{Deserialize, Deserializer};

use crate::orderwise::exact::Number;

/// The whole body.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OrderBody<'a> {
    #[serde(borrow)]
    pub(super) customer: CustomerBody<'a>,
    #[serde(rename = "orderheader", borrow)]
    pub(super) header: HeaderBody<'a>,
    #[serde(rename = "orderlines", borrow, deserialize_with = "or_none")]
    pub(super) lines: Vec<LineBody<'a>>,
    /// Name and place are a guess (design, section 7).
    #[serde(borrow, deserialize_with = "or_none")]
    pub(super) payments: Vec<PaymentBody<'a>>,
}

/// `null` is an empty list, as ASP.NET reads it.
fn or_none<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    Ok(Option::<Vec<T>>::deserialize(from)?.unwrap_or_default())
}

/// `customer`: an id or an account number.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CustomerBody<'a> {
    #[serde(borrow)]
    pub(super) id: Option<Number<'a>>,
    #[serde(rename = "accountnumber")]
    pub(super) account_number: Option<String>,
}

/// `orderHeader`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct HeaderBody<'a> {
    #[serde(rename = "systemordertype", borrow)]
    pub(super) order_type: Option<Number<'a>>,
    #[serde(rename = "orderdate")]
    pub(super) order_date: Option<String>,
    #[serde(rename = "ecommerceordernumber")]
    pub(super) number: Option<String>,
    /// A guess (design, section 7).
    #[serde(rename = "customerorderreference")]
    pub(super) customer_reference: Option<String>,
    /// A guess (design, section 7): the sale of a credit.
    #[serde(rename = "originalreference")]
    pub(super) original: Option<String>,
    #[serde(rename = "deliverymethodid", borrow)]
    pub(super) delivery_method: Option<Number<'a>>,
    #[serde(rename = "ordergross", borrow)]
    pub(super) gross: Option<Number<'a>>,
    #[serde(rename = "deliverygross", borrow)]
    pub(super) delivery_gross: Option<Number<'a>>,
}

/// One of `orderLines`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LineBody<'a> {
    #[serde(rename = "variantcode")]
    pub(super) variant_code: Option<String>,
    #[serde(borrow)]
    pub(super) quantity: Option<Number<'a>>,
    #[serde(rename = "itemgross", borrow)]
    pub(super) item_gross: Option<Number<'a>>,
    /// A guess (design, section 7).
    #[serde(rename = "itemnet", borrow)]
    pub(super) item_net: Option<Number<'a>>,
    #[serde(rename = "calculatelinesystemprice")]
    pub(super) system_price: bool,
    #[serde(rename = "taxrateid", borrow)]
    pub(super) tax_rate: Option<Number<'a>>,
    #[serde(rename = "stocklocationid", borrow)]
    pub(super) location: Option<Number<'a>>,
    /// A guess (design, section 7).
    #[serde(rename = "returntostock")]
    pub(super) return_to_stock: Option<bool>,
}

/// One of `payments`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PaymentBody<'a> {
    #[serde(rename = "paymentmethodid", borrow)]
    pub(super) method: Option<Number<'a>>,
    #[serde(borrow)]
    pub(super) amount: Option<Number<'a>>,
    pub(super) reference: Option<String>,
}
