//! A configuration that brings up Daybook on the stand-ins, mappings included.

use std::{collections::BTreeMap, fmt::Write as _, net::SocketAddr};

use daybook_domain::mapping::{MappingKind, MappingRow};
use daybook_sandbox::{orderwise::Purpose, retailer::Retailer, sitoo};

use super::events::{PASSWORD, USER};
use crate::failure::Failure;

/// The text of the file.
pub(super) fn text(
    at_sitoo: SocketAddr,
    at_orderwise: SocketAddr,
    retailer: &Retailer,
) -> Result<String, Failure> {
    let exports = exports();
    Ok(format!(
        r#"# For `daybook sandbox`: made-up systems, made-up passwords.

[sitoo]
base-url = "http://{at_sitoo}/v2/accounts/{account}"
api-id = "{api_id}"
password = "{password}"

[orderwise]
base-url = "http://{at_orderwise}/OWAPI"
user = "daybook"
password = "sandbox"
per-second = 0

{exports}
[receive]
poll-every = "2s"
first-order-id = 1

[posting]
settling-time = "2s"
confirm-after = "1s"

[web]
events-user = "{USER}"
events-password = "{PASSWORD}"
{mapping}"#,
        account = sitoo::ACCOUNT,
        api_id = sitoo::API_ID,
        password = sitoo::PASSWORD,
        mapping = mapping(retailer)?,
    ))
}

/// The export definitions, at the stand-in's ids.
pub(in crate::commands) fn exports() -> String {
    let section = |purpose: &Purpose| {
        let (name, id) = (name(*purpose), purpose.default_id());
        format!("[orderwise.exports.{name}]\nid = {id}\n")
    };
    Purpose::ALL.iter().map(section).collect()
}

/// The mappings that a consultant would enter, as `[mapping.KIND]` sections.
pub(in crate::commands) fn mapping(retailer: &Retailer) -> Result<String, Failure> {
    let fault = |what: String| Failure::new("sandbox", what, "please report it");
    let mut sections: BTreeMap<MappingKind, String> = BTreeMap::new();
    for (kind, key, value) in retailer.mapping() {
        let kind: MappingKind = kind.parse().map_err(|error| fault(format!("{error}")))?;
        let row = MappingRow::new(kind, &key, &value).map_err(|error| fault(error.to_string()))?;
        let section = sections.entry(kind).or_insert_with(|| format!("\n[mapping.{kind}]\n"));
        let _ = writeln!(section, "{} = {}", quoted(&row.key), quoted(&row.value_text()));
    }
    Ok(sections.into_values().collect())
}

/// A TOML basic string; JSON's escapes are all valid in it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The purpose's name in a configuration.
fn name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::OrderLookup => "order-lookup",
        Purpose::OrderTotals => "order-totals",
        Purpose::OrderLines => "order-lines",
        Purpose::StockLevels => "stock-levels",
        Purpose::Variants => "variants",
        Purpose::Despatches => "despatches",
    }
}
