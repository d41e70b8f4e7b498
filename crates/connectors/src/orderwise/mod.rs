//! OrderWise: tokens, orders, export definitions, value lists, customers (facts/orderwise).

mod audit;
mod candidates;
mod client;
mod customers;
pub mod errors;
mod exports;
mod facts;
mod link;
mod reading;
mod row;
mod samples;
mod settings;
mod stock;
mod template;
mod token;
mod wire;

pub use client::Orderwise;
pub use customers::{Customer, NewCustomer};
pub use errors::{Refusal, recognise};
pub use reading::Reading;
pub use row::{OddRow, Rows};
pub use samples::sample_drafts;
pub use settings::{CreditSign, ExportDefinition, Exports, OrderwiseSettings};
pub use stock::StockFigure;
pub use template::{RenderedOrder, TemplateFault};

/// The body template that ships with Daybook (facts/orderwise 2.2, design section 7).
pub const ORDER_TEMPLATE: &str = include_str!("order.json.jinja");

/// The body of `POST` customer that ships with Daybook; nothing public confirms it.
pub const CUSTOMER_TEMPLATE: &str = include_str!("customer.json.jinja");

/// Numbers of OrderWise's value lists (facts/orderwise 1.9).
pub mod value_list {
    /// Currencies.
    pub const CURRENCIES: i64 = 1;
    /// Tax rates.
    pub const TAX_RATES: i64 = 2;
    /// Stock locations.
    pub const STOCK_LOCATIONS: i64 = 4;
    /// Order types.
    pub const ORDER_TYPES: i64 = 15;
    /// Delivery methods.
    pub const DELIVERY_METHODS: i64 = 18;
    /// Payment methods.
    pub const PAYMENT_METHODS: i64 = 20;
}

/// What Daybook sends or expects without a public source that confirms it: the part, and what is
/// assumed. `daybook check` prints it, so that a consultant tries these first.
pub const UNVERIFIED: &[(&str, &str)] = &[
    (
        "customerDeliveryAddress",
        "a delivery address with empty parts, and an order without any, are both accepted",
    ),
    ("payments", "tenders are sent as payments: [{paymentMethodId, amount, reference}]"),
    (
        "reference",
        "the entry's reference is sent as eCommerceOrderNumber and as customerOrderReference, and \
         is found again by the export definition order-lookup",
    ),
    ("originalReference", "a credit names its sale's reference in orderHeader.originalReference"),
    (
        "credit",
        "a return is systemOrderType 4 with positive quantities and amounts (`credit-sign`)",
    ),
    (
        "returnToStock",
        "a credit puts goods back into stock unless its line says returnToStock: false",
    ),
    ("orderNet, orderTax", "with pinned tax the header carries the till's net and tax"),
    ("itemNet", "with pinned tax a line carries the net price of one unit beside itemGross"),
    ("itemGross", "OrderWise keeps unit prices with two decimals"),
    (
        "answer",
        "the answer to POST sales/order holds orderId and orderNumber, with status 200 or 201",
    ),
    (
        "duplicate",
        "what a second order with the same eCommerceOrderNumber is answered is a setting of the session",
    ),
    ("token", "a token outlives `token-ttl`, and minting one does not end the one before"),
    (
        "customer",
        "a customer is created by POST to `customer-create-path` with the body of the customer template",
    ),
    ("currency", "an order carries no currency: OrderWise takes that of its account"),
    ("stockLocationId", "a line is taken from the stock location that it names"),
    (
        "lastCalculated",
        "free stock contains every order that was stored before its row was last calculated",
    ),
    ("deliveryId", "a delivery keeps its id, and no other one ever gets it"),
    (
        "Sitoo: warehousetransactions",
        "a movement shows in the journal with the externalid that it was sent with",
    ),
    (
        "Sitoo: orderdeliveries",
        "an open order is closed once all of its rows are delivered, and `ignorestock` leaves stock \
         alone",
    ),
];
