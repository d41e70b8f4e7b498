//! Stores, warehouses, registers, products, staff: what an account has before the first sale.
//! Plain public fields; load them with the `add_…` functions of [`Sitoo`](super::Sitoo).

use std::sync::Arc;

/// A store (facts/sitoo 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// `storeid`.
    pub id: i64,
    /// 10 store, 20 outlet, 30 pop-up.
    pub store_type: i64,
    /// Name, stamped on orders as `store-name`.
    pub name: String,
    /// Stamped on orders as `store-externalid`.
    pub external_id: String,
    /// Stamped on orders as `store-externalgroupid` where it is not empty.
    pub external_group_id: String,
    /// Street.
    pub address: String,
    /// Town.
    pub city: String,
    /// Postcode.
    pub zip: String,
    /// Phone.
    pub phone: String,
    /// Stamped on orders as `pos-timezone`.
    pub time_zone: String,
}

impl Store {
    /// An ordinary store in London time. Change what matters.
    pub fn new(id: i64, name: &str, external_id: &str) -> Self {
        Self {
            id,
            store_type: 10,
            name: name.to_owned(),
            external_id: external_id.to_owned(),
            external_group_id: String::new(),
            address: String::new(),
            city: String::new(),
            zip: String::new(),
            phone: String::new(),
            time_zone: "Europe/London".to_owned(),
        }
    }
}

/// A warehouse (facts/sitoo 3.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warehouse {
    /// `warehouseid`.
    pub id: i64,
    /// 10 FIFO, 20 virtual.
    pub warehouse_type: i64,
    /// 10 sales floor, 40 reclaims; the names of the numbers are not known.
    pub use_type: i64,
    /// The store it is connected to.
    pub store_id: Option<i64>,
    /// Whether its goods can be sold.
    pub sellable: bool,
    /// Name.
    pub name: String,
    /// External id.
    pub external_id: String,
}

impl Warehouse {
    /// A FIFO warehouse of goods for sale.
    pub fn new(id: i64, name: &str, store_id: Option<i64>) -> Self {
        Self {
            id,
            warehouse_type: 10,
            use_type: 10,
            store_id,
            sellable: true,
            name: name.to_owned(),
            external_id: String::new(),
        }
    }

    /// A virtual warehouse (type 20): clients set its levels.
    #[must_use]
    pub fn virtual_levels(mut self) -> Self {
        self.warehouse_type = 20;
        self
    }

    /// A warehouse for goods that came back broken (use type 40).
    #[must_use]
    pub fn reclaims(mut self) -> Self {
        self.use_type = 40;
        self.sellable = false;
        self
    }
}

/// A cash register (facts/sitoo 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    /// `registerid`: a GUID, upper case, with braces.
    pub id: String,
    /// `registerkey`, the first part of a receipt id.
    pub key: String,
    /// Its warehouse; a register has exactly one.
    pub warehouse_id: i64,
    /// Its store, when its warehouse is connected to one.
    pub store: Option<Arc<Store>>,
    /// Number of the register, for people.
    pub number: i64,
    /// False: only listed with `includenotregistered=true`.
    pub is_registered: bool,
    /// Position in the account; set when it is added.
    pub(super) index: u32,
}

impl Register {
    /// A registered register.
    pub fn new(id: &str, key: &str, warehouse_id: i64, number: i64) -> Self {
        Self {
            id: id.to_owned(),
            key: key.to_owned(),
            warehouse_id,
            store: None,
            number,
            is_registered: true,
            index: 0,
        }
    }
}

/// A product (facts/sitoo 4.1).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "Sitoo's own flags")]
pub struct Product {
    /// `productid`.
    pub id: i64,
    /// SKU, case-sensitive.
    pub sku: Box<str>,
    /// Title, `productname` on an order.
    pub title: Box<str>,
    /// `Color: Red, Size: M` on an order.
    pub attributes: Box<str>,
    /// Price with VAT, pence.
    pub price: i64,
    /// List price with VAT, pence; 0 for none.
    pub list_price: i64,
    /// VAT in hundredths of a percent.
    pub vat: i64,
    /// 10 product, 20 service, 30 gift card (facts/sitoo 4.2).
    pub group_type: i64,
    /// Barcode.
    pub barcode: Option<Box<str>>,
    /// Fractional quantities.
    pub allow_decimals: bool,
    /// `unitlabel`, such as `m`.
    pub unit_label: Box<str>,
    /// Cost without VAT, pence.
    pub price_in: i64,
    /// Stock handling is on.
    pub stock_count: bool,
    /// `active`: the deprecated web flag; lists leave out what is not.
    pub active: bool,
    /// `activepos`: shown at tills.
    pub active_pos: bool,
    /// `productid` of the main variant; none for a single product.
    pub variant_parent: Option<i64>,
    /// `vatid`; 0 for the first group with its VAT and kind.
    pub vat_id: i64,
    /// More barcodes.
    pub barcode_aliases: Vec<Box<str>>,
    /// What tells it from its family: names and values. Empty where `attributes` says it.
    pub options: Vec<(String, String)>,
    /// Other fields that clients wrote.
    pub extra: Vec<(&'static str, serde_json::Value)>,
    /// Unix seconds; when it was added.
    pub created: i64,
    /// Unix seconds of the last change.
    pub modified: i64,
}

impl Product {
    /// An ordinary active product. Change what matters.
    pub fn new(id: i64, sku: &str, title: &str, price: i64, vat: i64) -> Self {
        Self {
            id,
            sku: sku.into(),
            title: title.into(),
            attributes: "".into(),
            price,
            list_price: 0,
            vat,
            group_type: 10,
            barcode: None,
            allow_decimals: false,
            unit_label: "".into(),
            price_in: 0,
            stock_count: true,
            active: true,
            active_pos: true,
            variant_parent: None,
            vat_id: 0,
            barcode_aliases: Vec::new(),
            options: Vec::new(),
            extra: Vec::new(),
            created: 0,
            modified: 0,
        }
    }
}

/// A product group: VAT and kind of its products (facts/sitoo 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductGroup {
    /// `vatid`; the default group is 2.
    pub vat_id: i64,
    /// VAT in hundredths of a percent.
    pub vat: i64,
    /// 10 product, 20 service, 30 gift card.
    pub group_type: i64,
    /// Name.
    pub name: String,
    /// Comment.
    pub comment: String,
}

/// A reason code (facts/sitoo 4.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReasonCode {
    /// `reasoncodeid`.
    pub id: i64,
    /// 10, 20 …; what they mean is not known. Here 10 is a return, 20 a manual discount.
    pub kind: i64,
    /// The code that orders carry, at most 32 characters.
    pub code: String,
    /// Name, at most 64 characters.
    pub name: String,
}

/// A member of staff (facts/sitoo 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// `userid`: a GUID, upper case, with braces.
    pub user_id: Box<str>,
    /// Name, as the order log shows it.
    pub name: Box<str>,
    /// `pos-staff-externalid`.
    pub external_id: Box<str>,
}

/// `settings.json` (facts/sitoo 5.4), as far as a ledger cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Name of the shop.
    pub name: String,
    /// Cash is rounded off.
    pub round_off: bool,
    /// ISO 4217.
    pub currency: String,
    /// What the tills sell in, where somebody has set the site up in another currency.
    pub till_currency: Option<String>,
    /// Time zone.
    pub time_zone: String,
    /// Prices are stored with VAT.
    pub prices_with_vat: bool,
    /// How many days a booking reserves stock.
    pub days_reserved: i64,
    /// Default warehouse.
    pub warehouse_id: Option<i64>,
}

impl Settings {
    /// What the tills sell in.
    pub fn sold_in(&self) -> &str {
        self.till_currency.as_deref().unwrap_or(&self.currency)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "Sandbox".to_owned(),
            round_off: false,
            currency: "GBP".to_owned(),
            till_currency: None,
            time_zone: "Europe/London".to_owned(),
            prices_with_vat: true,
            days_reserved: 14,
            warehouse_id: None,
        }
    }
}
