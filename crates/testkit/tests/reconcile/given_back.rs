//! What a plan gives back to the sales flow: entries that are held or set aside, and receipts that
//! only a till has.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use daybook_domain::{
    entry::EntryState,
    lookup::OpenPaid,
    reconcile::{
        DayCause,
        fix::{Act, Documents},
    },
};
use daybook_flows::reconcile::{
    self,
    fix::{Came, FixDay},
};
use daybook_sandbox::{
    Sandbox,
    faults::{ErrorBody, Fault},
    sitoo::till::Stage,
};
use daybook_store::{audit, evidence::Part, reconcile::day::DayState};
use daybook_testkit::{
    World,
    db::{for_each_book, for_each_engine},
    in_process::{Asked, Witness},
    story::reference,
};
use http::Response;

use super::{
    close::{evening_and_night, monday, pass, quarter_of_an_hour, row},
    fix::{SALE, by_hand, done_by_ada, plan, run, settled, wanted},
    raw::{raw, without_guards},
};

/// The one step of a day's plan: its cause, what is done, and how it came out.
fn only(day: &FixDay) -> (DayCause, Act, Option<(Came, &str)>) {
    let [one] = day.steps.as_slice() else { panic!("{day:#?}") };
    let outcome = one.outcome.as_ref().map(|one| (one.came, one.detail.as_str()));
    (one.step.cause, one.step.act, outcome)
}

/// How the steps that fetch came out: all alike, one about the receipt and one about its tender.
fn fetched(day: &FixDay) -> Option<(Came, &str)> {
    let fetch = (DayCause::ReceiptMissing, Act::Fetch, Documents::None);
    let mut outcomes = day.steps.iter().map(|one| {
        assert_eq!((one.step.cause, one.step.act, one.step.touches), fetch, "{day:#?}");
        one.outcome.as_ref().map(|one| (one.came, one.detail.as_str()))
    });
    let first = outcomes.next().unwrap();
    assert_eq!(outcomes.collect::<Vec<_>>(), [first]);
    first
}

/// A sale that is held, because OrderWise does not know its SKU.
async fn held(world: &World) -> i64 {
    world.sell(world.sale(900));
    let missing = world.retailer.troubles.missing_sku.clone();
    let held = world.sell(world.sale_of(0, world.row_of(&missing, 2_400)));
    quarter_of_an_hour(world).await;
    assert_eq!(world.state(held).await, EntryState::Held);
    evening_and_night(world).await;
    pass(world).await;
    held
}

#[tokio::test]
async fn what_is_held_and_was_entered_by_hand_is_adopted_and_not_posted() {
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        let held = held(&world).await;
        let planned = plan(&world).await;
        assert_eq!(only(&planned), (DayCause::NotPostedHeld, Act::Release, None));
        assert_eq!(planned.steps[0].step.touches, Documents::Created);
        // Days later: it bears another date, so that the day's own documents do not show it.
        world.clock.advance(Duration::from_hours(72));
        by_hand(&world, &reference(held).to_string(), (SALE, 2_400));
        let sent = world.sent();

        // OrderWise does not tell whether it has it: nothing is done on a guess.
        let body = ErrorBody::default();
        world.sandbox.orderwise_faults.once(
            Fault::ServerError { status: 503, body },
            "POST",
            "export-definition/101",
        );
        let ran = run(&world).await;
        let (.., outcome) = only(&ran);
        assert_eq!(outcome.unwrap().0, Came::Later, "{ran:#?}");
        assert_eq!(world.state(held).await, EntryState::Held);
        assert_eq!(done_by_ada(&world, held).await, 0, "nothing was done");

        let ran = run(&world).await;
        let number = world.document(held).order_number();
        let there = format!("OrderWise has it: {number}");
        let done = Some((Came::Done, there.as_str()));
        assert_eq!(only(&ran), (DayCause::NotPostedHeld, Act::Release, done));
        assert_eq!(world.sent(), sent, "nothing is sent");
        let row = world.entry(held).await;
        assert!(row.state.is_in_ledger(), "{row:?}");
        assert_eq!(row.erp_order_id, Some(world.document(held).order_id));
        assert_eq!(world.causes(held).await, Vec::<&str>::new());
        assert_eq!(done_by_ada(&world, held).await, 1);
        let told = world.timeline(held).await;
        assert!(told.contains(&"adopted".to_owned()), "{told:?}");
        settled(&world).await;
        assert_eq!(world.documents(held).len(), 1);
        // It stands, on another day than the till says: that is what is left to tell.
        let again = run(&world).await;
        assert_eq!(only(&again), (DayCause::DayBoundary, Act::Sign, None));
    })
    .await;
}

#[tokio::test]
async fn what_is_held_is_posted_when_nothing_stands_in_its_way_any_more() {
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        world.sell(world.sale(900));
        let sku = world.goods(1).sku.clone();
        quarter_of_an_hour(&world).await;
        world.sandbox.orderwise.set_variant_active(&sku, false);
        let held = world.sell(world.sale_of(0, world.row_of(&sku, 2_400)));
        world.pass().await;
        assert_eq!(world.state(held).await, EntryState::Held);
        evening_and_night(&world).await;
        pass(&world).await;
        let ran = run(&world).await;
        let (cause, act, outcome) = only(&ran);
        assert_eq!((cause, act), (DayCause::NotPostedHeld, Act::Release));
        assert_eq!(outcome.unwrap().0, Came::Person, "{ran:#?}");
        assert_eq!(world.documents(held).len(), 0);

        // Somebody makes it orderable again, and does not wait for Daybook to see it.
        world.sandbox.orderwise.set_variant_active(&sku, true);
        let ran = run(&world).await;
        let (.., outcome) = only(&ran);
        assert_eq!(outcome.unwrap().0, Came::Done, "{ran:#?}");
        assert_eq!(world.document(held).gross, 2_400);
        assert_eq!(world.causes(held).await, Vec::<&str>::new());
        assert_eq!(done_by_ada(&world, held).await, 2);
        settled(&world).await;
        assert_eq!(row(&world, 0).await.state, DayState::Closed);
    })
    .await;
}

#[tokio::test]
async fn what_was_open_at_night_is_read_again_and_posted_once_it_is_a_sale() {
    for_each_engine(|db| async {
        let mut world = World::small(1, db).await.unwrap();
        world.policy.open_paid_orders = OpenPaid::SetAside;
        world.restart();
        world.sell(world.sale(900));
        let open = world.sell(world.sale(3_500).stage(Stage::OpenPaid));
        quarter_of_an_hour(&world).await;
        evening_and_night(&world).await;
        pass(&world).await;
        let planned = plan(&world).await;
        assert_eq!(only(&planned), (DayCause::NotPostedOpen, Act::ReadAgain, None));
        assert_eq!((planned.total.documents, planned.total.effect.gross.pence()), (1, 3_500));

        let ran = run(&world).await;
        let (.., outcome) = only(&ran);
        let still = "Sitoo still shows it as open: see to it at the till";
        assert_eq!(outcome, Some((Came::Person, still)));
        assert_eq!(world.state(open).await, EntryState::SetAside);

        // The till closes it. Daybook would ask again within minutes; a person does not wait.
        world.sandbox.sitoo.close(open, None).unwrap();
        let ran = run(&world).await;
        let (.., outcome) = only(&ran);
        assert_eq!(outcome.unwrap().0, Came::Done, "{ran:#?}");
        assert_eq!(world.document(open).gross, 3_500);
        assert_eq!(done_by_ada(&world, open).await, 2);
        settled(&world).await;
        assert_eq!(row(&world, 0).await.state, DayState::Closed);
        assert_eq!(world.document(open).gross, 3_500);
    })
    .await;
}

/// A till that uploads a receipt just after it was asked for.
struct Uploads {
    sandbox: Arc<Sandbox>,
    late: i64,
}

impl Witness for Uploads {
    fn before(&self, _asked: &Asked) {}

    fn after(&self, asked: &Asked, _answer: Option<&mut Response<Bytes>>) {
        if asked.uri.query().is_some_and(|query| query.contains("receiptid=")) {
            self.sandbox.sitoo.reveal(self.late);
        }
    }
}

#[tokio::test]
async fn a_receipt_that_is_missing_is_fetched_by_the_plan() {
    for_each_engine(|db| async {
        let mut world = World::small(1, db).await.unwrap();
        // Between two others, so that its number is missing.
        world.sell(world.sale(900));
        let late = world.sell(world.sale(2_500).held_back());
        world.sell(world.sale(1_100));
        quarter_of_an_hour(&world).await;
        evening_and_night(&world).await;
        pass(&world).await;
        let planned = plan(&world).await;
        assert_eq!(fetched(&planned), None);

        let ran = run(&world).await;
        let nowhere = "Sitoo does not show it: look for a till that is offline, else sign off";
        assert_eq!(fetched(&ran), Some((Came::Person, nowhere)));
        assert_eq!(ran.checked.unwrap().cleared, 0);

        world.witness = Some(Arc::new(Uploads { sandbox: Arc::clone(&world.sandbox), late }));
        world.restart();
        let ran = run(&world).await;
        assert_eq!(fetched(&ran), Some((Came::Done, "Sitoo has it, and it is in the book")));
        assert_eq!(ran.checked.unwrap().cleared, 2, "the receipt, and its tender");
        assert_eq!(world.documents(late).len(), 0, "it is not posted before its turn");
        let about = format!("day:{}:{}", world.shop(0).warehouse_id, monday());
        assert_eq!(audit::of(&world.app.db, &about, 9).await.unwrap().len(), 4);
        let views = reconcile::days(&world.app, monday(), wanted(&world).store);
        let fixes = views.await.unwrap().remove(0).fixes;
        assert!(fixes.iter().all(|one| one.act == Act::Fetch), "{fixes:?}");

        quarter_of_an_hour(&world).await;
        pass(&world).await;
        assert_eq!(world.document(late).gross, 2_500);
        let found = row(&world, 0).await;
        assert_eq!((found.state, found.entries), (DayState::Closed, 3), "{found:?}");
    })
    .await;
}

/// Whether the record of fixes is as it was written; how many there are.
async fn fixes_are_whole(world: &World) -> (bool, u64) {
    let found = daybook_flows::evidence::verify(&world.app.db).await.unwrap();
    let broken: Vec<Part> = found.broken.iter().map(|one| one.part).collect();
    assert!(broken.iter().all(|part| *part == Part::Fix), "{:?}", found.broken);
    (broken.is_empty(), found.fixes)
}

#[tokio::test]
async fn what_was_done_about_a_day_cannot_be_told_otherwise_afterwards() {
    for_each_book(|db, url| async move {
        let world = World::small(1, db).await.unwrap();
        held(&world).await;
        run(&world).await;
        world.clock.advance(Duration::from_mins(1));
        run(&world).await;
        world.clock.advance(Duration::from_mins(1));
        // Certified with what was found then.
        run(&world).await;
        assert_eq!(fixes_are_whole(&world).await, (true, 3));
        without_guards(&url).await;
        let changes = [
            ("actor = 'Bob'", "actor = 'Ada Finch'"),
            ("at = at + 1", "at = at - 1"),
            ("act = 'credit'", "act = 'release'"),
            ("cause = 'posted-twice'", "cause = 'not-posted-held'"),
            ("subject = 'S1-1'", "subject = 'S1-10002'"),
        ];
        for (change, back) in changes {
            let set = |what: &str| format!("UPDATE fix_step SET {what} WHERE seq = 1");
            raw(&url, &set(change)).await;
            assert_eq!(fixes_are_whole(&world).await, (false, 3), "{change}");
            raw(&url, &set(back)).await;
            assert_eq!(fixes_are_whole(&world).await, (true, 3), "{back}");
        }
        let columns = "warehouse_id, day, at, actor, cause, act, subject, net, tax, gross";
        let put = format!(
            "INSERT INTO fix_step (seq, {columns}) SELECT 9, {columns} FROM fix_step WHERE seq = 1"
        );
        raw(&url, &put).await;
        assert_eq!(fixes_are_whole(&world).await, (false, 4), "one that was never run");
        raw(&url, "DELETE FROM fix_step WHERE seq = 9").await;
        raw(&url, "DELETE FROM fix_step WHERE seq = 1").await;
        assert_eq!(fixes_are_whole(&world).await, (false, 2), "one is gone");
    })
    .await;
}
