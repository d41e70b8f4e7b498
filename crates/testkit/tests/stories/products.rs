//! What cannot be mapped is held with every fault at once, and one fix releases all siblings.

use daybook_domain::mapping::MappingKind;
use daybook_sandbox::{
    orderwise::Variant,
    sitoo::till::{Row, Sale, Tender, TenderKind},
};

use super::*;

#[tokio::test]
async fn one_mapping_releases_all_that_waited_for_a_sku() {
    tell(|world| async move {
        let missing = world.retailer.troubles.missing_sku.clone();
        let sales: Vec<_> = (0..12)
            .map(|n| world.sell(world.sale_of(n % 2, world.row_of(&missing, 1_000))))
            .collect();
        let report = world.pass().await;
        assert_eq!((report.held, world.sent()), (12, 0));
        assert_eq!(world.waits().await, [("sku-unmapped", missing.clone(), 12, 12_000)]);
        assert_eq!(world.map(MappingKind::Sku, &missing, &world.goods(0).sku).await, 12);
        assert_eq!(world.waits().await, []);
        assert_eq!(world.pass().await.posted, 12);
        for sale in sales {
            assert_eq!(*world.document(sale).lines[0].sku, *world.goods(0).sku);
        }
        world
    })
    .await;
}

#[tokio::test]
async fn a_variant_that_becomes_active_releases_its_sales() {
    tell(|world| async move {
        let inactive = world.retailer.troubles.inactive_sku.clone();
        let sale = world.sell(world.sale_of(0, world.row_of(&inactive, 1_000)));
        world.pass().await;
        assert_eq!(world.waits().await, [("sku-discontinued", inactive.clone(), 1, 1_000)]);
        world.sandbox.orderwise.set_variant_active(&inactive, true);
        world.after(minutes(5)).await;
        world.after(seconds(1)).await;
        assert_eq!(world.document(sale).gross, 1_000);
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn a_variant_that_orderwise_refuses_is_held_until_it_takes_it() {
    tell(|world| async move {
        world.sell(world.sale(500));
        world.pass().await;
        // Daybook's own copy of the variants does not know it yet.
        let sku = world.goods(1).sku.clone();
        world.sandbox.orderwise.set_variant_active(&sku, false);
        let sale = world.sell(world.sale_of(0, world.row_of(&sku, 1_000)));
        world.pass().await;
        assert_eq!((world.state(sale).await, world.sent()), (Held, 2));
        assert_eq!(world.waits().await, [("variant-refused", sku.clone(), 1, 1_000)]);
        world.after(minutes(5)).await;
        assert_eq!(world.state(sale).await, Held);
        world.sandbox.orderwise.set_variant_active(&sku, true);
        world.after(minutes(5)).await;
        world.after(minutes(5)).await;
        assert_eq!(world.document(sale).gross, 1_000);
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn a_variant_put_right_before_anybody_looked_releases_its_sale_too() {
    tell(|world| async move {
        world.sell(world.sale(500));
        world.pass().await;
        let sku = world.goods(1).sku.clone();
        world.sandbox.orderwise.set_variant_active(&sku, false);
        let sale = world.sell(world.sale_of(0, world.row_of(&sku, 1_000)));
        world.pass().await;
        assert_eq!(world.causes(sale).await, ["variant-refused"]);
        world.sandbox.orderwise.set_variant_active(&sku, true);
        for _ in 0..6 {
            world.after(minutes(5)).await;
        }
        assert_eq!(world.document(sale).gross, 1_000);
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}

#[tokio::test]
async fn letter_case_and_blanks_do_not_matter_in_a_sku() {
    tell(|world| async move {
        let troubles = &world.retailer.troubles;
        let mut sales = Vec::new();
        for spelling in &troubles.spellings {
            let row = world.row_of(&troubles.misspelt_sku, 1_000).sold_as(spelling);
            sales.push(world.sell(world.sale_of(0, row)));
        }
        world.pass().await;
        for sale in sales {
            assert_eq!(*world.document(sale).lines[0].sku, *troubles.misspelt_sku);
        }
        world
    })
    .await;
}

#[tokio::test]
async fn a_sku_that_could_be_two_variants_is_not_guessed() {
    tell(|world| async move {
        world.sandbox.orderwise.switch(|switches| switches.keep_bodies = true);
        world.sandbox.orderwise.add_variant(Variant::new(9_001, "CLASH-1", 1));
        world.sandbox.orderwise.add_variant(Variant::new(9_002, "Clash-1", 1));
        let row = Row::ad_hoc("clash-1", "Clash", 1_000, 2_000);
        let sale = world.sell(world.sale_of(0, row));
        world.pass().await;
        assert_eq!(world.causes(sale).await, ["sku-ambiguous"]);
        assert_eq!(world.map(MappingKind::Sku, "clash-1", "CLASH-1").await, 1);
        world.pass().await;
        assert!(world.document(sale).body.unwrap().contains("\"CLASH-1\""));
        world
    })
    .await;
}

#[tokio::test]
async fn an_unmapped_tender_is_held_until_it_is_mapped() {
    tell(|world| async move {
        let link = Tender::new(&world.retailer.troubles.unknown_tender, "", TenderKind::Other);
        let row = world.row_of(&world.goods(0).sku, 1_000);
        let sale = world.sell(Sale::at_register(world.till(0)).row(row).pay_rest(link));
        world.pass().await;
        let waits = world.waits().await;
        assert_eq!((waits[0].0, waits[0].2, waits[0].3), ("tender-unmapped", 1, 1_000));
        assert_eq!(world.map(MappingKind::Payment, &waits[0].1, "4").await, 1);
        world.pass().await;
        assert_eq!(world.document(sale).payments[0].method, 4);
        world
    })
    .await;
}

#[tokio::test]
async fn all_faults_of_a_sale_are_told_at_once() {
    tell(|world| async move {
        let sale = Sale::at_register(world.till(0))
            .row(Row::ad_hoc("NOPE-1", "Nobody's", 1_000, 1_250))
            .row(world.row_of(&world.retailer.troubles.inactive_sku, 500))
            .pay_rest(Tender::new("Beads", "BEADS", TenderKind::Other));
        let sale = world.sell(sale);
        world.pass().await;
        let all = ["sku-discontinued", "sku-unmapped", "tender-unmapped", "vat-rate-unmapped"];
        assert_eq!(world.causes(sale).await, all);
        // What is put right goes; the rest stays with its age.
        world.map(MappingKind::Vat, "12.5", "1").await;
        world.map(MappingKind::Payment, "BEADS", "4").await;
        assert_eq!(world.causes(sale).await, ["sku-discontinued", "sku-unmapped"]);
        assert_eq!(world.sent(), 0);
        world
    })
    .await;
}

#[tokio::test]
async fn variants_are_read_once_however_many_want_them() {
    tell(|world| async move {
        // A first start: nothing can be judged before OrderWise was read, and two want to begin.
        let sold = world.sell(world.sale(1_200));
        let reads = || world.sandbox.orderwise_faults.counts().of("POST", "export-definition/105");
        let before = reads();
        tokio::join!(world.pass(), world.pass());
        assert_eq!(reads() - before, 1);
        assert!(world.state(sold).await.is_in_ledger());
        assert_eq!(world.waits().await, []);
        world
    })
    .await;
}
