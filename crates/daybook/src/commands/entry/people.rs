//! An entry as people read it.

use std::fmt::Write as _;

use daybook_domain::{Money, Timestamp, words::made_of};
use daybook_store::{attempt::AttemptRow, exchange::ExchangeRow};
use jiff::tz::TimeZone;

use super::Shown;
use crate::{context::Context, printer, words};

/// The whole text, part by part.
pub(super) fn text(context: &Context, shown: &Shown) -> String {
    let zone = context.zone();
    let mut parts = vec![head(shown, &zone)];
    parts.extend(exceptions(context, shown));
    parts.extend(findings(shown));
    parts.push(timeline(shown, &zone));
    parts.extend(said(shown, &zone));
    parts.extend(payloads(shown, &zone));
    parts.join("\n\n")
}

fn head(shown: &Shown, zone: &TimeZone) -> String {
    let entry = &shown.entry;
    let money = |amount: Money| words::money(amount, &entry.currency);
    let mut rows = vec![
        ("entry", format!("{} ({})", entry.reference, entry.kind)),
        ("state", state(shown)),
        ("sold at", placed(entry.ordered_at, &entry.till_zone(zone))),
        ("received", placed(entry.received_at, zone)),
        ("amount", made_of((entry.gross, entry.net, entry.vat), &entry.currency)),
    ];
    let place = [
        ("store", entry.store.map(|id| id.to_string())),
        ("register", entry.register.clone()),
        ("receipt", entry.receipt.clone()),
        ("gives back", entry.original_order_id.map(|id| format!("order {id}"))),
        ("exchange with", entry.partner_order_id.map(|id| format!("order {id}"))),
    ];
    rows.extend(place.into_iter().filter_map(|(name, value)| Some((name, value?))));
    if let Some(document) = &entry.document {
        let number = document.number.as_deref().unwrap_or("?");
        let gross = document.gross.map(|gross| format!(", {}", money(gross))).unwrap_or_default();
        let id = document.order_id.map(|id| format!(", id {id}")).unwrap_or_default();
        rows.push(("OrderWise", format!("{number}{gross}{id}")));
    }
    let lines: Vec<_> = rows.iter().map(|(name, value)| format!("{name:<14}{value}")).collect();
    lines.join("\n")
}

/// A moment with the place of its clock: that of the till may be another than the book's.
fn placed(at: Timestamp, zone: &TimeZone) -> String {
    format!("{} {}", words::moment(at, zone), zone.iana_name().unwrap_or("UTC"))
}

fn state(shown: &Shown) -> String {
    let entry = &shown.entry;
    let why = entry.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    let tries = match entry.attempts {
        0 => String::new(),
        count => format!(", {}", words::count(count.unsigned_abs(), "attempt", "attempts")),
    };
    format!("{}{why}{tries}", entry.state)
}

fn exceptions(context: &Context, shown: &Shown) -> Option<String> {
    let now = context.now();
    let open = shown.exceptions.iter().filter(|exception| exception.closed_at.is_none());
    let parts = open.map(|exception| {
        let age = words::span(now.since(exception.raised_at));
        format!(
            "{} {}, for {}, open for {age}\n  {}\n  {}\n  fix: {}\n       {}",
            exception.number,
            exception.title,
            exception.owner,
            exception.sentence,
            exception.detail,
            exception.fix,
            exception.command,
        )
    });
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}

fn findings(shown: &Shown) -> Option<String> {
    let lines = shown.findings.iter().map(|found| {
        let side = |pence: i64| match found.what.as_str() {
            "type" => pence.to_string(),
            _ => words::money(Money::from_pence(pence), &shown.entry.currency),
        };
        let cause = found.cause.as_deref().unwrap_or("its day, once compared, names the cause");
        let (till, ledger) = (side(found.till), side(found.ledger));
        // Whatever is not VAT is net: the rounding too.
        let entry = &shown.entry;
        let is_rounded = entry.gross != entry.net + entry.vat;
        let what = match found.what.as_str() {
            "net" if is_rounded => "net, with the rounding,",
            what => what,
        };
        format!("differs: {what} is {till} at the till and {ledger} in OrderWise ({cause})")
    });
    let lines: Vec<String> = lines.collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn timeline(shown: &Shown, zone: &TimeZone) -> String {
    let rows = shown.timeline.iter().map(|line| {
        let at = words::moment(line.at, zone);
        vec![at, line.state.to_string(), line.code.clone(), line.actor.clone(), line.detail.clone()]
    });
    printer::table(&["when", "state", "what", "who", "particulars"], &[], rows.collect())
}

fn said(shown: &Shown, zone: &TimeZone) -> Option<String> {
    let exchanges = shown.exchanges.as_ref()?;
    let mut text = String::new();
    for attempt in shown.attempts.iter().flatten() {
        let _ = writeln!(text, "{}", tried(attempt, zone));
    }
    for exchange in exchanges {
        let _ = writeln!(text, "{}", one(exchange, zone));
    }
    Some(if text.is_empty() { "nothing was said about it yet".to_owned() } else { text })
}

/// A try to post it: the body that was sent, personal data masked, and what came back.
fn tried(attempt: &AttemptRow, zone: &TimeZone) -> String {
    let at = words::moment(attempt.started_at, zone);
    let ended = match (&attempt.class, attempt.status) {
        (None, _) => "its outcome was never written".to_owned(),
        (Some(class), None) => format!("no answer, {class}"),
        (Some(class), Some(status)) => format!("{status}, {class}"),
    };
    let mut text = format!("{at} orderwise place-order, attempt {} -> {ended}", attempt.number);
    put_body(&mut text, '>', Some(&attempt.request));
    put_body(&mut text, '<', attempt.response.as_ref());
    text
}

fn put_body(text: &mut String, arrow: char, body: Option<&String>) {
    for line in body.into_iter().flat_map(|body| body.lines()) {
        let _ = write!(text, "\n  {arrow} {line}");
    }
}

fn one(exchange: &ExchangeRow, zone: &TimeZone) -> String {
    let status =
        exchange.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let millis = exchange.duration_us / 1_000;
    let mut text = format!(
        "{} {} {}: {} {} -> {status}, {}, {millis} ms",
        words::moment(exchange.started_at, zone),
        exchange.system,
        exchange.purpose,
        exchange.method,
        exchange.path,
        exchange.class,
    );
    put_body(&mut text, '>', exchange.request.as_ref());
    put_body(&mut text, '<', exchange.response.as_ref());
    text
}

fn payloads(shown: &Shown, zone: &TimeZone) -> Option<String> {
    let payloads = shown.payloads.as_ref()?.iter().map(|payload| {
        let at = words::moment(payload.received_at, zone);
        format!("payload {} of {at}\n{}", payload.version, payload.body)
    });
    Some(payloads.collect::<Vec<_>>().join("\n\n"))
}
