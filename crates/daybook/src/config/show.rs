//! The settings in force, each with where it comes from, secrets hidden.

use std::path::Path;

use figment::{
    Figment,
    value::{Dict, Value},
};
use serde::Serialize;

use super::{Config, ConfigError, error::place_of, load};

/// One setting in force.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Setting {
    /// Dotted key.
    pub(crate) key: String,
    /// Its value; secrets are `***`.
    pub(crate) value: Value,
    /// `default`, the file, or the environment variable.
    pub(crate) from: String,
}

/// What stands in place of a secret.
const HIDDEN: &str = "***";

/// How the keys of secrets end.
const SECRETS: [&str; 3] = ["password", "client-secret", "metrics-token"];

/// The configuration, and every setting of it in alphabetic order.
pub(crate) fn effective(
    named: Option<&Path>,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<(Config, Vec<Setting>), ConfigError> {
    let (config, layers) = load::read(named, variables)?;
    Ok((config, list(&layers)?))
}

fn list(layers: &Figment) -> Result<Vec<Setting>, ConfigError> {
    let dict: Dict = layers.extract().map_err(ConfigError::from_figment)?;
    let mut settings = Vec::new();
    flatten(&dict, "", layers, &mut settings);
    Ok(settings)
}

fn flatten(dict: &Dict, above: &str, layers: &Figment, settings: &mut Vec<Setting>) {
    for (name, value) in dict {
        let key = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        // A row of [mapping] and a rename of columns are one value each.
        let leaf = above.starts_with("mapping.") || above.ends_with(".parameters");
        match value {
            Value::Dict(_, inner) if !leaf => flatten(inner, &key, layers, settings),
            value => {
                let from = layers.get_metadata(value.tag()).map_or_else(String::new, place_of);
                settings.push(Setting { value: hide(&key, value), key, from });
            }
        }
    }
}

fn hide(key: &str, value: &Value) -> Value {
    // Addresses of webhooks are as good as passwords.
    let of_channel = key.strip_prefix("alerts.channels.").and_then(|rest| rest.rsplit('.').next());
    let is_secret = SECRETS.iter().any(|end| key.ends_with(end));
    if is_secret || matches!(of_channel, Some("url" | "secret")) {
        return Value::from(HIDDEN);
    }
    match value.as_str().map(url::Url::parse) {
        Some(Ok(mut url)) if url.password().is_some() => {
            // Fails only for addresses that cannot have a password, and this one has.
            let _ = url.set_password(Some(HIDDEN));
            Value::from(url.as_str())
        }
        _ => value.clone(),
    }
}
