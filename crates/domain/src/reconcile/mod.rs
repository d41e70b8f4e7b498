//! The books tie: every store's day closes, to the penny (design promise 8).
//!
//! Three witnesses that know nothing of each other are read: what the book holds of the till's
//! receipts, the tills' Z-reports, and OrderWise's documents ([`witness`]). [`reconcile`] compares
//! them. What differs gets one cause each ([`causes`]), and the causes always sum to the difference.

mod agreement;
pub mod amounts;
mod case;
pub mod causes;
pub mod certificate;
mod close;
mod completeness;
pub mod day;
pub mod difference;
pub mod fix;
pub mod policy;
pub mod result;
pub mod rollup;
mod sheet;
#[cfg(test)]
pub(crate) mod tests;
pub mod tolerance;
pub mod vat;
pub mod witness;

pub use self::{
    amounts::Amounts,
    case::counted,
    causes::DayCause,
    close::reconcile,
    completeness::{Missing, number_of},
    difference::{Difference, Measure},
    result::{DayResult, OtherDay, Outcome, Stale},
};
