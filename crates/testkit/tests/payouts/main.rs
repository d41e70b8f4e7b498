//! Stories of money: from the till to the bank, told on both databases through the real clients,
//! the real readers and the real store.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod inbox;
mod month;
mod rules;
mod to_the_bank;

use daybook_domain::settlement::{Day, MatchState, Subject};
use daybook_flows::{
    FlowError,
    settlement::{
        balance::{self, Balance},
        import::{self, Imported},
        pass::{self, MatchReport, Reach},
    },
};
use daybook_sandbox::{
    settlement::{Batch, Booked, camt053},
    sitoo::{
        Taken,
        till::{Refund, Row, Sale, Tender},
    },
};
use daybook_store::settlement::matches::{self, StoredMatch};
use daybook_testkit::{World, world::MORNING};

pub(crate) const DAY: i64 = 86_400;

/// Unix seconds, so many days after the first morning.
pub(crate) fn after_days(days: i64) -> i64 {
    MORNING.micros() / 1_000_000 + days * DAY
}

/// The day, so many days after the first one.
pub(crate) fn day(days: i64) -> Day {
    Day::of(MORNING, "Europe/London").plus(days)
}

/// Sells something of so many pence, paid through Adyen with this reference.
pub(crate) fn sell(world: &World, shop: usize, pence: i64, psp: &str) -> i64 {
    let row = Row::of(&world.goods(0).product).gross(pence);
    let tender = Tender::card().adyen(psp);
    world.sell(Sale::at_register(world.till(shop)).row(row).pay_rest(tender))
}

/// Takes all of a sale back, to the card, under a reference of its own.
pub(crate) fn give_back(world: &World, sale: i64, psp: &str) -> i64 {
    let refund = Refund::whole(world.till(0), sale);
    world.refund(refund.pay_rest(Tender::card().adyen(psp)))
}

/// What the tills took by card.
pub(crate) fn cards(world: &World) -> Vec<Taken> {
    let mut taken = world.sandbox.sitoo.taken();
    taken.retain(|taken| taken.external_id == "CARD");
    taken
}

pub(crate) async fn import(world: &World, batch: &Batch) -> Imported {
    let csv = batch.csv();
    let done = import::report(&world.app, "adyen", "report.csv", csv.as_bytes(), "Ada");
    done.await.unwrap()
}

pub(crate) async fn statement(world: &World, booked: &[Booked]) -> Imported {
    let text = camt053(booked);
    let done = import::statement(&world.app, None, "statement.xml", text.as_bytes(), "Ada");
    done.await.unwrap()
}

pub(crate) async fn run(world: &World) -> MatchReport {
    Box::pin(pass::run(&world.app, Reach::Open)).await.unwrap()
}

/// Adyen's balance at the end of a day, which must tie.
pub(crate) async fn balance_at(world: &World, days: i64) -> Balance {
    let all = balance::at(&world.app, day(days)).await.unwrap();
    let adyen = all.into_iter().find(|one| one.provider == "adyen").unwrap();
    assert!(adyen.ties, "{adyen:?}");
    adyen
}

pub(crate) async fn matches_in(world: &World, state: MatchState) -> Vec<StoredMatch> {
    matches::in_state(&world.app.db, Subject::Payments, state).await.unwrap()
}

/// The code of what was refused.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, FlowError>) -> &'static str {
    result.unwrap_err().code()
}
