use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Account, Mapping, MappingKind, MappingRow, PaymentMapping, ReasonMapping};
use crate::VatRate;

/// Kind, key, value text; the normal key and the fields they make.
type Written = (MappingKind, &'static str, &'static str, &'static str, Pairs);
type Pairs = &'static [(&'static str, &'static str)];

fn fields(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn values_are_read_as_people_write_them() {
    use MappingKind::{Item, Payment, Reason, Sku, Store, Vat, Warehouse};
    let cases: &[Written] = &[
        (Sku, " Abc-1 ", "XYZ 9", "abc-1", &[("code", "XYZ 9")]),
        (Sku, "a", "code=X=Y", "a", &[("code", "X=Y")]),
        (Sku, "a", "'code=X'", "a", &[("code", "code=X")]),
        (Sku, "a", "\"5\"\" PIPE\"", "a", &[("code", "5\" PIPE")]),
        (Sku, "a", "X=Y", "a", &[("code", "X=Y")]),
        (Vat, "20.0", "1", "20", &[("rate-id", "1")]),
        (Vat, "12.50 %", "rate-id=2", "12.5", &[("rate-id", "2")]),
        (Vat, "Gift-Card", "3", "gift-card", &[("rate-id", "3")]),
        (Payment, "Gift Card", "exclude=yes", "gift card", &[("exclude", "yes")]),
        (
            Store,
            "05",
            "LEEDS HIGH ST session=3",
            "5",
            &[("account", "LEEDS HIGH ST"), ("session", "3")],
        ),
        (
            Store,
            "5",
            "account='A  B' name=Leeds, High St zone=Europe/London",
            "5",
            &[("account", "A  B"), ("name", "Leeds, High St"), ("zone", "Europe/London")],
        ),
        (Store, "5", "account= LEEDS  session=", "5", &[("account", "LEEDS")]),
        (Warehouse, "7", "2", "7", &[("location", "2")]),
        (Reason, "RC1", "No location=9", "rc1", &[("restock", "No"), ("location", "9")]),
        (Item, "ROUND-OFF", "RND rate-id=3", "round-off", &[("code", "RND"), ("rate-id", "3")]),
    ];
    for (kind, key, value, normal, expected) in cases {
        let row = MappingRow::new(*kind, key, value).unwrap_or_else(|e| panic!("{value}: {e}"));
        assert_eq!((row.key.as_str(), &row.value), (*normal, &fields(expected)), "{value}");
    }
}

#[test]
fn what_cannot_be_used_is_refused_with_the_reason() {
    use MappingKind::{Item, Payment, Reason, Sku, Store, Vat, Warehouse};
    let cases = [
        (Sku, "", "X", "the key is empty"),
        (Sku, "a", "", "'code' is missing"),
        (Sku, "a", "'X", "a ' is missing at the end"),
        (Sku, "a", "'X'Y", "'Y' follows a quoted value without a blank"),
        (Sku, "a", "'X' Y", "'Y' follows a quoted value without being a field"),
        (Vat, "abc", "1", "'abc' is not a VAT rate in per cent"),
        (Vat, "20", "0", "'rate-id' must be an id, a whole number from 1, not '0'"),
        (Vat, "20", "T1", "'rate-id' must be an id, a whole number from 1, not 'T1'"),
        (Payment, "cash", "exclude=maybe", "'exclude' must be yes or no, not 'maybe'"),
        (Payment, "cash", "exclude=no", "'method-id' is missing, or 'exclude=yes'"),
        (Payment, "cash", "1 exclude=yes", "give 'method-id' or 'exclude=yes', not both"),
        (Store, "0", "A", "'0' is not a warehouse id of Sitoo, a whole number from 1"),
        (Store, "1", "session=1", "'account' is missing, or 'account-id'"),
        (Store, "1", "A account-id=2", "give 'account' or 'account-id', not both"),
        (Store, "1", "A currency=pounds", "'POUNDS' is not a currency code such as GBP"),
        (Store, "1", "A zone=Mars", "'Mars' is not a time zone such as Europe/London"),
        (
            Store,
            "1",
            "A sesion=1",
            "'sesion' is not a field of store; use account, account-id, \
            session, location, delivery, zone, name, ships-from, currency",
        ),
        (Store, "1", "A account=B", "'account' is given twice"),
        (Warehouse, "-1", "2", "'-1' is not a warehouse id of Sitoo, a whole number from 1"),
        (Reason, "x", "location=2", "'restock' is missing; say yes or no"),
        (
            Item,
            "tip",
            "X",
            "'tip' is not a special line; use round-off, checkout-fee, gift-card, \
            tax-rounding",
        ),
    ];
    for (kind, key, value, what) in cases {
        let fault = MappingRow::new(kind, key, value).unwrap_err();
        assert_eq!(fault.what, what, "{kind} {key} {value}");
    }
}

#[test]
fn rows_become_tables_and_a_bad_row_stops_only_itself() {
    let rows = [
        MappingRow::new(MappingKind::Sku, "A", "B"),
        MappingRow::new(MappingKind::Vat, "20", "1"),
        MappingRow::new(MappingKind::Vat, "gift-card", "9"),
        MappingRow::new(MappingKind::Payment, "Card", "2"),
        MappingRow::new(MappingKind::Payment, "Voucher", "exclude=yes"),
        MappingRow::new(MappingKind::Store, "5", "account-id=7 session=3 location=4"),
        MappingRow::new(MappingKind::Warehouse, "6", "8"),
        MappingRow::new(MappingKind::Reason, "Faulty", "no"),
        MappingRow::new(MappingKind::Item, "round-off", "RND"),
    ];
    let bad = [
        MappingRow { kind: MappingKind::Vat, key: "x".to_owned(), value: BTreeMap::new() },
        MappingRow {
            kind: MappingKind::Sku,
            key: " a".to_owned(),
            value: fields(&[("code", "C")]),
        },
        MappingRow {
            kind: MappingKind::Vat,
            key: "gift-card".to_owned(),
            value: fields(&[("rate-id", "8")]),
        },
    ];
    let rows = rows.into_iter().map(Result::unwrap).chain(bad);
    let (mapping, faults) = Mapping::from_rows(rows);
    assert_eq!(mapping.skus["a"], "B");
    assert_eq!(mapping.vat[&VatRate::from_percent(20)], 1);
    assert_eq!(mapping.vat_gift_card, Some(9));
    assert_eq!(mapping.payments["card"], PaymentMapping::Method(2));
    assert_eq!(mapping.payments["voucher"], PaymentMapping::Exclude);
    let store = &mapping.stores[&5];
    assert_eq!((&store.account, store.name.as_str()), (&Account::Id(7), "Store 5"));
    assert_eq!(mapping.warehouses[&6], 8);
    let expected = ReasonMapping { restock: false, stock_location_id: None };
    assert_eq!(mapping.reasons["faulty"], expected);
    assert_eq!(mapping.items["round-off"].code, "RND");
    let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(
        faults,
        [
            "vat x: 'x' is not a VAT rate in per cent",
            "sku  a: mapped twice; the first row counts",
            "vat gift-card: mapped twice; the first row counts",
        ]
    );
}

proptest! {
    #[test]
    fn text_reads_back(code in "[ -~£é]{1,20}", name in "\\PC{0,12}", session in 1_i64..) {
        prop_assume!(!code.trim().is_empty());
        let row = MappingRow::from_fields(MappingKind::Store, "1", [
            ("account".to_owned(), code),
            ("session".to_owned(), session.to_string()),
            ("name".to_owned(), name),
        ]).unwrap();
        let again = MappingRow::new(MappingKind::Store, "1", &row.value_text());
        prop_assert_eq!(again, Ok(row));
    }

    #[test]
    fn reading_never_panics(key in "\\PC{0,12}", value in "\\PC{0,30}") {
        for kind in MappingKind::ALL {
            let _ = MappingRow::new(kind, &key, &value);
        }
    }
}

#[test]
fn one_field_of_a_row_is_changed_and_the_others_stay() {
    let row =
        MappingRow::new(MappingKind::Store, "5", "account=LEEDS session=3 location=1").unwrap();
    let patched = row.patched("session=4").unwrap();
    assert_eq!(patched.value_text(), "account=LEEDS session=4 location=1");
    let by_id = patched.patched("account-id=12").unwrap();
    assert_eq!(by_id.value_text(), "account-id=12 session=4 location=1");
    assert!(row.patched("colour=red").is_err());
}
