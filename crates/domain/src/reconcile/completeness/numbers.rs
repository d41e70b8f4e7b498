//! Receipt numbers per register: a receipt's id is the register's key and its number
//! (facts/sitoo 2.8).

use std::collections::BTreeMap;

use super::{Missing, book::SpanBook};
use crate::{
    Timestamp,
    reconcile::{
        amounts::Amounts,
        case::Case,
        causes::DayCause,
        day::Span,
        difference::{Difference, Measure, Place},
    },
};

/// Length of a key such as `SII0000001500001`, where the register's own is not known.
const KEY_LENGTH: usize = 16;
/// A till that was set up anew may jump far: beyond this the numbers are not named one by one.
const MOST_NAMED: i64 = 1_000;

/// Key and number of a receipt id.
pub fn number_of<'a>(receipt_id: &'a str, key: Option<&'a str>) -> Option<(&'a str, i64)> {
    let receipt_id = receipt_id.trim();
    let (key, digits) = match key.map(str::trim).filter(|key| !key.is_empty()) {
        Some(key) => (key, receipt_id.strip_prefix(key)?),
        None => receipt_id.split_at_checked(KEY_LENGTH)?,
    };
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten().map(|number| (key, number))
}

/// The numbers of one register, in order.
#[derive(Default)]
pub(super) struct OfRegister<'a> {
    key: Option<&'a str>,
    /// The last one before the day, where it is known.
    before: Option<i64>,
    held: Vec<(i64, Timestamp)>,
}

/// The numbers of all registers.
pub(super) struct Numbers<'a> {
    by_register: BTreeMap<&'a str, OfRegister<'a>>,
}

/// Numbers that are not held: from the first to the last.
#[derive(Debug, Clone)]
pub(super) struct Gap<'a> {
    register: &'a str,
    key: &'a str,
    pub(super) first: i64,
    pub(super) last: i64,
    /// When the number before and the number after were used.
    after: Option<Timestamp>,
    until: Timestamp,
}

impl<'a> Numbers<'a> {
    pub(super) fn of(case: &Case<'a>) -> Self {
        let mut by_register: BTreeMap<&str, OfRegister<'_>> = BTreeMap::new();
        for register in &case.day.store.registers {
            let of = by_register.entry(&register.id).or_default();
            of.key = register.key.as_deref();
            of.before = register.last_number;
        }
        for report in &case.day.z_reports {
            let of = by_register.entry(&report.register_id).or_default();
            of.key = of.key.or(report.register_key.as_deref());
        }
        for entry in &case.entries {
            let (Some(register), Some(id)) = (&entry.register_id, &entry.receipt_id) else {
                continue;
            };
            let of = by_register.entry(register).or_default();
            if let Some((key, number)) = number_of(id, of.key) {
                of.key = of.key.or(Some(key));
                of.held.push((number, entry.order_date));
            }
        }
        for of in by_register.values_mut() {
            of.held.sort_unstable();
            of.held.dedup_by_key(|(number, _)| *number);
        }
        Self { by_register }
    }

    /// All gaps: between held numbers, and after the last one before the day.
    pub(super) fn gaps(&self, case: &Case<'a>) -> Vec<Gap<'a>> {
        let mut gaps = Vec::new();
        for (&register, of) in &self.by_register {
            let Some(key) = of.key else { continue };
            let mut previous = of.before.map(|number| (number, None));
            for &(number, at) in &of.held {
                let (before, after) = previous.unwrap_or((number - 1, None));
                if number > before + 1 && (after.is_some() || at >= case.bounds.0) {
                    let (first, last) = (before + 1, number - 1);
                    gaps.push(Gap { register, key, first, last, after, until: at });
                }
                if number > before {
                    previous = Some((number, Some(at)));
                }
            }
        }
        gaps
    }

    /// Receipts that the report of `span` counts, and that stand in no gap: the numbers beside those
    /// that are held. What precedes the first one is known only where a number before it is; what
    /// follows the last one only where the next one is. Where neither is, they may stand at either
    /// end: all of those are named, and none is certain.
    pub(super) fn at_the_ends(&self, span: &Span<'_>, count: i64) -> Vec<Missing> {
        let register = span.report.register_id.as_str();
        let Some((of, key)) = self.by_register.get(register).and_then(|of| Some((of, of.key?)))
        else {
            return Vec::new();
        };
        let within = |at: Timestamp| (span.from..=span.to).contains(&at);
        let mut used = of.held.iter().filter(|(_, at)| within(*at)).map(|(number, _)| *number);
        let first = used.next();
        let last = used.next_back().or(first).or(of.before).unwrap_or(0);
        let is_first =
            |first: i64| of.before.is_none() && !of.held.iter().any(|(number, _)| *number < first);
        let open_before = first.filter(|first| is_first(*first));
        let next = of.held.iter().map(|(number, _)| *number).find(|number| *number > last);
        let room = next.map_or(count, |next| count.min(next - last - 1));
        let certain = open_before.is_none() || next.is_some();
        let ahead = if certain { count - room } else { count };
        let lowest = open_before.map_or(1, |first| (first - ahead).max(1));
        let before = lowest..open_before.unwrap_or(lowest);
        before
            .chain((last + 1)..=(last + room))
            .map(|number| Missing {
                register_id: register.to_owned(),
                number,
                receipt_id: format!("{key}{number}"),
                certain,
            })
            .collect()
    }

    /// The highest number of each register, to begin the next day with.
    pub(super) fn last(&self, until: Timestamp) -> BTreeMap<String, i64> {
        let of_register = |(&register, of): (&&str, &OfRegister<'_>)| {
            let held = of.held.iter().filter(|(_, at)| *at < until).map(|(number, _)| *number);
            held.max().max(of.before).map(|last| (register.to_owned(), last))
        };
        self.by_register.iter().filter_map(of_register).collect()
    }
}

/// Which gap belongs to which report, and those that belong to none. Numbers between two reports
/// go where receipts or practice are still to be accounted for.
pub(super) fn share<'a>(
    case: &Case<'a>,
    books: &[SpanBook<'a, '_>],
    gaps: Vec<Gap<'a>>,
) -> (Vec<Vec<Gap<'a>>>, Vec<Gap<'a>>) {
    let mut shared: Vec<Vec<Gap<'a>>> = books.iter().map(|_| Vec::new()).collect();
    let mut room: Vec<i64> = books.iter().map(|book| book.room(case.policy)).collect();
    let (mut between, mut rest) = (Vec::new(), Vec::new());
    let of = |register: &str, at: Timestamp| {
        case.spans.at(register, at).and_then(|span| super::place(books, span))
    };
    for gap in gaps {
        let first = gap.after.and_then(|at| of(gap.register, at));
        match (first, of(gap.register, gap.until)) {
            (None, Some(one)) => {
                room[one] -= gap.count();
                shared[one].push(gap);
            }
            (Some(one), Some(other)) if one == other => {
                room[one] -= gap.count();
                shared[one].push(gap);
            }
            (Some(one), other) => between.push((gap, one, other)),
            (None, None) => rest.push(gap),
        }
    }
    for (gap, one, other) in between {
        let (to_one, left) = gap.split(room[one].max(0));
        shared[one].extend(to_one);
        match other {
            Some(other) => shared[other].extend(left),
            None => rest.extend(left),
        }
    }
    (shared, rest)
}

impl Gap<'_> {
    pub(super) const fn count(&self) -> i64 {
        self.last - self.first + 1
    }

    /// Its first `count` numbers, and the others.
    fn split(self, count: i64) -> (Option<Self>, Option<Self>) {
        let middle = self.first + count.min(self.count());
        let part =
            |first: i64, last: i64| (first <= last).then(|| Self { first, last, ..self.clone() });
        (part(self.first, middle - 1), part(middle, self.last))
    }

    /// Whether the day has to account for it: the number after it was used in the day.
    pub(super) fn is_of(&self, case: &Case<'_>) -> bool {
        case.is_within(self.until)
    }

    /// The receipts to ask Sitoo for.
    pub(super) fn missing(&self, certain: bool) -> impl Iterator<Item = Missing> {
        let last = self.last.min(self.first + MOST_NAMED - 1);
        (self.first..=last).map(move |number| Missing {
            register_id: self.register.to_owned(),
            number,
            receipt_id: format!("{}{number}", self.key),
            certain,
        })
    }

    pub(super) fn difference(&self, cause: DayCause, amounts: Amounts) -> Difference {
        let place = Place {
            register: Some(self.register.to_owned()),
            receipt: Some(format!("{}{}", self.key, self.first)),
            ..Place::default()
        };
        let text = if self.first == self.last {
            format!("receipt {} is not there", self.first)
        } else {
            format!("receipts {} to {} are not there", self.first, self.last)
        };
        Difference::new(Measure::Numbers, cause, place, amounts).saying(text).counting(self.count())
    }
}
