//! What a change of the mapping would fix, and break, before it is made.

use axum::http::StatusCode;
use daybook_domain::access::Role;
use daybook_testkit::db::for_each_engine;

use crate::Shop;

#[tokio::test]
async fn a_change_that_would_stop_sales_says_so_first_and_changes_nothing() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Finance).await;
        let (_, page) = shop.desk.get("/mappings/payment/row?key=CARD&remove=1", &ada).await;
        assert!(
            page.contains("It would have stopped 1 entry, £12.50, that goes through today."),
            "{page}"
        );
        assert!(page.contains("note-bad") && page.contains("data-ask"));
        let (_, table) = shop.desk.get("/mappings/payment", &ada).await;
        assert!(table.to_uppercase().contains(">CARD<"), "{table}");
        let answer = shop.desk.form("/mappings/payment/remove", &[("key", "CARD")], &ada).await;
        assert_eq!(answer.location(), "/mappings/payment?done=0");
        let (_, history) = shop.desk.get("/mappings/payment/row?key=CARD", &ada).await;
        assert!(
            history.contains("<strong>finance</strong>") && history.contains("nothing"),
            "{history}"
        );
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_listed_with_what_it_may_be() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Retail).await;
        let (_, page) = shop.desk.get("/mappings/sku", &ada).await;
        assert!(page.contains("Missing: something waits for these"), "{page}");
        assert!(page.contains(&shop.missing) && page.contains("2 exceptions"));
        // An auditor sees it and is offered nothing to do.
        let eve = shop.of(Role::Auditor).await;
        let (_, page) = shop.desk.get("/mappings/sku", &eve).await;
        assert!(page.contains(&shop.missing) && !page.contains("Map it"));
        let (status, _) =
            shop.desk.post("/mappings/sku/set", &[("key", "A"), ("code", "B")], &eve).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn nonsense_in_a_field_is_told_beside_it() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Finance).await;
        let (status, page) = shop.desk.get("/mappings/vat/row?key=20&rate-id=twenty", &ada).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("role=\"alert\"") && page.contains("twenty"), "{page}");
        let form = [("key", "20"), ("rate-id", "twenty")];
        assert_eq!(
            shop.desk.post("/mappings/vat/set", &form, &ada).await.0,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    })
    .await;
}

#[tokio::test]
async fn what_speaks_against_a_row_is_said_before_it_is_set() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Finance).await;
        let (_, page) = shop.desk.get("/mappings/sku/row?key=OLD-1&code=NO-SUCH", &ada).await;
        assert!(page.contains("OrderWise has no variant NO-SUCH"), "{page}");
        assert!(page.contains("note-bad"), "{page}");
        let (_, page) = shop.desk.get("/mappings/vat/row?key=8&rate-id=1", &ada).await;
        assert!(page.contains("tax rate 1 is 20 %, and the till charged 8 %"), "{page}");
        let (_, page) = shop.desk.get("/mappings/vat/row?key=20&rate-id=1", &ada).await;
        assert!(!page.contains("the till charged"), "{page}");
        // What differs from OrderWise's totals has a list of its own.
        let (status, page) = shop.desk.get("/find?state=differs", &ada).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("Totals differ") && !page.contains("is no state"), "{page}");
    })
    .await;
}
