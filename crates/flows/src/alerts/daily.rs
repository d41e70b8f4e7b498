//! The digest in the morning and the weekly report: each once, however often it is looked.

use std::time::Duration;

use daybook_domain::{
    Timestamp,
    alert::{Notice, digest, weekly},
};
use daybook_store::{alert, watermark};

use super::{
    FLOW,
    record::{place, write},
};
use crate::{app::App, engine, error::FlowError, retrying::retrying};

/// The moment of the last digest, in microseconds.
const DIGEST: &str = "alerts-digest";
const WEEK: Duration = Duration::from_hours(24 * 7);

/// Writes down what the morning asks for. Before the first morning nothing is told.
pub(super) async fn messages(app: &App) -> Result<(), FlowError> {
    let settings = &app.settings.alerts;
    let (now, zone) = (app.now(), &app.policy.default_time_zone);
    let morning = settings.digest_at.last_before(now, zone);
    let last = watermark::get(&app.db, DIGEST).await?.map(Timestamp::from_micros);
    if last.is_some_and(|last| last >= morning) {
        return Ok(());
    }
    retrying(app, "the digest of alerts", || async {
        let mut tx = app.db.begin().await?;
        if !engine::is_held(app, &mut tx, FLOW).await? {
            return Ok(());
        }
        watermark::set(&mut tx, now, DIGEST, morning.micros()).await?;
        if let Some(last) = last {
            let wanted = settings.channels.iter().filter(|(_, one)| one.digest);
            let wanted: Vec<&String> = wanted.map(|(name, _)| name).collect();
            if !wanted.is_empty() {
                for notice in notices(app, &mut tx, (last, morning)).await? {
                    for name in &wanted {
                        write(app, &mut tx, None, (name, now), &notice).await?;
                    }
                }
            }
        }
        Ok(tx.commit().await?)
    })
    .await
}

async fn notices(
    app: &App,
    tx: &mut daybook_store::Tx,
    (last, morning): (Timestamp, Timestamp),
) -> Result<Vec<Notice>, FlowError> {
    let now = app.now();
    let (desk, currency, zone) = place(app);
    let at = (desk.as_str(), currency.as_str(), &zone);
    let open = alert::open(&mut *tx).await?;
    let over = alert::closed_since(&mut *tx, last).await?;
    let mut notices = vec![digest(&open, over.len(), now, at)];
    let local = morning.to_jiff().to_zoned_datetime(zone.clone());
    if local.weekday() == app.settings.alerts.weekly_on.to_jiff() {
        let week = alert::closed_since(&mut *tx, now.minus(WEEK)).await?;
        notices.push(weekly(&week, now, at));
    }
    Ok(notices)
}
