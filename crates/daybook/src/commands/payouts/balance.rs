//! `daybook payouts balance`

use clap::Args;
use daybook_domain::settlement::{BalanceDay, Day};
use daybook_flows::settlement::{
    balance::{self, Balance},
    people,
};
use serde::Serialize;

use crate::{commands::Ended, config::Need, context::Context, failure::Failure, printer, words};

/// Of which day.
#[derive(Debug, Args)]
pub(crate) struct BalanceArgs {
    /// The day, such as 2026-11-24 [default: today].
    #[arg(long, value_name = "DAY")]
    day: Option<Day>,
    /// Also every day before it on which anything happened, from this one on.
    #[arg(long, value_name = "DAY")]
    from: Option<Day>,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Shown {
    day: Day,
    balances: Vec<Balance>,
    history: Vec<HistoryDay>,
}

/// A day of the history.
#[derive(Debug, Serialize)]
struct HistoryDay {
    provider: String,
    currency: String,
    #[serde(flatten)]
    day: BalanceDay,
}

/// Shows what is not settled yet. Exit code 1 if the books do not tie.
pub(super) async fn run(context: &Context, args: &BalanceArgs) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let day = args.day.unwrap_or_else(|| people::today(&app));
    let mut shown = Shown { day, balances: balance::at(&app, day).await?, history: Vec::new() };
    if let Some(from) = args.from {
        for provider in app.settings.settlement.providers.keys() {
            let days = balance::history(&app, provider, from).await?.into_iter();
            shown.history.extend(
                days.filter(|(_, known)| known.day <= day).map(|(currency, day)| HistoryDay {
                    provider: provider.clone(),
                    currency,
                    day,
                }),
            );
        }
    }
    app.db.close().await;
    context.printer.result(&shown, people_words)?;
    if shown.balances.is_empty() {
        context.printer.talk("nothing was read yet; run `daybook payouts match`");
    }
    let ties = shown.balances.iter().all(|one| one.ties);
    Ok(if ties { Ended::Done } else { Ended::Failed })
}

fn cells(provider: &str, currency: &str, day: &BalanceDay) -> Vec<String> {
    let money = |amount| words::money(amount, currency);
    vec![
        provider.to_owned(),
        day.day.to_string(),
        money(day.opening),
        money(day.taken),
        money(day.settled),
        money(day.written_off),
        money(day.closing),
        day.open.to_string(),
    ]
}

const HEAD: [&str; 8] =
    ["provider", "day", "opening", "+ taken", "- settled", "- written off", "= closing", "open"];

fn people_words(shown: &Shown) -> String {
    let mut told = Vec::new();
    if !shown.history.is_empty() {
        let rows = shown.history.iter().map(|one| cells(&one.provider, &one.currency, &one.day));
        told.push(printer::table(&HEAD, &[2, 3, 4, 5, 6, 7], rows.collect()));
    }
    if !shown.balances.is_empty() {
        let rows = shown.balances.iter().map(|one| {
            let mut cells = cells(&one.provider, &one.currency, &one.day);
            cells.push(words::money(one.open_sum, &one.currency));
            cells.push(if one.ties { "yes" } else { "NO" }.to_owned());
            cells
        });
        let head = [&HEAD[..], &["sum of open payments", "ties"]].concat();
        told.push(printer::table(&head, &[2, 3, 4, 5, 6, 7, 8], rows.collect()));
    }
    told.join("\n\n")
}
