//! Families: the variants of a style as one product with choices at the tills.

use super::*;

fn names() -> Vec<String> {
    ["Colour", "Size"].map(str::to_owned).to_vec()
}

/// A retailer who makes families by colour and size.
async fn tell_of_families<F, Fut>(story: F)
where
    F: Fn(World) -> Fut,
    Fut: Future<Output = ()>,
{
    tell(|mut world| {
        world.settings.catalogue.families = names();
        world.to_orderwise.attributes = names();
        world.restart();
        story(world)
    })
    .await;
}

/// OrderWise has a coat in this colour and size.
fn add_coat(world: &World, nth: i64, sku: &str, colour: &str, size: &str) {
    let more = [("Colour", colour), ("Size", size)];
    world.sandbox.orderwise.add_variant(Variant {
        id: 90_000 + nth,
        product_code: "COAT".to_owned(),
        more: more.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        ..new_variant(sku)
    });
}

fn amend(world: &World, sku: &str, name: &str, value: &str) {
    change(world, sku, |variant| {
        variant.more.insert(name.to_owned(), value.to_owned());
    });
}

/// Two coats, which are a family at the tills.
async fn two_coats(world: &World) {
    add_coat(world, 1, "COAT-M", "Red", "M");
    add_coat(world, 2, "COAT-L", "Red", "L");
    let report = pass(world).await;
    assert_eq!((report.created, report.families), (2, 1));
    assert_eq!(after(world, minutes(5)).await, CatalogueReport::default());
}

/// What tells a product from its family, and the family's main product.
fn told_apart(world: &World, sku: &str) -> (String, Option<i64>) {
    let product = till(world, sku);
    let values: Vec<&str> = product.options.iter().map(|(_, value)| value.as_str()).collect();
    (values.join(" "), product.variant_parent)
}

/// Requests that wrote a family.
fn written(world: &World) -> u64 {
    world.sandbox.sitoo_faults.counts().of("PUT", "productvariants")
}

#[tokio::test]
async fn a_style_becomes_one_product_with_choices_and_grows() {
    tell_of_families(|world| async move {
        two_coats(&world).await;
        let main = Some(till(&world, "COAT-L").id);
        assert_eq!(told_apart(&world, "COAT-M"), ("Red M".to_owned(), main));
        assert_eq!(told_apart(&world, "COAT-L"), ("Red L".to_owned(), main));
        assert_eq!(written(&world), 1);
        add_coat(&world, 3, "COAT-B", "Blue", "M");
        let report = pass(&world).await;
        assert_eq!((report.created, report.families, report.updated), (1, 1, 0));
        assert_eq!(told_apart(&world, "COAT-B"), ("Blue M".to_owned(), main));
        amend(&world, "COAT-B", "Colour", "Green");
        let report = after(&world, minutes(5)).await;
        assert_eq!((report.families, report.updated), (1, 0));
        assert_eq!(told_apart(&world, "COAT-B"), ("Green M".to_owned(), main));
        assert_eq!(after(&world, minutes(5)).await, CatalogueReport::default());
        assert_eq!(after(&world, hours(24)).await.families, 0, "the night finds nothing");
        assert_eq!(written(&world), 3);
        assert_eq!(told(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_style_of_one_sku_and_one_without_attributes_stay_as_they_are() {
    tell_of_families(|world| async move {
        add_coat(&world, 1, "COAT-M", "Red", "M");
        for (id, sku) in [(90_011, "BAG-1"), (90_012, "BAG-2")] {
            let bag = Variant { id, product_code: "BAG".to_owned(), ..new_variant(sku) };
            world.sandbox.orderwise.add_variant(bag);
        }
        assert_eq!(pass(&world).await.created, 3);
        after(&world, minutes(5)).await;
        for sku in ["COAT-M", "BAG-1", "BAG-2"] {
            assert_eq!(told_apart(&world, sku), (String::new(), None));
        }
        let counts = world.sandbox.sitoo_faults.counts();
        assert_eq!(counts.of("GET", "productvariants") + written(&world), 0);
        assert_eq!(told(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_ready_is_hidden_in_its_family_and_stays_in_it() {
    tell_of_families(|world| async move {
        two_coats(&world).await;
        change(&world, "COAT-L", |variant| variant.description.clear());
        let report = pass(&world).await;
        assert_eq!((report.hidden, report.families), (1, 0));
        add_coat(&world, 3, "COAT-B", "Blue", "M");
        assert_eq!(after(&world, minutes(5)).await.families, 1);
        let main = Some(till(&world, "COAT-L").id);
        assert_eq!(told_apart(&world, "COAT-L"), ("Red L".to_owned(), main));
        assert!(!shown(&world, "COAT-L") && shown(&world, "COAT-B"));
        change(&world, "COAT-L", |variant| variant.description = "A coat".to_owned());
        after(&world, minutes(5)).await;
        assert!(shown(&world, "COAT-L"));
    })
    .await;
}

/// Somebody adds a variant to the family in Sitoo's back office.
fn add_by_hand(world: &World, sku: &str, options: &[(&str, &str)]) {
    let main = till(world, "COAT-L").id;
    let options = options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    world.sandbox.sitoo.add_product(Product {
        variant_parent: Some(main),
        options: options.collect(),
        modified: world.clock.micros()() / 1_000_000,
        ..Product::new(99_999, sku, "By hand", 100, 2_000)
    });
}

#[tokio::test]
async fn a_variant_that_orderwise_does_not_know_stays_and_is_a_finding() {
    tell_of_families(|world| async move {
        two_coats(&world).await;
        add_by_hand(&world, "COAT-HAND", &[("Colour", "Pink"), ("Size", "S")]);
        add_coat(&world, 3, "COAT-B", "Blue", "M");
        assert_eq!(pass(&world).await.families, 1);
        let main = Some(till(&world, "COAT-L").id);
        assert_eq!(told_apart(&world, "COAT-HAND"), ("Pink S".to_owned(), main));
        assert_eq!(told_apart(&world, "COAT-B"), ("Blue M".to_owned(), main));
        after(&world, hours(24)).await;
        let foreign = till_product::foreign(&world.app.db, 0, 9).await.unwrap();
        assert!(foreign.iter().any(|one| one.sku == "COAT-HAND"), "{foreign:?}");
        assert_eq!(told(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_variant_by_hand_without_a_value_stops_the_family_and_nothing_is_lost() {
    tell_of_families(|world| async move {
        two_coats(&world).await;
        add_by_hand(&world, "COAT-HAND", &[("Size", "S")]);
        add_coat(&world, 3, "COAT-B", "Blue", "M");
        let report = pass(&world).await;
        assert_eq!((report.created, report.families, written(&world)), (1, 0, 1));
        let told_now = told(&world).await;
        let [(cause, detail)] = told_now.as_slice() else { panic!("one: {told_now:?}") };
        assert_eq!(*cause, "family-unclear");
        assert_eq!(detail, "COAT: COAT-HAND is in its family in Sitoo and has no Colour");
        assert!(shown(&world, "COAT-B"), "it is sold by itself meanwhile");
        let listed = book::family::faulty(&world.app.db, "", 9).await.unwrap();
        assert_eq!(listed[0].style, "COAT");
        // Put right in Sitoo, it is a family again by itself, at night at the latest.
        add_by_hand(&world, "COAT-HAND", &[("Colour", "Pink"), ("Size", "S")]);
        after(&world, hours(24)).await;
        assert_eq!(told_apart(&world, "COAT-B").1, Some(till(&world, "COAT-L").id));
        assert_eq!(told(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn what_belongs_to_sitoo_survives_the_replacement() {
    tell_of_families(|world| async move {
        two_coats(&world).await;
        let mut theirs = Product {
            price_in: 321,
            list_price: 1_500,
            unit_label: "pc".into(),
            barcode_aliases: vec!["96385074".into()],
            active: false,
            ..Product::clone(&till(&world, "COAT-L"))
        };
        theirs.extra.retain(|(name, _)| *name != "friendly" && *name != "deliverystatus");
        theirs.extra.push(("friendly", "a-red-coat".into()));
        theirs.extra.push(("deliverystatus", "in two days".into()));
        world.sandbox.sitoo.add_product(theirs);
        let by_hand = |world: &World| {
            let product = Product::clone(&till(world, "COAT-L"));
            Product { options: Vec::new(), attributes: "".into(), modified: 0, ..product }
        };
        let before = by_hand(&world);
        amend(&world, "COAT-L", "Size", "XL");
        assert_eq!(pass(&world).await.families, 1);
        assert_eq!(told_apart(&world, "COAT-L").0, "Red XL");
        let (mut before, mut now) = (before, by_hand(&world));
        before.extra.sort_by_key(|(name, _)| *name);
        now.extra.sort_by_key(|(name, _)| *name);
        assert_eq!(now, before);
    })
    .await;
}

#[tokio::test]
async fn a_family_whose_reply_was_lost_is_read_before_it_is_written_again() {
    tell_of_families(|world| async move {
        add_coat(&world, 1, "COAT-M", "Red", "M");
        add_coat(&world, 2, "COAT-L", "Red", "L");
        world.sandbox.sitoo_faults.once(Fault::CutAfter, "PUT", "productvariants");
        let report = pass(&world).await;
        assert_eq!((report.created, report.adopted, report.families), (2, 1, 0));
        assert_eq!(after(&world, minutes(5)).await, CatalogueReport::default());
        assert_eq!(written(&world), 1);
        amend(&world, "COAT-L", "Size", "XL");
        world.sandbox.sitoo_faults.once(Fault::CutBefore, "PUT", "productvariants");
        assert_eq!(after(&world, minutes(5)).await.families, 0);
        assert_eq!(after(&world, Duration::from_secs(5)).await.families, 0, "it may still come");
        assert_eq!(written(&world), 2);
        assert_eq!(after(&world, minutes(1)).await.families, 1);
        assert_eq!((told_apart(&world, "COAT-L").0.as_str(), written(&world)), ("Red XL", 3));
        assert_eq!(told(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_process_that_ends_at_any_call_leaves_a_whole_family_behind() {
    tell_of_families(|mut world| async move {
        for (nth, size) in ["S", "M", "L", "XL"].into_iter().enumerate() {
            add_coat(&world, i64::try_from(nth).unwrap(), &format!("COAT-{size}"), "Red", size);
        }
        for calls in 1..14 {
            for reaches_peer in [true, false] {
                world.crash.plan(calls, reaches_peer);
                tokio::select! {
                    biased;
                    () = world.crash.happened() => {}
                    _ = try_pass(&world) => {}
                }
                world.crash.call_off();
                world.restart();
                world.clock.advance(minutes(1));
                amend(&world, "COAT-S", "Colour", if reaches_peer { "Blue" } else { "Red" });
            }
        }
        pass(&world).await;
        after(&world, minutes(5)).await;
        let main = Some(till(&world, "COAT-L").id);
        for size in ["S", "M", "L", "XL"] {
            let wanted = (format!("Red {size}"), main);
            assert_eq!(told_apart(&world, &format!("COAT-{size}")), wanted);
        }
        assert_eq!(after(&world, minutes(5)).await, CatalogueReport::default());
        assert_eq!(told(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_family_that_sitoo_refuses_is_told_and_tried_again() {
    tell_of_families(|world| async move {
        let refuse = Fault::ServerError { status: 400, body: ErrorBody::default() };
        world.sandbox.sitoo_faults.once(refuse, "PUT", "productvariants");
        add_coat(&world, 1, "COAT-M", "Red", "M");
        add_coat(&world, 2, "COAT-L", "Red", "L");
        let report = pass(&world).await;
        assert_eq!((report.created, report.refused), (2, 1));
        assert_eq!(told(&world).await[0].0, "family-refused");
        assert_eq!(after(&world, minutes(10)).await.families, 0);
        assert_eq!(after(&world, hours(1)).await.families, 1);
        assert_eq!(told(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn skus_that_a_till_could_not_tell_apart_are_told() {
    tell_of_families(|world| async move {
        add_coat(&world, 1, "COAT-M", "Red", "M");
        add_coat(&world, 2, "COAT-M2", "Red", "M");
        pass(&world).await;
        let (cause, detail) = told(&world).await.remove(0);
        assert_eq!(cause, "family-unclear");
        assert_eq!(detail, "COAT: COAT-M and COAT-M2 are both Red, M");
        assert_eq!(written(&world), 0);
        // The second one is another style after all.
        change(&world, "COAT-M2", |variant| variant.product_code = "PARKA".to_owned());
        after(&world, minutes(5)).await;
        assert_eq!(told(&world).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_column_that_the_export_lacks_is_told_and_empties_no_till() {
    tell_of_families(|world| async move {
        // Nothing has a colour or a size: the site has not added the columns yet.
        let sku = world.goods(0).sku.clone();
        change(&world, &sku, |variant| variant.price_inc_vat = Decimal::new(777, 2));
        let report = pass(&world).await;
        assert_eq!((report.hidden, report.updated), (0, 0));
        let (cause, _) = told(&world).await.remove(0);
        assert_eq!(cause, "product-unreadable");
        assert!(shown(&world, &sku));
        add_coat(&world, 1, "COAT-M", "Red", "M");
        let mut report = CatalogueReport::default();
        let options = PassOptions { full: true, ..PassOptions::default() };
        world.clock.advance(minutes(5));
        flow::pass_with(&world.app, options, &mut report).await.unwrap();
        assert_eq!((till(&world, &sku).price, told(&world).await.len()), (777, 0));
    })
    .await;
}
