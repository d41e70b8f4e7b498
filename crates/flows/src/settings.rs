//! What a person may set about the flows. The example configuration holds every default.

use std::time::Duration;

use daybook_domain::retry::Backoff;
use serde::Deserialize;

mod access;
mod alerts;
mod audit;
mod catalogue;
mod cutover;
mod despatch;
mod reconcile;
mod settlement;
mod stock;

pub use self::{
    access::{Access, SingleSignOn},
    alerts::{Alerts, ChannelKind, ChannelSettings, Limits, MailEncryption, Weekday},
    audit::Audit,
    catalogue::Catalogue,
    cutover::Cutover,
    despatch::Despatch,
    reconcile::{Allowed, Reconcile},
    settlement::{Bank, Format, Provider, Settlement},
    stock::{Stock, UnknownInOrderwise},
};

/// How new orders are read from Sitoo (facts/sitoo 2.8).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Receive {
    /// Pause between two polls.
    #[serde(with = "humantime_serde")]
    pub poll_every: Duration,
    /// Ids behind the watermark that every pass reads again.
    pub overlap_ids: i64,
    /// Pause before an id that is missing below the watermark is asked for again.
    #[serde(with = "humantime_serde")]
    pub missing_ask_every: Duration,
    /// Most ids in a row that are noted as missing; a longer stretch is a leap, which the
    /// watermark does not follow until enough orders stand beyond it.
    pub missing_range_limit: i64,
    /// Age at which a missing id is called a gap for good.
    #[serde(with = "humantime_serde")]
    pub missing_age_limit: Duration,
    /// Pause before an order that is not final yet is read again.
    #[serde(with = "humantime_serde")]
    pub open_ask_every: Duration,
    /// Age at which an order that never became final is no longer read again.
    #[serde(with = "humantime_serde")]
    pub open_age_limit: Duration,
    /// Most ids in one request that asks by id.
    pub ids_per_request: usize,
    /// First start: the order id to begin with. Neither this nor a day: begin with today's first.
    pub first_order_id: Option<i64>,
    /// First start: the day (UTC, `2026-11-24`) to begin with.
    pub first_day: Option<String>,
}

/// How entries are posted to OrderWise.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Posting {
    /// Orders on their way to OrderWise at one moment, over all processes on one book.
    pub in_flight: usize,
    /// Entries whose intent is written in one transaction.
    pub batch: usize,
    /// Pause before the posting flow looks for due entries when nothing woke it.
    #[serde(with = "humantime_serde")]
    pub poll_every: Duration,
    /// How long OrderWise may take until an order that it stored can be looked up. An entry in
    /// doubt is looked up at once and again after this time before anything is sent again.
    #[serde(with = "humantime_serde")]
    pub settling_time: Duration,
    /// Look-ups without a find, each a settling time apart, before an entry may be sent again.
    pub lookups_before_resend: i64,
    /// How long a worker may hold an entry; longer than the call's time-out.
    #[serde(with = "humantime_serde")]
    pub lease: Duration,
    /// Back-off after failures of one entry.
    pub backoff: BackoffSettings,
    /// Attempts after which an entry becomes an exception.
    pub attempts_limit: i64,
    /// Age (since it was recorded) after which a failing entry becomes an exception.
    #[serde(with = "humantime_serde")]
    pub age_limit: Duration,
    /// How long a return waits for its sale before it becomes an exception.
    #[serde(with = "humantime_serde")]
    pub waiting_limit: Duration,
    /// Whether a correction that changes how money is booked needs a second person.
    pub second_person: bool,
    /// Pause before waiting returns and held entries are looked at again on their own.
    #[serde(with = "humantime_serde")]
    pub recheck_every: Duration,
    /// Consecutive failures of the whole system after which the circuit breaker opens.
    pub breaker_failures: i64,
    /// Back-off of the circuit breaker's probe.
    pub breaker_backoff: BackoffSettings,
    /// Whether posted documents are read back.
    pub confirm: bool,
    /// Pause before a posted entry is read back (again).
    #[serde(with = "humantime_serde")]
    pub confirm_after: Duration,
    /// Entries read back in one go.
    pub confirm_batch: usize,
    /// How shoppers reach OrderWise.
    pub shoppers: Shoppers,
    /// Template customer for shoppers who become customers of their own.
    pub shopper_template_customer_id: Option<i64>,
}

/// How shoppers reach OrderWise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shoppers {
    /// Every sale stands on its store's account, the shopper is the delivery contact.
    StoreAccount,
    /// A known shopper is found or created once as a customer of OrderWise.
    FindOrCreate,
}

/// How OrderWise's variants and value lists are kept at hand.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reference {
    /// Pause between two reads of what changed.
    #[serde(with = "humantime_serde")]
    pub refresh_every: Duration,
    /// Pause between two reads of everything.
    #[serde(with = "humantime_serde")]
    pub full_every: Duration,
    /// How far `@since` reaches behind the last read.
    #[serde(with = "humantime_serde")]
    pub overlap: Duration,
}

/// [`Backoff`] as people write it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BackoffSettings {
    /// After the first failure.
    #[serde(with = "humantime_serde")]
    pub first: Duration,
    /// Never longer than this.
    #[serde(with = "humantime_serde")]
    pub longest: Duration,
    /// Share of the delay that is random, in per cent.
    pub jitter_percent: u32,
}

impl From<&BackoffSettings> for Backoff {
    fn from(settings: &BackoffSettings) -> Self {
        Self {
            first: settings.first,
            longest: settings.longest,
            jitter_percent: settings.jitter_percent,
        }
    }
}

/// How long evidence and the personal data beside it are kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Evidence {
    /// Years after which `daybook evidence erase --expired` erases a shopper's data.
    pub personal_data_years: i64,
}

/// All settings of the flows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Reading orders.
    pub receive: Receive,
    /// Posting entries.
    pub posting: Posting,
    /// Keeping variants and value lists at hand.
    pub reference: Reference,
    /// Products and prices.
    pub catalogue: Catalogue,
    /// Stock.
    pub stock: Stock,
    /// Despatches.
    pub despatch: Despatch,
    /// Payouts and bank statements.
    pub settlement: Settlement,
    /// Closing days.
    pub reconcile: Reconcile,
    /// Audits of both systems.
    pub audit: Audit,
    /// Following and replacing another integration.
    pub cutover: Cutover,
    /// How long evidence and shoppers' data are kept.
    pub evidence: Evidence,
    /// Sign-in.
    pub access: Access,
    /// What people are told without asking.
    pub alerts: Alerts,
    /// How long records of exchanges are kept; the book itself is kept for ever.
    #[serde(with = "humantime_serde")]
    pub keep_exchanges: Duration,
}
