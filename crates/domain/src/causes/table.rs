//! The tables of causes, one an area. To add one: add a row; code, title, owner and fix are data and
//! nothing else has to change. A code never changes once released.
//!
//! `{subject}` and `{reference}` in a command stand for the fault's subject and the entry.

#[macro_use]
mod books;
#[macro_use]
mod documents;
#[macro_use]
mod goods;
#[macro_use]
mod money;
#[macro_use]
mod products;
#[macro_use]
mod receipts;

use super::{
    CauseRow,
    Owner::{Finance, It, Retail},
    Scope,
    Severity::{Critical, High, Normal},
};
use crate::mapping::MappingKind;

/// For entries that no setting can help: a person enters them in OrderWise and says so.
const BY_HAND: &str =
    "daybook exceptions dismiss {reference} --reason 'entered by hand as …' --actor NAME";
/// For goods whose way only a person can follow: they put it right in Sitoo and say so.
const BY_HAND_IN_SITOO: &str =
    "daybook exceptions dismiss {reference} --reason 'put right in Sitoo: …' --actor NAME";
/// For entries whose data or settings were put right elsewhere.
const RETRY: &str = "daybook exceptions retry {reference}";
/// For connections, permissions and export definitions.
const CHECK: &str = "daybook check";

receipts! { documents products goods books money catalogue {} }
