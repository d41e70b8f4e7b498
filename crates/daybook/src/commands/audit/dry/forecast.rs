//! What a dry run came to.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use daybook_connectors::sitoo::parse_order;
use daybook_domain::{
    Money, Timestamp, entry::EntryState, mapping::Mapping, reconcile::witness::Day,
};
use daybook_flows::{App, status};
use daybook_sandbox::Sandbox;
use daybook_store::{
    entry::{self, EntryFilter},
    finding, mapping,
};
use serde::Serialize;

use super::{
    close::{self, DaysForecast},
    company::rate_id,
};
use crate::{context::Context, failure::Failure, printer, words};

/// Entries read at a time.
const PAGE: usize = 1_000;
/// Microseconds of a minute and of an hour.
const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;

/// What would happen.
#[derive(Debug, Serialize)]
pub(super) struct Forecast {
    /// Days that were replayed.
    pub(super) days: i64,
    /// Entries by state, as the throw-away book holds them.
    pub(super) entries: Vec<status::StateLine>,
    /// Entries that would stand in OrderWise, and their gross, returns negative.
    pub(super) posted: i64,
    pub(super) posted_gross: Money,
    /// Exceptions by cause and subject, with the pounds behind them.
    pub(super) exceptions: Vec<status::ExceptionLine>,
    /// Entries whose totals would differ from the till's, by what differs.
    pub(super) findings: Vec<finding::FindingTotal>,
    /// Tax by tax code: the tills' and what the ledger would work out.
    pub(super) tax: Vec<TaxLine>,
    /// What the day close would say of the whole days.
    pub(super) days_closed: DaysForecast,
    /// The minute and the hour with the most sales.
    pub(super) busiest_minute: Option<Peak>,
    pub(super) busiest_hour: Option<Peak>,
    /// Calls of OrderWise that an entry takes, in hundredths.
    pub(super) calls_per_entry_hundredths: i64,
    /// Calls of the busiest hour, and those that `orderwise.per-second` allows; null without limit.
    pub(super) calls_in_busiest_hour: i64,
    pub(super) calls_allowed_per_hour: Option<i64>,
}

/// A tax code.
#[derive(Debug, Serialize)]
pub(super) struct TaxLine {
    pub(super) tax_rate_id: i64,
    pub(super) till: Money,
    pub(super) ledger: Money,
    pub(super) difference: Money,
}

/// A stretch of time and what happened in it.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Peak {
    pub(super) at: Timestamp,
    pub(super) entries: i64,
}

/// What the tills told of the entries that were posted.
#[derive(Default)]
struct Told {
    posted: i64,
    gross: Money,
    tax: BTreeMap<i64, i64>,
    minutes: BTreeMap<i64, i64>,
    hours: BTreeMap<i64, i64>,
}

pub(super) async fn of(
    context: &Context,
    app: &Arc<App>,
    sandbox: &Sandbox,
    days: i64,
) -> Result<Forecast, Failure> {
    let summary = status::summary(app).await?;
    // Z-reports and documents are read only now: the calls of posting are counted before.
    let calls = i64::try_from(sandbox.orderwise_faults.counts().all()).unwrap_or(i64::MAX);
    let now = context.now().to_jiff().to_zoned_datetime(context.zone());
    let today = now.date();
    let first = today.checked_sub(jiff::Span::new().days(days)).unwrap_or(today);
    let (mapping, _) = Mapping::from_rows(mapping::load(&app.db).await?.rows);
    let told = told(app, &mapping).await?;
    let per_entry = if told.posted == 0 { 0 } else { calls.saturating_mul(100) / told.posted };
    let peak = |counts: &BTreeMap<i64, i64>, span: i64| {
        let most = counts.iter().max_by_key(|(at, count)| (**count, std::cmp::Reverse(**at)));
        most.map(|(at, count)| Peak { at: Timestamp::from_micros(at * span), entries: *count })
    };
    let busiest_hour = peak(&told.hours, HOUR);
    let in_hour = busiest_hour.map_or(0, |peak| peak.entries);
    let per_second = i64::from(context.config.orderwise.per_second);
    Ok(Forecast {
        days,
        posted: told.posted,
        posted_gross: told.gross,
        exceptions: summary.exceptions,
        entries: summary.entries,
        findings: finding::totals(&app.db).await?,
        tax: tax(&told.tax, sandbox),
        days_closed: close::days(app, Day(first), Day(today)).await?,
        busiest_minute: peak(&told.minutes, MINUTE),
        busiest_hour,
        calls_per_entry_hundredths: per_entry,
        calls_in_busiest_hour: in_hour.saturating_mul(per_entry) / 100,
        calls_allowed_per_hour: (per_second > 0).then_some(per_second * 3_600),
    })
}

async fn told(app: &App, mapping: &Mapping) -> Result<Told, Failure> {
    let mut told = Told::default();
    let mut filter = EntryFilter::default();
    loop {
        let page = entry::list(&app.db, &filter, PAGE).await?;
        let Some(last) = page.last() else { return Ok(told) };
        filter.before = Some(last.order_id);
        let is_posted = |state| matches!(state, EntryState::Posted | EntryState::Confirmed);
        let posted: Vec<_> = page.into_iter().filter(|entry| is_posted(entry.state)).collect();
        let ids: Vec<i64> = posted.iter().map(|entry| entry.order_id).collect();
        let payloads = entry::payloads(&app.db, &ids).await?;
        for one in &posted {
            told.posted += 1;
            told.gross += one.gross;
            *told.minutes.entry(one.order_date.micros().div_euclid(MINUTE)).or_default() += 1;
            *told.hours.entry(one.order_date.micros().div_euclid(HOUR)).or_default() += 1;
            let order = payloads.get(&one.order_id).and_then(|text| parse_order(text).ok());
            for row in order.iter().flat_map(|order| &order.rows) {
                if let Some(id) = rate_id(mapping, row.vat_rate, row.gift_card) {
                    *told.tax.entry(id).or_default() += row.vat.pence();
                }
            }
        }
    }
}

fn tax(till: &BTreeMap<i64, i64>, sandbox: &Sandbox) -> Vec<TaxLine> {
    let mut ledger: BTreeMap<i64, i64> = BTreeMap::new();
    sandbox.orderwise.for_each_document(|document| {
        let sign = if document.is_credit() { -1 } else { 1 };
        for line in &document.lines {
            *ledger.entry(line.tax_rate_id).or_default() += sign * line.tax;
        }
    });
    let ids: std::collections::BTreeSet<i64> = till.keys().chain(ledger.keys()).copied().collect();
    let line = |id: i64| {
        let side = |side: &BTreeMap<i64, i64>| {
            Money::from_pence(side.get(&id).copied().unwrap_or_default())
        };
        let (till, ledger) = (side(till), side(&ledger));
        TaxLine { tax_rate_id: id, till, ledger, difference: ledger - till }
    };
    ids.into_iter().map(line).collect()
}

/// What a person reads.
pub(super) fn people(context: &Context, forecast: &Forecast) -> String {
    let (currency, zone) = (context.currency(), context.zone());
    let count = |number: i64| words::grouped(number);
    let mut text = format!(
        "Replayed {} days: {} entries would stand in OrderWise, {}.\n",
        forecast.days,
        count(forecast.posted),
        words::money(forecast.posted_gross, currency)
    );
    let rows = forecast.entries.iter().map(|line| {
        vec![line.state.to_string(), count(line.entries), words::money(line.gross, currency)]
    });
    text.push_str(&printer::table(&["state", "entries", "gross"], &[1, 2], rows.collect()));
    if !forecast.exceptions.is_empty() {
        let rows = forecast.exceptions.iter().map(|line| {
            let money = words::money(line.money, currency);
            vec![line.cause.clone(), line.subject.clone(), count(line.entries), money]
        });
        let head = ["exception", "about", "entries", "gross"];
        let _ = write!(text, "\n\n{}", printer::table(&head, &[2, 3], rows.collect()));
    }
    let rows = forecast.tax.iter().map(|line| {
        let money = |amount| words::money(amount, currency);
        vec![
            line.tax_rate_id.to_string(),
            money(line.till),
            money(line.ledger),
            money(line.difference),
        ]
    });
    let head = ["tax rate", "tills", "ledger", "difference"];
    let _ = write!(text, "\n\n{}", printer::table(&head, &[1, 2, 3], rows.collect()));
    days_for_people(context, &forecast.days_closed, &mut text);
    if let Some(peak) = forecast.busiest_minute {
        let at = words::moment(peak.at, &zone);
        let _ = write!(text, "\n\nBusiest minute: {at}, {} entries.", count(peak.entries));
    }
    if let Some(peak) = forecast.busiest_hour {
        let at = words::moment(peak.at, &zone);
        let allowed = forecast.calls_allowed_per_hour.map_or_else(
            || "orderwise.per-second sets no limit".to_owned(),
            |most| format!("orderwise.per-second allows {}", count(most)),
        );
        let calls = count(forecast.calls_in_busiest_hour);
        let _ = write!(
            text,
            "\nBusiest hour: {at}, {} entries, some {calls} calls of OrderWise; {allowed}.",
            count(peak.entries)
        );
    }
    text.push_str("\nNothing was written to either system.");
    text
}

/// The day close in words.
fn days_for_people(context: &Context, days: &DaysForecast, text: &mut String) {
    let money = |amount| words::money(amount, context.currency());
    let _ = write!(
        text,
        "\n\nDay close of the whole days: {} would close, {} would differ, {} lack a witness.",
        words::grouped(days.closed),
        words::grouped(days.differ),
        words::grouped(days.not_compared)
    );
    if !days.causes.is_empty() {
        let rows = days.causes.iter().map(|one| {
            let count = words::grouped(one.differences);
            vec![one.title.to_owned(), count, money(one.gross), money(one.tax)]
        });
        let head = ["difference", "how many", "gross", "VAT"];
        let _ = write!(text, "\n{}", printer::table(&head, &[1, 2, 3], rows.collect()));
    }
    let off = days.vat.iter().filter(|one| !one.difference.is_zero());
    for one in off {
        let _ =
            write!(text, "\nTax code {}: {} of VAT between them.", one.code, money(one.difference));
    }
}
