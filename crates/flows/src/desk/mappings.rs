//! Mapping tables as people see them: rows with who wrote them, what is missing, and suggestions.

use std::collections::{BTreeMap, BTreeSet};

use daybook_domain::{
    Timestamp, VatRate,
    causes::Cause,
    mapping::{MappingKind, MappingRow},
    sku::fold,
};
pub use daybook_store::mapping::StoredMapping;
use daybook_store::{audit, exception, mapping, value_list, variant};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{app::App, error::FlowError};

/// OrderWise's value list of payment methods (facts/orderwise 1.9).
const PAYMENT_METHODS: i64 = 20;
/// Most suggestions for one key.
const MOST: usize = 3;
/// Most acts that are shown of one row.
const HISTORY: usize = 50;

/// A kind of mapping with its rows.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MappingTable {
    /// The kind.
    pub kind: MappingKind,
    /// Its rows, by key.
    pub rows: Vec<StoredMapping>,
    /// What open exceptions say is missing.
    pub missing: Vec<Missing>,
}

/// A key that something waits for.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "MappingMissing")]
pub struct Missing {
    /// The key.
    pub key: String,
    /// How many exceptions wait.
    pub exceptions: i64,
    /// The cause's stable code.
    #[schemars(with = "Cause")]
    pub cause: &'static str,
    /// What it may be.
    pub suggestions: Vec<Suggestion>,
}

/// A value that may be meant, and why. Nothing is accepted by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "MappingSuggestion")]
pub struct Suggestion {
    /// For the first field of the kind.
    pub value: String,
    /// What it is, in OrderWise's words.
    pub name: String,
    /// Why it is offered.
    pub why: &'static str,
}

/// A change of a row.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "MappingChange")]
pub struct RowChange {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// The row before; none where it was new.
    pub before: Option<String>,
    /// The row after; none where it was taken away.
    pub after: Option<String>,
    /// The fields before, to go back to them.
    #[serde(skip)]
    pub fields_before: Option<BTreeMap<String, String>>,
}

/// What a file would change.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
#[schemars(rename = "MappingFile")]
pub struct Incoming {
    /// Rows that are not there yet.
    pub new: Vec<MappingRow>,
    /// Rows that are there with another value.
    pub changed: Vec<MappingRow>,
    /// What those are now.
    pub before: Vec<MappingRow>,
    /// Rows that are there as they are.
    pub same: usize,
}

impl Incoming {
    /// What would be written.
    pub fn rows(&self) -> Vec<MappingRow> {
        [self.new.as_slice(), self.changed.as_slice()].concat()
    }
}

/// Compares a file's rows with the book's. A key that comes twice is refused: which one counts?
pub async fn incoming(app: &App, rows: Vec<MappingRow>) -> Result<Incoming, FlowError> {
    let there = mapping::load(&app.db).await?.rows.into_iter();
    let there: BTreeMap<_, _> = there.map(|row| ((row.kind, row.key.clone()), row)).collect();
    let mut told = Incoming::default();
    let mut seen = BTreeSet::new();
    for row in rows {
        let key = (row.kind, row.key.clone());
        match there.get(&key) {
            _ if seen.contains(&key) => {
                let what = format!("{} {} comes twice", row.kind, row.key);
                return Err(FlowError::request("mapping-csv", what, "leave one of the two"));
            }
            None => told.new.push(row),
            Some(known) if known.value == row.value => told.same += 1,
            Some(known) => {
                told.before.push(known.clone());
                told.changed.push(row);
            }
        }
        seen.insert(key);
    }
    Ok(told)
}

/// How many rows each kind has.
pub async fn counts(app: &App) -> Result<Vec<(MappingKind, usize)>, FlowError> {
    let rows = mapping::list(&app.db).await?;
    let count = |kind| rows.iter().filter(|stored| stored.row.kind == kind).count();
    Ok(MappingKind::ALL.into_iter().map(|kind| (kind, count(kind))).collect())
}

/// The rows of one kind, and what is missing in it.
pub async fn table(app: &App, kind: MappingKind) -> Result<MappingTable, FlowError> {
    let rows = mapping::list(&app.db).await?;
    let mut missing = Vec::new();
    let mut seen = BTreeSet::new();
    for group in exception::open_grouped(&app.db).await? {
        if group.cause.is_released_by(kind)
            && !group.subject.is_empty()
            && seen.insert(group.subject.clone())
        {
            missing.push(Missing {
                suggestions: suggest(app, kind, &group.subject).await?,
                key: group.subject,
                exceptions: group.count,
                cause: group.cause.code(),
            });
        }
    }
    let rows = rows.into_iter().filter(|stored| stored.row.kind == kind).collect();
    Ok(MappingTable { kind, rows, missing })
}

/// One row, as it is.
pub async fn row(app: &App, kind: MappingKind, key: &str) -> Result<Option<MappingRow>, FlowError> {
    Ok(mapping::get(&app.db, kind, key).await?.map(|stored| stored.row))
}

/// What was done to a row, the latest first.
pub async fn history(app: &App, kind: MappingKind, key: &str) -> Result<Vec<RowChange>, FlowError> {
    let acts = audit::of(&app.db, &format!("{kind} {key}"), HISTORY).await?;
    let change = |act: audit::AuditRow| {
        let detail: serde_json::Value = serde_json::from_str(&act.detail).unwrap_or_default();
        let side = |name: &str| {
            let fields = detail[name].as_object()?.iter();
            let fields = fields
                .map(|(name, value)| format!("{name}={}", value.as_str().unwrap_or_default()));
            Some(fields.collect::<Vec<_>>().join(" "))
        };
        RowChange {
            at: act.at,
            by: act.actor,
            before: side("before"),
            after: side("after"),
            fields_before: serde_json::from_value(detail["before"].clone()).ok(),
        }
    };
    Ok(acts.into_iter().map(change).collect())
}

/// What a key may be: the nearest code, the same rate, the same name.
pub async fn suggest(
    app: &App,
    kind: MappingKind,
    key: &str,
) -> Result<Vec<Suggestion>, FlowError> {
    match kind {
        MappingKind::Sku => near_codes(app, key).await,
        MappingKind::Vat => same_rate(app, key).await,
        MappingKind::Payment => same_name(app, key).await,
        _ => Ok(Vec::new()),
    }
}

async fn near_codes(app: &App, key: &str) -> Result<Vec<Suggestion>, FlowError> {
    const NEAR: usize = 200;
    let folded = fold(key);
    let stem: String = folded.chars().take(folded.chars().count().min(4)).collect();
    let found = variant::starting_with(&app.db, &stem, NEAR).await?;
    let mut ranked: Vec<(usize, String, String)> = found
        .into_iter()
        .map(|(sku, name)| (strsim::damerau_levenshtein(&fold(&sku), &folded), sku, name))
        .filter(|(distance, ..)| distance * 3 <= folded.chars().count())
        .collect();
    ranked.sort();
    let offer = |(_, value, name)| Suggestion { value, name, why: "the nearest code" };
    Ok(ranked.into_iter().take(MOST).map(offer).collect())
}

async fn same_rate(app: &App, key: &str) -> Result<Vec<Suggestion>, FlowError> {
    let Ok(rate) = key.parse::<VatRate>() else { return Ok(Vec::new()) };
    let codes = variant::tax_codes(&app.db).await?.into_iter();
    let same = codes.filter(|(_, _, of)| *of == Some(rate));
    let offer = |(id, name, _): (i64, String, Option<VatRate>)| Suggestion {
        value: id.to_string(),
        name,
        why: "the same rate",
    };
    Ok(same.take(MOST).map(offer).collect())
}

async fn same_name(app: &App, key: &str) -> Result<Vec<Suggestion>, FlowError> {
    let wanted = fold(key);
    let values = value_list::of(&app.db, PAYMENT_METHODS).await?.into_iter();
    let mut ranked: Vec<(usize, i64, String)> = values
        .map(|value| {
            (strsim::damerau_levenshtein(&fold(&value.name), &wanted), value.id, value.name)
        })
        .filter(|(distance, ..)| distance * 2 <= wanted.chars().count().max(2))
        .collect();
    ranked.sort();
    let offer = |(distance, id, name): (usize, i64, String)| Suggestion {
        value: id.to_string(),
        name,
        why: if distance == 0 { "the same name" } else { "a name like it" },
    };
    Ok(ranked.into_iter().take(MOST).map(offer).collect())
}
