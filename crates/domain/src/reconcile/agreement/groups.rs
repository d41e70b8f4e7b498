//! What the till says, group by group: each row with its discounts, the cash rounding, and what
//! stands above the rows. The groups always sum to the entry.

use std::collections::HashMap;

use crate::{
    Money, Quantity, VatRate,
    draft::LineOrigin,
    entry::EntryKind,
    reconcile::{
        amounts::Amounts,
        witness::{BookEntry, EntryRow, SoldRow},
    },
};

/// One group, positive on sales and returns alike.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    /// The row; none for rounding and charges.
    pub(super) row: Option<i64>,
    pub(super) till: Amounts,
    pub(super) rate: Option<VatRate>,
    /// Gross before what the till took off.
    pub(super) before_discount: Option<Money>,
    /// What the sale says of the units that are given back.
    pub(super) sold: Option<Sold>,
    /// What was sent, and the tax in it.
    pub(super) sent: Money,
    pub(super) sent_tax: Money,
    /// What OrderWise has on the lines that stand for it.
    pub(super) ledger: Money,
    pub(super) ledger_tax: Money,
    /// Tax that neither price, quantity nor code explains yet.
    pub(super) pool: Money,
    pub(super) lines: i64,
    /// The lines' tax code and how OrderWise seems to round them.
    pub(super) code: Option<String>,
    pub(super) rule: Option<&'static str>,
}

/// The sale's amounts for the units that are given back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sold {
    pub(super) quantity: Quantity,
    pub(super) of: SoldRow,
}

/// All groups of an entry.
pub(super) struct Groups {
    pub(super) all: Vec<Group>,
    by_row: HashMap<i64, usize>,
}

/// Places of the two groups that are no rows.
pub(super) const ROUND_OFF: usize = 0;
pub(super) const CHARGES: usize = 1;

impl Groups {
    pub(super) fn of(entry: &BookEntry) -> Self {
        let turn = entry.kind == EntryKind::Return;
        let mut groups = Self { all: vec![Group::default(); 2], by_row: HashMap::new() };
        for row in &entry.rows {
            groups.add(entry, row, turn);
        }
        let figures = &entry.figures;
        let all = Amounts::new(figures.net, figures.vat, figures.gross - figures.round_off);
        let of_rows: Amounts = groups.all.iter().map(|group| group.till).sum();
        groups.all[ROUND_OFF].till = Amounts::untaxed(figures.round_off).turned(turn);
        groups.all[CHARGES].till = all.turned(turn) - of_rows;
        groups
    }

    fn add(&mut self, entry: &BookEntry, row: &EntryRow, turn: bool) {
        let gross = row.net + row.vat;
        let amounts = Amounts::new(row.net, row.vat, gross).turned(turn);
        let above = self.all.last_mut().filter(|group| row.discount && group.row.is_some());
        if let Some(above) = above {
            above.before_discount = above.before_discount.or(Some(above.till.gross));
            above.till += amounts;
            return;
        }
        let side = |amount: Money| if turn { -amount } else { amount };
        self.by_row.insert(row.index, self.all.len());
        self.all.push(Group {
            row: Some(row.index),
            till: amounts,
            rate: Some(row.vat_rate),
            before_discount: row.before_discount.map(side).filter(|gross| *gross != amounts.gross),
            sold: sold(entry, row),
            ..Group::default()
        });
    }

    /// The group that a line stands for.
    pub(super) fn place(&self, origin: LineOrigin) -> usize {
        match origin {
            LineOrigin::Row(index) => self.by_row.get(&index).copied().unwrap_or(CHARGES),
            LineOrigin::RoundOff => ROUND_OFF,
            LineOrigin::CheckoutFee | LineOrigin::TaxRounding => CHARGES,
        }
    }
}

fn sold(entry: &BookEntry, row: &EntryRow) -> Option<Sold> {
    let index = row.original_index.filter(|_| entry.kind == EntryKind::Return)?;
    let of = *entry.original.as_ref()?.rows.iter().find(|sold| sold.index == index)?;
    Some(Sold { quantity: row.quantity.abs(), of })
}
