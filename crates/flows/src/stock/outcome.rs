//! What came of a request: done, refused, in doubt, or certainly not sent.

use daybook_connectors::sitoo::Element;
use daybook_domain::{Timestamp, causes::Cause, class::Failure, stock::Why};
use daybook_store::{
    Tx, exception,
    stock::{
        due::{self, NewDue},
        write::{self as writes, Ended, WriteKind},
    },
};

use super::{
    Pass, journal,
    lines::Line,
    requests::{Answered, Request, Written},
    write::scope,
};
use crate::error::FlowError;

/// Writes it down. A request that was certainly not done ends the pass; its SKUs stay due.
pub(super) async fn record(
    pass: &mut Pass<'_>,
    request: &Request,
    outcome: Result<Vec<Answered>, Failure>,
) -> Result<(), FlowError> {
    let elements = match outcome {
        Ok(elements) => elements,
        Err(Failure::InDoubt { what }) => each(request, &Element::InDoubt(what)),
        Err(Failure::Refused { status, reasons }) if is_single(request) => {
            let what = format!("{} ({status})", reasons.join("; "));
            each(request, &Element::Refused(what))
        }
        Err(failure) => return not_sent(pass, request, failure).await,
    };
    let now = pass.app.now();
    let mut tx = pass.app.db.begin().await?;
    match request {
        Request::Movements(all) => {
            for (written, element) in all.iter().zip(&elements) {
                movement(pass, &mut tx, now, written, element).await?;
            }
        }
        Request::Absolute(one) => absolute(pass, &mut tx, now, one, &elements).await?,
    }
    tx.commit().await?;
    Ok(())
}

/// The refusal of a request is that of its only element.
fn is_single(request: &Request) -> bool {
    match request {
        Request::Movements(all) => all.len() == 1,
        Request::Absolute(one) => one.lines.len() == 1,
    }
}

fn each(request: &Request, element: &Answered) -> Vec<Answered> {
    let elements = match request {
        Request::Movements(all) => all.len(),
        Request::Absolute(one) => one.lines.len(),
    };
    vec![element.clone(); elements]
}

async fn not_sent(
    pass: &mut Pass<'_>,
    request: &Request,
    failure: Failure,
) -> Result<(), FlowError> {
    let now = pass.app.now();
    let what = failure.to_string();
    let mut tx = pass.app.db.begin().await?;
    for written in request.written() {
        writes::finish(&mut tx, now, &written.intent.external_id, Ended::Refused, &what).await?;
        due::mark(&mut tx, &again(&written.lines, now, None)).await?;
    }
    tx.commit().await?;
    Err(FlowError::Sitoo(failure))
}

/// The SKUs of a write, due at a moment, for their own reason or another.
fn again<'a>(
    lines: impl IntoIterator<Item = &'a Line>,
    due_at: Timestamp,
    why: Option<Why>,
) -> Vec<NewDue> {
    let due = |line: &Line| NewDue {
        warehouse_id: line.warehouse_id,
        folded: line.folded.clone(),
        why: why.unwrap_or(line.why),
        due_at,
    };
    lines.into_iter().map(due).collect()
}

async fn movement(
    pass: &mut Pass<'_>,
    tx: &mut Tx,
    now: Timestamp,
    written: &Written,
    element: &Answered,
) -> Result<(), FlowError> {
    let id = written.intent.external_id.as_str();
    match element {
        Element::Done(transaction) => {
            writes::finish(tx, now, id, Ended::Done, "").await?;
            if let Some(transaction) = transaction {
                journal::seen(tx, now, *transaction).await?;
            }
            for line in &written.lines {
                done(pass, tx, now, line).await?;
            }
        }
        Element::Refused(what) => {
            writes::finish(tx, now, id, Ended::Refused, what).await?;
            if let [line] = written.lines.as_slice() {
                refused(pass, tx, now, line, what).await?;
            } else {
                // One of them is at fault, and Sitoo does not say which: next time each goes alone.
                let keys =
                    written.lines.iter().map(|line| (line.warehouse_id, line.folded.clone()));
                pass.alone.extend(keys);
                due::mark(tx, &again(&written.lines, now, Some(Why::MissedWrite))).await?;
            }
        }
        Element::InDoubt(what) => {
            writes::doubt(tx, now, id, what).await?;
            pass.report.in_doubt += 1;
        }
    }
    Ok(())
}

async fn absolute(
    pass: &mut Pass<'_>,
    tx: &mut Tx,
    now: Timestamp,
    written: &Written,
    elements: &[Answered],
) -> Result<(), FlowError> {
    let mut doubtful = Vec::new();
    for (line, element) in written.lines.iter().zip(elements) {
        match element {
            Element::Done(_) => done(pass, tx, now, line).await?,
            Element::Refused(what) => refused(pass, tx, now, line, what).await?,
            Element::InDoubt(_) => doubtful.push(line),
        }
    }
    let ended = if doubtful.is_empty() { Ended::Done } else { Ended::GivenUp };
    writes::finish(tx, now, &written.intent.external_id, ended, "").await?;
    // An absolute value harms nobody when it comes twice, but one that comes late would undo a
    // newer one: it is looked at when it must have come.
    let later = now.plus(pass.app.settings.stock.settling_time);
    pass.report.in_doubt += super::count(doubtful.len());
    due::mark(tx, &again(doubtful, later, Some(Why::MissedWrite))).await?;
    Ok(())
}

async fn done(
    pass: &mut Pass<'_>,
    tx: &mut Tx,
    now: Timestamp,
    line: &Line,
) -> Result<(), FlowError> {
    if line.sum.movement.is_negative() {
        pass.report.lowered += 1;
    } else {
        pass.report.raised += 1;
    }
    pass.refused.close(tx, now, &scope(line.warehouse_id), &line.sku).await
}

async fn refused(
    pass: &mut Pass<'_>,
    tx: &mut Tx,
    now: Timestamp,
    line: &Line,
    what: &str,
) -> Result<(), FlowError> {
    pass.report.refused += 1;
    let scope = scope(line.warehouse_id);
    let detail = format!(
        "warehouse {}: {} instead of {} was refused: {what}",
        line.warehouse_id, line.sum.target, line.level
    );
    exception::raise_scoped(tx, now, &scope, Cause::StockWriteRefused, &line.sku, &detail).await?;
    pass.refused.note(&scope, &line.sku);
    Ok(())
}

/// Whether the journal can tell what became of a write.
pub(super) const fn is_in_the_journal(kind: WriteKind) -> bool {
    matches!(kind, WriteKind::In | WriteKind::Out)
}
