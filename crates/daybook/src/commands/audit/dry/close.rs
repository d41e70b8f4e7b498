//! The day close of a dry run: every whole day that was replayed, compared as it would be.

use std::{collections::BTreeMap, sync::Arc};

use daybook_domain::{Money, reconcile::witness::Day};
use daybook_flows::{
    App,
    reconcile::{self, Clearing, DayView, ReconcileReport},
};
use serde::Serialize;

use crate::failure::Failure;

/// What the day close would say.
#[derive(Debug, Default, Serialize)]
pub(super) struct DaysForecast {
    /// Store-days that are complete and equal.
    pub(super) closed: i64,
    /// Store-days with differences that a person has to clear.
    pub(super) differ: i64,
    /// Store-days for which a witness is missing.
    pub(super) not_compared: i64,
    /// What would have to be cleared, by cause.
    pub(super) causes: Vec<CauseForecast>,
    /// Pennies between the tills' VAT and the ledger's, by tax code, of all that was compared.
    pub(super) vat: Vec<VatForecast>,
    /// Each store-day.
    pub(super) days: Vec<DayForecast>,
}

/// A cause on all days.
#[derive(Debug, Serialize)]
pub(super) struct CauseForecast {
    pub(super) cause: String,
    pub(super) title: &'static str,
    pub(super) differences: i64,
    pub(super) gross: Money,
    pub(super) tax: Money,
    pub(super) fix: &'static str,
}

/// A tax code on all days.
#[derive(Debug, Serialize)]
pub(super) struct VatForecast {
    pub(super) code: String,
    pub(super) till: Money,
    pub(super) ledger: Money,
    pub(super) difference: Money,
}

/// A store-day.
#[derive(Debug, Serialize)]
pub(super) struct DayForecast {
    pub(super) store: i64,
    pub(super) day: Day,
    pub(super) state: &'static str,
    pub(super) differences: i64,
}

/// Closes every day behind `first`, which may have begun before the first order, and before today.
pub(super) async fn days(app: &Arc<App>, first: Day, today: Day) -> Result<DaysForecast, Failure> {
    let mut forecast = DaysForecast::default();
    let mut causes: BTreeMap<String, CauseForecast> = BTreeMap::new();
    let mut vat: BTreeMap<String, (Money, Money)> = BTreeMap::new();
    let mut day = first.next();
    while day < today {
        let mut report = ReconcileReport::default();
        reconcile::close_on_demand(app, day, None, &mut report).await?;
        forecast.closed += i64::try_from(report.closed).unwrap_or(i64::MAX);
        forecast.differ += i64::try_from(report.differs).unwrap_or(i64::MAX);
        forecast.not_compared += i64::try_from(report.not_fresh).unwrap_or(i64::MAX);
        for view in reconcile::days(app, day, None).await? {
            note_causes(&view, &mut causes);
            for line in reconcile::drill::vat(app, &view).await? {
                let sides = vat.entry(line.code).or_default();
                sides.0 += line.sides.book.tax;
                sides.1 += line.sides.other.tax;
            }
            let (state, differences) = (view.state.word(), view.differences);
            forecast.days.push(DayForecast { store: view.store, day, state, differences });
        }
        day = day.next();
    }
    forecast.causes = causes.into_values().collect();
    let line = |(code, (till, ledger)): (String, (Money, Money))| VatForecast {
        code,
        till,
        ledger,
        difference: ledger - till,
    };
    forecast.vat = vat.into_iter().map(line).collect();
    Ok(forecast)
}

fn note_causes(view: &DayView, causes: &mut BTreeMap<String, CauseForecast>) {
    for one in view.causes.iter().filter(|one| one.clearing == Clearing::Open) {
        let told = causes.entry(one.cause.to_string()).or_insert_with(|| CauseForecast {
            cause: one.cause.to_string(),
            title: one.title,
            differences: 0,
            gross: Money::ZERO,
            tax: Money::ZERO,
            fix: one.fix,
        });
        told.differences += i64::try_from(one.differences.len()).unwrap_or(i64::MAX);
        told.gross += one.amounts.gross;
        told.tax += one.amounts.tax;
    }
}
