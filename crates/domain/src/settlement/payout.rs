//! A payout is the sum of its lines.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Day, LineKind, SettlementLine};
use crate::Money;

/// A payout as its lines tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Payout {
    /// Who pays.
    pub provider: String,
    /// The provider's id of it.
    pub payout: String,
    /// The retailer's account with the provider.
    pub account: String,
    /// Currency of the payout.
    pub currency: String,
    /// When it was paid.
    pub day: Day,
    /// What is paid: as the report's own payout lines say, else the sum of the others.
    pub amount: Money,
    /// The sum of all lines that are not the payout itself.
    pub lines_net: Money,
    /// Whether the report has a line for the payout itself.
    pub declared: bool,
    /// How many lines it has, itself apart.
    pub lines: i64,
    /// References under which the bank may know it.
    pub references: Vec<String>,
}

impl Payout {
    /// What the payout says beyond its lines; nothing where all is in order.
    pub fn difference(&self) -> Money {
        self.amount - self.lines_net
    }
}

/// The payouts of these lines, one a provider, id and currency. Lines that belong to no payout yet
/// are left out.
pub fn payouts<'a>(lines: impl IntoIterator<Item = &'a SettlementLine>) -> Vec<Payout> {
    let mut found: BTreeMap<(&str, &str, &str), Payout> = BTreeMap::new();
    for line in lines.into_iter().filter(|line| !line.payout.is_empty()) {
        let key = (line.provider.as_str(), line.payout.as_str(), line.net_currency.as_str());
        let payout = found.entry(key).or_insert_with(|| begin(line));
        if line.kind == LineKind::Payout {
            // The report takes it away: what left the balance came to the bank.
            payout.amount -= line.net;
            payout.declared = true;
            payout.day = line.settled_on();
            payout.references.extend(line.references.iter().cloned());
        } else {
            payout.lines_net += line.net;
            payout.lines += 1;
            if !payout.declared {
                payout.day = payout.day.max(line.settled_on());
            }
        }
    }
    let mut payouts: Vec<Payout> = found.into_values().collect();
    for payout in &mut payouts {
        if !payout.declared {
            payout.amount = payout.lines_net;
        }
        payout.references.sort_unstable();
        payout.references.dedup();
    }
    payouts
}

fn begin(line: &SettlementLine) -> Payout {
    Payout {
        provider: line.provider.clone(),
        payout: line.payout.clone(),
        account: line.account.clone(),
        currency: line.net_currency.clone(),
        day: line.settled_on(),
        amount: Money::ZERO,
        lines_net: Money::ZERO,
        declared: false,
        lines: 0,
        references: vec![line.payout.clone()],
    }
}
