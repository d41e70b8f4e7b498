//! `POST system/export-definition/{id}` (facts/orderwise 1.8; names as in design, section 7).
//! Each purpose is a pasted SQL statement: parameters that must be there, columns by alias.

mod despatches;
mod odd;
mod rows;
mod table;

use std::collections::HashMap;

use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};

pub(super) use self::odd::Odd;
use self::table::Table;
use super::{OrderWise, answer, keys, state::State, uk_time};

/// What an export definition is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// A document by its reference.
    OrderLookup,
    /// Documents by order date.
    OrderTotals,
    /// Their lines.
    OrderLines,
    /// Stock calculated since.
    StockLevels,
    /// Variants amended since.
    Variants,
    /// Orders since, with what left of them.
    Despatches,
}

impl Purpose {
    /// All purposes.
    pub const ALL: [Self; 6] = [
        Self::OrderLookup,
        Self::OrderTotals,
        Self::OrderLines,
        Self::StockLevels,
        Self::Variants,
        Self::Despatches,
    ];

    /// The id in a new company.
    pub fn default_id(self) -> i64 {
        match self {
            Self::OrderLookup => 101,
            Self::OrderTotals => 102,
            Self::OrderLines => 103,
            Self::StockLevels => 104,
            Self::Variants => 105,
            Self::Despatches => 106,
        }
    }

    /// Names of its parameters.
    pub fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::OrderLookup => &["@reference"],
            Self::OrderTotals | Self::OrderLines => &["@from", "@to"],
            Self::StockLevels | Self::Variants | Self::Despatches => &["@since"],
        }
    }

    /// Its columns, in the pack's order.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::OrderLookup | Self::OrderTotals => rows::DOCUMENT,
            Self::OrderLines => rows::LINE,
            Self::StockLevels => rows::STOCK,
            Self::Variants => rows::VARIANT,
            Self::Despatches => despatches::COLUMNS,
        }
    }
}

/// Columns whose alias somebody changed (facts/orderwise 10, "typical problems").
#[derive(Default)]
pub(super) struct Aliases(HashMap<(Purpose, String), Option<String>>);

impl Aliases {
    pub(super) fn set(&mut self, purpose: Purpose, column: &str, alias: Option<&str>) {
        self.0.insert((purpose, column.to_owned()), alias.map(str::to_owned));
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// The name under which a column goes out; nothing when it is left out.
    fn of<'a>(&'a self, purpose: Purpose, column: &'a str) -> Option<&'a str> {
        if self.0.is_empty() {
            return Some(column);
        }
        match self.0.get(&(purpose, column.to_owned())) {
            None => Some(column),
            Some(alias) => alias.as_deref(),
        }
    }
}

/// One parameter of the call. `{"name":"","value":null}` stands for none.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Parameter {
    name: String,
    value: Option<serde_json::Value>,
}

/// Runs an export definition.
pub(super) fn run(company: &OrderWise, id: &str, body: &[u8]) -> Response {
    let now = (company.now)();
    let mut guard = company.settled();
    let state = &mut *guard;
    let id: Option<i64> = id.parse().ok();
    let Some((id, purpose)) = id.and_then(|id| Some((id, *state.exports.get(&id)?))) else {
        return unknown(state);
    };
    if state.denied_exports.contains(&id) {
        return answer::forbidden();
    }
    let Ok(given) = serde_json::from_slice::<Vec<Parameter>>(&keys::lower(body)) else {
        return answer::bad_request("The request is invalid.");
    };
    let mut values = Vec::with_capacity(2);
    for name in purpose.parameters() {
        let found = given.iter().find(|parameter| parameter.name.eq_ignore_ascii_case(name));
        let Some(parameter) = found else {
            return answer::bad_request(&format!("Must provide parameter {name}"));
        };
        values.push(parameter.value.as_ref());
    }
    match rows(state, purpose, &values, now) {
        Some(json) => answer::ok(json),
        // SQL Server could not convert a value.
        None => answer::failed(),
    }
}

fn unknown(state: &State) -> Response {
    let status = state.switches.unknown_export_status;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::NOT_FOUND);
    answer::message(status, "Export definition not found")
}

/// The rows as JSON; nothing when a value does not convert. A null matches nothing.
fn rows(
    state: &mut State,
    purpose: Purpose,
    values: &[Option<&serde_json::Value>],
    now: i64,
) -> Option<Vec<u8>> {
    use serde_json::Value;
    let mut texts = Vec::with_capacity(values.len());
    for value in values {
        match value {
            None | Some(Value::Null) => return Some(b"[]".to_vec()),
            Some(Value::String(text)) => texts.push(text.clone()),
            Some(other) => texts.push(other.to_string()),
        }
    }
    let time = |place: usize| texts.get(place).and_then(|text| uk_time::parse(text));
    let mut columns = purpose.columns().to_vec();
    if purpose == Purpose::Variants {
        columns.extend(rows::added(state));
    }
    let mut table = Table::new(&columns, |column| state.aliases.of(purpose, column));
    match purpose {
        Purpose::OrderLookup => rows::lookup(state, &mut table, texts.first()?, now),
        Purpose::OrderTotals => rows::totals(state, &mut table, time(0)?, time(1)?, now),
        Purpose::OrderLines => rows::lines(state, &mut table, time(0)?, time(1)?, now),
        Purpose::StockLevels => rows::stock(state, &mut table, time(0)?, now),
        Purpose::Variants => rows::variants(state, &mut table, time(0)?),
        Purpose::Despatches => despatches::despatches(state, &mut table, time(0)?, now),
    }
    Some(state.odd.apply(purpose, table.finish()))
}
