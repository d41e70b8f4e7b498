//! What the month-end pack is made of: the certificates by which store-days are counted.

use std::collections::BTreeMap;

use super::{
    Month,
    period::{LatePolicy, Obstacle, PeriodAct, PeriodState},
    unsettled::Unsettled,
};
use crate::{
    Timestamp,
    reconcile::{
        Amounts, Measure,
        certificate::{Certificate, key_of},
        difference::{Difference, Sides},
        witness::Day,
    },
};

/// A certificate, with its place in its store's chain.
#[derive(Debug, Clone)]
pub struct Certified {
    /// Its number.
    pub seq: i64,
    /// When it was made.
    pub at: Timestamp,
    /// Its link in the chain, as people compare it.
    pub fingerprint: String,
    /// What it says.
    pub certificate: Certificate,
}

/// A day of an earlier, closed period that came or changed after it was counted.
#[derive(Debug, Clone)]
pub struct LateDay {
    /// By which it stands now.
    pub now: Certified,
    /// With which it had been counted; none where it had not been.
    pub before: Option<Certified>,
}

/// What somebody did to the period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// What.
    pub act: PeriodAct,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// A sign-off, as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The store.
    pub store: i64,
    /// The day.
    pub day: Day,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// How much it was about.
    pub amounts: Amounts,
}

/// Everything that the pack is made of.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The month.
    pub month: Month,
    /// How it stands.
    pub state: PeriodState,
    /// What happens to what comes late.
    pub late_policy: LatePolicy,
    /// When the pack is made.
    pub now: Timestamp,
    /// What was done to the period.
    pub acts: Vec<Act>,
    /// What stands against closing it; empty where it is closed.
    pub obstacles: Vec<Obstacle>,
    /// The certificates of its days: those that it was closed with, else the latest.
    pub days: Vec<Certified>,
    /// What came late for earlier periods and counts in this one.
    pub late: Vec<LateDay>,
    /// What came for this period after it was closed, and is not in its figures.
    pub after: Vec<LateDay>,
    /// Since when differences have been known, by store, day and key.
    pub since: BTreeMap<(i64, Day, String), Timestamp>,
    /// Sign-offs of its days.
    pub sign_offs: Vec<Signed>,
    /// Money that providers have not paid yet.
    pub unsettled: Unsettled,
}

/// What is to be done about a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stand {
    Open,
    Signed,
    Tolerated,
}

impl Stand {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Signed => "signed off",
            Self::Tolerated => "tolerated",
        }
    }
}

impl Certified {
    /// Both sides of the ledger on that day.
    pub(super) fn ledger(&self) -> Sides {
        let sides = &self.certificate.body.result.sides;
        sides.get(&Measure::Ledger).copied().unwrap_or_default()
    }

    pub(super) fn stand(&self, difference: &Difference) -> Stand {
        if difference.tolerated {
            return Stand::Tolerated;
        }
        let key = key_of(difference);
        let mut signed = self.certificate.body.sign_offs.iter();
        if signed.any(|one| one.differences.contains(&key)) { Stand::Signed } else { Stand::Open }
    }
}
