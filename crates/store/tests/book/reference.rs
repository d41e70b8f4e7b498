//! What is kept of OrderWise: variants, value lists, findings, customers.

use crate::db::for_each_engine;
use daybook_domain::{
    catalogue::FullVariant,
    findings::{Difference, What},
    lookup::Variant,
};
use daybook_store::{
    customer, cutover,
    finding::{self, NewFinding},
    value_list, variant,
};

use crate::common::{at, record, sale};

fn variant_of(sku: &str, saleable: bool) -> FullVariant {
    FullVariant::of(Variant {
        sku: sku.to_owned(),
        variant_id: 1,
        tax_rate_id: Some(2),
        saleable,
        discontinued: false,
    })
}

#[tokio::test]
async fn variants_tell_what_changed_and_where_skus_clash() {
    for_each_engine(|db| async move {
        assert!(!variant::any_known(&db).await.unwrap());
        let folded = ["abc".to_owned()];
        assert!(!variant::by_folded(&db, &folded).await.unwrap().known);
        let mut tx = db.begin().await.unwrap();
        let first = [variant_of("ABC", true), variant_of("DEF", false), variant_of("DEF", false)];
        let changed = variant::upsert(&mut tx, at(1), &first).await.unwrap();
        assert_eq!(Vec::from_iter(changed.sales), ["abc", "def"]);
        let second = [variant_of("ABC", true), variant_of("DEF", true), variant_of("abc ", true)];
        let changed = variant::upsert(&mut tx, at(2), &second).await.unwrap();
        assert_eq!(Vec::from_iter(changed.sales), ["abc", "def"]);
        let changed = variant::upsert(&mut tx, at(3), &second[..2]).await.unwrap();
        assert_eq!(changed, variant::Changed::default());
        // A read that began earlier and comes later takes nothing back: neither that a variant was
        // seen, nor what it was seen to be.
        variant::upsert(&mut tx, at(2), &first[..2]).await.unwrap();
        tx.commit().await.unwrap();
        let found = variant::by_folded(&db, &["def".to_owned()]).await.unwrap();
        assert!(found.by_folded_sku["def"][0].saleable);
        let found = variant::by_folded(&db, &folded).await.unwrap();
        assert!(found.known);
        assert_eq!(found.by_folded_sku["abc"].len(), 2);
        let mut tx = db.begin().await.unwrap();
        assert_eq!(variant::remove_not_seen_since(&mut tx, at(3)).await.unwrap(), ["abc"]);
        tx.commit().await.unwrap();
        assert_eq!(variant::count(&db).await.unwrap(), 2);
        let many: Vec<FullVariant> = (0..500).map(|n| variant_of(&format!("S{n}"), true)).collect();
        let mut tx = db.begin().await.unwrap();
        assert_eq!(variant::upsert(&mut tx, at(4), &many).await.unwrap().sales.len(), 500);
        tx.commit().await.unwrap();
        let folded: Vec<String> = (0..500).map(|n| format!("s{n}")).collect();
        let found = variant::by_folded(&db, &folded).await.unwrap();
        assert_eq!(found.by_folded_sku.len(), 500);
    })
    .await;
}

/// A replacement is looked for among what can be ordered; a search finds the others too.
#[tokio::test]
async fn what_cannot_be_ordered_stands_for_nothing() {
    for_each_engine(|db| async move {
        let mut gone = variant_of("TEE-RED-M", true);
        gone.variant.discontinued = true;
        let all = [gone, variant_of("TEE-RED-L", true), variant_of("TEE-RED-S", false)];
        let mut tx = db.begin().await.unwrap();
        variant::upsert(&mut tx, at(1), &all).await.unwrap();
        tx.commit().await.unwrap();
        let named = |found: Vec<(String, String)>| -> Vec<String> {
            found.into_iter().map(|(sku, _)| sku).collect()
        };
        let usable = variant::usable_starting_with(&db, "tee-", 9).await.unwrap();
        assert_eq!(named(usable), ["TEE-RED-L"]);
        let found = variant::starting_with(&db, "tee-", 9).await.unwrap();
        assert_eq!(named(found), ["TEE-RED-L", "TEE-RED-M", "TEE-RED-S"]);
    })
    .await;
}

#[tokio::test]
async fn a_value_list_is_replaced_as_a_whole() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        let values = [(1, "Standard".to_owned()), (2, "Zero".to_owned())];
        value_list::replace(&mut tx, 2, &values).await.unwrap();
        value_list::replace(&mut tx, 4, &values).await.unwrap();
        value_list::replace(&mut tx, 2, &values[1..]).await.unwrap();
        tx.commit().await.unwrap();
        let names = |values: Vec<value_list::Value>| -> Vec<String> {
            values.into_iter().map(|value| value.name).collect()
        };
        assert_eq!(names(value_list::of(&db, 2).await.unwrap()), ["Zero"]);
        assert_eq!(names(value_list::of(&db, 4).await.unwrap()), ["Standard", "Zero"]);
    })
    .await;
}

#[tokio::test]
async fn a_finding_is_kept_once_and_totals_add_up() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1), sale(2)]).await;
        let new = |order_id, what, till, ledger| NewFinding {
            order_id,
            difference: Difference { what, till, ledger },
        };
        let mut tx = db.begin().await.unwrap();
        let found = [new(1, What::Tax, 200, 201), new(1, What::Gross, 1_200, 1_201)];
        finding::insert(&mut tx, at(0), &found).await.unwrap();
        let again = [new(1, What::Tax, 200, 203), new(2, What::Tax, 200, 199)];
        finding::insert(&mut tx, at(1), &again).await.unwrap();
        tx.commit().await.unwrap();
        let totals = finding::totals(&db).await.unwrap();
        let figures: Vec<_> =
            totals.iter().map(|t| (t.what.as_str(), t.findings, t.difference.pence())).collect();
        assert_eq!(figures, [("gross", 1, 1), ("tax", 2, 2)]);
        assert_eq!(finding::list(&db, 1, 9).await.unwrap().len(), 1);
        assert_eq!(finding::of(&db, 1).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_customer_is_created_by_one_only() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        let leave = cutover::gate(&mut tx).await.unwrap().1.unwrap();
        assert!(customer::intend(&mut tx, leave, at(0), "k", at(-60)).await.unwrap());
        assert!(!customer::intend(&mut tx, leave, at(1), "k", at(-59)).await.unwrap());
        // Whoever set out is gone: another may.
        assert!(customer::intend(&mut tx, leave, at(90), "k", at(30)).await.unwrap());
        customer::known(&mut tx, at(91), "k", 77).await.unwrap();
        assert!(!customer::intend(&mut tx, leave, at(900), "k", at(899)).await.unwrap());
        tx.commit().await.unwrap();
        let known = customer::get(&db, "k").await.unwrap().unwrap();
        assert_eq!((known.erp_customer_id, known.known_at), (Some(77), Some(at(91))));
    })
    .await;
}
