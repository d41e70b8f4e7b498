use super::{Attribute, Choice, Family, FamilyRow, Member, Wanted, judge_style};
use crate::{
    Money,
    catalogue::{FullVariant, TillProduct},
    fixtures,
};

fn names() -> Vec<String> {
    ["Colour", "Size"].map(str::to_owned).to_vec()
}

fn told(values: &[(&str, &str)]) -> Vec<Attribute> {
    let one = |(name, value): &(&str, &str)| Attribute {
        name: (*name).to_owned(),
        value: (*value).to_owned(),
    };
    values.iter().map(one).collect()
}

fn variant(sku: &str, values: &[(&str, &str)]) -> FullVariant {
    let attributes = told(values);
    FullVariant { attributes, ..FullVariant::of(fixtures::variant(sku)) }
}

fn product(product_id: i64, parent_id: Option<i64>, values: &[(&str, &str)]) -> TillProduct {
    TillProduct {
        product_id,
        sku: format!("P{product_id}"),
        title: String::new(),
        price: Money::ZERO,
        vat_id: None,
        barcode: String::new(),
        aliases: Vec::new(),
        active_pos: true,
        parent_id,
        allow_decimals: false,
        counted: true,
        attributes: told(values),
    }
}

const RED_M: [(&str, &str); 2] = [("Colour", "Red"), ("Size", "M")];
const RED_L: [(&str, &str); 2] = [("Colour", "Red"), ("Size", "L")];

/// Variants with their products, all published.
fn judged(all: &[(FullVariant, TillProduct)]) -> (Vec<String>, Option<Wanted>) {
    let members: Vec<Member<'_>> = all
        .iter()
        .map(|(variant, product)| Member { variant, product, published: product.active_pos })
        .collect();
    let judged = judge_style("COAT", &names(), &members);
    (judged.faults.into_iter().map(|fault| fault.detail).collect(), judged.wanted)
}

fn row(product_id: i64, attributes: &[&str]) -> FamilyRow {
    FamilyRow {
        product_id,
        sku: format!("P{product_id}"),
        attributes: attributes.iter().map(|value| (*value).to_owned()).collect(),
        text: format!("{{\"productid\":{product_id}}}"),
    }
}

fn choice(name: &str, options: &[&str]) -> Choice {
    let options = options.iter().map(|option| (*option).to_owned()).collect();
    Choice { name: name.to_owned(), options }
}

#[test]
fn two_singles_become_a_family_and_then_nothing_more_is_written() {
    let all = [
        (variant("M", &RED_M), product(7, None, &[])),
        (variant("L", &RED_L), product(8, None, &[])),
    ];
    let (faults, wanted) = judged(&all);
    let wanted = wanted.unwrap();
    assert_eq!((faults.len(), wanted.main), (0, 7));
    let present = Family { choices: Vec::new(), rows: vec![row(7, &[])] };
    assert_eq!(wanted.joining(&present), [8]);
    let family = wanted.merge(&present, vec![row(8, &[])]).unwrap().unwrap();
    let right = Family {
        choices: vec![choice("Colour", &["Red"]), choice("Size", &["M", "L"])],
        rows: vec![row(7, &["Red", "M"]), row(8, &["Red", "L"])],
    };
    assert_eq!(family, right);
    assert_eq!(wanted.merge(&right, Vec::new()), Ok(None));
    let all = [
        (variant("M", &RED_M), product(7, Some(7), &RED_M)),
        (variant("L", &RED_L), product(8, Some(7), &RED_L)),
    ];
    assert_eq!(judged(&all), (Vec::new(), None));
}

#[test]
fn what_is_no_family_stays_alone() {
    let alone = [(variant("M", &RED_M), product(7, None, &[]))];
    assert_eq!(judged(&alone), (Vec::new(), None));
    let plain =
        [(variant("M", &[]), product(7, None, &[])), (variant("L", &[]), product(8, None, &[]))];
    assert_eq!(judged(&plain), (Vec::new(), None), "a code that several share is no family");
    let hidden = TillProduct { active_pos: false, ..product(8, None, &[]) };
    let one_ready = [(variant("M", &RED_M), product(7, None, &[])), (variant("L", &RED_L), hidden)];
    assert_eq!(judged(&one_ready), (Vec::new(), None));
}

#[test]
fn a_variant_without_a_value_stays_out_and_the_others_are_a_family() {
    let all = [
        (variant("M", &RED_M), product(7, None, &[])),
        (variant("X", &[("Colour", "Red"), ("Size", " ")]), product(8, None, &[])),
        (variant("L", &RED_L), product(9, None, &[])),
    ];
    let (faults, wanted) = judged(&all);
    assert_eq!(faults, ["COAT: X has no Size"]);
    let present = Family { choices: Vec::new(), rows: vec![row(7, &[])] };
    assert_eq!(wanted.unwrap().joining(&present), [9]);
}

#[test]
fn what_a_till_could_not_tell_apart_is_not_written() {
    let all = [
        (variant("M", &RED_M), product(7, None, &[])),
        (variant("M2", &RED_M), product(8, None, &[])),
    ];
    assert_eq!(judged(&all), (vec!["COAT: M and M2 are both Red, M".to_owned()], None));
    let all = [
        (variant("M", &RED_M), product(7, Some(7), &[])),
        (variant("L", &RED_L), product(8, Some(3), &[])),
    ];
    let (faults, wanted) = judged(&all);
    assert_eq!(faults, ["COAT: its SKUs stand in families of Sitoo: 3, 7"]);
    assert_eq!(wanted, None);
}

#[test]
fn rows_that_orderwise_does_not_know_stay_as_they_are_or_stop_it() {
    let all = [
        (variant("M", &RED_M), product(7, Some(7), &[("Size", "M")])),
        (variant("L", &RED_L), product(8, None, &[])),
    ];
    let wanted = judged(&all).1.unwrap();
    let present = Family {
        choices: vec![choice("Size", &["XL", "M"]), choice("Colour", &["Blue"])],
        rows: vec![row(7, &["M", ""]), row(9, &["XL", "Blue"])],
    };
    let family = wanted.merge(&present, vec![row(8, &[])]).unwrap().unwrap();
    assert_eq!(family.rows[1], row(9, &["Blue", "XL"]), "in the order of the choices");
    assert_eq!(family.choices[0], choice("Colour", &["Blue", "Red"]));
    assert_eq!(family.choices[1], choice("Size", &["XL", "M", "L"]));
    let lacking = Family {
        choices: vec![choice("Size", &["XL", "M"])],
        rows: vec![row(7, &["M"]), row(9, &["XL"])],
    };
    let fault = wanted.merge(&lacking, Vec::new()).unwrap_err();
    assert_eq!(fault.detail, "COAT: P9 is in its family in Sitoo and has no Colour");
    let other =
        Family { choices: vec![choice("Pattern", &["Dots"])], rows: vec![row(7, &["Dots"])] };
    let fault = wanted.merge(&other, Vec::new()).unwrap_err();
    assert_eq!(fault.detail, "COAT: its family in Sitoo is also told by Pattern");
    let twin = Family {
        choices: vec![choice("Colour", &["Red"]), choice("Size", &["L"])],
        rows: vec![row(7, &["", ""]), row(9, &["Red", "L"])],
    };
    let fault = wanted.merge(&twin, vec![row(8, &[])]).unwrap_err();
    assert_eq!(fault.detail, "COAT: P9 and P8 are both Red, L in Sitoo");
}

#[test]
fn what_is_not_ready_stays_in_its_family() {
    let hidden = TillProduct { active_pos: false, ..product(8, Some(7), &RED_L) };
    let all = [
        (variant("M", &[("Colour", "Blue"), ("Size", "M")]), product(7, Some(7), &RED_M)),
        (variant("L", &RED_L), hidden),
    ];
    let wanted = judged(&all).1.unwrap();
    let present = Family {
        choices: vec![choice("Colour", &["Red"]), choice("Size", &["M", "L"])],
        rows: vec![row(7, &["Red", "M"]), row(8, &["Red", "L"])],
    };
    let family = wanted.merge(&present, Vec::new()).unwrap().unwrap();
    assert_eq!(family.rows, [row(7, &["Blue", "M"]), row(8, &["Red", "L"])]);
}
