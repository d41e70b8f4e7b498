//! Holds and corrections: laid over the till's word, money by two persons.

use axum::http::StatusCode;
use daybook_domain::{access::Role, entry::EntryState};
use daybook_testkit::db::for_each_engine;

use crate::{Shop, reference};

#[tokio::test]
async fn a_wrong_sku_is_corrected_beside_the_tills_word_and_the_sale_goes() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Retail).await;
        let path = format!("/entries/{}", reference(shop.held[0]));
        let (_, page) = shop.desk.get(&path, &ada).await;
        assert!(page.contains("Correct what the till told wrong"), "{page}");
        let right = shop.desk.world.goods(0).sku.clone();
        let form = [("what", "sku:0"), ("value", right.as_str()), ("reason", "old label")];
        let answer = shop.desk.form(&format!("{path}/correct"), &form, &ada).await;
        assert_eq!(answer.location(), format!("{path}?done=corrected"));
        shop.desk.world.pass().await;
        shop.desk.world.pass().await;
        assert!(shop.desk.world.state(shop.held[0]).await.is_in_ledger());
        assert_eq!(shop.desk.world.state(shop.held[1]).await, EntryState::Held, "its sibling");
        let (_, page) = shop.desk.get(&path, &ada).await;
        assert!(page.contains(&shop.missing) && page.contains(&right), "{page}");
        assert!(page.contains("What persons said of it") && page.contains("in force"));
        assert!(!page.contains("Correct what the till told wrong"), "nothing of it is open");
        // What is in the ledger is not open to words any more.
        let late = shop.desk.form(&format!("{path}/correct"), &form, &ada).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        assert!(late.text.contains("entry-not-open"), "{}", late.text);
    })
    .await;
}

#[tokio::test]
async fn what_changes_money_waits_for_a_second_person() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let (ada, bob) = (shop.of(Role::Retail).await, shop.of(Role::Finance).await);
        let path = format!("/entries/{}", reference(shop.held[0]));
        let right = shop.desk.world.goods(0).sku.clone();
        let sku = [("what", "sku:0"), ("value", right.as_str()), ("reason", "old label")];
        let tender = [("what", "tender:0"), ("value", "Cash"), ("reason", "keyed wrong")];
        let asked = shop.desk.form(&format!("{path}/correct"), &tender, &ada).await;
        assert_eq!(asked.location(), format!("{path}?done=asked"));
        shop.desk.form(&format!("{path}/correct"), &sku, &ada).await;
        shop.desk.world.pass().await;
        let world = &shop.desk.world;
        assert_eq!(world.causes(shop.held[0]).await, ["correction-asked"]);
        // Whoever asked is no second person; a nobody decides nothing.
        let decide = format!("{path}/corrections/1");
        let own = shop.desk.form(&decide, &[("decided", "approve")], &ada).await;
        assert_eq!(own.status, StatusCode::CONFLICT);
        assert!(own.text.contains("second-person-needed"), "{}", own.text);
        let eve = shop.of(Role::Auditor).await;
        let (status, _) = shop.desk.post(&decide, &[("decided", "approve")], &eve).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        let agreed = shop.desk.form(&decide, &[("decided", "approve")], &bob).await;
        assert_eq!(agreed.location(), format!("{path}?done=decided"));
        let twice = shop.desk.form(&decide, &[("decided", "refuse")], &bob).await;
        assert!(twice.text.contains("correction-decided"), "{}", twice.text);
        world.pass().await;
        world.pass().await;
        assert!(world.state(shop.held[0]).await.is_in_ledger());
        let (_, page) = shop.desk.get(&path, &bob).await;
        assert!(page.contains("decided by finance"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_hold_stops_a_sale_until_somebody_tries_it_again() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Finance).await;
        let world = &shop.desk.world;
        let path = format!("/entries/{}", reference(shop.held[0]));
        let held = shop.desk.form(&format!("{path}/hold"), &[("reason", "a gift?")], &ada).await;
        assert_eq!(held.location(), format!("{path}?done=held"));
        let nothing = shop.desk.form(&format!("{path}/hold"), &[], &ada).await;
        assert!(nothing.text.contains("reason-missing"), "{}", nothing.text);
        // Its other fault goes away; the hold stays, also when it is looked at again by itself.
        let right = world.goods(0).sku.clone();
        let sku = [("key", shop.missing.as_str()), ("code", right.as_str())];
        shop.desk.form("/mappings/sku/set", &sku, &ada).await;
        world.pass().await;
        world.after(std::time::Duration::from_mins(11)).await;
        assert_eq!(world.causes(shop.held[0]).await, ["held-by-hand"]);
        assert!(world.state(shop.held[1]).await.is_in_ledger());
        let (_, page) = shop.desk.get(&path, &ada).await;
        assert!(page.contains("finance holds it: a gift?"), "{page}");
        shop.desk.form(&format!("{path}/retry"), &[], &ada).await;
        world.pass().await;
        assert!(world.state(shop.held[0]).await.is_in_ledger());
        assert_eq!(world.causes(shop.held[0]).await, Vec::<&str>::new());
    })
    .await;
}

#[tokio::test]
async fn nonsense_is_told_and_changes_nothing() {
    for_each_engine(|db| async move {
        let shop = Shop::open(db).await;
        let ada = shop.of(Role::Finance).await;
        let path = format!("/entries/{}/correct", reference(shop.held[0]));
        let tries = [
            ("sku:7", "A", "old label", StatusCode::CONFLICT),
            ("sku:0", "", "old label", StatusCode::CONFLICT),
            ("sku:0", "A", " ", StatusCode::CONFLICT),
            ("price:0", "1", "cheaper", StatusCode::NOT_FOUND),
            ("vat-rate:0", "twenty", "wrong", StatusCode::CONFLICT),
        ];
        for (what, value, reason, wanted) in tries {
            let form = [("what", what), ("value", value), ("reason", reason)];
            let answer = shop.desk.form(&path, &form, &ada).await;
            assert_eq!(answer.status, wanted, "{what} {value}: {}", answer.text);
        }
        let (_, page) = shop.desk.get(&format!("/entries/{}", reference(shop.held[0])), &ada).await;
        assert!(!page.contains("What persons said of it"));
    })
    .await;
}
