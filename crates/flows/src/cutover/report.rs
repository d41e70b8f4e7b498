//! The parallel run, receipt by receipt: what the other integration posted, where it differs, what
//! is missing, and what Daybook would have done. Where the day close has read OrderWise's lines, they
//! are compared too.

use std::collections::BTreeMap;

use daybook_domain::{
    Money, Timestamp,
    cutover::{
        Mode,
        lines::{self, LineDifference},
    },
    entry::{EntryKind, EntryState},
    posting::Fault,
    reconcile::witness::{LedgerDocument, Posting},
};
use daybook_store::{
    cutover::{self, FoundCells, SoughtRow},
    reconcile::document,
    variant,
};
use serde::Serialize;

use super::{ELSEWHERE, overdue_before};
use crate::{app::App, error::FlowError};

/// Of an entry whose first look is still to come.
const NOT_LOOKED_FOR: &str = "not-looked-for";

/// Rows read in one go.
const PAGE: usize = 500;

/// The whole report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Who posts.
    pub mode: Mode,
    /// Since when.
    pub since: Timestamp,
    /// Entries whose document of the other integration was found.
    pub adopted: i64,
    /// Of them with other totals than the till's.
    pub different: i64,
    /// Of all found so many with other lines than Daybook would have posted.
    pub different_lines: i64,
    /// Not found yet, also those that nobody has looked for yet.
    pub not_found: i64,
    /// Of them not looked for yet.
    pub not_looked_for: i64,
    /// What those are worth, without signs.
    pub not_found_money: Money,
    /// Of them older than the setting allows.
    pub overdue: i64,
    /// What those are worth.
    pub overdue_money: Money,
    /// What Daybook would have held.
    pub would_be_held: i64,
    /// Receipt by receipt.
    pub lines: Vec<Line>,
}

/// A receipt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Sitoo's order id.
    pub order_id: i64,
    /// Daybook's reference.
    pub reference: String,
    /// `adopted`, `different`, `not-looked-for`, `not-found` or `posted-by-daybook`.
    pub outcome: &'static str,
    /// Where its entry is.
    pub state: EntryState,
    /// Sale or return.
    pub kind: EntryKind,
    /// When it was recorded.
    pub received_at: Timestamp,
    /// The till's gross, without its sign.
    pub till_gross: Money,
    /// The till's VAT, without its sign.
    pub till_tax: Money,
    /// The other integration's documents; more than one is one too many.
    pub found: Vec<FoundCells>,
    /// How much more the ledger says than the till, gross.
    pub difference: Option<Money>,
    /// Where its lines are others than Daybook's; none while the day close has not read them, or
    /// where Daybook would have posted nothing.
    pub line_differences: Option<Vec<LineDifference>>,
    /// What Daybook would have posted; none where it would not.
    pub would_post: Option<WouldPost>,
    /// What Daybook would have held it for.
    pub would_hold: Vec<String>,
}

/// A draft beside a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WouldPost {
    /// The account.
    pub account: String,
    /// Lines.
    pub lines: usize,
    /// Gross of the lines and of the delivery.
    pub gross: Money,
    /// Money that moved.
    pub payments: Money,
}

/// Makes it.
pub async fn report(app: &App) -> Result<Report, FlowError> {
    let state = cutover::state(&app.db).await?;
    let counts = cutover::counts(&app.db, ELSEWHERE, overdue_before(app)).await?;
    let codes = variant::tax_codes(&app.db).await?.into_iter();
    let codes = codes.map(|(id, code, _)| (id, code)).collect();
    let mut lines: Vec<Line> = Vec::new();
    let mut after = i64::MIN;
    loop {
        let page = cutover::sought(&app.db, after, PAGE).await?;
        let is_last = page.len() < PAGE;
        let Some(last) = page.last().map(|row| row.order_id) else { break };
        // An entry's documents may go on behind the end of the page: it is read whole next time.
        let whole = page.into_iter().filter(|row| is_last || row.order_id < last);
        let whole: Vec<SoughtRow> = whole.collect();
        let found = whole.iter().filter(|row| row.found.is_some());
        let found: Vec<i64> = found.map(|row| row.order_id).collect();
        let read = document::of_entries(&app.db, &found).await?;
        let before = lines.len();
        for row in whole {
            add(&mut lines, row, &read, &codes);
        }
        after = if is_last { last } else { last - 1 };
        if is_last || lines.len() == before {
            break;
        }
    }
    let differ = |line: &&Line| line.line_differences.as_ref().is_some_and(|all| !all.is_empty());
    let different_lines = lines.iter().filter(differ).count();
    let not_looked_for = lines.iter().filter(|line| line.outcome == NOT_LOOKED_FOR).count();
    Ok(Report {
        mode: state.mode,
        since: state.since,
        adopted: counts.adopted,
        different: counts.different,
        different_lines: i64::try_from(different_lines).unwrap_or(i64::MAX),
        not_found: counts.waiting.entries,
        not_looked_for: i64::try_from(not_looked_for).unwrap_or(i64::MAX),
        not_found_money: counts.waiting.money,
        overdue: counts.overdue.entries,
        overdue_money: counts.overdue.money,
        would_be_held: counts.would_be_held,
        lines,
    })
}

fn add(
    told: &mut Vec<Line>,
    row: SoughtRow,
    read: &[LedgerDocument],
    codes: &BTreeMap<i64, String>,
) {
    if let Some(line) = told.last_mut().filter(|line| line.order_id == row.order_id) {
        line.found.extend(row.found);
        return;
    }
    let (till_gross, till_tax) = match row.kind {
        EntryKind::Return => (-row.gross, -row.vat),
        EntryKind::Sale | EntryKind::Other => (row.gross, row.vat),
    };
    let difference = row.found.as_ref().map(|found| found.gross - till_gross);
    let differs = |found: &FoundCells| found.gross != till_gross || found.tax != till_tax;
    let outcome = match &row.found {
        Some(found) if differs(found) => "different",
        Some(_) => "adopted",
        None if row.state.is_in_ledger() => "posted-by-daybook",
        None if row.state == EntryState::InDoubt && row.asked_at.is_none() => NOT_LOOKED_FOR,
        None => "not-found",
    };
    let faults: Vec<Fault> =
        row.faults.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let posting = row.posting.as_deref().and_then(|text| serde_json::from_str(text).ok());
    let its = row.found.as_ref().and_then(|found| {
        read.iter().find(|one| one.document.order_id == found.erp_order_id)?.lines.as_ref()
    });
    let both = posting.as_ref().zip(its);
    let line_differences =
        both.map(|(posting, its): (&Posting, _)| lines::compare(&posting.lines, its, codes));
    told.push(Line {
        order_id: row.order_id,
        reference: row.reference,
        outcome,
        state: row.state,
        kind: row.kind,
        received_at: row.received_at,
        till_gross,
        till_tax,
        found: row.found.into_iter().collect(),
        difference,
        line_differences,
        would_post: posting.map(would_post),
        would_hold: faults.iter().map(said).collect(),
    });
}

fn said(fault: &Fault) -> String {
    format!("{}: {}", fault.cause.code(), fault.detail)
}

fn would_post(posting: Posting) -> WouldPost {
    WouldPost {
        lines: posting.lines.len(),
        gross: posting.lines.iter().map(|line| line.gross).sum::<Money>() + posting.delivery,
        payments: posting.payments.iter().map(|(_, amount)| *amount).sum(),
        account: posting.account,
    }
}
