//! Sales and returns by store, tax code and tender, as the till took them and as OrderWise holds
//! them; and what the days come to.

use std::collections::BTreeMap;

use super::{
    facts::{Certified, Facts, LateDay},
    table::{Cell, Column, Table, amounts, plain, summed},
};
use crate::reconcile::{certificate::Standing, difference::Sides};

const SALE: &str = "sale";
const RETURN: &str = "return";
const BOTH: &str = "both";

const SIDES: [Column; 11] = [
    summed("till_count", "Till: number"),
    summed("till_net", "Till: net"),
    summed("till_tax", "Till: VAT"),
    summed("till_gross", "Till: gross"),
    summed("orderwise_count", "OrderWise: number"),
    summed("orderwise_net", "OrderWise: net"),
    summed("orderwise_tax", "OrderWise: VAT"),
    summed("orderwise_gross", "OrderWise: gross"),
    summed("difference_net", "Difference: net"),
    summed("difference_tax", "Difference: VAT"),
    summed("difference_gross", "Difference: gross"),
];

fn with_sides(first: &[Column]) -> Vec<Column> {
    first.iter().chain(&SIDES).copied().collect()
}

fn row(first: Vec<Cell>, sides: &Sides) -> Vec<Cell> {
    let mut cells = first;
    cells.push(sides.book_count.into());
    cells.extend(amounts(sides.book));
    cells.push(sides.other_count.into());
    cells.extend(amounts(sides.other));
    cells.extend(amounts(sides.difference()));
    cells
}

fn add(to: &mut Sides, sides: &Sides) {
    to.book += sides.book;
    to.other += sides.other;
    to.book_count += sides.book_count;
    to.other_count += sides.other_count;
}

const fn kind(returned: bool) -> &'static str {
    if returned { RETURN } else { SALE }
}

/// Sales and returns of each store.
pub(super) fn stores(facts: &Facts) -> Table {
    let mut sums: BTreeMap<(i64, bool), (&str, Sides)> = BTreeMap::new();
    for day in &facts.days {
        let result = &day.certificate.body.result;
        for line in &result.vat {
            let (name, sum) = sums.entry((result.warehouse_id, line.returned)).or_default();
            *name = &result.store;
            add(sum, &line.sides);
        }
    }
    let rows = sums.into_iter().map(|((store, returned), (name, sides))| {
        row(vec![store.into(), name.into(), kind(returned).into()], &sides)
    });
    Table {
        name: "stores",
        title: "Sales and returns by store",
        note: "Numbers are rows of receipts and lines of documents.",
        columns: with_sides(&[
            plain("store", "Store"),
            plain("store_name", "Name"),
            plain("kind", "Kind"),
        ]),
        rows: rows.collect(),
    }
}

/// Sales and returns of each tax code.
pub(super) fn vat(facts: &Facts) -> Table {
    let mut sums: BTreeMap<(&str, bool), Sides> = BTreeMap::new();
    for day in &facts.days {
        for line in &day.certificate.body.result.vat {
            add(sums.entry((&line.code, line.returned)).or_default(), &line.sides);
        }
    }
    let rows = sums
        .into_iter()
        .map(|((code, returned), sides)| row(vec![code.into(), kind(returned).into()], &sides));
    Table {
        name: "vat",
        title: "VAT by code",
        note: "As Sitoo took it and as OrderWise holds it. Code -: no tax code of OrderWise is known \
               for it.",
        columns: with_sides(&[plain("code", "VAT code"), plain("kind", "Kind")]),
        rows: rows.collect(),
    }
}

/// Sales and returns of each tender.
pub(super) fn tenders(facts: &Facts) -> Table {
    let mut sums: BTreeMap<(&str, Option<bool>), Sides> = BTreeMap::new();
    for day in &facts.days {
        for tally in &day.certificate.body.result.tally {
            let key = (tally.tender.as_deref().unwrap_or("-"), tally.returned);
            add(sums.entry(key).or_default(), &tally.sides);
        }
    }
    let rows = sums.into_iter().map(|((tender, returned), sides)| {
        row(vec![tender.into(), returned.map_or(BOTH, kind).into()], &sides)
    });
    Table {
        name: "tenders",
        title: "Sales and returns by tender",
        note: "As Sitoo took it and as OrderWise holds it, by how the receipt was paid. split: with \
               several tenders. -: documents without a receipt. both: certificates of the first \
               form do not tell sales from returns. Numbers are receipts and documents.",
        columns: with_sides(&[plain("tender", "Tender"), plain("kind", "Kind")]),
        rows: rows.collect(),
    }
}

/// The days, and the certificates that they stand on.
pub(super) fn days(facts: &Facts) -> Table {
    let rows = facts.days.iter().map(|day| {
        let body = &day.certificate.body;
        let result = &body.result;
        let open = if body.standing == Standing::Open { result.open().count() } else { 0 };
        let first = vec![
            result.day.to_string().into(),
            result.warehouse_id.into(),
            result.store.as_str().into(),
            body.standing.word().into(),
            i64::try_from(open).unwrap_or(i64::MAX).into(),
            day.seq.into(),
            day.at.into(),
            day.fingerprint.as_str().into(),
        ];
        row(first, &day.ledger())
    });
    Table {
        name: "certificates",
        title: "Days and their certificates",
        note: "Each store's day as it was certified. The fingerprint is the certificate's link in \
               its store's chain: `daybook evidence verify` checks it.",
        columns: with_sides(&[
            plain("day", "Day"),
            plain("store", "Store"),
            plain("store_name", "Name"),
            plain("standing", "Standing"),
            summed("open", "Open differences"),
            plain("certificate", "Certificate"),
            plain("certified_at", "Made"),
            plain("fingerprint", "Fingerprint"),
        ]),
        rows: rows.collect(),
    }
}

fn change(late: &LateDay) -> Sides {
    let (now, before) = (late.now.ledger(), late.before.as_ref().map(Certified::ledger));
    let before = before.unwrap_or_default();
    Sides {
        book: now.book - before.book,
        other: now.other - before.other,
        book_count: now.book_count - before.book_count,
        other_count: now.other_count - before.other_count,
    }
}

fn late_rows(late: &[LateDay]) -> Vec<Vec<Cell>> {
    let each = late.iter().map(|late| {
        let result = &late.now.certificate.body.result;
        let before = late.before.as_ref().map_or(Cell::Empty, |before| before.seq.into());
        let first = vec![
            super::Month::of(result.day).to_string().into(),
            result.day.to_string().into(),
            result.warehouse_id.into(),
            result.store.as_str().into(),
            before,
            late.now.seq.into(),
        ];
        row(first, &change(late))
    });
    each.collect()
}

fn late_table(
    name: &'static str,
    title: &'static str,
    note: &'static str,
    late: &[LateDay],
) -> Table {
    Table {
        name,
        title,
        note,
        columns: with_sides(&[
            plain("period", "Period"),
            plain("day", "Day"),
            plain("store", "Store"),
            plain("store_name", "Name"),
            plain("certificate_before", "Certificate then"),
            plain("certificate", "Certificate now"),
        ]),
        rows: late_rows(late),
    }
}

/// What changed in earlier, closed periods and counts in this one.
pub(super) fn late(facts: &Facts) -> Table {
    late_table(
        "late",
        "Late for earlier periods",
        "What came or changed after its period was closed: only the change, which counts here.",
        &facts.late,
    )
}

/// What changed in this period after it was closed.
pub(super) fn after(facts: &Facts) -> Table {
    late_table(
        "after-close",
        "Arrived after this period was closed",
        "Not in the figures of this pack: only the change. The policy says where it counts.",
        &facts.after,
    )
}

/// The rows of the summary.
pub(super) const OWN: &str = "days of this month";
pub(super) const LATE: &str = "late for earlier periods";

/// What is counted in the period.
pub(super) fn summary(facts: &Facts) -> Table {
    let (mut own, mut late) = (Sides::default(), Sides::default());
    facts.days.iter().for_each(|day| add(&mut own, &day.ledger()));
    facts.late.iter().for_each(|day| add(&mut late, &change(day)));
    Table {
        name: "summary",
        title: "Counted in this period",
        note: "Sales less returns. The difference is OrderWise's side less the till's. Numbers are \
               receipts and documents.",
        columns: with_sides(&[plain("what", "What")]),
        rows: vec![row(vec![OWN.into()], &own), row(vec![LATE.into()], &late)],
    }
}
