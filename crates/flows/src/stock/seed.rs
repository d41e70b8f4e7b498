//! When the flow is switched on with an older book: what its entries moved is written down once.

use std::time::Duration;

use daybook_connectors::sitoo::parse_order;
use daybook_domain::{Timestamp, classify::classify, stock::moved_from};
use daybook_store::{
    entry, supply,
    till_movement::{self, NewMovement},
    watermark,
};

use super::{moved::sold, set_mark};
use crate::{app::App, error::FlowError, retrying::retrying, sales::load::known_mapping};

/// When the flow last ran.
const RAN: &str = "stock-ran";
/// A pause after which it may have been switched off meanwhile.
const AWAY: Duration = Duration::from_hours(1);
/// What was confirmed before is inside any figure.
const DAYS: Duration = Duration::from_hours(72);
/// Entries looked at in one go.
const PIECE: usize = 500;

/// Looks at what is not confirmed, and at what was received since the flow last ran or in the last
/// days. What is written down already stays as it is.
pub(super) async fn if_needed(app: &App) -> Result<(), FlowError> {
    let now = app.now();
    let ran = watermark::get(&app.db, RAN).await?.map(Timestamp::from_micros);
    if ran.is_none_or(|at| now.since(at) >= AWAY) {
        let since = ran.unwrap_or(now).minus(DAYS);
        let mut after = 0;
        while let Some(last) = piece(app, after, since).await? {
            after = last;
        }
    }
    set_mark(app, RAN, now.micros()).await
}

async fn piece(app: &App, after: i64, since: Timestamp) -> Result<Option<i64>, FlowError> {
    let ids = till_movement::to_seed(&app.db, after, since, PIECE).await?;
    let Some(&last) = ids.last() else { return Ok(None) };
    let payloads = entry::payloads(&app.db, &ids).await?;
    let mut rows: Vec<NewMovement> = Vec::new();
    let deliveries = supply::known(&app.db, &ids).await?;
    let mapping = known_mapping(app).await?;
    for (id, payload) in &payloads {
        let Ok(order) = parse_order(payload) else { continue };
        let known = deliveries.get(id).map(Vec::as_slice);
        let moved = moved_from(&order, classify(&order, &app.policy), known, &mapping);
        rows.extend(moved.iter().filter_map(|moved| sold(*id, moved)));
    }
    retrying(app, "what moved before", || insert(app, &rows)).await?;
    Ok(Some(last))
}

async fn insert(app: &App, rows: &[NewMovement]) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    till_movement::insert(&mut tx, rows).await?;
    tx.commit().await?;
    Ok(())
}
