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
    Pass,
    close::Refused,
    journal,
    lines::Line,
    requests::{Answered, Request, Written},
    write::scope,
};
use crate::{app::App, error::FlowError, retrying::retrying};

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
    let app = pass.app;
    let write = || write_down(app, &pass.refused, request, &elements);
    let came = retrying(app, "stock outcomes", write).await?;
    came.tell(pass);
    Ok(())
}

/// What the elements of a request came to, for whoever counts.
#[derive(Debug, Default)]
struct Came {
    raised: u64,
    lowered: u64,
    refused: u64,
    in_doubt: u64,
    /// Refused in company.
    alone: Vec<(i64, String)>,
    /// Exceptions about refusals, by scope and SKU: those raised, those closed.
    told: Vec<(String, String)>,
    closed: Vec<(String, String)>,
}

impl Came {
    fn tell(self, pass: &mut Pass<'_>) {
        pass.report.raised += self.raised;
        pass.report.lowered += self.lowered;
        pass.report.refused += self.refused;
        pass.report.in_doubt += self.in_doubt;
        pass.alone.extend(self.alone);
        for (scope, sku) in self.told {
            pass.refused.note(scope, sku);
        }
        for (scope, sku) in self.closed {
            pass.refused.forget(scope, sku);
        }
    }
}

/// One transaction.
async fn write_down(
    app: &App,
    refused: &Refused,
    request: &Request,
    elements: &[Answered],
) -> Result<Came, FlowError> {
    let tx = app.db.begin().await?;
    let mut down = Down { app, refused, tx, now: app.now(), came: Came::default() };
    match request {
        Request::Movements(all) => {
            for (written, element) in all.iter().zip(elements) {
                down.movement(written, element).await?;
            }
        }
        Request::Absolute(one) => down.absolute(one, elements).await?,
    }
    down.tx.commit().await?;
    Ok(down.came)
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
    let app = pass.app;
    let what = failure.to_string();
    retrying(app, "stock not sent", || take_back(app, request, &what)).await?;
    Err(FlowError::Sitoo(failure))
}

async fn take_back(app: &App, request: &Request, what: &str) -> Result<(), FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    for written in request.written() {
        writes::finish(&mut tx, now, &written.intent.external_id, Ended::Refused, what).await?;
        due::mark(&mut tx, &again(&written.lines, now, None)).await?;
    }
    tx.commit().await?;
    Ok(())
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

/// The transaction in which outcomes are written down.
struct Down<'a> {
    app: &'a App,
    refused: &'a Refused,
    tx: Tx,
    now: Timestamp,
    came: Came,
}

impl Down<'_> {
    async fn movement(&mut self, written: &Written, element: &Answered) -> Result<(), FlowError> {
        let id = written.intent.external_id.as_str();
        let now = self.now;
        match element {
            Element::Done(transaction) => {
                writes::finish(&mut self.tx, now, id, Ended::Done, "").await?;
                if let Some(transaction) = transaction {
                    journal::seen(&mut self.tx, now, *transaction).await?;
                }
                for line in &written.lines {
                    self.done(line).await?;
                }
            }
            Element::Refused(what) => {
                writes::finish(&mut self.tx, now, id, Ended::Refused, what).await?;
                if let [line] = written.lines.as_slice() {
                    self.refuse(line, what).await?;
                } else {
                    // One of them is at fault, and Sitoo does not say which: next time each goes
                    // alone.
                    let keys =
                        written.lines.iter().map(|line| (line.warehouse_id, line.folded.clone()));
                    self.came.alone.extend(keys);
                    let due = again(&written.lines, now, Some(Why::MissedWrite));
                    due::mark(&mut self.tx, &due).await?;
                }
            }
            Element::InDoubt(what) => {
                writes::doubt(&mut self.tx, now, id, what).await?;
                self.came.in_doubt += 1;
            }
        }
        Ok(())
    }

    async fn absolute(
        &mut self,
        written: &Written,
        elements: &[Answered],
    ) -> Result<(), FlowError> {
        let mut doubtful = Vec::new();
        for (line, element) in written.lines.iter().zip(elements) {
            match element {
                Element::Done(_) => self.done(line).await?,
                Element::Refused(what) => self.refuse(line, what).await?,
                Element::InDoubt(_) => doubtful.push(line),
            }
        }
        let ended = if doubtful.is_empty() { Ended::Done } else { Ended::GivenUp };
        let id = written.intent.external_id.as_str();
        writes::finish(&mut self.tx, self.now, id, ended, "").await?;
        // An absolute value harms nobody when it comes twice, but one that comes late would undo a
        // newer one: it is looked at when it must have come.
        let later = self.now.plus(self.app.settings.stock.settling_time);
        self.came.in_doubt += super::count(doubtful.len());
        due::mark(&mut self.tx, &again(doubtful, later, Some(Why::MissedWrite))).await?;
        Ok(())
    }

    async fn done(&mut self, line: &Line) -> Result<(), FlowError> {
        if line.sum.movement.is_negative() {
            self.came.lowered += 1;
        } else {
            self.came.raised += 1;
        }
        let scope = scope(line.warehouse_id);
        if self.refused.close(&mut self.tx, self.now, &scope, &line.sku).await? {
            self.came.closed.push((scope, line.sku.clone()));
        }
        Ok(())
    }

    async fn refuse(&mut self, line: &Line, what: &str) -> Result<(), FlowError> {
        self.came.refused += 1;
        let (scope, cause) = (scope(line.warehouse_id), Cause::StockWriteRefused);
        let detail = format!(
            "warehouse {}: {} instead of {} was refused: {what}",
            line.warehouse_id, line.sum.target, line.level
        );
        let (tx, now) = (&mut self.tx, self.now);
        exception::raise_scoped(tx, now, &scope, cause, &line.sku, &detail).await?;
        self.came.told.push((scope, line.sku.clone()));
        Ok(())
    }
}

/// Whether the journal can tell what became of a write.
pub(super) const fn is_in_the_journal(kind: WriteKind) -> bool {
    matches!(kind, WriteKind::In | WriteKind::Out)
}
