//! What is wrong is told by cause: one exception with how many products it stops and one of them;
//! `daybook catalogue faults` has them all. Exceptions close when nothing is left under them.

use daybook_domain::causes::Cause;
use daybook_store::{
    Tx,
    catalogue::{self, Counts},
    exception::{self, ExceptionFilter},
    price_arrival,
};

use super::{CatalogueReport, FLOW};
use crate::{app::App, error::FlowError, retrying::retrying, sales::evaluate::DAYBOOK};

/// Open exceptions of the flow that are looked at; there are a few causes, and a SKU for each that
/// Sitoo refused.
const MOST: usize = 10_000;
const GONE: &str = "its cause is gone";

/// How many products may still be hidden in this pass.
#[derive(Debug)]
pub(super) struct Hiding {
    left: i64,
    /// How many were kept at the tills because they are too many.
    pub(super) kept: u64,
}

impl Hiding {
    /// Whether one more may be hidden.
    pub(super) fn may_hide(&mut self) -> bool {
        self.left -= 1;
        if self.left < 0 {
            self.kept += 1;
        }
        self.left >= 0
    }
}

/// A mistake in OrderWise or in an export must not empty the tills: no more than a share of the
/// products vanishes in a pass, and none at all while a person has not seen to it.
pub(super) async fn hiding(
    app: &App,
    counts: &Counts,
    hide_all: bool,
) -> Result<Hiding, FlowError> {
    let settings = &app.settings.catalogue;
    let left = if hide_all {
        i64::MAX
    } else if is_stopped(app).await? {
        0
    } else {
        let share = counts.published.saturating_mul(settings.hide_at_most_percent) / 100;
        share.max(settings.hide_always)
    };
    Ok(Hiding { left, kept: 0 })
}

async fn is_stopped(app: &App) -> Result<bool, FlowError> {
    let filter = ExceptionFilter {
        cause: Some(Cause::ProductsNotHidden),
        scope: Some(FLOW.to_owned()),
        ..ExceptionFilter::default()
    };
    Ok(!exception::list(&app.db, &filter, 1).await?.is_empty())
}

/// Raises what is wrong now, and closes what is not any more.
pub(super) async fn all(app: &App, report: &CatalogueReport) -> Result<(), FlowError> {
    let now = app.now();
    let withdrawn_since = now.minus(app.settings.catalogue.tell_withdrawn_for);
    let groups = catalogue::told(&app.db, withdrawn_since).await?;
    let mut told: Vec<(Cause, String, String)> = groups
        .into_iter()
        .map(|group| {
            let detail = match group.skus {
                1 => group.example,
                skus => format!("{skus} products, one of them {}", group.example),
            };
            (group.cause, group.subject, detail)
        })
        .collect();
    for group in catalogue::family::told(&app.db).await? {
        let detail = match group.styles {
            1 => group.example,
            styles => format!("{styles} styles; {}", group.example),
        };
        told.push((group.cause, "families".to_owned(), detail));
    }
    if let Some((prices, example)) = price_arrival::late(&app.db, now).await? {
        let detail = format!("{prices} not arrived, one of them that of {example}");
        told.push((Cause::PriceNotArrived, "prices".to_owned(), detail));
    }
    if report.not_hidden > 0 {
        let detail = format!("{} more would be hidden", report.not_hidden);
        told.push((Cause::ProductsNotHidden, "products".to_owned(), detail));
    }
    let tell = || async {
        let mut tx = app.db.begin().await?;
        for (cause, subject, detail) in &told {
            exception::raise_scoped(&mut tx, now, FLOW, *cause, subject, detail).await?;
        }
        close_others(app, &mut tx, &told).await?;
        price_arrival::prune(&mut tx, now.minus(app.settings.catalogue.keep_arrivals)).await?;
        Ok(tx.commit().await?)
    };
    retrying(app, "what is wrong with products", tell).await
}

async fn close_others(
    app: &App,
    tx: &mut Tx,
    told: &[(Cause, String, String)],
) -> Result<(), FlowError> {
    let filter = ExceptionFilter { scope: Some(FLOW.to_owned()), ..ExceptionFilter::default() };
    for open in exception::list(&mut *tx, &filter, MOST).await? {
        let is_told = |(cause, subject, _): &(Cause, String, String)| {
            *cause == open.cause && *subject == open.subject
        };
        // What Sitoo refused closes with its product.
        if open.cause != Cause::ProductRefused && !told.iter().any(is_told) {
            exception::close_one(tx, app.now(), open.number, DAYBOOK, GONE).await?;
        }
    }
    Ok(())
}
