//! From a month down to the receipts behind a figure: company, store, till, way of paying, day,
//! entry. The figures are those of the certificates, so that they are the ones that were signed.

use std::collections::BTreeMap;

use daybook_domain::{
    Money, Reference, Timestamp,
    entry::{EntryKind, EntryState},
    month::{Month, facts::Certified},
    reconcile::{
        Difference, Measure, counted,
        difference::Sides,
        policy::DayPolicy,
        vat::VatLine,
        witness::{BookEntry, Day, LedgerDocument, StoreDay},
    },
};
use daybook_store::reconcile::{certificate, register};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    load, month, policy, record,
    view::{Clearing, DayView, clearing},
};
use crate::{app::App, error::FlowError};

/// What has no till, or no way of paying: documents of OrderWise without a receipt.
pub const NONE: &str = "-";

/// How far down, each step within the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path {
    /// Sitoo's warehouse id of the store.
    pub store: Option<i64>,
    /// The till's id; [`NONE`] for what no till made.
    pub register: Option<String>,
    /// The way of paying by the till's name, `split` for several; [`NONE`] for what has none.
    pub tender: Option<String>,
}

/// One line of a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DrillLine {
    /// By which the level below is asked for: a store's id, a till's, a way of paying, a day.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// What the tills took (the book) and what OrderWise holds (the other side).
    pub sides: Sides,
    /// Differences in it that a person has to clear.
    pub open: i64,
}

/// What the lines of a level are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "DrillLevel")]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Stores of the company.
    Stores,
    /// Tills of a store.
    Registers,
    /// Ways of paying at a till.
    Tenders,
    /// Days of a way of paying.
    Days,
}

/// An entry behind a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct DrillEntry {
    /// Its reference.
    pub reference: String,
    /// Sale or return.
    pub kind: EntryKind,
    /// Where it is.
    pub state: EntryState,
    /// The moment at the till.
    pub at: Timestamp,
    /// The receipt's number.
    pub receipt: Option<String>,
    /// Each way in which it was paid, with its amount.
    pub tenders: Vec<(String, Money)>,
    /// What the till took; negative on a return.
    pub gross: Money,
    /// What OrderWise's documents of it come to, with the till's sign; none where there is none.
    pub orderwise: Option<Money>,
    /// Their numbers.
    pub documents: Vec<String>,
}

impl Path {
    /// What the lines are.
    pub const fn level(&self) -> Level {
        match (&self.store, &self.register, &self.tender) {
            (None, ..) => Level::Stores,
            (Some(_), None, _) => Level::Registers,
            (Some(_), Some(_), None) => Level::Tenders,
            (Some(_), Some(_), Some(_)) => Level::Days,
        }
    }

    /// Whether something of this till and way of paying lies on the path.
    fn holds(&self, register: Option<&str>, tender: Option<&str>) -> bool {
        let fits = |wanted: &Option<String>, is: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| wanted == is.unwrap_or(NONE))
        };
        fits(&self.register, register) && fits(&self.tender, tender)
    }

    fn key(&self, day: &Certified, register: Option<&str>, tender: Option<&str>) -> String {
        match self.level() {
            Level::Stores => day.certificate.body.result.warehouse_id.to_string(),
            Level::Registers => register.unwrap_or(NONE).to_owned(),
            Level::Tenders => tender.unwrap_or(NONE).to_owned(),
            Level::Days => day.certificate.body.result.day.to_string(),
        }
    }
}

/// The lines of a level of a month, by key.
pub async fn month(app: &App, month: Month, path: &Path) -> Result<Vec<DrillLine>, FlowError> {
    let days = month::certificates(app, month).await?;
    lines(app, &days, path).await
}

/// The tills of a store's day with the ways of paying at each, as its certificate says.
pub async fn day(app: &App, view: &DayView) -> Result<Vec<(DrillLine, Vec<DrillLine>)>, FlowError> {
    let Some(day) = certified(app, view).await? else { return Ok(Vec::new()) };
    let days = [day];
    let mut path = Path { store: Some(view.store), ..Path::default() };
    let mut tills = Vec::new();
    for till in lines(app, &days, &path).await? {
        path.register = Some(till.key.clone());
        tills.push((till, lines(app, &days, &path).await?));
    }
    Ok(tills)
}

/// Both sides of a store's day by tax code, sales and returns apart, as its certificate says.
pub async fn vat(app: &App, view: &DayView) -> Result<Vec<VatLine>, FlowError> {
    let day = certified(app, view).await?;
    Ok(day.map(|day| day.certificate.body.result.vat).unwrap_or_default())
}

/// What a day stands on; none before its first certificate.
async fn certified(app: &App, view: &DayView) -> Result<Option<Certified>, FlowError> {
    let Some(made) = &view.certificate else { return Ok(None) };
    let row = certificate::get(&app.db, view.store, made.number).await?;
    Ok(row.and_then(|row| {
        let certificate = record::certificate_of(&row.body)?;
        Some(Certified { seq: row.seq, at: row.at, fingerprint: row.fingerprint(), certificate })
    }))
}

async fn lines(app: &App, days: &[Certified], path: &Path) -> Result<Vec<DrillLine>, FlowError> {
    let names = names(app, days, path).await?;
    let mut found: BTreeMap<String, DrillLine> = BTreeMap::new();
    let within = days.iter().filter(|day| {
        path.store.is_none_or(|store| store == day.certificate.body.result.warehouse_id)
    });
    for day in within {
        let result = &day.certificate.body.result;
        let mut line = |register: Option<&str>,
                        tender: Option<&str>,
                        add: &dyn Fn(&mut DrillLine)| {
            if path.holds(register, tender) {
                let key = path.key(day, register, tender);
                let name = names.get(&key).cloned().unwrap_or_else(|| key.clone());
                let empty = DrillLine { key: key.clone(), name, sides: Sides::default(), open: 0 };
                add(found.entry(key).or_insert(empty));
            }
        };
        for tally in &result.tally {
            line(tally.register.as_deref(), tally.tender.as_deref(), &|line| {
                line.sides.book += tally.sides.book;
                line.sides.other += tally.sides.other;
                line.sides.book_count += tally.sides.book_count;
                line.sides.other_count += tally.sides.other_count;
            });
        }
        let is_open = |one: &&Difference| {
            one.measure == Measure::Ledger && clearing(&day.certificate, one) == Clearing::Open
        };
        for one in result.open().filter(is_open) {
            let Difference { place, .. } = one;
            line(place.register.as_deref(), place.tender.as_deref(), &|line| line.open += 1);
        }
    }
    Ok(found.into_values().collect())
}

/// What people call a till.
pub async fn till_name(app: &App, store: i64, register: &str) -> Result<String, FlowError> {
    if register == NONE {
        return Ok("No till".to_owned());
    }
    let rows = register::of_store(&app.db, store).await?;
    let own = rows.into_iter().find(|row| row.register_id == register);
    let key = own.and_then(|row| row.key).unwrap_or_else(|| register.to_owned());
    Ok(format!("Till {key}"))
}

/// What people call the keys of a level.
async fn names(
    app: &App,
    days: &[Certified],
    path: &Path,
) -> Result<BTreeMap<String, String>, FlowError> {
    Ok(match path.level() {
        Level::Stores => {
            let results = days.iter().map(|day| &day.certificate.body.result);
            results.map(|one| (one.warehouse_id.to_string(), one.store.clone())).collect()
        }
        Level::Registers => {
            let rows = register::of_store(&app.db, path.store.unwrap_or_default()).await?;
            let keyed = rows.into_iter().filter_map(|row| Some((row.register_id, row.key?)));
            keyed.map(|(id, key)| (id, format!("Till {key}"))).collect()
        }
        Level::Tenders | Level::Days => BTreeMap::new(),
    })
}

/// The entries that a store's day counts on a path, as the book holds them now, by time.
pub async fn entries(
    app: &App,
    (store, day): (i64, Day),
    path: &Path,
) -> Result<Vec<DrillEntry>, FlowError> {
    let policy = policy::policy(app).await?;
    let bounds = policy::clock(app, store).await?.bounds(day);
    let known = load::store(app, store, day, bounds.0).await?;
    let loaded = load::store_day(app, known, day, bounds).await?;
    let all = counted(&loaded, &policy).into_iter();
    let own = all.filter(|one| path.holds(one.register_id.as_deref(), Some(one.main_tender())));
    let mut own: Vec<DrillEntry> = own.map(|one| told(&policy, &loaded, one)).collect();
    own.sort_by(|a, b| (a.at, &a.reference).cmp(&(b.at, &b.reference)));
    Ok(own)
}

fn told(policy: &DayPolicy, day: &StoreDay, entry: &BookEntry) -> DrillEntry {
    let is_its = |found: &&LedgerDocument| {
        Reference::named_by(&found.document.reference) == Some(entry.reference)
            || Some(found.document.order_id) == entry.ledger_order_id
    };
    let documents: Vec<&LedgerDocument> = day.documents.iter().filter(is_its).collect();
    let types = policy.order_types;
    let signed = |found: &&LedgerDocument| {
        let gross = found.document.gross;
        if types.is_credit(found.document.order_type) { -gross } else { gross }
    };
    let live = documents.iter().filter(|found| !policy.is_cancelled(&found.document));
    let sum = live.map(signed).reduce(|sum, one| sum + one);
    DrillEntry {
        kind: entry.kind,
        state: entry.state,
        at: entry.order_date,
        receipt: entry.receipt_id.clone(),
        tenders: entry.tenders.iter().map(|one| (one.name.clone(), one.amount)).collect(),
        gross: entry.figures_today.unwrap_or(entry.figures).gross,
        orderwise: sum,
        documents: documents.iter().map(|one| one.document.order_number.clone()).collect(),
        reference: entry.reference.to_string(),
    }
}
