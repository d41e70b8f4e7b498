//! One store's day: are the witnesses fresh, what differs, and why.

use std::{collections::BTreeMap, fmt::Write as _};

use sha2::{Digest, Sha256};

use super::{
    agreement,
    amounts::Amounts,
    case::Case,
    completeness,
    policy::DayPolicy,
    result::{DayResult, OtherDay, Outcome, Stale, Tally},
    sheet::{self, Sheet},
    tolerance,
    vat::VatLine,
    witness::{BookEntry, Day, StoreDay},
};
use crate::Timestamp;

/// Compares the witnesses of `day`. The same witnesses give the same result, whatever their order.
pub fn reconcile(day: &StoreDay, policy: &DayPolicy) -> Outcome {
    let case = Case::new(day, policy);
    let mut stale = stale(&case);
    if !stale.is_empty() {
        return Outcome::NotYetFresh(stale);
    }
    let mut sheet = Sheet::default();
    agreement::agree(&case, &mut sheet);
    if let Some((entries, until)) = sheet.just_posted {
        stale.push(Stale::JustPosted { entries, until });
        return Outcome::NotYetFresh(stale);
    }
    let last_numbers = completeness::complete(&case, &mut sheet);
    sheet.differences.sort();
    sheet.missing.sort();
    sheet.missing.dedup();
    sheet.settled.sort();
    tolerance::apply(&mut sheet.differences, &policy.tolerances);
    let of_day = || case.spans.all().filter(|span| span.day == day.day).map(|span| span.report);
    let tally = |((register, tender, returned), sides): (sheet::Keys<'_>, _)| Tally {
        register: register.map(str::to_owned),
        tender: tender.map(str::to_owned),
        returned: Some(returned),
        sides,
    };
    let vat = |((code, returned), sides): ((&str, bool), _)| VatLine {
        code: code.to_owned(),
        returned,
        sides,
    };
    let other_days = |noted: BTreeMap<Day, (i64, Amounts)>| {
        let told = |(day, (receipts, amounts))| OtherDay { day, receipts, amounts };
        noted.into_iter().map(told).collect()
    };
    let is_late = |entry: &&&BookEntry| {
        entry.recorded_at >= case.bounds.1 && case.is_within(entry.order_date)
    };
    Outcome::Fresh(Box::new(DayResult {
        warehouse_id: day.store.warehouse_id,
        store: day.store.name.clone(),
        day: day.day,
        period_date: policy.period_date,
        ages: day.ages,
        sides: sheet.sides,
        tally: sheet.tally.into_iter().map(tally).collect(),
        vat: sheet.vat.into_iter().map(vat).collect(),
        differences: sheet.differences,
        missing: sheet.missing,
        settled: sheet.settled,
        z_reports: of_day().map(|z| (z.register_id.clone(), z.number)).collect(),
        counted_elsewhere: other_days(sheet.counted_elsewhere),
        counted_for_others: other_days(sheet.counted_for_others),
        practice: of_day().map(|report| report.practice.count).sum(),
        late: i64::try_from(case.entries.iter().filter(is_late).count()).unwrap_or(i64::MAX),
        last_numbers,
        fingerprint: fingerprint(&case),
    }))
}

/// What was read too early to say anything about the day.
fn stale(case: &Case<'_>) -> Vec<Stale> {
    let (ages, until) = (&case.day.ages, case.bounds.1);
    let old = |read: Option<Timestamp>| read.is_none_or(|read| read < until);
    let mut stale = Vec::new();
    if old(Some(ages.orders)) {
        stale.push(Stale::Orders { until });
    }
    if old(ages.z_reports) {
        stale.push(Stale::ZReports { until });
    }
    if old(ages.ledger) {
        stale.push(Stale::Ledger { until });
    }
    stale
}

/// A fingerprint of the figures, from sorted witnesses: equal ones need no second look.
fn fingerprint(case: &Case<'_>) -> String {
    let mut hash = Sha256::new();
    let mut add = |tag: u8, numbers: &[i64]| {
        hash.update([tag]);
        for number in numbers {
            hash.update(number.to_be_bytes());
        }
    };
    for entry in &case.entries {
        let figures = entry.figures_today.as_ref().unwrap_or(&entry.figures);
        let posted = entry.posted_at.map_or(0, Timestamp::micros);
        add(
            b'e',
            &[
                entry.reference.site_id,
                entry.reference.order_id,
                entry.order_date.micros(),
                entry.state as i64,
                posted,
                figures.net.pence(),
                figures.vat.pence(),
                figures.gross.pence(),
            ],
        );
        if entry.void_today {
            add(b'v', &[entry.reference.order_id]);
        }
    }
    let mut documents: Vec<_> = case.day.documents.iter().collect();
    documents.sort_by_key(|found| found.document.order_id);
    for found in documents {
        let what = &found.document;
        let money = [what.net, what.tax, what.gross].map(crate::Money::pence);
        let mut lines: Vec<_> = found.lines.iter().flatten().collect();
        lines.sort_by_key(|line| line.number);
        add(b'd', &[what.order_id, what.order_type, money[0], money[1], money[2]]);
        // Only where it is: days that were compared before keep their fingerprint.
        if case.policy.is_cancelled(what) {
            add(b'x', &[what.order_id]);
        }
        for line in lines {
            let money = [line.net, line.tax, line.gross].map(crate::Money::pence);
            add(b'l', &[line.number, line.quantity.thousandths(), money[0], money[1], money[2]]);
        }
    }
    for span in case.spans.all() {
        let report = span.report;
        let money = [report.sales.gross, report.refunds.gross, report.not_delivered.gross];
        let money = money.map(crate::Money::pence);
        add(b'z', &[report.number, report.closed_at.micros(), money[0], money[1], money[2]]);
    }
    hex(&hash.finalize())
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
