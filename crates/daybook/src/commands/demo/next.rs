//! What to try next, ready to paste into a second terminal; and what happens meanwhile.

use std::{fmt::Write as _, time::Duration};

use daybook_flows::status;
use tokio_util::sync::CancellationToken;

use super::{progress::figures, summary::Summary, world::World};
use crate::{failure::Failure, printer::Printer};

/// How often the figures are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The lines to paste.
pub(super) fn text(world: &World, summary: &Summary) -> String {
    let program = std::env::current_exe()
        .map_or_else(|_| "daybook".to_owned(), |program| program.display().to_string());
    let config = world.config_file.display();
    let mut text = format!(
        "\nIt stays up until you press Ctrl-C. Try this in a second terminal:\n\n  \
         alias daybook='{program} --config {config}'\n  daybook exceptions list\n"
    );
    let fixable = summary.exceptions.iter().find(|group| group.command.contains(" map set sku "));
    if let Some(group) = fixable {
        let _ = write!(
            text,
            "  {}\n      {} siblings go to OrderWise: watch this terminal\n",
            group.command, group.entries
        );
    }
    text.push_str("  daybook entries --state held\n");
    if let Some(reference) = &summary.tried_again {
        let _ = writeln!(text, "  daybook entry {reference} --exchanges");
        text.push_str(
            "      its first try came to nothing: see what was said, and what followed\n",
        );
    }
    let _ = write!(text, "\n{}", by_curl(world));
    text
}

/// Another sale, an outage, a figure.
fn by_curl(world: &World) -> String {
    let (control, daybook) = (world.at.control, world.at.daybook);
    let till = world.retailer.tills().next();
    let register = till.map(|(_, till)| till.register_key.as_str()).unwrap_or_default();
    let sku = world.retailer.skus.first().map(|sku| sku.sku.as_str()).unwrap_or_default();
    format!(
        "Sell something, take OrderWise down, bring it back, look at the figures:\n\n  \
         curl http://{control}/control/sitoo/sales --json \
         '{{\"register\": \"{register}\", \"rows\": [{{\"sku\": \"{sku}\"}}]}}'\n  \
         curl http://{control}/control/faults/orderwise/outage --json '{{}}'\n  \
         curl -X DELETE http://{control}/control/faults/orderwise/outage\n  \
         curl -s http://{daybook}/metrics | grep ^daybook_\n"
    )
}

/// Stays up until `stop`; says when the figures change.
pub(super) async fn stay(
    world: &World,
    printer: Printer,
    stop: &CancellationToken,
) -> Result<(), Failure> {
    let mut shown = figures(&status::summary(&world.app).await?);
    while !stop.is_cancelled() && !world.has_ended() {
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let summary = status::summary(&world.app).await?;
        let figures = figures(&summary);
        if figures != shown {
            printer.talk(&figures);
            shown = figures;
        }
    }
    Ok(())
}
