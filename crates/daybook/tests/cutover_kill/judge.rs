//! What is true of a cut-over at any moment, and when all is quiet: by the records of the stand-ins.

use std::collections::{HashMap, HashSet};

use daybook_domain::{Reference, entry::EntryState};
use daybook_sandbox::{
    Sandbox,
    orderwise::{CREDIT, Document, ORDER},
    sitoo::{OrderState, OrderType, OrderView},
};
use daybook_store::{
    Db,
    entry::{self, EntryRow},
    exception, timeline,
};
use serde_json::Value;

use crate::other::{PREFIX, counts};

/// The documents of an order: Daybook's and the other integration's.
#[derive(Default)]
pub(crate) struct Both {
    ours: Vec<Document>,
    theirs: Vec<Document>,
}

impl Both {
    fn count(&self) -> usize {
        self.ours.len() + self.theirs.len()
    }
}

/// All documents, by the order that they are of.
pub(crate) fn documents(sandbox: &Sandbox) -> HashMap<i64, Both> {
    let mut found: HashMap<i64, Both> = HashMap::new();
    sandbox.orderwise.for_each_document(|document| {
        if let Ok(reference) = document.number.parse::<Reference>() {
            found.entry(reference.order_id).or_default().ours.push(document.clone());
        } else {
            let id = document.number.strip_prefix(PREFIX);
            let id = id.and_then(|id| id.parse().ok()).unwrap();
            found.entry(id).or_default().theirs.push(document.clone());
        }
    });
    found
}

/// Orders with more than one document.
pub(crate) fn doubled(sandbox: &Sandbox) -> Vec<String> {
    let twice = documents(sandbox).into_iter().filter(|(_, both)| both.count() > 1);
    twice
        .map(|(id, both)| {
            format!("{id}: {} of ours, {} of the other's", both.ours.len(), both.theirs.len())
        })
        .collect()
}

/// Orders that Daybook posted in a time in which it was not to post.
pub(crate) fn out_of_turn(sandbox: &Sandbox, quiet: &[(i64, i64)]) -> Vec<String> {
    let is_quiet = |at: i64| quiet.iter().any(|(from, to)| (*from..*to).contains(&at));
    let all = documents(sandbox).into_values().flat_map(|both| both.ours);
    let wrong = all.filter(|document| is_quiet(document.stored_at));
    wrong.map(|document| format!("{} was not Daybook's to post", document.number)).collect()
}

/// What nobody has posted and the list of the way back lets nobody post: it lies before the order
/// that the other integration goes on with.
pub(crate) fn left_out(sandbox: &Sandbox, first: i64, told: &Value) -> Vec<String> {
    let from = told["from_order"].as_i64().unwrap();
    let lines = told["unsettled"].as_array().unwrap().iter().map(|line| &line["order_id"]);
    let named = lines.chain(told["still_open"].as_array().unwrap());
    let named: HashSet<i64> = named.filter_map(Value::as_i64).collect();
    let can_be_posted = |order: &OrderView| {
        order.order_type == OrderType::ORDER
            && matches!(order.state, OrderState::Open | OrderState::Closed)
    };
    let documents = documents(sandbox);
    let before = sandbox.sitoo.orders_after(first - 1, usize::MAX);
    let before = before.iter().filter(|order| order.orderid < from && can_be_posted(order));
    before
        .filter(|order| !documents.contains_key(&order.orderid))
        .filter(|order| !named.contains(&order.orderid))
        .map(|order| format!("{} is left out: it goes on with {from}", order.orderid))
        .collect()
}

/// All that must hold in the end. The other integration posted `theirs`.
pub(crate) async fn in_the_end(
    db: &Db,
    sandbox: &Sandbox,
    first: i64,
    theirs: &HashSet<i64>,
) -> Vec<String> {
    let mut broken = doubled(sandbox);
    let documents = documents(sandbox);
    let none = Both::default();
    for order in sandbox.sitoo.orders() {
        let id = order.orderid;
        let both = documents.get(&id).unwrap_or(&none);
        if theirs.contains(&id) != (both.theirs.len() == 1) {
            broken.push(format!("{id}: the other's document is not what it was"));
        }
        let row = entry::get(db, id).await.unwrap();
        if id < first {
            if row.is_some() || !both.ours.is_empty() {
                broken.push(format!("{id} was before Daybook's time"));
            }
            continue;
        }
        let Some(row) = row else {
            broken.push(format!("{id} is not in the book"));
            continue;
        };
        if counts(&order) {
            broken.extend(once(db, &order, &row, both).await);
        } else if both.count() > 0 {
            broken.push(format!("{id} is no sale, and it is posted"));
        }
    }
    let verified = timeline::verify_all(db, 0, usize::MAX >> 1).await.unwrap();
    broken.extend(verified.broken.iter().map(|what| format!("{what:?}")));
    broken
}

/// A sale stands in OrderWise, or a person is told why not; and the book knows where it stands.
async fn once(db: &Db, order: &OrderView, row: &EntryRow, both: &Both) -> Option<String> {
    let wrong = |what: &str| Some(format!("{} is {}: {what}", row.order_id, row.state));
    let Some(document) = both.ours.first().or(both.theirs.first()) else {
        let told = exception::of_entry(db, row.order_id).await.unwrap();
        let is_told = told.iter().any(|one| one.closed_at.is_none());
        let is_held = row.state == EntryState::Held && is_told;
        return if is_held { None } else { wrong("OrderWise does not have it") };
    };
    let known = (row.erp_order_id, row.erp_order_number.clone());
    if row.state != EntryState::Confirmed {
        wrong("OrderWise has it")
    } else if known != (Some(document.order_id), Some(document.order_number())) {
        wrong("the book has another number")
    } else if document.order_type != if order.is_return { CREDIT } else { ORDER } {
        wrong("its document is of another type")
    } else if !both.ours.is_empty() && document.gross != order.gross_pence.abs() {
        wrong("its document has another total")
    } else {
        None
    }
}
