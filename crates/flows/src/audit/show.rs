//! An audit as programs read it: the gaps with what the catalogue says of their kinds.

use daybook_domain::{
    Timestamp,
    audit::{Changes, Counted, Gap, Report, Unseen},
    causes::{Owner, Severity},
};
use schemars::JsonSchema;
use serde::Serialize;

use super::Audited;

/// An audit with its changes.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Audit")]
pub struct Shown<'a> {
    /// Its number in the book.
    pub number: i64,
    /// What it found.
    pub report: ShownReport<'a>,
    /// What changed since the one before.
    pub changes: Option<&'a Changes>,
}

/// A report.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditReport")]
pub struct ShownReport<'a> {
    /// When it began to read.
    pub began_at: Timestamp,
    /// When it was done.
    pub finished_at: Timestamp,
    /// Days of orders that were read.
    pub days: i64,
    /// How much was read.
    pub counted: &'a Counted,
    /// Records that gaps touch.
    pub records: usize,
    /// The gaps, the worst first.
    pub gaps: Vec<ShownGap<'a>>,
    /// What was not looked at, and why.
    pub unseen: &'a [Unseen],
}

/// A gap with what is said of its kind.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditGap")]
pub struct ShownGap<'a> {
    /// The gap.
    #[serde(flatten)]
    pub gap: &'a Gap,
    /// How much it would hurt.
    #[schemars(with = "Severity")]
    pub severity: &'static str,
    /// Who closes it.
    #[schemars(with = "Owner")]
    pub owner: &'static str,
    /// What it is about.
    pub theme: &'static str,
    /// What is the matter.
    pub sentence: &'static str,
    /// What to do.
    pub fix: &'static str,
}

/// The audit as it is printed and answered.
pub fn shown(audited: &Audited) -> Shown<'_> {
    let report: &Report = &audited.report;
    Shown {
        number: audited.number,
        report: ShownReport {
            began_at: report.began_at,
            finished_at: report.finished_at,
            days: report.days,
            counted: &report.counted,
            records: report.records(),
            gaps: report.gaps.iter().map(gap).collect(),
            unseen: &report.unseen,
        },
        changes: audited.changes.as_ref(),
    }
}

fn gap(gap: &Gap) -> ShownGap<'_> {
    let row = gap.kind.row();
    ShownGap {
        gap,
        severity: row.severity.word(),
        owner: row.owner.word(),
        theme: row.theme,
        sentence: row.sentence,
        fix: row.fix,
    }
}
