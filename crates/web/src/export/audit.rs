//! An audit as a page to read, print and hand over: no script, nothing from elsewhere.

use askama::Template;
use daybook_domain::{
    audit::{Changes, Evidence, Gap, Report},
    month::table::{Column, Table},
    words,
};
use jiff::tz::TimeZone;

/// Records shown of a gap; the CSV has them all.
const SHOWN: usize = 50;

/// Shared with the desk, so that both say the same.
pub(crate) struct GapTold {
    pub(crate) word: &'static str,
    pub(crate) severity: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) sentence: &'static str,
    pub(crate) fix: &'static str,
    pub(crate) records: String,
    pub(crate) money: String,
    pub(crate) new: usize,
    pub(crate) evidence: Vec<RecordTold>,
    pub(crate) left: usize,
}

/// A record as people read it.
pub(crate) struct RecordTold {
    pub(crate) record: String,
    pub(crate) detail: String,
    pub(crate) money: String,
}

#[derive(Template)]
#[template(path = "audit-report.html")]
struct Page<'a> {
    made: String,
    days: i64,
    read: String,
    gaps: Vec<GapTold>,
    total: String,
    changes: Option<String>,
    report: &'a Report,
}

/// All records of all gaps, a row each.
pub fn table(report: &Report) -> Table {
    let column = |key| Column { key, title: key, summed: key == "money" };
    let rows = report.gaps.iter().flat_map(|gap| {
        let row = gap.kind.row();
        gap.evidence.iter().map(move |one| {
            vec![
                row.severity.word().into(),
                row.word.into(),
                row.owner.word().into(),
                one.record.as_str().into(),
                one.detail.as_str().into(),
                one.money.into(),
                row.fix.into(),
            ]
        })
    });
    let columns = ["severity", "kind", "owner", "record", "detail", "money", "fix"];
    Table {
        name: "audit",
        title: "Gaps between both systems",
        note: "",
        columns: columns.into_iter().map(column).collect(),
        rows: rows.collect(),
    }
}

/// The page.
pub fn page(
    report: &Report,
    changes: Option<&Changes>,
    zone: &TimeZone,
    currency: &str,
) -> Result<String, super::ExportError> {
    let page = Page {
        made: format!(
            "{} ({})",
            words::moment(report.finished_at, zone),
            zone.iana_name().unwrap_or("UTC")
        ),
        days: report.days,
        read: read(report),
        gaps: told(report, changes, currency, SHOWN),
        total: total(report),
        changes: changes.map(|changes| changed(changes, zone)),
        report,
    };
    let fault =
        |error: askama::Error| super::ExportError { format: "html", what: error.to_string() };
    page.render().map_err(fault)
}

/// Gaps in words, with so many records of each.
pub(crate) fn told(
    report: &Report,
    changes: Option<&Changes>,
    currency: &str,
    shown: usize,
) -> Vec<GapTold> {
    report.gaps.iter().map(|gap| one(gap, changes, currency, shown)).collect()
}

fn one(gap: &Gap, changes: Option<&Changes>, currency: &str, shown: usize) -> GapTold {
    let row = gap.kind.row();
    let evidence: Vec<RecordTold> =
        gap.evidence.iter().take(shown).map(|one| record(one, currency)).collect();
    GapTold {
        word: row.word,
        severity: row.severity.word(),
        owner: row.owner.word(),
        sentence: row.sentence,
        fix: row.fix,
        records: words::count(gap.records as u64, "record", "records"),
        money: money(gap.money, currency),
        new: changes.map_or(0, |changes| changes.new_of(gap.kind)),
        left: gap.records - evidence.len(),
        evidence,
    }
}

fn record(one: &Evidence, currency: &str) -> RecordTold {
    RecordTold {
        record: one.record.clone(),
        detail: one.detail.clone(),
        money: money(one.money, currency),
    }
}

/// Nothing is not said.
fn money(amount: daybook_domain::Money, currency: &str) -> String {
    if amount.is_zero() { String::new() } else { words::money(amount, currency) }
}

/// How many gaps, and how many of each severity.
pub fn total(report: &Report) -> String {
    if report.gaps.is_empty() {
        return "No gaps were found.".to_owned();
    }
    let kinds = words::count(report.gaps.len() as u64, "kind of gap", "kinds of gaps");
    let records = words::count(report.records() as u64, "record", "records");
    let of = |severity: &str| {
        report.gaps.iter().filter(|gap| gap.kind.row().severity.word() == severity).count()
    };
    let parts: Vec<String> = ["critical", "high", "normal"]
        .into_iter()
        .filter(|word| of(word) > 0)
        .map(|word| format!("{} {word}", of(word)))
        .collect();
    format!("{kinds} ({}), {records}.", parts.join(", "))
}

/// What was read, in a sentence.
pub fn read(report: &Report) -> String {
    let counted = &report.counted;
    let count = |number: usize| words::grouped(i64::try_from(number).unwrap_or(i64::MAX));
    format!(
        "Read: {} products and {} variants, {} stores, {} stock figures, {} orders of {} days, \
         {} documents.",
        count(counted.products),
        count(counted.variants),
        count(counted.stores),
        count(counted.figures),
        count(counted.orders),
        report.days,
        count(counted.documents)
    )
}

/// What changed, in a sentence.
pub fn changed(changes: &Changes, zone: &TimeZone) -> String {
    format!(
        "Since the audit of {}: {} new, {} gone, {} still there.",
        words::moment(changes.since, zone),
        changes.new.len(),
        changes.gone.len(),
        changes.still
    )
}
