use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Decision, World};
use crate::{
    Money, Quantity, Timestamp, VatRate,
    causes::Cause,
    draft::Draft,
    fixtures::{full_return, order, payment, pence, posted, row, sale, settle},
    lookup::{PostOrHold, TaxPolicy},
    split::line_amount,
    till::{TillOrder, TillRow},
};

/// A row that a till could ring up: whole or decimal quantity, any rate of the mapping.
fn sold_row() -> impl Strategy<Value = TillRow> {
    let quantity = prop_oneof![
        4 => (1..20_i64).prop_map(|units| units * 1_000),
        1 => 1..20_000_i64,
    ];
    let sku = prop_oneof![Just("COAT-M"), Just("socks"), Just(" GIFT")];
    let rate = prop_oneof![Just(20_i64), Just(5), Just(0)];
    (quantity, sku, rate, 0..100_000_i64).prop_map(|(quantity, sku, rate, gross)| {
        let vat = gross * rate / (100 + rate);
        TillRow {
            quantity: Quantity::from_thousandths(quantity),
            vat_rate: VatRate::from_percent(rate),
            net: pence(gross - vat),
            vat: pence(vat),
            ..row(0, sku, 1, gross)
        }
    })
}

/// A sale of up to seven rows, with delivery, fee, rounding and two tenders.
fn basket() -> impl Strategy<Value = TillOrder> {
    let rows = proptest::collection::vec(sold_row(), 1..8);
    let charges = (0..500_i64, prop_oneof![3 => Just(0_i64), 1 => 1..500_i64]);
    (rows, charges, prop_oneof![Just(0_i64), -2..=2_i64], 0..1_000_i64).prop_map(
        |(mut rows, (delivery, fee), rounding, cash)| {
            for (index, row) in (0..).zip(&mut rows) {
                row.index = index;
            }
            let mut order = order(100, rows);
            order.delivery_gross = pence(delivery);
            order.checkout_gross = pence(fee);
            order.round_off = pence(rounding);
            settle(&mut order);
            if order.gross.is_negative() {
                order.round_off = pence(0);
                settle(&mut order);
            }
            let cash = cash.min(order.gross.pence());
            order.payments[0].amount = order.gross - pence(cash);
            order.payments.push(payment("Cash", cash));
            order
        },
    )
}

fn sum(draft: &Draft, unit: impl Fn(&crate::draft::DraftLine) -> Money) -> Money {
    draft.lines.iter().map(|line| line_amount(line.quantity, unit(line)).unwrap()).sum()
}

/// What a draft moves per tax rate id, in pence; a return moves it back.
fn by_rate(draft: &Draft, sign: i64, totals: &mut BTreeMap<i64, i64>) {
    for line in &draft.lines {
        let amount = line_amount(line.quantity, line.unit_gross).unwrap().pence();
        *totals.entry(line.tax_rate_id).or_default() += sign * amount;
    }
}

proptest! {
    #[test]
    fn lines_and_payments_sum_to_the_tills_amounts(order in basket(), pinned in any::<bool>()) {
        let mut world = World::new();
        if pinned {
            world.policy.tax = TaxPolicy::PinTillTax;
        }
        let draft = world.draft(&order);
        prop_assert_eq!(sum(&draft, |line| line.unit_gross) + draft.delivery_gross, order.gross);
        prop_assert_eq!(draft.payments.iter().map(|p| p.amount).sum::<Money>(), order.gross);
        prop_assert!(draft.lines.iter().all(|line| line.quantity > Quantity::ZERO));
        prop_assert!((1..).zip(&draft.lines).all(|(number, line)| line.number == number));
        if pinned {
            let net = sum(&draft, |line| line.unit_net.unwrap());
            let beyond = order.net + order.round_off - net;
            prop_assert!((0..=order.delivery_gross.pence()).contains(&beyond.pence()));
        }
    }

    #[test]
    fn a_sale_and_its_full_return_are_zero_per_tax_rate(order in basket()) {
        let mut back = full_return(&order);
        back.delivery_gross = -order.delivery_gross;
        back.checkout_gross = -order.checkout_gross;
        back.round_off = -order.round_off;
        settle(&mut back);
        let sold = World::new().draft(&order);
        let returned = World::after(posted(&order)).draft(&back);
        let mut totals = BTreeMap::new();
        by_rate(&sold, 1, &mut totals);
        by_rate(&returned, -1, &mut totals);
        prop_assert!(totals.values().all(|total| *total == 0), "{totals:?}");
        prop_assert_eq!(sold.delivery_gross, returned.delivery_gross);
        prop_assert_eq!(sold.gross, returned.gross);
    }

    #[test]
    fn one_unit_more_than_was_sold_never_comes_back(order in basket(), at in any::<prop::sample::Index>()) {
        let mut back = full_return(&order);
        let at = at.index(back.rows.len());
        back.rows[at].quantity = back.rows[at].quantity - Quantity::from_thousandths(1);
        let decision = World::after(posted(&order)).decide(&back);
        prop_assert!(matches!(decision, Decision::Hold(_)), "{decision:?}");
    }
}

/// Things that can be wrong independently of each other, in the order in which faults are told.
type Spoil = (Cause, fn(&mut World, &mut TillOrder));
const SPOILS: [Spoil; 9] = [
    (Cause::CurrencyNotOurs, |_, order| order.currency = "SEK".to_owned()),
    (Cause::StoreUnmapped, |_, order| order.warehouse_id = Some(77)),
    (Cause::SkuUnmapped, |_, order| order.rows[0].sku = "NO-SUCH".to_owned()),
    (Cause::VatRateUnmapped, |world, _| world.mapping.vat.clear()),
    (Cause::ReturnWarehouseUnmapped, |_, order| order.rows[0].return_warehouse_id = Some(88)),
    (Cause::RowsDoNotAddUp, |_, order| order.rows[1].net += pence(-1)),
    (Cause::PaymentsDoNotAddUp, |_, order| order.payments[0].amount += pence(-1)),
    (Cause::TenderUnmapped, |_, order| order.payments[0].name = "Beads".to_owned()),
    (Cause::BlindReturn, |world, _| world.policy.blind_returns = PostOrHold::Hold),
];

proptest! {
    #[test]
    fn faults_are_told_all_at_once(spoilt in proptest::array::uniform9(any::<bool>())) {
        let (mut world, mut back) = (World::new(), full_return(&sale()));
        back.original_order_id = None;
        let spoils: Vec<_> =
            SPOILS.iter().zip(spoilt).filter(|(_, on)| *on).map(|(spoil, _)| spoil).collect();
        for (_, spoil) in &spoils {
            spoil(&mut world, &mut back);
        }
        let causes: Vec<_> = spoils.iter().map(|(cause, _)| *cause).collect();
        match world.decide(&back) {
            Decision::Hold(faults) => {
                prop_assert_eq!(faults.iter().map(|f| f.cause).collect::<Vec<_>>(), causes);
            }
            _ => prop_assert!(causes.is_empty()),
        }
    }
}

fn any_money() -> impl Strategy<Value = Money> {
    let limit = 1_000_000_000_000_i64;
    prop_oneof![-300..300_i64, -limit..=limit, any::<i64>()].prop_map(pence)
}

fn any_row() -> impl Strategy<Value = TillRow> {
    let sku = prop_oneof![Just(""), Just("SOCKS"), Just("nothing"), Just("GIFT")];
    let numbers = (any::<i64>(), any_money(), any_money());
    let quantity = prop_oneof![-3_000..3_000_i64, any::<i64>()];
    let rate = prop_oneof![Just("20"), Just("0"), Just("17.5")];
    let flags = (any::<bool>(), any::<bool>(), any::<Option<i64>>(), any::<Option<i64>>());
    (sku, numbers, quantity, rate, flags).prop_map(
        |(sku, (index, net, vat), quantity, rate, (product, gift_card, original, warehouse))| {
            TillRow {
                index: index % 3,
                product,
                quantity: Quantity::from_thousandths(quantity),
                vat_rate: rate.parse().unwrap(),
                net,
                vat,
                gift_card,
                original_index: original.map(|index| index % 3),
                return_warehouse_id: warehouse,
                reason_code: Some("faulty".to_owned()).filter(|_| product),
                ..row(0, sku, 1, 0)
            }
        },
    )
}

fn any_order() -> impl Strategy<Value = TillOrder> {
    let rows = proptest::collection::vec(any_row(), 0..5);
    let payments = proptest::collection::vec((any_money(), any::<bool>()), 0..4);
    let money = proptest::array::uniform6(any_money());
    let ids = (any::<Option<i64>>(), any::<Option<i64>>(), any::<i64>());
    (rows, payments, money, ids).prop_map(|(rows, payments, money, ids)| {
        let mut order = order(1, Vec::new());
        order.rows = rows;
        [order.net, order.vat, order.gross] = [money[0], money[1], money[2]];
        [order.round_off, order.delivery_gross, order.checkout_gross] =
            [money[3], money[4], money[5]];
        order.payments = payments
            .into_iter()
            .map(|(amount, card)| payment(if card { "Card" } else { "Cash" }, amount.pence()))
            .collect();
        (order.original_order_id, order.order_date) = (ids.1, Timestamp::from_micros(ids.2));
        order.warehouse_id = ids.0.map(|_| 5);
        order
    })
}

proptest! {
    #[test]
    fn nothing_that_a_till_could_write_makes_it_panic(
        order in any_order(),
        original in any_order(),
        pinned in any::<bool>(),
    ) {
        let mut world = World::after(posted(&original));
        if pinned {
            world.policy.tax = TaxPolicy::PinTillTax;
        }
        let first = world.decide(&order);
        prop_assert_eq!(&first, &world.decide(&order));
        if let Decision::Hold(faults) = &first {
            prop_assert!(!faults.is_empty());
        }
    }
}
