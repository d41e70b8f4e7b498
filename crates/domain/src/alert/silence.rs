//! Silence: when is it no chance any more that a store sends nothing?
//!
//! Receipts come by chance, at a pace that is usual for the store, the day of the week and the
//! quarter of an hour. At a known pace the chance of none is e^-expected. The pace of today is not
//! known but guessed: from what is usual, and from how the last two hours compare with it. Such a
//! guess is as good as a number of receipts seen (`PRIOR`, and those that were expected in these
//! hours), and the chance of nothing becomes (1 + expected / seen)^-(what was seen). How small it
//! has to be follows from what is promised: at most one false alarm in `MONTHS` months of the
//! store, and every receipt begins a silence. So a store that sells every half minute is missed
//! after seven minutes, and one that sells every quarter of an hour after three hours; nobody could
//! know much sooner.

use super::ln;

/// Quarters of an hour in a day.
pub const SLOTS: usize = 96;
/// Seconds in one.
const SLOT: i64 = 900;
/// How many receipts the usual pace is worth as a guess of today's.
const PRIOR: i64 = 12;
/// Slots before the last receipt that tell of today's pace.
const WINDOW: usize = 8;
/// Months of a store in which chance alone may once be taken for silence.
const MONTHS: i64 = 20;
/// Trading days in a month.
const DAYS: i64 = 26;
/// A month of a small store: fewer receipts make nobody surer.
const LEAST: i64 = 300;
/// Days of the same weekday that must have had receipts.
const KNOWN: usize = 3;

/// Receipts of one day by quarter of an hour on the wall clock.
pub type Counts = [i64; SLOTS];

/// What is usual for a store on this day of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usual {
    /// Thousandths of a receipt, by quarter of an hour.
    slots: Counts,
    /// Receipts in a month.
    month: i64,
    /// A silence of so many seconds is nothing new.
    ordinary: i64,
}

/// Learns from days of the same weekday, the latest first; nothing is usual while too few of them had
/// receipts, or where the store mostly is closed on it. What lies before its first receipt is not
/// looked at.
pub fn learn(days: &[Counts]) -> Option<Usual> {
    let first = days.iter().rposition(|day| day.iter().any(|n| *n > 0))?;
    let days = &days[..=first];
    let open: Vec<&Counts> = days.iter().filter(|day| day.iter().any(|n| *n > 0)).collect();
    if open.len() < KNOWN || open.len() * 2 <= days.len() {
        return None;
    }
    let weeks = i64::try_from(open.len()).ok()?;
    let mut slots = [0; SLOTS];
    for day in &open {
        for (sum, count) in slots.iter_mut().zip(day.iter()) {
            *sum += count * 1_000;
        }
    }
    for sum in &mut slots {
        *sum /= weeks;
    }
    slots[closing(&open)..].fill(0);
    let month = slots.iter().sum::<i64>() / 1_000 * DAYS;
    let mut gaps: Vec<i64> = open.iter().flat_map(|day| gaps(day)).collect();
    gaps.sort_unstable_by(|a, b| b.cmp(a));
    // The longest may have been an outage; what came three times is a habit of the store.
    let ordinary = gaps.get(2).copied().unwrap_or(0) * SLOT;
    Some(Usual { slots, month, ordinary })
}

/// The quarter in which the store closes, seldom earlier: doors close some minutes off time, so that
/// the last receipts are missed by nobody.
fn closing(open: &[&Counts]) -> usize {
    let last = |day: &&Counts| day.iter().rposition(|count| *count > 0).unwrap_or(0);
    let mut lasts: Vec<usize> = open.iter().map(last).collect();
    lasts.sort_unstable();
    lasts.get(lasts.len() / 4).copied().unwrap_or(SLOTS)
}

/// Runs of empty quarters between the first and the last receipt of a day.
fn gaps(day: &Counts) -> Vec<i64> {
    let mut gaps = Vec::new();
    let mut run = 0;
    for count in day.iter().skip_while(|count| **count == 0) {
        if *count == 0 {
            run += 1;
        } else if run > 0 {
            gaps.push(run);
            run = 0;
        }
    }
    gaps
}

impl Usual {
    /// What is usual for several stores together.
    pub fn together<'a>(stores: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut all = Self { slots: [0; SLOTS], month: 0, ordinary: 0 };
        for one in stores {
            for (sum, slot) in all.slots.iter_mut().zip(one.slots) {
                *sum += slot;
            }
            all.month += one.month;
        }
        all
    }

    /// Thousandths of receipts from one second of the day to another, within opening hours.
    pub fn expected(&self, from: i64, to: i64, hours: Hours) -> i64 {
        let (from, to) = (from.max(hours.0), to.min(hours.1));
        let mut sum = 0;
        for (start, slot) in (0..).step_by(900).zip(self.slots) {
            let share = (to.min(start + SLOT) - from.max(start)).max(0);
            sum += slot * share;
        }
        sum / SLOT
    }
}

/// Opening and closing, in seconds of the day.
pub type Hours = (i64, i64);

/// Where nobody has said when a store is open.
pub const ALL_DAY: Hours = (0, 86_400);

/// What is known of a day at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoFar<'a> {
    /// Receipts so far.
    pub today: &'a Counts,
    /// Second of the day of the latest; none before the first.
    pub latest: Option<i64>,
    /// This second of the day.
    pub now: i64,
    /// When the store is open.
    pub hours: Hours,
}

/// How surprising the silence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// Thousandths of receipts that are missing.
    pub missing: i64,
    /// -ln of its chance, in thousandths.
    pub surprise: i64,
    /// How much of that is enough.
    pub enough: i64,
    /// Whether it lasts longer than what the store does anyway.
    pub is_long: bool,
}

impl Judged {
    /// Whether it is no chance any more.
    pub fn is_silent(&self) -> bool {
        self.is_long && self.surprise >= self.enough
    }

    /// As [`Self::is_silent`], where twice as much is asked.
    pub fn is_silent_twice(&self) -> bool {
        self.is_long && self.surprise >= self.enough * 2
    }
}

/// Judges the silence up to now.
pub fn judge(usual: &Usual, so_far: &SoFar<'_>) -> Judged {
    let since = so_far.latest.unwrap_or(so_far.hours.0).max(0);
    let (seen, pace) = match so_far.latest {
        None => (PRIOR * 1_000, PRIOR * 1_000),
        Some(latest) => {
            let last = usize::try_from(latest / SLOT).unwrap_or(0).min(SLOTS - 1);
            let first = last.saturating_sub(WINDOW);
            let seen: i64 = so_far.today[first..=last].iter().sum();
            let from = i64::try_from(first).unwrap_or(0) * SLOT;
            let expected = usual.expected(from, latest, so_far.hours);
            ((PRIOR + seen) * 1_000, PRIOR * 1_000 + expected)
        }
    };
    let missing = usual.expected(since, so_far.now, so_far.hours);
    let over = u64::try_from(pace + missing).unwrap_or(0);
    let surprise = seen * ln::thousandths(over, u64::try_from(pace).unwrap_or(0)) / 1_000;
    Judged {
        missing,
        surprise,
        enough: enough(usual.month),
        is_long: so_far.now - since > usual.ordinary,
    }
}

/// Every receipt begins a silence: so small must the chance of one be.
fn enough(month: i64) -> i64 {
    ln::thousandths(u64::try_from(MONTHS * month.max(LEAST)).unwrap_or(0), 1)
}

/// A store on one day, as judged among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The store.
    pub store: i64,
    /// How surprising its silence is.
    pub judged: Judged,
    /// Whether it has sent anything today.
    pub has_begun: bool,
    /// Whether a person has said when it is open.
    pub hours_known: bool,
}

/// Who is silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Silent {
    /// No store sends anything: one cause, whatever it is.
    All,
    /// These.
    Stores(Vec<i64>),
}

/// Decides which stores are silent. A store that has not begun today may be closed (a bank holiday, a
/// refit): without opening hours it counts as silent only where most of the others that should have
/// begun have; one that stands alone, only where the silence is twice as sure.
pub fn among(stores: &[Standing], together: Option<Judged>) -> Silent {
    let begun = stores.iter().filter(|one| one.has_begun).count();
    if begun > 0 && stores.len() > 1 && together.is_some_and(|all| all.is_silent()) {
        return Silent::All;
    }
    let silent = |one: &&Standing| {
        if one.has_begun || one.hours_known {
            return one.judged.is_silent();
        }
        let others = stores.iter().filter(|other| other.store != one.store);
        let should: Vec<_> =
            others.filter(|other| other.has_begun || other.judged.is_silent()).collect();
        if should.is_empty() {
            return one.judged.is_silent_twice();
        }
        let have = should.iter().filter(|other| other.has_begun).count();
        one.judged.is_silent() && have * 2 >= should.len()
    };
    Silent::Stores(stores.iter().filter(silent).map(|one| one.store).collect())
}
