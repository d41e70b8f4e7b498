//! The proof at the end of the day: what the tills took, what OrderWise holds, and what the book
//! says about the difference. The first two are read from the stand-ins themselves, never from
//! Daybook; only the difference is Daybook's to explain.

use std::collections::{BTreeMap, HashMap};

use daybook_domain::{
    Money, Reference,
    entry::{EntryKind, EntryState},
};
use daybook_sandbox::{
    orderwise::{CREDIT, ORDER},
    sitoo::{OrderState, OrderType, OrderView, PaymentState},
};
use daybook_store::{
    entry::{self, EntryFilter, EntryRow},
    timeline,
};
use serde::Serialize;

use super::world::World;
use crate::failure::Failure;

/// Entries read at a time.
const PAGE: usize = 1_000;

/// Till against ledger, of one store or of all.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub(super) struct Line {
    /// The store.
    pub(super) store: String,
    /// What its tills took.
    pub(super) till: Money,
    /// What OrderWise holds on its account, credits negative.
    pub(super) ledger: Money,
    /// Till less ledger.
    pub(super) difference: Money,
    /// Of it: entries that wait for a person.
    pub(super) exceptions: Money,
    /// Of it: returns that wait for their sale.
    pub(super) waiting: Money,
    /// Of it: entries that are still on their way, or that a person has dismissed.
    pub(super) other: Money,
    /// What nothing explains; anything but nothing is a fault.
    pub(super) unexplained: Money,
}

impl Line {
    fn settle(&mut self) {
        self.difference = self.till - self.ledger;
        self.unexplained = self.difference - self.exceptions - self.waiting - self.other;
    }

    /// Adds what the book says about an entry that is not in the ledger.
    fn explain(&mut self, row: &EntryRow) {
        match row.state {
            EntryState::Held => self.exceptions += row.gross,
            EntryState::Waiting => self.waiting += row.gross,
            EntryState::Ready
            | EntryState::Posting
            | EntryState::InDoubt
            | EntryState::Dismissed => self.other += row.gross,
            EntryState::SetAside | EntryState::Posted | EntryState::Confirmed => {}
        }
    }
}

/// The proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Proof {
    /// Whether all of it holds.
    pub(super) holds: bool,
    /// All stores together.
    pub(super) total: Line,
    /// A line a store.
    pub(super) stores: Vec<Line>,
    /// References that OrderWise holds more than once.
    pub(super) doubles: Vec<String>,
    /// Orders of the tills that are not in the book, or not as what they are.
    pub(super) lost: Vec<i64>,
    /// Entries whose document says another amount or kind than the till, or is not there.
    pub(super) altered: Vec<String>,
    /// Documents that no sale of the tills stands behind.
    pub(super) made_up: Vec<String>,
    /// Breaks in the chain of the record.
    pub(super) record_breaks: usize,
}

/// All sides, read once.
struct Sides {
    /// Sales and returns at the tills.
    tills: BTreeMap<i64, OrderView>,
    /// Documents by the order id in their reference.
    documents: BTreeMap<i64, Vec<Held>>,
    /// Documents whose reference is none of Daybook's.
    foreign: Vec<String>,
    book: HashMap<i64, EntryRow>,
}

/// A document of OrderWise, in short.
struct Held {
    reference: String,
    order_type: u8,
    customer: i64,
    gross: Money,
}

impl Held {
    fn signed(&self) -> Money {
        if self.order_type == CREDIT { -self.gross } else { self.gross }
    }
}

/// Whether the book has everything that the tills have sold, and as sold.
pub(super) async fn is_complete(world: &World) -> Result<bool, Failure> {
    Ok(lost(&gather(world).await?).is_empty())
}

/// Reads all sides and compares them.
pub(super) async fn prove(world: &World) -> Result<Proof, Failure> {
    let sides = gather(world).await?;
    let (mut total, stores) = lines(world, &sides);
    // The totals once more, as the stand-ins themselves add them up.
    total.till = Money::from_pence(world.sandbox.sitoo.till_totals().gross_pence);
    let ledger = world.sandbox.orderwise.totals();
    total.ledger = Money::from_pence(ledger.orders_gross - ledger.credits_gross);
    total.settle();
    let doubles = sides.documents.values().filter(|held| held.len() > 1);
    let doubles = doubles.filter_map(|held| Some(held.first()?.reference.clone())).collect();
    let verified = timeline::verify_all(&world.app.db, 0, usize::MAX >> 1).await?;
    let mut proof = Proof {
        holds: false,
        total,
        stores,
        doubles,
        lost: lost(&sides),
        altered: altered(&sides),
        made_up: made_up(&sides),
        record_breaks: verified.broken.len(),
    };
    proof.holds = proof.stores.iter().chain([&proof.total]).all(|line| line.unexplained.is_zero())
        && [&proof.doubles, &proof.altered, &proof.made_up].iter().all(|all| all.is_empty())
        && proof.lost.is_empty()
        && proof.record_breaks == 0;
    Ok(proof)
}

async fn gather(world: &World) -> Result<Sides, Failure> {
    let tills = world.sandbox.sitoo.orders().filter(is_money).map(|one| (one.orderid, one));
    let tills = tills.collect();
    let mut documents: BTreeMap<i64, Vec<Held>> = BTreeMap::new();
    let mut foreign = Vec::new();
    world.sandbox.orderwise.for_each_document(|document| {
        let held = Held {
            reference: document.number.to_string(),
            order_type: document.order_type,
            customer: document.customer,
            gross: Money::from_pence(document.gross),
        };
        match document.number.parse::<Reference>() {
            Ok(reference) => documents.entry(reference.order_id).or_default().push(held),
            Err(_) => foreign.push(held.reference),
        }
    });
    Ok(Sides { tills, documents, foreign, book: book(world).await? })
}

/// Closed, paid and no booking: what the tills count as money.
fn is_money(order: &OrderView) -> bool {
    order.state == OrderState::Closed
        && order.payment_state == PaymentState::SUCCESSFUL
        && order.order_type == OrderType::ORDER
}

pub(super) async fn book(world: &World) -> Result<HashMap<i64, EntryRow>, Failure> {
    let mut all = HashMap::new();
    let mut filter = EntryFilter::default();
    loop {
        let page = entry::list(&world.app.db, &filter, PAGE).await?;
        filter.before = page.last().map(|row| row.order_id);
        let is_last = page.len() < PAGE;
        all.extend(page.into_iter().map(|row| (row.order_id, row)));
        if is_last {
            return Ok(all);
        }
    }
}

/// A line a store, and their sum.
fn lines(world: &World, sides: &Sides) -> (Line, Vec<Line>) {
    let shops = &world.retailer.stores;
    let mut by_store: BTreeMap<i64, Line> = shops
        .iter()
        .map(|shop| (shop.store_id, Line { store: shop.name.clone(), ..Line::default() }))
        .collect();
    let mut line = |store: Option<i64>, change: &dyn Fn(&mut Line)| {
        let unknown = || Line { store: "no store".to_owned(), ..Line::default() };
        change(by_store.entry(store.unwrap_or_default()).or_insert_with(unknown));
    };
    for (id, order) in &sides.tills {
        line(order.store_id, &|line| line.till += Money::from_pence(order.gross_pence));
        if let Some(row) = sides.book.get(id) {
            line(order.store_id, &|line| line.explain(row));
        }
    }
    for held in sides.documents.values().flatten() {
        let shop = shops.iter().find(|shop| shop.customer_id == held.customer);
        line(shop.map(|shop| shop.store_id), &|line| line.ledger += held.signed());
    }
    let mut total = Line { store: "all stores".to_owned(), ..Line::default() };
    let mut stores: Vec<Line> = by_store.into_values().collect();
    for line in &mut stores {
        line.settle();
        total.exceptions += line.exceptions;
        total.waiting += line.waiting;
        total.other += line.other;
    }
    (total, stores)
}

/// Promise 1.
fn lost(sides: &Sides) -> Vec<i64> {
    let known = |id: &i64| {
        sides.book.get(id).is_some_and(|row| {
            row.state != EntryState::SetAside
                && matches!(row.kind, EntryKind::Sale | EntryKind::Return)
        })
    };
    sides.tills.keys().copied().filter(|id| !known(id)).collect()
}

/// Promise 3: one document an entry, of its kind and of its amount.
fn altered(sides: &Sides) -> Vec<String> {
    let posted = sides.book.values().filter(|row| row.state.is_in_ledger());
    let is_true = |row: &EntryRow| {
        let order_type = if row.kind == EntryKind::Return { CREDIT } else { ORDER };
        let till = sides.tills.get(&row.order_id);
        let held = sides.documents.get(&row.order_id).and_then(|held| held.first());
        matches!((till, held), (Some(till), Some(held))
            if held.order_type == order_type && held.signed().pence() == till.gross_pence)
    };
    let mut altered: Vec<_> =
        posted.filter(|row| !is_true(row)).map(|row| row.reference.clone()).collect();
    altered.sort();
    altered
}

/// Documents without a sale, or of an entry that the book believes to be elsewhere.
fn made_up(sides: &Sides) -> Vec<String> {
    let known = |id: &i64| {
        let may_be_there = |row: &EntryRow| {
            row.state.is_in_ledger()
                || matches!(row.state, EntryState::Posting | EntryState::InDoubt)
        };
        sides.tills.contains_key(id) && sides.book.get(id).is_some_and(may_be_there)
    };
    let unknown = sides.documents.iter().filter(|(id, _)| !known(id));
    let unknown = unknown.flat_map(|(_, held)| held).map(|held| held.reference.clone());
    unknown.chain(sides.foreign.iter().cloned()).collect()
}
