//! Both systems as an audit read them, put together piece by piece.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Usage, gap::Counted};
use crate::{
    Money, Quantity, Timestamp,
    catalogue::{FullVariant, ProductGroup, Rules, TillProduct},
    class::Class,
    exchange::System,
    lookup::Policy,
    mapping::{Mapping, MappingFault},
};

/// The settings of the Sitoo site (facts/sitoo 5.4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Currency.
    pub currency: String,
    /// Time zone.
    pub time_zone: String,
    /// Whether prices are stored with VAT; none where the site does not say.
    pub prices_with_vat: Option<bool>,
    /// Whether cash is rounded off.
    pub rounds_off_cash: Option<bool>,
}

/// A store of Sitoo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Store {
    /// `storeid`.
    pub id: i64,
    /// Name.
    pub name: String,
    /// External id; empty is none.
    pub external_id: String,
}

/// A warehouse of Sitoo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warehouse {
    /// `warehouseid`.
    pub id: i64,
    /// Name.
    pub name: String,
    /// The store it belongs to.
    pub store_id: Option<i64>,
    /// `warehousetype`.
    pub kind: i64,
}

/// A cash register of Sitoo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// `registerid`.
    pub id: String,
    /// `registerkey`, as people see it on receipts.
    pub key: Option<String>,
    /// The warehouse it sells from.
    pub warehouse_id: Option<i64>,
}

/// What lies of a SKU in a warehouse of Sitoo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// As Sitoo spells it.
    pub sku: String,
    /// On hand.
    pub total: Quantity,
    /// Of it held for bookings.
    pub reserved: Quantity,
}

/// What OrderWise can sell of a variant at a stock location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// As OrderWise spells it.
    pub sku: String,
    /// Stock location.
    pub location_id: i64,
    /// Free to sell.
    pub free: Quantity,
    /// Held back.
    pub buffer: Option<Quantity>,
    /// When it was calculated; the beginning of time for never.
    pub calculated_at: Timestamp,
}

/// An order of Sitoo that is still open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenOrder {
    /// `orderid`.
    pub id: i64,
    /// When it was made.
    pub made_at: Timestamp,
    /// Amount to pay.
    pub gross: Money,
}

/// A document of OrderWise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErpOrder {
    /// Number for people.
    pub number: String,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// When OrderWise stored it.
    pub stored_at: Option<Timestamp>,
    /// Total.
    pub gross: Money,
    /// Status text.
    pub status: String,
}

/// The customer account of a store. Nothing that says who it is is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountState {
    /// `id`.
    pub id: i64,
    /// `accountNumber`.
    pub number: String,
    /// `onHold` or `manualOnHold`.
    pub on_hold: bool,
    /// `overCreditTerms`.
    pub over_terms: bool,
}

/// A read that did not work, and that another try would not mend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// Which system.
    pub system: System,
    /// What was read.
    pub part: String,
    /// The export definition behind it, if one is.
    pub export: Option<String>,
    /// How it failed.
    pub class: Class,
    /// In words.
    pub what: String,
}

/// A run of an export definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Its purpose (design section 7).
    pub purpose: String,
    /// Until its first rows came.
    pub millis: u64,
}

/// A row that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnreadRow {
    /// What it is about.
    pub about: String,
    /// What is wrong with it.
    pub what: String,
}

/// One answer of a system, in the words of an audit: what is kept so that an audit can go on after
/// it was interrupted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Piece {
    /// Settings of the site.
    Site(Site),
    /// Stores.
    Stores(Vec<Store>),
    /// Warehouses.
    Warehouses(Vec<Warehouse>),
    /// Registers.
    Registers(Vec<Register>),
    /// Product groups.
    Groups(Vec<ProductGroup>),
    /// Codes of the reason list.
    Reasons(Vec<String>),
    /// Products, and what is wrong with those that cannot be read.
    Products(Vec<TillProduct>, Vec<String>),
    /// Levels of a warehouse.
    Levels(i64, Vec<Level>),
    /// Open orders.
    OpenOrders(Vec<OpenOrder>),
    /// What orders used.
    Usage(Box<Usage>),
    /// Variants.
    Variants(Vec<FullVariant>),
    /// Stock figures.
    Figures(Vec<Figure>),
    /// Documents.
    Documents(Vec<ErpOrder>),
    /// A value list by its number: ids and names.
    ValueList(i64, Vec<(i64, String)>),
    /// Accounts that stores are mapped to.
    Accounts(Vec<AccountState>),
    /// A run of an export definition.
    Tried(Tried),
    /// Rows of an export definition that cannot be read.
    UnreadRows(String, Vec<UnreadRow>),
    /// A read that did not work.
    Trouble(Trouble),
}

/// What a retailer may set about audits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Days of orders that are read.
    pub days: i64,
    /// Microseconds after which an open order is old.
    pub open: i64,
    /// Milliseconds after which an export definition is slow.
    pub slow: u64,
    /// Microseconds that a clock may be ahead.
    pub ahead: i64,
    /// A stock figure beyond this cannot be true.
    pub impossible: Quantity,
}

/// What Daybook itself is told.
#[derive(Debug, Clone)]
pub struct Ours {
    /// Mapping of this moment.
    pub mapping: Mapping,
    /// Rows of it that cannot be used.
    pub faults: Vec<MappingFault>,
    /// Choices of the retailer.
    pub policy: Policy,
    /// Choices about products; whether prices are with VAT is the site's to say.
    pub rules: Rules,
    /// OrderWise's time zone.
    pub time_zone: String,
    /// Export definitions that are set up.
    pub exports: Vec<String>,
    /// Limits.
    pub limits: Limits,
}

/// Everything that an audit looks at.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// When reading began.
    pub began_at: Timestamp,
    /// When it was done.
    pub read_at: Timestamp,
    /// What Daybook itself is told.
    pub ours: Ours,
    /// The site.
    pub site: Option<Site>,
    /// Stores.
    pub stores: Option<Vec<Store>>,
    /// Warehouses.
    pub warehouses: Option<Vec<Warehouse>>,
    /// Registers.
    pub registers: Option<Vec<Register>>,
    /// Product groups.
    pub groups: Option<Vec<ProductGroup>>,
    /// Reason codes.
    pub reasons: Option<Vec<String>>,
    /// Products.
    pub products: Option<Vec<TillProduct>>,
    /// Products that cannot be read.
    pub unreadable: Vec<String>,
    /// Levels by warehouse.
    pub levels: BTreeMap<i64, Vec<Level>>,
    /// Open orders.
    pub open_orders: Option<Vec<OpenOrder>>,
    /// What orders used.
    pub usage: Option<Usage>,
    /// Variants.
    pub variants: Option<Vec<FullVariant>>,
    /// Stock figures.
    pub figures: Option<Vec<Figure>>,
    /// Documents.
    pub documents: Option<Vec<ErpOrder>>,
    /// Value lists by number.
    pub lists: BTreeMap<i64, BTreeMap<i64, String>>,
    /// Accounts.
    pub accounts: Option<Vec<AccountState>>,
    /// Runs of export definitions.
    pub tried: Vec<Tried>,
    /// Rows that cannot be read, each with the purpose of its export definition.
    pub unread_rows: Vec<(String, UnreadRow)>,
    /// Reads that did not work.
    pub troubles: Vec<Trouble>,
}

impl Snapshot {
    /// Nothing was read yet.
    pub fn new(began_at: Timestamp, read_at: Timestamp, ours: Ours) -> Self {
        Self {
            began_at,
            read_at,
            ours,
            site: None,
            stores: None,
            warehouses: None,
            registers: None,
            groups: None,
            reasons: None,
            products: None,
            unreadable: Vec::new(),
            levels: BTreeMap::new(),
            open_orders: None,
            usage: None,
            variants: None,
            figures: None,
            documents: None,
            lists: BTreeMap::new(),
            accounts: None,
            tried: Vec::new(),
            unread_rows: Vec::new(),
            troubles: Vec::new(),
        }
    }

    /// Adds an answer.
    pub fn add(&mut self, piece: Piece) {
        match piece {
            Piece::Site(site) => self.site = Some(site),
            Piece::Stores(rows) => extend(&mut self.stores, rows),
            Piece::Warehouses(rows) => extend(&mut self.warehouses, rows),
            Piece::Registers(rows) => extend(&mut self.registers, rows),
            Piece::Groups(rows) => extend(&mut self.groups, rows),
            Piece::Reasons(rows) => extend(&mut self.reasons, rows),
            Piece::Products(rows, unreadable) => {
                extend(&mut self.products, rows);
                self.unreadable.extend(unreadable);
            }
            Piece::Levels(warehouse, rows) => {
                self.levels.entry(warehouse).or_default().extend(rows);
            }
            Piece::OpenOrders(rows) => extend(&mut self.open_orders, rows),
            Piece::Usage(usage) => self.usage.get_or_insert_default().join(*usage),
            Piece::Variants(rows) => extend(&mut self.variants, rows),
            Piece::Figures(rows) => extend(&mut self.figures, rows),
            Piece::Documents(rows) => extend(&mut self.documents, rows),
            Piece::ValueList(list, rows) => self.lists.entry(list).or_default().extend(rows),
            Piece::Accounts(rows) => extend(&mut self.accounts, rows),
            Piece::Tried(tried) => self.tried.push(tried),
            Piece::UnreadRows(purpose, rows) => {
                self.unread_rows.extend(rows.into_iter().map(|row| (purpose.clone(), row)));
            }
            Piece::Trouble(trouble) => self.troubles.push(trouble),
        }
    }

    /// How much was read.
    pub fn counted(&self) -> Counted {
        let levels: usize = self.levels.values().map(Vec::len).sum();
        Counted {
            products: self.products.as_ref().map_or(0, Vec::len),
            variants: self.variants.as_ref().map_or(0, Vec::len),
            stores: self.stores.as_ref().map_or(0, Vec::len),
            figures: levels + self.figures.as_ref().map_or(0, Vec::len),
            orders: self.usage.as_ref().map_or(0, |usage| usage.orders),
            documents: self.documents.as_ref().map_or(0, Vec::len),
        }
    }
}

fn extend<T>(into: &mut Option<Vec<T>>, rows: Vec<T>) {
    into.get_or_insert_default().extend(rows);
}
