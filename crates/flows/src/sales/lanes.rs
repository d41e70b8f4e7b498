//! The number in flight holds over all processes on one book: each order on its way needs a lane,
//! and lanes are leases (two parallel imports clash in OrderWise, facts/orderwise 1.4).

use daybook_store::{entry, lease};

use crate::{app::App, error::FlowError};

fn name(lane: usize) -> String {
    format!("post-lane-{lane}")
}

/// Takes as many lanes as are free, up to the setting.
pub(crate) async fn take(app: &App) -> Result<usize, FlowError> {
    let wanted = app.settings.posting.in_flight.max(1);
    if app.db.is_ours_alone() {
        return Ok(wanted);
    }
    let now = app.now();
    if entry::next_due(&app.db).await?.is_none_or(|due| due > now) {
        // Nothing to do: leave the lanes to those who have.
        return Ok(0);
    }
    // A pass ends, and its last call begins, within a quarter of the lease each.
    let until = now.plus(app.settings.posting.lease / 2);
    let mut taken = 0;
    for lane in 0..wanted {
        if lease::acquire(&app.db, now, &name(lane), &app.worker, until).await? {
            taken += 1;
        }
    }
    Ok(taken)
}

/// Gives the lanes back for others to take.
pub(crate) async fn give_back(app: &App) -> Result<(), FlowError> {
    if app.db.is_ours_alone() {
        return Ok(());
    }
    for lane in 0..app.settings.posting.in_flight.max(1) {
        lease::release(&app.db, &name(lane), &app.worker).await?;
    }
    Ok(())
}
