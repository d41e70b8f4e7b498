use proptest::prelude::*;

use crate::alert::silence::{
    ALL_DAY, Counts, Judged, SLOTS, Silent, SoFar, Standing, Usual, among, judge, learn,
};

/// A store that sells `a_quarter` receipts a quarter of an hour from nine to six.
fn day(a_quarter: i64) -> Counts {
    let mut day = [0; SLOTS];
    day[36..72].fill(a_quarter);
    day
}

fn usual(a_quarter: i64) -> Usual {
    learn(&[day(a_quarter); 8]).unwrap()
}

/// The first minute after `latest` at which it is silent.
fn notices(usual: &Usual, today: &Counts, latest: i64) -> Option<i64> {
    (0..24 * 60).find(|minute| {
        let now = latest + minute * 60;
        judge(usual, &SoFar { today, latest: Some(latest), now, hours: ALL_DAY }).is_silent()
    })
}

#[test]
fn the_quicker_a_store_sells_the_sooner_its_silence_is_known() {
    let noon = 12 * 3_600;
    let after = |a_quarter| notices(&usual(a_quarter), &day(a_quarter), noon);
    // A receipt every half minute, every two minutes, every quarter of an hour.
    assert_eq!((after(30), after(8), after(1)), (Some(7), Some(22), Some(180)));
}

#[test]
fn nothing_is_missed_outside_opening_hours() {
    let evening = 17 * 3_600 + 3_590;
    assert_eq!(notices(&usual(30), &day(30), evening), None);
    let today = day(30);
    let so_far = |hours| SoFar { today: &today, latest: Some(43_200), now: 50_000, hours };
    assert!(judge(&usual(30), &so_far(ALL_DAY)).is_silent());
    assert!(!judge(&usual(30), &so_far((9 * 3_600, 43_260))).is_silent());
}

#[test]
fn a_slow_day_is_no_silence() {
    let noon = 12 * 3_600;
    let slow = notices(&usual(30), &day(10), noon).unwrap();
    assert!(slow > notices(&usual(30), &day(30), noon).unwrap() * 2, "{slow}");
}

#[test]
fn what_is_closed_or_new_has_no_pattern() {
    assert_eq!(learn(&[day(5), day(5)]), None);
    let mut mostly_closed = [day(0); 8];
    for at in [0, 3, 7] {
        mostly_closed[at] = day(5);
    }
    assert_eq!(learn(&mostly_closed), None);
}

#[test]
fn a_habit_of_the_store_is_no_silence_and_an_outage_no_habit() {
    let mut lunch = day(30);
    lunch[48..52].fill(0);
    let habit = learn(&[lunch; 8]).unwrap();
    assert!(notices(&habit, &day(30), 14 * 3_600).unwrap() > 60);
    let mut outage = [day(30); 8];
    outage[0] = lunch;
    assert_eq!(notices(&learn(&outage).unwrap(), &day(30), 14 * 3_600), Some(6));
}

fn standing(store: i64, has_begun: bool, surprise: i64) -> Standing {
    let judged = Judged { missing: 0, surprise, enough: 10_000, is_long: true };
    Standing { store, judged, has_begun, hours_known: false }
}

#[test]
fn a_store_that_has_not_begun_is_judged_by_the_others() {
    let nobody = Silent::Stores(vec![]);
    // A bank holiday: nobody has begun.
    let holiday = [standing(1, false, 15_000), standing(2, false, 15_000)];
    assert_eq!(among(&holiday, None), nobody);
    let alone = [standing(1, false, 15_000), standing(2, true, 0), standing(3, true, 0)];
    assert_eq!(among(&alone, None), Silent::Stores(vec![1]));
    assert_eq!(among(&[standing(1, false, 15_000)], None), nobody);
    assert_eq!(among(&[standing(1, false, 20_000)], None), Silent::Stores(vec![1]));
    let known = Standing { hours_known: true, ..standing(1, false, 15_000) };
    assert_eq!(among(&[known], None), Silent::Stores(vec![1]));
}

#[test]
fn one_cause_for_all_is_told_once() {
    let all = [standing(1, true, 15_000), standing(2, true, 9_000)];
    let together = Some(all[0].judged);
    assert_eq!(among(&all, together), Silent::All);
    assert_eq!(among(&all, None), Silent::Stores(vec![1]));
    assert_eq!(among(&all[..1], together), Silent::Stores(vec![1]));
}

proptest! {
    /// Waiting longer never makes a silence less surprising; a receipt always ends it.
    #[test]
    fn surprise_grows_with_silence(
        counts in proptest::collection::vec(0_i64..60, SLOTS),
        today in proptest::collection::vec(0_i64..60, SLOTS),
        latest in 0_i64..86_400, waits in 0_i64..40_000, more in 0_i64..40_000,
    ) {
        let day: Counts = counts.try_into().unwrap();
        let today: Counts = today.try_into().unwrap();
        if let Some(usual) = learn(&[day; 8]) {
            let at = |now| judge(&usual, &SoFar { today: &today, latest: Some(latest), now, hours: ALL_DAY });
            let (first, second) = (at(latest + waits), at(latest + waits + more));
            prop_assert!(second.surprise >= first.surprise && second.missing >= first.missing);
            prop_assert!(!at(latest).is_silent());
        }
    }
}
