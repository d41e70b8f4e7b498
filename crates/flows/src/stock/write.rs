//! Record the intent, call, record the outcome: request by request, none larger than Sitoo takes.

use std::{collections::HashMap, time::Duration};

use daybook_domain::{Timestamp, causes::Cause, stock::Why};
use daybook_store::{
    Tx, exception,
    stock::{
        due::{self, DueRow, NewDue},
        finding::{self, StockFinding},
        history,
        oversell::{self, OversellRow},
        unexplained::{self, Unexplained},
        write as writes,
    },
    till_movement,
};

use super::{
    Pass,
    facts::Facts,
    image::Image,
    journal,
    lines::Line,
    outcome,
    requests::{self, Request},
};
use crate::{
    app::App,
    cutover::{self, Flow},
    engine,
    error::FlowError,
    exchanges,
    retrying::retrying,
    sales::evaluate::DAYBOOK,
};

/// What was decided, and what is to be noted with it.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) lines: Vec<Line>,
    /// What is done when all of it is intended.
    pub(super) due: Vec<DueRow>,
    /// What has to be looked at later.
    pub(super) again: Vec<NewDue>,
    /// Sold rows that OrderWise's figures contain: order, row, warehouse.
    pub(super) settled: Vec<(i64, i64, i64)>,
    /// What no known sale explains, while an order is missing.
    pub(super) unexplained: Vec<Unexplained>,
    /// What a sweep of one warehouse left alone.
    pub(super) findings: Option<(i64, Vec<StockFinding>)>,
}

impl Work {
    /// Takes over what was found out on the way, and gives the figures back.
    pub(super) fn take(&mut self, facts: Facts) -> Image {
        self.settled.extend(facts.settled);
        self.again.extend(facts.again);
        facts.figures
    }

    /// Nobody knows yet what the last write about it came to.
    pub(super) fn put_off(&mut self, app: &App, warehouse_id: i64, folded: &str, why: Why) {
        let due_at = app.now().plus(app.settings.stock.settling_time.max(Duration::from_secs(1)));
        self.again.push(NewDue { warehouse_id, folded: folded.to_owned(), why, due_at });
    }
}

/// Writes everything that has to move.
pub(super) async fn write(pass: &mut Pass<'_>, work: Work) -> Result<(), FlowError> {
    let app = pass.app;
    let moving = work.lines.iter().any(Line::moves);
    let journal_from = if moving { journal::lower_end(app).await? } else { 0 };
    let requests = requests::plan(pass, &work.lines, journal_from);
    let nothing = requests.is_empty();
    pass.report.oversold += retrying(app, "stock decisions", || note(app, &work, nothing)).await?;
    let last = requests.len().saturating_sub(1);
    for (nth, request) in requests.into_iter().enumerate() {
        let intended_at = app.now();
        let intent = || intend(app, &work, &request, nth == last);
        // Another process has the flow now, and has read later than we did; or it soon has, and
        // looks for what we did not send.
        if !retrying(app, "stock intents", intent).await?
            || app.now() >= engine::send_before(app, intended_at)
        {
            return Ok(());
        }
        let called = request.send(app).await;
        exchanges::keep(app, None, called.exchanges).await?;
        pass.report.requests += 1;
        outcome::record(pass, &request, called.outcome).await?;
    }
    Ok(())
}

/// Writes down what is about to be sent; with the last request, that all is done. Not where the
/// flow is another process's meanwhile.
async fn intend(
    app: &App,
    work: &Work,
    request: &Request,
    is_last: bool,
) -> Result<bool, FlowError> {
    let mut tx = app.db.begin().await?;
    if !engine::is_held(app, &mut tx, "stock").await?
        || !cutover::may_write(&mut tx, Flow::Stock).await?
    {
        return Ok(false);
    }
    let rows: Vec<_> = request.lines().map(|line| line.history(app)).collect();
    history::add(&mut tx, &rows).await?;
    writes::intend(&mut tx, app.now(), &request.intents()).await?;
    if is_last {
        due::done(&mut tx, &work.due).await?;
        due::mark(&mut tx, &work.again).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// What is to be noted whatever becomes of the requests; where there are none, all is done. Returns
/// how many SKUs began to be oversold.
async fn note(app: &App, work: &Work, is_done: bool) -> Result<u64, FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    till_movement::settle(&mut tx, &work.settled).await?;
    unexplained::note(&mut tx, &work.unexplained).await?;
    let quiet = work.lines.iter().filter(|line| !line.moves() && !line.in_flight.is_zero());
    let rows: Vec<_> = quiet.map(|line| line.history(app)).collect();
    history::add(&mut tx, &rows).await?;
    if let Some((warehouse_id, findings)) = &work.findings {
        finding::replace(&mut tx, *warehouse_id, findings).await?;
    }
    let open = oversell::open(&mut tx).await?;
    let open: HashMap<(i64, &str), &OversellRow> =
        open.iter().map(|row| ((row.warehouse_id, row.folded.as_str()), row)).collect();
    let mut begun = 0;
    for line in &work.lines {
        let known = open.get(&(line.warehouse_id, line.folded.as_str())).copied();
        begun += u64::from(note_oversell(&mut tx, now, line, known).await?);
    }
    if is_done {
        due::done(&mut tx, &work.due).await?;
        due::mark(&mut tx, &work.again).await?;
    }
    tx.commit().await?;
    Ok(begun)
}

/// Scope of exceptions about a warehouse's stock.
pub(super) fn scope(warehouse_id: i64) -> String {
    format!("stock:{warehouse_id}")
}

/// A till can always sell: when it sold what was not there, that is said, and said again when it
/// is over. Whether it begins now.
async fn note_oversell(
    tx: &mut Tx,
    now: Timestamp,
    line: &Line,
    open: Option<&OversellRow>,
) -> Result<bool, FlowError> {
    let scope = scope(line.warehouse_id);
    match (&line.oversold, open) {
        (None, Some(row)) if row.sku == line.sku && !line.may_be_oversold => {
            oversell::end(tx, now, line.warehouse_id, &line.folded).await?;
            let about = (scope.as_str(), Cause::Oversold, line.sku.as_str());
            exception::close_subject(tx, now, about, DAYBOOK, "it is there again").await?;
        }
        (None, _) => {}
        (Some((units, orders)), known) => {
            if known.is_none() {
                let row = OversellRow {
                    warehouse_id: line.warehouse_id,
                    folded: line.folded.clone(),
                    began_at: now,
                    sku: line.sku.clone(),
                    units: *units,
                    orders: orders.clone(),
                    ended_at: None,
                };
                oversell::begin(tx, &row).await?;
            } else {
                oversell::grow(tx, line.warehouse_id, &line.folded, *units, orders).await?;
            }
            let what = format!(
                "warehouse {}: {units} more than OrderWise has free ({}); sales {orders}",
                line.warehouse_id, line.free
            );
            exception::raise_scoped(tx, now, &scope, Cause::Oversold, &line.sku, &what).await?;
            return Ok(known.is_none());
        }
    }
    Ok(false)
}
