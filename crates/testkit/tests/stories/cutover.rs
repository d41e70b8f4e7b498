//! From an old integration to Daybook, back, and to Daybook again: every receipt is in OrderWise
//! exactly once, whoever posted it.

use std::sync::Arc;

use daybook_domain::{
    causes::Cause,
    cutover::{Flow, Mode},
    entry::EntryState::{Confirmed, Held},
    mapping::MappingKind,
};
use daybook_flows::{
    cutover::{self, deeds},
    people,
    reconcile::collect::{self, CollectReport},
    sales::{self, SyncOptions},
};
use daybook_sandbox::{
    Sandbox,
    faults::Fault,
    orderwise::{DuplicatePolicy, LineEdit, ORDER, Written},
    sitoo::till::{Refund, Stage},
};
use daybook_store::{finding, reconcile::document, timeline};
use daybook_testkit::{
    World,
    db::{TestBook, for_each_engine},
    in_process::{Asked, Witness},
};

use super::*;

/// A world that an old integration serves, with an OrderWise that takes the same order twice.
async fn old_world(db: daybook_store::Db) -> World {
    let mut world = World::new(1, db).await.unwrap();
    world.sandbox.orderwise.set_policy_everywhere(&DuplicatePolicy::CreateSecond);
    world.settings.cutover.other_references = vec!["SIT-{order-id}".to_owned()];
    world.restart();
    world
}

/// The old integration posts an order of one piece.
fn old_posts(world: &World, order_id: i64, pence: i64) -> i64 {
    written(world, format!("SIT-{order_id}"), pence)
}

/// An order of one piece that somebody else than Daybook has written; its id.
pub(crate) fn written(world: &World, reference: String, pence: i64) -> i64 {
    let shop = world.shop(0);
    let line = LineEdit {
        sku: Some(world.goods(0).sku.clone()),
        quantity: Some(1.into()),
        gross: Some(pence),
        tax_rate_id: Some(1),
        location: Some(shop.stock_location_id),
        ..LineEdit::default()
    };
    world.sandbox.orderwise.write_document(Written {
        reference,
        order_type: ORDER,
        order_date: None,
        customer: shop.customer_id,
        lines: vec![line],
    })
}

/// Documents of an order, whoever posted them.
fn documents(world: &World, order_id: i64) -> usize {
    let old = world.sandbox.orderwise.documents_by_reference(&format!("SIT-{order_id}"));
    world.documents(order_id).len() + old.len()
}

async fn begin(world: &World, first: i64) {
    deeds::begin(&world.app, &deeds::From::Order(first), "ada").await.unwrap();
    deeds::parallel(&world.app, &[], "ada").await.unwrap();
}

async fn switch(world: &World) {
    deeds::switch(&world.app, None, Some("a story"), "ada").await.unwrap();
}

/// The old integration has posted the first order; then Daybook takes over.
async fn taken_over(db: daybook_store::Db) -> World {
    let world = old_world(db).await;
    let first = world.sell(world.sale(500));
    begin(&world, first).await;
    old_posts(&world, first, 500);
    world.pass().await;
    switch(&world).await;
    world
}

#[tokio::test]
async fn each_receipt_stands_once_through_parallel_run_switch_back_and_switch() {
    for_each_engine(|db| async {
        let world = old_world(db).await;
        let [same, other, late, never] = [500, 600, 700, 800].map(|p| world.sell(world.sale(p)));
        begin(&world, same).await;
        old_posts(&world, same, 500);
        old_posts(&world, other, 599);
        world.pass().await;
        assert_eq!((world.state(same).await, world.state(other).await), (Confirmed, Confirmed));
        assert_eq!((world.state(late).await, world.state(never).await), (InDoubt, InDoubt));
        assert_eq!(world.sent(), 0, "Daybook posts nothing in the parallel run");
        let found = finding::of(&world.app.db, other).await.unwrap();
        let gross = found.iter().find(|one| one.what == "gross").unwrap();
        assert_eq!((gross.till, gross.ledger), (600, 599));
        let report = cutover::report(&world.app).await.unwrap();
        let outcomes: Vec<_> = report.lines.iter().map(|line| line.outcome).collect();
        assert_eq!(outcomes, ["adopted", "different", "not-found", "not-found"]);
        assert_eq!((report.adopted, report.different, report.not_found), (2, 1, 2));
        let draft = report.lines[3].would_post.as_ref().unwrap();
        assert_eq!((draft.gross.pence(), draft.lines, draft.payments.pence()), (800, 1, 800));
        old_posts(&world, late, 700);
        world.after(minutes(5)).await;
        assert_eq!(world.state(late).await, Confirmed);

        switch(&world).await;
        let [ours, theirs] = [900, 1_000].map(|pence| world.sell(world.sale(pence)));
        // It still runs for a moment.
        old_posts(&world, theirs, 1_000);
        world.pass().await;
        assert_eq!((world.sent(), world.document(ours).gross), (1, 900));
        assert!(world.state(theirs).await.is_in_ledger());
        assert_eq!(world.state(never).await, InDoubt, "the old one may be late");
        world.after(minutes(61)).await;
        assert_eq!((world.sent(), world.document(never).gross), (2, 800));

        let handed = deeds::back(&world.app, "the till of Leeds", "ada").await.unwrap();
        let ids: Vec<_> = handed.posted.iter().map(|line| line.row.order_id).collect();
        assert_eq!((ids, handed.unsettled.len()), (vec![never, ours], 0));
        assert_eq!(handed.posted[0].other_references, [format!("SIT-{never}")]);
        assert_eq!(handed.from_order, Some(theirs + 1));
        let [again, slow] = [1_100, 1_200].map(|pence| world.sell(world.sale(pence)));
        old_posts(&world, again, 1_100);
        world.after(minutes(1)).await;
        assert_eq!((world.state(again).await, world.state(slow).await), (Confirmed, InDoubt));

        switch(&world).await;
        let last = world.sell(world.sale(1_300));
        world.after(minutes(1)).await;
        old_posts(&world, slow, 1_200);
        for _ in 0..5 {
            world.after(minutes(30)).await;
        }
        assert_eq!((world.sent(), world.document(last).gross), (3, 1_300));
        for order in [same, other, late, never, ours, theirs, again, slow, last] {
            assert_eq!(documents(&world, order), 1, "{order}");
            assert_eq!(world.state(order).await, Confirmed, "{order}");
        }
        assert_eq!(world.waits().await, []);
        let verified = timeline::verify_all(&world.app.db, 0, usize::MAX >> 1).await.unwrap();
        assert!(verified.broken.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_return_that_was_written_as_an_order_below_nothing_is_not_credited_again() {
    for_each_engine(|db| async {
        let world = old_world(db).await;
        let sold = world.sell(world.sale(700));
        let back = world.refund(Refund::whole(world.till(0), sold));
        begin(&world, sold).await;
        old_posts(&world, sold, 700);
        // No credit, as ours would be: an order with its amounts below nothing.
        let theirs = old_posts(&world, back, -700);
        world.pass().await;
        assert_eq!((world.state(sold).await, world.state(back).await), (Confirmed, InDoubt));
        switch(&world).await;
        for _ in 0..4 {
            world.after(minutes(30)).await;
        }
        assert_eq!((world.sent(), world.state(back).await), (0, Held));
        assert_eq!(world.causes(back).await, ["reference-taken"]);
        // Nor where somebody only tries again; where it is cancelled, it is posted.
        let again = daybook_testkit::story::reference(back);
        people::retry(&world.app, again, "Ada").await.unwrap();
        world.after(minutes(10)).await;
        assert_eq!((world.sent(), world.state(back).await), (0, Held));
        world.map(MappingKind::Status, "Void", "means=cancelled").await;
        assert!(world.sandbox.orderwise.edit_document(theirs, |it| it.status = "Void".into()));
        people::retry(&world.app, again, "Ada").await.unwrap();
        world.after(minutes(10)).await;
        world.after(minutes(10)).await;
        assert_eq!((world.sent(), world.state(back).await), (1, Confirmed));
    })
    .await;
}

#[tokio::test]
async fn what_daybook_would_hold_is_told_and_adopted_all_the_same() {
    for_each_engine(|db| async {
        let world = old_world(db).await;
        let missing = world.retailer.troubles.missing_sku.clone();
        let held = world.sell(world.sale_of(0, world.row_of(&missing, 600)));
        begin(&world, held).await;
        world.pass().await;
        assert_eq!((world.state(held).await, world.waits().await), (InDoubt, vec![]));
        let plan = cutover::plan(&world.app, false).await.unwrap();
        let codes: Vec<_> = plan.obstacles.iter().map(|one| one.code).collect();
        assert_eq!(codes, ["stock-not-compared", "would-be-held", "no-audit"]);
        let refused = deeds::switch(&world.app, None, None, "ada").await.unwrap_err();
        assert_eq!(refused.code(), "cutover-not-ready");
        old_posts(&world, held, 600);
        world.after(minutes(5)).await;
        assert_eq!(world.state(held).await, Confirmed);
        let report = cutover::report(&world.app).await.unwrap();
        assert_eq!(report.lines[0].outcome, "adopted");
        assert_eq!(report.lines[0].would_hold.len(), 1);
        assert_eq!(world.sent(), 0);
    })
    .await;
}

/// Set back to the first order that nobody has posted, it would post what it has posted after that
/// once more.
#[tokio::test]
async fn what_the_old_integration_posted_after_the_order_it_goes_on_with_is_handed_to_it() {
    for_each_engine(|db| async {
        let world = old_world(db).await;
        let [open, posted] = [500, 600].map(|pence| world.sell(world.sale(pence)));
        begin(&world, open).await;
        old_posts(&world, posted, 600);
        world.after(minutes(5)).await;
        switch(&world).await;
        let handed = deeds::back(&world.app, "too early", "ada").await.unwrap();
        assert_eq!((handed.from_order, handed.posted.len()), (Some(open), 0));
        let its: Vec<_> = handed.posted_by_it.iter().map(|line| line.row.order_id).collect();
        assert_eq!(its, [posted]);
        assert_eq!(handed.posted_by_it[0].other_references, [format!("SIT-{posted}")]);
    })
    .await;
}

/// Without them nothing can be looked up, and "none posted" would be untrue.
#[tokio::test]
async fn where_to_begin_is_not_proposed_without_the_other_references() {
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        world.sell(world.sale(500));
        let refused = deeds::propose(&world.app).await.unwrap_err();
        assert_eq!(refused.code(), "cutover-no-references");
    })
    .await;
}

#[tokio::test]
async fn what_would_be_sent_again_is_not_once_posting_went_back() {
    for_each_engine(|db| async {
        let world = old_world(db).await;
        let first = world.sell(world.sale(500));
        begin(&world, first).await;
        switch(&world).await;
        let slow = world.sell(world.sale(800));
        let cut = world.sell(world.sale(900));
        world.next_order_meets(Fault::CutAfter);
        world.next_order_meets(Fault::TooManyRequests { retry_after_s: Some(60) });
        world.pass().await;
        let sent = world.sent();
        deeds::back(&world.app, "enough", "ada").await.unwrap();
        for _ in 0..4 {
            world.after(minutes(5)).await;
        }
        assert_eq!(world.sent(), sent, "nothing is sent any more");
        // Of two one reached OrderWise, and its answer was lost: it is found, and handed over.
        let handed = deeds::handed_back(&world.app).await.unwrap();
        let ours: Vec<_> = handed.posted.iter().map(|line| line.row.order_id).collect();
        assert_eq!((ours.len(), handed.unsettled.len()), (1, 0));
        for (order, pence) in [(first, 500), (slow, 800), (cut, 900)] {
            if !ours.contains(&order) {
                old_posts(&world, order, pence);
            }
        }
        for _ in 0..2 {
            world.after(minutes(5)).await;
        }
        for order in [first, slow, cut] {
            assert_eq!((documents(&world, order), world.state(order).await), (1, Confirmed));
        }
        assert_eq!(world.waits().await, []);
    })
    .await;
}

#[tokio::test]
async fn a_crash_at_any_call_of_the_switch_doubles_nothing() {
    for_each_engine(|db| async {
        let mut world = old_world(db).await;
        let first = world.sell(world.sale(500));
        begin(&world, first).await;
        old_posts(&world, first, 500);
        let mut orders = vec![first];
        for calls in 0..10 {
            let mode = cutover::state(&world.app).await.unwrap().mode;
            match mode {
                Mode::Switched => drop(deeds::back(&world.app, "story", "ada").await.unwrap()),
                _ => switch(&world).await,
            }
            let order = world.sell(world.sale(600 + calls));
            orders.push(order);
            world.crash.plan(calls, calls % 2 == 0);
            tokio::select! {
                _ = world.sync() => world.crash.call_off(),
                () = world.crash.happened() => {}
            }
            world.restart();
            world.after(minutes(2)).await;
            if mode == Mode::Switched && documents(&world, order) == 0 {
                old_posts(&world, order, 600 + calls);
            }
        }
        world.crash.call_off();
        for _ in 0..8 {
            world.after(minutes(30)).await;
        }
        for order in orders {
            assert_eq!(documents(&world, order), 1, "{order}");
        }
    })
    .await;
}

/// The book may be behind the tills, and what the other integration has read is its own for a while.
#[tokio::test]
async fn what_was_sold_before_the_switch_and_not_received_waits_for_the_other() {
    for_each_engine(|db| async {
        let world = old_world(db).await;
        let first = world.sell(world.sale(500));
        begin(&world, first).await;
        old_posts(&world, first, 500);
        world.pass().await;
        let unseen = world.sell(world.sale(600));
        switch(&world).await;
        let ours = world.sell(world.sale(700));
        world.pass().await;
        assert_eq!((world.state(unseen).await, world.document(ours).gross), (InDoubt, 700));
        old_posts(&world, unseen, 600);
        world.after(minutes(61)).await;
        assert_eq!((world.state(unseen).await, documents(&world, unseen)), (Confirmed, 1));
    })
    .await;
}

#[tokio::test]
async fn the_list_of_the_way_back_names_what_is_still_open() {
    for_each_engine(|db| async {
        let world = taken_over(db).await;
        let open = world.sell(world.sale(600).stage(Stage::Open));
        let last = world.sell(world.sale(700));
        world.pass().await;
        world.after(minutes(1)).await;
        let handed = deeds::back(&world.app, "enough", "ada").await.unwrap();
        assert_eq!((handed.from_order, handed.still_open), (Some(last + 1), vec![open]));
    })
    .await;
}

/// Totals may be even and the goods others.
#[tokio::test]
async fn the_report_names_the_lines_that_differ_once_they_are_read() {
    for_each_engine(|db| async {
        let world = old_world(db).await;
        let [same, other] = [500, 600].map(|pence| world.sell(world.sale(pence)));
        begin(&world, same).await;
        old_posts(&world, same, 500);
        let wrong = old_posts(&world, other, 600);
        let sku = world.goods(1).sku.clone();
        let edit = LineEdit { sku: Some(sku.clone()), ..LineEdit::default() };
        assert!(world.sandbox.orderwise.edit_line(wrong, 1, edit));
        world.pass().await;
        let report = cutover::report(&world.app).await.unwrap();
        assert!(report.lines.iter().all(|line| line.line_differences.is_none()), "not read yet");
        ledger_of(&world, same).await;
        let report = cutover::report(&world.app).await.unwrap();
        assert_eq!((report.different, report.different_lines), (0, 1));
        assert_eq!(report.lines[0].line_differences, Some(vec![]));
        let told = report.lines[1].line_differences.iter().flatten().map(ToString::to_string);
        let ours = world.goods(0).sku.clone();
        let wanted =
            [format!("{ours}: is missing, 1 at 6.00"), format!("{sku}: was added, 1 at 6.00")];
        assert_eq!(told.collect::<Vec<_>>(), wanted);
    })
    .await;
}

/// The old integration, at the worst of all moments.
struct Meanwhile {
    sandbox: Arc<Sandbox>,
    written: std::sync::Mutex<Option<Written>>,
}

impl Witness for Meanwhile {
    fn before(&self, asked: &Asked) {
        if asked.uri.path().ends_with("sales/order")
            && let Some(written) = self.written.lock().unwrap().take()
        {
            self.sandbox.orderwise.write_document(written);
        }
    }

    fn after(&self, _: &Asked, _: Option<&mut http::Response<bytes::Bytes>>) {}
}

/// What cannot be prevented: no look sees what is posted after it. It is found, and a person told.
#[tokio::test]
async fn an_old_posting_between_look_and_posting_is_found_and_told() {
    for_each_engine(|db| async {
        let mut world = taken_over(db).await;
        let doubled = world.sell(world.sale(900));
        let written = Written {
            reference: format!("SIT-{doubled}"),
            order_type: ORDER,
            order_date: None,
            customer: world.shop(0).customer_id,
            lines: vec![LineEdit {
                sku: Some(world.goods(0).sku.clone()),
                quantity: Some(1.into()),
                gross: Some(900),
                tax_rate_id: Some(1),
                ..LineEdit::default()
            }],
        };
        let sandbox = Arc::clone(&world.sandbox);
        let meanwhile = Meanwhile { sandbox, written: Some(written).into() };
        world.witness = Some(Arc::new(meanwhile));
        world.restart();
        world.pass().await;
        assert_eq!(documents(&world, doubled), 2);
        world.after(minutes(2)).await;
        assert_eq!(world.causes(doubled).await, [Cause::PostedTwice.code()]);
    })
    .await;
}

#[tokio::test]
async fn a_return_names_its_sale_as_the_other_integration_did() {
    for_each_engine(|db| async {
        let world = old_world(db).await;
        let sale = world.sell(world.sale(500));
        begin(&world, sale).await;
        old_posts(&world, sale, 500);
        world.pass().await;
        switch(&world).await;
        let back = world.refund(Refund::whole(world.till(0), sale));
        world.pass().await;
        world.after(minutes(1)).await;
        let credit = world.document(back);
        assert_eq!(credit.original.as_deref(), Some(format!("SIT-{sale}").as_str()));
        assert_eq!(documents(&world, sale), 1);
    })
    .await;
}

#[tokio::test]
async fn two_daybooks_and_a_way_back_in_between_send_nothing_more() {
    let book = TestBook::postgres().await;
    let mut world = taken_over(book.db.clone()).await;
    let other = world.another(book.again().await);
    let orders: Vec<_> = (0..30).map(|_| world.sell(world.sale(700))).collect();
    let options = SyncOptions::default();
    let (one, two, back) = tokio::join!(
        sales::sync(&world.app, &options),
        sales::sync(&other, &options),
        deeds::back(&world.app, "in the middle", "ada"),
    );
    one.unwrap();
    two.unwrap();
    back.unwrap();
    let sent = world.sent();
    for _ in 0..3 {
        world.after(minutes(5)).await;
    }
    assert_eq!(world.sent(), sent, "what had no intent before has none after");
    let handed = deeds::handed_back(&world.app).await.unwrap();
    assert_eq!(handed.posted.len(), usize::try_from(sent).unwrap());
    for order in orders {
        assert!(documents(&world, order) <= 1);
    }
    other.db.close().await;
    book.remove().await;
}

#[tokio::test]
async fn a_book_that_posts_is_not_begun_and_steps_keep_their_order() {
    for_each_engine(|db| async {
        let world = old_world(db).await;
        let code = |error: daybook_flows::FlowError| error.code();
        let app = &world.app;
        assert_eq!(code(deeds::parallel(app, &[], "ada").await.unwrap_err()), "cutover-mode");
        assert_eq!(code(deeds::back(app, "why", "ada").await.unwrap_err()), "cutover-mode");
        world.sell(world.sale(500));
        world.pass().await;
        assert_eq!(world.sent(), 1, "a book without a cut-over posts as ever");
        let begun = deeds::begin(app, &deeds::From::Order(1), "ada").await.unwrap_err();
        assert_eq!(code(begun), "cutover-posted-already");
        let plan = cutover::plan(app, false).await.unwrap();
        assert_eq!((plan.mode, plan.next), (Mode::Live, None));
    })
    .await;
}

#[tokio::test]
async fn the_opening_watermark_is_proposed_and_stock_is_compared_without_a_write() {
    for_each_engine(|db| async {
        let world = old_world(db).await;
        let orders: Vec<_> = (0..4).map(|_| world.sell(world.sale(500))).collect();
        for &order in &orders[..2] {
            old_posts(&world, order, 500);
        }
        let proposal = deeds::propose(&world.app).await.unwrap();
        assert_eq!(proposal.newest, orders.last().copied());
        assert_eq!(proposal.last_posted, Some(orders[1]));
        assert_eq!(proposal.from_order, Some(orders[2]));
        begin(&world, orders[2]).await;
        let compared = cutover::compare_stock(&world.app, "ada").await.unwrap();
        assert!(compared.compared.places > 0);
        let plan = cutover::plan(&world.app, false).await.unwrap();
        assert!(plan.steps[1].done.is_some());
        let state = cutover::state(&world.app).await.unwrap();
        assert_eq!((state.mode, state.may_write(Flow::Stock)), (Mode::Parallel, false));
        world.pass().await;
        assert_eq!(world.sent(), 0);
    })
    .await;
}

async fn ledger_of(world: &World, order_id: i64) -> usize {
    let day = ("2026-10-05T00:00:00", "2026-10-06T00:00:00");
    let day = (day.0.parse().unwrap(), day.1.parse().unwrap());
    let mut report = CollectReport::default();
    collect::ledger(&world.app, day, world.app.now(), &mut report).await.unwrap();
    document::of_entries(&world.app.db, &[order_id]).await.unwrap().len()
}

/// Otherwise each receipt of the parallel run would be missing in OrderWise, and each of its
/// documents one too many.
#[tokio::test]
async fn the_day_close_counts_an_adopted_document_as_the_receipts_own() {
    for_each_engine(|db| async {
        let world = old_world(db).await;
        let [before, after] = [500, 600].map(|pence| world.sell(world.sale(pence)));
        begin(&world, before).await;
        old_posts(&world, before, 500);
        assert_eq!(ledger_of(&world, before).await, 0, "nobody knows yet whose it is");
        world.pass().await;
        let known = document::of_entries(&world.app.db, &[before]).await.unwrap();
        assert_eq!(known.len(), 1, "it was read before it was adopted");
        old_posts(&world, after, 600);
        world.after(minutes(5)).await;
        assert_eq!((ledger_of(&world, before).await, ledger_of(&world, after).await), (1, 1));
    })
    .await;
}
