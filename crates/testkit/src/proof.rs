//! The promises of design section 3, checked against both sandboxes: who has what, to the penny.

use std::collections::HashMap;

use daybook_domain::{
    Reference,
    entry::{EntryKind, EntryState},
};
use daybook_flows::evidence;
use daybook_sandbox::{
    Sandbox,
    orderwise::{CREDIT, ORDER},
};
use daybook_store::{
    Db,
    entry::{self, EntryFilter, EntryRow},
    exception,
};

use crate::world::World;

/// What a look at the whole world found wrong; empty when the promises hold.
pub type Broken = Vec<String>;

/// What must hold at every moment, whatever has just gone wrong.
pub async fn always(world: &World) -> Broken {
    always_in(&world.app.db, &world.sandbox).await
}

/// As [`always`], for a book and a sandbox that are in no [`World`].
pub async fn always_in(db: &Db, sandbox: &Sandbox) -> Broken {
    let mut broken = Vec::new();
    let entries = entries_of(db).await;
    nothing_posted_twice(sandbox, &mut broken);
    nothing_made_up(sandbox, &entries, &mut broken);
    for row in entries.values() {
        no_fourth_place(db, row, &mut broken).await;
    }
    broken
}

/// What must hold once all faults are over and everything has had its time.
pub async fn when_quiet(world: &World) -> Broken {
    when_quiet_in(&world.app.db, &world.sandbox).await
}

/// As [`when_quiet`], for a book and a sandbox that are in no [`World`].
pub async fn when_quiet_in(db: &Db, sandbox: &Sandbox) -> Broken {
    let mut broken = always_in(db, sandbox).await;
    let entries = entries_of(db).await;
    nothing_lost(sandbox, &entries, &mut broken);
    for row in entries.values() {
        to_the_penny(sandbox, row, &mut broken);
    }
    match evidence::verify(db).await {
        Ok(verified) => broken.extend(verified.broken.iter().map(|what| format!("{what:?}"))),
        Err(error) => broken.push(format!("the record cannot be read: {error}")),
    }
    broken
}

/// The state of every entry, by order id.
pub async fn all_entries(world: &World) -> HashMap<i64, EntryRow> {
    entries_of(&world.app.db).await
}

async fn entries_of(db: &Db) -> HashMap<i64, EntryRow> {
    let mut found = HashMap::new();
    let mut before = None;
    loop {
        let filter = EntryFilter { before, ..EntryFilter::default() };
        let page = entry::list(db, &filter, 1_000).await.unwrap_or_default();
        let Some(last) = page.last() else { return found };
        before = Some(last.order_id);
        found.extend(page.into_iter().map(|row| (row.order_id, row)));
    }
}

/// Promise 2.
pub fn nothing_posted_twice(sandbox: &Sandbox, broken: &mut Broken) {
    let mut seen: HashMap<String, u32> = HashMap::new();
    sandbox.orderwise.for_each_document(|document| {
        *seen.entry(document.number.to_string()).or_default() += 1;
    });
    for (reference, times) in seen.into_iter().filter(|(_, times)| *times > 1) {
        broken.push(format!("{reference} was posted {times} times"));
    }
}

/// A document in OrderWise has an entry that knows, or at least doubts, that it is there.
fn nothing_made_up(sandbox: &Sandbox, entries: &HashMap<i64, EntryRow>, broken: &mut Broken) {
    sandbox.orderwise.for_each_document(|document| {
        let row = document
            .number
            .parse::<Reference>()
            .ok()
            .and_then(|reference| entries.get(&reference.order_id));
        let known = row.is_some_and(|row| {
            row.state.is_in_ledger()
                || matches!(row.state, EntryState::Posting | EntryState::InDoubt)
        });
        if !known {
            let state = row.map(|row| row.state);
            broken
                .push(format!("{} is in OrderWise, and the book says {state:?}", document.number));
        }
    });
}

/// Promise 4: posted, or waiting with a time, or an exception with a cause.
async fn no_fourth_place(db: &Db, row: &EntryRow, broken: &mut Broken) {
    let fine = match row.state {
        EntryState::Waiting | EntryState::Ready | EntryState::InDoubt | EntryState::Posted => {
            row.due_at.is_some()
        }
        EntryState::Posting => row.lease_until.is_some(),
        EntryState::Held => exception::of_entry(db, row.order_id)
            .await
            .is_ok_and(|all| all.iter().any(|exception| exception.closed_at.is_none())),
        EntryState::SetAside => row.reason.is_some(),
        EntryState::Confirmed | EntryState::Dismissed => true,
    };
    if !fine {
        broken.push(format!("{} is {} and nothing will happen to it", row.reference, row.state));
    }
}

/// Promise 1.
fn nothing_lost(sandbox: &Sandbox, entries: &HashMap<i64, EntryRow>, broken: &mut Broken) {
    for order in sandbox.sitoo.orders().filter(|order| order.is_visible) {
        if !entries.contains_key(&order.orderid) {
            broken.push(format!("order {} of the till is not in the book", order.orderid));
        }
    }
}

/// Promise 3, and that what is said to be in the ledger is there.
fn to_the_penny(sandbox: &Sandbox, row: &EntryRow, broken: &mut Broken) {
    let documents = sandbox.orderwise.documents_by_reference(&row.reference);
    if matches!(
        row.state,
        EntryState::Ready | EntryState::Posting | EntryState::InDoubt | EntryState::Posted
    ) {
        broken.push(format!("{} is still {} when all is quiet", row.reference, row.state));
    }
    if !row.state.is_in_ledger() {
        return;
    }
    let [document] = documents.as_slice() else {
        broken.push(format!(
            "{} is {}, with {} documents",
            row.reference,
            row.state,
            documents.len()
        ));
        return;
    };
    let order_type = if row.kind == EntryKind::Return { CREDIT } else { ORDER };
    if document.order_type != order_type {
        broken.push(format!("{} is a document of type {}", row.reference, document.order_type));
    }
    if document.gross != row.gross.abs().pence() {
        broken.push(format!("{}: till {}, ledger {}p", row.reference, row.gross, document.gross));
    }
}
