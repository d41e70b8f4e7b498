//! Mapping tables as people see them: rows with who wrote them, what is missing, and suggestions.

use std::collections::{BTreeMap, BTreeSet};

use daybook_domain::{
    Timestamp, VatRate,
    causes::Cause,
    mapping::{MappingKind, MappingRow},
    propose::{self, Confidence, Offer},
    sku::fold,
};
pub use daybook_store::mapping::StoredMapping;
use daybook_store::{audit, exception, mapping, value_list, variant};
use schemars::JsonSchema;
use serde::Serialize;

use super::doubts;
use crate::{app::App, error::FlowError};

/// OrderWise's value lists of delivery and payment methods (facts/orderwise 1.9).
const DELIVERY_METHODS: i64 = 18;
const PAYMENT_METHODS: i64 = 20;
/// Doubts after which a file is not looked at any further: the wrong columns, most likely.
const DOUBTS: usize = 40;
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

/// A value that may be meant, how sure it is, and why. Nothing is accepted by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "MappingSuggestion")]
pub struct Suggestion {
    /// For the first field of the kind.
    pub value: String,
    /// What it is, in OrderWise's words.
    pub name: String,
    /// Why it is offered.
    pub why: String,
    /// How sure it is.
    pub confidence: Confidence,
}

impl Suggestion {
    /// How sure it is, and why, for people.
    pub fn told(&self) -> String {
        format!("{}: {}", self.confidence, self.why)
    }
}

impl From<Offer> for Suggestion {
    fn from(offer: Offer) -> Self {
        let Offer { value, name, confidence, reason } = offer;
        Self { value, name, why: reason, confidence }
    }
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
    /// What speaks against rows that would be written: each is most likely a slip.
    pub doubts: Vec<String>,
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
    told.doubts = doubts_of(app, &told.rows()).await?;
    Ok(told)
}

/// What is odd about rows by themselves, and stores of one file that would share a session.
async fn doubts_of(app: &App, rows: &[MappingRow]) -> Result<Vec<String>, FlowError> {
    let mut told = Vec::new();
    let mut sessions: BTreeMap<&str, &str> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        if told.len() >= DOUBTS {
            let rest = rows.len() - at;
            told.push(format!("and {rest} rows more, which were not looked at"));
            break;
        }
        let about = format!("{} {}", row.kind, row.key);
        if let Some(doubt) = doubts::doubt(app, row).await? {
            told.push(format!("{about}: {}", doubt.what));
        }
        let session = row.value.get("session").filter(|_| row.kind == MappingKind::Store);
        let other = session.and_then(|session| sessions.insert(session, &row.key));
        if let Some(other) = other {
            told.push(format!("{about}: store {other} of the file has the same session"));
        }
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
        // A cause that rows of several kinds may release is mended by those that its command names.
        let own = format!("daybook map set {kind} ");
        if group.cause.is_released_by(kind)
            && group.cause.entry().command.starts_with(&own)
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

/// What a key may be, by the same rules as `daybook init` proposes by: the nearest code, the same
/// rate, a name like it.
pub async fn suggest(
    app: &App,
    kind: MappingKind,
    key: &str,
) -> Result<Vec<Suggestion>, FlowError> {
    let offers = match kind {
        MappingKind::Sku => near(app, key).await?,
        MappingKind::Vat => match key.parse::<VatRate>() {
            Ok(rate) => propose::same_rate(rate, variant::tax_codes(&app.db).await?),
            Err(_) => Vec::new(),
        },
        MappingKind::Payment => {
            let methods = value_list::of(&app.db, PAYMENT_METHODS).await?;
            let methods: Vec<_> = methods.iter().map(|it| (it.id, it.name.as_str())).collect();
            propose::paid_by(&[key], &methods)
        }
        MappingKind::Delivery => {
            let methods = value_list::of(&app.db, DELIVERY_METHODS).await?;
            let methods: Vec<_> = methods.iter().map(|it| (it.id, it.name.as_str())).collect();
            propose::sent_by(key, &methods)
        }
        MappingKind::Reason => vec![propose::restocked(key, "")],
        MappingKind::Status => propose::meaning_of(key).into_iter().collect(),
        _ => Vec::new(),
    };
    Ok(offers.into_iter().map(Suggestion::from).collect())
}

async fn near(app: &App, key: &str) -> Result<Vec<Offer>, FlowError> {
    const NEAR: usize = 200;
    let folded = fold(key);
    let stem: String = folded.chars().take(folded.chars().count().min(4)).collect();
    let found = variant::usable_starting_with(&app.db, &stem, NEAR).await?;
    // It is no replacement of itself.
    let others = found.iter().filter(|(sku, _)| fold(sku) != folded);
    let codes = others.map(|(sku, name)| (sku.as_str(), name.as_str()));
    Ok(propose::near_codes(key, codes))
}
