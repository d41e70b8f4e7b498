use super::{World, lines};
use crate::{
    Quantity, Timestamp, VatRate,
    draft::{DraftPayment, LineOrigin},
    entry::EntryKind,
    fixtures::{discount, order, payment, pence, row, sale, settle},
    mapping::{Account, MappingKind, MappingRow},
    till::{TillOrder, TillRow},
};

#[test]
fn a_sale_in_the_words_of_orderwise() {
    let mut order = sale();
    order.staff = Some("1042".to_owned());
    order.partner_order_id = Some(99);
    order.shopper.email = "a@example.com".to_owned();
    let draft = World::new().draft(&order);
    assert_eq!(draft.reference, order.reference);
    assert_eq!(draft.kind, EntryKind::Sale);
    assert_eq!(draft.account, Account::Number("LEEDS".to_owned()));
    assert_eq!((draft.session_id, draft.delivery_method_id), (Some(3), Some(6)));
    assert_eq!(draft.original, None);
    assert_eq!(
        draft.instructions,
        "Receipt SII000000150000110009; Staff 1042; Exchange with S1-99"
    );
    assert_eq!((draft.net, draft.tax, draft.gross), (order.net, order.vat, order.gross));
    assert_eq!(draft.shopper, order.shopper);
    let expected = [("1", "COAT-M", 9_999), ("1", "SOCKS", 500), ("1", "SOCKS", 501)];
    let expected = expected.map(|(q, code, unit)| (q.to_owned(), code, unit, None));
    assert_eq!(lines(&draft), expected);
    let numbers: Vec<_> = draft.lines.iter().map(|line| (line.number, line.origin)).collect();
    let origins = [LineOrigin::Row(0), LineOrigin::Row(1), LineOrigin::Row(1)];
    assert_eq!(numbers, [(1, origins[0]), (2, origins[1]), (3, origins[2])]);
    for line in &draft.lines {
        assert_eq!((line.tax_rate_id, line.stock_location_id), (1, Some(4)));
        assert!(line.return_to_stock);
    }
    let (amount, reference) = (order.gross, "Card".to_owned());
    assert_eq!(draft.payments, [DraftPayment { payment_method_id: 11, amount, reference }]);
}

#[test]
fn the_date_is_the_tills_own_clock() {
    // 2026-03-29 00:59:59 UTC, a second before British clocks go forward.
    let last_second = Timestamp::from_seconds(1_774_745_999);
    let dated = |at, till: Option<&str>, store: Option<&str>, default: &str| {
        let (mut world, mut order) = (World::new(), sale());
        order.order_date = at;
        order.time_zone = till.map(str::to_owned);
        world.mapping.stores.get_mut(&5).unwrap().time_zone = store.map(str::to_owned);
        world.policy.default_time_zone = default.to_owned();
        world.draft(&order).order_date
    };
    let next = Timestamp::from_seconds(1_774_746_000);
    let london = "Europe/London";
    assert_eq!(dated(last_second, Some(london), None, "UTC"), "2026-03-29T00:59:59");
    assert_eq!(dated(next, Some(london), None, "UTC"), "2026-03-29T02:00:00");
    assert_eq!(dated(next, Some("Mars"), Some("Europe/Stockholm"), london), "2026-03-29T03:00:00");
    assert_eq!(dated(next, None, None, london), "2026-03-29T02:00:00");
    assert_eq!(dated(next, Some(""), None, "nowhere"), "2026-03-29T01:00:00");
}

#[test]
fn discounts_fold_into_their_product() {
    let mut to_zero = order(
        1,
        vec![
            row(0, "COAT-M", 1, 9_000),
            discount(1, -900),
            discount(2, -8_100),
            row(3, "SOCKS", 2, 1_000),
            discount(4, -400),
        ],
    );
    to_zero.payments = vec![payment("Cash", 600)];
    let draft = World::new().draft(&to_zero);
    let expected = [("1", "COAT-M", 0), ("2", "SOCKS", 300)];
    assert_eq!(lines(&draft), expected.map(|(q, code, unit)| (q.to_owned(), code, unit, None)));
}

#[test]
fn a_zero_value_sale_has_lines_and_no_payment() {
    let free = order(1, vec![row(0, "COAT-M", 1, 0)]);
    let draft = World::new().draft(&free);
    assert_eq!((draft.lines.len(), draft.payments.len()), (1, 0));
    assert!(draft.gross.is_zero());
}

#[test]
fn decimal_quantities_stay_decimal() {
    let cloth = TillRow { quantity: Quantity::from_thousandths(1_250), ..row(0, "SOCKS", 1, 499) };
    let draft = World::new().draft(&order(1, vec![cloth]));
    assert_eq!(lines(&draft), [("1.25".to_owned(), "SOCKS", 399, None)]);
}

#[test]
fn rounding_fee_and_delivery() {
    let mut order = sale();
    order.round_off = pence(-2);
    order.delivery_gross = pence(495);
    order.checkout_gross = pence(100);
    settle(&mut order);
    let draft = World::new().draft(&order);
    assert_eq!(draft.delivery_gross, pence(495));
    let special: Vec<_> = draft.lines[3..]
        .iter()
        .map(|l| (l.origin, l.variant_code.as_str(), l.unit_gross.pence(), l.tax_rate_id))
        .collect();
    assert_eq!(
        special,
        [(LineOrigin::CheckoutFee, "FEE", 100, 1), (LineOrigin::RoundOff, "ROUND", -2, 3)]
    );
    assert_eq!(draft.lines.last().unwrap().number, 5);
}

fn gift_card() -> TillRow {
    let row = row(0, "GIFT", 1, 5_000);
    TillRow { gift_card: true, vat_rate: VatRate::ZERO, net: pence(5_000), vat: pence(0), ..row }
}

#[test]
fn gift_cards_are_a_liability_without_vat() {
    let mut world = World::new();
    let sold = order(1, vec![gift_card()]);
    let line = &world.draft(&sold).lines[0];
    assert_eq!((line.variant_code.as_str(), line.tax_rate_id), ("GIFT", 9));
    // One item for all of them, where the mapping names it; then their own SKU does not matter.
    let item = MappingRow::new(MappingKind::Item, "gift-card", "LIABILITY").unwrap();
    world.mapping.items.extend(crate::mapping::Mapping::from_rows([item]).0.items);
    let unknown = order(1, vec![TillRow { sku: "G-25".to_owned(), ..gift_card() }]);
    let line = &world.draft(&unknown).lines[0];
    assert_eq!((line.variant_code.as_str(), line.tax_rate_id), ("LIABILITY", 9));
    world.mapping.items.get_mut("gift-card").unwrap().tax_rate_id = Some(12);
    assert_eq!(world.draft(&unknown).lines[0].tax_rate_id, 12);
}

fn paid(order: &mut TillOrder, payments: &[(&str, i64)]) {
    order.payments = payments.iter().map(|(name, amount)| payment(name, *amount)).collect();
}

/// Method, amount and reference of each payment.
fn tenders(order: &TillOrder) -> Vec<(i64, i64, String)> {
    let payments = World::new().draft(order).payments;
    payments.into_iter().map(|p| (p.payment_method_id, p.amount.pence(), p.reference)).collect()
}

#[test]
fn several_tenders_and_those_that_are_no_money_here() {
    let mut order = sale();
    paid(&mut order, &[("Card", 5_000), (" CASH ", 2_000), ("Voucher", 1_000), ("Swap", 3_000)]);
    order.payments[0].reference = Some("psp-1".to_owned());
    // An exchange's other half is no money, mapped or not; nor is nothing.
    order.payments[3].virtual_payment = true;
    order.payments.push(payment("Beads", 0));
    let expected = [(11, 5_000, "psp-1".to_owned()), (12, 2_000, " CASH ".to_owned())];
    assert_eq!(tenders(&order), expected);
}

#[test]
fn the_external_id_of_a_tender_counts_before_its_name() {
    let mut order = sale();
    order.payments[0].external_id = Some("Cash".to_owned());
    assert_eq!(tenders(&order)[0].0, 12);
    order.payments[0].external_id = Some("not mapped".to_owned());
    assert_eq!(tenders(&order)[0].0, 11);
}

#[test]
fn change_reduces_what_the_same_method_took() {
    let mut order = sale();
    paid(&mut order, &[("Cash", 10_000), ("Card", 3_000), ("Cash", -2_000)]);
    let expected = [(12, 8_000, "Cash".to_owned()), (11, 3_000, "Card".to_owned())];
    assert_eq!(tenders(&order), expected);
    paid(&mut order, &[("Card", 11_000), ("Cash", 500), ("Cash", -500)]);
    assert_eq!(tenders(&order), [(11, 11_000, "Card".to_owned())]);
}
