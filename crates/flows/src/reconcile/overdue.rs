//! A day that stays open is told: an exception of its own, some time after its night. It closes with
//! the day.

use std::collections::HashMap;

use daybook_domain::{Timestamp, causes::Cause};
use daybook_store::{
    Tx,
    exception::{self, ExceptionFilter},
    reconcile::day::{self, DayState, StoreDayRow},
};

use super::{beginning, policy, record::About};
use crate::{app::App, error::FlowError, retrying::retrying, sales::evaluate::DAYBOOK};

/// Days looked at in one pass, the oldest first.
const MOST: usize = 2_000;

fn scope(warehouse_id: i64) -> String {
    format!("day:{warehouse_id}")
}

/// Raises an exception about every day that is open for too long.
pub(super) async fn tell(app: &App) -> Result<(), FlowError> {
    let late = late(app).await?;
    if late.is_empty() {
        return Ok(());
    }
    let filter = ExceptionFilter { cause: Some(Cause::DayNotClosed), ..ExceptionFilter::default() };
    let open = exception::list(&app.db, &filter, MOST).await?;
    let open: HashMap<(String, String), String> =
        open.into_iter().map(|one| ((one.scope, one.subject), one.detail)).collect();
    let new: Vec<&(About, String)> = late
        .iter()
        .filter(|((warehouse_id, day), detail)| {
            open.get(&(scope(*warehouse_id), day.to_string())) != Some(detail)
        })
        .collect();
    if new.is_empty() {
        return Ok(());
    }
    retrying(app, "days that stay open", || raise(app, &new)).await
}

async fn late(app: &App) -> Result<Vec<(About, String)>, FlowError> {
    let now = app.now();
    let limit = app.settings.reconcile.open_limit;
    let last = policy::today(app, now.minus(limit));
    let mut late = Vec::new();
    for row in beginning::counted(app, day::unclosed(&app.db, last, MOST).await?).await? {
        let about = (row.warehouse_id, row.day);
        let night = policy::night(app, about).await?;
        if now >= night.plus(limit) {
            late.push((about, said(&row, night)));
        }
    }
    Ok(late)
}

fn said(row: &StoreDayRow, night: Timestamp) -> String {
    let what = match (row.state, row.detail.as_str()) {
        (DayState::Open, _) | (_, "") => "it was never compared",
        (_, detail) => detail,
    };
    let (store, day, gross) = (row.warehouse_id, row.day, row.gross);
    format!("store {store}, {day}: due since {night}; {what}; {gross} in the ledger")
}

async fn raise(app: &App, late: &[&(About, String)]) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    for ((warehouse_id, day), detail) in late {
        let (scope, day) = (scope(*warehouse_id), day.to_string());
        let cause = Cause::DayNotClosed;
        exception::raise_scoped(&mut tx, app.now(), &scope, cause, &day, detail).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The day is closed: nothing is told about it any more.
pub(super) async fn over(
    tx: &mut Tx,
    now: Timestamp,
    (warehouse_id, day): About,
) -> Result<(), FlowError> {
    let (scope, day) = (scope(warehouse_id), day.to_string());
    let what = (scope.as_str(), Cause::DayNotClosed, day.as_str());
    exception::close_subject(tx, now, what, DAYBOOK, "the day is closed").await?;
    Ok(())
}
