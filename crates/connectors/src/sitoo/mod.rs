//! Sitoo POS: orders, products, and what `daybook check` asks for (facts/sitoo).

mod audit;
mod catalogue;
mod client;
mod deliveries;
mod envelope;
mod erase;
mod extras;
mod family;
mod goods;
mod shopper;
mod stock;
mod tenders;
mod totals;
mod translate;
mod wire;
mod z_reports;

use std::time::Duration;

use daybook_domain::{Timestamp, class::Failure, stock::Kind, till::TillOrder};
use secrecy::SecretString;

use crate::Pace;

pub use catalogue::{ListPrice, ProductsPage, ProductsQuery};
pub use client::Sitoo;
pub use deliveries::{LogItem, NewDelivery, log_type};
pub use envelope::Element;
pub use erase::{Erased, erase, shopper_of};
pub use goods::goods_of_unreadable;
pub use stock::{Direction, ITEMS_A_REQUEST, Level, LevelsPage, Movement, Transaction};
pub use tenders::till_money;
pub use wire::{FIELDS as ORDER_FIELDS, parse_order};
pub use z_reports::{
    CashRegister, ReceivedZReport, Z_REPORTS_A_PAGE, ZReportsPage, ZReportsQuery, parse_z_report,
};

/// How to reach one Sitoo account.
#[derive(Debug, Clone)]
pub struct SitooSettings {
    /// Address with `/v2/accounts/{id}`; the host depends on the account (facts/sitoo 1.1).
    pub base_url: String,
    /// API id, e.g. `10020-140`.
    pub api_id: String,
    /// Its password.
    pub password: SecretString,
    /// How long a call may take.
    pub timeout: Duration,
    /// How fast the account may be called.
    pub pace: Pace,
    /// Calls at a time. Sitoo answers 429 to the second one (facts/sitoo 1.7).
    pub in_flight: usize,
    /// Orders a page, at most 1000 (facts/sitoo 1.5).
    pub page_size: u32,
    /// The site whose products and stock are ours: its integer `eshopid` (facts/sitoo 1.1).
    pub site: i64,
    /// Asks the deprecated `/sites/{site}/orders` of this site instead of `/orders`.
    pub site_orders_path: Option<i64>,
    /// Larger answers are not read.
    pub body_limit_bytes: usize,
}

impl SitooSettings {
    /// The settings that are safe for every account.
    pub fn new(base_url: String, api_id: String, password: SecretString) -> Self {
        Self {
            base_url,
            api_id,
            password,
            timeout: Duration::from_mins(1),
            pace: Pace::UNLIMITED,
            in_flight: 1,
            page_size: 1000,
            site: 1,
            site_orders_path: None,
            body_limit_bytes: 64 << 20,
        }
    }
}

/// Which orders to ask for. Every answer comes in ascending order of `orderid`, but for `Newest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrdersQuery {
    /// The next `num` orders whose id is `from` or higher.
    FromId {
        /// Lowest id wanted.
        from: i64,
        /// How many of those to pass by: 0, but where the ids of a page lead nowhere.
        start: u32,
        /// How many at most; the page size caps it.
        num: u32,
    },
    /// These orders, as many as the page size at most. Ids that do not exist are simply not
    /// there. Long lists make long addresses: ask for some 200 at a time.
    Ids(Vec<i64>),
    /// The order with the lowest id among those of this moment or later.
    FirstSince(Timestamp),
    /// The orders that give back something of this one.
    CreditOf(i64),
    /// The order of this receipt, by its whole id: register key and number.
    Receipt(String),
    /// The order with the highest id.
    Newest,
}

/// A page of orders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrdersPage {
    /// How many orders fit the question altogether.
    pub total_count: i64,
    /// The orders of this page, in the order in which they came.
    pub orders: Vec<ReceivedOrder>,
    /// Elements that do not say which order they are.
    pub strays: Vec<StrayOrder>,
}

/// An element of a page without a usable `orderid`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrayOrder {
    /// The element's exact text as it came.
    pub payload: String,
    /// The beginning of its text, with the shopper's data masked.
    pub masked: String,
    /// What is the matter with it ([`Failure::Drift`]).
    pub fault: Failure,
}

/// One element of a page. An element that cannot be read does not spoil its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedOrder {
    /// `orderid`.
    pub order_id: i64,
    /// The element's exact text as it came.
    pub payload: String,
    /// The order in our words, or where it does not fit the contract ([`Failure::Drift`]).
    pub order: Result<TillOrder, Failure>,
}

/// A warehouse, as far as a mapping needs it (facts/sitoo 3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warehouse {
    /// `warehouseid`.
    pub id: i64,
    /// `name`.
    pub name: String,
    /// `storeid`; none means that it belongs to no store.
    pub store_id: Option<i64>,
    /// `warehousetype`: how it takes stock.
    pub kind: Kind,
}

/// A store (facts/sitoo 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// `storeid`.
    pub id: i64,
    /// `name`.
    pub name: String,
    /// `externalid`, which orders carry as `store-externalid`.
    pub external_id: String,
}

/// Settings of a site that `daybook check` compares with ours (facts/sitoo 5.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteSettings {
    /// `eshopname`.
    pub name: String,
    /// `currencycode`.
    pub currency: String,
    /// `timezone`.
    pub time_zone: String,
    /// `pricesstoredwithvat`.
    pub prices_with_vat: Option<bool>,
    /// `doroundoff`: whether cash sales are rounded.
    pub rounds_off_cash: Option<bool>,
}
