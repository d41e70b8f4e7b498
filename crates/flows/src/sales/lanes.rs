//! The number in flight holds over all processes on one book: each order on its way needs a lane,
//! and lanes are leases (two parallel imports clash in OrderWise, facts/orderwise 1.4).

use daybook_store::{entry, lease};

use crate::{app::App, error::FlowError};

/// As many names as lanes are wanted, in their order.
fn names(app: &App) -> Vec<String> {
    let wanted = app.settings.posting.in_flight.max(1);
    let mut names: Vec<_> = (0..wanted).map(|lane| format!("post-lane-{lane}")).collect();
    names.sort_unstable();
    names
}

/// Takes as many lanes as are free, up to the setting.
pub(crate) async fn take(app: &App) -> Result<usize, FlowError> {
    if app.db.is_ours_alone() {
        return Ok(app.settings.posting.in_flight.max(1));
    }
    let now = app.now();
    if entry::next_due(&app.db).await?.is_none_or(|due| due > now) {
        // Nothing to do: leave the lanes to those who have.
        return Ok(0);
    }
    // A pass ends, and its last call begins, within a quarter of the lease each.
    let until = now.plus(app.settings.posting.lease / 2);
    Ok(lease::acquire_all(&app.db, now, &names(app), &app.worker, until).await?)
}

/// Gives the lanes back for others to take.
pub(crate) async fn give_back(app: &App) -> Result<(), FlowError> {
    if app.db.is_ours_alone() {
        return Ok(());
    }
    Ok(lease::release_all(&app.db, &names(app), &app.worker).await?)
}
