//! What no till and no ledger should say, and one of them says all the same.

use daybook_domain::{causes::Cause, entry::EntryState};
use daybook_flows::people;
use daybook_sandbox::{
    faults::{Fault, Matcher},
    orderwise::{CREDIT, Document, DuplicatePolicy},
};
use daybook_testkit::{World, db::for_each_engine};

use super::{cutover::written, *};

#[tokio::test]
async fn a_character_that_no_database_takes_stops_only_its_order() {
    tell(|world| async move {
        let fields = ["currencycode", "registerid", "comment"];
        let odd = fields.map(|field| {
            let sale = world.sell(world.sale(1_000));
            assert!(world.sandbox.sitoo.spoil(sale, field, r#""A\u0000B""#));
            sale
        });
        let receipt = world.sell(world.sale(1_000));
        let extras = r#"{"pos-receiptid": "R\u0000"}"#;
        assert!(world.sandbox.sitoo.spoil(receipt, "additionaldata", extras));
        let sound = world.sell(world.sale(1_100));
        world.pass().await;
        assert_eq!(world.document(sound).gross, 1_100);
        let told = world.entry(receipt).await;
        assert_eq!(told.receipt_id.as_deref(), Some("R\u{fffd}"));
        for sale in odd {
            assert_ne!(world.state(sale).await, Ready, "it was looked at");
        }
        world
    })
    .await;
}

#[tokio::test]
async fn a_paid_order_of_an_unknown_kind_is_told_at_once_until_it_is_known() {
    tell(|world| async move {
        let fields = ["ordertypeid", "orderstateid", "paymentstateid"];
        let odd = fields.map(|field| {
            let sale = world.sell(world.sale(1_200));
            assert!(world.sandbox.sitoo.spoil(sale, field, "99"));
            sale
        });
        world.pass().await;
        let said = |subject: &str| ("order-kind-unknown", subject.to_owned(), 1, 1_200);
        let all = [said("order state 99"), said("order type 99"), said("payment state 99")];
        let mut waits = world.waits().await;
        waits.sort_by(|one, other| one.1.cmp(&other.1));
        assert_eq!(waits, all);
        // Asked for again, and still unknown: told again.
        people::retry(&world.app, reference(odd[0]), "Ada").await.unwrap();
        world.pass().await;
        assert_eq!(world.waits().await.len(), 3);
        for sale in odd {
            assert_eq!(world.state(sale).await, SetAside);
            world.sandbox.sitoo.heal(sale);
        }
        world.after(hours(2)).await;
        assert_eq!(world.waits().await, []);
        assert_eq!(world.document(odd[2]).gross, 1_200);
        world
    })
    .await;
}

#[tokio::test]
async fn an_order_that_is_cancelled_after_posting_is_told_with_all_its_money() {
    tell(|world| async move {
        let sale = world.sell(world.sale(1_200));
        world.pass().await;
        assert!(world.sandbox.sitoo.spoil(sale, "orderstateid", "20"));
        world.pass().await;
        let told = ("changed-after-posting", reference(sale).to_string(), 1, 1_200);
        assert_eq!(world.waits().await, [told]);
        world.sandbox.sitoo.heal(sale);
        world.pass().await;
        world
    })
    .await;
}

#[tokio::test]
async fn a_document_that_cannot_be_the_sale_is_not_taken_for_it() {
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        let changes: [fn(&mut Document); 2] =
            [|document| document.order_type = 4, |document| document.stored_at /= 2];
        for change in changes {
            let sale = world.sell(world.sale(1_200));
            let faults = &world.sandbox.orderwise_faults;
            faults.put(Fault::CutAfter, Matcher::on("POST", "sales/order").times(1));
            faults.put(Fault::CutBefore, Matcher::on("POST", "export-definition/101").times(2));
            world.pass().await;
            assert_eq!(world.state(sale).await, InDoubt);
            // What stands under the number now is another's.
            let there = world.document(sale).order_id;
            assert!(world.sandbox.orderwise.edit_document(there, change));
            for _ in 0..4 {
                world.after(minutes(15)).await;
            }
            assert_eq!(world.causes(sale).await, [Cause::ReferenceTaken.code()]);
            assert_eq!((world.state(sale).await, world.documents(sale).len()), (Held, 1));
        }
    })
    .await;
}

/// What a session that returns what it has names for an order that it never took: another's credit,
/// and an order from before the sale.
#[tokio::test]
async fn a_session_that_returns_anothers_document_has_not_posted_the_sale() {
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        let orderwise = &world.sandbox.orderwise;
        orderwise.set_policy_everywhere(&DuplicatePolicy::ReturnFirst);
        let changes: [fn(&mut Document); 2] =
            [|document| document.order_type = CREDIT, |document| document.stored_at /= 2];
        for change in changes {
            let sale = world.sell(world.sale(1_200));
            let there = written(&world, reference(sale).to_string(), 2_500);
            assert!(orderwise.edit_document(there, |document| {
                document.session = world.shop(0).session_id;
                change(document);
            }));
            for _ in 0..3 {
                world.after(minutes(15)).await;
            }
            assert_eq!(world.causes(sale).await, [Cause::ReferenceTaken.code()]);
            let row = world.entry(sale).await;
            assert_eq!((row.state, row.erp_order_id), (Held, None));
            // As long as the number is taken, trying again sends nothing.
            let sent = world.sent();
            people::retry(&world.app, reference(sale), "Ada").await.unwrap();
            world.after(minutes(15)).await;
            assert_eq!((world.state(sale).await, world.sent()), (Held, sent));
            people::dismiss(&world.app, reference(sale), "Ada", "by hand").await.unwrap();
            people::retry(&world.app, reference(sale), "Ada").await.unwrap();
            world.after(minutes(15)).await;
            assert_eq!((world.state(sale).await, world.sent()), (Held, sent));
            assert_eq!(world.documents(sale).len(), 1);
            // Once it is free, it is sent: the other is cancelled in OrderWise, and the number given.
            let cancel = |document: &mut Document| {
                document.status = "Cancelled".into();
                document.session = 0;
            };
            assert!(orderwise.edit_document(there, cancel));
            people::retry(&world.app, reference(sale), "Ada").await.unwrap();
            for _ in 0..3 {
                world.after(minutes(15)).await;
            }
            assert_eq!(world.state(sale).await, EntryState::Confirmed);
            let own = world.documents(sale).into_iter().find(|one| one.order_id != there).unwrap();
            assert_eq!((own.gross, world.sent()), (1_200, sent + 1));
        }
    })
    .await;
}
