//! `daybook alerts`

use clap::{Args, Subcommand};
use daybook_flows::alerts::{
    self,
    show::{self, AlertView, ChannelView, Overview},
};
use serde::Serialize;

use super::Ended;
use crate::{config::Need, context::Context, failure::Failure, printer, words};

const EXAMPLES: &str = "\
Examples:
  daybook alerts list                what is the matter now, and how the channels do
  daybook alerts list --closed       also what is over, the newest first
  daybook alerts test mail           send a test over one channel

`test`, exit code 1: it was not taken, and the error says why.";

/// What to do with alerts.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct AlertsArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What is the matter now.
    List(ListArgs),
    /// Send a test over one channel, now.
    Test {
        /// Its name in [alerts.channels].
        #[arg(value_name = "CHANNEL")]
        channel: String,
    },
}

#[derive(Debug, Args)]
struct ListArgs {
    /// Also what is over.
    #[arg(long)]
    closed: bool,
    /// Only what is over before this number: the cursor for the next page.
    #[arg(long, value_name = "NUMBER")]
    before: Option<i64>,
    /// Most that are over.
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    limit: u16,
}

/// What `test --json` prints.
#[derive(Debug, Serialize)]
struct Tried {
    channel: String,
    sent: bool,
    error: Option<String>,
}

/// Shows alerts, or tries a channel.
pub(crate) async fn run(context: &Context, args: &AlertsArgs) -> Result<Ended, Failure> {
    let app = context.app_on(context.existing_book().await?, Need::Book)?;
    let ended = match &args.what {
        What::List(args) => {
            let limit = usize::from(args.limit);
            let mut all = show::overview(&app, None, args.before, limit).await?;
            if !args.closed {
                all.closed.clear();
                all.next = None;
            }
            context.printer.result(&all, |all| people(context, all))?;
            if all.open.is_empty() {
                context.printer.talk("nothing is the matter");
            }
            Ended::Done
        }
        What::Test { channel } => {
            let told = alerts::test(&app, channel, &context.actor).await?;
            let error = told.err().map(|error| error.to_string());
            let tried = Tried { channel: channel.clone(), sent: error.is_none(), error };
            context.printer.result(&tried, |tried| match &tried.error {
                None => format!("a test was sent over '{}'", tried.channel),
                Some(error) => format!("nothing was sent over '{}': {error}", tried.channel),
            })?;
            if tried.sent { Ended::Done } else { Ended::Failed }
        }
    };
    app.db.close().await;
    Ok(ended)
}

fn people(context: &Context, all: &Overview) -> String {
    let mut parts = Vec::new();
    for alerts in [&all.open, &all.closed] {
        if !alerts.is_empty() {
            let rows = alerts.iter().map(|one| row(context, one)).collect();
            let head = ["alert", "severity", "for", "what", "since", "until", "seen by"];
            parts.push(printer::table(&head, &[], rows));
        }
    }
    if !all.channels.is_empty() {
        let rows = all.channels.iter().map(|one| channel(context, one)).collect();
        parts.push(printer::table(&["channel", "kind", "how it does", "last"], &[], rows));
    }
    parts.join("\n\n")
}

fn row(context: &Context, view: &AlertView) -> Vec<String> {
    let (alert, zone) = (&view.alert, context.zone());
    vec![
        format!("AL-{}", alert.number),
        view.severity.to_string(),
        alert.owner.to_string(),
        alert.sentence.clone(),
        words::moment(alert.opened_at, &zone),
        words::or_dash(alert.closed_at.map(|at| words::moment(at, &zone))),
        words::or_dash(alert.looked_by.clone()),
    ]
}

fn channel(context: &Context, view: &ChannelView) -> Vec<String> {
    let how = match (&view.error, view.failures) {
        (Some(error), failures) => format!("{failures} failed in a row: {error}"),
        (None, _) if view.sent_at.is_some() => "works".to_owned(),
        (None, _) => "was not used yet".to_owned(),
    };
    let last = view.sent_at.map(|at| words::moment(at, &context.zone()));
    vec![view.name.clone(), view.kind.to_owned(), how, words::or_dash(last)]
}
