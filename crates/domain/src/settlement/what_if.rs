//! What a change of the rules would do.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Money;

/// A match as it is, or as it would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Match {
    /// The rule that made it.
    pub rule: String,
    /// Whether it settles, or is only suggested.
    pub confirmed: bool,
    /// Keys of the one side, in order.
    pub left: Vec<String>,
    /// Keys of the other side, in order.
    pub right: Vec<String>,
    /// Sum of the left side.
    pub amount: Money,
    /// Left less right.
    pub difference: Money,
    /// ISO 4217, of both sides.
    pub currency: String,
}

/// The difference between two sets of matches.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct WhatIf {
    /// Matches that stay as they are.
    pub same: usize,
    /// Matches that would come.
    pub matched: Vec<Match>,
    /// Matches that would go.
    pub unmatched: Vec<Match>,
    /// Matches of the same things that another rule would make, or that would be confirmed or only
    /// suggested: as they would be.
    pub changed: Vec<Match>,
}

/// Compares what is with what would be.
pub fn compare(before: Vec<Match>, after: Vec<Match>) -> WhatIf {
    let key = |one: &Match| (one.left.clone(), one.right.clone());
    let mut old: BTreeMap<_, Match> = before.into_iter().map(|one| (key(&one), one)).collect();
    let mut found = WhatIf::default();
    for one in after {
        match old.remove(&key(&one)) {
            None => found.matched.push(one),
            Some(known) if known.rule == one.rule && known.confirmed == one.confirmed => {
                found.same += 1;
            }
            Some(_) => found.changed.push(one),
        }
    }
    found.unmatched = old.into_values().collect();
    found
}
