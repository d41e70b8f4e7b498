//! How products and prices reach the tills.

use std::{collections::BTreeMap, time::Duration};

use daybook_domain::time::TimeOfDay;
use serde::Deserialize;

/// How products and prices reach the tills.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[expect(clippy::struct_excessive_bools, reason = "switches, each of its own")]
pub struct Catalogue {
    /// Whether `daybook serve` runs the flow (it needs the export definition `variants`).
    pub enabled: bool,
    /// Pause between two passes.
    #[serde(with = "humantime_serde")]
    pub poll_every: Duration,
    /// Products in one request to Sitoo; its guide speaks of 200 (facts/sitoo 4.1).
    pub batch: usize,
    /// When, in local time, everything is read and compared: once a night.
    pub sweep_at: TimeOfDay,
    /// When the stores open: prices that changed before must be at the tills by then.
    pub opening_time: TimeOfDay,
    /// What stands for a blank inside a SKU; none keeps such SKUs from the tills.
    pub replace_blanks_with: Option<char>,
    /// Whether titles of products that exist are kept up to date.
    pub titles: bool,
    /// Whether barcodes are written and judged.
    pub barcodes: bool,
    /// Whether barcodes that are no EAN are passed on as they are.
    pub other_barcodes: bool,
    /// What makes the variants of a style one product with choices: columns of the `variants`
    /// export, in the order in which the tills ask. None means that each is a product of its own.
    pub families: Vec<String>,
    /// The largest share of the published products that one pass may hide, in per cent.
    pub hide_at_most_percent: i64,
    /// As many as this may always be hidden.
    pub hide_always: i64,
    /// How long it is told that OrderWise has withdrawn products.
    #[serde(with = "humantime_serde")]
    pub tell_withdrawn_for: Duration,
    /// How long a write whose reply was lost may take to show in Sitoo.
    #[serde(with = "humantime_serde")]
    pub settling_time: Duration,
    /// Pause before a product that Sitoo refused is tried again.
    #[serde(with = "humantime_serde")]
    pub retry_refused_after: Duration,
    /// How long arrivals of prices are kept for the report.
    #[serde(with = "humantime_serde")]
    pub keep_arrivals: Duration,
    /// Further price lists of Sitoo by their id: the share of the price, in per cent.
    #[serde(default)]
    pub price_lists: BTreeMap<String, u32>,
}
