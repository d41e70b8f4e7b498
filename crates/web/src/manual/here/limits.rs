//! Limits: how long something may take here before a person is told.

use std::{fmt::Write as _, time::Duration};

use super::mark;
use crate::Web;

type Row = [String; 4];

fn row(what: &str, longest: String, cause: &str, key: &str) -> Row {
    let link = format!("[{cause}]({}.md)", super::super::cause_slug(cause));
    [what.to_owned(), longest, link, mark::code(key)]
}

fn after(what: &str, span: Duration, cause: &str, key: &str) -> Row {
    row(what, mark::span(span), cause, key)
}

fn days(what: &str, days: i64, cause: &str, key: &str) -> Row {
    row(what, format!("{days} days"), cause, key)
}

pub(super) fn text(web: &Web) -> String {
    let mut text = String::from(
        "How long something may take here before it becomes an exception. Until then Daybook waits \
         or tries again by itself.\n\n",
    );
    let rows: Vec<Row> = sales(web).into_iter().chain(goods_and_money(web)).collect();
    text.push_str(&mark::table(["What", "Longest", "Then it is", "Setting"], &rows));
    let _ = write!(
        text,
        "At most {} per cent of the products at the tills are hidden in one pass; more needs \
         somebody from IT.\n\n## Pennies that are let pass\n\n",
        web.app.settings.catalogue.hide_at_most_percent
    );
    text.push_str(&tolerances(web));
    text
}

fn sales(web: &Web) -> [Row; 5] {
    let (receive, posting) = (&web.app.settings.receive, &web.app.settings.posting);
    let open = web.app.settings.reconcile.open_limit;
    [
        after(
            "A receipt number that never comes",
            receive.missing_age_limit,
            "order-id-gap",
            "receive.missing-age-limit",
        ),
        after(
            "An order that stays open",
            receive.open_age_limit,
            "order-left-open",
            "receive.open-age-limit",
        ),
        after(
            "A sale that OrderWise does not take",
            posting.age_limit,
            "attempts-exhausted",
            "posting.age-limit",
        ),
        after(
            "A return that waits for its sale",
            posting.waiting_limit,
            "original-not-posted",
            "posting.waiting-limit",
        ),
        after("A day that is not closed", open, "day-not-closed", "reconcile.open-limit"),
    ]
}

fn goods_and_money(web: &Web) -> [Row; 4] {
    let (despatch, money) = (&web.app.settings.despatch, &web.app.settings.settlement);
    [
        after(
            "Sent by the warehouse, open at the till",
            despatch.despatched_but_open,
            "despatched-but-open",
            "despatch.despatched-but-open",
        ),
        after(
            "Paid, and nothing leaves",
            despatch.paid_but_not_moving,
            "paid-but-not-moving",
            "despatch.paid-but-not-moving",
        ),
        days(
            "A card payment in no payout",
            money.unsettled_after_days,
            "payment-unsettled",
            "settlement.unsettled-after-days",
        ),
        days(
            "A payout on no statement",
            money.at_bank_after_days,
            "payout-not-at-bank",
            "settlement.at-bank-after-days",
        ),
    ]
}

fn tolerances(web: &Web) -> String {
    let allowed = &web.app.settings.reconcile.tolerances;
    if allowed.is_empty() {
        return "None: every penny is a difference that a person signs.\n".to_owned();
    }
    let any = |text: Option<String>| text.unwrap_or_else(|| "any".to_owned());
    let rows: Vec<Row> = allowed
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
