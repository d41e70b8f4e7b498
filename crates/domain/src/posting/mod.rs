//! From an entry to a posting: validation with every fault at once, then the draft.
//!
//! [`decide`] reads from top to bottom. Each step looks at one thing, adds what is wrong to the
//! faults and goes on as well as it can, so that a person sees everything that an entry needs.

mod basket;
mod faults;
mod header;
mod lines;
mod parts;
mod returns;
mod side;
mod special;
mod tenders;
#[cfg(test)]
mod tests;
mod totals;

use serde::{Deserialize, Serialize};

pub use self::header::local_order_date;
use self::{faults::Faults, returns::Refers, side::Side};
use crate::{
    causes::Cause,
    classify::kind_of,
    draft::Draft,
    lookup::{Known, TaxPolicy},
    mapping::StoreMapping,
    supply::{self, Origin, Portion},
    till::TillOrder,
};

/// One thing that stops an entry from being posted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fault {
    /// Its cause, from the catalogue.
    pub cause: Cause,
    /// What it is about, so that siblings group: the SKU, the rate, the tender, the store.
    pub subject: String,
    /// One sentence with the particulars.
    pub detail: String,
}

/// What happens next to an entry that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Post it.
    Post(Box<Draft>),
    /// Wait for the sale to be posted.
    Wait {
        /// Sitoo's order id of the sale.
        for_order_id: i64,
    },
    /// Read the order's deliveries in Sitoo first: they say which of its rows are to come.
    ReadDeliveries,
    /// Wait for a person.
    Hold(Vec<Fault>),
}

/// What the steps share.
#[derive(Clone, Copy)]
struct Case<'a> {
    order: &'a TillOrder,
    side: Side,
    known: &'a Known<'a>,
    store: Option<&'a StoreMapping>,
    /// Where each row comes from.
    portions: &'a [Portion],
}

impl Case<'_> {
    /// Whether net prices go out with the gross ones.
    fn pins_tax(&self) -> bool {
        self.known.policy.tax == TaxPolicy::PinTillTax
    }

    /// Whether OrderWise has goods to send.
    fn has_rows_to_come(&self) -> bool {
        self.portions.iter().any(|portion| portion.origin == Origin::ToCome)
    }
}

/// Decides on an order that is a sale or a return.
///
/// Waiting hides no fault: what has faults is held, so that they are cleared while its sale is
/// still on its way.
pub fn decide(order: &TillOrder, known: &Known<'_>) -> Decision {
    let Some(portions) = supply::portions(order, known.deliveries) else {
        return Decision::ReadDeliveries;
    };
    let mut faults = Faults::default();
    let kind = kind_of(order);
    header::check_currency(order, known, &mut faults);
    let store = header::store(order, known, &mut faults);
    let case = Case { order, side: Side::of(kind), known, store, portions: &portions };
    let basket = basket::read(&case, &mut faults);
    let mut lines = lines::of_basket(&case, &basket, &mut faults);
    special::add_lines(&case, &basket, &mut lines, &mut faults);
    totals::check(&case, &mut faults);
    let payments = tenders::payments(&case, &mut faults);
    let delivery_method_id = header::delivery_method(&case, &mut faults);
    let refers = returns::refer(&case, &basket, &mut faults);
    let store = match store {
        Some(store) if faults.is_empty() => store,
        _ => return Decision::Hold(faults.into_vec()),
    };
    let original = match refers {
        Refers::Nothing => None,
        Refers::Sale(reference) => Some(reference),
        Refers::WaitFor(for_order_id) => return Decision::Wait { for_order_id },
    };
    let Some(draft) = header::draft(&case, store, original, lines, payments) else {
        totals::too_large(&case, &mut faults);
        return Decision::Hold(faults.into_vec());
    };
    let draft = Draft { delivery_method_id, ..draft };
    totals::check_draft(&draft, &mut faults);
    if faults.is_empty() {
        Decision::Post(Box::new(draft))
    } else {
        Decision::Hold(faults.into_vec())
    }
}
