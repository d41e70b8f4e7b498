//! Status texts of OrderWise: what they mean is the customer's to say, and a text that nobody has
//! explained is one exception, however many orders bear it.

use std::collections::BTreeSet;

use daybook_domain::{
    Timestamp,
    causes::Cause,
    despatch::StatusMeaning,
    findings::{Difference, What},
};
use daybook_store::{
    Tx,
    despatch::{SendingRow, sending},
    exception,
    finding::{self, NewFinding},
};

use super::{DespatchReport, note::note};
use crate::{
    app::App,
    error::FlowError,
    retrying::retrying,
    sales::{evaluate::DAYBOOK, load::current_mapping},
};

/// Where unknown texts are told.
const SCOPE: &str = "orderwise";
/// Orders brought up to date in one transaction.
const BATCH: usize = 200;

/// Takes over a status that OrderWise tells of an order; one that goes backwards is a finding.
pub(super) async fn moved(
    tx: &mut Tx,
    now: Timestamp,
    row: &mut SendingRow,
    text: &str,
    meaning: Option<StatusMeaning>,
) -> Result<(), FlowError> {
    let known = meaning.map_or("not explained", StatusMeaning::word);
    let mut code = "orderwise-status";
    if let (Some(before), Some(after)) = (row.meaning, meaning)
        && before.goes_back_to(after)
    {
        code = "status-went-back";
        let (till, ledger) = (before as i64, after as i64);
        let difference = Difference { what: What::Status, till, ledger };
        finding::insert(tx, now, &[NewFinding { order_id: row.order_id, difference }]).await?;
    }
    let detail = match &row.status {
        Some(before) => format!("'{before}' is now '{text}' ({known})"),
        None => format!("'{text}' ({known})"),
    };
    note(tx, now, row.order_id, code, detail).await?;
    // What is known stays known until the next text is explained.
    row.status = Some(text.to_owned());
    if row.meaning != meaning {
        row.moved_at = now;
        row.meaning = meaning;
    }
    Ok(())
}

/// Applies today's mapping to texts without a meaning, and tells of those that have none.
pub(super) async fn explain(app: &App, report: &mut DespatchReport) -> Result<(), FlowError> {
    let mut unknown = BTreeSet::new();
    for text in sending::unexplained(&app.db).await? {
        if !retrying(app, "a status text", || explain_one(app, &text)).await? {
            unknown.insert(text);
        }
    }
    tell(app, &unknown, report).await
}

/// Gives orders with this text their meaning, if it has one by now.
async fn explain_one(app: &App, text: &str) -> Result<bool, FlowError> {
    let mut tx = app.db.begin().await?;
    let mapping = current_mapping(app, &mut tx).await?;
    let Some(meaning) = StatusMeaning::of(text, &mapping) else {
        tx.rollback().await?;
        return Ok(false);
    };
    let now = app.now();
    for mut row in sending::with_status(&mut tx, text, BATCH).await? {
        row.meaning = Some(meaning);
        row.moved_at = now;
        row.due_at = Some(now);
        sending::save(&mut tx, &row).await?;
    }
    tx.commit().await?;
    Ok(true)
}

async fn tell(
    app: &App,
    unknown: &BTreeSet<String>,
    report: &mut DespatchReport,
) -> Result<(), FlowError> {
    let groups = exception::open_grouped(&app.db).await?;
    let open: BTreeSet<String> = groups
        .into_iter()
        .filter(|group| group.cause == Cause::StatusUnknown)
        .map(|group| group.subject)
        .collect();
    if open == *unknown {
        return Ok(());
    }
    retrying(app, "status texts", || tell_once(app, unknown, &open)).await?;
    report.raised += u64::try_from(unknown.difference(&open).count()).unwrap_or(u64::MAX);
    Ok(())
}

async fn tell_once(
    app: &App,
    unknown: &BTreeSet<String>,
    open: &BTreeSet<String>,
) -> Result<(), FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    for text in unknown.difference(open) {
        let detail = format!("OrderWise shows orders as '{text}', which nobody has explained");
        exception::raise_scoped(&mut tx, now, SCOPE, Cause::StatusUnknown, text, &detail).await?;
    }
    for text in open.difference(unknown) {
        let about = (SCOPE, Cause::StatusUnknown, text.as_str());
        exception::close_subject(&mut tx, now, about, DAYBOOK, "it is explained or gone").await?;
    }
    tx.commit().await?;
    Ok(())
}
