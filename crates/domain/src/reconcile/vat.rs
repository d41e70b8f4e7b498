//! The VAT summary: per tax code, sales and returns apart, as Sitoo took it and as OrderWise holds
//! it. What no code is known for stands under `-`.

use serde::{Deserialize, Serialize};

use super::{
    agreement::tax::part_of,
    amounts::Amounts,
    case::Case,
    difference::Sides,
    sheet::Sheet,
    witness::{BookEntry, LedgerDocument, SentLine},
};
use crate::{Money, VatRate, draft::LineOrigin, entry::EntryKind};

const UNKNOWN: &str = "-";

/// One line of the summary. Counts are rows of receipts and lines of documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VatLine {
    /// OrderWise's tax code.
    pub code: String,
    /// Whether it is about what was given back.
    pub returned: bool,
    /// Both sides.
    pub sides: Sides,
}

/// Adds what an entry says.
pub(super) fn add_entry<'a>(case: &Case<'a>, entry: &'a BookEntry, sheet: &mut Sheet<'a>) {
    let returned = entry.kind == EntryKind::Return;
    let mut lines: &[SentLine] = entry.posting.as_ref().map_or(&[], |posting| &posting.lines);
    // Rows are those that were posted. What Sitoo told differently since has no row: it stands with
    // the charges, so that the summary comes to what the ledger is compared with.
    let figures = entry.figures_today.as_ref().unwrap_or(&entry.figures);
    let round_off = Amounts::untaxed(figures.round_off);
    let mut charges = Amounts::new(figures.net, figures.vat, figures.gross - figures.round_off);
    let mut code = UNKNOWN;
    for row in &entry.rows {
        let amounts = Amounts::new(row.net, row.vat, row.net + row.vat);
        charges -= amounts;
        if !row.discount {
            // Lines stand in the order of the rows.
            let its = lines.iter().position(|line| line.origin == LineOrigin::Row(row.index));
            lines = its.map_or(lines, |at| &lines[at..]);
            let sent = lines.first().filter(|_| its.is_some());
            code = sent
                .and_then(|line| code_of(case, line.tax_rate_id))
                .or_else(|| code_of_rate(case, row.vat_rate))
                .unwrap_or(UNKNOWN);
        }
        add_book(sheet, code, returned, amounts);
    }
    if !charges.is_zero() {
        add_book(sheet, code_of_amounts(case, charges), returned, charges);
    }
    if !round_off.is_zero() {
        let code = code_of_rate(case, VatRate::ZERO).unwrap_or(UNKNOWN);
        add_book(sheet, code, returned, round_off);
    }
}

/// Adds what a document says.
pub(super) fn add_document<'a>(
    case: &Case<'a>,
    document: &'a LedgerDocument,
    sheet: &mut Sheet<'a>,
) {
    let returned = case.policy.order_types.is_credit(document.document.order_type);
    let totals = &document.document;
    let mut rest = Amounts::new(totals.net, totals.tax, totals.gross);
    for line in document.lines.iter().flatten() {
        let amounts = Amounts::new(line.net, line.tax, line.gross);
        rest -= amounts;
        let code = line.tax_code.as_deref().unwrap_or(UNKNOWN);
        add_other(sheet, code, returned, amounts.turned(returned));
    }
    if !rest.is_zero() {
        add_other(sheet, code_of_amounts(case, rest), returned, rest.turned(returned));
    }
}

fn add_book<'a>(sheet: &mut Sheet<'a>, code: &'a str, returned: bool, amounts: Amounts) {
    let sides = sheet.vat.entry((code, returned)).or_default();
    sides.book += amounts;
    sides.book_count += 1;
}

fn add_other<'a>(sheet: &mut Sheet<'a>, code: &'a str, returned: bool, amounts: Amounts) {
    let sides = sheet.vat.entry((code, returned)).or_default();
    sides.other += amounts;
    sides.other_count += 1;
}

fn code_of<'a>(case: &Case<'a>, tax_rate_id: i64) -> Option<&'a str> {
    case.policy.tax_codes.get(&tax_rate_id).map(|code| code.code.as_str())
}

fn code_of_rate<'a>(case: &Case<'a>, rate: VatRate) -> Option<&'a str> {
    let mut codes = case.policy.tax_codes.values();
    codes.find(|code| code.rate == rate).map(|code| code.code.as_str())
}

/// Charges name no rate: the first that makes their tax.
fn code_of_amounts<'a>(case: &Case<'a>, amounts: Amounts) -> &'a str {
    let fits = |rate: &&VatRate| part_of(amounts.gross, **rate) == amounts.tax;
    let rate = case.rates.iter().find(fits).filter(|_| amounts.gross != Money::ZERO);
    rate.and_then(|rate| code_of_rate(case, *rate)).unwrap_or(UNKNOWN)
}
