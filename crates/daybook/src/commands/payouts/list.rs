//! `daybook payouts list`, `show` and `open`

use daybook_domain::settlement::Day;
use daybook_flows::settlement::{
    people,
    show::{self, LineView, OpenSides, Overview, PayoutView, PayoutWhole, Standing},
};

use crate::{commands::Ended, config::Need, context::Context, failure::Failure, printer, words};

/// The latest payouts.
pub(super) async fn payouts(context: &Context, limit: u16) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let overview = show::overview(&app, usize::from(limit)).await;
    app.db.close().await;
    let overview = overview?;
    context.printer.result(&overview, |overview| overview_words(context, overview))?;
    if overview.payouts.is_empty() {
        context.printer.talk("no payouts yet; begin with `daybook payouts import --help`");
    }
    Ok(Ended::Done)
}

fn overview_words(context: &Context, overview: &Overview) -> String {
    let mut told = Vec::new();
    if !overview.payouts.is_empty() {
        told.push(payout_table(&overview.payouts));
    }
    if !overview.matches.is_empty() {
        let rows = overview.matches.iter().map(|count| {
            let currency = count.currency.as_deref().unwrap_or(context.currency());
            vec![
                count.subject.to_string(),
                count.state.to_string(),
                count.matches.to_string(),
                words::money(count.amount, currency),
                words::money(count.difference, currency),
            ]
        });
        let head = ["matches of", "state", "count", "amount", "difference"];
        told.push(printer::table(&head, &[2, 3, 4], rows.collect()));
    }
    told.join("\n\n")
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Arrived => "arrived",
        Standing::Suggested => "suggested",
        Standing::Missing => "missing",
    }
}

fn payout_table(payouts: &[PayoutView]) -> String {
    let rows = payouts.iter().map(|view| {
        let payout = &view.stored.payout;
        vec![
            payout.provider.clone(),
            payout.payout.clone(),
            payout.day.to_string(),
            payout.lines.to_string(),
            words::money(payout.amount, &payout.currency),
            words::money(view.difference, &payout.currency),
            standing(view.standing).to_owned(),
            words::or_dash(view.stored.match_number.map(|number| format!("M-{number}"))),
        ]
    });
    let head = ["provider", "payout", "day", "lines", "amount", "off its lines", "bank", "match"];
    printer::table(&head, &[3, 4, 5], rows.collect())
}

/// One payout.
pub(super) async fn show(
    context: &Context,
    provider: &str,
    payout: &str,
) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let whole = show::payout(&app, provider, payout).await;
    app.db.close().await;
    context.printer.result(&whole?, whole_words)?;
    Ok(Ended::Done)
}

fn whole_words(whole: &PayoutWhole) -> String {
    let currency = whole.payouts.first().map_or("GBP", |one| one.stored.payout.currency.as_str());
    let money = |amount| words::money(amount, currency);
    let kinds = whole.kinds.iter().map(|sum| {
        let counted = sum.lines.to_string();
        vec![sum.kind.to_string(), counted, money(sum.gross), money(sum.fee), money(sum.net)]
    });
    let kinds =
        printer::table(&["kind", "lines", "gross", "fee", "net"], &[1, 2, 3, 4], kinds.collect());
    let lines = whole.lines.iter().map(line_row).collect();
    let head = ["line", "kind", "day", "gross", "fee", "net", "belongs to", "reference"];
    let lines = printer::table(&head, &[3, 4, 5], lines);
    let bank = whole.bank.iter().map(|stored| {
        let line = &stored.line;
        let amount = words::money(line.amount, &line.currency);
        vec![format!("B-{}", stored.number), line.day.to_string(), amount, line.words.clone()]
    });
    let bank: Vec<Vec<String>> = bank.collect();
    let mut told = vec![payout_table(&whole.payouts), kinds, lines];
    if !bank.is_empty() {
        told.push(printer::table(&["bank", "day", "amount", "words"], &[2], bank));
    }
    told.join("\n\n")
}

/// A chargeback names the payment that it takes back, in brackets: it is not matched with it.
fn line_row(view: &LineView) -> Vec<String> {
    let line = &view.stored.line;
    let keys: Vec<String> = view.payments.iter().map(|stored| stored.money.key()).collect();
    let keys = keys.join(" ");
    let belongs = match (view.stored.match_number, keys.is_empty()) {
        (Some(number), _) => {
            let state = view.state.map_or("", |state| state.word());
            format!("{keys} (M-{number}, {state})")
        }
        (None, false) => format!("({keys})"),
        (None, true) => "-".to_owned(),
    };
    vec![
        format!("L-{}", view.stored.number),
        line.kind.to_string(),
        line.day.to_string(),
        words::money(line.gross, &line.currency),
        words::money(line.fee, &line.net_currency),
        words::money(line.net, &line.net_currency),
        belongs,
        words::or_dash(line.references.first().cloned()),
    ]
}

/// What no match holds.
pub(super) async fn open(
    context: &Context,
    provider: &str,
    day: Option<Day>,
    limit: u16,
) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let day = day.unwrap_or_else(|| people::today(&app));
    let sides = show::open(&app, provider, day, usize::from(limit)).await;
    app.db.close().await;
    context.printer.result(&sides?, open_words)?;
    Ok(Ended::Done)
}

fn open_words(sides: &OpenSides) -> String {
    if sides.payments.is_empty() && sides.lines.is_empty() {
        return "nothing is open".to_owned();
    }
    let payments = sides.payments.iter().map(|stored| {
        let money = &stored.money;
        vec![
            money.key(),
            money.day.to_string(),
            money.name.clone(),
            words::money(money.amount, &money.currency),
            words::or_dash(money.warehouse_id.map(|id| id.to_string())),
            words::or_dash(money.references.first().cloned()),
        ]
    });
    let head = ["payment", "day", "type", "amount", "store", "reference"];
    let payments = printer::table(&head, &[3], payments.collect());
    let lines = sides.lines.iter().map(|stored| {
        let line = &stored.line;
        vec![
            format!("L-{}", stored.number),
            line.day.to_string(),
            line.kind.to_string(),
            words::money(line.gross, &line.currency),
            words::or_dash(line.store.clone()),
            words::or_dash(line.references.first().cloned()),
        ]
    });
    let head = ["line", "day", "kind", "amount", "store", "reference"];
    format!("{payments}\n\n{}", printer::table(&head, &[3], lines.collect()))
}
