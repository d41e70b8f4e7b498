//! Products: variants in full, the queue, faults, Sitoo's products, arrivals of prices.

use daybook_domain::{
    Money, Timestamp, VatRate,
    catalogue::{Attribute, FullVariant, Price, Standing, TillProduct},
    causes::Cause,
    lookup::Variant,
    posting::Fault,
};
use daybook_store::{
    Db,
    catalogue::{self, FaultFilter, Settled, family},
    price_arrival::{self, Arrival, ArrivalFilter},
    stock,
    till_product::{self, Linked},
    variant,
};

use crate::{common::at, db::for_each_engine};

fn full(sku: &str, ean: Option<&str>) -> FullVariant {
    FullVariant {
        product_code: "STYLE".to_owned(),
        category: "winter".to_owned(),
        description: "A coat".to_owned(),
        ean: ean.map(str::to_owned),
        price_exc_vat: Some(Price::from_hundredths(499_917)),
        price_inc_vat: Some(Price::from_pence(5_999)),
        tax_code: Some("T1".to_owned()),
        tax_rate: Some(VatRate::from_percent(20)),
        on_tills: false,
        kit: true,
        last_amended: Some(at(7)),
        attributes: vec![Attribute { name: "Size".to_owned(), value: "M, \"wide\"".to_owned() }],
        unreadable: String::new(),
        ..FullVariant::of(Variant {
            sku: sku.to_owned(),
            variant_id: 1,
            tax_rate_id: Some(2),
            saleable: true,
            discontinued: false,
        })
    }
}

fn product(product_id: i64, sku: &str, barcode: &str) -> Linked {
    Linked {
        link: sku.to_lowercase(),
        product: TillProduct {
            product_id,
            sku: sku.to_owned(),
            title: "A coat".to_owned(),
            price: Money::from_pence(5_999),
            vat_id: Some(2),
            barcode: barcode.to_owned(),
            aliases: vec!["96385074".to_owned()],
            active_pos: true,
            parent_id: None,
            allow_decimals: false,
            counted: true,
            attributes: vec![Attribute { name: "Size".to_owned(), value: "M".to_owned() }],
        },
    }
}

async fn keep(db: &Db, second: i64, variants: &[FullVariant]) -> variant::Changed {
    let mut tx = db.begin().await.unwrap();
    let changed = variant::upsert(&mut tx, at(second), variants).await.unwrap();
    tx.commit().await.unwrap();
    changed
}

#[tokio::test]
async fn a_variant_is_kept_whole_and_sales_are_told_only_of_what_they_need() {
    for_each_engine(|db| async move {
        let first = full("A", Some("5012345678900"));
        keep(&db, 0, &[first.clone(), full("B", None)]).await;
        assert_eq!(variant::one_full(&db, "A").await.unwrap(), Some(first.clone()));
        let dearer =
            FullVariant { price_inc_vat: Some(Price::from_pence(6_999)), ean: None, ..first };
        let changed = keep(&db, 1, &[dearer.clone(), full("B", None)]).await;
        assert!(changed.sales.is_empty());
        assert_eq!(Vec::from_iter(changed.products), ["a"]);
        assert_eq!(Vec::from_iter(changed.barcodes), ["5012345678900"]);
        assert_eq!(variant::one_full(&db, "A").await.unwrap(), Some(dearer));
        assert_eq!(variant::after(&db, "", 1).await.unwrap(), ["A"]);
        assert_eq!(variant::after(&db, "A", 9).await.unwrap(), ["B"]);
        let members = variant::of_categories(&db, &["winter".to_owned()]).await.unwrap();
        let skus: Vec<&str> = members.iter().map(|(folded, _)| folded.as_str()).collect();
        assert_eq!(skus, ["a", "b"]);
        let carriers = variant::carriers(&db, &["5012345678900".to_owned()]).await.unwrap();
        assert_eq!(carriers, []);
    })
    .await;
}

#[tokio::test]
async fn the_queue_holds_each_variant_once_and_what_is_sent_is_not_due() {
    for_each_engine(|db| async move {
        keep(&db, 0, &[full("A", None), full("B", Some("96385074")), full("C", None)]).await;
        let mut tx = db.begin().await.unwrap();
        let all = ["A".to_owned(), "B".to_owned(), "nobody".to_owned()];
        catalogue::queue_some(&mut tx, at(5), &all).await.unwrap();
        catalogue::queue_folded(&mut tx, at(9), &["a".to_owned(), "c".to_owned()]).await.unwrap();
        catalogue::queue_barcodes(&mut tx, at(3), &["96385074".to_owned()]).await.unwrap();
        tx.commit().await.unwrap();
        let due = catalogue::due(&db, at(5), 9).await.unwrap();
        let skus: Vec<&str> = due.iter().map(|item| item.sku.as_str()).collect();
        assert_eq!(skus, ["B", "A"], "the earlier moment counts");
        let mut tx = db.begin().await.unwrap();
        catalogue::intend(&mut tx, at(6), &["A".to_owned()]).await.unwrap();
        catalogue::refused(&mut tx, "B", "Invalid value (400)", at(99)).await.unwrap();
        tx.commit().await.unwrap();
        let due = catalogue::due(&db, at(9), 9).await.unwrap();
        assert_eq!(due.iter().map(|item| item.sku.as_str()).collect::<Vec<_>>(), ["C"]);
        assert_eq!(catalogue::intended(&db, "", 9).await.unwrap()[0].intent_at, Some(at(6)));
        assert_eq!(catalogue::refusals(&db, "", 9).await.unwrap()[0].tries, 1);
        let mut settled =
            [settled("A", Standing::Published, Some(7)), settled("C", Standing::NotForTills, None)];
        for one in &mut settled {
            one.marks = catalogue::item(&db, &one.sku).await.unwrap().unwrap().marks;
        }
        let mut tx = db.begin().await.unwrap();
        catalogue::settle(&mut tx, at(10), &settled).await.unwrap();
        tx.commit().await.unwrap();
        let counts = catalogue::counts(&db).await.unwrap();
        let figures = (counts.published, counts.not_for_tills, counts.pending, counts.refused);
        assert_eq!(figures, (1, 1, 1, 1));
        let item = catalogue::item(&db, "A").await.unwrap().unwrap();
        assert_eq!((item.product_id, item.intent_at, item.due_at), (Some(7), None, None));
    })
    .await;
}

/// Nobody asked for a look since it was taken.
fn settled(sku: &str, standing: Standing, product_id: Option<i64>) -> Settled {
    Settled { sku: sku.to_owned(), standing, product_id, marks: 0 }
}

#[tokio::test]
async fn a_look_that_is_asked_for_while_one_is_under_way_is_still_due() {
    for_each_engine(|db| async move {
        keep(&db, 0, &[full("A", None)]).await;
        let mut tx = db.begin().await.unwrap();
        catalogue::queue_folded(&mut tx, at(5), &["a".to_owned()]).await.unwrap();
        tx.commit().await.unwrap();
        let taken = catalogue::due(&db, at(9), 9).await.unwrap().remove(0);
        let over = |marks| Settled { marks, ..settled("A", Standing::Published, Some(7)) };
        let due = || async { catalogue::item(&db, "A").await.unwrap().unwrap().due_at };
        let mut tx = db.begin().await.unwrap();
        catalogue::intend(&mut tx, at(6), &["A".to_owned()]).await.unwrap();
        // Another price is read while the old one is on its way.
        catalogue::queue_folded(&mut tx, at(7), &["a".to_owned()]).await.unwrap();
        catalogue::settle(&mut tx, at(8), &[over(taken.marks)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(due().await, taken.due_at);
        let again = catalogue::due(&db, at(9), 9).await.unwrap().remove(0);
        let mut tx = db.begin().await.unwrap();
        catalogue::settle(&mut tx, at(10), &[over(again.marks)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(due().await, None);
        // A process that was thought to be gone settles what another has settled since.
        let mut tx = db.begin().await.unwrap();
        catalogue::settle(&mut tx, at(11), &[over(taken.marks)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(due().await, Some(at(11)));
    })
    .await;
}

/// What became of the style of [`full`], which nothing keeps from being a family.
fn over(marks: i64, again_at: Option<Timestamp>) -> family::Settled {
    let style = "STYLE".to_owned();
    family::Settled { style, main: Some(7), fault: None, again_at, marks }
}

#[tokio::test]
async fn a_style_that_is_asked_for_while_its_family_is_written_is_still_due() {
    for_each_engine(|db| async move {
        keep(&db, 0, &[full("A", None)]).await;
        let asks = |due_at: i64| {
            let (db, style) = (db.clone(), ["STYLE".to_owned()]);
            async move {
                let mut tx = db.begin().await.unwrap();
                family::queue(&mut tx, at(due_at), &style).await.unwrap();
                tx.commit().await.unwrap();
            }
        };
        let settles = |now: i64, one: family::Settled| {
            let db = db.clone();
            async move {
                let mut tx = db.begin().await.unwrap();
                family::settle(&mut tx, at(now), &[one]).await.unwrap();
                tx.commit().await.unwrap();
            }
        };
        let due = |now: i64| {
            let db = db.clone();
            async move { family::due(&db, at(now), 9).await.unwrap() }
        };
        asks(5).await;
        asks(6).await;
        assert_eq!(due(4).await, [], "the earlier of two stays");
        let taken = due(5).await.remove(0);
        let mut tx = db.begin().await.unwrap();
        family::intend(&mut tx, at(6), "STYLE").await.unwrap();
        // Another colour is read while the family is on its way.
        family::queue_of(&mut tx, at(7), &["A".to_owned()]).await.unwrap();
        tx.commit().await.unwrap();
        settles(8, over(taken.marks, None)).await;
        let again = due(8).await.remove(0);
        assert_eq!((again.intent_at, again.main), (None, Some(7)));
        settles(9, over(again.marks, None)).await;
        assert_eq!(due(99).await, []);
        // What is to be tried again then is not tried before, unless something asks for it.
        settles(10, over(again.marks, Some(at(60)))).await;
        assert_eq!((due(59).await.len(), due(60).await.len()), (0, 1));
        asks(20).await;
        assert_eq!((due(19).await.len(), due(20).await.len()), (0, 1));
        // A process that was thought to be gone settles what another has settled since.
        let last = due(20).await.remove(0);
        settles(21, over(last.marks, None)).await;
        settles(22, over(taken.marks, None)).await;
        assert_eq!((due(21).await.len(), due(22).await.len()), (0, 1));
    })
    .await;
}

fn fault(cause: Cause) -> Fault {
    Fault { cause, subject: "products".to_owned(), detail: "it is so".to_owned() }
}

#[tokio::test]
async fn faults_keep_their_age_and_are_told_by_cause() {
    for_each_engine(|db| async move {
        keep(&db, 0, &[full("A", None), full("B", None), full("C", None)]).await;
        let mut tx = db.begin().await.unwrap();
        let settled = [
            settled("A", Standing::Withheld, None),
            settled("B", Standing::Withheld, None),
            settled("C", Standing::Hidden, Some(3)),
        ];
        catalogue::settle(&mut tx, at(1), &settled).await.unwrap();
        let (price, title) = (Cause::ProductPriceMissing, Cause::ProductTitleMissing);
        let gone = Cause::ProductDiscontinued;
        let faults = [
            ("A".to_owned(), vec![fault(price), fault(title)]),
            ("B".to_owned(), vec![fault(price)]),
            ("C".to_owned(), vec![fault(gone), fault(price)]),
        ];
        catalogue::set_faults(&mut tx, at(1), &faults).await.unwrap();
        catalogue::set_faults(&mut tx, at(2), &faults[..1]).await.unwrap();
        tx.commit().await.unwrap();
        let told = |since| {
            let db = db.clone();
            async move {
                let told = catalogue::told(&db, at(since)).await.unwrap();
                told.iter().map(|group| (group.cause, group.skus)).collect::<Vec<_>>()
            }
        };
        // What else is wrong with a product that is discontinued worries nobody.
        assert_eq!(told(0).await, [(gone, 1), (price, 2), (title, 1)]);
        assert_eq!(told(2).await, [(price, 2), (title, 1)]);
        let filter = FaultFilter { sku: Some("A".to_owned()), ..FaultFilter::default() };
        let rows = catalogue::faults(&db, &filter, 9).await.unwrap();
        assert!(rows.len() == 2 && rows.iter().all(|row| row.since == at(1)));
        let filter = FaultFilter { cause: Some(price), ..FaultFilter::default() };
        assert_eq!(catalogue::faults(&db, &filter, 9).await.unwrap().len(), 3);
        let mut tx = db.begin().await.unwrap();
        catalogue::set_faults(&mut tx, at(3), &[("A".to_owned(), vec![])]).await.unwrap();
        variant::remove_not_seen_since(&mut tx, at(9)).await.unwrap();
        catalogue::forget_gone(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(catalogue::told(&db, at(0)).await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn products_tell_what_changed_and_which_barcodes_are_free() {
    for_each_engine(|db| async move {
        keep(&db, 0, &[full("A", None)]).await;
        let (first, foreign) = (product(1, "A", "5012345678900"), product(2, "Z", ""));
        let mut tx = db.begin().await.unwrap();
        let changed =
            till_product::put(&mut tx, at(1), &[first.clone(), foreign.clone()]).await.unwrap();
        assert_eq!(Vec::from_iter(changed.links), ["a", "z"]);
        let same = till_product::put(&mut tx, at(2), std::slice::from_ref(&first)).await.unwrap();
        assert_eq!(same, till_product::Changed::default());
        till_product::find_foreign(&mut tx, at(2)).await.unwrap();
        tx.commit().await.unwrap();
        let held =
            till_product::holders(&db, &["5012345678900".to_owned(), "96385074".to_owned()]).await;
        assert_eq!(held.unwrap().len(), 3, "aliases count");
        let linked = till_product::by_links(&db, &["a".to_owned()]).await.unwrap();
        assert_eq!(linked, std::slice::from_ref(&first));
        assert_eq!(till_product::not_seen_since(&db, at(2), 9).await.unwrap(), [2]);
        let of_stock = stock::product::by_folded(&db, &["a".to_owned()]).await.unwrap();
        assert_eq!(of_stock.len(), 1, "stock looks in the same table");
        assert!(of_stock[0].sku == "A" && of_stock[0].counted);
        let found = till_product::foreign(&db, 0, 9).await.unwrap();
        assert_eq!((found.len(), found[0].product_id, found[0].since), (1, 2, at(2)));
        assert_eq!(till_product::count(&db).await.unwrap(), (2, 1));
        let bare = Linked {
            product: TillProduct { barcode: String::new(), ..first.product.clone() },
            ..first
        };
        let mut tx = db.begin().await.unwrap();
        let changed = till_product::put(&mut tx, at(3), &[bare]).await.unwrap();
        assert_eq!(Vec::from_iter(changed.freed), ["5012345678900"]);
        let gone = till_product::remove(&mut tx, &[1, 77]).await.unwrap();
        assert_eq!((Vec::from_iter(gone.links), gone.freed.len()), (vec!["a".to_owned()], 1));
        tx.commit().await.unwrap();
        assert_eq!(till_product::after(&db, 0, 9).await.unwrap(), [foreign]);
    })
    .await;
}

fn arrival(sku: &str, second: i64, new: i64) -> Arrival {
    Arrival {
        sku: sku.to_owned(),
        list: 1,
        decided_at: at(second),
        old: Some(Money::from_pence(100)),
        new: Money::from_pence(new),
        changed_at: Some(at(0)),
        due_at: at(50),
        written_at: None,
        read_back_at: None,
    }
}

#[tokio::test]
async fn a_price_arrives_once_and_an_overtaken_one_is_forgotten() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        price_arrival::expect(&mut tx, &[arrival("A", 1, 200), arrival("B", 1, 300)])
            .await
            .unwrap();
        // Decided again with the same price: it keeps its place.
        price_arrival::expect(&mut tx, &[arrival("A", 2, 200), arrival("B", 2, 400)])
            .await
            .unwrap();
        let seen = [("A".to_owned(), Money::from_pence(200))];
        price_arrival::written(&mut tx, at(3), 1, &seen).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            price_arrival::unseen(&db, price_arrival::DEFAULT_LIST, "", 9).await.unwrap()[0]
                .decided_at,
            at(1)
        );
        let late = price_arrival::late(&db, at(51)).await.unwrap();
        assert_eq!(late, Some((2, "A".to_owned())));
        assert_eq!(price_arrival::late(&db, at(50)).await.unwrap(), None);
        let mut tx = db.begin().await.unwrap();
        price_arrival::read_back(&mut tx, at(60), 1, &seen).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(price_arrival::pending(&db).await.unwrap(), 1);
        let filter = ArrivalFilter { since: at(0), late_at: Some(at(55)), sku: None };
        let late = price_arrival::list(&db, &filter, 9).await.unwrap();
        assert_eq!(late.len(), 2);
        assert!(late.iter().all(|one| one.is_late(at(55))));
        let filter = ArrivalFilter { since: at(2), late_at: None, sku: Some("B".to_owned()) };
        let found = price_arrival::list(&db, &filter, 9).await.unwrap();
        assert_eq!((found.len(), found[0].new), (1, Money::from_pence(400)));
        let mut tx = db.begin().await.unwrap();
        assert_eq!(price_arrival::prune(&mut tx, at(9)).await.unwrap(), 1);
        tx.commit().await.unwrap();
    })
    .await;
}
