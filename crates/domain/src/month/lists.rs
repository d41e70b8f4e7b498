//! Differences with their cause and age, tolerated pennies, sign-offs, and who closed the period.

use std::collections::BTreeMap;

use super::{
    facts::{Certified, Facts, Stand},
    table::{Cell, Column, Table, amounts, plain, summed},
};
use crate::{
    Timestamp,
    reconcile::{
        Difference,
        certificate::key_of,
        tolerance::{Running, RunningTotals},
    },
};

const MICROS_A_DAY: i64 = 86_400_000_000;

const AMOUNTS: [Column; 3] = [summed("net", "Net"), summed("tax", "VAT"), summed("gross", "Gross")];

/// Every difference, whoever has to clear it.
pub(super) fn differences(facts: &Facts) -> Table {
    let mut rows = Vec::new();
    for day in &facts.days {
        for difference in &day.certificate.body.result.differences {
            rows.push(difference_row(facts, day, difference));
        }
    }
    let mut columns = vec![
        plain("day", "Day"),
        plain("store", "Store"),
        plain("store_name", "Name"),
        plain("measure", "Compared"),
        plain("stand", "Stands"),
        plain("cause", "Cause"),
        plain("cause_title", "Meaning"),
        plain("about", "About"),
        plain("since", "Known since"),
        plain("age_days", "Age in days"),
        summed("differences", "Number"),
    ];
    columns.extend(AMOUNTS);
    columns.push(plain("detail", "Particulars"));
    Table {
        name: "differences",
        title: "Differences with cause and age",
        note: "Amounts are OrderWise's side less the till's; where Z-reports, tenders or cash are \
               compared, the other side's less the book's.",
        columns,
        rows,
    }
}

fn difference_row(facts: &Facts, day: &Certified, difference: &Difference) -> Vec<Cell> {
    let result = &day.certificate.body.result;
    let key = (result.warehouse_id, result.day, key_of(difference));
    let since = facts.since.get(&key).copied().unwrap_or(day.at);
    let place = &difference.place;
    let about = place.reference.map(|reference| reference.to_string());
    let about = about.or_else(|| place.receipt.clone());
    let about = about.or_else(|| place.order_id.map(|id| format!("document {id}")));
    let mut row: Vec<Cell> = vec![
        result.day.to_string().into(),
        result.warehouse_id.into(),
        result.store.as_str().into(),
        difference.measure.word().into(),
        day.stand(difference).word().into(),
        difference.cause.code().into(),
        difference.cause.entry().title.into(),
        about.unwrap_or_default().into(),
        since.into(),
        age(since, facts.now).into(),
        1.into(),
    ];
    row.extend(amounts(difference.amounts));
    row.push(difference.detail.as_str().into());
    row
}

/// Whole days.
const fn age(since: Timestamp, now: Timestamp) -> i64 {
    (now.micros() - since.micros()) / MICROS_A_DAY
}

/// Pennies that a tolerance let pass, by tax code.
pub(super) fn tolerated(facts: &Facts) -> Table {
    let mut totals = RunningTotals::default();
    for day in &facts.days {
        totals.add(&day.certificate.body.result.differences);
    }
    let totals: BTreeMap<String, Running> = totals.0;
    let rows = totals.into_iter().map(|(code, running)| {
        let mut row: Vec<Cell> = vec![code.into(), running.count.into()];
        row.extend(amounts(running.sum));
        row.push(running.turnover.into());
        row
    });
    let mut columns = vec![plain("code", "VAT code"), summed("differences", "Number")];
    columns.extend(AMOUNTS);
    columns.push(summed("turnover", "Without signs"));
    Table {
        name: "tolerated",
        title: "Tolerated pennies",
        note: "Differences that a tolerance let pass. With their signs: what they cost. Without: how \
               much goes both ways.",
        columns,
        rows: rows.collect(),
    }
}

/// Who accepted what, and why.
pub(super) fn sign_offs(facts: &Facts) -> Table {
    let rows = facts.sign_offs.iter().map(|one| {
        let mut row: Vec<Cell> = vec![
            one.day.to_string().into(),
            one.store.into(),
            one.by.as_str().into(),
            one.at.into(),
            one.reason.as_str().into(),
        ];
        row.extend(amounts(one.amounts));
        row
    });
    let mut columns = vec![
        plain("day", "Day"),
        plain("store", "Store"),
        plain("by", "By"),
        plain("at", "When"),
        plain("reason", "Reason"),
    ];
    // One difference may be signed twice: sums would say too much.
    columns.extend(AMOUNTS.map(|column| plain(column.key, column.title)));
    Table {
        name: "sign-offs",
        title: "Sign-offs",
        note: "Differences that stay, by whose word, and why.",
        columns,
        rows: rows.collect(),
    }
}

/// Who closed the period, and opened it again; what stands against closing it.
pub(super) fn acts(facts: &Facts) -> Table {
    let rows = facts.acts.iter().map(|act| {
        let row: [Cell; 4] = [
            act.at.into(),
            act.act.word().into(),
            act.by.as_str().into(),
            act.reason.as_str().into(),
        ];
        row.to_vec()
    });
    Table {
        name: "period",
        title: "Who closed the period",
        note: "Opening a closed period again needs two persons: one who asks, and one who approves.",
        columns: vec![
            plain("at", "When"),
            plain("act", "What"),
            plain("by", "By"),
            plain("reason", "Reason"),
        ],
        rows: rows.collect(),
    }
}

/// What stands against closing the period.
pub(super) fn obstacles(facts: &Facts) -> Table {
    let rows = facts.obstacles.iter().map(|one| vec![Cell::text(one.to_string())]);
    Table {
        name: "obstacles",
        title: "Before the period can be closed",
        note: "Nothing here: the period is closed, or can be.",
        columns: vec![plain("what", "What")],
        rows: rows.collect(),
    }
}

/// How many differences stand so, by their certificates.
pub(super) fn count(facts: &Facts, stand: Stand) -> i64 {
    let of_day = |day: &Certified| {
        let all = &day.certificate.body.result.differences;
        all.iter().filter(|one| day.stand(one) == stand).count()
    };
    i64::try_from(facts.days.iter().map(of_day).sum::<usize>()).unwrap_or(i64::MAX)
}
