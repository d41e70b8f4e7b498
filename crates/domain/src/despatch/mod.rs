//! Despatches: what OrderWise sent, and what of it the till's order still has to be told.

mod status;

pub use self::status::{NotMeaning, StatusMeaning};
