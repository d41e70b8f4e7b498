//! `daybook payouts match`, `suggestions`, `confirm`, `undo` and `pair`

use std::{path::PathBuf, str::FromStr};

use clap::Args;
use daybook_domain::settlement::{Match, MatchState, Subject};
use daybook_flows::settlement::{
    self,
    pass::{self, Done, MatchReport, Plan, Reach},
    people,
    show::{self, MatchView},
};
use daybook_store::settlement::matches::{self, StoredMatch};
use serde::Serialize;

use super::rules;
use crate::{commands::Ended, config::Need, context::Context, failure::Failure, printer, words};

/// What to match.
#[derive(Debug, Args)]
pub(crate) struct MatchArgs {
    /// Only say what the rules would match and unmatch, over all history.
    #[arg(long)]
    dry_run: bool,
    /// Do it over all history: what rules confirmed is made anew, what people confirmed stays.
    #[arg(long, conflicts_with = "dry_run")]
    all: bool,
    /// With --dry-run: rules as `payouts rules export` writes them, to be tried instead.
    #[arg(long, value_name = "FILE", requires = "dry_run")]
    rules: Option<PathBuf>,
}

/// Which suggestions.
#[derive(Debug, Args)]
pub(crate) struct SuggestionsArgs {
    /// Payouts with lines of the bank, instead of payments with lines of reports.
    #[arg(long)]
    bank: bool,
    /// Most suggestions to show.
    #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    limit: u16,
}

/// Which suggestions to confirm.
#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct ConfirmArgs {
    /// Their numbers: M-12.
    #[arg(value_name = "MATCH")]
    numbers: Vec<Number>,
    /// All suggestions of this rule that differ by nothing.
    #[arg(long, value_name = "NAME", conflicts_with = "numbers")]
    rule: Option<String>,
}

/// Which matches to undo.
#[derive(Debug, Args)]
pub(crate) struct UndoArgs {
    /// Their numbers: M-12.
    #[arg(value_name = "MATCH", required = true)]
    numbers: Vec<Number>,
    /// Why, for the record.
    #[arg(long)]
    reason: String,
}

/// What to match by hand.
#[derive(Debug, Args)]
pub(crate) struct PairArgs {
    /// A payment: order id and number, as in 11513:0.
    #[arg(long = "payment", value_name = "ORDER:N", required = true)]
    payments: Vec<PaymentKey>,
    /// A line of a report: L-40.
    #[arg(long = "line", value_name = "LINE", required = true)]
    lines: Vec<Number>,
}

/// What will never be paid.
#[derive(Debug, Args)]
pub(crate) struct WriteOffArgs {
    /// A payment: order id and number, as in 11513:0.
    #[arg(long = "payment", value_name = "ORDER:N", required = true)]
    payments: Vec<PaymentKey>,
    /// Why, for the record.
    #[arg(long)]
    reason: String,
}

/// A number with or without its letter: `M-12`, `L-12`, `12`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number(i64);

impl FromStr for Number {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.split_once('-').map_or(text, |(_, digits)| digits);
        let number = digits.parse().ok().filter(|number| *number > 0);
        number.map(Self).ok_or_else(|| format!("'{text}' is not a number such as M-12"))
    }
}

/// `11513:0`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PaymentKey(i64, i64);

impl FromStr for PaymentKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let key = || {
            let (order, index) = text.split_once(':')?;
            Some(Self(order.parse().ok()?, index.parse().ok()?))
        };
        key().ok_or_else(|| format!("'{text}' is not a payment such as 11513:0"))
    }
}

/// Matches, or says what it would match.
pub(super) async fn run(context: &Context, args: &MatchArgs) -> Result<Ended, Failure> {
    let changed = args.rules.as_deref().map(rules::from_file).transpose()?;
    let app = context.app(Need::Book).await?;
    if args.dry_run {
        let plan = pass::plan(&app, changed.as_deref()).await;
        app.db.close().await;
        context.printer.result(&plan?, plan_words)?;
        return Ok(Ended::Done);
    }
    let reach = if args.all { Reach::AllHistory } else { Reach::Open };
    let report = Box::pin(pass::run(&app, reach)).await;
    settlement::tell(&app).await?;
    app.db.close().await;
    context.printer.result(&report?, report_words)?;
    Ok(Ended::Done)
}

fn report_words(report: &MatchReport) -> String {
    let done = |what: &str, done: Done| {
        let Done { confirmed, suggested, undone } = done;
        format!("{what}: {confirmed} confirmed, {suggested} suggested, {undone} undone")
    };
    let read = u64::try_from(report.collected.payments).unwrap_or(u64::MAX);
    let read = format!("{} read from the entries", words::count(read, "payment", "payments"));
    let (payments, bank) = (done("payments", report.payments), done("payouts", report.bank));
    let next = if report.payments.suggested + report.bank.suggested > 0 {
        "\nnext: `daybook payouts suggestions`"
    } else {
        ""
    };
    let across = match u64::try_from(report.other_currency).unwrap_or(u64::MAX) {
        0 => String::new(),
        some => format!(
            "\n{} with the reference of a line in another currency, which nothing matches: compare \
             `daybook payouts open PROVIDER` with the provider's report",
            words::count(some, "payment", "payments")
        ),
    };
    format!("{read}\n{payments}\n{bank}{across}{next}")
}

/// Rows of a plan that a person is shown; a program gets all.
const SHOWN: usize = 40;

fn plan_words(plan: &Plan) -> String {
    let mut told = Vec::new();
    for (what, found) in [("payments", &plan.payments), ("payouts", &plan.bank)] {
        let row = |word: &str, one: &Match| {
            let state = if one.confirmed { "confirmed" } else { "suggested" };
            let keys = |keys: &[String]| keys.join(" ");
            let money = words::money(one.amount, &one.currency);
            let rule = one.rule.clone();
            vec![word.to_owned(), rule, state.to_owned(), money, keys(&one.left), keys(&one.right)]
        };
        let rows = found.matched.iter().map(|one| row("match", one));
        let rows = rows.chain(found.unmatched.iter().map(|one| row("unmatch", one)));
        let rows = rows.chain(found.changed.iter().map(|one| row("change", one)));
        let rows: Vec<Vec<String>> = rows.take(SHOWN).collect();
        let (new, gone) = (found.matched.len(), found.unmatched.len());
        let (changed, same) = (found.changed.len(), found.same);
        told.push(format!(
            "{what}: {new} would be matched, {gone} unmatched, {changed} changed, {same} stay"
        ));
        if !rows.is_empty() {
            let head = ["", "rule", "state", "amount", "one side", "other side"];
            told.push(printer::table(&head, &[3], rows));
        }
    }
    told.push("nothing was written".to_owned());
    told.join("\n")
}

/// What `suggestions --json` prints.
#[derive(Debug, Serialize)]
struct Suggested {
    suggestions: Vec<MatchView>,
}

/// What waits for a person.
pub(super) async fn suggestions(
    context: &Context,
    args: &SuggestionsArgs,
) -> Result<Ended, Failure> {
    let subject = if args.bank { Subject::Bank } else { Subject::Payments };
    let app = context.app(Need::Book).await?;
    let found = show::suggestions(&app, subject, usize::from(args.limit)).await;
    app.db.close().await;
    let suggested = Suggested { suggestions: found? };
    context.printer.result(&suggested, |suggested| {
        let rows = suggested.suggestions.iter().map(|view| view_row(context, view)).collect();
        let head = ["match", "rule", "amount", "difference", "one side", "other side"];
        printer::table(&head, &[2, 3], rows)
    })?;
    if suggested.suggestions.is_empty() {
        context.printer.talk("nothing waits for a person");
    }
    Ok(Ended::Done)
}

fn currency_of<'a>(context: &'a Context, stored: &'a StoredMatch) -> &'a str {
    stored.currency.as_deref().unwrap_or(context.currency())
}

fn view_row(context: &Context, view: &MatchView) -> Vec<String> {
    let day = |key: String, day: daybook_domain::settlement::Day| format!("{key} ({day})");
    let payments = view.payments.iter().map(|one| day(one.money.key(), one.money.day));
    let payouts = view.payouts.iter().map(|one| day(one.key(), one.payout.day));
    let lines = view.lines.iter().map(|one| day(format!("L-{}", one.number), one.line.day));
    let bank = view.bank.iter().map(|one| day(format!("B-{}", one.number), one.line.day));
    let short = |all: Vec<String>| match all.len() {
        0..=3 => all.join(" "),
        more => {
            format!("{} … {more} in all", all.iter().take(2).cloned().collect::<Vec<_>>().join(" "))
        }
    };
    vec![
        format!("M-{}", view.stored.number),
        view.stored.rule.clone(),
        words::money(view.stored.amount, currency_of(context, &view.stored)),
        words::money(view.stored.difference, currency_of(context, &view.stored)),
        short(payments.chain(payouts).collect()),
        short(lines.chain(bank).collect()),
    ]
}

/// What `confirm`, `undo` and `pair` print with `--json`.
#[derive(Debug, Serialize)]
struct Decided {
    matches: Vec<StoredMatch>,
}

fn decided_words(context: &Context, decided: &Decided) -> String {
    let rows = decided.matches.iter().map(|one| {
        let money = words::money(one.amount, currency_of(context, one));
        format!("M-{}: {}, {money}", one.number, one.state)
    });
    rows.collect::<Vec<_>>().join("\n")
}

/// Confirms suggestions.
pub(super) async fn confirm(context: &Context, args: &ConfirmArgs) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let mut numbers: Vec<i64> = args.numbers.iter().map(|number| number.0).collect();
    if let Some(rule) = &args.rule {
        for subject in [Subject::Payments, Subject::Bank] {
            let all = matches::in_state(&app.db, subject, MatchState::Suggested).await?;
            let exact = all.iter().filter(|one| one.rule == *rule && one.difference.is_zero());
            numbers.extend(exact.map(|one| one.number));
        }
    }
    let mut decided = Decided { matches: Vec::new() };
    for number in numbers {
        decided.matches.push(people::confirm(&app, number, &context.actor).await?);
    }
    app.db.close().await;
    context.printer.result(&decided, |decided| decided_words(context, decided))?;
    if decided.matches.is_empty() {
        context.printer.talk("no suggestion of that rule is without a difference");
    }
    Ok(Ended::Done)
}

/// Undoes matches.
pub(super) async fn undo(context: &Context, args: &UndoArgs) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let mut decided = Decided { matches: Vec::new() };
    for number in &args.numbers {
        let one = people::undo(&app, number.0, &context.actor, &args.reason).await?;
        decided.matches.push(one);
    }
    app.db.close().await;
    context.printer.result(&decided, |decided| decided_words(context, decided))?;
    Ok(Ended::Done)
}

/// Matches by hand.
pub(super) async fn pair(context: &Context, args: &PairArgs) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let payments: Vec<(i64, i64)> = args.payments.iter().map(|key| (key.0, key.1)).collect();
    let lines: Vec<i64> = args.lines.iter().map(|number| number.0).collect();
    let made = people::by_hand(&app, &payments, &lines, &context.actor).await;
    app.db.close().await;
    let decided = Decided { matches: vec![made?] };
    context.printer.result(&decided, |decided| decided_words(context, decided))?;
    Ok(Ended::Done)
}

/// Writes payments off.
pub(super) async fn write_off(context: &Context, args: &WriteOffArgs) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let payments: Vec<(i64, i64)> = args.payments.iter().map(|key| (key.0, key.1)).collect();
    let made = people::write_off(&app, &payments, &context.actor, &args.reason).await;
    app.db.close().await;
    let decided = Decided { matches: vec![made?] };
    context.printer.result(&decided, |decided| decided_words(context, decided))?;
    Ok(Ended::Done)
}
