//! What an audit came to, and what changed since the last one.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::GapKind;
use crate::{Money, Timestamp};

/// Records of one kind that are kept as evidence; the rest is counted.
pub const EVIDENCE: usize = 500;

/// One record that a gap touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AuditEvidence")]
pub struct Evidence {
    /// Which record: a SKU, a store, a payment type.
    pub record: String,
    /// What both sides say about it.
    pub detail: String,
    /// The pounds it touches.
    pub money: Money,
}

/// All gaps of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// What is the matter.
    pub kind: GapKind,
    /// How many records it touches.
    pub records: usize,
    /// The pounds it touches.
    pub money: Money,
    /// The records, those with the most money first; at most [`EVIDENCE`].
    pub evidence: Vec<Evidence>,
}

/// Something that was not looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AuditUnseen")]
pub struct Unseen {
    /// What.
    pub what: String,
    /// Why not.
    pub why: String,
}

/// How much was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AuditCounts")]
pub struct Counted {
    /// Products of Sitoo.
    pub products: usize,
    /// Variants of OrderWise.
    pub variants: usize,
    /// Stores of Sitoo.
    pub stores: usize,
    /// Stock figures of both sides.
    pub figures: usize,
    /// Orders of the tills.
    pub orders: usize,
    /// Documents of OrderWise.
    pub documents: usize,
}

/// What an audit came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When it began to read.
    pub began_at: Timestamp,
    /// When it was done.
    pub finished_at: Timestamp,
    /// Days of orders that were read.
    pub days: i64,
    /// How much was read.
    pub counted: Counted,
    /// The gaps, by severity and then as the catalogue lists their kinds.
    pub gaps: Vec<Gap>,
    /// What was not looked at.
    pub unseen: Vec<Unseen>,
}

impl Report {
    /// Records that gaps touch.
    pub fn records(&self) -> usize {
        self.gaps.iter().map(|gap| gap.records).sum()
    }

    /// The gap of a kind.
    pub fn gap(&self, kind: GapKind) -> Option<&Gap> {
        self.gaps.iter().find(|gap| gap.kind == kind)
    }
}

/// Gaps as they are found.
#[derive(Debug, Default)]
pub(super) struct Found {
    gaps: BTreeMap<GapKind, BTreeMap<String, Evidence>>,
    pub(super) unseen: Vec<Unseen>,
}

impl Found {
    /// A record that cannot be given an amount.
    pub(super) fn add(
        &mut self,
        kind: GapKind,
        record: impl Into<String>,
        detail: impl Into<String>,
    ) {
        self.add_money(kind, record, detail, Money::ZERO);
    }

    /// A record with the pounds that it touches; told twice, it counts once.
    pub(super) fn add_money(
        &mut self,
        kind: GapKind,
        record: impl Into<String>,
        detail: impl Into<String>,
        money: Money,
    ) {
        let (record, detail) = (record.into(), detail.into());
        let known = self.gaps.entry(kind).or_default();
        known.entry(record.clone()).or_insert(Evidence { record, detail, money });
    }

    /// Something that was not looked at.
    pub(super) fn unseen(&mut self, what: impl Into<String>, why: impl Into<String>) {
        let unseen = Unseen { what: what.into(), why: why.into() };
        if !self.unseen.contains(&unseen) {
            self.unseen.push(unseen);
        }
    }

    /// The gaps, the worst first.
    pub(super) fn into_gaps(self) -> (Vec<Gap>, Vec<Unseen>) {
        let mut gaps: Vec<Gap> = self.gaps.into_iter().map(gap).collect();
        gaps.sort_by_key(|gap| (std::cmp::Reverse(gap.kind.row().severity), gap.kind));
        (gaps, self.unseen)
    }
}

fn gap((kind, records): (GapKind, BTreeMap<String, Evidence>)) -> Gap {
    let mut evidence: Vec<Evidence> = records.into_values().collect();
    let money = evidence.iter().map(|one| one.money.abs()).sum();
    let records = evidence.len();
    evidence.sort_by_key(|one| std::cmp::Reverse(one.money.abs()));
    evidence.truncate(EVIDENCE);
    Gap { kind, records, money, evidence }
}

/// What an audit shows that the one before did not, and the other way round.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AuditChanges")]
pub struct Changes {
    /// When the audit that it is compared with was done.
    pub since: Timestamp,
    /// Records that were not there.
    pub new: Vec<Change>,
    /// Records that are not there any more.
    pub gone: Vec<Change>,
    /// How many are still there.
    pub still: usize,
}

/// One record that came or went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AuditChange")]
pub struct Change {
    /// The kind of gap.
    pub kind: GapKind,
    /// The record and what is said about it.
    #[serde(flatten)]
    pub evidence: Evidence,
}

impl Changes {
    /// Compares two audits by what is kept as evidence. Of a kind with more records than that, those
    /// beyond it are not compared.
    pub fn between(before: &Report, after: &Report) -> Self {
        let (old, new) = (keys(before), keys(after));
        let only = |report: &Report, other: &BTreeSet<(GapKind, &str)>| {
            let gaps = report.gaps.iter();
            gaps.flat_map(|gap| gap.evidence.iter().map(move |one| (gap.kind, one)))
                .filter(|(kind, one)| !other.contains(&(*kind, one.record.as_str())))
                .map(|(kind, one)| Change { kind, evidence: one.clone() })
                .collect()
        };
        Self {
            since: before.finished_at,
            new: only(after, &old),
            gone: only(before, &new),
            still: new.intersection(&old).count(),
        }
    }

    /// How many records of a kind are new.
    pub fn new_of(&self, kind: GapKind) -> usize {
        self.new.iter().filter(|change| change.kind == kind).count()
    }
}

fn keys(report: &Report) -> BTreeSet<(GapKind, &str)> {
    let gaps = report.gaps.iter();
    gaps.flat_map(|gap| gap.evidence.iter().map(|one| (gap.kind, one.record.as_str()))).collect()
}
