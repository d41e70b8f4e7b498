//! Limits: how long something may take here before a person is told.

use super::mark;
use crate::Web;

pub(super) fn text(web: &Web) -> String {
    let set = &web.app.settings;
    let after = |what: &str, span: std::time::Duration, cause: &str, key: &str| {
        [what.to_owned(), mark::span(span), cause_link(cause), mark::code(key)]
    };
    let days = |what: &str, days: i64, cause: &str, key: &str| {
        [what.to_owned(), format!("{days} days"), cause_link(cause), mark::code(key)]
    };
    let (receive, posting, despatch) = (&set.receive, &set.posting, &set.despatch);
    let rows = [
        after("A receipt number that never comes", receive.missing_age_limit, "order-id-gap", "receive.missing-age-limit"),
        after("An order that stays open", receive.open_age_limit, "order-left-open", "receive.open-age-limit"),
        after("A sale that OrderWise does not take", posting.age_limit, "attempts-exhausted", "posting.age-limit"),
        after("A return that waits for its sale", posting.waiting_limit, "original-not-posted", "posting.waiting-limit"),
        after("A day that is not closed", set.reconcile.open_limit, "day-not-closed", "reconcile.open-limit"),
        after("Sent by the warehouse, open at the till", despatch.despatched_but_open, "despatched-but-open", "despatch.despatched-but-open"),
        after("Paid, and nothing leaves", despatch.paid_but_not_moving, "paid-but-not-moving", "despatch.paid-but-not-moving"),
        days("A card payment in no payout", set.settlement.unsettled_after_days, "payment-unsettled", "settlement.unsettled-after-days"),
        days("A payout on no statement", set.settlement.at_bank_after_days, "payout-not-at-bank", "settlement.at-bank-after-days"),
    ];
    let mut text = String::from(
        "How long something may take here before it becomes an exception. Until then Daybook waits \
         or tries again by itself.\n\n",
    );
    text.push_str(&mark::table(["What", "Longest", "Then it is", "Setting"], &rows));
    text.push_str(&format!(
        "At most {} per cent of the products at the tills are hidden in one pass; more needs \
         somebody from IT.\n\n## Pennies that are let pass\n\n",
        set.catalogue.hide_at_most_percent
    ));
    text.push_str(&tolerances(web));
    text
}

fn cause_link(code: &str) -> String {
    format!("[{code}]({}.md)", super::super::cause_slug(code))
}

fn tolerances(web: &Web) -> String {
    let allowed = &web.app.settings.reconcile.tolerances;
    if allowed.is_empty() {
        return "None: every penny is a difference that a person signs.\n".to_owned();
    }
    let any = |text: Option<String>| text.unwrap_or_else(|| "any".to_owned());
    let rows: Vec<[String; 4]> = allowed
        .iter()
        .map(|one| {
            [
                mark::text(one.cause.entry().title),
                any(one.tax.as_deref().map(mark::text)),
                format!("{}p", one.each),
                any(one.a_day.map(|pence| format!("{pence}p"))),
            ]
        })
        .collect();
    mark::table(["Cause", "Tax code", "Most each", "Most a day"], &rows)
}
