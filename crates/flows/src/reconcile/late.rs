//! What comes or changes about a day that is over makes that day due again.

use std::collections::BTreeSet;

use daybook_domain::Timestamp;
use daybook_store::{
    Tx,
    entry::{NewEntry, Recorded},
    reconcile::late::{self, LateRow},
};

use crate::{app::App, error::FlowError};

/// Days begin at full minutes, so a minute's moments say the same.
const MINUTE: i64 = 60_000_000;

/// Notes that there is something new about these moments of stores.
pub(crate) async fn note(
    tx: &mut Tx,
    now: Timestamp,
    moments: impl IntoIterator<Item = LateRow>,
) -> Result<(), FlowError> {
    let minute = |late: LateRow| {
        let micros = late.moment.micros();
        let moment = Timestamp::from_micros(micros - micros.rem_euclid(MINUTE));
        LateRow { moment, ..late }
    };
    let moments: BTreeSet<LateRow> = moments.into_iter().map(minute).collect();
    let moments: Vec<LateRow> = moments.into_iter().collect();
    Ok(late::note(tx, now, &moments).await?)
}

/// Entries that were written down, of days that may have been compared already: a till that was
/// offline, an order that was edited afterwards.
pub(crate) async fn entries(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    (rows, recorded): (&[NewEntry], &Recorded),
) -> Result<(), FlowError> {
    let zone = &app.policy.default_time_zone;
    let over = app.settings.reconcile.close_at.last_before(now, zone);
    let old: Vec<&NewEntry> = rows.iter().filter(|row| row.order_date < over).collect();
    if old.is_empty() {
        return Ok(());
    }
    let written = [&recorded.new, &recorded.changed, &recorded.changed_after_posting];
    let written: BTreeSet<i64> = written.into_iter().flatten().copied().collect();
    let late = old.into_iter().filter(|row| written.contains(&row.order_id));
    let late = late.filter_map(|row| {
        let warehouse_id = row.warehouse_id?;
        Some(LateRow { warehouse_id, moment: row.order_date })
    });
    note(tx, now, late).await
}
