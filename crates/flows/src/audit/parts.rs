//! The parts of an audit, in the order in which they are read.

use daybook_domain::audit::Snapshot;

/// One part: what is asked for, page by page or in one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Site,
    Stores,
    Warehouses,
    Registers,
    Groups,
    Reasons,
    Products,
    Levels(i64),
    OpenOrders,
    Orders,
    ValueList(i64),
    Accounts,
    Variants,
    Figures,
    Documents,
    Try(&'static str),
}

/// OrderWise's value lists (facts/orderwise 1.9): tax rates, stock locations, delivery methods,
/// payment methods.
const LISTS: [i64; 4] = [2, 4, 18, 20];
/// Export definitions that are only tried.
const TRIED: [&str; 3] = ["order-lookup", "order-lines", "despatches"];
/// Parts whose rows come in one long answer.
const IN_ONE: [&str; 2] = ["variants", "stock figures"];

impl Part {
    /// Its name in the book and for people.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Site => "site".to_owned(),
            Self::Stores => "stores".to_owned(),
            Self::Warehouses => "warehouses".to_owned(),
            Self::Registers => "registers".to_owned(),
            Self::Groups => "product groups".to_owned(),
            Self::Reasons => "reason codes".to_owned(),
            Self::Products => "products".to_owned(),
            Self::Levels(id) => format!("stock of warehouse {id}"),
            Self::OpenOrders => "open orders".to_owned(),
            Self::Orders => "orders".to_owned(),
            Self::ValueList(list) => format!("value list {list}"),
            Self::Accounts => "customer accounts".to_owned(),
            Self::Variants => IN_ONE[0].to_owned(),
            Self::Figures => IN_ONE[1].to_owned(),
            Self::Documents => "documents".to_owned(),
            Self::Try(purpose) => (*purpose).to_owned(),
        }
    }

    /// Whether a part cannot go on in its middle.
    pub(super) fn comes_in_one(name: &str) -> bool {
        IN_ONE.contains(&name)
    }
}

/// All parts, as far as it is known what there is to read.
fn all(snapshot: &Snapshot) -> Vec<Part> {
    use Part::{
        Accounts, Documents, Figures, Groups, Levels, OpenOrders, Orders, Products, Reasons,
        Registers, Site, Stores, Try, ValueList, Variants, Warehouses,
    };
    let mut parts = vec![Site, Warehouses, Stores, Registers, Groups, Reasons, Products];
    // Whatever there is no warehouse for is found by the list of warehouses itself.
    parts.extend(snapshot.warehouses.iter().flatten().map(|one| Levels(one.id)));
    parts.extend([OpenOrders, Orders]);
    parts.extend(LISTS.map(ValueList));
    if !snapshot.ours.mapping.stores.is_empty() {
        parts.push(Accounts);
    }
    let exports = &snapshot.ours.exports;
    let has = |purpose: &str| exports.iter().any(|known| known == purpose);
    parts.extend([Variants].into_iter().filter(|_| has("variants")));
    parts.extend([Figures].into_iter().filter(|_| has("stock-levels")));
    parts.extend([Documents].into_iter().filter(|_| has("order-totals")));
    parts.extend(TRIED.into_iter().filter(|purpose| has(purpose)).map(Try));
    parts
}

/// The part after `done` others.
pub(super) fn next(snapshot: &Snapshot, done: usize) -> Option<Part> {
    all(snapshot).into_iter().nth(done)
}

/// How many there are, as far as it is known.
pub(super) fn count(snapshot: &Snapshot) -> usize {
    all(snapshot).len()
}
