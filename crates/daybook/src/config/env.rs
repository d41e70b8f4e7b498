//! The layer of the environment: `DAYBOOK_SECTION__KEY`.

use std::collections::BTreeMap;

use figment::{
    Error, Metadata, Profile, Provider,
    value::{Dict, Map, Value},
};

use super::{ConfigError, error::suggest};

const PREFIX: &str = "DAYBOOK_";

/// Variables of this prefix that are no settings: the command line reads them.
const NOT_SETTINGS: &[&str] = &["DAYBOOK_CONFIG", "DAYBOOK_ACTOR", "DAYBOOK_LOG", COMMAND];

/// What commands are called on this machine, set by the package's `daybook-admin`.
pub(crate) const COMMAND: &str = "DAYBOOK_COMMAND";

/// The variable that sets `key`.
pub(crate) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "__").replace('-', "_").to_uppercase())
}

/// One variable, as a layer of its own: an error can then name it.
pub(super) struct Variable {
    name: String,
    dict: Dict,
}

impl Provider for Variable {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(self.dict.clone()))
    }
}

/// Reads the variables of ours among `variables`; `shape` tells which settings exist and which of
/// them are texts, so that the password `0123` stays what it is.
pub(super) fn layers(
    variables: impl Iterator<Item = (String, String)>,
    shape: &Dict,
) -> Result<Vec<Variable>, ConfigError> {
    let mut keys = BTreeMap::new();
    list_keys(shape, &mut Vec::new(), &mut keys);
    let ours = variables
        .filter(|(name, _)| name.starts_with(PREFIX) && !NOT_SETTINGS.contains(&name.as_str()));
    ours.map(|(name, text)| layer(name, &text, &keys)).collect()
}

fn layer(
    name: String,
    text: &str,
    keys: &BTreeMap<String, (Vec<String>, &Value)>,
) -> Result<Variable, ConfigError> {
    let Some((path, sample)) = keys.get(&name) else {
        let names: Vec<&str> = keys.keys().map(String::as_str).collect();
        return Err(ConfigError {
            and: Box::default(),
            code: "config-unknown-key",
            place: Some("environment".into()),
            what: "is not a setting".to_owned(),
            hint: suggest(&name, &names),
            key: Some(name),
        });
    };
    let mut value = match (sample, text.parse::<Value>()) {
        // What cannot be read as a value is left to the types to refuse.
        (Value::String(..), _) | (_, Err(_)) => Value::from(text),
        (_, Ok(value)) => value,
    };
    for key in path.iter().skip(1).rev() {
        value = Value::from(Dict::from([(key.clone(), value)]));
    }
    let dict = path.first().map(|key| Dict::from([(key.clone(), value)])).unwrap_or_default();
    Ok(Variable { name, dict })
}

fn list_keys<'a>(
    dict: &'a Dict,
    path: &mut Vec<String>,
    keys: &mut BTreeMap<String, (Vec<String>, &'a Value)>,
) {
    for (key, value) in dict {
        path.push(key.clone());
        match value {
            // Free tables (mappings, renames) have keys that no variable name can spell.
            Value::Dict(..) if path.len() == 1 && key == "mapping" => {}
            Value::Dict(..) if path.len() == 2 && path[0] == "settlement" => {}
            Value::Dict(..)
                if path.len() == 2
                    && path[0] == "alerts"
                    && key != "limits"
                    && key != "backoff" => {}
            Value::Dict(..) if key == "parameters" || key == "columns" => {}
            Value::Dict(_, inner) => list_keys(inner, path, keys),
            value => {
                keys.insert(variable(&path.join(".")), (path.clone(), value));
            }
        }
        path.pop();
    }
}
