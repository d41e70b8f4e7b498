//! Rules over made-up days, and what always holds.

use std::collections::{BTreeMap, HashSet};

use proptest::prelude::*;

use super::{
    Barred, By, Day, Item, LineKind, Match, Movement, Rule, SettlementLine, Subject, built_in,
    compare, payouts, propose, roll, tokens,
};
use crate::Money;

fn day(n: i64) -> Day {
    "2026-10-01".parse::<Day>().unwrap().plus(n)
}

fn item(key: &str, on: i64, pence: i64, references: &[&str]) -> Item {
    Item {
        key: key.to_owned(),
        provider: "adyen".to_owned(),
        day: day(on),
        amount: Money::from_pence(pence),
        currency: "GBP".to_owned(),
        store: Some(5),
        references: references.iter().map(|&text| text.to_owned()).collect(),
    }
}

fn of(subject: Subject) -> Vec<Rule> {
    built_in().into_iter().filter(|rule| rule.subject == subject).collect()
}

/// The matches, by rule and keys.
fn matches(rules: &[Rule], left: &[Item], right: &[Item]) -> Vec<(String, String, String, bool)> {
    let all = propose(rules, left, right, &Barred::new());
    let keys = |items: &[Item], places: &[usize]| {
        let mut keys: Vec<&str> = places.iter().map(|&at| items[at].key.as_str()).collect();
        keys.sort_unstable();
        keys.join("+")
    };
    let told = all.iter().map(|one| {
        (one.rule.clone(), keys(left, &one.left), keys(right, &one.right), one.confirmed)
    });
    told.collect()
}

fn told(rule: &str, left: &str, right: &str, confirmed: bool) -> (String, String, String, bool) {
    (rule.to_owned(), left.to_owned(), right.to_owned(), confirmed)
}

#[test]
fn references_come_first_and_tell_a_sale_from_its_return() {
    let tills = [
        item("1", 0, 5_000, &["psp1"]),
        item("2", 1, -5_000, &["psp1"]),
        item("3", 0, 5_000, &["psp3"]),
        item("4", 0, 800, &["psp4"]),
    ];
    let lines = [
        item("b", 2, -5_000, &["psp1", "mod1"]),
        item("a", 0, 5_000, &["psp1"]),
        item("c", 0, 5_000, &["psp3"]),
        item("d", 0, 795, &["psp4"]),
    ];
    let expected = [
        told("reference", "1", "a", true),
        told("reference", "2", "b", true),
        told("reference", "3", "c", true),
        told("reference-other-amount", "4", "d", false),
    ];
    assert_eq!(matches(&of(Subject::Payments), &tills, &lines), expected);
}

#[test]
fn a_payment_settled_in_parts_waits_for_all_of_them() {
    let tills = [item("1", 0, 10_000, &["psp1"])];
    let first = item("a", 0, 6_000, &["psp1"]);
    let rest = item("b", 1, 4_000, &["psp1"]);
    let rules = of(Subject::Payments);
    assert_eq!(matches(&rules, &tills, std::slice::from_ref(&first)), []);
    assert_eq!(matches(&rules, &tills, &[first, rest]), [told("reference", "1", "a+b", true)]);
}

#[test]
fn a_word_that_everybody_bears_is_no_reference() {
    let many = |n: i64| item(&n.to_string(), 0, 100 + n, &["terminal-1"]);
    let tills: Vec<Item> = (0..30).map(many).collect();
    let rule = Rule { enabled: true, ..of(Subject::Payments)[0].clone() };
    assert_eq!(matches(&[rule], &tills, &tills), []);
}

#[test]
fn amounts_suggest_the_nearest_and_confirm_only_what_has_no_other() {
    let rule = Rule { confirms: true, ..Rule::new("amount") };
    let tills = [item("1", 0, 500, &[]), item("2", 2, 500, &[]), item("3", 0, 700, &[])];
    let lines = [item("a", 2, 500, &[]), item("b", 1, 700, &[]), item("c", 9, 500, &[])];
    let expected = [told("amount", "3", "b", true), told("amount", "2", "a", false)];
    assert_eq!(matches(&[rule], &tills, &lines), expected);
}

#[test]
fn a_stores_day_and_a_few_receipts_make_one_line() {
    let rules = of(Subject::Payments);
    let tills = [
        item("1", 0, 500, &[]),
        item("2", 0, 700, &[]),
        item("3", 1, 300, &[]),
        item("4", 1, 90, &[]),
    ];
    let day_total = [item("a", 1, 1_200, &[])];
    assert_eq!(matches(&rules, &tills, &day_total), [told("store-day-total", "1+2", "a", false)]);
    let some = [item("a", 1, 1_090, &[])];
    assert_eq!(matches(&rules, &tills, &some), [told("store-day-total", "2+3+4", "a", false)]);
    let elsewhere = Item { store: None, ..item("a", 1, 1_200, &[]) };
    assert_eq!(matches(&rules, &tills, &[elsewhere]), []);
}

#[test]
fn a_payout_comes_in_parts_or_with_others() {
    let rules = of(Subject::Bank);
    let payouts = [
        item("p1", 0, 9_000, &["tx12345", "tx12346"]),
        item("p2", 3, 4_000, &[]),
        item("p3", 3, 2_500, &[]),
    ];
    let bank = [
        item("b1", 1, 5_000, &["tx12345"]),
        item("b2", 2, 4_000, &["tx12346"]),
        item("b3", 4, 6_500, &[]),
    ];
    let expected =
        [told("bank-reference", "p1", "b1+b2", true), told("bank-total", "p2+p3", "b3", false)];
    assert_eq!(matches(&rules, &payouts, &bank), expected);
}

#[test]
fn what_a_person_undid_stays_apart() {
    let (tills, lines) = ([item("1", 0, 500, &["x1"])], [item("a", 0, 500, &["x1"])]);
    let barred = HashSet::from([("1".to_owned(), "a".to_owned())]);
    assert!(propose(&of(Subject::Payments), &tills, &lines, &barred).is_empty());
}

#[test]
fn rules_are_written_and_read_by_people() {
    let rule = Rule::new("mine").with("by", "total").and_then(|rule| rule.with("many", "9"));
    let rule = rule.and_then(|rule| rule.with("days", "2")).unwrap();
    assert_eq!((rule.by, rule.many, rule.days), (By::Total, 9, Some(2)));
    let mut fields = rule.fields().into_iter();
    let same = fields.try_fold(Rule::new("mine"), |rule, (field, value)| rule.with(field, &value));
    assert_eq!(same, Ok(rule.clone()));
    assert!(rule.clone().with("days", "any").unwrap().check().is_err(), "a total needs days");
    for (field, value) in [("many", "0"), ("by", "luck"), ("colour", "red"), ("confirms", "1")] {
        assert!(rule.clone().with(field, value).is_err(), "{field}={value}");
    }
    assert!(built_in().iter().all(|rule| rule.check().is_ok()));
}

#[test]
fn a_what_if_names_what_comes_goes_and_changes() {
    let one = |left: &str, rule: &str, confirmed| Match {
        rule: rule.to_owned(),
        confirmed,
        left: vec![left.to_owned()],
        right: vec!["a".to_owned()],
        amount: Money::ZERO,
        difference: Money::ZERO,
        currency: "GBP".to_owned(),
    };
    let before = vec![one("1", "r", true), one("2", "r", true), one("3", "r", false)];
    let after = vec![one("1", "r", true), one("3", "r", true), one("4", "s", false)];
    let found = compare(before, after);
    assert_eq!((found.same, found.matched[0].left[0].as_str()), (1, "4"));
    assert_eq!((found.unmatched[0].left[0].as_str(), found.changed[0].confirmed), ("2", true));
}

#[test]
fn statements_hold_references_among_their_words() {
    assert_eq!(tokens("ADYEN NV TX1234567XT batch 2, Payout"), ["tx1234567xt"]);
    assert_eq!(tokens("STRIPE po_1AbC2 STRIPE"), ["po_1abc2"]);
}

fn line(kind: LineKind, gross: i64, fee: i64) -> SettlementLine {
    SettlementLine {
        provider: "adyen".to_owned(),
        account: "Shop".to_owned(),
        payout: "7".to_owned(),
        kind,
        gross: Money::from_pence(gross),
        fee: Money::from_pence(fee),
        net: Money::from_pence(gross - fee),
        currency: "GBP".to_owned(),
        net_currency: "GBP".to_owned(),
        references: vec![],
        happened_at: None,
        day: day(0),
        payout_day: Some(day(2)),
        store: None,
        id: None,
    }
}

#[test]
fn a_payout_is_the_sum_of_its_lines_or_says_by_how_much_not() {
    use LineKind::{Chargeback, Fee, Payment, Payout, Refund, Reserve};
    let mut lines = vec![
        line(Payment, 5_000, 60),
        line(Refund, -1_000, 10),
        line(Chargeback, -2_000, 1_500),
        line(Fee, 0, 25),
        line(Reserve, 300, 0),
    ];
    let open = payouts(&lines);
    assert_eq!((open[0].amount.pence(), open[0].declared, open[0].lines), (705, false, 5));
    lines.push(line(Payout, -405, 0));
    lines.push(line(Payout, -300, 0));
    let paid = payouts(&lines);
    assert_eq!(
        (paid[0].amount.pence(), paid[0].difference(), paid[0].day),
        (705, Money::ZERO, day(2))
    );
    lines.push(line(Payment, 1, 0));
    assert_eq!(payouts(&lines)[0].difference().pence(), -1);
}

proptest! {
    #[test]
    fn nothing_is_matched_twice_and_the_order_of_arrival_is_nothing(
        tills in prop::collection::vec((0_i64..6, 1_i64..6, 0_u8..4), 0..40),
        lines in prop::collection::vec((0_i64..6, 1_i64..6, 0_u8..4), 0..40),
    ) {
        let make = |all: &[(i64, i64, u8)]| -> Vec<Item> {
            let items = all.iter().enumerate().map(|(n, (on, amount, reference))| {
                let reference = format!("r{reference}");
                item(&n.to_string(), *on, amount * 100, &[&reference])
            });
            items.collect()
        };
        let (left, right) = (make(&tills), make(&lines));
        let rules = of(Subject::Payments);
        let found = propose(&rules, &left, &right, &Barred::new());
        for side in [0, 1] {
            let places = found.iter().flat_map(|one| if side == 0 { &one.left } else { &one.right });
            let all: Vec<usize> = places.copied().collect();
            let once: HashSet<usize> = all.iter().copied().collect();
            prop_assert_eq!(all.len(), once.len());
        }
        for one in &found {
            let sum = |items: &[Item], places: &[usize]| -> Money {
                places.iter().map(|&at| items[at].amount).sum()
            };
            let rule = rules.iter().find(|rule| rule.name == one.rule).unwrap();
            prop_assert_eq!(one.difference, sum(&left, &one.left) - sum(&right, &one.right));
            prop_assert!(one.difference.pence().abs() <= rule.tolerance);
            prop_assert!(one.left.len() == 1 || one.right.len() == 1);
        }
        let (mut back_left, mut back_right) = (left.clone(), right.clone());
        back_left.reverse();
        back_right.reverse();
        prop_assert_eq!(matches(&rules, &left, &right), matches(&rules, &back_left, &back_right));
    }

    #[test]
    fn the_balance_is_the_sum_of_what_is_open(
        payments in prop::collection::vec((0_i64..20, 0_i64..30, -500_i64..5_000), 0..60),
    ) {
        // Taken on a day, settled or written off some days later, or never.
        let mut moved: BTreeMap<Day, Movement> = BTreeMap::new();
        for (taken, later, pence) in &payments {
            let on = moved.entry(day(*taken)).or_default();
            on.taken += Money::from_pence(*pence);
            on.taken_count += 1;
            if *later < 20 {
                let on = moved.entry(day(taken + later)).or_default();
                let given_up = later % 5 == 4;
                let amount = if given_up { &mut on.written_off } else { &mut on.settled };
                *amount += Money::from_pence(*pence);
                let count =
                    if given_up { &mut on.written_off_count } else { &mut on.settled_count };
                *count += 1;
            }
        }
        let mut before = Money::ZERO;
        for row in roll(&moved) {
            prop_assert_eq!(row.opening, before);
            let rolled = row.opening + row.taken - row.settled - row.written_off;
            prop_assert_eq!(row.closing, rolled);
            let open = payments.iter().filter(|(taken, later, _)| {
                day(*taken) <= row.day && (*later >= 20 || day(taken + later) > row.day)
            });
            let (count, sum) = open.fold((0, 0), |(count, sum), one| (count + 1, sum + one.2));
            prop_assert_eq!((row.open, row.closing.pence()), (count, sum));
            before = row.closing;
        }
    }
}
