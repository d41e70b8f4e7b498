//! The day close: what was read of both systems ([`z_report`], [`register`], [`document`]), what the
//! book holds of a store's day ([`entries`]), what comparing them came to ([`day`], [`difference`],
//! [`certificate`], [`sign_off`]), and what was done about it ([`fix`], [`credit`]).

pub mod certificate;
pub mod credit;
pub mod day;
pub mod difference;
pub mod document;
pub mod entries;
pub mod fix;
pub mod late;
pub mod register;
pub mod sign_off;
pub mod z_report;

/// Every statement, for the test that prepares them.
pub(crate) const STATEMENTS: &[&[(&str, &str)]] = &[
    certificate::STATEMENTS,
    credit::STATEMENTS,
    day::STATEMENTS,
    difference::STATEMENTS,
    document::STATEMENTS,
    entries::STATEMENTS,
    fix::STATEMENTS,
    late::STATEMENTS,
    register::STATEMENTS,
    sign_off::STATEMENTS,
    z_report::STATEMENTS,
];
