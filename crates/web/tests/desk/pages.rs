//! What people see.

use axum::http::StatusCode;
use daybook_domain::{
    access::Role,
    cutover::{Cutover, Mode},
};
use daybook_flows::audit;
use daybook_sandbox::sitoo::masters::Store;
use daybook_store::{cutover, entry};
use daybook_testkit::{World, db::for_each_engine};
use jiff::tz::TimeZone;

use crate::{Shop, desk_of, reference};

#[tokio::test]
async fn today_says_the_truth_in_a_sentence_and_names_what_is_behind() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Finance).await;
        let (status, page) = shop.desk.get("/", &ada).await;
        assert_eq!(status, StatusCode::OK);
        let told = "All 6 stores are up to date, but for exceptions in 2 of them. \
                    2 exceptions wait for a person, and £20.00 with them.";
        assert!(page.contains(told), "{page}");
        assert!(page.contains("truth-exceptions"));
        // Nobody reads Sitoo for an hour: nothing is green any more.
        shop.desk.world.clock.advance(std::time::Duration::from_hours(1));
        // Whoever was idle so long signs in again.
        assert_eq!(shop.desk.get("/", &ada).await.0, StatusCode::SEE_OTHER);
        let grace = shop.of(Role::Auditor).await;
        let (_, page) = shop.desk.get("/", &grace).await;
        assert!(page.contains("Sitoo has not been read for"), "{page}");
        assert!(page.contains("truth-behind") && !page.contains("are up to date"));
    })
    .await;
}

#[tokio::test]
async fn a_desk_that_posts_nothing_says_so_and_is_not_green() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let mut tx = shop.desk.world.app.db.begin().await.unwrap();
        let back = Cutover { mode: Mode::Back, ..Cutover::live() };
        cutover::set(&mut tx, &back).await.unwrap();
        tx.commit().await.unwrap();
        let ada = shop.of(Role::Admin).await;
        for address in ["/", "/health"] {
            let (_, page) = shop.desk.get(address, &ada).await;
            assert!(page.contains("Daybook posts nothing: posting went back"), "{page}");
            assert!(!page.contains("are up to date") && !page.contains("truth-well"));
        }
        // Each flow says of itself that it does nothing.
        let (_, page) = shop.desk.get("/health", &ada).await;
        assert_eq!(page.matches("Rests").count(), 4, "{page}");
        assert_eq!(page.matches("Runs").count(), 3, "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_receipt_has_the_hour_that_is_printed_on_it() {
    for_each_engine(|db| async move {
        let world = World::new(1, db).await.unwrap();
        let sku = world.goods(0).sku.clone();
        let shop = &world.retailer.stores[0];
        let mut abroad = Store::new(shop.store_id, &shop.name, &shop.external_id);
        "Asia/Tokyo".clone_into(&mut abroad.time_zone);
        world.sandbox.sitoo.add_store(abroad);
        let sold = world.sell(world.sale_of(0, world.row_of(&sku, 1_250)));
        world.pass().await;
        let at = entry::get(&world.app.db, sold).await.unwrap().unwrap().order_date;
        let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
        let printed = at.to_jiff().to_zoned_datetime(tokyo).strftime("%H:%M").to_string();
        let desk = desk_of(world);
        let ada = desk.sign_in(Role::Finance).await;
        let (_, list) = desk.get("/find", &ada).await;
        assert!(list.contains(&printed), "{printed} is not in {list}");
        let (_, page) = desk.get(&format!("/entries/{}", reference(sold)), &ada).await;
        assert!(page.contains(&format!("{printed} (Asia/Tokyo)")), "{page}");
        assert!(page.contains("(Europe/London)"), "written down by the book's clock: {page}");
        let (_, file) = desk.get("/find.csv", &ada).await;
        assert!(file.contains("Asia/Tokyo,GBP"), "{file}");
    })
    .await;
}

#[tokio::test]
async fn a_receipt_is_found_by_each_of_its_numbers() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Retail).await;
        let entry = shop.desk.world.entry(shop.sold).await;
        let document = entry.erp_order_number.clone().unwrap();
        let numbers = [entry.reference.clone(), shop.sold.to_string(), document.clone()];
        for number in numbers {
            let answer = shop.desk.call("GET", &format!("/find?q={number}"), &ada).await;
            assert_eq!(answer.location(), format!("/entries/{}", entry.reference), "{number}");
        }
        let (_, list) = shop.desk.get("/find?q=%C2%A312.50", &ada).await;
        assert!(list.contains(&entry.reference) && list.contains("Sales and returns of 12.50"));
        let (_, page) = shop.desk.get(&format!("/entries/{}", entry.reference), &ada).await;
        assert!(page.contains(&format!("It is in OrderWise as {document}, read back.")), "{page}");
        assert!(page.contains("£12.50") && page.contains("the same"));
        // Its lines nobody has read yet.
        assert!(page.contains("not compared yet") && page.contains("A dash means"), "{page}");
        let (status, page) = shop.desk.get("/entries/S1-999999", &ada).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(page.contains("S1-999999 is not in the book"));
    })
    .await;
}

#[tokio::test]
async fn siblings_are_cleared_together_and_it_is_on_record() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Retail).await;
        let (_, list) = shop.desk.get("/exceptions", &ada).await;
        assert!(list.contains("2 exceptions, £20.00 at risk"), "{list}");
        let here = format!("/exceptions/sku-unmapped?about={}", shop.missing);
        let (_, page) = shop.desk.get(&here, &ada).await;
        for order in shop.held {
            assert!(page.contains(&reference(order)), "{page}");
        }
        // The effect before it is done, and nothing is done by looking.
        let code = shop.desk.world.goods(0).sku.clone();
        let (_, page) = shop.desk.get(&format!("{here}&code={code}"), &ada).await;
        assert!(page.contains("It releases 2 entries, £20.00."), "{page}");
        assert!(page.contains("It stops nothing that goes through today."));
        let (_, page) = shop.desk.get(&here, &ada).await;
        assert!(page.contains("<strong>2</strong> open"));
        let form = [("about", &*shop.missing), ("code", &*code)];
        let answer = shop.desk.form("/exceptions/sku-unmapped/map", &form, &ada).await;
        assert!(answer.location().ends_with("&done=mapped-2"), "{}", answer.location());
        shop.desk.world.pass().await;
        let (_, page) = shop.desk.get(&here, &ada).await;
        assert!(page.contains("None is open any more"), "{page}");
        let (_, acts) = shop.desk.get("/activity", &ada).await;
        assert!(acts.contains("map set") && acts.contains(">retail<"), "{acts}");
        let (_, checked) = shop.desk.get("/activity?verify=1", &ada).await;
        assert!(checked.contains("the chain holds"));
    })
    .await;
}

#[tokio::test]
async fn comments_and_who_sees_to_it_stay_with_the_siblings() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Retail).await;
        let about = ("about", &*shop.missing);
        let path = "/exceptions/sku-unmapped";
        let (status, _) = shop
            .desk
            .post(&format!("{path}/comment"), &[about, ("text", "asked the buyer")], &ada)
            .await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        shop.desk.post(&format!("{path}/assign"), &[about, ("text", "Grace")], &ada).await;
        let (_, page) = shop.desk.get(&format!("{path}?about={}", shop.missing), &ada).await;
        assert!(
            page.contains("asked the buyer") && page.contains("<strong>Grace</strong>"),
            "{page}"
        );
        let empty = shop.desk.form(&format!("{path}/comment"), &[about, ("text", " ")], &ada).await;
        assert_eq!(empty.status, StatusCode::CONFLICT);
        assert!(empty.text.contains("comment-empty"));
    })
    .await;
}

#[tokio::test]
async fn an_entry_is_dismissed_with_a_reason_only() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Finance).await;
        let path = format!("/entries/{}", reference(shop.held[0]));
        let refused = shop.desk.form(&format!("{path}/dismiss"), &[("reason", "")], &ada).await;
        assert_eq!(refused.status, StatusCode::CONFLICT);
        let reason = [("reason", "entered by hand as SO-1")];
        let done = shop.desk.form(&format!("{path}/dismiss"), &reason, &ada).await;
        assert_eq!(done.location(), format!("{path}?done=dismissed"));
        let (_, page) = shop.desk.get(&path, &ada).await;
        assert!(page.contains("A person decided that it is not posted"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn who_looks_after_one_store_sees_that_store_alone() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let first = shop.desk.world.shop(0).warehouse_id;
        let eve = shop.desk.sign_in_as("eve", &[Role::Retail], Some(&[first])).await;
        let (own, other) = (reference(shop.held[0]), reference(shop.held[1]));
        let (_, list) = shop.desk.get("/find", &eve).await;
        assert!(list.contains(&own) && !list.contains(&other), "{list}");
        assert_eq!(
            shop.desk.get(&format!("/entries/{other}"), &eve).await.0,
            StatusCode::NOT_FOUND
        );
        assert_eq!(shop.desk.get(&format!("/entries/{own}"), &eve).await.0, StatusCode::OK);
        let (_, exceptions) = shop.desk.get("/exceptions", &eve).await;
        assert!(exceptions.contains("1 exception, £10.00 at risk"), "{exceptions}");
        let about = [("about", &*shop.missing)];
        let answer = shop.desk.form("/exceptions/sku-unmapped/retry", &about, &eve).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        let (_, today) = shop.desk.get("/", &eve).await;
        assert_eq!(today.matches("<th scope=\"row\">").count(), 1, "{today}");
        // Nothing of the others, not in a sum and not in a sentence; and what concerns all is not theirs.
        assert!(
            today.contains("The store is up to date, but for its exceptions. 1 exception"),
            "{today}"
        );
        // Whatever the menu offers opens.
        for (at, _) in today.match_indices("<li><a href=\"") {
            let address = today[at + 13..].split('"').next().unwrap();
            let (status, _) = shop.desk.get(address, &eve).await;
            assert!(status.is_success() || status.is_redirection(), "{address}: {status}");
        }
        let (_, health) = shop.desk.get("/health", &eve).await;
        assert!(!health.contains("/audit") && !health.contains("/activity"), "{health}");
        for path in ["/activity", "/activity.csv", "/books/payouts"] {
            assert_eq!(shop.desk.get(path, &eve).await.0, StatusCode::FORBIDDEN, "{path}");
        }
        let form = [("key", "CARD"), ("method-id", "4")];
        assert_eq!(
            shop.desk.post("/mappings/payment/set", &form, &eve).await.0,
            StatusCode::FORBIDDEN
        );
        let (_, csv) = shop.desk.get("/find.csv", &eve).await;
        assert!(csv.contains(&own) && !csv.contains(&other), "{csv}");
    })
    .await;
}

#[tokio::test]
async fn a_shopper_is_shown_to_those_who_need_it_and_the_look_is_recorded() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let (retail, finance) = (shop.of(Role::Retail).await, shop.of(Role::Finance).await);
        let path = format!("/entries/{}", reference(shop.sold));
        let (_, page) = shop.desk.get(&path, &retail).await;
        assert!(page.contains("Show the shopper"));
        let (_, page) = shop.desk.get(&path, &finance).await;
        assert!(!page.contains("Show the shopper"), "{page}");
        let look = format!("{path}/shopper");
        assert_eq!(shop.desk.post(&look, &[], &finance).await.0, StatusCode::FORBIDDEN);
        let (_, page) = shop.desk.post(&look, &[], &retail).await;
        assert!(page.contains("<h3>Shopper</h3>"), "{page}");
        let (_, acts) = shop.desk.get("/activity", &finance).await;
        assert_eq!(acts.matches("shopper seen").count(), 1, "{acts}");
    })
    .await;
}

#[tokio::test]
async fn every_page_of_the_shop_is_shown() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Auditor).await;
        let sku = &shop.desk.world.goods(0).sku;
        let pages = [
            "/books",
            "/books?month=2026-09",
            "/stock",
            "/catalogue",
            "/despatch",
            "/books/payouts",
            "/health",
            "/audit",
            "/activity",
            "/activity.csv",
            "/mappings/store",
            "/mappings/sku/csv",
            "/api",
            "/find?state=held",
            "/exceptions?owner=finance",
            "/exceptions.csv",
            "/find.csv",
        ];
        for path in pages {
            let (status, page) = shop.desk.get(path, &ada).await;
            assert_eq!(status, StatusCode::OK, "{path}: {page}");
        }
        let (status, page) = shop.desk.get(&format!("/stock/{sku}"), &ada).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert_eq!(shop.desk.get("/stock/nothing", &ada).await.0, StatusCode::NOT_FOUND);
        assert_eq!(shop.desk.get("/mappings/nothing", &ada).await.0, StatusCode::NOT_FOUND);
        assert_eq!(shop.desk.get("/find?from=yesterday", &ada).await.0, StatusCode::OK);
        assert_eq!(shop.desk.get("/despatch?after=x", &ada).await.0, StatusCode::BAD_REQUEST);
    })
    .await;
}

#[tokio::test]
async fn an_audit_is_shown_with_its_fixes_and_can_be_handed_over() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let (ada, app) = (shop.of(Role::Auditor).await, &shop.desk.world.app);
        let audited = Box::pin(audit::run(app, &audit::Wish::default(), &|_| {})).await.unwrap();
        let gaps = &audited.report.gaps;
        assert!(!gaps.is_empty());
        let (_, page) = shop.desk.get("/audit", &ada).await;
        let (_, paper) = shop.desk.get("/audit/report.html", &ada).await;
        let (_, csv) = shop.desk.get("/audit.csv", &ada).await;
        let (status, told) = shop.desk.get("/api/v1/audit", &ada).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["report"]["gaps"].as_array().unwrap().len(), gaps.len());
        for gap in gaps {
            let row = gap.kind.row();
            let first = &gap.evidence[0].record;
            for (name, text) in [("page", &page), ("paper", &paper), ("csv", &csv)] {
                assert!(text.contains(row.word), "{}: {name}", row.word);
                assert!(text.contains(first.as_str()), "{first}: {name}");
            }
            assert!(csv.contains(row.fix) || csv.contains(&row.fix.replace('"', "\"\"")), "{csv}");
        }
        let xlsx = shop.desk.call("GET", "/audit.xlsx", &ada).await;
        assert!(xlsx.text.starts_with("PK"), "{:?}", xlsx.status);
    })
    .await;
}

#[tokio::test]
async fn every_list_can_be_taken_away() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Auditor).await;
        let all = daybook_web::routes();
        let is_file = |path: &&str| path.ends_with("csv") || path.ends_with("xlsx");
        // Those of the API are tried beside its document.
        let pages = all.iter().filter(|route| route.about.is_none());
        let lists: Vec<&str> = pages.map(|route| route.path).filter(is_file).collect();
        assert!(lists.len() >= 24, "{lists:?}");
        // Those of an audit and of a compared day have tests beside them; there is neither here.
        let is_here = |path: &&&str| !path.starts_with("/audit") && !path.starts_with("/books/{");
        for path in lists.iter().filter(is_here) {
            let path = path.replace("{kind}", "store");
            let file = shop.desk.call("GET", &path, &ada).await;
            assert_eq!(file.status, StatusCode::OK, "{path}: {}", file.text);
            let kind = file.headers["content-type"].to_str().unwrap();
            let named = file.headers["content-disposition"].to_str().unwrap();
            assert!(named.starts_with("attachment; filename=\"daybook-"), "{path}: {named}");
            if path.ends_with("csv") {
                assert!(kind.starts_with("text/csv"), "{path}: {kind}");
                assert!(file.text.lines().next().unwrap().contains(','), "{path}: {}", file.text);
            } else {
                assert!(kind.contains("spreadsheetml"), "{path}: {kind}");
                assert!(file.text.starts_with("PK"), "{path}");
            }
        }
        let csv = shop.desk.call("GET", "/exceptions.csv", &ada).await;
        assert!(csv.text.contains("sku-unmapped"), "{}", csv.text);
    })
    .await;
}

#[tokio::test]
async fn a_flow_is_paused_with_a_reason_by_those_who_may() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let (admin, retail) = (shop.of(Role::Admin).await, shop.of(Role::Retail).await);
        let flow = ("flow", "posting");
        let why = [flow, ("reason", "stock-take in OrderWise")];
        assert_eq!(shop.desk.post("/health/pause", &why, &retail).await.0, StatusCode::FORBIDDEN);
        assert_eq!(shop.desk.post("/health/pause", &[flow], &admin).await.0, StatusCode::CONFLICT);
        let nothing = [("flow", "nothing"), ("reason", "x")];
        assert_eq!(shop.desk.post("/health/pause", &nothing, &admin).await.0, StatusCode::CONFLICT);
        assert_eq!(shop.desk.post("/health/pause", &why, &admin).await.0, StatusCode::SEE_OTHER);
        let (_, page) = shop.desk.get("/health", &retail).await;
        assert!(page.contains("admin: stock-take in OrderWise"), "{page}");
        shop.desk.world.clock.advance(std::time::Duration::from_secs(30));
        let (_, today) = shop.desk.get("/", &retail).await;
        assert!(today.contains("Posting to OrderWise is paused."), "{today}");
        shop.desk.post("/health/resume", &[flow], &admin).await;
        let (_, page) = shop.desk.get("/health", &retail).await;
        assert!(!page.contains("stock-take"), "{page}");
    })
    .await;
}
