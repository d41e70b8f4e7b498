//! Whether days can be closed: for `daybook check`.

use super::{EXPORT, LINES};
use crate::{app::App, check::CheckLine};

/// One line about the day close.
pub(crate) fn check(app: &App) -> CheckLine {
    let settings = &app.settings.reconcile;
    let warn =
        |detail: &str, hint: &str| CheckLine::warning("reconcile", "day close", detail, hint);
    if !app.orderwise.has_export(EXPORT) {
        let hint = "set orderwise.exports.order-totals.id to the definition's number";
        return warn("not set up: no day is compared with OrderWise", hint);
    }
    if !settings.enabled {
        let hint = "set reconcile.enabled = true, or run `daybook reconcile` each night";
        return warn("`daybook serve` closes no days", hint);
    }
    let depth = if app.orderwise.has_export(LINES) { "line by line" } else { "by totals alone" };
    let stores = match settings.stores.len() {
        0 => "every mapped store".to_owned(),
        1 => "one store".to_owned(),
        count => format!("{count} stores"),
    };
    let at = settings.close_at.time().strftime("%H:%M");
    let detail = format!("{stores}, each night at {at} by its clock, {depth}");
    CheckLine::ok("reconcile", "day close", detail)
}
