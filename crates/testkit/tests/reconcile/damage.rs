//! What somebody does to documents in OrderWise after they were posted: each is named with its
//! cause, to the penny, and the day stays open until a person has cleared or signed it.

use std::time::Duration;

use daybook_domain::{
    mapping::MappingKind,
    reconcile::{DayCause, Measure, certificate::Standing},
};
use daybook_flows::reconcile::{self, Clearing, DayView, ReconcileReport, Signature};
use daybook_sandbox::{
    faults::{ErrorBody, Fault, Matcher},
    orderwise::{Document, LineEdit, Purpose, Written},
    sitoo::till::{Row, Sale, Tender},
};
use daybook_store::{audit, reconcile::day::DayState};
use daybook_testkit::{World, db::for_each_engine};
use rust_decimal::Decimal;

use super::close::{evening_and_night, monday, on_demand, pass, quarter_of_an_hour, row};

/// Something else than the day's sales are of, for the row that is deleted.
fn two_rows(world: &World) -> Sale {
    let row = |number: usize, pence| Row::of(&world.goods(number).product).gross(pence);
    Sale::at_register(world.till(0)).row(row(0, 1_500)).row(row(1, 900)).pay_rest(Tender::card())
}

async fn view(world: &World) -> DayView {
    let store = world.shop(0).warehouse_id;
    let mut days = reconcile::days(&world.app, monday(), Some(store)).await.unwrap();
    assert_eq!(days.len(), 1);
    days.remove(0)
}

/// Causes in the ledger: cause, how many, pence.
fn told(view: &DayView) -> Vec<(DayCause, usize, i64)> {
    let in_ledger = view.causes.iter().filter(|one| one.measure == Measure::Ledger);
    in_ledger.map(|one| (one.cause, one.differences.len(), one.amounts.gross.pence())).collect()
}

/// One cause is signed, and the day stays open; then the rest.
async fn sign_one_and_then_the_rest(world: &World) {
    let store = world.shop(0).warehouse_id;
    let about = (store, monday());
    let by = |cause, reason| Signature { cause, certificate: None, actor: "Ada", reason };
    let goodwill = by(Some(DayCause::EditedInOrderwise), "goodwill");
    let signed = reconcile::sign(&world.app, about, goodwill).await.unwrap();
    assert_eq!(signed.state, DayState::Differs);
    let signed = reconcile::sign(&world.app, about, by(None, "agreed")).await.unwrap();
    assert_eq!(signed.state, DayState::SignedOff);
    let found = view(world).await;
    assert_eq!((found.standing, found.sign_offs.len()), (Some(Standing::Signed), 2));
    assert!(found.causes.iter().all(|one| one.clearing == Clearing::Signed));
    assert_eq!(found.certificate.as_ref().unwrap().number, 3);
    let nothing = reconcile::sign(&world.app, about, by(None, "again")).await.unwrap_err();
    assert_eq!(nothing.code(), "nothing-to-sign");
    let nameless = reconcile::sign(&world.app, about, by(None, " ")).await.unwrap_err();
    assert_eq!(nameless.code(), "reason-missing");
    let subject = format!("day:{store}:{}", monday());
    assert_eq!(audit::of(&world.app.db, &subject, 9).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_done_to_documents_is_named_to_the_penny_and_signed() {
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        let priced = world.sell(world.sale(1_200));
        let shortened = world.sell(two_rows(&world));
        let doubled = world.sell(world.sale(3_100));
        let deleted = world.sell(world.sale(4_700));
        let cancelled = world.sell(world.sale(5_300));
        quarter_of_an_hour(&world).await;
        let orderwise = &world.sandbox.orderwise;
        let document = |order_id| world.document(order_id);
        let (customer, location) = {
            let one = document(priced);
            (one.customer, one.lines[0].location)
        };
        let cheaper = LineEdit { gross: Some(1_101), ..LineEdit::default() };
        assert!(orderwise.edit_line(document(priced).order_id, 1, cheaper));
        assert!(orderwise.delete_line(document(shortened).order_id, 2));
        assert!(orderwise.double_document(document(doubled).order_id).is_some());
        let is_cancelled = |document: &mut Document| document.status = "Void".into();
        assert!(orderwise.edit_document(document(cancelled).order_id, is_cancelled));
        world.map(MappingKind::Status, "Void", "means=cancelled").await;
        let gone = document(deleted);
        assert!(orderwise.delete_document(gone.order_id));
        orderwise.write_document(Written {
            reference: "phone order".to_owned(),
            order_type: 1,
            order_date: None,
            customer,
            lines: vec![LineEdit {
                sku: Some(world.goods(0).sku.clone()),
                quantity: Some(Decimal::ONE),
                gross: Some(2_000),
                tax_rate_id: Some(1),
                location: Some(location),
                ..LineEdit::default()
            }],
        });
        evening_and_night(&world).await;
        pass(&world).await;

        let found = view(&world).await;
        assert_eq!((found.state, found.standing), (DayState::Differs, Some(Standing::Open)));
        let figures = found.figures.as_ref().unwrap();
        assert_eq!(figures.till.gross, figures.z_reports.gross, "tills and Z-reports agree");
        let beyond = figures.orderwise.gross - figures.till.gross;
        assert_eq!(beyond.pence(), -99 - 900 + 3_100 - 4_700 - 5_300 + 2_000);
        assert_eq!(
            told(&found),
            [
                (DayCause::GoneFromOrderwise, 1, -4_700),
                (DayCause::CancelledInOrderwise, 1, -5_300),
                (DayCause::PostedTwice, 1, 3_100),
                (DayCause::InOrderwiseOnly, 1, 2_000),
                (DayCause::EditedInOrderwise, 2, -999),
            ],
            "{found:#?}"
        );
        assert_eq!(row(&world, 0).await.gross, beyond);

        sign_one_and_then_the_rest(&world).await;

        // Compared again, nothing has changed: the signatures hold.
        let report = on_demand(&world, 0).await;
        assert_eq!((report.unchanged, report.differs), (1, 0));

        // What changes after it was signed is open again.
        let dearer = LineEdit { gross: Some(1_300), ..LineEdit::default() };
        assert!(world.sandbox.orderwise.edit_line(world.document(priced).order_id, 1, dearer));
        world.clock.advance(Duration::from_mins(1));
        let report = on_demand(&world, 0).await;
        assert_eq!(report.differs, 1, "{report:?}");
    })
    .await;
}

#[tokio::test]
async fn a_document_that_got_another_date_is_not_gone() {
    for_each_engine(|db| async {
        let world = World::small(1, db).await.unwrap();
        world.sell(world.sale(1_200));
        let moved = world.sell(world.sale(4_700));
        evening_and_night(&world).await;
        pass(&world).await;
        let days = 9 * 86_400 * 1_000_000;
        let later = |document: &mut Document| document.order_date += days;
        assert!(world.sandbox.orderwise.edit_document(world.document(moved).order_id, later));
        world.clock.advance(Duration::from_mins(1));
        // Cut off before it is looked up, the day is not closed, and the next try looks it up.
        let lookup = format!("export-definition/{}", Purpose::OrderLookup.default_id());
        let fault = Fault::ServerError { status: 503, body: ErrorBody::default() };
        world.sandbox.orderwise_faults.put(fault, Matcher::on("POST", &lookup).times(9));
        let (store, mut report) = (Some(world.shop(0).warehouse_id), ReconcileReport::default());
        let cut = reconcile::close_on_demand(&world.app, monday(), store, &mut report);
        assert!(Box::pin(cut).await.is_err(), "{report:?}");
        assert!(told(&view(&world).await).is_empty(), "what was equal is not called gone");
        world.sandbox.orderwise_faults.clear();
        world.clock.advance(Duration::from_mins(10));
        on_demand(&world, 0).await;
        let found = view(&world).await;
        // It is looked up at once, and what is said of it is what happened to it.
        assert_eq!(told(&found), [(DayCause::DayBoundary, 1, -4_700)], "{found:#?}");
    })
    .await;
}
