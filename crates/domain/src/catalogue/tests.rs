use proptest::prelude::*;

use super::{
    Action, Around, Blanks, FullVariant, Groups, Holder, NewProduct, Patch, Price, ProductGroup,
    Rules, Standing, TillProduct, judge, price, till_sku,
};
use crate::{Money, VatRate, causes::Cause, fixtures};

const RULES: Rules = Rules {
    blanks: Blanks::Fault,
    titles: true,
    barcodes: true,
    other_barcodes: false,
    prices_with_vat: true,
};

fn coat() -> FullVariant {
    FullVariant {
        description: "Coat, medium".to_owned(),
        ean: Some("5012345678900".to_owned()),
        price_exc_vat: Some(Price::from_hundredths(499_917)),
        price_inc_vat: Some(Price::from_pence(5_999)),
        tax_rate: Some(VatRate::from_percent(20)),
        ..FullVariant::of(crate::lookup::Variant {
            tax_rate_id: Some(1),
            ..fixtures::variant("COAT-M")
        })
    }
}

fn groups() -> Groups {
    let group = |vat_id, percent, group_type| ProductGroup {
        vat_id,
        percent: VatRate::from_percent(percent),
        group_type,
        name: String::new(),
    };
    Groups {
        all: vec![group(9, 0, 30), group(2, 20, 10), group(3, 0, 10), group(4, 20, 10)],
        ..Groups::default()
    }
}

fn on_the_till() -> TillProduct {
    TillProduct {
        product_id: 7,
        sku: "COAT-M".to_owned(),
        title: "Coat, medium".to_owned(),
        price: Money::from_pence(5_999),
        vat_id: Some(2),
        barcode: "5012345678900".to_owned(),
        aliases: Vec::new(),
        active_pos: true,
        parent_id: None,
        allow_decimals: false,
        counted: true,
        attributes: Vec::new(),
    }
}

/// Judges with what most tests have around.
fn judged(variant: &FullVariant, product: Option<&TillProduct>) -> super::Judged {
    let groups = groups();
    let around = Around { rules: &RULES, groups: &groups, alike: &[], product, holders: &[] };
    judge(variant, &around)
}

fn causes(judged: &super::Judged) -> Vec<Cause> {
    judged.faults.iter().map(|fault| fault.cause).collect()
}

#[test]
fn a_ready_variant_becomes_a_product_and_then_nothing_more_is_written() {
    let new = judged(&coat(), None);
    let product = NewProduct {
        sku: "COAT-M".to_owned(),
        title: "Coat, medium".to_owned(),
        price: Money::from_pence(5_999),
        vat_id: 2,
        barcode: Some("5012345678900".to_owned()),
    };
    assert_eq!((new.standing, new.action), (Standing::Published, Action::Create(product)));
    assert_eq!(judged(&coat(), Some(&on_the_till())).action, Action::Nothing);
}

#[test]
fn every_fault_keeps_it_away_and_all_are_told_at_once() {
    type Spoil = fn(&mut FullVariant);
    let bad: [(Spoil, Cause); 9] = [
        (|v| v.variant.saleable = false, Cause::ProductNotSaleable),
        (|v| v.variant.discontinued = true, Cause::ProductDiscontinued),
        (|v| v.tax_rate = Some(VatRate::from_percent(12)), Cause::ProductGroupUnmapped),
        (|v| v.price_inc_vat = Some(Price::from_pence(0)), Cause::ProductPriceMissing),
        (|v| v.price_inc_vat = Some(Price::from_hundredths(599_999)), Cause::ProductPriceFraction),
        (|v| v.variant.sku = "COAT M".to_owned(), Cause::ProductSkuIllegal),
        (|v| v.ean = Some("5012345678901".to_owned()), Cause::ProductBarcodeMalformed),
        (|v| v.description = "  ".to_owned(), Cause::ProductTitleMissing),
        (|v| v.unreadable = "no column 'ean'".to_owned(), Cause::ProductUnreadable),
    ];
    let mut all = coat();
    for (spoil, cause) in bad {
        let mut variant = coat();
        spoil(&mut variant);
        if cause == Cause::ProductPriceMissing {
            variant.price_exc_vat = None;
        }
        let judged = judged(&variant, None);
        assert_eq!((causes(&judged), judged.standing), (vec![cause], Standing::Withheld));
        assert_eq!(judged.action, Action::Nothing);
        if cause != Cause::ProductPriceMissing {
            spoil(&mut all);
        }
    }
    assert_eq!(causes(&judged(&all, None)).len(), 7, "discontinued speaks for not saleable");
}

#[test]
fn what_is_there_is_hidden_and_comes_back() {
    let gone = FullVariant {
        variant: crate::lookup::Variant { discontinued: true, ..coat().variant },
        ..coat()
    };
    let hide = |on| Action::Update {
        product_id: 7,
        patch: Patch { active_pos: Some(on), ..Patch::default() },
    };
    let hidden = judged(&gone, Some(&on_the_till()));
    assert_eq!((hidden.standing, hidden.action), (Standing::Hidden, hide(false)));
    let product = TillProduct { active_pos: false, ..on_the_till() };
    assert_eq!(judged(&gone, Some(&product)).action, Action::Nothing);
    assert_eq!(judged(&coat(), Some(&product)).action, hide(true));
    let mut unreadable = gone;
    unreadable.unreadable = "no column 'ean'".to_owned();
    let judged = judged(&unreadable, Some(&on_the_till()));
    assert_eq!((judged.standing, judged.action), (Standing::Published, Action::Nothing));
}

#[test]
fn not_for_tills_is_no_fault() {
    let rounding = FullVariant { on_tills: false, description: String::new(), ..coat() };
    let away = judged(&rounding, None);
    assert_eq!((away.standing, away.faults.len()), (Standing::NotForTills, 0));
    assert_eq!(away.action, Action::Nothing);
    assert_ne!(judged(&rounding, Some(&on_the_till())).action, Action::Nothing);
}

#[test]
fn only_what_differs_is_written_and_only_what_is_ours() {
    let product = TillProduct {
        sku: "coat-m".to_owned(),
        price: Money::from_pence(4_999),
        vat_id: Some(4),
        aliases: vec!["X".to_owned()],
        allow_decimals: true,
        parent_id: Some(1),
        ..on_the_till()
    };
    let patch = Patch { price: Some(Money::from_pence(5_999)), ..Patch::default() };
    let action = judged(&coat(), Some(&product)).action;
    assert_eq!(action, Action::Update { product_id: 7, patch: patch.clone() });
    assert_eq!(patch.missing_in(&product), ["moneyprice"]);
    assert!(patch.missing_in(&on_the_till()).is_empty());
}

#[test]
fn a_clash_keeps_the_newcomer_away_and_leaves_the_till_alone() {
    let (groups, alike) = (groups(), ["coat-m".to_owned()]);
    let around =
        Around { rules: &RULES, groups: &groups, alike: &alike, product: None, holders: &[] };
    assert_eq!(causes(&judge(&coat(), &around)), [Cause::ProductSkuClash]);
    let product = on_the_till();
    let there = judge(&coat(), &Around { product: Some(&product), ..around });
    assert_eq!((there.faults.len(), there.action), (0, Action::Nothing));
}

#[test]
fn a_barcode_is_taken_or_waits_for_the_one_that_gives_it_up() {
    let groups = groups();
    let holder = |gives_up| [Holder { sku: "OLD".to_owned(), gives_up }];
    let (taken, waits) = (holder(false), holder(true));
    let around =
        Around { rules: &RULES, groups: &groups, alike: &[], product: None, holders: &taken };
    assert_eq!(causes(&judge(&coat(), &around)), [Cause::ProductBarcodeTaken]);
    let Action::Create(new) = judge(&coat(), &Around { holders: &waits, ..around }).action else {
        panic!("it is created, without its barcode")
    };
    assert_eq!(new.barcode, None);
    // One that has another meanwhile gives that up, so that two can swap.
    let other = TillProduct { barcode: "96385074".to_owned(), ..on_the_till() };
    let swaps = Around { product: Some(&other), holders: &waits, ..around };
    let patch = Patch { barcode: Some(String::new()), ..Patch::default() };
    assert_eq!(judge(&coat(), &swaps).action, Action::Update { product_id: 7, patch });
    // Who carries it already keeps it.
    let product = on_the_till();
    let around = Around { product: Some(&product), ..around };
    assert_eq!(judge(&coat(), &around).action, Action::Nothing);
}

#[test]
fn groups_are_mapped_else_found_by_their_percentage() {
    let mut groups = groups();
    assert_eq!(groups.find(&coat(), None), Some(2));
    assert_eq!(groups.find(&coat(), Some(4)), Some(4), "a finer group of the retailer's stays");
    assert_eq!(groups.find(&coat(), Some(3)), Some(2));
    let zero = FullVariant { tax_rate: Some(VatRate::ZERO), ..coat() };
    assert_eq!(groups.find(&zero, None), Some(3), "goods, not gift cards");
    assert_eq!(groups.find(&zero, Some(9)), Some(9), "a gift card stays one");
    groups.mapped.insert("1".to_owned(), 4);
    assert_eq!(groups.find(&coat(), Some(2)), Some(4));
    groups.mapped.insert("1".to_owned(), 77);
    assert_eq!(groups.find(&coat(), None), None, "a group that Sitoo does not have");
}

#[test]
fn a_gift_card_needs_no_price_and_keeps_its_own() {
    let card = FullVariant {
        price_exc_vat: None,
        price_inc_vat: None,
        tax_rate: Some(VatRate::ZERO),
        ..coat()
    };
    let product = TillProduct { vat_id: Some(9), price: Money::ZERO, ..on_the_till() };
    assert_eq!(judged(&card, Some(&product)).action, Action::Nothing);
    let goods = TillProduct { vat_id: Some(3), ..product };
    assert_eq!(causes(&judged(&card, Some(&goods))), [Cause::ProductPriceMissing]);
}

#[test]
fn skus_as_sitoo_can_hold_them() {
    assert_eq!(till_sku(" A_b+c-1/2 ", Blanks::Fault).unwrap(), "A_b+c-1/2");
    assert_eq!(till_sku("A B", Blanks::Replace('+')).unwrap(), "A+B");
    for bad in ["", " ", "A B", "É", "A.B"] {
        assert!(till_sku(bad, Blanks::Fault).is_err(), "{bad}");
    }
    assert!(till_sku("A.B C", Blanks::Replace('+')).is_err());
}

#[test]
fn prices_lose_nothing_silently() {
    let rate = Some(VatRate::from_percent(20));
    let exact = |text: &str| Some(text.parse::<Price>().unwrap());
    let with = |exc, inc| price::till_price(exc, inc, rate, true).ok().map(Money::pence);
    let without = |exc, inc| price::till_price(exc, inc, rate, false).ok().map(Money::pence);
    assert_eq!(with(exact("49.9917"), exact("59.99")), Some(5_999));
    assert_eq!(with(exact("49.9917"), None), Some(5_999));
    assert_eq!(with(None, exact("59.9999")), None);
    assert_eq!(with(exact("-1"), exact("0")), None);
    assert_eq!(without(exact("49.99"), None), Some(4_999));
    assert_eq!(without(exact("49.9917"), exact("59.99")), Some(4_999));
    assert_eq!(without(exact("0.4150"), exact("0.49")), None, "the shopper would pay 0.50");
    assert_eq!(without(exact("0.4150"), None), None);
    assert_eq!("1.23456".parse::<Price>().ok(), None);
    assert_eq!(exact("49.9917").unwrap().to_string(), "49.9917");
}

proptest! {
    #[test]
    fn a_till_never_charges_another_price_than_orderwise_says(
        exc in 1_i64..5_000_000, inc in 1_i64..60_000, percent in 0_i64..30
    ) {
        let rate = VatRate::from_percent(percent);
        let (exc, inc) = (Price::from_hundredths(exc), Price::from_pence(inc));
        let with = price::till_price(Some(exc), Some(inc), Some(rate), true);
        prop_assert_eq!(with, Ok(Money::from_pence(inc.hundredths() / 100)));
        if let Ok(till) = price::till_price(Some(exc), Some(inc), Some(rate), false) {
            let paid = Price::from_pence(till.pence()).with_vat(rate);
            prop_assert!(exc.exact() == Some(till) || Some(paid) == inc.exact());
        }
    }

    #[test]
    fn once_written_nothing_differs(price in 1_i64..100_000, title in "[a-z]{1,9}", on: bool) {
        let variant = FullVariant {
            description: title,
            price_inc_vat: Some(Price::from_pence(price)),
            ..coat()
        };
        let mut product = TillProduct { active_pos: on, vat_id: Some(3), ..on_the_till() };
        if let Action::Update { patch, .. } = judged(&variant, Some(&product)).action {
            product.title = patch.title.unwrap_or(product.title);
            product.price = patch.price.unwrap_or(product.price);
            product.vat_id = patch.vat_id.or(product.vat_id);
            product.barcode = patch.barcode.unwrap_or(product.barcode);
            product.active_pos = patch.active_pos.unwrap_or(product.active_pos);
        }
        prop_assert_eq!(judged(&variant, Some(&product)).action, Action::Nothing);
    }
}
