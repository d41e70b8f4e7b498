//! Stock: what OrderWise says is free, what has to be looked at, what was written to the tills and
//! why. Quantities are thousandths; SKUs are kept under their folded form
//! ([`daybook_domain::sku::fold`]) and in the spelling of whoever owns them.

pub mod buffer;
pub mod due;
pub mod figure;
pub mod finding;
pub mod history;
pub mod oversell;
pub mod product;
pub mod unexplained;
pub mod warehouse;
pub mod write;

/// Every statement, for the test that prepares them.
pub(crate) const STATEMENTS: &[&[(&str, &str)]] = &[
    buffer::STATEMENTS,
    due::STATEMENTS,
    figure::STATEMENTS,
    finding::STATEMENTS,
    history::STATEMENTS,
    oversell::STATEMENTS,
    product::STATEMENTS,
    unexplained::STATEMENTS,
    warehouse::STATEMENTS,
    write::STATEMENTS,
];
