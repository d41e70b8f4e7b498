//! One row on several lines: a price that does not divide evenly is sent as two lines, and whoever
//! else posted it may have put it on one, or the other way round. That is no difference: such lines
//! are compared as one.

use std::collections::BTreeMap;

use crate::{
    Quantity,
    draft::LineOrigin,
    reconcile::witness::{LedgerLine, SentLine},
    sku::fold,
};

/// Both sides with as many lines for a row as the other has, where the quantities say that they are
/// the same goods.
pub(super) fn evened(sent: &[SentLine], found: &[LedgerLine]) -> (Vec<SentLine>, Vec<LedgerLine>) {
    let sent = together(sent, found);
    let found = found_together(&sent, found);
    (sent, found)
}

/// The lines of one row as one, where OrderWise has the row's goods on one line.
fn together(sent: &[SentLine], found: &[LedgerLine]) -> Vec<SentLine> {
    let mut rows: BTreeMap<(i64, String), Vec<&SentLine>> = BTreeMap::new();
    for line in sent {
        if let LineOrigin::Row(row) = line.origin {
            rows.entry((row, fold(&line.sku))).or_default().push(line);
        }
    }
    let mut whole = Vec::new();
    let mut taken = vec![false; found.len()];
    for ((row, sku), lines) in rows.into_iter().filter(|(_, lines)| lines.len() > 1) {
        let quantity = lines.iter().map(|line| line.quantity).sum::<Quantity>();
        let apart = |one: &LedgerLine| lines.iter().any(|line| line.quantity == one.quantity);
        let of_sku = |one: &LedgerLine| fold(&one.sku) == sku;
        if found.iter().any(|one| of_sku(one) && apart(one)) {
            continue;
        }
        let on_one = |(at, one): &(usize, &LedgerLine)| {
            !taken[*at] && of_sku(one) && one.quantity == quantity
        };
        if let Some((at, _)) = found.iter().enumerate().find(on_one) {
            taken[at] = true;
            whole.push((row, sku));
        }
    }
    let mut merged: Vec<SentLine> = Vec::with_capacity(sent.len());
    for line in sent {
        let of_row =
            |other: &SentLine| other.origin == line.origin && fold(&other.sku) == fold(&line.sku);
        let is_whole = whole
            .iter()
            .any(|(row, sku)| line.origin == LineOrigin::Row(*row) && fold(&line.sku) == *sku);
        match merged.iter_mut().find(|other| is_whole && of_row(other)) {
            Some(other) => {
                other.quantity += line.quantity;
                other.gross += line.gross;
                other.net = other.net.zip(line.net).map(|(one, more)| one + more);
            }
            None => merged.push(line.clone()),
        }
    }
    merged
}

/// The lines of an item as one, where it was sent as one of as many.
fn found_together(sent: &[SentLine], found: &[LedgerLine]) -> Vec<LedgerLine> {
    let mut merged: Vec<LedgerLine> = Vec::with_capacity(found.len());
    for line in found {
        let like = |other: &LedgerLine| {
            fold(&other.sku) == fold(&line.sku)
                && other.tax_code == line.tax_code
                && other.stock_location_id == line.stock_location_id
        };
        let all = || found.iter().filter(|other| fold(&other.sku) == fold(&line.sku));
        let mut of_sku = sent.iter().filter(|one| fold(&one.sku) == fold(&line.sku));
        let is_one = match (of_sku.next(), of_sku.next()) {
            (Some(one), None) => {
                let quantity = all().map(|other| other.quantity).sum::<Quantity>();
                all().count() > 1 && all().all(like) && quantity == one.quantity
            }
            _ => false,
        };
        match merged.iter_mut().find(|other| is_one && like(other)) {
            Some(other) => add(other, line),
            None => merged.push(line.clone()),
        }
    }
    merged
}

fn add(one: &mut LedgerLine, more: &LedgerLine) {
    one.quantity += more.quantity;
    one.net += more.net;
    one.tax += more.tax;
    one.gross += more.gross;
}
