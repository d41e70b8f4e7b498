//! Days as finance people read them: a line a store, then what differs, by cause.

use std::fmt::Write as _;

use daybook_domain::Money;
use daybook_flows::reconcile::{CauseView, Clearing, DayView};
use daybook_store::reconcile::day::DayState;

use crate::{printer, words};

/// Differences of one cause that are shown one by one; `--json` shows all.
const MOST_SHOWN: usize = 10;

/// All days.
pub(super) fn text(currency: &str, days: &[DayView]) -> String {
    if days.is_empty() {
        return String::new();
    }
    let mut text = table(days, currency);
    for day in days {
        of_day(&mut text, day, currency);
    }
    text
}

/// A line a store.
fn table(days: &[DayView], currency: &str) -> String {
    let rows = days.iter().map(|day| {
        let money = |amount: Option<Money>| {
            amount.map_or_else(|| "-".to_owned(), |amount| words::money(amount, currency))
        };
        let figures = day.figures.as_ref();
        vec![
            format!("{} ({})", day.name, day.store),
            day.day.to_string(),
            figures.map_or_else(|| "-".to_owned(), |one| words::grouped(one.receipts)),
            money(figures.map(|one| one.till.gross)),
            money(figures.map(|one| one.z_reports.gross)),
            money(figures.map(|one| one.orderwise.gross)),
            words::grouped(day.differences),
            standing(day),
        ]
    });
    let head =
        ["store", "day", "receipts", "tills", "Z-reports", "OrderWise", "differences", "standing"];
    printer::table(&head, &[2, 3, 4, 5, 6], rows.collect())
}

/// Open days stand out.
fn standing(day: &DayView) -> String {
    match (day.state, day.standing) {
        (DayState::NotFresh, _) => "not fresh".to_owned(),
        (_, Some(standing)) if standing.is_closed() => standing.to_string(),
        (_, Some(_)) => "OPEN".to_owned(),
        (_, None) => day.state.word().to_owned(),
    }
}

fn of_day(text: &mut String, day: &DayView, currency: &str) {
    if day.state == DayState::NotFresh {
        let _ = write!(text, "\n\n{}, {}: {}", day.name, day.day, day.detail);
    }
    for said in day
        .figures
        .iter()
        .flat_map(|figures| figures.about_z_reports(|amount| words::money(amount, currency)))
    {
        let _ = write!(text, "\n\n{}, {}: {said}", day.name, day.day);
    }
    if !day.causes.is_empty() {
        let _ = write!(text, "\n\n{}, {}", day.name, day.day);
    }
    for cause in &day.causes {
        of_cause(text, cause, currency);
    }
    for fix in &day.fixes {
        let _ = write!(text, "\n  {} ({}) for {}: {}", fix.act, fix.cause, fix.by, fix.subject);
    }
    for signed in &day.sign_offs {
        let count = u64::try_from(signed.differences.len()).unwrap_or(u64::MAX);
        let what = words::count(count, "difference", "differences");
        let _ = write!(text, "\n  signed by {}: {} ({what})", signed.by, signed.reason);
    }
}

fn of_cause(text: &mut String, cause: &CauseView, currency: &str) {
    let money = |amount| words::money(amount, currency);
    let note = match cause.clearing {
        Clearing::Open => String::new(),
        Clearing::Signed => ", signed".to_owned(),
        Clearing::Tolerated => ", tolerated".to_owned(),
    };
    let count = u64::try_from(cause.differences.len()).unwrap_or(u64::MAX);
    let _ = write!(
        text,
        "\n  {} ({}, {}): {}, {}{note}",
        cause.title,
        cause.cause,
        cause.measure,
        words::count(count, "difference", "differences"),
        money(cause.amounts.gross),
    );
    let shown = cause.differences.iter().take(MOST_SHOWN).map(|one| {
        let (tax, detail) = (money(one.amounts.tax), one.detail.clone());
        vec![one.subject.clone(), money(one.amounts.gross), format!("tax {tax}"), detail]
    });
    for line in printer::rows(&[1], shown.collect()).lines() {
        let _ = write!(text, "\n      {line}");
    }
    if cause.differences.len() > MOST_SHOWN {
        let _ = write!(text, "\n      … and {} more", cause.differences.len() - MOST_SHOWN);
    }
    if cause.clearing == Clearing::Open {
        let _ = write!(text, "\n    {}: {}\n    {}", cause.owner, cause.fix, cause.command);
    }
}
