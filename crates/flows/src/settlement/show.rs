//! What people see about payouts.

use daybook_domain::{
    Money,
    settlement::{Day, LineKind, MatchState, Subject},
};
use daybook_store::settlement::{
    bank::{self, StoredBankLine},
    file,
    line::{self, StoredLine},
    matches::{self, StoredMatch},
    payout::{self, StoredPayout},
    till::{self, StoredMoney},
};
pub use daybook_store::settlement::{file::MoneyFile, matches::MatchCount};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{app::App, error::FlowError};

/// Where a payout stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "PayoutStanding")]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The bank has it.
    Arrived,
    /// A line of the bank may be it.
    Suggested,
    /// The bank has not.
    Missing,
}

/// A payout in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PayoutView {
    /// What its lines say.
    #[serde(flatten)]
    pub stored: StoredPayout,
    /// Its amount less the sum of its lines.
    pub difference: Money,
    /// Whether the money is at the bank.
    pub standing: Standing,
    /// What its match with the bank differs by.
    pub bank_difference: Option<Money>,
}

/// What stands where, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// The latest payouts.
    pub payouts: Vec<PayoutView>,
    /// Matches by subject and state.
    pub matches: Vec<MatchCount>,
    /// Files that were imported last.
    pub files: Vec<MoneyFile>,
}

/// A line of a payout, and what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineView {
    /// The line.
    #[serde(flatten)]
    pub stored: StoredLine,
    /// Payments of tills: those of its match, or those that a chargeback, fee or correction names.
    pub payments: Vec<StoredMoney>,
    /// Whether its match holds.
    pub state: Option<MatchState>,
}

/// Money of one kind in a payout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KindSum {
    /// The kind.
    pub kind: LineKind,
    /// How many lines.
    pub lines: i64,
    /// Their sums.
    pub gross: Money,
    /// What the provider keeps of it.
    pub fee: Money,
    /// What is paid out of it.
    pub net: Money,
}

/// A payout as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PayoutWhole {
    /// Its figures, one a currency.
    pub payouts: Vec<PayoutView>,
    /// Its lines by kind.
    pub kinds: Vec<KindSum>,
    /// Its lines.
    pub lines: Vec<LineView>,
    /// What the bank booked for it.
    pub bank: Vec<StoredBankLine>,
}

/// A suggestion with both its sides, for a person to decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MatchView {
    /// The match.
    #[serde(flatten)]
    pub stored: StoredMatch,
    /// Its payments of tills.
    pub payments: Vec<StoredMoney>,
    /// Its lines of reports.
    pub lines: Vec<StoredLine>,
    /// Its payouts.
    pub payouts: Vec<StoredPayout>,
    /// Its lines of the bank.
    pub bank: Vec<StoredBankLine>,
}

/// What is open on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenSides {
    /// Payments of tills that no match holds, the oldest first.
    pub payments: Vec<StoredMoney>,
    /// Lines of reports that no match holds, the oldest first.
    pub lines: Vec<StoredLine>,
}

/// The latest payouts and how the matches stand.
pub async fn overview(app: &App, limit: usize) -> Result<Overview, FlowError> {
    let mut payouts = Vec::new();
    for stored in payout::latest(&app.db, limit).await? {
        payouts.push(view(app, stored).await?);
    }
    let matches = matches::counts(&app.db).await?;
    Ok(Overview { payouts, matches, files: file::latest(&app.db, limit).await? })
}

async fn view(app: &App, stored: StoredPayout) -> Result<PayoutView, FlowError> {
    let matched = match stored.match_number {
        Some(number) => matches::get(&app.db, number).await?,
        None => None,
    };
    let standing = match matched.as_ref().map(|one| one.state) {
        Some(MatchState::Confirmed) => Standing::Arrived,
        Some(MatchState::Suggested) => Standing::Suggested,
        _ => Standing::Missing,
    };
    let difference = stored.payout.difference();
    let bank_difference = matched.map(|one| one.difference);
    Ok(PayoutView { stored, difference, standing, bank_difference })
}

/// One payout.
pub async fn payout(app: &App, provider: &str, id: &str) -> Result<PayoutWhole, FlowError> {
    let stored = payout::of(&app.db, provider, id).await?;
    if stored.is_empty() {
        let what = format!("there is no payout {id} of {provider}");
        return Err(FlowError::request("payout-unknown", what, "see `daybook payouts list`"));
    }
    let (mut payouts, mut bank_lines) = (Vec::new(), Vec::new());
    for one in stored {
        if let Some(number) = one.match_number {
            bank_lines.extend(bank::of_match(&app.db, number).await?);
        }
        payouts.push(view(app, one).await?);
    }
    let mut lines = Vec::new();
    for stored in line::of_payout(&app.db, provider, id).await? {
        lines.push(line_view(app, stored).await?);
    }
    let kinds = LineKind::ALL.into_iter().filter_map(|kind| kind_sum(kind, &lines)).collect();
    Ok(PayoutWhole { payouts, kinds, lines, bank: bank_lines })
}

fn kind_sum(kind: LineKind, lines: &[LineView]) -> Option<KindSum> {
    let of_kind: Vec<_> =
        lines.iter().map(|view| &view.stored.line).filter(|line| line.kind == kind).collect();
    (!of_kind.is_empty()).then(|| KindSum {
        kind,
        lines: i64::try_from(of_kind.len()).unwrap_or(i64::MAX),
        gross: of_kind.iter().map(|line| line.gross).sum(),
        fee: of_kind.iter().map(|line| line.fee).sum(),
        net: of_kind.iter().map(|line| line.net).sum(),
    })
}

async fn line_view(app: &App, stored: StoredLine) -> Result<LineView, FlowError> {
    if let Some(number) = stored.match_number {
        let payments = till::of_match(&app.db, number).await?;
        let state = matches::get(&app.db, number).await?.map(|one| one.state);
        return Ok(LineView { stored, payments, state });
    }
    let mut payments = Vec::new();
    for reference in &stored.line.references {
        if payments.is_empty() {
            payments = till::with_reference(&app.db, reference).await?;
        }
    }
    Ok(LineView { stored, payments, state: None })
}

/// Suggestions that wait for a person.
pub async fn suggestions(
    app: &App,
    subject: Subject,
    limit: usize,
) -> Result<Vec<MatchView>, FlowError> {
    let mut views = Vec::new();
    for stored in matches::latest(&app.db, subject, MatchState::Suggested, limit).await? {
        views.push(whole(app, stored).await?);
    }
    Ok(views)
}

/// A match with both its sides.
pub async fn whole(app: &App, stored: StoredMatch) -> Result<MatchView, FlowError> {
    let number = stored.number;
    Ok(MatchView {
        payments: till::of_match(&app.db, number).await?,
        lines: line::of_match(&app.db, number).await?,
        payouts: payout::of_match(&app.db, number).await?,
        bank: bank::of_match(&app.db, number).await?,
        stored,
    })
}

/// What no match holds: payments taken by the end of a day, and lines.
pub async fn open(
    app: &App,
    provider: &str,
    day: Day,
    limit: usize,
) -> Result<OpenSides, FlowError> {
    Ok(OpenSides {
        payments: till::open_until(&app.db, provider, day, limit).await?,
        lines: line::oldest_open(&app.db, provider, limit).await?,
    })
}
