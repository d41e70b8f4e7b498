//! What nobody outside OrderWise knows for certain, as switches (facts/orderwise 12): each can be
//! turned so that Daybook is tried against every answer.

use serde::{Deserialize, Serialize};

/// What a session does with an order number it has seen (facts/orderwise 2.6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DuplicatePolicy {
    /// 400; `{n}` in the text is the order number.
    Reject(String),
    /// Answers with the first document.
    ReturnFirst,
    /// Blindly creates a second document.
    CreateSecond,
}

impl DuplicatePolicy {
    /// Rejects with a text of our own making; the real one is unknown.
    pub fn reject() -> Self {
        Self::Reject("Order number {n} has already been imported for this session".to_owned())
    }
}

/// How several messages are nested in a 400 (facts/orderwise 1.3: not fixed).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorShape {
    /// One `Message`, a line each.
    #[default]
    Message,
    /// `Message` and a list `Errors`.
    List,
    /// Objects in objects.
    Nested,
    /// A bare array.
    Array,
    /// `ModelState`, by property.
    ModelState,
    /// One of the above, by the seed.
    Mixed,
}

/// How OrderWise works out tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TaxArithmetic {
    /// From the gross of each line, half up.
    #[default]
    PerLine,
    /// From the sum of each rate, half up. Lines keep a tax of their own.
    PerOrder,
}

/// What OrderWise makes of an `itemNet` beside `itemGross`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ItemNet {
    /// Nothing.
    #[default]
    Ignore,
    /// Net is the price; tax is put on top by rate, so gross may differ from `itemGross`.
    AddTax,
    /// Net and gross both stand; tax is their difference.
    Difference,
}

/// When free stock is calculated (facts/orderwise 4: `vasq_stock_levels_last_calculated`; how often
/// is not known).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StockCalculation {
    /// At once, as part of what changes it.
    #[default]
    AtOnce,
    /// At every full so many seconds, for what changed since. What is stored in that very instant
    /// comes after it.
    EveryS(u32),
    /// When it is asked for.
    OnDemand,
}

/// What becomes of a sale whose goods were handed over at the till (facts/orderwise 3: whether an
/// imported order can be despatched at once is not known).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandedOver {
    /// It is completed, without any delivery.
    #[default]
    Completed,
    /// It is completed by a delivery without courier.
    Delivered,
    /// It waits for its despatch as every other order.
    Awaiting,
}

/// All switches of a company, with the defaults in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each of its own")]
pub struct Switches {
    /// Seconds a token lives (3,000: what integrators assume, facts/orderwise 12).
    pub token_ttl_s: i64,
    /// The token comes as an object instead of a bare string (no).
    pub token_as_object: bool,
    /// A new token ends the others (no).
    pub new_token_ends_old: bool,
    /// So many requests with a good token are answered 401 (none); counts down.
    pub unauthorised_next: u32,
    /// Status of a placed order: 200 or 201 (200).
    pub order_status: u16,
    /// Nesting of errors (one `Message`).
    pub error_shape: ErrorShape,
    /// A credit with a negative quantity is refused (yes).
    pub refuse_negative_credits: bool,
    /// A credit whose `originalReference` is not known is refused (no).
    pub original_must_exist: bool,
    /// Tax arithmetic (per line).
    pub tax: TaxArithmetic,
    /// Use of `itemNet` (ignored).
    pub item_net: ItemNet,
    /// An `orderGross` that differs from the computed one is refused (no).
    pub gross_must_match: bool,
    /// Tax rate of the delivery charge (1).
    pub delivery_tax_rate_id: i64,
    /// Stock location of a line that names none (1).
    pub default_location: i64,
    /// A stored order shows in exports only so much later (at once), in injected time.
    pub late_visibility_ms: u32,
    /// In how many of 10,000 orders it is late (all).
    pub late_visibility_per_10_000: u32,
    /// A write beside another one gets this status (accepted).
    pub parallel_write_status: Option<u16>,
    /// How long a write takes (no time). The document is stored first: a client that gives up
    /// has still ordered.
    pub service_time_ms: u64,
    /// Status of an export definition that does not exist: 404 or 400 (404).
    pub unknown_export_status: u16,
    /// `storedAt` is null in exports (no).
    pub stored_at_null: bool,
    /// `storedAt` is cut to whole seconds (no).
    pub stored_at_whole_seconds: bool,
    /// When free stock is calculated (at once).
    pub calculation: StockCalculation,
    /// `lastCalculated` is cut to whole seconds (no).
    pub calculated_whole_seconds: bool,
    /// The stock export answers as it would have so many seconds ago (now).
    pub stock_export_lag_s: u32,
    /// Keeps the figures that stock exports gave until they are taken (no; for the simulator).
    pub keep_given: bool,
    /// Status text of a new order ("Awaiting despatch", facts/orderwise 3).
    pub new_order_status: String,
    /// Status text when a part has left ("Partially despatched").
    pub partial_status: String,
    /// Status text when all has left ("Completed").
    pub completed_status: String,
    /// Status text of an order on hold ("On hold").
    pub on_hold_status: String,
    /// Status text of a cancelled order ("Cancelled": an example only in facts/orderwise 3).
    pub cancelled_status: String,
    /// A sale whose goods were handed over at the till (completed).
    pub handed_over: HandedOver,
    /// Keeps each order's body for tests to look at (no: a million of them is a gigabyte).
    pub keep_bodies: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            token_ttl_s: 3_000,
            token_as_object: false,
            new_token_ends_old: false,
            unauthorised_next: 0,
            order_status: 200,
            error_shape: ErrorShape::Message,
            refuse_negative_credits: true,
            original_must_exist: false,
            tax: TaxArithmetic::PerLine,
            item_net: ItemNet::Ignore,
            gross_must_match: false,
            delivery_tax_rate_id: 1,
            default_location: 1,
            late_visibility_ms: 0,
            late_visibility_per_10_000: 10_000,
            parallel_write_status: None,
            service_time_ms: 0,
            unknown_export_status: 404,
            stored_at_null: false,
            stored_at_whole_seconds: false,
            calculation: StockCalculation::AtOnce,
            calculated_whole_seconds: false,
            stock_export_lag_s: 0,
            keep_given: false,
            new_order_status: "Awaiting despatch".to_owned(),
            partial_status: "Partially despatched".to_owned(),
            completed_status: "Completed".to_owned(),
            on_hold_status: "On hold".to_owned(),
            cancelled_status: "Cancelled".to_owned(),
            handed_over: HandedOver::Completed,
            keep_bodies: false,
        }
    }
}
