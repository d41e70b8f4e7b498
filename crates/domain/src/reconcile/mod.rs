//! The books tie: every store's day closes, to the penny (design promise 8).
//!
//! Three witnesses that know nothing of each other are read: what the book holds of the till's
//! receipts, the tills' Z-reports, and OrderWise's documents ([`witness`]). What differs gets one
//! cause each, and the causes always sum to the difference.

pub mod witness;
