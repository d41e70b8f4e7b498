//! New Z-reports, in the order in which they reached Sitoo.

use std::collections::BTreeSet;

use daybook_connectors::sitoo::{
    ReceivedZReport, StrayOrder, Z_REPORTS_A_PAGE, ZReportsPage, ZReportsQuery,
};
use daybook_domain::{Timestamp, causes::Cause, exchange::Called, priority::Priority};
use daybook_store::{
    exception,
    reconcile::{
        late::LateRow,
        z_report::{self, Kept, NewZReport},
    },
    watermark,
};

use super::{
    CollectReport,
    registers::{self, Stores},
};
use crate::{app::App, error::FlowError, exchanges, reconcile::late, retrying::retrying};

/// Name of the watermark: when the last report that is kept reached Sitoo.
const REPORTS: &str = "z-reports";
/// When everything that was there had been read.
const READ: &str = "z-reports-read";
/// Scope of exceptions about reports.
const SCOPE: &str = "z-reports";
const SECOND: std::time::Duration = std::time::Duration::from_secs(1);

/// Until when all reports are in the book; none before the first read.
pub async fn z_reports_read_at(app: &App) -> Result<Option<Timestamp>, FlowError> {
    Ok(watermark::get(&app.db, READ).await?.map(Timestamp::from_micros))
}

/// Reads all reports that have reached Sitoo since the last time, and some before: one that comes
/// twice changes nothing.
pub async fn z_reports(app: &App, report: &mut CollectReport) -> Result<(), FlowError> {
    // The moment before the read: what comes while it runs is read next time.
    let began = app.now();
    let settings = &app.settings.reconcile;
    let mark = watermark::get(&app.db, REPORTS).await?.map(Timestamp::from_micros);
    let mut from = mark
        .map_or_else(|| began.minus(settings.first_reports), |mark| mark.minus(settings.overlap));
    loop {
        let page = ask(app, ZReportsQuery { added_from: Some(from), ..Default::default() }).await?;
        let is_full = page.elements >= Z_REPORTS_A_PAGE;
        let last = page.reports.iter().filter_map(|one| one.added_at).max();
        keep(app, page, report).await?;
        if !is_full {
            break;
        }
        from = if let Some(last) = last.filter(|last| second(*last) > second(from)) {
            // That second again: more of its reports may stand behind the page.
            last
        } else {
            one_second(app, from, report).await?;
            from.plus(SECOND)
        };
    }
    let mut tx = app.db.begin().await?;
    watermark::set(&mut tx, app.now(), READ, began.micros()).await?;
    tx.commit().await?;
    Ok(())
}

fn second(moment: Timestamp) -> i64 {
    moment.micros().div_euclid(1_000_000)
}

/// More reports of one second than a page holds, which pages by second cannot tell: till by till.
async fn one_second(
    app: &App,
    moment: Timestamp,
    report: &mut CollectReport,
) -> Result<(), FlowError> {
    let stores = registers::stores(app, &[]).await?;
    let registers: BTreeSet<String> = stores.into_keys().collect();
    for register in registers {
        let query = ZReportsQuery {
            added_from: Some(moment),
            added_to: Some(moment),
            register_id: Some(register),
        };
        keep(app, ask(app, query).await?, report).await?;
    }
    Ok(())
}

async fn ask(app: &App, query: ZReportsQuery) -> Result<ZReportsPage, FlowError> {
    let client = app.sitoo.at(Priority::Reconciliation);
    let Called { outcome, exchanges } = client.z_reports(&query).await;
    exchanges::keep(app, None, exchanges).await?;
    outcome.map_err(FlowError::Sitoo)
}

/// A page into the book, with the watermark.
async fn keep(app: &App, page: ZReportsPage, report: &mut CollectReport) -> Result<(), FlowError> {
    let needed: Vec<&str> = page.reports.iter().map(|one| one.register_id.as_str()).collect();
    let stores = registers::stores(app, &needed).await?;
    let now = app.now();
    let last = page.reports.iter().filter_map(|one| one.added_at).max();
    let new: Vec<NewZReport> = page.reports.into_iter().map(|one| received(one, now)).collect();
    let write = || write(app, now, &new, &page.strays, &stores, last);
    let kept = retrying(app, "Z-reports", write).await?;
    report.reports += super::count(kept.iter().filter(|kept| **kept == Kept::New).count());
    report.changed_reports +=
        super::count(kept.iter().filter(|kept| **kept == Kept::Changed).count());
    let fresh = new.iter().zip(&kept).filter(|(_, kept)| **kept != Kept::Same);
    let unreadable = fresh.filter(|(new, _)| new.report.is_err()).count();
    report.unreadable_reports += super::count(unreadable + page.strays.len());
    Ok(())
}

fn received(one: ReceivedZReport, now: Timestamp) -> NewZReport {
    NewZReport {
        register_id: one.register_id,
        number: one.number,
        added_at: one.added_at.unwrap_or(now),
        report: one.report.map_err(|fault| fault.to_string()),
        payload: one.payload,
    }
}

async fn write(
    app: &App,
    now: Timestamp,
    new: &[NewZReport],
    strays: &[StrayOrder],
    stores: &Stores,
    last: Option<Timestamp>,
) -> Result<Vec<Kept>, FlowError> {
    let mut tx = app.db.begin().await?;
    let mut kept = Vec::with_capacity(new.len());
    for one in new {
        let how = z_report::keep(&mut tx, now, one).await?;
        if how != Kept::Same {
            late::note(&mut tx, now, moments(one, stores)).await?;
            let subject = format!("{} {}", one.register_id, one.number);
            if let Err(fault) = &one.report {
                raise(&mut tx, now, &subject, fault).await?;
            } else {
                let about = (SCOPE, Cause::SitooContract, subject.as_str());
                let why = "it can be read now";
                exception::close_subject(&mut tx, now, about, "daybook", why).await?;
            }
        }
        kept.push(how);
    }
    for stray in strays {
        let what = format!("{}; {}", stray.fault, stray.masked);
        raise(&mut tx, now, "a report without a number", &what).await?;
    }
    // Kept in the same transaction: what is below the watermark is in the book.
    let mark = watermark::get(&mut tx, REPORTS).await?;
    if let Some(last) = last.filter(|last| mark.is_none_or(|mark| last.micros() > mark)) {
        watermark::set(&mut tx, now, REPORTS, last.micros()).await?;
    }
    tx.commit().await?;
    Ok(kept)
}

async fn raise(
    tx: &mut daybook_store::Tx,
    now: Timestamp,
    subject: &str,
    what: &str,
) -> Result<(), FlowError> {
    let detail = format!("Z-report {subject} cannot be read: {what}");
    exception::raise_scoped(tx, now, SCOPE, Cause::SitooContract, subject, &detail).await?;
    Ok(())
}

/// The moments that a report tells something about: its days are looked at again.
fn moments(one: &NewZReport, stores: &Stores) -> Vec<LateRow> {
    let Some(&warehouse_id) = stores.get(&one.register_id) else { return Vec::new() };
    let report = one.report.as_ref().ok();
    let closed = report.map_or(one.added_at, |report| report.closed_at);
    let opened = report.and_then(|report| report.opened_at);
    [Some(closed), opened]
        .into_iter()
        .flatten()
        .map(|moment| LateRow { warehouse_id, moment })
        .collect()
}
