//! Mappings from a file, buffers, and shoppers' data.

use axum::http::StatusCode;
use daybook_domain::access::Role;
use daybook_testkit::db::for_each_engine;
use serde_json::{Value, json};

use crate::{Shop, reference};

#[tokio::test]
async fn a_file_is_shown_before_it_is_brought_in_and_undone_row_by_row() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Finance).await;
        let right = shop.desk.world.goods(0).sku.clone();
        let csv = format!("key,code\n{},{right}\nNEW-1,{right}\n", shop.missing);
        let path = "/mappings/sku/import";
        let (status, page) = shop.desk.post(path, &[("csv", &csv)], &ada).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains("2 new, 0 changed") && page.contains("It releases 2 entries"));
        let (_, table) = shop.desk.get("/mappings/sku", &ada).await;
        assert!(!table.contains("new-1"), "nothing was changed yet");
        let done = shop.desk.form(path, &[("csv", &csv), ("run", "1")], &ada).await;
        assert_eq!(done.location(), "/mappings/sku?done=2");
        let (_, table) = shop.desk.get("/mappings/sku", &ada).await;
        assert!(table.contains("new-1"), "{table}");
        let (_, row) = shop.desk.get("/mappings/sku/row?key=NEW-1", &ada).await;
        assert!(row.contains("row?key=new-1&#38;remove=1"), "{row}");
        let changed = "key,code\nNEW-1,OTHER\n";
        shop.desk.form(path, &[("csv", changed), ("run", "1")], &ada).await;
        let (_, row) = shop.desk.get("/mappings/sku/row?key=NEW-1", &ada).await;
        assert!(row.contains(&format!("row?key=new-1&#38;code={right}")), "{row}");
    })
    .await;
}

#[tokio::test]
async fn a_file_with_faults_changes_nothing_and_names_each() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let (ada, eve) = (shop.of(Role::Finance).await, shop.of(Role::Auditor).await);
        let path = "/mappings/vat/import";
        let csv = "key,rate-id\n17.5,4\ntwelve,1\n8,none\n";
        let (_, page) = shop.desk.post(path, &[("csv", csv), ("run", "1")], &ada).await;
        assert!(page.contains("line 3: ") && page.contains("line 4: "), "{page}");
        let twice = "key,rate-id\n17.5,4\n17.5,5\n";
        let (_, page) = shop.desk.post(path, &[("csv", twice), ("run", "1")], &ada).await;
        assert!(page.contains("comes twice"), "{page}");
        let other = "kind,key,code\nsku,A,B\n";
        let (_, page) = shop.desk.post(path, &[("csv", other), ("run", "1")], &ada).await;
        assert!(page.contains("a row of the table sku"), "{page}");
        let (_, table) = shop.desk.get("/mappings/vat", &ada).await;
        assert!(!table.contains("17.5"), "{table}");
        assert_eq!(shop.desk.get(path, &eve).await.0, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn buffers_are_set_and_taken_away_each_for_the_stores_one_looks_after() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let (ada, eve) = (shop.of(Role::Retail).await, shop.of(Role::Auditor).await);
        let store = shop.desk.world.shop(0).warehouse_id.to_string();
        let set = "/stock/buffers/set";
        let rule = [("scope", "sku"), ("key", "ABC-1"), ("store", &store), ("amount", "10%>=2")];
        assert_eq!(shop.desk.form(set, &rule, &ada).await.location(), "/stock/buffers?done=1");
        let (_, page) = shop.desk.get("/stock/buffers", &eve).await;
        assert!(page.contains("10%&#62;=2") || page.contains("10%&gt;=2"), "{page}");
        assert!(!page.contains("Take away"), "an auditor changes nothing");
        let wrong = [("scope", "sku"), ("key", "ABC-1"), ("store", ""), ("amount", "lots")];
        let refused = shop.desk.form(set, &wrong, &ada).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        let jo = shop.desk.sign_in_as("Jo", &[Role::Retail], Some(&[5_000])).await;
        assert_eq!(
            shop.desk.form(set, &rule, &jo).await.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "not her store"
        );
        let all = [("scope", "sku"), ("key", "ABC-1"), ("store", ""), ("amount", "2")];
        assert_eq!(shop.desk.form(set, &all, &jo).await.status, StatusCode::FORBIDDEN);
        let gone = [("scope", "sku"), ("key", "ABC-1"), ("store", &store), ("amount", "")];
        shop.desk.form("/stock/buffers/remove", &gone, &ada).await;
        let (_, page) = shop.desk.get("/stock/buffers", &ada).await;
        assert!(page.contains("No rule"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn shoppers_are_erased_after_a_look_and_the_money_stays() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let (ada, eve) = (shop.of(Role::Finance).await, shop.of(Role::Auditor).await);
        let path = "/privacy/erase";
        let sold = reference(shop.sold);
        let form = [("entry", sold.as_str()), ("reason", "asked by letter")];
        let (status, page) = shop.desk.post(path, &form, &ada).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("What would go"), "{page}");
        assert_eq!(shop.desk.post(path, &form, &eve).await.0, StatusCode::FORBIDDEN);
        for (form, says) in [
            (vec![("reason", "x")], "Nobody is named"),
            (vec![("entry", sold.as_str()), ("email", "a@b"), ("reason", "x")], "More than one"),
            (vec![("email", "ab"), ("reason", "x")], "no e-mail address"),
            (vec![("before", "soon"), ("reason", "x")], "is no day"),
            (vec![("entry", sold.as_str())], "Say why"),
        ] {
            let (_, page) = shop.desk.post(path, &form, &ada).await;
            assert!(page.contains(says), "{says}: {page}");
        }
        let before = [("before", "2030-01-01"), ("reason", "our rule"), ("run", "1")];
        let begun = shop.desk.form(path, &before, &ada).await;
        assert_eq!(begun.location(), "/privacy?done=begun");
        // It goes on by itself; the record says when it is done.
        loop {
            let (_, page) = shop.desk.get("/privacy", &ada).await;
            if !page.contains("Nothing yet.") {
                assert!(page.contains("<strong>finance</strong>"), "{page}");
                break;
            }
            tokio::task::yield_now().await;
        }
        let (_, page) = shop.desk.get(&format!("/entries/{sold}"), &ada).await;
        assert!(page.contains("£12.50"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn programs_do_the_same() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let mo = shop.desk.sign_in_as("Mo", &[Role::Finance, Role::Admin], None).await;
        let right = shop.desk.world.goods(0).sku.clone();
        let body = json!({ "csv": format!("key,code\n{},{right}\n", shop.missing) });
        let told = shop.write("/api/v1/mappings/sku/import", Some("1"), &body, &mo).await;
        let told: Value = serde_json::from_str(&told.text).unwrap();
        assert_eq!(
            (&told["done"], &told["effect"]["fixed"]["entries"]),
            (&json!(false), &json!(2))
        );
        let rule = json!({ "scope": "default", "amount": "1" });
        let set = shop.write("/api/v1/stock-buffers/set", Some("2"), &rule, &mo).await;
        assert_eq!(set.status, StatusCode::OK, "{}", set.text);
        let (_, rules) = shop.read("/api/v1/stock-buffers", &mo).await;
        assert_eq!(rules["rules"][0]["scope"], "default");
        let gone = shop.write("/api/v1/stock-buffers/remove", Some("3"), &rule, &mo).await;
        assert_eq!(gone.status, StatusCode::OK, "{}", gone.text);
        let whose = json!({ "entry": reference(shop.sold), "reason": "asked" });
        let would = shop.write("/api/v1/shoppers/erase", Some("4"), &whose, &mo).await;
        assert!(would.text.contains("\"begun\":false"), "{}", would.text);
        let held = reference(shop.held[0]);
        let path = format!("/api/v1/entries/{held}/correct");
        let body = json!({ "field": "sku", "place": 0, "value": right, "reason": "old label" });
        let said = shop.write(&path, Some("5"), &body, &mo).await;
        assert!(said.text.contains("in-force"), "{}", said.text);
        let (_, entry) = shop.read(&format!("/api/v1/entries/{held}"), &mo).await;
        assert_eq!(entry["said"][0]["original"], json!(shop.missing));
        let path = format!("/api/v1/entries/{held}/corrections/1");
        let back = shop.write(&path, Some("6"), &json!({ "decided": "withdraw" }), &mo).await;
        assert_eq!(back.status, StatusCode::OK, "{}", back.text);
        let path = format!("/api/v1/entries/{held}/hold");
        let held = shop.write(&path, Some("7"), &json!({ "reason": "wait" }), &mo).await;
        assert_eq!(held.status, StatusCode::OK, "{}", held.text);
    })
    .await;
}
