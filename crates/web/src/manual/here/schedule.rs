//! When things happen here.

use super::mark;
use crate::Web;

pub(super) fn text(web: &Web) -> String {
    let set = &web.app.settings;
    let every = |what: &str, span: std::time::Duration, key: &str| {
        [what.to_owned(), format!("every {}", mark::span(span)), mark::code(key)]
    };
    let at = |what: &str, time: daybook_domain::time::TimeOfDay, key: &str| {
        [what.to_owned(), format!("at {}", time.time().strftime("%H:%M")), mark::code(key)]
    };
    let rows = [
        every("New receipts are read from Sitoo", set.receive.poll_every, "receive.poll-every"),
        every("Orders that are open are read again", set.receive.open_ask_every, "receive.open-ask-every"),
        every("Missing receipts are asked for", set.receive.missing_ask_every, "receive.missing-ask-every"),
        every("What is due is posted to OrderWise", set.posting.poll_every, "posting.poll-every"),
        every("Exceptions and waiting returns are looked at again", set.posting.recheck_every, "posting.recheck-every"),
        every("Changed products are read from OrderWise", set.reference.refresh_every, "reference.refresh-every"),
        every("All products are read from OrderWise", set.reference.full_every, "reference.full-every"),
        every("Products and prices go to the tills", set.catalogue.poll_every, "catalogue.poll-every"),
        at("All products are compared", set.catalogue.sweep_at, "catalogue.sweep-at"),
        at("Changed prices should be at the tills", set.catalogue.opening_time, "catalogue.opening-time"),
        every("Stock goes to the tills", set.stock.poll_every, "stock.poll-every"),
        at("All stock is compared and repaired", set.stock.sweep_at, "stock.sweep-at"),
        every("Despatches are read from OrderWise", set.despatch.poll_every, "despatch.poll-every"),
        every("Orders with goods to come are looked at", set.despatch.follow_every, "despatch.follow-every"),
        every("Z-reports and due days are looked at", set.reconcile.poll_every, "reconcile.poll-every"),
        at("The day before is closed, by the store's clock", set.reconcile.close_at, "reconcile.close-at"),
        at("A store's day begins", set.reconcile.day_begins, "reconcile.day-begins"),
        every("Folders of reports and statements are looked into", set.settlement.poll_every, "settlement.poll-every"),
    ];
    let zone = mark::text(&web.app.policy.default_time_zone);
    let table = mark::table(["What happens", "When", "Setting"], &rows);
    format!(
        "Times are those of {zone}, unless it says the store's. Most things happen sooner: an event \
         from Sitoo, or something that is due, wakes a flow before its pause is over.\n\n{table}"
    )
}
