//! The mappings a configuration begins with.

use std::collections::BTreeMap;

use daybook_domain::mapping::{MappingFault, MappingKind, MappingRow};
use serde::Deserialize;

use super::{Config, ConfigError};

/// A value as it stands in the file: what `daybook map set` takes, or a table of fields.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum InitialValue {
    /// `"account=LEEDS session=3"`, or a bare value for the first field.
    Bare(Scalar),
    /// `{ account = "LEEDS", session = 3 }`.
    Fields(BTreeMap<String, Scalar>),
}

/// A text, or something that people write without quotes.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Scalar {
    Flag(bool),
    Number(i64),
    Text(String),
}

impl Scalar {
    fn text(&self) -> String {
        match self {
            Self::Flag(true) => "yes".to_owned(),
            Self::Flag(false) => "no".to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

impl InitialValue {
    /// As `daybook map set` takes it.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Bare(scalar) => scalar.text(),
            Self::Fields(fields) => {
                let quoted = |text: String| text.replace('\'', "''");
                let fields = fields
                    .iter()
                    .map(|(name, scalar)| format!("{name}='{}'", quoted(scalar.text())));
                fields.collect::<Vec<_>>().join(" ")
            }
        }
    }
}

impl Config {
    /// The rows of `[mapping]`, each checked.
    pub(crate) fn initial_mapping(&self) -> Result<Vec<MappingRow>, ConfigError> {
        self.initial_rows().collect()
    }

    /// The same, each by itself.
    pub(super) fn initial_rows(
        &self,
    ) -> impl Iterator<Item = Result<MappingRow, ConfigError>> + '_ {
        let tables = self.mapping.iter();
        tables.flat_map(|(kind, rows)| rows.iter().map(|(key, value)| row(*kind, key, value)))
    }
}

fn row(kind: MappingKind, key: &str, value: &InitialValue) -> Result<MappingRow, ConfigError> {
    let made: Result<_, MappingFault> = match value {
        InitialValue::Bare(scalar) => MappingRow::new(kind, key, &scalar.text()),
        InitialValue::Fields(fields) => {
            let fields = fields.iter().map(|(name, scalar)| (name.clone(), scalar.text()));
            MappingRow::from_fields(kind, key, fields)
        }
    };
    made.map_err(|fault| {
        let hint = format!("fields of {kind}: {}", kind.fields().join(", "));
        ConfigError::invalid(&format!("mapping.{kind}.{key}"), fault.what, hint)
    })
}
