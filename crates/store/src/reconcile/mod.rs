//! The day close: what was read of both systems ([`z_report`], [`register`], [`document`]), what the
//! book holds of a store's day ([`entries`]), and what comparing them came to ([`day`],
//! [`difference`], [`certificate`], [`sign_off`]).

pub mod certificate;
pub mod day;
pub mod difference;
pub mod document;
pub mod entries;
pub mod late;
pub mod register;
pub mod sign_off;
pub mod z_report;

/// Every statement, for the test that prepares them.
pub(crate) const STATEMENTS: &[&[(&str, &str)]] = &[
    certificate::STATEMENTS,
    day::STATEMENTS,
    difference::STATEMENTS,
    document::STATEMENTS,
    entries::STATEMENTS,
    late::STATEMENTS,
    register::STATEMENTS,
    sign_off::STATEMENTS,
    z_report::STATEMENTS,
];
