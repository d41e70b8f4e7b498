//! Tolerances are data. What one covers is listed all the same, and its sum is watched.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{amounts::Amounts, causes::DayCause, difference::Difference};
use crate::Money;

/// What need not be cleared by a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tolerance {
    /// For this cause alone.
    pub cause: DayCause,
    /// For this tax code alone; none means any.
    pub tax: Option<String>,
    /// Most that net, tax and gross may each be off on one difference.
    pub each: Money,
    /// Most that all of a day may come to, whatever their signs; beyond it nothing more is
    /// tolerated. None means that only `each` counts.
    pub a_day: Option<Money>,
}

impl Tolerance {
    fn covers(&self, difference: &Difference) -> bool {
        let same_tax = self.tax.is_none() || self.tax == difference.place.tax;
        self.cause == difference.cause && same_tax && size(&difference.amounts) <= self.each
    }
}

/// The largest of the three, without its sign.
fn size(amounts: &Amounts) -> Money {
    amounts.net.abs().max(amounts.tax.abs()).max(amounts.gross.abs())
}

/// Marks what is tolerated. `differences` are in their final order, so that the same day always
/// tolerates the same ones.
pub(super) fn apply(differences: &mut [Difference], tolerances: &[Tolerance]) {
    let mut used = vec![Money::ZERO; tolerances.len()];
    for difference in differences {
        let found = tolerances.iter().zip(&mut used).find(|(tolerance, used)| {
            let sum = **used + size(&difference.amounts);
            tolerance.covers(difference) && tolerance.a_day.is_none_or(|most| sum <= most)
        });
        difference.tolerated = found.is_some();
        if let Some((_, used)) = found {
            *used += size(&difference.amounts);
        }
    }
}

/// What has been tolerated under one tax code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// How many differences.
    pub count: i64,
    /// With their signs: what it really costs.
    pub sum: Amounts,
    /// Without them: how much is hidden by pennies that go both ways.
    pub turnover: Money,
}

/// Running totals per tax code; `-` stands for what has none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningTotals(pub BTreeMap<String, Running>);

impl RunningTotals {
    /// Adds what `differences` tolerated.
    pub fn add(&mut self, differences: &[Difference]) {
        for difference in differences.iter().filter(|difference| difference.tolerated) {
            let code = difference.place.tax.clone().unwrap_or_else(|| "-".to_owned());
            let running = self.0.entry(code).or_default();
            running.count += 1;
            running.sum += difference.amounts;
            running.turnover += size(&difference.amounts);
        }
    }

    /// The codes whose sum, in either direction, is above `limit`: pennies that all go one way are
    /// no rounding.
    pub fn above(&self, limit: Money) -> impl Iterator<Item = (&str, &Running)> {
        let codes = self.0.iter().map(|(code, running)| (code.as_str(), running));
        codes.filter(move |(_, running)| size(&running.sum) > limit)
    }
}
