//! Proposals over small shops.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Candidate, Confidence, DELIVERY_METHODS, ExportOffer, PACK, PAYMENT_METHODS, Proposed,
    STOCK_LOCATIONS, Seen, StoreAccount, by_name, near_codes, paid_by, propose,
};
use crate::{
    VatRate,
    audit::{Register, Site, Store, Usage, Used, Warehouse},
    catalogue::{FullVariant, ProductGroup},
    lookup::Variant,
    mapping::MappingKind,
};

fn used(name: &str) -> Used {
    Used { name: name.to_owned(), times: 3, ..Used::default() }
}

fn list(values: &[(i64, &str)]) -> BTreeMap<i64, String> {
    values.iter().map(|(id, name)| (*id, (*name).to_owned())).collect()
}

fn variant(sku: &str, rate_id: i64, percent: i64, description: &str) -> FullVariant {
    let bare = Variant {
        sku: sku.to_owned(),
        variant_id: 1,
        tax_rate_id: Some(rate_id),
        saleable: true,
        discontinued: false,
    };
    FullVariant {
        tax_rate: VatRate::from_thousandths(percent * 1_000),
        tax_code: Some(format!("T{rate_id}")),
        description: description.to_owned(),
        ..FullVariant::of(bare)
    }
}

fn warehouse(id: i64, name: &str, store_id: Option<i64>) -> Warehouse {
    Warehouse { id, name: name.to_owned(), store_id, kind: 10 }
}

/// Two stores, one with an account of another name.
fn shop() -> Seen {
    let store = |id, name: &str, external: &str| Store {
        id,
        name: name.to_owned(),
        external_id: external.to_owned(),
    };
    let register = |warehouse| Register {
        id: format!("R{warehouse}"),
        key: None,
        warehouse_id: Some(warehouse),
    };
    let account = |id, number: &str, name: &str| StoreAccount {
        id,
        number: number.to_owned(),
        name: name.to_owned(),
    };
    let mut usage = Usage::default();
    for (key, name) in [("cash", "Cash"), ("kort", "Debit card"), ("link", "Pay by Link")] {
        usage.payments.insert(key.to_owned(), used(name));
    }
    usage.vat.insert(20_000, used("20"));
    usage.vat.insert(5_000, used("5"));
    usage.reasons.insert("ret-fault".to_owned(), used("RET-FAULT"));
    usage.reasons.insert("ret-size".to_owned(), used("RET-SIZE"));
    usage.skus.insert("TEE RED M".to_owned(), used("TEE RED M"));
    usage.skus.insert("nobody".to_owned(), used("nobody"));
    usage.rounded_off = used("");
    Seen {
        site: Some(Site::default()),
        stores: vec![store(1, "Leeds", "100"), store(2, "Bath", "200")],
        warehouses: vec![
            warehouse(5, "Leeds", Some(1)),
            warehouse(6, "Bath", Some(2)),
            warehouse(40, "Central warehouse", None),
            warehouse(41, "Leeds reclaims", Some(1)),
        ],
        registers: vec![register(5), register(6)],
        groups: vec![ProductGroup {
            vat_id: 2,
            percent: VatRate::from_thousandths(20_000).unwrap(),
            group_type: 10,
            name: "Goods".to_owned(),
        }],
        usage,
        lists: BTreeMap::from([
            (STOCK_LOCATIONS, list(&[(31, "LEEDS"), (32, "Bath Shop"), (40, "Central warehouse")])),
            (DELIVERY_METHODS, list(&[(1, "Taken away"), (2, "Home delivery")])),
            (PAYMENT_METHODS, list(&[(1, "Cash"), (2, "Card payments")])),
        ]),
        accounts: vec![account(9, "STORE-LEE", "Leeds"), account(8, "200", "West Country")],
        variants: vec![
            variant("TEE-RED-M", 1, 20, "Tee, red"),
            variant("ROUND", 3, 0, "Cash rounding"),
        ],
        statuses: BTreeSet::from(["Completed".to_owned(), "Left the building, sent".to_owned()]),
        ..Seen::default()
    }
}

fn told(proposed: &Proposed, kind: MappingKind, key: &str) -> (String, Confidence) {
    let found = proposed.proposals.iter().find(|it| it.row.kind == kind && it.row.key == key);
    let found = found.unwrap_or_else(|| panic!("nothing for {kind} {key}: {proposed:#?}"));
    assert!(!found.reason.is_empty());
    (found.row.value_text(), found.confidence)
}

#[test]
fn where_home_deliveries_leave_from_is_left_open_where_nothing_tells() {
    let is_open = |seen: &Seen| propose(seen).open.iter().any(|one| one.key == "ships-from");
    assert!(!is_open(&shop()));
    let mut nowhere = shop();
    nowhere.warehouses.retain(|one| one.store_id.is_some());
    assert!(is_open(&nowhere));
}

#[test]
fn each_kind_is_proposed_with_what_speaks_for_it() {
    let proposed = propose(&shop());
    let cases = [
        (MappingKind::Payment, "cash", "method-id=1", Confidence::Certain),
        (MappingKind::Payment, "kort", "method-id=2", Confidence::Guess),
        (MappingKind::Vat, "20", "rate-id=1", Confidence::Certain),
        (
            MappingKind::Store,
            "5",
            "account=STORE-LEE location=31 delivery=1 name=Leeds ships-from=40",
            Confidence::Certain,
        ),
        (
            MappingKind::Store,
            "6",
            "account=200 location=32 delivery=1 name=Bath ships-from=40",
            Confidence::Likely,
        ),
        (MappingKind::Warehouse, "40", "location=40", Confidence::Certain),
        (MappingKind::Warehouse, "41", "location=31", Confidence::Guess),
        (MappingKind::Pickup, "200", "location=32", Confidence::Likely),
        (MappingKind::Reason, "ret-fault", "restock=no", Confidence::Likely),
        (MappingKind::Reason, "ret-size", "restock=yes", Confidence::Guess),
        (MappingKind::Item, "round-off", "code=ROUND rate-id=3", Confidence::Likely),
        (MappingKind::Delivery, "home", "method-id=2", Confidence::Likely),
        (MappingKind::Sku, "tee red m", "code=TEE-RED-M", Confidence::Likely),
        (MappingKind::Status, "Left the building, sent", "means=despatched", Confidence::Guess),
    ];
    for (kind, key, value, confidence) in cases {
        assert_eq!(told(&proposed, kind, key), (value.to_owned(), confidence), "{kind} {key}");
    }
}

#[test]
fn what_is_discontinued_is_no_replacement() {
    let mut seen = shop();
    for variant in &mut seen.variants {
        variant.variant.discontinued |= variant.variant.sku == "TEE-RED-M";
    }
    let proposed = propose(&seen);
    let is_tee = |key: &str| key == "tee red m";
    assert!(!proposed.proposals.iter().any(|it| is_tee(&it.row.key)), "{proposed:#?}");
    assert!(proposed.open.iter().any(|it| it.kind == MappingKind::Sku && is_tee(&it.key)));
}

#[test]
fn what_nothing_speaks_for_is_named_and_not_proposed() {
    let proposed = propose(&shop());
    let open = |kind, key: &str| proposed.open.iter().any(|it| it.kind == kind && it.key == key);
    assert!(open(MappingKind::Payment, "link"));
    assert!(open(MappingKind::Vat, "5"));
    assert!(open(MappingKind::Sku, "nobody"));
    assert!(!proposed.open.iter().any(|it| it.why.is_empty()));
    let both = |it: &super::Open| {
        proposed.proposals.iter().any(|one| one.row.kind == it.kind && one.row.key == it.key)
    };
    assert!(!proposed.open.iter().any(both), "open and proposed: {proposed:#?}");
}

#[test]
fn what_is_mapped_is_left_alone() {
    let mut seen = shop();
    let rows = propose(&seen).proposals.into_iter().map(|one| one.row);
    let (known, faults) = crate::mapping::Mapping::from_rows(rows);
    assert_eq!(faults, []);
    seen.known = known;
    assert_eq!(propose(&seen).proposals, []);
}

#[test]
fn the_same_name_twice_is_no_more_than_a_guess() {
    let offers = by_name("Card", [(1, "Card"), (2, "CARD"), (3, "Cash")]);
    assert!(offers.iter().all(|it| it.confidence == Confidence::Guess), "{offers:?}");
    assert_eq!(offers[0].value, "1");
    assert_eq!(by_name("Card", [(7, "card ")])[0].confidence, Confidence::Certain);
}

#[test]
fn a_gift_card_is_no_card() {
    let methods = [(1, "Card"), (2, "Gift vouchers")];
    let offers = paid_by(&["Giftcard"], &methods);
    assert_eq!(offers.first().map(|it| it.value.as_str()), Some("2"), "{offers:?}");
}

#[test]
fn codes_are_near_by_few_letters_only() {
    let codes = [("TEE-RED-M", ""), ("TEE-RED-L", ""), ("COAT", "")];
    let offers = near_codes("tee red m", codes);
    assert_eq!(offers[0].value, "TEE-RED-M");
    assert_eq!(offers[0].confidence, Confidence::Likely);
    assert!(offers[1..].iter().all(|it| it.confidence == Confidence::Guess));
    assert_eq!(near_codes("zz", codes), []);
}

#[test]
fn definitions_are_told_by_their_columns() {
    let all = |purpose: &str| {
        let (first, columns) = super::pack_of(purpose).unwrap();
        (first.to_owned(), columns.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>())
    };
    let mut candidates: Vec<Candidate> = (1..)
        .zip(PACK)
        .map(|(id, (purpose, ..))| {
            let (first, columns) = all(purpose);
            Candidate { id, asks_for: Some(first), columns: Some(columns) }
        })
        .collect();
    candidates.reverse();
    let strange = vec!["name".to_owned()];
    candidates.push(Candidate { id: 99, asks_for: None, columns: Some(strange) });
    let offers = ExportOffer::of(&candidates, &[]);
    let told: Vec<_> = offers.iter().map(|it| (it.purpose, it.id, it.confidence)).collect();
    let wanted: Vec<_> =
        (1..).zip(PACK).map(|(id, (purpose, ..))| (purpose, id, Confidence::Certain)).collect();
    assert_eq!(told, wanted);
    assert!(ExportOffer::of(&candidates, &PACK.map(|it| it.0)).is_empty());
}

#[test]
fn a_definition_without_rows_is_a_guess() {
    let silent =
        |id, first: &str| Candidate { id, asks_for: Some(first.to_owned()), columns: None };
    let offer = |candidates: &[Candidate], set: &[&str]| -> Vec<_> {
        let offers = ExportOffer::of(candidates, set).into_iter();
        offers.map(|it| (it.purpose, it.id, it.confidence)).collect()
    };
    let lookup = silent(7, "@reference");
    assert_eq!(
        offer(std::slice::from_ref(&lookup), &[]),
        [("order-lookup", 7, Confidence::Likely)]
    );
    // Which of two it is, nobody can tell.
    let from = silent(8, "@from");
    assert_eq!(offer(std::slice::from_ref(&from), &[]), []);
    assert_eq!(offer(&[lookup.clone(), silent(9, "@reference")], &[]), []);
    let last = offer(&[from], &["order-lines"]);
    assert_eq!(last, [("order-totals", 8, Confidence::Guess)]);
}
