//! Every table of the pack ties, over days with every kind of damage; a lost row shows.

use std::collections::BTreeMap;

use super::{
    Month,
    control::{self, Figure},
    facts::{Act, Certified, Facts, LateDay, Signed},
    pack::{Pack, pack},
    period::{
        DayStanding, LatePolicy, Obstacle, PeriodAct, PeriodState, StoreSpan, is_same_person,
        obstacles,
    },
    table::Cell,
    unsettled::{Carried, OpenPayments, TenderMoney, Unsettled},
};
use crate::{
    Money, Timestamp,
    reconcile::{
        Amounts, DayCause, DayResult,
        certificate::{Certificate, SignOff, key_of},
        tests::damaged_days,
        tolerance::RunningTotals,
        witness::Day,
    },
};

fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_792_000_000 + seconds)
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn certified(seq: i64, result: DayResult, sign_offs: Vec<SignOff>) -> Certified {
    let certificate = Certificate::new(result, sign_offs, &RunningTotals::default(), None);
    Certified { seq, at: moment(seq), fingerprint: certificate.hash.clone(), certificate }
}

/// A month of October whose days hold every kind of damage: one signed off, some tolerated.
fn facts() -> Facts {
    let month = month("2026-10");
    let mut days = Vec::new();
    for ((seq, of), mut result) in
        (1..).zip(month.days().collect::<Vec<_>>().into_iter().cycle()).zip(damaged_days())
    {
        // More kinds than days: the rest happens in a second store.
        (result.day, result.warehouse_id) = (of, 5 + (seq - 1) / 31);
        for difference in &mut result.differences {
            difference.tolerated = difference.cause == DayCause::TaxRounding;
        }
        let signs = seq % 5 == 0;
        let sign_off = signs.then(|| SignOff {
            at: moment(9),
            by: "Ada".to_owned(),
            reason: "agreed".to_owned(),
            differences: result.open().map(key_of).collect(),
        });
        days.push(certified(seq, result, sign_off.into_iter().collect()));
    }
    let late = LateDay { before: Some(days[0].clone()), now: days[1].clone() };
    let fresh = LateDay { before: None, now: days[2].clone() };
    Facts {
        month,
        state: PeriodState::Closed,
        late_policy: LatePolicy::NextPeriod,
        now: moment(100_000),
        acts: vec![Act {
            act: PeriodAct::Close,
            by: "Ada".to_owned(),
            reason: "October".to_owned(),
            at: moment(10),
        }],
        obstacles: Vec::new(),
        days,
        late: vec![late, fresh],
        after: Vec::new(),
        since: BTreeMap::new(),
        sign_offs: vec![Signed {
            store: 5,
            day: day("2026-10-05"),
            by: "Ada".to_owned(),
            reason: "agreed".to_owned(),
            at: moment(9),
            amounts: Amounts::untaxed(Money::from_pence(12)),
        }],
        unsettled: unsettled(),
    }
}

/// Two tenders of one provider in two stores, and another currency beside them.
fn unsettled() -> Unsettled {
    let pence = Money::from_pence;
    let tender = |currency: &str, tender: &str, store: i64, amounts: [i64; 5]| {
        let [opening, taken, settled, written_off, closing] = amounts.map(pence);
        let (provider, currency, tender) = ("adyen".into(), currency.into(), tender.into());
        let store = Some(store);
        TenderMoney {
            provider,
            currency,
            tender,
            store,
            opening,
            taken,
            settled,
            written_off,
            closing,
        }
    };
    let open = |currency: &str, store: i64, payments: i64, amount: i64| OpenPayments {
        provider: "adyen".into(),
        currency: currency.into(),
        store: Some(store),
        day: "2026-10-30".parse().unwrap(),
        payments,
        amount: pence(amount),
    };
    let carried = |currency: &str, opening: i64, closing: i64, open: i64| Carried {
        provider: "adyen".into(),
        currency: currency.into(),
        opening: pence(opening),
        closing: pence(closing),
        open,
    };
    Unsettled {
        tenders: vec![
            tender("GBP", "Card", 5, [1_000, 9_000, 8_500, 0, 1_500]),
            tender("GBP", "Contactless", 6, [0, 4_000, 3_000, 250, 750]),
            tender("EUR", "Card", 5, [0, 700, 700, 0, 0]),
        ],
        carried: vec![carried("GBP", 1_000, 2_250, 3), carried("EUR", 0, 0, 0)],
        open: vec![open("GBP", 5, 2, 1_500), open("GBP", 6, 1, 750)],
    }
}

fn unequal(pack: &Pack) -> Vec<String> {
    let wrong = pack.checks.iter().filter(|check| !check.equal);
    wrong.map(|check| format!("{}: {:?} {:?}", check.name, check.one, check.other)).collect()
}

#[test]
fn the_totals_of_every_table_tie_whatever_is_damaged() {
    let facts = facts();
    let pack = pack(&facts);
    assert_eq!(unequal(&pack), [""; 0]);
    assert!(pack.ties && pack.checks.len() > 30, "{}", pack.checks.len());
    // It is about something.
    let differences = pack.table("differences").unwrap();
    for stand in ["open", "signed off", "tolerated"] {
        assert!(differences.sum_of("differences", "stand", stand) > 0, "{stand}");
    }
    assert!(pack.table("vat").unwrap().sum_of("till_gross", "kind", "return") < 0);
    for (table, key) in [("tenders", "till_gross"), ("unsettled", "written_off")] {
        assert_ne!(pack.table(table).unwrap().sum(key), 0, "{table}");
    }
    let tenders = pack.table("tenders").unwrap();
    let parts = ["sale", "return"].map(|kind| tenders.sum_of("till_gross", "kind", kind));
    assert!(parts[0] > 0 && parts[1] < 0 && parts[0] + parts[1] == tenders.sum("till_gross"));
    assert_ne!(pack.table("late").unwrap().sum("till_gross"), 0);
    for table in &pack.tables {
        let wide = |row: &Vec<Cell>| row.len() == table.columns.len();
        assert!(table.rows.iter().all(wide), "{}", table.name);
    }
}

#[test]
fn a_row_that_is_lost_shows_on_the_control_sheet() {
    let facts = facts();
    let whole = pack(&facts);
    let names = ["summary", "stores", "vat", "tenders", "differences", "tolerated", "late"];
    for name in names.into_iter().chain(["unsettled", "unsettled-open"]) {
        let mut damaged = whole.clone();
        let table = damaged.tables.iter_mut().find(|table| table.name == name).unwrap();
        table.rows.remove(0);
        let checks = control::checks(&damaged, &facts);
        assert!(checks.iter().any(|check| !check.equal), "{name}");
    }
    let mut lost = facts.clone();
    lost.unsettled.carried.remove(0);
    assert!(!pack(&lost).ties, "a balance that was not carried");
    let mut changed = facts;
    changed.days[3].certificate.body.result.late += 1;
    let pack = pack(&changed);
    assert!(!pack.ties);
    assert_eq!(unequal(&pack).len(), 1);
    let check = pack.checks.iter().find(|check| !check.equal).unwrap();
    assert!(matches!(check.one, Figure::Count(_)));
    let sheet = &pack.tables[0];
    assert!(sheet.rows.iter().any(|row| row.last() == Some(&Cell::text("NOT EQUAL"))));
}

#[test]
fn a_month_has_its_days() {
    let february = month("2028-02");
    assert_eq!(february.days().count(), 29);
    assert_eq!(february.last(), day("2028-02-29"));
    assert_eq!(february.next().to_string(), "2028-03");
    assert_eq!(month("2027-01").previous().to_string(), "2026-12");
    assert!(february.holds(day("2028-02-01")) && !february.holds(day("2028-03-01")));
    for bad in ["2026-13", "2026-1", "2026-10-01", "October", ""] {
        assert!(bad.parse::<Month>().is_err(), "{bad}");
    }
}

#[test]
fn a_month_is_closed_when_every_day_that_is_owed_is() {
    let month = month("2026-10");
    let closed = DayStanding { closed: true, to_be_compared: false, open: 0, gross: Money::ZERO };
    // Store 5 trades all month, store 6 opened on the 30th.
    let stores = [
        StoreSpan { store: 5, first: Some(day("2026-01-02")) },
        StoreSpan { store: 6, first: Some(day("2026-10-30")) },
        StoreSpan { store: 7, first: Some(day("2026-11-02")) },
    ];
    let mut days: BTreeMap<(i64, Day), DayStanding> =
        month.days().map(|day| ((5, day), closed)).collect();
    days.insert((6, day("2026-10-30")), closed);
    days.insert((6, day("2026-10-31")), closed);
    let over = day("2026-11-05");
    assert_eq!(obstacles(month, &stores, &days, over), []);
    days.remove(&(6, day("2026-10-31")));
    let gross = Money::from_pence(-6_000);
    days.insert((5, day("2026-10-07")), DayStanding { closed: false, open: 2, gross, ..closed });
    days.insert((5, day("2026-10-08")), DayStanding { closed: false, ..closed });
    days.insert((5, day("2026-10-09")), DayStanding { to_be_compared: true, ..closed });
    let found = obstacles(month, &stores, &days, over);
    assert_eq!(
        found,
        [
            Obstacle::Differs { store: 5, day: day("2026-10-07"), differences: 2, gross },
            Obstacle::NotCompared { store: 5, day: day("2026-10-08") },
            Obstacle::ToBeCompared { store: 5, day: day("2026-10-09") },
            Obstacle::NotCompared { store: 6, day: day("2026-10-31") },
        ]
    );
    assert_eq!(found[0].to_string(), "store 5, 2026-10-07: 2 open differences, -60.00");
    let never = [StoreSpan { store: 8, first: None }];
    assert_eq!(obstacles(month, &never, &BTreeMap::new(), over).len(), 31);
}

#[test]
fn days_before_the_first_and_days_to_come_are_not_in_the_way() {
    let month = month("2026-10");
    let stores = [StoreSpan { store: 5, first: Some(day("2026-10-26")) }];
    let closed = DayStanding { closed: true, to_be_compared: false, open: 0, gross: Money::ZERO };
    let days = BTreeMap::from([((5, day("2026-10-26")), closed)]);
    let not_over = Obstacle::NotOver { last: day("2026-10-31") };
    let of = |over| obstacles(month, &stores, &days, day(over));
    assert_eq!(of("2026-10-26"), std::slice::from_ref(&not_over));
    assert_eq!(
        of("2026-10-27"),
        [Obstacle::NotCompared { store: 5, day: day("2026-10-27") }, not_over]
    );
    assert_eq!(of("2026-10-31").len(), 5);
}

#[test]
fn two_spellings_of_a_name_are_one_person() {
    assert!(is_same_person(" Ada  Lovelace", "ada lovelace "));
    assert!(!is_same_person("Ada", "Mo"));
}
