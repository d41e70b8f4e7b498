use super::World;
use crate::{
    Quantity, VatRate,
    causes::Cause,
    fixtures::{
        discount, full_return, order, payment, pence, posted, row, sale, settle, variant, variants,
    },
    lookup::Variant,
    mapping::{Account, Mapping, MappingKind, MappingRow},
    posting::{faults::Faults, totals::check_draft},
    till::{TillOrder, TillRow},
};

/// Changes a good sale and its world in one way, and expects exactly one fault.
fn one_fault(
    change: impl FnOnce(&mut World, &mut TillOrder),
    cause: Cause,
    subject: &str,
    detail: &str,
) {
    let (mut world, mut order) = (World::new(), sale());
    change(&mut world, &mut order);
    let faults = world.faults(&order);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!((faults[0].cause, faults[0].subject.as_str()), (cause, subject));
    assert_eq!(faults[0].detail, detail);
}

/// As `one_fault`, with header and payments made to fit the changed rows.
fn one_row_fault(change: impl FnOnce(&mut TillRow), cause: Cause, subject: &str, detail: &str) {
    let settled = |_: &mut World, order: &mut TillOrder| {
        change(&mut order.rows[1]);
        settle(order);
    };
    one_fault(settled, cause, subject, detail);
}

#[test]
fn currency() {
    one_fault(
        |_, order| order.currency = "EUR".to_owned(),
        Cause::CurrencyNotOurs,
        "EUR",
        "'EUR' is not among the configured currencies.",
    );
    // A currency of the company is not yet that of the store's account.
    one_fault(
        |world, order| {
            world.policy.currencies.push("EUR".to_owned());
            order.currency = "EUR".to_owned();
        },
        Cause::CurrencyNotOurs,
        "EUR",
        "It is in EUR, and the account of Store 5 is kept in GBP.",
    );
    let (mut world, mut order) = (World::new(), sale());
    world.policy.currencies.push("EUR".to_owned());
    order.currency = "eur ".to_owned();
    let euro = MappingRow::new(MappingKind::Store, "5", "LEEDS currency=eur").unwrap();
    world.mapping.stores.extend(Mapping::from_rows([euro]).0.stores);
    order.warehouse_id = Some(5);
    assert_eq!(world.draft(&order).account, Account::Number("LEEDS".to_owned()));
    order.currency = "GBP".to_owned();
    assert_eq!(world.held(&order), [(Cause::CurrencyNotOurs, "GBP".to_owned())]);
}

#[test]
fn stores() {
    one_fault(
        |_, order| {
            order.warehouse_id = Some(8);
            order.store_name = Some("Hull".to_owned());
        },
        Cause::StoreUnmapped,
        "8",
        "Warehouse 8 (Hull) has no account.",
    );
    one_fault(
        |_, order| order.warehouse_id = None,
        Cause::StoreNotNamed,
        "S1-100",
        "The transaction names no warehouse.",
    );
}

#[test]
fn skus() {
    let shelf = |other: Variant| {
        move |world: &mut World, _: &mut TillOrder| {
            world.variants = variants([variant("COAT-M"), other]);
        }
    };
    one_fault(
        shelf(variant("HAT")),
        Cause::SkuUnmapped,
        "SOCKS",
        "'SOCKS' (SOCKS) is not a variant of OrderWise.",
    );
    one_fault(
        shelf(Variant { saleable: false, ..variant("SOCKS") }),
        Cause::SkuNotSaleable,
        "SOCKS",
        "'SOCKS' (SOCKS) is not saleable in OrderWise.",
    );
    one_fault(
        shelf(Variant { discontinued: true, ..variant("SOCKS") }),
        Cause::SkuDiscontinued,
        "SOCKS",
        "'SOCKS' (SOCKS) is discontinued in OrderWise.",
    );
    one_fault(
        |world, _| world.variants = variants(["COAT-M", "Socks", "socks"].map(variant)),
        Cause::SkuAmbiguous,
        "SOCKS",
        "'SOCKS' (SOCKS) could be any of 'Socks', 'socks'.",
    );
}

#[test]
fn rates() {
    one_fault(
        |world, _| {
            world.mapping.vat.remove(&VatRate::from_percent(20));
        },
        Cause::VatRateUnmapped,
        "20",
        "20 % (on 'COAT-M') has no tax rate id.",
    );
    let card = |order: &mut TillOrder| {
        let (sku, gift_card) = ("GIFT".to_owned(), true);
        order.rows[1] = TillRow { sku, gift_card, vat: pence(0), ..order.rows[1].clone() };
        settle(order);
    };
    one_fault(
        |world, order| {
            world.mapping.vat_gift_card = None;
            card(order);
        },
        Cause::VatRateUnmapped,
        "gift-card",
        "Gift cards have no tax rate id.",
    );
    one_fault(
        |_, order| order.rows[1].gift_card = true,
        Cause::GiftCardWithVat,
        "SOCKS",
        "Row 1 (SOCKS) is a gift card with 1.66 VAT.",
    );
}

#[test]
fn tenders() {
    one_fault(
        |_, order| {
            order.payments[0].name = "Bitcoin".to_owned();
            order.payments.push(payment("Bitcoin", 0));
        },
        Cause::TenderUnmapped,
        "Bitcoin",
        "'Bitcoin' (Bitcoin) has no payment method.",
    );
    one_fault(
        |_, order| {
            let amount = order.gross.pence();
            order.payments = vec![payment("Cash", amount + 500), payment("Card", -500)];
        },
        Cause::TenderAgainst,
        "Card",
        "'Card' moves 5.00 against the transaction.",
    );
    // The external id is the better key, where there is one.
    one_fault(
        |_, order| {
            order.payments[0].external_id = Some("PT7".to_owned());
            order.payments[0].name = "Bitcoin".to_owned();
        },
        Cause::TenderUnmapped,
        "PT7",
        "'PT7' (Bitcoin) has no payment method.",
    );
}

#[test]
fn totals() {
    one_fault(
        |_, order| {
            order.gross = pence(11_001);
            order.payments = vec![payment("Cash", 11_001)];
        },
        Cause::RowsDoNotAddUp,
        "S1-100",
        "Rows 110.00 + delivery 0.00 + fee 0.00 + rounding 0.00 are not the 110.01 to pay.",
    );
    one_fault(
        |_, order| order.payments = vec![payment("Cash", 11_001)],
        Cause::PaymentsDoNotAddUp,
        "S1-100",
        "Payments of 110.01 are not the 110.00 to pay.",
    );
    one_fault(
        |_, order| {
            order.delivery_gross = pence(-100);
            settle(order);
        },
        Cause::RowAmountSign,
        "delivery",
        "The delivery of -1.00 runs against the goods.",
    );
    one_fault(
        |_, order| {
            order.checkout_gross = pence(-100);
            settle(order);
        },
        Cause::RowAmountSign,
        "checkout-fee",
        "The checkout-fee of -1.00 runs against the goods.",
    );
    one_fault(
        |_, order| {
            order.rows.clear();
            order.round_off = pence(-1);
            order.rows.push(row(0, "SOCKS", 1, 0));
            settle(order);
            order.payments = vec![payment("Voucher", -1)];
        },
        Cause::RowAmountSign,
        "total",
        "The total of -0.01 runs against the goods.",
    );
}

#[test]
fn rows() {
    one_row_fault(
        |row| row.quantity = Quantity::ZERO,
        Cause::QuantityNotAllowed,
        "SOCKS",
        "Row 1 (SOCKS) has the quantity 0.",
    );
    one_row_fault(
        |row| (row.net, row.vat) = (pence(-2), pence(1)),
        Cause::RowAmountSign,
        "SOCKS",
        "Row 1 (SOCKS) has the quantity 2, but comes to -0.02 net and 0.01 VAT.",
    );
    one_row_fault(
        |row| {
            row.quantity = -row.quantity;
            (row.net, row.vat) = (-row.net, -row.vat);
        },
        Cause::MixedBasket,
        "S1-100",
        "Row 1 (SOCKS) goes against the other rows.",
    );
    one_row_fault(
        |row| row.product = false,
        Cause::RowTypeUnknown,
        "SOCKS",
        "Row 1 (SOCKS) is not a product row, although it has a SKU.",
    );
    one_row_fault(
        |row| (row.sku, row.name) = (" ".to_owned(), "Repair".to_owned()),
        Cause::RowTypeUnknown,
        "Repair",
        "Row 1 (Repair) has no SKU.",
    );
    one_row_fault(
        |row| {
            row.quantity = Quantity::from_thousandths(1);
            row.net = pence(i64::MAX / 4);
        },
        Cause::RowCannotBeSplit,
        "SOCKS",
        "Row 1 (SOCKS) cannot be priced: the unit price is too large.",
    );
    one_fault(
        |_, order| {
            order.rows.insert(0, TillRow { name: "10 % off".to_owned(), ..discount(9, -10) });
            settle(order);
        },
        Cause::RowTypeUnknown,
        "10 % off",
        "Row 9 (10 % off) is a discount without a product row above it.",
    );
    // A discount that is more than its product leaves a row below nothing.
    one_fault(
        |_, order| {
            order.rows.push(discount(2, -1_002));
            settle(order);
        },
        Cause::RowAmountSign,
        "SOCKS",
        "Row 1 (SOCKS) has the quantity 2, but comes to 0.00 net and -0.01 VAT.",
    );
}

#[test]
fn special_lines() {
    let rounded = |order: &mut TillOrder| {
        order.round_off = pence(2);
        settle(order);
    };
    one_fault(
        |world, order| {
            world.mapping.items.clear();
            rounded(order);
        },
        Cause::SpecialItemUnmapped,
        "round-off",
        "The line 'round-off' has no item of OrderWise.",
    );
    one_fault(
        |world, order| {
            world.mapping.vat.remove(&VatRate::ZERO);
            rounded(order);
        },
        Cause::SpecialItemUnmapped,
        "round-off",
        "The line 'round-off' has the item ROUND, but no rate-id.",
    );
    one_fault(
        |world, order| {
            world.mapping.items.get_mut("checkout-fee").unwrap().tax_rate_id = None;
            order.checkout_gross = pence(100);
            settle(order);
        },
        Cause::SpecialItemUnmapped,
        "checkout-fee",
        "The line 'checkout-fee' has the item FEE, but no rate-id.",
    );
}

#[test]
fn amounts_that_no_ledger_can_hold() {
    let mut back = full_return(&sale());
    back.net = pence(i64::MIN);
    let faults = World::after(posted(&sale())).faults(&back);
    assert_eq!((faults.len(), faults[0].cause), (1, Cause::RowsDoNotAddUp));
    assert_eq!(faults[0].detail, "An amount is too large.");
}

#[test]
fn a_posting_that_would_not_sum_to_the_tills_amount_is_not_sent() {
    let mut draft = World::new().draft(&sale());
    let mut faults = Faults::default();
    check_draft(&draft, &mut faults);
    assert!(faults.is_empty());
    draft.lines[0].unit_gross += pence(1);
    check_draft(&draft, &mut faults);
    let faults = faults.into_vec();
    assert_eq!(faults[0].cause, Cause::DraftDoesNotAddUp);
    assert_eq!(faults[0].detail, "The posting sums to 110.01, the till says 110.00.");
}

#[test]
fn all_at_once_each_once_and_in_the_same_order() {
    let mut world = World::new();
    world.mapping.vat.clear();
    let mut order = order(
        7,
        vec![
            row(0, "NO-1", 1, 500),
            row(1, "NO-2", 1, 600),
            row(2, "NO-1", 2, 700),
            row(3, "SOCKS", 0, 0),
        ],
    );
    order.currency = "SEK".to_owned();
    order.warehouse_id = Some(77);
    order.round_off = pence(1);
    order.gross = pence(2_000);
    order.payments = vec![payment("Beads", 100), payment("Beads", 1)];
    let reference = order.reference.to_string();
    let expected = [
        (Cause::CurrencyNotOurs, "SEK"),
        (Cause::StoreUnmapped, "77"),
        (Cause::QuantityNotAllowed, "SOCKS"),
        (Cause::SkuUnmapped, "NO-1"),
        (Cause::VatRateUnmapped, "20"),
        (Cause::SkuUnmapped, "NO-2"),
        (Cause::SpecialItemUnmapped, "round-off"),
        (Cause::RowsDoNotAddUp, reference.as_str()),
        (Cause::PaymentsDoNotAddUp, reference.as_str()),
        (Cause::TenderUnmapped, "Beads"),
    ];
    let expected = expected.map(|(cause, subject)| (cause, subject.to_owned()));
    for _ in 0..3 {
        assert_eq!(world.held(&order), expected);
    }
}
