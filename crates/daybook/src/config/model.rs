//! The settings as types. Their meaning stands once, in `default.toml`.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf, time::Duration};

use daybook_connectors::orderwise::CreditSign;
use daybook_domain::{
    lookup::{NoRegister, OpenPaid, PostOrHold, TaxPolicy},
    mapping::MappingKind,
};
use daybook_flows::settings::{
    Access, Alerts, Audit, Catalogue, Cutover, Despatch, Evidence, Posting, Receive, Reconcile,
    Reference, Settlement, Stock,
};
use secrecy::SecretString;
use serde::Deserialize;

use super::mapping::InitialValue;

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Config {
    #[serde(with = "humantime_serde")]
    pub(crate) keep_exchanges: Duration,
    pub(crate) book: BookSection,
    pub(crate) sitoo: SitooSection,
    pub(crate) orderwise: OrderwiseSection,
    pub(crate) policy: PolicySection,
    pub(crate) receive: Receive,
    pub(crate) posting: Posting,
    pub(crate) reference: Reference,
    pub(crate) catalogue: Catalogue,
    pub(crate) stock: Stock,
    pub(crate) despatch: Despatch,
    pub(crate) settlement: Settlement,
    pub(crate) reconcile: Reconcile,
    pub(crate) audit: Audit,
    pub(crate) cutover: Cutover,
    pub(crate) evidence: Evidence,
    pub(crate) alerts: Alerts,
    pub(crate) mapping: BTreeMap<MappingKind, BTreeMap<String, InitialValue>>,
    pub(crate) web: WebSection,
    pub(crate) log: LogSection,
    /// The folder that relative paths are seen from: the configuration file's.
    #[serde(skip)]
    pub(crate) folder: PathBuf,
    /// The file that was read.
    #[serde(skip)]
    pub(crate) file: Option<PathBuf>,
}

/// Where the book is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct BookSection {
    pub(crate) url: String,
    pub(crate) password: Option<SecretString>,
    pub(crate) password_file: Option<PathBuf>,
    pub(crate) copy_before_upgrade: bool,
}

/// How to reach Sitoo.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct SitooSection {
    pub(crate) base_url: Option<String>,
    pub(crate) api_id: Option<String>,
    pub(crate) password: Option<SecretString>,
    pub(crate) password_file: Option<PathBuf>,
    #[serde(with = "humantime_serde")]
    pub(crate) timeout: Duration,
    pub(crate) per_second: u32,
    pub(crate) burst: u32,
    pub(crate) in_flight: usize,
    pub(crate) page_size: u32,
    pub(crate) site: i64,
    pub(crate) site_orders_path: Option<i64>,
    pub(crate) body_limit_mib: usize,
    pub(crate) ca_file: Option<PathBuf>,
}

/// How to reach OrderWise.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct OrderwiseSection {
    pub(crate) base_url: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<SecretString>,
    pub(crate) password_file: Option<PathBuf>,
    #[serde(with = "humantime_serde")]
    pub(crate) timeout: Duration,
    pub(crate) per_second: u32,
    pub(crate) burst: u32,
    pub(crate) reads_in_flight: usize,
    #[serde(with = "humantime_serde")]
    pub(crate) token_ttl: Duration,
    pub(crate) token_path: String,
    pub(crate) order_path: String,
    pub(crate) export_path: String,
    pub(crate) value_list_path: String,
    pub(crate) customers_path: String,
    pub(crate) customer_create_path: String,
    pub(crate) sale_order_type: i64,
    pub(crate) credit_order_type: i64,
    pub(crate) credit_sign: SignSection,
    pub(crate) time_zone: String,
    pub(crate) order_template: Option<String>,
    pub(crate) order_template_file: Option<PathBuf>,
    pub(crate) customer_template: Option<String>,
    pub(crate) customer_template_file: Option<PathBuf>,
    pub(crate) body_limit_mib: usize,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) exports: ExportsSection,
}

/// [`CreditSign`] as it is written.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SignSection {
    Positive,
    Negative,
}

impl From<SignSection> for CreditSign {
    fn from(sign: SignSection) -> Self {
        match sign {
            SignSection::Positive => Self::Positive,
            SignSection::Negative => Self::Negative,
        }
    }
}

/// The export definitions of the site.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ExportsSection {
    pub(crate) order_lookup: ExportSection,
    pub(crate) variants: ExportSection,
    pub(crate) order_totals: ExportSection,
    pub(crate) order_lines: ExportSection,
    pub(crate) stock_levels: ExportSection,
    pub(crate) despatches: ExportSection,
}

/// One export definition; without an id it is not set up.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ExportSection {
    pub(crate) id: Option<i64>,
    #[serde(default)]
    pub(crate) parameters: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) columns: BTreeMap<String, String>,
}

/// [`daybook_domain::lookup::Policy`] as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PolicySection {
    pub(crate) tax: TaxPolicy,
    pub(crate) blind_returns: PostOrHold,
    pub(crate) unknown_original: PostOrHold,
    pub(crate) no_register: NoRegister,
    pub(crate) open_paid_orders: OpenPaid,
    pub(crate) currencies: Vec<String>,
    pub(crate) restock_unmapped_reasons: bool,
    pub(crate) default_time_zone: String,
    pub(crate) sites: Vec<i64>,
}

/// HTTP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct WebSection {
    pub(crate) listen: SocketAddr,
    pub(crate) events_user: Option<String>,
    pub(crate) events_password: Option<SecretString>,
    pub(crate) events_password_file: Option<PathBuf>,
    pub(crate) body_limit_kib: usize,
    pub(crate) metrics_token: Option<SecretString>,
    pub(crate) metrics_token_file: Option<PathBuf>,
    pub(crate) training: bool,
    pub(crate) access: Access,
}

/// What is told, and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LogSection {
    pub(crate) level: String,
    pub(crate) format: LogFormat,
}

/// The shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For a log collector.
    Json,
}
