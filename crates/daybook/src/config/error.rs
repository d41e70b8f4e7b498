//! What can be wrong with a configuration, as people need to hear it.

use std::{fmt, path::Path};

use figment::{
    Metadata, Source,
    error::{Actual, Kind},
};

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigError {
    /// Stable code.
    pub(crate) code: &'static str,
    /// File or variable it was found in, where it was found anywhere.
    pub(crate) place: Option<Box<str>>,
    /// Dotted key, where it is about one.
    pub(crate) key: Option<String>,
    /// What is wrong. Never repeats a secret.
    pub(crate) what: String,
    /// What to do next.
    pub(crate) hint: String,
    /// What else is wrong: whoever corrects one should not meet the next one afterwards.
    pub(crate) and: Box<[ConfigError]>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in [self.place.as_deref(), self.key.as_deref()].into_iter().flatten() {
            write!(f, "{part}: ")?;
        }
        f.write_str(&self.what)
    }
}

impl std::error::Error for ConfigError {}

impl ConfigError {
    /// An error about one setting, wherever its value came from.
    pub(crate) fn of_key(
        code: &'static str,
        key: impl Into<String>,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            code,
            place: None,
            key: Some(key.into()),
            what: what.into(),
            hint: hint.into(),
            and: Box::default(),
        }
    }

    /// An error about a whole file.
    pub(crate) fn of_file(
        code: &'static str,
        file: &Path,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        let place = Some(file.display().to_string().into());
        Self { code, place, key: None, what: what.into(), hint: hint.into(), and: Box::default() }
    }

    /// A setting that is needed and not there.
    pub(crate) fn missing(key: &str) -> Self {
        let hint = match of_the_package() {
            Some(file) => format!("set it in {file}, or let `daybook init` ask for everything"),
            None => format!("set it in daybook.toml or as {}", super::env::variable(key)),
        };
        Self::of_key("config-missing-key", key, "is not set", hint)
    }

    /// A secret that is needed and not there.
    pub(crate) fn missing_secret(key: &str) -> Self {
        let hint = match of_the_package() {
            Some(_) => format!("put it into /etc/daybook/credentials/{key}, a file of its own"),
            None => format!(
                "set {} or the key {key}-file, or give the credential {key}",
                super::env::variable(key)
            ),
        };
        Self::of_key("config-missing-secret", key, "is not set", hint)
    }

    /// A value that has the right type and still cannot work.
    pub(crate) fn invalid(key: &str, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::of_key("config-invalid-value", key, what, hint)
    }

    /// What figment found when it filled the types.
    pub(crate) fn from_figment(error: figment::Error) -> Self {
        // figment keeps a chain when several layers are wrong; the first says enough of a setting.
        let error = error.into_iter().next();
        let Some(error) = error else {
            return Self::of_key("config-invalid-value", "?", "cannot be read", see_default());
        };
        let place = error.metadata.as_ref().map(|found| place_of(found).into());
        let mut path = error.path.clone();
        let (code, what, hint) = explain(&error.kind, &mut path);
        Self { code, place, key: Some(path.join(".")), what, hint, and: Box::default() }
    }

    /// Several in one; none where nothing is wrong.
    pub(crate) fn of_all(faults: Vec<Self>) -> Option<Self> {
        let mut faults = faults.into_iter();
        let mut first = faults.next()?;
        first.and = faults.collect();
        Some(first)
    }

    /// Each by itself.
    pub(crate) fn each(mut self) -> Vec<Self> {
        let others = std::mem::take(&mut self.and);
        std::iter::once(self).chain(others).collect()
    }
}

/// The settings of the package, where its `daybook-admin` runs a command: it passes no variable on.
fn of_the_package() -> Option<String> {
    std::env::var_os(super::env::COMMAND)?;
    std::env::var("DAYBOOK_CONFIG").ok()
}

/// The file or variable of a layer.
pub(super) fn place_of(metadata: &Metadata) -> String {
    match &metadata.source {
        Some(Source::File(path)) => path.display().to_string(),
        _ => metadata.name.to_string(),
    }
}

fn see_default() -> String {
    "`daybook config --default` shows every setting with its meaning".to_owned()
}

fn explain(kind: &Kind, path: &mut Vec<String>) -> (&'static str, String, String) {
    let secret = path.last().is_some_and(|key| key.ends_with("password"));
    match kind {
        Kind::UnknownField(name, known) => {
            end_with(path, name);
            ("config-unknown-key", "is not a setting".to_owned(), suggest(name, known))
        }
        Kind::MissingField(name) => {
            end_with(path, name);
            ("config-missing-key", "is not set".to_owned(), see_default())
        }
        Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) if secret => {
            let what = format!("expected {expected}, found something else");
            ("config-wrong-type", what, "put it in quotes".to_owned())
        }
        Kind::InvalidType(actual, expected) => {
            ("config-wrong-type", contrast(actual, expected), how_to_write(expected))
        }
        Kind::InvalidValue(actual, expected) => {
            ("config-invalid-value", contrast(actual, expected), how_to_write(expected))
        }
        Kind::UnknownVariant(name, known) => {
            let what = format!("'{name}' is not one of {}", known.join(", "));
            let near = suggest(name, known);
            let hint = if near.starts_with("did") { near } else { see_default() };
            ("config-invalid-value", what, hint)
        }
        Kind::Message(text) if text.contains("socket address") => (
            "config-invalid-value",
            "is no address and port".to_owned(),
            "write it as \"127.0.0.1:8080\"".to_owned(),
        ),
        _ if secret => ("config-invalid-value", "cannot be read".to_owned(), see_default()),
        other => ("config-invalid-value", other.to_string(), see_default()),
    }
}

/// figment sometimes has the last key in the path already.
fn end_with(path: &mut Vec<String>, name: &str) {
    if path.last().is_none_or(|last| last != name) {
        path.push(name.to_owned());
    }
}

/// What was expected and what was found, without the names of types.
fn contrast(actual: &Actual, expected: &str) -> String {
    let expected = match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "a boolean" => "true or false",
        "a string" => "a text in quotes",
        "a sequence" => "a list in [ ]",
        other if other.starts_with("struct") => "a [section]",
        other => other,
    };
    let found = match actual {
        Actual::Bool(value) => value.to_string(),
        Actual::Unsigned(value) => value.to_string(),
        Actual::Signed(value) => value.to_string(),
        Actual::Float(value) => value.to_string(),
        Actual::Str(value) => format!("{value:?}"),
        Actual::Seq => "a list".to_owned(),
        Actual::Map => "a section".to_owned(),
        other => other.to_string(),
    };
    format!("expected {expected}, found {found}")
}

fn how_to_write(expected: &str) -> String {
    if expected.contains("duration") {
        "durations are written \"500ms\", \"10s\", \"5m\", \"12h\" or \"7d\"".to_owned()
    } else {
        see_default()
    }
}

/// Names the setting that was probably meant.
pub(super) fn suggest(name: &str, known: &[&str]) -> String {
    let near = known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(name, known), *known))
        .min()
        .filter(|(distance, known)| *distance <= 2.max(known.len() / 3));
    match near {
        Some((_, known)) => format!("did you mean `{known}`?"),
        None if known.len() <= 12 => format!("known here: {}", known.join(", ")),
        None => see_default(),
    }
}
