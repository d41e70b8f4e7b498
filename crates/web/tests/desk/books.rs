//! Days and months at the desk.

use axum::http::StatusCode;
use daybook_domain::access::Role;
use daybook_flows::reconcile::{self, asked};
use daybook_testkit::db::for_each_engine;

use crate::Shop;

#[tokio::test]
async fn a_day_is_compared_on_demand_and_signed_by_name() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let (finance, retail) = (shop.of(Role::Finance).await, shop.of(Role::Retail).await);
        let app = shop.desk.world.app.clone();
        let store = shop.desk.world.shop(0).warehouse_id;
        let day: daybook_domain::reconcile::witness::Day = "2026-10-05".parse().unwrap();
        let wanted = asked::Wanted::Compare { day, store: Some(store) };
        asked::answer(&app, &wanted).await.unwrap();
        let path = format!("/books/2026-10-05/{store}");
        let (status, page) = shop.desk.get(&path, &retail).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("What the witnesses say") && !page.contains("Compare again now"));
        let (_, month) = shop.desk.get("/books?month=2026-10", &finance).await;
        assert!(month.contains(&path), "{month}");
        // Asking is a question in the book: whoever holds it answers.
        let answer = shop.desk.form(&format!("{path}/compare"), &[], &finance).await;
        assert_eq!(answer.location(), format!("{path}?done=asked"));
        let mut report = reconcile::ReconcileReport::default();
        reconcile::pass(&app, &mut report).await.unwrap();
        let (_, page) = shop.desk.get(&path, &finance).await;
        let differs = page.contains("They may stay, because");
        let signed =
            shop.desk.form(&format!("{path}/sign"), &[("reason", "agreed")], &finance).await;
        if differs {
            assert_eq!(signed.location(), format!("{path}?done=signed"));
        } else {
            assert_eq!(signed.status, StatusCode::CONFLICT, "{}", signed.text);
        }
        let (status, _) =
            shop.desk.post(&format!("{path}/sign"), &[("reason", "x")], &retail).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    })
    .await;
}

/// The addresses that a page leads to and that begin so, as a browser reads them.
fn links(page: &str, begin: &str) -> Vec<String> {
    let all = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let all = all.map(|link| link.replace("&amp;", "&").replace("&#38;", "&"));
    all.filter(|link| link.starts_with(begin)).collect()
}

#[tokio::test]
async fn a_figure_leads_down_to_its_receipts() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let (app, desk) = (shop.desk.world.app.clone(), &shop.desk);
        // A day is compared once it is over.
        desk.world.after(std::time::Duration::from_hours(24)).await;
        let ada = shop.of(Role::Finance).await;
        let store = desk.world.shop(0).warehouse_id;
        let day = "2026-10-05".parse().unwrap();
        asked::answer(&app, &asked::Wanted::Compare { day, store: Some(store) }).await.unwrap();
        // Company, store, till, way of paying, day: each level leads to the one below.
        let mut here = "/books/2026-10/drill".to_owned();
        for step in ["Store", "Till", "Way of paying", "Day"] {
            let (status, page) = desk.get(&here, &ada).await;
            assert_eq!(status, StatusCode::OK, "{here}: {page}");
            assert!(page.contains(&format!("<th scope=\"col\">{step}</th>")), "{here}: {page}");
            let body = page.split("<tbody>").nth(1).unwrap();
            here = links(body, "/books/").remove(0);
        }
        assert!(
            here.starts_with(&format!("/books/2026-10-05/{store}/entries?register=")),
            "{here}"
        );
        let (status, page) = desk.get(&here, &ada).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        let entries = links(&page, "/entries/");
        assert!(!entries.is_empty(), "{page}");
        let files = links(&page, &format!("/books/2026-10-05/{store}/entries."));
        assert_eq!(files.len(), 2, "{files:?}");
        let csv = desk.call("GET", &files[0], &ada).await;
        assert_eq!(csv.text.lines().count(), entries.len() + 1, "{}", csv.text);
        assert!(csv.text.starts_with("reference,kind,state,sold_at,receipt,tenders,till_gross"));
        // The day's page has the same lines, and they come to the day's own figure.
        let (_, page) = desk.get(&format!("/books/2026-10-05/{store}"), &ada).await;
        assert!(links(&page, "/books/2026-10-05/").contains(&here), "{page}");
        let view = reconcile::days(&app, day, Some(store)).await.unwrap().remove(0);
        let tills = reconcile::drill::day(&app, &view).await.unwrap();
        let figures = view.figures.unwrap();
        let of_tills: i64 = tills.iter().map(|(till, _)| till.sides.book.gross.pence()).sum();
        let of_tenders = tills.iter().flat_map(|(_, tenders)| tenders);
        let of_tenders: i64 = of_tenders.map(|one| one.sides.book.gross.pence()).sum();
        assert_eq!((of_tills, of_tenders), (figures.till.gross.pence(), of_tills));
        // Who looks after another store finds nothing of this one.
        let bea = desk.sign_in_as("bea", &[Role::Retail], Some(&[store + 1])).await;
        for path in [here, format!("/books/2026-10/drill?store={store}")] {
            assert_eq!(desk.get(&path, &bea).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        let (_, page) = desk.get("/books/2026-10/drill", &bea).await;
        assert!(page.contains("No day of it has a certificate yet"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_month_says_what_is_in_the_way_and_gives_its_pack() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Finance).await;
        let (status, page) = shop.desk.get("/books?month=2026-10", &ada).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("October 2026"), "{page}");
        assert!(page.contains("The month ends on Saturday 31 October 2026"), "{page}");
        // Before the first day there is nothing.
        assert!(!page.contains("Earlier month"), "{page}");
        let (_, before) = shop.desk.get("/books?month=2026-09", &ada).await;
        assert!(before.contains("first day is Monday 5 October 2026"), "{before}");
        assert!(!before.contains("/books/2026-09/close"), "{before}");
        let refused = shop.desk.form("/books/2026-10/close", &[("reason", "done")], &ada).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
        let pack = shop.desk.call("GET", "/books/2026-10/pack.html", &ada).await;
        assert_eq!(pack.status, StatusCode::OK);
        assert!(pack.text.contains("The figures tie"), "{}", pack.text);
        assert_eq!(shop.desk.get("/books?month=soon", &ada).await.0, StatusCode::NOT_FOUND);
    })
    .await;
}
