//! Read back: "accepted" is not "applied". Each posted entry is confirmed with the number and the
//! totals that OrderWise really holds; a different total is kept as a finding.

use std::collections::HashMap;

use daybook_connectors::{orderwise::Rows, sitoo::parse_order};
use daybook_domain::{
    Timestamp,
    causes::Cause,
    document::Document,
    entry::{EntryKind, EntryState},
    exchange::Called,
    findings::{Expected, compare},
    posting::{Fault, local_order_date},
};
use daybook_store::{
    Tx,
    entry::{self, Changes, DueRow, Expect, Transition},
    exception::{self, EntryFaults},
    finding,
    timeline::Event,
};

use jiff::{SignedDuration, civil::DateTime};

use super::{
    SyncReport,
    doubt::{is_anothers, taken, warn_if_doubled},
    evaluate::DAYBOOK,
    load::known_mapping,
    page::count,
    rounds::Rounds,
};
use crate::{app::App, error::FlowError, exchanges, health, retrying::retrying, stock};

/// Few entries are cheaper to look up one by one than by a window of order dates.
const WINDOW_PAYS_FROM: usize = 3;
/// Longest window of order dates in one read.
const WINDOW_LONGEST: std::time::Duration = std::time::Duration::from_hours(24);
/// Most entries of the book that the window of one read may span. A few late ones, a day apart,
/// must not make OrderWise tell that whole day, nor us hold it in memory.
const WINDOW_FULLEST: usize = 2_000;

/// Confirms the posted entries that are due, as long as there are `at_least` so many.
pub(crate) async fn pass(
    app: &App,
    report: &mut SyncReport,
    at_least: usize,
) -> Result<(), FlowError> {
    let readable =
        ["order-totals", "order-lookup"].iter().any(|&purpose| app.orderwise.has_export(purpose));
    if !(app.settings.posting.confirm && readable) {
        return Ok(());
    }
    let mut rounds = Rounds::default();
    loop {
        if app.stop.is_cancelled() || health::is_paused(app).await? {
            return Ok(());
        }
        let limit = app.settings.posting.confirm_batch;
        let mut rows = entry::unconfirmed(&app.db, app.now(), limit).await?;
        if rows.len() < at_least {
            return Ok(());
        }
        rows.sort_by_key(|row| (row.order_date, row.order_id));
        let Some(first) = rows.first().map(|row| row.order_date) else { return Ok(()) };
        rows.retain(|row| row.order_date <= first.plus(WINDOW_LONGEST));
        narrow(app, &mut rows).await?;
        if rounds.are_over(&rows) {
            return Ok(());
        }
        let Some(documents) = read(app, &rows).await? else {
            return ask_again_later(app, &rows).await;
        };
        let write = || record(app, &rows, &documents);
        let (confirmed, findings) = retrying(app, "read back", write).await?;
        report.confirmed += confirmed;
        report.findings += findings;
    }
}

/// Leaves the first of `rows`, which are sorted, so many that their window is not too full; the
/// others are still due.
async fn narrow(app: &App, rows: &mut Vec<DueRow>) -> Result<(), FlowError> {
    while rows.len() >= WINDOW_PAYS_FROM {
        let (from, to) = span(rows);
        let spanned = entry::dated_between(&app.db, from, to, WINDOW_FULLEST + 1).await?;
        if spanned <= WINDOW_FULLEST {
            break;
        }
        rows.truncate(rows.len() / 2);
    }
    Ok(())
}

/// From the first order date on, and before the second after the last.
fn span(rows: &[DueRow]) -> (Timestamp, Timestamp) {
    let dates = rows.iter().map(|row| row.order_date);
    let from = dates.clone().min().unwrap_or_default();
    (from, dates.max().unwrap_or_default().plus(std::time::Duration::from_secs(1)))
}

async fn ask_again_later(app: &App, rows: &[DueRow]) -> Result<(), FlowError> {
    let again = app.now().plus(app.settings.posting.settling_time);
    let due: Vec<_> = rows.iter().map(|row| (row.order_id, Some(again))).collect();
    retrying(app, "to be read later", || reschedule(app, &due)).await
}

async fn reschedule(app: &App, due: &[(i64, Option<Timestamp>)]) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    entry::reschedule(&mut tx, due).await?;
    tx.commit().await?;
    Ok(())
}

/// Reads the documents of `rows`: all in one window where that pays, the rest by reference.
/// None when OrderWise could not be read, or the process is to stop.
async fn read(app: &App, rows: &[DueRow]) -> Result<Option<ByReference>, FlowError> {
    let mut found = ByReference::default();
    // Nearly every till keeps its store's clock. Only where documents are missing, the payloads are
    // read again for the clock of the till itself, and another window is asked for.
    for by_till in [false, true] {
        let missing: Vec<&DueRow> = rows.iter().filter(|row| !found.has(row)).collect();
        if missing.len() < WINDOW_PAYS_FROM || !app.orderwise.has_export("order-totals") {
            break;
        }
        let Some((from, to)) = window(app, &missing, by_till).await? else { break };
        let called = app.orderwise.totals_of(from, to).await;
        let Some(documents) = kept(app, None, called).await? else { return Ok(None) };
        found.add(documents);
    }
    for row in rows.iter().filter(|row| !found.has(row)).collect::<Vec<_>>() {
        if app.stop.is_cancelled() {
            return Ok(None);
        }
        let called = app.orderwise.lookup_rows(&row.reference()).await;
        let Some(Rows { read, odd }) = kept(app, Some(row.order_id), called).await? else {
            return Ok(None);
        };
        // One that cannot be read stops only itself: it is looked at again as one that is not there.
        for odd in odd {
            tracing::warn!(order_id = row.order_id, "its document cannot be read: {odd}");
        }
        found.0.insert(row.reference().to_string(), read);
    }
    Ok(Some(found))
}

/// Documents by their reference.
#[derive(Default)]
struct ByReference(HashMap<String, Vec<Document>>);

impl ByReference {
    fn has(&self, row: &DueRow) -> bool {
        self.0.contains_key(&row.reference().to_string())
    }

    /// Takes those that are not there yet.
    fn add(&mut self, documents: Vec<Document>) {
        let mut new: HashMap<String, Vec<Document>> = HashMap::new();
        for document in documents {
            new.entry(document.reference.clone()).or_default().push(document);
        }
        for (reference, documents) in new {
            self.0.entry(reference).or_insert(documents);
        }
    }

    fn of(&self, row: &DueRow) -> &[Document] {
        self.0.get(&row.reference().to_string()).map_or(&[][..], Vec::as_slice)
    }
}

/// First order date and one second after the last, as they were sent: OrderWise keeps the till's
/// own clock, whatever its zone (facts/orderwise 1.8). `by_till` asks the payloads for that clock;
/// none where it is the store's after all.
async fn window(
    app: &App,
    rows: &[&DueRow],
    by_till: bool,
) -> Result<Option<(DateTime, DateTime)>, FlowError> {
    let mut zones: HashMap<i64, String> = HashMap::new();
    if by_till {
        let ids: Vec<i64> = rows.iter().map(|row| row.order_id).collect();
        let orders = entry::payloads(&app.db, &ids).await?.into_iter();
        zones.extend(
            orders.filter_map(|(id, payload)| Some((id, parse_order(&payload).ok()?.time_zone?))),
        );
    }
    let mapping = known_mapping(app).await?;
    let mut is_other = false;
    let mut dates = Vec::with_capacity(rows.len());
    for row in rows {
        let store = row.warehouse_id.and_then(|id| mapping.stores.get(&id));
        let of_store = store.and_then(|store| store.time_zone.as_deref());
        let of_till = zones.get(&row.order_id).map(String::as_str);
        let date = local_order_date(row.order_date, [of_till, of_store], &app.policy);
        is_other |= date != local_order_date(row.order_date, [None, of_store], &app.policy);
        dates.push(date);
    }
    let window = dates.iter().min().zip(dates.iter().max());
    let window = window.map(|(from, to)| (*from, to.saturating_add(SignedDuration::from_secs(1))));
    Ok(window.filter(|_| is_other || !by_till))
}

async fn kept<T: Sync>(
    app: &App,
    order_id: Option<i64>,
    called: Called<T>,
) -> Result<Option<T>, FlowError> {
    retrying(app, "documents", || keep(app, order_id, &called)).await?;
    Ok(called.outcome.ok())
}

async fn keep<T: Sync>(
    app: &App,
    order_id: Option<i64>,
    called: &Called<T>,
) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    exchanges::keep_in(app, &mut tx, order_id, called.exchanges.clone()).await?;
    match &called.outcome {
        Ok(_) => health::read_well(app, &mut tx, app.now()).await?,
        Err(_) => health::read_failed(app, &mut tx, app.now(), called).await?,
    }
    tx.commit().await?;
    Ok(())
}

/// Writes down what the documents say; returns how many entries are confirmed, and how many totals
/// differ.
async fn record(
    app: &App,
    rows: &[DueRow],
    documents: &ByReference,
) -> Result<(u64, u64), FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let mut steps: Vec<Transition> = Vec::with_capacity(rows.len());
    let mut later = Vec::new();
    let mut findings = Vec::new();
    for row in rows {
        let held = documents.of(row);
        let Some(document) = ours(app, now, row, held) else {
            later.push((row.order_id, Some(next_look(app, now, row))));
            not_there(app, &mut tx, now, row).await?;
            continue;
        };
        if is_anothers(app, row, document) {
            taken(app, &mut tx, now, row, held).await?;
            continue;
        }
        warn_if_doubled(&mut tx, now, row, held).await?;
        let differences = compare(&expected(row), document, app.orderwise.order_types());
        steps.push(confirmed(now, row, document, differences.len()));
        findings.extend(
            differences
                .into_iter()
                .map(|difference| finding::NewFinding { order_id: row.order_id, difference }),
        );
    }
    entry::transition(&mut tx, now, &steps).await?;
    // When OrderWise stored it says whether its stock figure contains it.
    let known: Vec<i64> = steps.iter().map(|step| step.order_id).collect();
    stock::posted(app, &mut tx, now, &known).await?;
    entry::reschedule(&mut tx, &later).await?;
    finding::insert(&mut tx, now, &findings).await?;
    tx.commit().await?;
    findings.dedup_by_key(|one| one.order_id);
    Ok((count(steps.len()), count(findings.len())))
}

/// The till's amounts without their sign. Whatever is not tax is net: the round-off too.
pub(crate) fn expected(row: &DueRow) -> Expected {
    let (tax, gross) = match row.kind {
        EntryKind::Return => (-row.vat, -row.gross),
        EntryKind::Sale | EntryKind::Other => (row.vat, row.gross),
    };
    Expected { kind: row.kind, net: gross - tax, tax, gross }
}

/// The document that OrderWise named when it took the posting. Another one under the same reference
/// means that there are two, of which one does not show yet: it is waited for, so that both are
/// told; but not for ever, because a site may number its documents in another way.
fn ours<'a>(app: &App, now: Timestamp, row: &DueRow, held: &'a [Document]) -> Option<&'a Document> {
    let named = held.iter().find(|document| Some(document.order_id) == row.erp_order_id);
    let waited = now.since(row.posted_at.unwrap_or(now));
    let waits = row.erp_order_id.is_some() && waited < app.settings.posting.recheck_every;
    named.or_else(|| {
        let rest = held.iter().filter(|_| !waits);
        rest.min_by_key(|document| (is_anothers(app, row, document), document.order_id))
    })
}

pub(crate) fn confirmed(
    now: Timestamp,
    row: &DueRow,
    document: &Document,
    differences: usize,
) -> Transition {
    let detail = match differences {
        0 => format!("OrderWise holds {} with the till's totals", document.order_number),
        n => format!("OrderWise holds {}; {n} totals differ", document.order_number),
    };
    Transition {
        order_id: row.order_id,
        expect: Expect { state: EntryState::Posted, attempt: Some(row.attempt) },
        to: EntryState::Confirmed,
        changes: Changes {
            erp_order_id: Some(Some(document.order_id)),
            erp_order_number: Some(Some(document.order_number.clone())),
            erp_net: Some(Some(document.net)),
            erp_tax: Some(Some(document.tax)),
            erp_gross: Some(Some(document.gross)),
            stored_at: Some(document.stored_at),
            confirmed_at: Some(Some(now)),
            due_at: Some(None),
            ..Changes::default()
        },
        event: Event { actor: DAYBOOK.to_owned(), code: "confirmed".to_owned(), detail },
    }
}

/// Doubles the pause as the document stays away: at once at first, then ever more rarely.
fn next_look(app: &App, now: Timestamp, row: &DueRow) -> Timestamp {
    let waited = now.since(row.posted_at.unwrap_or(now));
    now.plus(waited.max(app.settings.posting.settling_time))
}

/// Accepted, and still not to be seen long after: somebody must look.
async fn not_there(app: &App, tx: &mut Tx, now: Timestamp, row: &DueRow) -> Result<(), FlowError> {
    let waited = now.since(row.posted_at.unwrap_or(now));
    if waited <= app.settings.posting.age_limit {
        return Ok(());
    }
    let number = row.erp_order_number.clone().unwrap_or_default();
    let fault = Fault {
        cause: Cause::DoubtUnresolved,
        subject: row.reference().to_string(),
        detail: format!("OrderWise accepted it as {number} and does not show it"),
    };
    let faults =
        EntryFaults { order_id: row.order_id, money: row.gross.abs(), faults: vec![fault] };
    exception::set_for_entries(tx, now, &[faults], DAYBOOK).await?;
    Ok(())
}
