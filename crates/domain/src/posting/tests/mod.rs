//! Tests of [`super::decide`]: by fault, by draft, by return, and over random baskets.

mod drafts;
mod faults;
mod pinned;
mod properties;
mod returned;
mod to_come;

use super::{Decision, Fault, decide};
use crate::{
    Money,
    causes::Cause,
    draft::Draft,
    fixtures,
    lookup::{Known, Original, Policy, Variants},
    mapping::Mapping,
    supply::OrderDelivery,
    till::TillOrder,
};

/// All that a decision knows, to bend.
struct World {
    mapping: Mapping,
    variants: Variants,
    original: Original,
    deliveries: Option<Vec<OrderDelivery>>,
    waited_too_long: bool,
    policy: Policy,
}

impl World {
    fn new() -> Self {
        Self {
            mapping: fixtures::mapping(),
            variants: fixtures::shelf(),
            original: Original::None,
            deliveries: None,
            waited_too_long: false,
            policy: fixtures::policy(),
        }
    }

    /// Where this is the sale of the return.
    fn after(original: Original) -> Self {
        Self { original, ..Self::new() }
    }

    fn decide(&self, order: &TillOrder) -> Decision {
        decide(
            order,
            &Known {
                mapping: &self.mapping,
                variants: &self.variants,
                original: &self.original,
                deliveries: self.deliveries.as_deref(),
                waited_too_long: self.waited_too_long,
                policy: &self.policy,
            },
        )
    }

    fn draft(&self, order: &TillOrder) -> Draft {
        match self.decide(order) {
            Decision::Post(draft) => *draft,
            other => panic!("not posted: {other:?}"),
        }
    }

    fn faults(&self, order: &TillOrder) -> Vec<Fault> {
        match self.decide(order) {
            Decision::Hold(faults) => faults,
            other => panic!("not held: {other:?}"),
        }
    }

    /// Causes and subjects, in order.
    fn held(&self, order: &TillOrder) -> Vec<(Cause, String)> {
        self.faults(order).into_iter().map(|fault| (fault.cause, fault.subject)).collect()
    }
}

/// Quantity, variant, unit price and unit net of each line.
fn lines(draft: &Draft) -> Vec<(String, &str, i64, Option<i64>)> {
    let mut all = Vec::new();
    for line in &draft.lines {
        let (gross, net) = (line.unit_gross.pence(), line.unit_net.map(Money::pence));
        all.push((line.quantity.to_string(), line.variant_code.as_str(), gross, net));
    }
    all
}
