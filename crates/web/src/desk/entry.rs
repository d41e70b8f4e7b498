//! One entry: till and ledger side by side, its life in words, its siblings, what was said.

use askama::Template;
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::{Money, Reference, access::Right, entry::EntryState, words};
use daybook_flows::{
    access, cutover,
    desk::entry::{self, EntryWhole, Side, SideBySide},
    people,
    view::{EntryView, ExceptionView},
};
use serde::Deserialize;

use super::{PageError, Section, Shell, exceptions, find, said, say, shell};
use crate::{
    Web,
    access::Who,
    take::{Asked, At, Given},
};

#[derive(Template)]
#[template(path = "entry.html")]
struct EntryPage {
    shell: Shell,
    entry: EntryView,
    what: String,
    state: &'static str,
    mood: &'static str,
    sentence: String,
    facts: Vec<(&'static str, String)>,
    rows: Vec<RowTold>,
    totals: Vec<TotalTold>,
    /// Whether a side of a row has not told it.
    has_dashes: bool,
    payments: Vec<(String, String, String)>,
    open: Vec<OpenTold>,
    timeline: Vec<EventTold>,
    siblings: Vec<(String, find::RowTold)>,
    despatches: Vec<(String, String, String)>,
    said: Option<Vec<CallTold>>,
    may: MayDo,
    /// Whether persons may still say something of it.
    is_open: bool,
    words: Vec<said::SaidTold>,
    choices: Vec<(String, String)>,
    shopper: Option<Vec<(&'static str, String)>>,
    done: Option<&'static str>,
}

/// What whoever looks may do with it now.
struct MayDo {
    retry: bool,
    dismiss: bool,
    see_shopper: bool,
}

fn may_do(who: &Who, whole: &EntryWhole) -> MayDo {
    use EntryState::{Dismissed, Held, Ready, SetAside, Waiting};
    let may = who.may(Right::ClearExceptions);
    let state = whole.entry.state;
    let is_open = whole.exceptions.iter().any(|one| one.closed_at.is_none());
    MayDo {
        retry: may && matches!(state, Held | Dismissed | Ready),
        // What is in the ledger stays there: a person has seen to what was told about it.
        dismiss: may && (matches!(state, Held | Waiting | SetAside) || is_open),
        see_shopper: who.may(Right::SeeShoppers),
    }
}

/// Whether whoever looks may still hold or correct it.
fn is_open(who: &Who, whole: &EntryWhole) -> bool {
    use EntryState::{Held, Ready, Waiting};
    who.may(Right::ClearExceptions) && matches!(whole.entry.state, Held | Ready | Waiting)
}

struct RowTold {
    sku: String,
    name: String,
    quantity: String,
    till: String,
    sent: String,
    ledger: String,
    says: String,
    differs: bool,
}

struct TotalTold {
    name: String,
    till: String,
    ledger: String,
    says: &'static str,
    differs: bool,
}

struct OpenTold {
    number: String,
    title: &'static str,
    address: String,
    detail: String,
    fix: &'static str,
    age: String,
}

struct EventTold {
    at: String,
    what: String,
    detail: String,
    who: String,
}

struct CallTold {
    at: String,
    what: String,
    came: String,
    sent: String,
    answer: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Shown {
    exchanges: Option<String>,
    done: Option<String>,
}

/// The entry at an address, if whoever asks may see its store.
pub(crate) async fn seen(
    web: &Web,
    who: &Who,
    reference: &str,
) -> Result<(Reference, EntryWhole), PageError> {
    let unknown = || PageError::not_found(format!("{reference} is not in the book"));
    let reference: Reference = reference.to_uppercase().parse().map_err(|_| unknown())?;
    let row = entry::find(&web.app, reference).await?.ok_or_else(unknown)?;
    if !who.may_see_store(row.warehouse_id) {
        return Err(unknown());
    }
    let mut whole = entry::whole(&web.app, row).await?;
    whole.siblings.retain(|one| who.may_see_store(one.entry.store));
    Ok((reference, whole))
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
    Asked(shown): Asked<Shown>,
) -> Result<Response, PageError> {
    let (reference, whole) = seen(&web, &who, &reference).await?;
    let said = match shown.exchanges {
        Some(_) => Some(calls(&web, reference.order_id).await?),
        None => None,
    };
    shell::show(&told(&web, &who, whole, said, None, shown.done.as_deref()))
}

/// The page with whoever bought; that it was looked at is on record, and nothing looks by itself.
pub(super) async fn with_shopper(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
) -> Result<Response, PageError> {
    let (reference, whole) = seen(&web, &who, &reference).await?;
    let shopper = shopper(&web, &who, reference).await?;
    shell::show(&told(&web, &who, whole, None, Some(shopper), None))
}

fn told(
    web: &Web,
    who: &Who,
    whole: EntryWhole,
    said: Option<Vec<CallTold>>,
    shopper: Option<Vec<(&'static str, String)>>,
    done: Option<&str>,
) -> EntryPage {
    let zone = shell::zone(web);
    let entry = &whole.entry;
    let (state, mood) = find::state_word(entry.state);
    let currency = entry.currency.clone();
    let store = whole.store.iter().filter_map(|name| Some((entry.store?, name.clone())));
    let stores: Vec<_> = store.collect();
    let line = |one: &EntryView| find::row_told(one, &zone, &stores);
    let rows: Vec<RowTold> = whole.rows.iter().map(|row| row_told(row, &currency)).collect();
    EntryPage {
        what: match entry.kind.to_string().as_str() {
            "sale" => "Sale".to_owned(),
            "return" => "Return".to_owned(),
            _ => "Order".to_owned(),
        },
        state,
        mood,
        sentence: sentence(&whole),
        facts: facts(&whole, &zone),
        has_dashes: rows.iter().any(RowTold::has_dash),
        rows,
        totals: totals(entry),
        payments: whole
            .payments
            .iter()
            .map(|one| {
                let reference = one.reference.clone().unwrap_or_default();
                (one.name.clone(), say::money(one.amount, &currency), reference)
            })
            .collect(),
        open: open(web, &whole.exceptions),
        timeline: timeline(&whole, &zone),
        siblings: whole
            .siblings
            .iter()
            .map(|one| (sibling_word(one.how).to_owned(), line(&one.entry)))
            .collect(),
        despatches: whole
            .despatches
            .iter()
            .map(|one| {
                let at = one.despatched_at.map_or_else(String::new, |at| say::moment(at, &zone));
                let courier = one.courier.clone().unwrap_or_default();
                let consignment = one.consignment.clone().unwrap_or_default();
                (at, format!("{courier} {consignment}"), one.state.clone())
            })
            .collect(),
        may: may_do(who, &whole),
        is_open: is_open(who, &whole),
        words: said::told(&whole, who, &zone, is_open(who, &whole)),
        choices: said::choices(&whole.places),
        shell: Shell::new(web, who, Section::Find, entry.reference.clone()),
        entry: whole.entry,
        said,
        shopper,
        done: match done {
            Some("retried") => Some("On its way again."),
            Some("dismissed") => Some("Dismissed, on the record."),
            Some("held") => Some("It is held until somebody tries it again."),
            Some("corrected") => Some("Corrected, on the record; it is decided on again now."),
            Some("asked") => Some("Asked for: a second person has to approve it."),
            Some("decided") => Some("Decided, on the record."),
            _ => None,
        },
    }
}

fn sibling_word(how: &str) -> &'static str {
    match how {
        "sale" => "Gives back",
        "exchange" => "Exchange with",
        _ => "Given back by",
    }
}

/// Where it is and why, in one sentence.
fn sentence(whole: &EntryWhole) -> String {
    let entry = &whole.entry;
    let document = entry.document.as_ref();
    let number = document.and_then(|one| one.number.clone()).unwrap_or_default();
    let why = entry.reason.clone().unwrap_or_default();
    match entry.state {
        EntryState::Confirmed => format!("It is in OrderWise as {number}, read back."),
        EntryState::Posted => format!("It is in OrderWise as {number}; it is read back next."),
        EntryState::Ready => "It is on its way to OrderWise.".to_owned(),
        EntryState::Posting => "It is being sent to OrderWise at this moment.".to_owned(),
        EntryState::InDoubt if why == cutover::ELSEWHERE => {
            "Nothing was sent: the document of the other integration is looked for.".to_owned()
        }
        EntryState::InDoubt => "It was sent and no answer came: OrderWise is asked for it before \
                                anything is sent again."
            .to_owned(),
        EntryState::Waiting => format!("It waits for its {why}, which is not in OrderWise yet."),
        EntryState::Held => {
            let open = whole.exceptions.iter().filter(|one| one.closed_at.is_none()).count();
            match open {
                0 => "It is held.".to_owned(),
                1 => "It is held by one exception.".to_owned(),
                count => format!("It is held by {count} exceptions."),
            }
        }
        EntryState::SetAside => format!("It is not for the ledger: {why}."),
        EntryState::Dismissed => format!("A person decided that it is not posted: {why}."),
    }
}

fn facts(whole: &EntryWhole, zone: &jiff::tz::TimeZone) -> Vec<(&'static str, String)> {
    let entry = &whole.entry;
    let mut facts = vec![
        ("At the till", say::placed(entry.ordered_at, &entry.till_zone(zone))),
        ("Written down", say::placed(entry.received_at, zone)),
        ("Amount", words::made_of((entry.gross, entry.net, entry.vat), &entry.currency)),
    ];
    let store = whole.store.clone().or_else(|| entry.store.map(|id| id.to_string()));
    let document = entry.document.as_ref();
    let some = [
        ("Store", store),
        ("Register", entry.register.clone()),
        ("Receipt", entry.receipt.clone()),
        ("Sitoo's order", Some(entry.order_id.to_string())),
        ("OrderWise's number", document.and_then(|one| one.number.clone())),
        (
            "In OrderWise since",
            document.and_then(|one| one.posted_at).map(|at| say::moment(at, zone)),
        ),
        ("Read back", document.and_then(|one| one.confirmed_at).map(|at| say::moment(at, zone))),
    ];
    facts.extend(some.into_iter().filter_map(|(name, value)| Some((name, value?))));
    facts
}

/// What is not dearer or cheaper may still differ: by its VAT, or by how many there are.
fn says(row: &SideBySide, currency: &str) -> String {
    match row.agrees {
        // Nobody has looked what OrderWise holds.
        Some(true) if row.ledger.is_none() => "not compared yet".to_owned(),
        Some(true) => "the same".to_owned(),
        Some(false) => differs(row, currency),
        None if row.till.is_none() && row.ledger.is_some() => "in OrderWise only".to_owned(),
        None if row.sent.is_some() => "not compared yet".to_owned(),
        None => "one side only".to_owned(),
    }
}

fn differs(row: &SideBySide, currency: &str) -> String {
    let Some((one, other)) = row.till.or(row.sent).zip(row.ledger.or(row.sent)) else {
        return "differs".to_owned();
    };
    let mut parts = Vec::new();
    if one.quantity != other.quantity {
        parts.push(format!(
            "quantity: {} at the till, {} in OrderWise",
            one.quantity, other.quantity
        ));
    }
    if let Some((till, ledger)) = one.tax.zip(other.tax).filter(|(till, ledger)| till != ledger) {
        let (till, ledger) = (say::money(till, currency), say::money(ledger, currency));
        parts.push(format!("VAT: {till} at the till, {ledger} in OrderWise"));
    }
    if parts.is_empty() { "differs".to_owned() } else { format!("differs: {}", parts.join("; ")) }
}

/// Net, VAT and gross on both sides. Whatever is not VAT is net: the cash rounding too.
fn totals(entry: &EntryView) -> Vec<TotalTold> {
    let signed = |amount: Money| {
        if entry.gross.is_negative() { -amount.abs() } else { amount }
    };
    let document = entry.document.as_ref();
    let rest = entry.gross - entry.net - entry.vat;
    let net = if rest.is_zero() {
        "Net".to_owned()
    } else {
        format!("Net, with {} of rounding", say::money(rest, &entry.currency))
    };
    let lines = [
        (net, entry.net + rest, document.and_then(|one| one.net)),
        ("VAT".to_owned(), entry.vat, document.and_then(|one| one.tax)),
        ("Total".to_owned(), entry.gross, document.and_then(|one| one.gross)),
    ];
    let told = lines.map(|(name, till, ledger)| {
        let ledger = ledger.map(signed);
        let differs = ledger.is_some_and(|ledger| ledger != till);
        TotalTold {
            name,
            till: say::money(till, &entry.currency),
            ledger: ledger.map_or_else(|| "–".to_owned(), |one| say::money(one, &entry.currency)),
            says: match ledger {
                None => "not compared yet",
                Some(_) if differs => "differs",
                Some(_) => "the same",
            },
            differs,
        }
    });
    told.into()
}

fn row_told(row: &SideBySide, currency: &str) -> RowTold {
    let money = |side: Option<Side>| {
        side.map_or_else(|| "–".to_owned(), |side| say::money(side.gross, currency))
    };
    let quantity = row.till.or(row.sent).map(|side| side.quantity.to_string());
    RowTold {
        sku: row.sku.clone(),
        name: row.name.clone(),
        quantity: quantity.unwrap_or_default(),
        till: money(row.till),
        sent: money(row.sent),
        ledger: money(row.ledger),
        says: says(row, currency),
        differs: row.agrees == Some(false),
    }
}

impl RowTold {
    fn has_dash(&self) -> bool {
        [&self.till, &self.sent, &self.ledger].into_iter().any(|side| side == "–")
    }
}

fn open(web: &Web, exceptions: &[ExceptionView]) -> Vec<OpenTold> {
    let now = web.app.now();
    let open = exceptions.iter().filter(|one| one.closed_at.is_none());
    let told = open.map(|one| OpenTold {
        number: one.number.clone(),
        title: one.title,
        address: exceptions::address(one.cause, &one.subject),
        detail: one.detail.clone(),
        fix: one.fix,
        age: say::age(one.raised_at, now),
    });
    told.collect()
}

fn timeline(whole: &EntryWhole, zone: &jiff::tz::TimeZone) -> Vec<EventTold> {
    let told = whole.timeline.iter().map(|event| EventTold {
        at: say::moment(event.at, zone),
        what: find::state_word(event.state).0.to_owned(),
        detail: match event.code.as_str() {
            "recorded" => "Written down as the till told it.".to_owned(),
            "intent" => format!("To be sent: {}.", event.detail),
            code => format!("{}: {}", code.replace('-', " "), event.detail),
        },
        who: if event.actor == "daybook" { "Daybook".to_owned() } else { event.actor.clone() },
    });
    told.collect()
}

async fn calls(web: &Web, order_id: i64) -> Result<Vec<CallTold>, PageError> {
    let zone = shell::zone(web);
    let said = entry::exchanges(&web.app, order_id).await?;
    let attempts = said.attempts.into_iter().map(|one| {
        let came = match (one.status, one.class) {
            (Some(status), Some(class)) => format!("{status}, {class}"),
            (None, Some(class)) => format!("no answer, {class}"),
            (_, None) => "its outcome was never written".to_owned(),
        };
        let call = CallTold {
            at: say::moment(one.started_at, &zone),
            what: format!("OrderWise: place the order, attempt {}", one.number),
            came,
            sent: one.request,
            answer: one.response.unwrap_or_default(),
        };
        (one.started_at, call)
    });
    let exchanges = said.exchanges.into_iter().map(|one| {
        let status = one.status.map_or_else(|| "no answer".to_owned(), |code| code.to_string());
        let call = CallTold {
            at: say::moment(one.started_at, &zone),
            what: format!("{}: {} ({} {})", one.system, one.purpose, one.method, one.path),
            came: format!("{status}, {}, {} ms", one.class, one.duration_us / 1_000),
            sent: one.request.unwrap_or_default(),
            answer: one.response.unwrap_or_default(),
        };
        (one.started_at, call)
    });
    let mut calls: Vec<_> = attempts.chain(exchanges).collect();
    calls.sort_by_key(|(at, _)| *at);
    Ok(calls.into_iter().map(|(_, call)| call).collect())
}

/// Who bought; that it was looked at is written down first.
async fn shopper(
    web: &Web,
    who: &Who,
    reference: Reference,
) -> Result<Vec<(&'static str, String)>, PageError> {
    let looked = reference.to_string();
    access::seen(&web.app, &who.name, &looked).await?;
    let Some(shopper) = entry::shopper(&web.app, reference.order_id).await? else {
        return Ok(Vec::new());
    };
    let address = &shopper.address;
    let place = [&address.line1, &address.line2, &address.town, &address.postcode];
    let place: Vec<&str> =
        place.into_iter().map(String::as_str).filter(|line| !line.is_empty()).collect();
    let told = [
        ("Name", shopper.name.clone()),
        ("Company", shopper.company.clone()),
        ("E-mail", shopper.email.clone()),
        ("Telephone", shopper.phone.clone()),
        ("Address", place.join(", ")),
    ];
    Ok(told.into_iter().filter(|(_, value)| !value.is_empty()).collect())
}

#[derive(Debug, Deserialize)]
pub(super) struct Reason {
    #[serde(default)]
    reason: String,
}

pub(super) async fn retry(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
) -> Result<Response, PageError> {
    let (reference, _) = seen(&web, &who, &reference).await?;
    people::retry(&web.app, reference, &who.name).await?;
    Ok(Redirect::to(&format!("/entries/{reference}?done=retried")).into_response())
}

pub(super) async fn dismiss(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
    Given(form): Given<Reason>,
) -> Result<Response, PageError> {
    let (reference, _) = seen(&web, &who, &reference).await?;
    people::dismiss(&web.app, reference, &who.name, &form.reason).await?;
    Ok(Redirect::to(&format!("/entries/{reference}?done=dismissed")).into_response())
}

#[cfg(test)]
mod tests {
    use daybook_domain::{Money, Quantity};
    use daybook_flows::desk::entry::{Side, SideBySide};

    use super::says;

    fn side(gross: i64, tax: Option<i64>) -> Side {
        let quantity = Quantity::from_thousandths(1_000);
        let tax = tax.map(Money::from_pence);
        Side { quantity, gross: Money::from_pence(gross), tax }
    }

    #[test]
    fn a_row_says_what_differs_and_claims_nothing_that_nobody_read() {
        let row = SideBySide {
            sku: "TEE".to_owned(),
            name: "Tee".to_owned(),
            till: Some(side(14_595, Some(2_433))),
            sent: Some(side(14_595, None)),
            ledger: None,
            agrees: Some(true),
        };
        assert_eq!(says(&row, "GBP"), "not compared yet");
        let same = SideBySide { ledger: Some(side(14_595, Some(2_433))), ..row.clone() };
        assert_eq!(says(&same, "GBP"), "the same");
        let vat = SideBySide {
            ledger: Some(side(14_595, Some(2_434))),
            agrees: Some(false),
            ..row.clone()
        };
        let told = "differs: VAT: £24.33 at the till, £24.34 in OrderWise";
        assert_eq!(says(&vat, "GBP"), told);
        let dearer =
            SideBySide { ledger: Some(side(14_600, Some(2_433))), agrees: Some(false), ..row };
        assert_eq!(says(&dearer, "GBP"), "differs");
    }
}
