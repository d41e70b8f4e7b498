//! When things happen here.

use std::time::Duration;

use daybook_domain::time::TimeOfDay;

use super::mark;
use crate::Web;

type Row = [String; 3];

fn every(what: &str, span: Duration, key: &str) -> Row {
    [what.to_owned(), format!("every {}", mark::span(span)), mark::code(key)]
}

fn at(what: &str, time: TimeOfDay, key: &str) -> Row {
    [what.to_owned(), format!("at {}", time.time().strftime("%H:%M")), mark::code(key)]
}

pub(super) fn text(web: &Web) -> String {
    let rows: Vec<Row> = sales(web).into_iter().chain(goods(web)).chain(books(web)).collect();
    let zone = mark::text(&web.app.policy.default_time_zone);
    let table = mark::table(["What happens", "When", "Setting"], &rows);
    format!(
        "Times are those of {zone}, unless it says the store's. Most things happen sooner: an event \
         from Sitoo, or something that is due, wakes a flow before its pause is over.\n\n{table}"
    )
}

fn sales(web: &Web) -> [Row; 5] {
    let (receive, posting) = (&web.app.settings.receive, &web.app.settings.posting);
    [
        every("New receipts are read from Sitoo", receive.poll_every, "receive.poll-every"),
        every(
            "Orders that are open are read again",
            receive.open_ask_every,
            "receive.open-ask-every",
        ),
        every(
            "Missing receipts are asked for",
            receive.missing_ask_every,
            "receive.missing-ask-every",
        ),
        every("What is due is posted to OrderWise", posting.poll_every, "posting.poll-every"),
        every(
            "Exceptions and waiting returns are looked at again",
            posting.recheck_every,
            "posting.recheck-every",
        ),
    ]
}

fn goods(web: &Web) -> [Row; 9] {
    let set = &web.app.settings;
    let (reference, catalogue) = (&set.reference, &set.catalogue);
    [
        every(
            "Changed products are read from OrderWise",
            reference.refresh_every,
            "reference.refresh-every",
        ),
        every("All products are read from OrderWise", reference.full_every, "reference.full-every"),
        every("Products and prices go to the tills", catalogue.poll_every, "catalogue.poll-every"),
        at("All products are compared", catalogue.sweep_at, "catalogue.sweep-at"),
        at(
            "Changed prices should be at the tills",
            catalogue.opening_time,
            "catalogue.opening-time",
        ),
        every("Stock goes to the tills", set.stock.poll_every, "stock.poll-every"),
        at("All stock is compared and repaired", set.stock.sweep_at, "stock.sweep-at"),
        every("Despatches are read from OrderWise", set.despatch.poll_every, "despatch.poll-every"),
        every(
            "Orders with goods to come are looked at",
            set.despatch.follow_every,
            "despatch.follow-every",
        ),
    ]
}

fn books(web: &Web) -> [Row; 4] {
    let (close, money) = (&web.app.settings.reconcile, &web.app.settings.settlement);
    [
        every("Z-reports and due days are looked at", close.poll_every, "reconcile.poll-every"),
        at("The day before is closed, by the store's clock", close.close_at, "reconcile.close-at"),
        at("A store's day begins", close.day_begins, "reconcile.day-begins"),
        every(
            "Folders of reports and statements are looked into",
            money.poll_every,
            "settlement.poll-every",
        ),
    ]
}
