use super::{Spans, StoreClock, day_of};
use crate::{
    Timestamp,
    fixtures::sale,
    reconcile::{
        policy::{DayPolicy, PeriodDate, ZDay},
        witness::{BookEntry, Day, LocalTime, ZCash, ZPractice, ZReport, ZSide},
    },
    time::TimeOfDay,
};

fn at(utc: &str) -> Timestamp {
    utc.parse::<jiff::Timestamp>().unwrap().into()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn london() -> StoreClock {
    StoreClock::new("Europe/London", TimeOfDay::hour(4))
}

#[test]
fn a_moment_belongs_to_the_day_of_its_store() {
    for (moment, expected) in [
        ("2026-11-24T12:00:00Z", "2026-11-24"),
        // A till that closes after midnight still belongs to the evening.
        ("2026-11-25T00:30:00Z", "2026-11-24"),
        ("2026-11-25T03:59:59Z", "2026-11-24"),
        ("2026-11-25T04:00:00Z", "2026-11-25"),
        // Summer time: four o'clock is three in UTC.
        ("2026-07-01T02:59:59Z", "2026-06-30"),
        ("2026-07-01T03:00:00Z", "2026-07-01"),
        // The clocks go forward on 29 March and back on 25 October.
        ("2026-03-29T02:59:59Z", "2026-03-28"),
        ("2026-03-29T03:00:00Z", "2026-03-29"),
        ("2026-10-25T03:59:59Z", "2026-10-24"),
        ("2026-10-25T04:00:00Z", "2026-10-25"),
        ("2027-01-01T01:00:00Z", "2026-12-31"),
    ] {
        assert_eq!(london().day_of(at(moment)), day(expected), "{moment}");
    }
}

#[test]
fn days_have_no_hole_and_do_not_overlap_at_any_hour() {
    for hour in 0..24 {
        let clock = StoreClock::new("Europe/London", TimeOfDay::hour(hour));
        for first in ["2026-03-27", "2026-10-23"] {
            let mut today = day(first);
            for _ in 0..5 {
                let (begin, end) = clock.bounds(today);
                assert_eq!(end, clock.begin(today.next()));
                assert_eq!(clock.day_of(begin), today, "{hour} {today}");
                assert_eq!(clock.day_of(Timestamp::from_micros(end.micros() - 1)), today);
                today = today.next();
            }
        }
    }
    let (begin, end) = london().bounds(day("2026-03-28"));
    assert_eq!(end.since(begin), std::time::Duration::from_hours(23));
    let (begin, end) = london().bounds(day("2026-10-24"));
    assert_eq!(end.since(begin), std::time::Duration::from_hours(25));
}

#[test]
fn dates_of_orderwise_follow_the_same_rule() {
    for (local, expected) in [
        ("2026-11-24T23:59:59", "2026-11-24"),
        ("2026-11-25T00:30:00", "2026-11-24"),
        ("2026-11-25T04:00:00", "2026-11-25"),
    ] {
        let local: LocalTime = local.parse().unwrap();
        assert_eq!(london().day_of_local(local), day(expected), "{local}");
    }
    let paris = StoreClock::new("Europe/Paris", TimeOfDay::hour(0));
    assert_eq!(paris.day_of(at("2026-11-24T23:30:00Z")), day("2026-11-25"));
    let nowhere = StoreClock::new("Not/AZone", TimeOfDay::hour(0));
    assert_eq!(nowhere.day_of(at("2026-11-24T23:30:00Z")), day("2026-11-24"));
}

fn report(number: i64, opened: Option<&str>, closed: &str) -> ZReport {
    let side = ZSide::default;
    ZReport {
        register_id: "{R1}".to_owned(),
        number,
        register_key: None,
        store_external_id: None,
        store_name: None,
        opened_at: opened.map(at),
        closed_at: at(closed),
        added_at: at(closed),
        currency: "GBP".to_owned(),
        sales: side(),
        not_delivered: side(),
        refunds: side(),
        round_off: crate::Money::ZERO,
        receipts: None,
        practice: ZPractice::default(),
        cash: ZCash::default(),
        grand_totals: None,
    }
}

#[test]
fn spans_follow_each_other() {
    let reports = [
        report(8, None, "2026-11-24T18:00:00Z"),
        report(7, Some("2026-11-24T08:00:00Z"), "2026-11-24T12:00:00Z"),
        report(7, Some("2026-11-24T08:00:00Z"), "2026-11-24T12:00:00Z"),
        // Its clock says that it was opened before the one before was closed.
        report(9, Some("2026-11-24T17:00:00Z"), "2026-11-25T01:00:00Z"),
    ];
    let spans = Spans::of(&reports, &london(), ZDay::Closing);
    let number = |moment: &str| spans.at("{R1}", at(moment)).map(|span| span.report.number);
    for (moment, expected) in [
        ("2026-11-24T07:59:59Z", None),
        ("2026-11-24T08:00:00Z", Some(7)),
        ("2026-11-24T12:00:00Z", Some(7)),
        ("2026-11-24T12:00:01Z", Some(8)),
        ("2026-11-24T17:30:00Z", Some(8)),
        ("2026-11-24T18:00:01Z", Some(9)),
        ("2026-11-25T01:00:00Z", Some(9)),
        ("2026-11-25T01:00:01Z", None),
    ] {
        assert_eq!(number(moment), expected, "{moment}");
    }
    assert!(spans.at("{R2}", at("2026-11-24T09:00:00Z")).is_none());
    assert!(spans.all().all(|span| span.day == day("2026-11-24")));
    // An old till that does not tell when it was opened: from the beginning of the day.
    let old = [report(1, None, "2026-11-24T18:00:00Z")];
    let spans = Spans::of(&old, &london(), ZDay::Closing);
    assert_eq!(spans.of_register("{R1}")[0].from, at("2026-11-24T04:00:00Z"));
}

#[test]
fn three_dates_and_one_of_them_drives_the_period() {
    let over_two = [report(5, Some("2026-11-24T20:00:00Z"), "2026-11-25T20:00:00Z")];
    let mut entry = BookEntry::of(&sale(), at("2026-11-26T09:00:00Z"));
    entry.register_id = Some("{R1}".to_owned());
    entry.order_date = at("2026-11-24T21:00:00Z");
    for (period_date, z_day, posted, expected) in [
        (PeriodDate::Till, ZDay::Closing, None, "2026-11-24"),
        (PeriodDate::Posting, ZDay::Closing, Some("2026-11-26T09:00:00Z"), "2026-11-26"),
        (PeriodDate::Posting, ZDay::Closing, None, "2026-11-24"),
        (PeriodDate::ZReport, ZDay::Closing, None, "2026-11-25"),
        (PeriodDate::ZReport, ZDay::Opening, None, "2026-11-24"),
    ] {
        let policy = DayPolicy { period_date, z_day, ..DayPolicy::default() };
        let spans = Spans::of(&over_two, &london(), z_day);
        entry.posted_at = posted.map(at);
        assert_eq!(day_of(&entry, &spans, &london(), &policy), day(expected), "{period_date}");
    }
    entry.register_id = Some("{without}".to_owned());
    let policy = DayPolicy { period_date: PeriodDate::ZReport, ..DayPolicy::default() };
    let spans = Spans::of(&over_two, &london(), ZDay::Closing);
    assert_eq!(day_of(&entry, &spans, &london(), &policy), day("2026-11-24"));
}
