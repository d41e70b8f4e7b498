//! Corrections: what is posted is what a person said, what the till said stays, and what comes back
//! of a corrected sale follows it.

use daybook_domain::correction::{Correction, Field, Stage};
use daybook_flows::correct::{self, Decided, Wanted};
use daybook_sandbox::sitoo::till::Refund;

use super::*;

fn said(field: Field, value: &str) -> Correction {
    Correction { field, place: 0, value: value.to_owned() }
}

#[tokio::test]
async fn a_corrected_sale_is_posted_to_the_penny_and_its_return_follows_it() {
    tell(|world| async move {
        let missing = world.retailer.troubles.missing_sku.clone();
        let right = world.goods(0).sku.clone();
        let sale = world.sell(world.sale_of(0, world.row_of(&missing, 1_999)));
        world.pass().await;
        assert_eq!(world.causes(sale).await, ["sku-unmapped"]);
        let sku = said(Field::Sku, &right);
        let wanted = Wanted { correction: &sku, reason: "old label", actor: "Ada" };
        correct::ask(&world.app, reference(sale), wanted).await.unwrap();
        world.pass().await;
        world.pass().await;
        let document = world.document(sale);
        assert_eq!((document.gross, &*document.lines[0].sku), (1_999, &*right));
        let back = world.refund(Refund::whole(world.till(0), sale));
        world.pass().await;
        world.pass().await;
        assert_eq!(world.causes(back).await, Vec::<&str>::new());
        assert_eq!(&*world.document(back).lines[0].sku, &*right, "nobody corrected it");
        world
    })
    .await;
}

#[tokio::test]
async fn a_tender_waits_for_a_second_person_and_is_refused_or_approved_once() {
    tell(|world| async move {
        let missing = world.retailer.troubles.missing_sku.clone();
        let sale = world.sell(world.sale_of(0, world.row_of(&missing, 1_000)));
        world.pass().await;
        let app = &world.app;
        let card = said(Field::Tender, "Cash");
        let wanted = Wanted { correction: &card, reason: "keyed wrong", actor: "Ada" };
        let (number, stage) = correct::ask(app, reference(sale), wanted).await.unwrap();
        assert_eq!(stage, Stage::Asked);
        world.pass().await;
        assert_eq!(world.causes(sale).await, ["correction-asked", "sku-unmapped"]);
        let decide = |decided, actor| correct::decide(app, reference(sale), number, decided, actor);
        let own = decide(Decided::Approve, "Ada").await.unwrap_err();
        assert_eq!(own.code(), "second-person-needed");
        decide(Decided::Refuse, "Bob").await.unwrap();
        let again = decide(Decided::Approve, "Bob").await.unwrap_err();
        assert_eq!(again.code(), "correction-decided");
        world.pass().await;
        assert_eq!(world.causes(sale).await, ["sku-unmapped"]);
        world
    })
    .await;
}
