//! Plans that are run: what is gone is posted again and what stands twice is credited, once each,
//! whatever becomes of the replies; what is a person's is told.

use std::time::Duration;

use daybook_domain::{
    entry::EntryState,
    reconcile::{
        DayCause,
        fix::{Act, Documents, Doer},
    },
};
use daybook_flows::reconcile::fix::{self, Came, FixDay, FixWanted};
use daybook_sandbox::{
    faults::Fault,
    orderwise::{Document, DuplicatePolicy, LineEdit, Written},
};
use daybook_store::{audit, reconcile::day::DayState, timeline};
use daybook_testkit::{World, db::for_each_engine, story::reference};

use super::close::{evening_and_night, monday, pass, quarter_of_an_hour, row};

const MINUTE: Duration = Duration::from_mins(1);
pub(crate) const SALE: u8 = 1;
const CREDIT: u8 = 4;

pub(crate) fn wanted(world: &World) -> FixWanted {
    let store = Some(world.shop(0).warehouse_id);
    FixWanted { day: monday(), store, cause: None, reference: None }
}

pub(crate) async fn plan(world: &World) -> FixDay {
    let mut report = fix::plan(&world.app, &wanted(world)).await.unwrap();
    assert_eq!((report.days.len(), &report.run_by), (1, &None));
    report.days.remove(0)
}

pub(crate) async fn run(world: &World) -> FixDay {
    let report = Box::pin(fix::run(&world.app, &wanted(world), "Ada Finch")).await;
    let mut report = report.unwrap();
    assert_eq!((report.days.len(), report.run_by.as_deref()), (1, Some("Ada Finch")));
    report.days.remove(0)
}

/// Time for OrderWise's exports to show what was posted; then the day is compared.
pub(crate) async fn settled(world: &World) {
    for _ in 0..3 {
        world.after(5 * MINUTE).await;
    }
    pass(world).await;
}

/// Who did what on an entry's timeline.
pub(crate) async fn done_by_ada(world: &World, order_id: i64) -> usize {
    let rows = timeline::of_entry(&world.app.db, order_id).await.unwrap();
    rows.iter().filter(|row| row.code == "fix" && row.actor == "Ada Finch").count()
}

/// Credits of doubles, by their own reference.
fn credits(world: &World, order_id: i64, double: i64) -> Vec<Document> {
    let reference = format!("{}-C{double}", reference(order_id));
    world.sandbox.orderwise.documents_by_reference(&reference)
}

/// Somebody types a document into OrderWise, under a reference of ours: its type, and its pence.
pub(crate) fn by_hand(world: &World, reference: &str, (order_type, pence): (u8, i64)) {
    let line = LineEdit {
        sku: Some(world.goods(0).sku.clone()),
        quantity: Some(rust_decimal::Decimal::ONE),
        gross: Some(pence),
        tax_rate_id: Some(1),
        location: Some(1),
        ..LineEdit::default()
    };
    world.sandbox.orderwise.write_document(Written {
        reference: reference.to_owned(),
        order_type,
        order_date: None,
        customer: 1,
        lines: vec![line],
    });
}

/// OrderWise is of no help: it would store every repeat.
fn stores_repeats(world: &World) {
    world.sandbox.orderwise.set_policy_everywhere(&DuplicatePolicy::CreateSecond);
}

/// A sale whose document somebody deletes before the night.
async fn gone(world: &World) -> i64 {
    stores_repeats(world);
    world.sell(world.sale(900));
    let sold = world.sell(world.sale(4_700));
    quarter_of_an_hour(world).await;
    assert!(world.sandbox.orderwise.delete_document(world.document(sold).order_id));
    evening_and_night(world).await;
    pass(world).await;
    sold
}

/// A sale whose document stands twice; the second one's id.
async fn doubled(world: &World) -> (i64, i64) {
    stores_repeats(world);
    world.sell(world.sale(900));
    let sold = world.sell(world.sale(3_100));
    quarter_of_an_hour(world).await;
    let double = world.sandbox.orderwise.double_document(world.document(sold).order_id).unwrap();
    evening_and_night(world).await;
    pass(world).await;
    (sold, double)
}

#[tokio::test]
async fn what_is_gone_is_posted_again_once_under_its_reference() {
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        let sold = gone(&world).await;
        let planned = plan(&world).await;
        let [one] = planned.steps.as_slice() else { panic!("{planned:#?}") };
        assert_eq!((one.step.cause, one.step.act), (DayCause::GoneFromOrderwise, Act::PostAgain));
        assert_eq!((one.step.doer, one.step.touches), (Doer::Daybook, Documents::Created));
        assert_eq!((planned.total.documents, planned.total.effect.gross.pence()), (1, 4_700));
        assert_eq!(world.documents(sold).len(), 0, "a plan changes nothing");

        let ran = run(&world).await;
        let outcome = ran.steps[0].outcome.as_ref().unwrap();
        assert_eq!(outcome.came, Came::Done, "{ran:#?}");
        assert_eq!(world.document(sold).gross, 4_700);
        // OrderWise need not show it yet: nothing is said before it must.
        let checked = ran.checked.unwrap();
        assert!(!checked.compared && checked.again.is_some(), "{checked:?}");
        settled(&world).await;
        assert_eq!(row(&world, 0).await.state, DayState::Closed);
        assert_eq!(done_by_ada(&world, sold).await, 1);
        let subject = format!("day:{}:{}", world.shop(0).warehouse_id, monday());
        assert_eq!(audit::of(&world.app.db, &subject, 9).await.unwrap().len(), 1);
        let views = daybook_flows::reconcile::days(&world.app, monday(), wanted(&world).store);
        let fixes = views.await.unwrap().remove(0).fixes;
        assert_eq!((fixes.len(), fixes[0].by.as_str()), (1, "Ada Finch"), "{fixes:?}");
        assert_eq!(fixes[0].act, Act::PostAgain);

        // The same command again finds nothing to do.
        let again = run(&world).await;
        assert_eq!((again.steps.len(), again.state), (0, DayState::Closed));
        assert_eq!(world.document(sold).gross, 4_700);
    })
    .await;
}

#[tokio::test]
async fn a_lost_reply_to_what_is_posted_again_makes_no_second_document() {
    for fault in [
        Fault::CutAfter,
        Fault::CutBefore,
        Fault::ServerError { status: 503, body: daybook_sandbox::faults::ErrorBody::default() },
    ] {
        for_each_engine(|db| async {
            let world = World::small(1, db).await.unwrap();
            let sold = gone(&world).await;
            world.next_order_meets(fault);
            run(&world).await;
            assert!(world.documents(sold).len() <= 1);
            // The person is impatient.
            run(&world).await;
            world.clock.advance(MINUTE);
            run(&world).await;
            settled(&world).await;
            assert_eq!(world.document(sold).gross, 4_700, "{fault:?}");
            assert!(world.state(sold).await.is_in_ledger(), "{fault:?}");
            settled(&world).await;
            assert_eq!(row(&world, 0).await.state, DayState::Closed, "{fault:?}");
        })
        .await;
    }
}

#[tokio::test]
async fn what_is_there_after_all_is_adopted_and_not_posted() {
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        let sold = gone(&world).await;
        // Days later somebody enters it anew by hand, under the receipt's reference.
        world.clock.advance(Duration::from_hours(72));
        by_hand(&world, &reference(sold).to_string(), (SALE, 4_700));
        let sent = world.sent();
        // The export of the day does not show it: it bears another date.
        world.clock.advance(MINUTE);
        run(&world).await;
        assert_eq!(world.sent(), sent, "nothing is sent");
        assert_eq!(world.documents(sold).len(), 1);
        let row = world.entry(sold).await;
        assert!(row.state.is_in_ledger());
        assert_eq!(row.erp_order_id, Some(world.document(sold).order_id));
    })
    .await;
}

#[tokio::test]
async fn a_double_is_credited_once_whatever_becomes_of_the_reply() {
    let faults = [
        None,
        Some(Fault::CutAfter),
        Some(Fault::CutBefore),
        Some(Fault::MalformedJson),
        Some(Fault::TooManyRequests { retry_after_s: Some(5) }),
    ];
    for fault in faults {
        for_each_engine(|db| async {
            let world = World::small(1, db).await.unwrap();
            let (sold, double) = doubled(&world).await;
            let planned = plan(&world).await;
            assert_eq!(planned.steps.len(), 1, "{planned:#?}");
            assert_eq!(planned.steps[0].step.act, Act::Credit);
            assert_eq!((planned.total.documents, planned.total.effect.gross.pence()), (1, -3_100));
            if let Some(fault) = fault {
                world.next_order_meets(fault);
            }
            run(&world).await;
            assert!(credits(&world, sold, double).len() <= 1, "{fault:?}");
            run(&world).await;
            world.clock.advance(MINUTE);
            run(&world).await;
            // Nobody has to ask again: the flow goes on with it.
            world.clock.advance(MINUTE);
            pass(&world).await;
            settled(&world).await;
            let credits = credits(&world, sold, double);
            assert_eq!(credits.len(), 1, "{fault:?}");
            assert_eq!((credits[0].order_type, credits[0].gross), (CREDIT, 3_100), "{fault:?}");
            assert_eq!(world.documents(sold).len(), 2, "the receipt's own stand as they were");
            assert_eq!(row(&world, 0).await.state, DayState::Closed, "{fault:?}");
            let told = world.timeline(sold).await;
            assert!(told.contains(&"double-credited".to_owned()), "{told:?}");
            assert_eq!(world.causes(sold).await, Vec::<&str>::new());
            let again = run(&world).await;
            assert_eq!((again.steps.len(), again.state), (0, DayState::Closed));
        })
        .await;
    }
}

#[tokio::test]
async fn a_credit_that_orderwise_shows_late_is_not_placed_twice() {
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        let (sold, double) = doubled(&world).await;
        world.sandbox.orderwise.switch(|switches| switches.late_visibility_ms = 20_000);
        world.next_order_meets(Fault::CutAfter);
        run(&world).await;
        // Twice more within the settling time: it is not shown, and not sent again.
        for _ in 0..2 {
            world.clock.advance(Duration::from_secs(5));
            run(&world).await;
        }
        for _ in 0..3 {
            world.clock.advance(MINUTE);
            pass(&world).await;
        }
        assert_eq!(credits(&world, sold, double).len(), 1);
        // The next night closes the day.
        world.after(Duration::from_hours(24)).await;
        pass(&world).await;
        assert_eq!(credits(&world, sold, double).len(), 1);
        assert_eq!(row(&world, 0).await.state, DayState::Closed);
    })
    .await;
}

#[tokio::test]
async fn a_credit_that_an_older_copy_of_the_book_does_not_know_is_taken_for_done() {
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        let (sold, double) = doubled(&world).await;
        // The book that is lost had it placed days later: the day's own documents do not show it.
        world.clock.advance(Duration::from_hours(72));
        let theirs = format!("{}-C{double}", reference(sold));
        by_hand(&world, &theirs, (CREDIT, 3_100));
        let sent = world.sent();
        let ran = run(&world).await;
        assert_eq!(ran.steps[0].step.act, Act::Credit);
        assert_eq!(ran.steps[0].outcome.as_ref().unwrap().came, Came::Done, "{ran:#?}");
        assert_eq!((world.sent(), credits(&world, sold, double).len()), (sent, 1));
        let told = world.timeline(sold).await;
        assert!(told.contains(&"double-credited".to_owned()), "{told:?}");
        assert_eq!(done_by_ada(&world, sold).await, 1);
    })
    .await;
}

/// Runs the plan in a process that dies at its `calls`th call; whether it did.
async fn dies(world: &mut World, calls: i64, reaches_peer: bool) -> bool {
    world.crash.plan(calls, reaches_peer);
    let wanted = wanted(world);
    let died = {
        let running = Box::pin(fix::run(&world.app, &wanted, "Ada Finch"));
        tokio::select! {
            _ = running => false,
            () = world.crash.happened() => true,
        }
    };
    world.crash.call_off();
    world.restart();
    died
}

#[tokio::test]
async fn a_process_that_dies_while_it_credits_leaves_one_credit() {
    // Z-reports are read, the credit is looked up, and placed.
    for (calls, reaches_peer) in (0..3).flat_map(|calls| [(calls, true), (calls, false)]) {
        for_each_engine(|db| async {
            let mut world = World::small(1, db).await.unwrap();
            let (sold, double) = doubled(&world).await;
            assert!(dies(&mut world, calls, reaches_peer).await, "{calls}");
            // Its lease runs out; the next process goes on with it.
            for _ in 0..4 {
                world.clock.advance(5 * MINUTE);
                world.pass().await;
                pass(&world).await;
            }
            run(&world).await;
            settled(&world).await;
            assert_eq!(credits(&world, sold, double).len(), 1, "{calls} {reaches_peer}");
            assert_eq!(row(&world, 0).await.state, DayState::Closed, "{calls} {reaches_peer}");
        })
        .await;
    }
}

#[tokio::test]
async fn what_only_a_person_can_do_is_told_and_nothing_is_changed() {
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        let sold = world.sell(world.sale(1_200));
        let unknown = world.sell(world.sale_of(0, world.row_of(trouble(&world), 2_400)));
        quarter_of_an_hour(&world).await;
        assert_eq!(world.state(unknown).await, EntryState::Held);
        let document = world.document(sold).order_id;
        let edit = LineEdit { gross: Some(1_101), ..LineEdit::default() };
        assert!(world.sandbox.orderwise.edit_line(document, 1, edit));
        evening_and_night(&world).await;
        pass(&world).await;
        let ran = run(&world).await;
        let of = |cause| ran.steps.iter().find(|one| one.step.cause == cause).unwrap();
        let edited = of(DayCause::EditedInOrderwise);
        assert_eq!((edited.step.doer, edited.step.touches), (Doer::Person, Documents::Changed));
        assert!(edited.step.todo.contains(&format!("Document {document}")), "{edited:#?}");
        assert!(edited.step.todo.contains("-0.99 beyond the receipts"), "{edited:#?}");
        assert_eq!(edited.outcome, None);
        let held = of(DayCause::NotPostedHeld);
        assert_eq!(held.outcome.as_ref().unwrap().came, Came::Person, "{held:#?}");
        assert!(
            held.commands.iter().any(|one| one.starts_with("daybook map set sku")),
            "{held:#?}"
        );
        assert_eq!(ran.state, DayState::Differs);
        assert_eq!(world.document(sold).gross, 1_101);
        assert_eq!(world.documents(unknown).len(), 0);
        assert_eq!(done_by_ada(&world, unknown).await, 1);
        assert_eq!(done_by_ada(&world, sold).await, 0);

        // One cause, one receipt.
        let only = FixWanted {
            cause: Some(DayCause::NotPostedHeld),
            reference: Some(reference(sold)),
            ..wanted(&world)
        };
        assert!(fix::plan(&world.app, &only).await.unwrap().days[0].steps.is_empty());
        let nameless = Box::pin(fix::run(&world.app, &only, " ")).await.unwrap_err();
        assert_eq!(nameless.code(), "name-missing");
        let unseen = FixWanted { day: monday().next(), ..wanted(&world) };
        assert_eq!(fix::plan(&world.app, &unseen).await.unwrap_err().code(), "day-not-compared");
    })
    .await;
}

/// A SKU that OrderWise does not know.
fn trouble(world: &World) -> &str {
    &world.retailer.troubles.missing_sku
}
