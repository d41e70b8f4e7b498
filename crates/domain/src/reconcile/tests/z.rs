//! The till's own arithmetic for its Z-report: it adds up receipts as it prints them, and shares
//! nothing with the comparison.

use std::collections::BTreeMap;

use super::tills;
use crate::{
    Money, Timestamp, VatRate,
    entry::EntryKind,
    fixtures::pence,
    reconcile::witness::{BookEntry, ZCash, ZPayment, ZPractice, ZReport, ZSide, ZVatGroup},
};

#[derive(Default)]
struct Side {
    groups: BTreeMap<i64, (i64, i64)>,
    paid: BTreeMap<String, i64>,
    count: i64,
    items: i64,
}

impl Side {
    fn add(&mut self, entry: &BookEntry, sign: i64) {
        self.count += 1;
        for row in &entry.rows {
            self.items += row.pieces.unwrap_or(0) * sign;
            let percent = row.vat_rate.thousandths() / 1_000;
            let (gross, vat) = self.groups.entry(percent).or_default();
            *gross += (row.net + row.vat).pence() * sign;
            *vat += row.vat.pence() * sign;
        }
        let charges = (entry.delivery + entry.checkout_fee).pence() * sign;
        if charges != 0 {
            let (gross, vat) = self.groups.entry(20).or_default();
            *gross += charges;
            *vat += tills::vat(charges, 20);
        }
        for tender in &entry.tenders {
            *self.paid.entry(tender.name.clone()).or_default() += tender.amount.pence() * sign;
        }
    }

    fn side(&self, paid: bool) -> ZSide {
        let groups = self.groups.iter().map(|(percent, (gross, vat))| ZVatGroup {
            rate: VatRate::from_percent(*percent),
            gross: pence(*gross),
            net: pence(gross - vat),
            vat: pence(*vat),
        });
        let groups: Vec<ZVatGroup> = groups.collect();
        let payments = self.paid.iter().filter(|_| paid).map(|(name, total)| ZPayment {
            name: name.clone(),
            total: pence(*total),
            captured: pence(*total),
            in_advance: Money::ZERO,
            reserved: Money::ZERO,
        });
        ZSide {
            gross: groups.iter().map(|group| group.gross).sum(),
            net: groups.iter().map(|group| group.net).sum(),
            count: self.count,
            items: self.items,
            vat_groups: groups,
            payments: payments.collect(),
            discounts: Vec::new(),
        }
    }
}

/// The report of a till.
pub(super) fn report(
    register: &str,
    key: &str,
    number: i64,
    (opened, closed): (Timestamp, Timestamp),
    entries: &[&BookEntry],
    practice: (i64, i64),
) -> ZReport {
    let (mut sales, mut to_come, mut refunds) = (Side::default(), Side::default(), Side::default());
    let mut round_off = 0;
    for entry in entries {
        round_off += entry.figures.round_off.pence();
        match entry.kind {
            EntryKind::Return => refunds.add(entry, -1),
            _ if entry.to_come => to_come.add(entry, 1),
            _ => sales.add(entry, 1),
        }
    }
    // What is paid in advance stands among the payments all the same.
    for (name, amount) in std::mem::take(&mut to_come.paid) {
        *sales.paid.entry(name).or_default() += amount;
    }
    let count = i64::try_from(entries.len()).unwrap();
    ZReport {
        register_id: register.to_owned(),
        number,
        register_key: Some(key.to_owned()),
        store_external_id: Some("200".to_owned()),
        store_name: Some("Leeds".to_owned()),
        opened_at: Some(opened),
        closed_at: closed,
        added_at: closed,
        currency: "GBP".to_owned(),
        sales: sales.side(true),
        not_delivered: to_come.side(false),
        refunds: refunds.side(true),
        round_off: pence(round_off),
        receipts: Some(count),
        practice: ZPractice { count: practice.0, gross: pence(practice.1) },
        cash: ZCash::default(),
        grand_totals: None,
    }
}
