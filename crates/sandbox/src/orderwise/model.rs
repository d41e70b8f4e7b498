//! What a company holds. Money is in whole pence.

use std::{collections::BTreeMap, sync::Arc};

use rust_decimal::Decimal;

/// An e-commerce session: a till or shop channel (facts/orderwise 2.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id, `session_id` in the call.
    pub id: i64,
    /// What it does with a repeated order number.
    pub policy: super::DuplicatePolicy,
}

/// A tax rate: the id is for JSON, the code for people and XML (facts/orderwise 5.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxRate {
    /// `taxRateId`.
    pub id: i64,
    /// `T1`, `T0` …
    pub code: String,
    /// Percent.
    pub percent: Decimal,
}

/// A sellable variant (facts/orderwise 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// `variantId`.
    pub id: i64,
    /// Variant code.
    pub sku: Arc<str>,
    /// Code of its product.
    pub product_code: String,
    /// Description.
    pub description: String,
    /// Barcode.
    pub ean: Option<String>,
    /// Retail price without VAT.
    pub price_exc_vat: Decimal,
    /// Retail price with VAT.
    pub price_inc_vat: Decimal,
    /// Tax rate.
    pub tax_rate_id: i64,
    /// "Sale variant" is ticked.
    pub saleable: bool,
    /// Whether it belongs on tills; null means yes.
    pub on_tills: Option<bool>,
    /// Discontinued, that is: not active.
    pub discontinued: bool,
    /// A kit.
    pub kit: bool,
    /// Columns that this site added to its `variants` export, such as a colour, by name.
    pub more: BTreeMap<String, String>,
}

impl Variant {
    /// An ordinary variant without a barcode, at no price. Change what matters.
    pub fn new(id: i64, sku: &str, tax_rate_id: i64) -> Self {
        Self {
            id,
            sku: Arc::from(sku),
            product_code: sku.to_owned(),
            description: sku.to_owned(),
            ean: None,
            price_exc_vat: Decimal::ZERO,
            price_inc_vat: Decimal::ZERO,
            tax_rate_id,
            saleable: true,
            on_tills: None,
            discontinued: false,
            kit: false,
            more: BTreeMap::new(),
        }
    }

    /// Whether it can be ordered: "exists and is active" (facts/orderwise 5.1, inferred).
    pub fn can_be_ordered(&self) -> bool {
        self.saleable && !self.discontinued
    }
}

/// Stock of a variant at a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockLevel {
    /// Stock location.
    pub location: i64,
    /// What can be sold, the truth; decimal, and negative when oversold (facts/orderwise 4).
    pub free: Decimal,
    /// What could be sold when it was last calculated: all that anybody is shown.
    pub figure: Decimal,
    /// Held back; an analysis column of the customer's.
    pub buffer: Option<Decimal>,
}

/// A calculation of a variant's free stock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Calculated {
    /// When it really was (unix microseconds).
    pub at: i64,
    /// What `lastCalculated` says (UK wall clock, microseconds).
    pub wall: i64,
    /// Of the documents, in the order in which they were stored, so many are inside the figure.
    pub documents: usize,
}

/// A figure as an export gave it, with the truth about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Variant code.
    pub sku: Arc<str>,
    /// Stock location.
    pub location: i64,
    /// The figure.
    pub figure: Decimal,
    /// What is inside it.
    pub calculated: Calculated,
}

/// A customer account, its main fields (facts/orderwise 7).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Customer {
    /// Its id.
    pub id: i64,
    /// Account number.
    pub account_number: String,
    /// Name on statements.
    pub statement_name: String,
    /// Address lines 1 to 3.
    pub statement_address: [String; 3],
    /// Town.
    pub statement_town: String,
    /// County.
    pub statement_county: String,
    /// Postcode.
    pub statement_postcode: String,
    /// ISO2.
    pub statement_country_code: String,
    /// E-mail.
    pub statement_email: String,
    /// Telephone.
    pub statement_telephone: String,
    /// False is a cash customer.
    pub account_customer: bool,
    /// Nothing may be ordered on it.
    pub on_hold: bool,
    /// It owes more, or for longer, than it may.
    pub over_credit_terms: bool,
    /// Default delivery method.
    pub default_delivery_method_id: Option<i64>,
    /// Default stock location.
    pub default_stock_location_id: Option<i64>,
    /// UK wall clock, microseconds.
    pub last_amended: i64,
}

/// `systemOrderType` 1.
pub const ORDER: u8 = 1;
/// `systemOrderType` 4.
pub const CREDIT: u8 = 4;

/// A stored sales order or credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// `orderId`, OrderWise's internal id.
    pub order_id: i64,
    /// `systemOrderType`.
    pub order_type: u8,
    /// Session, 0 for none.
    pub session: i64,
    /// `eCommerceOrderNumber`.
    pub number: Box<str>,
    /// `customerOrderReference` where it differs from the number.
    pub other_reference: Option<Box<str>>,
    /// `originalReference` of a credit.
    pub original: Option<Box<str>>,
    /// Customer id.
    pub customer: i64,
    /// Order date as sent (wall clock, microseconds).
    pub order_date: i64,
    /// When it was stored (unix microseconds).
    pub stored_at: i64,
    /// From when on exports show it (unix microseconds).
    pub visible_from: i64,
    /// Delivery charge, part of gross.
    pub delivery: i64,
    /// Net total.
    pub net: i64,
    /// Tax total.
    pub tax: i64,
    /// Gross total.
    pub gross: i64,
    /// Lines.
    pub lines: Box<[Line]>,
    /// Payments.
    pub payments: Box<[Payment]>,
    /// Status text.
    pub status: Arc<str>,
    /// The request's body, where the switch keeps it.
    pub body: Option<Box<str>>,
}

impl Document {
    /// `SO-…` of a number that is not the id, as in real data.
    pub fn order_number(&self) -> String {
        format!("SO-{}", self.order_id - super::ID_AHEAD_OF_NUMBER)
    }

    /// The reference that exports show.
    pub fn reference(&self) -> &str {
        self.other_reference.as_deref().unwrap_or(&self.number)
    }

    /// Whether it is a credit.
    pub fn is_credit(&self) -> bool {
        self.order_type == CREDIT
    }
}

/// A line of a document. Amounts are totals of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Variant code.
    pub sku: Arc<str>,
    /// Quantity.
    pub quantity: Decimal,
    /// Net.
    pub net: i64,
    /// Tax.
    pub tax: i64,
    /// Gross.
    pub gross: i64,
    /// Tax rate id.
    pub tax_rate_id: i64,
    /// Stock location.
    pub location: i64,
    /// Whether a credit put the goods back.
    pub return_to_stock: bool,
}

/// A payment of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Payment method.
    pub method: i64,
    /// Amount.
    pub amount: i64,
    /// Provider's reference.
    pub reference: Box<str>,
}

/// Sums over a company's documents of types 1 and 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Totals {
    /// Number of orders.
    pub orders: u64,
    /// Gross of the orders.
    pub orders_gross: i64,
    /// Tax of the orders.
    pub orders_tax: i64,
    /// Number of credits.
    pub credits: u64,
    /// Gross of the credits, positive.
    pub credits_gross: i64,
    /// Tax of the credits, positive.
    pub credits_tax: i64,
}
