//! Both systems' inner records, indexed: what moved in Sitoo's journal, and which tills' sales are
//! documents in OrderWise. Read from the stand-ins, never from the Daybook under test.

use std::{collections::HashMap, sync::Arc};

use daybook_domain::Reference;
use daybook_sandbox::{orderwise::OrderWise, sitoo::Sitoo};

/// `transactiontype` of what a till sold, and of what came back to it (facts/sitoo 3.5).
const SALES: i64 = 30;
const REFUND: i64 = 40;

/// Warehouse and SKU.
pub(crate) type Place = (i64, Arc<str>);

/// One SKU of a movement; thousandths.
#[derive(Debug, Clone, Copy)]
struct Moved {
    id: i64,
    change: i64,
    /// The order, where a till moved it.
    order: Option<i64>,
    kind: i64,
    is_ours: bool,
}

/// The index, as far as it was read.
#[derive(Default)]
pub(crate) struct Books {
    read_to: i64,
    documents: usize,
    moves: HashMap<Place, Vec<Moved>>,
    /// Where a till's order stands among the documents.
    posted: HashMap<i64, usize>,
}

/// What happened to a SKU in a warehouse; thousandths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Happened {
    /// Sold until a moment, and not inside the figure.
    pub(crate) sold_before: i64,
    /// The same afterwards.
    pub(crate) sold_since: i64,
    /// Came back, or was moved or counted by hand, after that moment; signed.
    pub(crate) else_since: i64,
}

impl Books {
    /// Reads on.
    pub(crate) fn read(&mut self, sitoo: &Sitoo, orderwise: &OrderWise) {
        loop {
            let rows = sitoo.transactions_after(self.read_to, 500);
            let Some(last) = rows.last() else { break };
            self.read_to = last.id;
            for row in &rows {
                for item in &row.items {
                    let place = (row.warehouse, Arc::clone(&item.sku));
                    self.moves.entry(place).or_default().push(Moved {
                        id: row.id,
                        change: item.change,
                        order: row.order,
                        kind: row.kind,
                        is_ours: row.by_api,
                    });
                }
            }
        }
        for document in orderwise.documents_page(self.documents, usize::MAX) {
            if let Ok(reference) = document.number.parse::<Reference>() {
                self.posted.entry(reference.order_id).or_insert(self.documents);
            }
            self.documents += 1;
        }
    }

    /// What happened around the movement `seen`, up to and with `until`, as far as a figure that
    /// holds the first `documents` documents does not contain it.
    pub(crate) fn happened(
        &self,
        place: &Place,
        seen: i64,
        until: i64,
        documents: usize,
    ) -> Happened {
        let mut happened = Happened::default();
        let moves = self.moves.get(place).map_or(&[][..], Vec::as_slice);
        for moved in moves.iter().filter(|moved| moved.id <= until) {
            let is_before = moved.id <= seen;
            if moved.kind == SALES {
                if !self.is_inside(moved.order, documents) {
                    let sold = if is_before {
                        &mut happened.sold_before
                    } else {
                        &mut happened.sold_since
                    };
                    *sold -= moved.change;
                }
            } else if !is_before && !moved.is_ours {
                happened.else_since += moved.change;
            }
        }
        happened
    }

    /// Orders of tills that a figure does not contain, each with its movement.
    pub(crate) fn missing(&self, place: &Place, until: i64, documents: usize) -> Vec<(i64, i64)> {
        let moves = self.moves.get(place).map_or(&[][..], Vec::as_slice);
        let sales = moves.iter().filter(|moved| moved.kind == SALES && moved.id <= until);
        sales
            .filter(|moved| !self.is_inside(moved.order, documents))
            .filter_map(|moved| Some((moved.order?, moved.id)))
            .collect()
    }

    /// What tills sold, less what came back to them, that is no document yet.
    pub(crate) fn not_posted(&self, place: &Place) -> i64 {
        let moves = self.moves.get(place).map_or(&[][..], Vec::as_slice);
        let of_tills = moves.iter().filter(|moved| [SALES, REFUND].contains(&moved.kind));
        of_tills
            .filter(|moved| !self.is_inside(moved.order, usize::MAX))
            .map(|moved| -moved.change)
            .sum()
    }

    fn is_inside(&self, order: Option<i64>, documents: usize) -> bool {
        let place = order.and_then(|order| self.posted.get(&order));
        place.is_some_and(|place| *place < documents)
    }
}
