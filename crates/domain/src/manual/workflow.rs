//! Workflows that somebody is responsible for. Names are set at the desk.

use crate::causes::Owner;

/// A workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workflow {
    /// Stable code.
    pub code: &'static str,
    /// A few words for a heading.
    pub title: &'static str,
    /// What whoever is responsible sees to.
    pub what: &'static str,
    /// Whose it usually is.
    pub owner: Owner,
}

/// All of them, in the order of the day's work.
pub const WORKFLOWS: &[Workflow] = &[
    workflow(
        "exceptions-finance",
        "Exceptions of finance",
        "Every exception that finance clears has somebody who sees to it.",
        Owner::Finance,
    ),
    workflow(
        "exceptions-retail",
        "Exceptions of retail operations",
        "Every exception that retail clears has somebody who sees to it.",
        Owner::Retail,
    ),
    workflow(
        "day-close",
        "The day close",
        "Each store's day is closed, or what differs is signed.",
        Owner::Finance,
    ),
    workflow("payouts", "Payouts", "Card money reaches the bank, or is asked for.", Owner::Finance),
    workflow(
        "month-end",
        "Month-end",
        "The month is closed, and its pack is filed.",
        Owner::Finance,
    ),
    workflow(
        "stock",
        "Stock and oversells",
        "Tills do not sell what is not there; buffers are as large as needed.",
        Owner::Retail,
    ),
    workflow(
        "despatch",
        "Despatch and collection",
        "What was paid for leaves the warehouse, and the order closes.",
        Owner::Retail,
    ),
    workflow(
        "catalogue",
        "Products and prices",
        "New products and changed prices reach the tills in time.",
        Owner::Retail,
    ),
    workflow(
        "mappings",
        "Mappings",
        "What is new at the tills is mapped before it is sold.",
        Owner::Finance,
    ),
    workflow(
        "shoppers",
        "Shoppers' data",
        "Requests to see or erase a shopper's data are answered in time.",
        Owner::Finance,
    ),
    workflow("people", "Accounts of the desk", "Who leaves has no account any more.", Owner::It),
    workflow(
        "service",
        "The service itself",
        "Daybook runs, is backed up, and reaches both systems.",
        Owner::It,
    ),
];

const fn workflow(
    code: &'static str,
    title: &'static str,
    what: &'static str,
    owner: Owner,
) -> Workflow {
    Workflow { code, title, what, owner }
}

/// The workflow of this code.
pub fn find(code: &str) -> Option<&'static Workflow> {
    WORKFLOWS.iter().find(|one| one.code == code)
}
