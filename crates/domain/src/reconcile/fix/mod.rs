//! What to do about what differs: planned first, with its effect in documents and pounds.

mod act;
mod credit;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt::Write as _};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::{
    act::{Act, Documents, Doer},
    credit::{NotByDaybook, credit_of},
};
use super::{
    amounts::Amounts,
    causes::{DayCause, Remedy},
    difference::{Difference, Measure, Place},
    result::DayResult,
    witness::Day,
};

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PlanStep")]
pub struct Step {
    /// Why.
    pub cause: DayCause,
    /// What takes the difference away.
    pub remedy: Remedy,
    /// What is done.
    pub act: Act,
    /// Who does it.
    pub doer: Doer,
    /// What becomes of OrderWise's documents.
    pub touches: Documents,
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
    /// What Daybook does, or what a person has to do, and where.
    pub todo: String,
}

/// What all steps of one cause come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PlanEffect")]
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
        let differences = days.into_iter().flat_map(DayResult::open);
        Self::of_steps(differences.map(Step::of))
    }

    /// These steps, and what they come to.
    pub fn of_steps(steps: impl IntoIterator<Item = Step>) -> Self {
        let mut plan = Self::default();
        for step in steps {
            plan.add(step);
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
        let act = Act::of(difference.cause, remedy);
        let in_ledger = difference.measure == Measure::Ledger;
        let documents = match remedy {
            _ if !in_ledger => 0,
            // A document is added in either case: what is missing, or the credit of what is too much.
            Remedy::Wait | Remedy::Release | Remedy::Post | Remedy::Credit => 1,
            Remedy::Correct | Remedy::Map | Remedy::Fetch | Remedy::SignOff => 0,
        };
        let changes = in_ledger && !matches!(remedy, Remedy::Fetch | Remedy::SignOff);
        let effect = if changes { -difference.amounts } else { Amounts::ZERO };
        let touches = match act.documents() {
            _ if !in_ledger => Documents::None,
            _ if documents > 0 => Documents::Created,
            touches => touches,
        };
        let by_hand = || by_hand(difference, difference.cause.entry().fix);
        let todo = match act.sentence() {
            "" => by_hand(),
            sentence => sentence.to_owned(),
        };
        Self {
            cause: difference.cause,
            remedy,
            act,
            doer: act.doer(),
            touches,
            place: difference.place.clone(),
            documents,
            effect,
            left: difference.amounts + effect,
            detail: difference.detail.clone(),
            todo,
        }
    }

    /// The same step as a person's, because Daybook does not do it.
    #[must_use]
    pub fn by_hand(self, difference: &Difference, why: &str) -> Self {
        let todo = by_hand(difference, why);
        Self { act: Act::ByHand, doer: Doer::Person, todo, ..self }
    }
}

/// What a person has to do, where, and about how much.
fn by_hand(difference: &Difference, what: &str) -> String {
    let place = &difference.place;
    let mut text = String::new();
    if let Some(document) = place.order_id {
        let _ = write!(text, "Document {document}");
        if let Some(line) = place.line {
            let _ = write!(text, ", line {line}");
        }
        text.push_str(": ");
    }
    text.push_str(what);
    if !text.ends_with('.') {
        text.push('.');
    }
    let Amounts { net, tax, gross } = difference.amounts;
    if !difference.amounts.is_zero() {
        let side = match difference.measure {
            Measure::Ledger | Measure::LedgerPayments => "OrderWise has",
            Measure::Cash => "The drawer has",
            _ => "The Z-report has",
        };
        let _ = write!(text, " {side} {gross} beyond the receipts (net {net}, tax {tax}).");
    }
    text
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
        DayCause::SetAsideWrongly | DayCause::GoneFromOrderwise | DayCause::PostedTwice => {
            format!("daybook reconcile fix {of_day} --cause {cause}")
        }
        DayCause::WrongAccount | DayCause::WrongLocation => "daybook map list store".to_owned(),
        DayCause::WrongItem => "daybook map list sku".to_owned(),
        DayCause::WrongTaxCode => "daybook map list vat".to_owned(),
        _ if cause.entry().remedy == Remedy::SignOff => {
            format!("daybook reconcile sign {of_day} --cause {cause} --reason 'WHY' --by 'NAME'")
        }
        _ => format!("daybook reconcile {of_day}"),
    }
}
