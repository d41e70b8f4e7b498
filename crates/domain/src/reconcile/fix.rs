//! What to do about what differs: planned first, with its effect in documents and pounds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    amounts::Amounts,
    causes::{DayCause, Remedy},
    difference::{Difference, Measure, Place},
    result::DayResult,
    witness::Day,
};

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Why.
    pub cause: DayCause,
    /// What takes the difference away.
    pub remedy: Remedy,
    /// Where.
    pub place: Place,
    /// How many documents OrderWise has afterwards, more than now.
    pub documents: i64,
    /// How OrderWise's figures change.
    pub effect: Amounts,
    /// What remains, to be signed off.
    pub left: Amounts,
    /// The difference's own particulars.
    pub detail: String,
}

/// What all steps of one cause come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Steps.
    pub steps: i64,
    /// Documents more than now.
    pub documents: i64,
    /// How OrderWise's figures change.
    pub effect: Amounts,
    /// What remains.
    pub left: Amounts,
}

/// A plan for a day, or for several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// In the order of the day's differences.
    pub steps: Vec<Step>,
    /// By cause.
    pub by_cause: BTreeMap<DayCause, Effect>,
    /// Altogether.
    pub total: Effect,
}

impl Plan {
    /// What to do about everything that a person has to clear on `days`.
    pub fn of<'a>(days: impl IntoIterator<Item = &'a DayResult>) -> Self {
        let mut plan = Self::default();
        for difference in days.into_iter().flat_map(DayResult::open) {
            plan.add(Step::of(difference));
        }
        plan
    }

    fn add(&mut self, step: Step) {
        for sum in [self.by_cause.entry(step.cause).or_default(), &mut self.total] {
            sum.steps += 1;
            sum.documents += step.documents;
            sum.effect += step.effect;
            sum.left += step.left;
        }
        self.steps.push(step);
    }
}

impl Step {
    /// What to do about `difference`. Only OrderWise's documents can be changed: what a till or a
    /// drawer says is looked into and signed off.
    pub fn of(difference: &Difference) -> Self {
        let remedy = difference.cause.entry().remedy;
        let in_ledger = difference.measure == Measure::Ledger;
        let documents = match remedy {
            _ if !in_ledger => 0,
            // A document is added in either case: what is missing, or the credit of what is too much.
            Remedy::Wait | Remedy::Release | Remedy::Post | Remedy::Credit => 1,
            Remedy::Correct | Remedy::Map | Remedy::Fetch | Remedy::SignOff => 0,
        };
        let changes = in_ledger && !matches!(remedy, Remedy::Fetch | Remedy::SignOff);
        let effect = if changes { -difference.amounts } else { Amounts::ZERO };
        Self {
            cause: difference.cause,
            remedy,
            place: difference.place.clone(),
            documents,
            effect,
            left: difference.amounts + effect,
            detail: difference.detail.clone(),
        }
    }
}

/// What to type to take a cause's differences away on a store's day, or to see to it that they are
/// gone: what is mended in OrderWise or at a till is compared once more.
pub fn command(cause: DayCause, (warehouse_id, day): (i64, Day)) -> String {
    let of_day = format!("--day {day} --store {warehouse_id}");
    match cause {
        DayCause::NotPostedReady | DayCause::NotPostedOpen | DayCause::InDoubt => {
            "daybook entry REF".to_owned()
        }
        DayCause::NotPostedHeld | DayCause::NotPostedWaiting => {
            "daybook exceptions list".to_owned()
        }
        DayCause::SetAsideWrongly => "daybook exceptions retry REF".to_owned(),
        DayCause::WrongAccount | DayCause::WrongLocation => "daybook map list store".to_owned(),
        DayCause::WrongItem => "daybook map list sku".to_owned(),
        DayCause::WrongTaxCode => "daybook map list vat".to_owned(),
        _ if cause.entry().remedy == Remedy::SignOff => {
            format!("daybook reconcile sign {of_day} --cause {cause} --reason 'WHY' --by 'NAME'")
        }
        _ => format!("daybook reconcile {of_day}"),
    }
}
