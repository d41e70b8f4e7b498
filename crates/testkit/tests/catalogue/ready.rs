//! The gate: a SKU reaches the tills only when OrderWise can sell it.

use super::*;

#[tokio::test]
async fn a_new_variant_appears_at_the_tills_and_once_is_enough() {
    tell(|world| async move {
        let variant = Variant { ean: Some("5012345678900".to_owned()), ..new_variant("NEW-1") };
        world.sandbox.orderwise.add_variant(variant);
        let report = pass(&world).await;
        assert_eq!((report.created, report.updated, report.prices), (1, 0, 1));
        let product = till(&world, "NEW-1");
        assert_eq!((&*product.title, product.price, product.vat), ("New NEW-1", 1_200, 2_000));
        assert_eq!(product.barcode.as_deref(), Some("5012345678900"));
        assert!(product.active_pos);
        let before = writes(&world);
        assert_eq!(after(&world, minutes(5)).await, CatalogueReport::default());
        assert_eq!(writes(&world), before);
        assert_eq!(told(&world).await, []);
    })
    .await;
}

/// A fault, how it is told, and how it is put right.
struct Case {
    cause: &'static str,
    spoil: fn(&mut Variant),
}

const CASES: [Case; 6] = [
    Case { cause: "product-not-saleable", spoil: |v| v.saleable = false },
    Case { cause: "product-discontinued", spoil: |v| v.discontinued = true },
    Case { cause: "product-group-unmapped", spoil: |v| v.tax_rate_id = 77 },
    Case {
        cause: "product-price-missing",
        spoil: |v| (v.price_exc_vat, v.price_inc_vat) = (Decimal::ZERO, Decimal::ZERO),
    },
    Case {
        cause: "product-barcode-malformed",
        spoil: |v| v.ean = Some("5012345678901".to_owned()),
    },
    Case { cause: "product-title-missing", spoil: |v| v.description.clear() },
];

#[tokio::test]
async fn each_fault_hides_what_is_there_and_heals_by_itself() {
    tell(|world| async move {
        for (number, Case { cause, spoil }) in CASES.iter().enumerate() {
            let sku = world.goods(number).sku.clone();
            let mut good = None;
            change(&world, &sku, |variant| {
                good = Some(variant.clone());
                spoil(variant);
            });
            let report = pass(&world).await;
            assert_eq!((report.hidden, shown(&world, &sku)), (1, false), "{cause}");
            let open = exception::open_grouped(&world.app.db).await.unwrap();
            assert!(open.iter().any(|group| group.cause.code() == *cause), "{cause}");
            change(&world, &sku, |variant| *variant = good.unwrap());
            let report = after(&world, minutes(5)).await;
            assert_eq!((report.updated, shown(&world, &sku)), (1, true), "{cause}");
            assert_eq!(told(&world).await, [], "{cause}");
            world.clock.advance(minutes(5));
        }
    })
    .await;
}

#[tokio::test]
async fn all_faults_of_a_sku_are_told_at_once_and_nothing_is_created() {
    tell(|world| async move {
        let variant = Variant { description: String::new(), ..Variant::new(90_001, "NO.GO", 77) };
        world.sandbox.orderwise.add_variant(variant);
        assert_eq!(pass(&world).await.created, 0);
        let filter =
            book::FaultFilter { sku: Some("NO.GO".to_owned()), ..book::FaultFilter::default() };
        let faults = book::faults(&world.app.db, &filter, 9).await.unwrap();
        let causes: Vec<_> = faults.iter().map(|row| row.cause.code()).collect();
        let all = [
            "product-group-unmapped",
            "product-price-missing",
            "product-sku-illegal",
            "product-title-missing",
        ];
        assert_eq!(causes, all);
        assert_eq!(told(&world).await.len(), 4);
        assert!(world.sandbox.sitoo.product("NO.GO").is_none());
    })
    .await;
}

#[tokio::test]
async fn many_faults_are_one_exception_a_cause() {
    tell_of_all(|world| async move {
        for number in 0..40 {
            let sku = world.goods(number).sku.clone();
            change(&world, &sku, |variant| variant.description.clear());
        }
        pass(&world).await;
        let told = told(&world).await;
        assert_eq!(told.len(), 1);
        assert!(told[0].1.starts_with("40 products, one of them "), "{}", told[0].1);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_for_tills_is_neither_there_nor_a_fault() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        let fee = Variant { on_tills: Some(false), ..Variant::new(90_001, "FEE", 1) };
        world.sandbox.orderwise.add_variant(fee);
        change(&world, &sku, |variant| variant.on_tills = Some(false));
        assert_eq!(pass(&world).await.hidden, 1);
        assert!(world.sandbox.sitoo.product("FEE").is_none() && !shown(&world, &sku));
        assert_eq!(told(&world).await, []);
        change(&world, &sku, |variant| variant.on_tills = None);
        after(&world, minutes(5)).await;
        assert!(shown(&world, &sku));
    })
    .await;
}

#[tokio::test]
async fn spellings_that_clash_keep_the_newcomer_away() {
    tell(|world| async move {
        let sku = world.goods(0).sku.clone();
        world.sandbox.orderwise.add_variant(new_variant(&sku.to_lowercase()));
        let report = pass(&world).await;
        assert_eq!((report.created, report.hidden), (0, 0));
        assert!(shown(&world, &sku));
        let told = told(&world).await;
        assert_eq!((told.len(), told[0].0), (1, "product-sku-clash"));
        change(&world, &sku.to_lowercase(), |variant| variant.discontinued = true);
        after(&world, minutes(5)).await;
        assert!(shown(&world, &sku));
    })
    .await;
}

#[tokio::test]
async fn a_barcode_of_another_product_is_a_fault_until_it_is_free() {
    tell(|world| async move {
        let foreign = Product {
            barcode: Some("5012345678900".into()),
            ..Product::new(9_999, "HOUSE-1", "House brand", 500, 2_000)
        };
        world.sandbox.sitoo.add_product(foreign);
        let variant = Variant { ean: Some("5012345678900".to_owned()), ..new_variant("NEW-1") };
        world.sandbox.orderwise.add_variant(variant);
        assert_eq!(pass(&world).await.created, 0);
        let told_now = told(&world).await;
        assert_eq!((told_now.len(), told_now[0].0), (1, "product-barcode-taken"));
        world.sandbox.sitoo.delete_product(9_999);
        // A deletion shows in no list of changes: the night finds it.
        let report = after(&world, hours(24)).await;
        assert_eq!(report.created, 1);
        assert_eq!(till(&world, "NEW-1").barcode.as_deref(), Some("5012345678900"));
        assert_eq!(told(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn two_products_swap_their_barcodes() {
    tell(|world| async move {
        let (one, other) = (world.goods(0).clone(), world.goods(1).clone());
        change(&world, &one.sku, |variant| variant.ean.clone_from(&other.ean));
        change(&world, &other.sku, |variant| variant.ean.clone_from(&one.ean));
        let report = pass(&world).await;
        assert_eq!(report.refused, 0);
        assert_eq!(till(&world, &one.sku).barcode.as_deref(), other.ean.as_deref());
        assert_eq!(till(&world, &other.sku).barcode.as_deref(), one.ean.as_deref());
        assert!(shown(&world, &one.sku) && shown(&world, &other.sku));
        assert_eq!(told(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn blanks_in_a_sku_are_a_fault_or_replaced_and_lead_back() {
    tell(|mut world| async move {
        world.sandbox.orderwise.add_variant(new_variant("TEA POT"));
        pass(&world).await;
        assert_eq!(told(&world).await[0].0, "product-sku-illegal");
        world.settings.catalogue.replace_blanks_with = Some('+');
        world.restart();
        assert_eq!(after(&world, minutes(5)).await.created, 1);
        assert!(shown(&world, "TEA+POT"));
        assert_eq!(told(&world).await, []);
        assert_eq!(after(&world, minutes(5)).await.created, 0);
        let row = daybook_sandbox::sitoo::till::Row::of(&till(&world, "TEA+POT"));
        let sale = world.sell(world.sale_of(0, row));
        world.pass().await;
        assert_eq!(&*world.document(sale).lines[0].sku, "TEA POT");
    })
    .await;
}

#[tokio::test]
async fn a_mistake_does_not_empty_the_tills() {
    tell_of_all(|mut world| async move {
        world.settings.catalogue.hide_always = 10;
        world.settings.catalogue.hide_at_most_percent = 0;
        world.restart();
        for number in 0..30 {
            let sku = world.goods(number).sku.clone();
            change(&world, &sku, |variant| variant.description.clear());
        }
        let report = pass(&world).await;
        assert_eq!((report.hidden, report.not_hidden), (10, 20));
        assert!(told(&world).await.iter().any(|(cause, _)| *cause == "products-not-hidden"));
        // It is not asked for by waiting.
        let report = after(&world, minutes(10)).await;
        assert_eq!((report.hidden, report.not_hidden), (0, 20));
        world.clock.advance(minutes(10));
        let mut report = CatalogueReport::default();
        let options = PassOptions { hide_all: true, ..PassOptions::default() };
        flow::pass_with(&world.app, options, &mut report).await.unwrap();
        assert_eq!((report.hidden, report.not_hidden), (20, 0));
        assert!(told(&world).await.iter().all(|(cause, _)| *cause != "products-not-hidden"));
    })
    .await;
}

/// A value that is none in a column that sales need stops its SKU, and no other.
#[tokio::test]
async fn a_row_that_cannot_be_read_stops_only_its_sku() {
    tell(|world| async move {
        let orderwise = &world.sandbox.orderwise;
        for (number, (column, json)) in
            [("variantId", "null"), ("variantId", "\"x\""), ("taxRateId", "1.5")].iter().enumerate()
        {
            let sku = world.goods(number).sku.clone();
            let of = format!("\"{sku}\"");
            assert!(orderwise.spoil_cell(Purpose::Variants, ("sku", &of), column, json));
            change(&world, &sku, |variant| variant.description.push('!'));
            orderwise.add_variant(Variant { id: 91_000, ..new_variant(&format!("NEW-{number}")) });
            let before = till(&world, &sku).title.clone();
            // What the tills have stays as it is: nobody knows what is wrong with it.
            let report = after(&world, minutes(5)).await;
            assert_eq!((report.created, report.hidden, shown(&world, &sku)), (1, 0, true));
            assert_eq!(till(&world, &sku).title, before);
            let told = told(&world).await;
            assert!(told.iter().any(|one| one.0 == "product-unreadable"), "{told:?}");
            orderwise.mend_rows();
            change(&world, &sku, |variant| variant.description.push('?'));
            after(&world, minutes(5)).await;
            assert!(till(&world, &sku).title.ends_with("!?"));
        }
        // A row whose code cannot be read is nobody's: nobody is taken away for it.
        let sku = world.goods(0).sku.clone();
        let of = format!("\"{sku}\"");
        assert!(orderwise.spoil_cell(Purpose::Variants, ("sku", &of), "sku", "{}"));
        after(&world, hours(30)).await;
        assert!(shown(&world, &sku));
        orderwise.mend_rows();
        after(&world, hours(30)).await;
        assert_eq!(exception_scopes(&world).await, ["catalogue"]);
    })
    .await;
}

async fn exception_scopes(world: &World) -> Vec<String> {
    let all = exception::ExceptionFilter::default();
    let open = exception::list(&world.app.db, &all, 99).await.unwrap();
    open.into_iter().map(|row| row.scope).collect()
}
