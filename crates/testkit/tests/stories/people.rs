//! What people do: who, when and why is on record.

use daybook_domain::{entry::EntryState::Dismissed, mapping::MappingKind};
use daybook_flows::people;
use daybook_sandbox::{faults::Fault, orderwise::Variant, sitoo::till::Row};
use daybook_store::{audit, timeline};

use super::*;

#[tokio::test]
async fn dismissing_needs_a_name_and_a_reason_and_stays_on_record() {
    tell(|world| async move {
        let missing = world.retailer.troubles.missing_sku.clone();
        let sale = world.sell(world.sale_of(0, world.row_of(&missing, 1_000)));
        world.pass().await;
        let app = &world.app;
        for (name, reason) in [("", "entered by hand"), ("Ada", "  ")] {
            let refused = people::dismiss(app, reference(sale), name, reason).await.unwrap_err();
            assert_eq!(refused.code(), "reason-missing");
        }
        assert_eq!(world.state(sale).await, Held);
        people::dismiss(app, reference(sale), "Ada", "entered by hand as SO-1").await.unwrap();
        assert_eq!(world.state(sale).await, Dismissed);
        assert_eq!(world.waits().await, []);
        let told = timeline::of_entry(&app.db, sale).await.unwrap();
        let last = told.last().unwrap();
        assert_eq!((&*last.actor, &*last.detail), ("Ada", "entered by hand as SO-1"));
        let acts = audit::of(&app.db, &reference(sale).to_string(), 10).await.unwrap();
        assert_eq!((&*acts[0].actor, &*acts[0].action), ("Ada", "dismiss"));
        assert_eq!(audit::verify(&app.db).await.unwrap(), None);
        // What is dismissed is not posted, whatever is mapped later.
        world.map(MappingKind::Sku, &missing, &world.goods(0).sku).await;
        world.after(hours(1)).await;
        assert_eq!((world.state(sale).await, world.sent()), (Dismissed, 0));
        world
    })
    .await;
}

#[tokio::test]
async fn a_retry_is_asked_for_by_name_and_works_once_the_cause_is_gone() {
    tell(|world| async move {
        let row = Row::ad_hoc("NEW-1", "Brand new", 1_000, 2_000);
        let sale = world.sell(world.sale_of(0, row));
        world.pass().await;
        people::retry(&world.app, reference(sale), "Ada").await.unwrap();
        world.pass().await;
        assert_eq!(world.causes(sale).await, ["sku-unmapped"], "nothing was put right yet");
        world.sandbox.orderwise.add_variant(Variant::new(9_001, "NEW-1", 1));
        daybook_flows::reference::refresh(&world.app, false).await.unwrap();
        people::retry(&world.app, reference(sale), "Ada").await.unwrap();
        world.pass().await;
        assert_eq!(world.document(sale).gross, 1_000);
        assert_eq!(world.causes(sale).await, Vec::<&str>::new());
        let acts = audit::of(&world.app.db, &reference(sale).to_string(), 10).await.unwrap();
        assert_eq!(acts.iter().filter(|act| act.action == "retry").count(), 2);
        let posted = people::retry(&world.app, reference(sale), "Ada").await.unwrap_err();
        assert_eq!(posted.code(), "entry-not-stopped");
        world
    })
    .await;
}

#[tokio::test]
async fn a_retry_uses_todays_mapping() {
    tell(|world| async move {
        let sale = world.sell(world.sale(1_000));
        world.next_order_meets(Fault::TooManyRequests { retry_after_s: None });
        world.pass().await;
        assert_eq!(world.state(sale).await, Ready);
        world.map(MappingKind::Payment, "CARD", "4").await;
        world.after(minutes(1)).await;
        assert_eq!(world.document(sale).payments[0].method, 4);
        world
    })
    .await;
}

#[tokio::test]
async fn a_group_is_tried_again_in_one_go() {
    tell(|world| async move {
        let missing = world.retailer.troubles.missing_sku.clone();
        for _ in 0..3 {
            world.sell(world.sale_of(0, world.row_of(&missing, 1_000)));
        }
        world.pass().await;
        world.sandbox.orderwise.add_variant(Variant::new(9_001, &missing, 1));
        daybook_flows::reference::refresh(&world.app, false).await.unwrap();
        let cause = daybook_domain::causes::Cause::SkuUnmapped;
        let retried = people::retry_group(&world.app, cause, Some(&missing), "Ada").await.unwrap();
        let report = world.pass().await;
        assert_eq!(retried + report.released, 3);
        assert_eq!(report.posted, 3);
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}
