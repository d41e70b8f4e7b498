//! What was answered: settings as they stand in `daybook.toml`, passwords apart from them, and what is
//! only about setting up. A file of answers and the draft of a run that was stopped look the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use daybook_domain::{
    mapping::{self, MappingKind},
    propose::Confidence,
};
use daybook_store::DbUrl;
use figment::value::{Dict, Value};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{
    files,
    steps::{self, Step},
};
use crate::config::{self, Config, ConfigError, InitialValue};

/// The commented example of a file of answers.
pub(super) const EXAMPLE: &str = include_str!("answers.toml");
/// How the keys of secrets end: none of them stands in a file of answers.
const SECRET_ENDS: [&str; 3] = ["password", "client-secret", "metrics-token"];
/// Days of orders that are read for proposals, unless a file says otherwise.
const DAYS: u32 = 30;

/// From which confidence on proposals are accepted without being asked about one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Accept {
    /// None of them.
    #[default]
    None,
    /// What both systems say in the same words.
    Certain,
    /// That, and what would surprise if it were wrong.
    Likely,
    /// Everything.
    Guess,
}

impl Accept {
    pub(super) fn takes(self, confidence: Confidence) -> bool {
        let least = match self {
            Self::None => return false,
            Self::Certain => Confidence::Certain,
            Self::Likely => Confidence::Likely,
            Self::Guess => Confidence::Guess,
        };
        confidence >= least
    }
}

/// `[init]`: what is only about setting up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct InitPart {
    pub(super) accept: Accept,
    pub(super) reject: BTreeSet<String>,
    pub(super) days: u32,
    pub(super) skip: BTreeSet<Step>,
    pub(super) find_exports: BTreeSet<i64>,
    /// Whether the book is in use already and only the settings are written.
    pub(super) keep_book: bool,
}

impl Default for InitPart {
    fn default() -> Self {
        Self {
            accept: Accept::None,
            reject: BTreeSet::new(),
            days: DAYS,
            skip: BTreeSet::new(),
            find_exports: BTreeSet::new(),
            keep_book: false,
        }
    }
}

/// A row that is given, or fields for a row that is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GivenRow {
    pub(super) kind: MappingKind,
    pub(super) key: String,
    pub(super) text: String,
}

/// What was answered so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Answers {
    pub(super) settings: Dict,
    pub(super) rows: Vec<GivenRow>,
    pub(super) secrets: BTreeMap<&'static str, SecretString>,
    pub(super) init: InitPart,
}

impl Answers {
    /// Reads a file of answers, and what is wrong with each of them; an error is about the whole file.
    pub(super) fn read(path: &Path) -> Result<(Self, Vec<ConfigError>), ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let hint = "`daybook init --answers-example > answers.toml` makes one to fill in";
            ConfigError::of_file("init-answers-file", path, error.to_string(), hint)
        })?;
        let settings = config::parse(path, &text)?;
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        Ok(Self::of(settings, &folder))
    }

    /// The answers that stand in `settings`, without those that cannot be used, and what is wrong with
    /// those; paths in them are seen from `folder`.
    pub(super) fn of(mut settings: Dict, folder: &Path) -> (Self, Vec<ConfigError>) {
        let mut faults = Vec::new();
        let init = settings.remove("init").map(|part| init_part(part, &mut faults));
        let rows = rows(settings.remove("mapping"), &mut faults);
        see_from(&mut settings, folder);
        secrets_in(&settings, "", &mut faults);
        faults.extend(config::faults(&settings));
        let init = init.unwrap_or_default();
        let mut answers = Self { settings, rows, secrets: BTreeMap::new(), init };
        for key in faults.iter().filter_map(|fault| fault.key.as_deref()) {
            answers.unset(key);
        }
        (answers, faults)
    }

    /// The configuration that these answers make in `folder`, the environment over it.
    pub(super) fn config(&self, folder: &Path) -> Result<Config, ConfigError> {
        let mut config = config::of_dict(self.settings.clone(), folder, std::env::vars())?;
        for (key, secret) in &self.secrets {
            config.put_secret(key, secret.clone());
        }
        Ok(config)
    }

    /// What a setting is, as text; none where it is not set.
    pub(super) fn get(&self, key: &str) -> Option<String> {
        let value = Value::from(self.settings.clone()).find(key)?;
        match value {
            Value::String(_, text) => Some(text),
            Value::Array(_, all) => {
                let texts = all.iter().filter_map(Value::as_str);
                Some(texts.collect::<Vec<_>>().join(", "))
            }
            other => serde_json::to_string(&other).ok(),
        }
    }

    /// The settings with the rows that were given, as a file of answers has them.
    pub(super) fn settings_and_rows(&self) -> Dict {
        let mut all = self.settings.clone();
        for row in &self.rows {
            let kinds = all.entry("mapping".to_owned()).or_insert_with(|| Value::from(Dict::new()));
            let Value::Dict(_, kinds) = kinds else { continue };
            let rows = kinds.entry(row.kind.to_string());
            let Value::Dict(_, rows) = rows.or_insert_with(|| Value::from(Dict::new())) else {
                continue;
            };
            rows.insert(row.key.clone(), Value::from(row.text.clone()));
        }
        all
    }

    /// Sets a setting.
    pub(super) fn set(&mut self, key: &str, value: Value) {
        let mut keys = key.split('.').peekable();
        let mut dict = &mut self.settings;
        while let Some(part) = keys.next() {
            if keys.peek().is_none() {
                dict.insert(part.to_owned(), value);
                return;
            }
            let inner = dict.entry(part.to_owned()).or_insert_with(|| Value::from(Dict::new()));
            let Value::Dict(_, next) = inner else { return };
            dict = next;
        }
    }

    /// Takes a setting back.
    pub(super) fn unset(&mut self, key: &str) {
        let mut dict = &mut self.settings;
        let mut parts: Vec<&str> = key.split('.').collect();
        let Some(last) = parts.pop() else { return };
        for part in parts {
            let Some(Value::Dict(_, next)) = dict.get_mut(part) else { return };
            dict = next;
        }
        dict.remove(last);
    }

    /// Takes a password out of the database's address: it has a file of its own. Returns whether
    /// there was one.
    pub(super) fn hide_book_password(&mut self) -> bool {
        let Some((plain, password)) = self.get("book.url").and_then(|url| apart(&url)) else {
            return false;
        };
        self.set("book.url", Value::from(plain));
        self.unset("book.password-file");
        self.secrets.insert("book.password", SecretString::from(password));
        true
    }

    /// What must be answered and is not. Steps that are skipped need nothing.
    pub(super) fn missing(&self, folder: &Path) -> Vec<ConfigError> {
        let mut missing = Vec::new();
        for step in Step::ALL.into_iter().filter(|step| !self.init.skip.contains(step)) {
            for key in step.needed() {
                if self.get(key).is_none_or(|text| text.trim().is_empty()) && !from_variable(key) {
                    missing.push(ConfigError::missing(key));
                }
            }
        }
        let lookup = "orderwise.exports.order-lookup.id";
        let skips = self.init.skip.contains(&Step::Exports);
        if !skips && self.init.find_exports.is_empty() && self.get(lookup).is_none() {
            let mut fault = ConfigError::missing(lookup);
            fault.hint.push_str("; or name candidates in init.find-exports");
            missing.push(fault);
        }
        match self.config(folder) {
            Ok(config) => {
                let secrets =
                    [(Step::Sitoo, "sitoo.password"), (Step::Orderwise, "orderwise.password")];
                for (step, key) in secrets {
                    match config.secret(key) {
                        Ok(None) if !self.init.skip.contains(&step) => {
                            missing.push(ConfigError::missing_secret(key));
                        }
                        Err(fault) => missing.push(fault),
                        Ok(_) => {}
                    }
                }
                if let Err(fault) = config.events() {
                    missing.push(fault);
                }
                missing.extend(misplaced_book(&config));
            }
            Err(fault) => missing.extend(fault.each()),
        }
        missing
    }
}

/// A database's address without its password, and the password.
fn apart(address: &str) -> Option<(String, String)> {
    let mut url = url::Url::parse(address).ok()?;
    let encoded = url.password()?.to_owned();
    let password = percent_encoding::percent_decode_str(&encoded).decode_utf8().ok()?.into_owned();
    url.set_password(None).ok()?;
    Some((url.into(), password))
}

/// A book that would lie where the service cannot write.
fn misplaced_book(config: &Config) -> Option<ConfigError> {
    match steps::book_url(config).ok()? {
        DbUrl::Sqlite(path) => files::misplaced(&path),
        DbUrl::Postgres(_) => None,
    }
}

/// Whether the environment sets it.
pub(super) fn from_variable(key: &str) -> bool {
    std::env::var_os(config::variable(key)).is_some()
}

/// `[init]`, each of its answers by itself.
fn init_part(part: Value, faults: &mut Vec<ConfigError>) -> InitPart {
    let Some(mut told) = part.into_dict() else { return InitPart::default() };
    told.retain(|key, value| {
        let one = Value::from(Dict::from([(key.clone(), value.clone())]));
        let Err(error) = one.deserialize::<InitPart>() else { return true };
        let mut fault = ConfigError::from_figment(error);
        fault.key = Some(format!("init.{}", fault.key.as_deref().unwrap_or(key)));
        "`daybook init --answers-example` shows it with its meaning".clone_into(&mut fault.hint);
        faults.push(fault);
        false
    });
    Value::from(told).deserialize().unwrap_or_default()
}

fn rows(mapping: Option<Value>, faults: &mut Vec<ConfigError>) -> Vec<GivenRow> {
    let mut rows = Vec::new();
    let Some(Value::Dict(_, kinds)) = mapping else { return rows };
    for (kind, values) in kinds {
        let known = match kind.parse::<MappingKind>() {
            Ok(known) => known,
            Err(error) => {
                let hint = "name it as in `daybook map list`";
                faults.push(ConfigError::invalid(
                    &format!("mapping.{kind}"),
                    error.to_string(),
                    hint,
                ));
                continue;
            }
        };
        let Value::Dict(_, values) = values else { continue };
        for (key, value) in values {
            match value.deserialize::<InitialValue>() {
                Ok(value) => {
                    let text = value.text();
                    faults.extend(strange_field(known, &key, &text));
                    rows.push(GivenRow { kind: known, key, text });
                }
                Err(_) => faults.push(ConfigError::invalid(
                    &format!("mapping.{kind}.{key}"),
                    "is no value of a mapping",
                    format!("fields of {known}: {}", known.fields().join(", ")),
                )),
            }
        }
    }
    rows
}

/// A field that rows of this kind do not have. What is missing may stand in the proposal.
fn strange_field(kind: MappingKind, key: &str, text: &str) -> Option<ConfigError> {
    let strange = mapping::strange_field(kind, text)?;
    let hint = format!("fields of {kind}: {}", kind.fields().join(", "));
    let what = format!("'{strange}' is not a field of {kind}");
    Some(ConfigError::invalid(&format!("mapping.{kind}.{key}"), what, hint))
}

/// Files that are named relative to the answers are found from anywhere.
fn see_from(dict: &mut Dict, folder: &Path) {
    for (key, value) in dict {
        match value {
            Value::Dict(_, inner) => see_from(inner, folder),
            Value::String(_, text) if key.ends_with("-file") => {
                let path = folder.join(PathBuf::from(&*text));
                let path = std::path::absolute(&path).unwrap_or(path);
                *text = path.display().to_string();
            }
            _ => {}
        }
    }
}

/// A password in the file itself is refused: files of answers are mailed and kept.
fn secrets_in(dict: &Dict, above: &str, faults: &mut Vec<ConfigError>) {
    for (name, value) in dict {
        let key = if above.is_empty() { name.clone() } else { format!("{above}.{name}") };
        match value {
            Value::Dict(_, inner) => secrets_in(inner, &key, faults),
            Value::String(_, text) if key == "book.url" && apart(text).is_some() => {
                let hint = "write the address without it, and name a file in book.password-file";
                let what = "a password never stands in the answers";
                faults.push(ConfigError::of_key("init-secret-in-answers", key, what, hint));
            }
            _ if SECRET_ENDS
                .iter()
                .any(|end| name == end || name.ends_with(&format!("-{end}"))) =>
            {
                let hint = format!("name a file in {key}-file, or set {}", config::variable(&key));
                let what = "a password never stands in the answers";
                faults.push(ConfigError::of_key("init-secret-in-answers", key, what, hint));
            }
            _ => {}
        }
    }
}
