//! While an order is known to be missing, a level that fell by more than the known sales take may
//! have been lowered by that order: its goods have left, and OrderWise's figure has them still. So
//! much counts as in flight, and no till is raised by it (design section 5: doubt always lowers).

use std::{collections::HashMap, time::Duration};

use daybook_domain::{Quantity, Timestamp, stock::Why};
use daybook_store::{
    stock::{
        due::NewDue,
        history,
        unexplained::{self, Unexplained},
    },
    watermark,
};

use super::{facts::Facts, lines::Case, write::Work};
use crate::{app::App, error::FlowError, retrying::retrying};

/// A number that is missing for longer is hardly that of an order to come, nor did it take what fell
/// before: staff move goods, too, and a till must not be kept short for a number that never comes.
const YOUNG: Duration = Duration::from_mins(1);

/// What was noted while orders are missing.
pub(super) struct Gaps {
    known: HashMap<(i64, String), Unexplained>,
}

/// None while no order is missing that may still come.
pub(super) async fn gaps(app: &App) -> Result<Option<Gaps>, FlowError> {
    let missing = watermark::missing(&app.db).await?;
    let rows = unexplained::list(&app.db).await?;
    if is_young(app, missing.newest) {
        let known = rows.into_iter().map(|row| ((row.warehouse_id, row.folded.clone()), row));
        return Ok(Some(Gaps { known: known.collect() }));
    }
    if !rows.is_empty() {
        retrying(app, "what is explained", || clear(app)).await?;
    }
    Ok(None)
}

/// Whether an order is missing that may still come.
pub(super) async fn is_any(app: &App) -> Result<bool, FlowError> {
    Ok(is_young(app, watermark::missing(&app.db).await?.newest))
}

fn is_young(app: &App, since: Option<Timestamp>) -> bool {
    since.is_some_and(|at| app.now().since(at) < YOUNG)
}

async fn clear(app: &App) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    unexplained::clear(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

impl Gaps {
    /// Counts what nothing explains of a level as in flight, and notes it.
    pub(super) async fn lay_aside(
        &self,
        app: &App,
        facts: &mut Facts,
        case: &Case<'_>,
        work: &mut Work,
    ) -> Result<(), FlowError> {
        // The stock is told to the first product alone.
        if case.nth > 0 {
            return Ok(());
        }
        let (place, now) = (case.place, app.now());
        let key = (place.warehouse_id, case.folded.to_owned());
        let noted = self.known.get(&key);
        let sku = Some(case.product.sku.as_str());
        let before = history::latest(&app.db, place.warehouse_id, case.folded, sku).await?;
        let known = facts.in_flight(place.location_id, case.folded);
        let known = known.map_or(Quantity::ZERO, |one| one.quantity);
        // What was written may not have arrived: the lower of both ends is what the till had at least.
        // Of what was never decided about nobody knows what its till had.
        // Any sale that is in flight may be what it fell by since: it may have left between both reads.
        let fell = before
            .map_or(Quantity::ZERO, |row| row.level.min(row.target) - case.level.total - known);
        let still = noted.filter(|row| is_young(app, Some(row.since)));
        let quantity =
            (still.map_or(Quantity::ZERO, |row| row.quantity) + fell).max(Quantity::ZERO);
        if quantity.is_zero() && noted.is_none() {
            return Ok(());
        }
        let since = still.map_or(now, |row| row.since);
        let (warehouse_id, folded) = key;
        if !quantity.is_zero() {
            facts.add_unexplained(place.location_id, &folded, quantity);
            let due_at = since.plus(YOUNG);
            let why = Why::Certain;
            work.again.push(NewDue { warehouse_id, folded: folded.clone(), why, due_at });
        }
        work.unexplained.push(Unexplained { warehouse_id, folded, quantity, since });
        Ok(())
    }
}
