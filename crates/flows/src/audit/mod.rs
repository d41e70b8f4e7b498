//! The audit flow: reads both systems part by part, keeps what it read until it is done so that it can
//! go on after an interruption, and lets `daybook_domain::audit` judge. Its clients only read.

mod erp;
mod parts;
mod pass;
mod read;
pub mod show;
mod till;

use std::{sync::Arc, time::Duration};

use daybook_connectors::{Orderwise, Sitoo};
use daybook_domain::{
    Timestamp,
    audit::{Changes, Ours, Piece, Report, Snapshot, look},
    catalogue::{Blanks, Rules},
    mapping::{Mapping, MappingRow},
    priority::Priority,
};
use daybook_store::{
    audit_run::{self, PieceRow, Unfinished},
    lease, mapping,
};

use self::parts::Part;
pub use self::pass::pass;
use crate::{app::App, error::FlowError, retrying::retrying};

/// The lease of whoever audits: one at a time on a book.
const LEASE: &str = "audit";
/// How long an auditor may be silent before another may begin.
const SILENT: Duration = Duration::from_mins(3);

/// What is wanted of an audit.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Days of orders, where it is not the setting's number.
    pub days: Option<i64>,
    /// Begin anew, whatever an interrupted audit has read.
    pub anew: bool,
    /// Mapping rows of the configuration that the book may not have yet.
    pub rows: Vec<MappingRow>,
}

/// Where an audit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// What is read now.
    pub part: &'a str,
    /// Parts that are done.
    pub done: usize,
    /// Parts that are known so far.
    pub of: usize,
    /// Whether an interrupted audit goes on.
    pub resumed: bool,
}

/// An audit that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// Its number in the book.
    pub number: i64,
    /// What it found.
    pub report: Report,
    /// What changed since the one before; none of the first.
    pub changes: Option<Changes>,
}

/// Both systems, by clients that cannot write.
pub(crate) struct Sides {
    pub(crate) sitoo: Sitoo,
    pub(crate) orderwise: Orderwise,
}

/// One audit on its way.
struct Run<'a> {
    app: &'a App,
    sides: Sides,
    begun: Unfinished,
    snapshot: Snapshot,
}

/// Reads both systems and judges them.
pub async fn run(
    app: &App,
    wish: &Wish,
    tell: &(dyn Fn(Progress<'_>) + Send + Sync),
) -> Result<Audited, FlowError> {
    hold(app).await?;
    let audited = tokio::select! {
        biased;
        audited = Box::pin(read_and_judge(app, wish, tell)) => audited,
        lost = renewing(app) => lost,
    };
    let_go(app).await?;
    audited
}

/// Gives the right to audit back, for whoever was interrupted.
pub async fn let_go(app: &App) -> Result<(), FlowError> {
    Ok(lease::release(&app.db, LEASE, &app.worker).await?)
}

/// Renews the right while one long answer is read; over only when it is lost.
async fn renewing(app: &App) -> Result<Audited, FlowError> {
    loop {
        tokio::time::sleep(SILENT / 3).await;
        hold(app).await?;
    }
}

/// Takes or renews the right to audit on this book.
async fn hold(app: &App) -> Result<(), FlowError> {
    let now = app.now();
    if lease::acquire(&app.db, now, LEASE, &app.worker, now.plus(SILENT)).await? {
        return Ok(());
    }
    let hint = "wait until it is done; `daybook audit --last` shows the latest report";
    Err(FlowError::request("audit-runs", "another audit runs on this book", hint))
}

async fn read_and_judge(
    app: &App,
    wish: &Wish,
    tell: &(dyn Fn(Progress<'_>) + Send + Sync),
) -> Result<Audited, FlowError> {
    let (run, resumed) = begin(app, wish).await?;
    let sides = Sides {
        sitoo: app.sitoo.at(Priority::Reconciliation).reading_only(),
        orderwise: app.orderwise.at(Priority::Reconciliation).reading_only(),
    };
    let ours = ours(app, wish).await?;
    let snapshot = Snapshot::new(run.began_at, run.began_at, ours);
    let mut run = Run { app, sides, begun: run, snapshot };
    let mut known = run.read_before().await?;
    let mut done = 0;
    while let Some(part) = parts::next(&run.snapshot, done) {
        let name = part.name();
        let of = parts::count(&run.snapshot);
        tell(Progress { part: &name, done, of, resumed });
        let at = known.remove(&name);
        run.read(&part, at).await?;
        done += 1;
    }
    run.finish().await
}

/// Goes on with what was interrupted not long ago, or begins.
async fn begin(app: &App, wish: &Wish) -> Result<(Unfinished, bool), FlowError> {
    let now = app.now();
    let before = audit_run::unfinished(&app.db).await?;
    let fresh = |run: &Unfinished| now.since(run.began_at) < app.settings.audit.resume_within;
    if let Some(before) = before.filter(|run| !wish.anew && fresh(run)) {
        return Ok((before, true));
    }
    let begin = || async {
        let mut tx = app.db.begin().await?;
        let begun = audit_run::begin(&mut tx, now).await?;
        tx.commit().await?;
        Ok(begun)
    };
    Ok((retrying(app, "an audit", begin).await?, false))
}

async fn ours(app: &App, wish: &Wish) -> Result<Ours, FlowError> {
    let mut rows = mapping::load(&app.db).await?.rows;
    for row in &wish.rows {
        if !rows.iter().any(|known| known.kind == row.kind && known.key == row.key) {
            rows.push(row.clone());
        }
    }
    let (mapping, faults) = Mapping::from_rows(rows);
    let settings = &app.settings.catalogue;
    Ok(Ours {
        mapping,
        faults,
        policy: app.policy.clone(),
        rules: Rules {
            blanks: settings.replace_blanks_with.map_or(Blanks::Fault, Blanks::Replace),
            titles: settings.titles,
            barcodes: settings.barcodes,
            other_barcodes: settings.other_barcodes,
            // The site says it; this is not looked at.
            prices_with_vat: true,
        },
        time_zone: app.orderwise.time_zone().to_owned(),
        exports: app.orderwise.exports(),
        limits: app.settings.audit.limits(wish.days),
    })
}

/// Where a part stands that was read before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct At {
    place: i64,
    next: Option<i64>,
}

impl Run<'_> {
    /// Puts back what an interrupted audit has read. Of what comes in one long answer, half is
    /// nothing.
    async fn read_before(&mut self) -> Result<std::collections::BTreeMap<String, At>, FlowError> {
        let rows = audit_run::pieces(&self.app.db, self.begun.number).await?;
        let mut stand = std::collections::BTreeMap::new();
        for row in &rows {
            stand.insert(row.part.clone(), At { place: row.place, next: row.next });
        }
        let cut: Vec<String> = stand
            .iter()
            .filter(|(part, at)| Part::comes_in_one(part) && at.next.is_some())
            .map(|(part, _)| part.clone())
            .collect();
        for part in cut {
            stand.remove(&part);
            let forget = || async {
                let mut tx = self.app.db.begin().await?;
                audit_run::forget_part(&mut tx, self.begun.number, &part).await?;
                Ok(tx.commit().await?)
            };
            retrying(self.app, "an audit", forget).await?;
        }
        for row in rows.into_iter().filter(|row| stand.contains_key(&row.part)) {
            let piece: Piece =
                serde_json::from_str(&row.piece).map_err(|error| unreadable(&error))?;
            self.snapshot.add(piece);
        }
        Ok(stand)
    }

    /// Keeps a piece, and adds it to the picture.
    async fn keep(
        &mut self,
        part: &str,
        place: i64,
        next: Option<i64>,
        piece: Piece,
    ) -> Result<(), FlowError> {
        hold(self.app).await?;
        let text = serde_json::to_string(&piece).map_err(|error| unreadable(&error))?;
        let row = PieceRow { part: part.to_owned(), place, next, piece: text };
        let put = || async {
            let mut tx = self.app.db.begin().await?;
            audit_run::put(&mut tx, self.begun.number, &row).await?;
            Ok(tx.commit().await?)
        };
        retrying(self.app, "an audit", put).await?;
        self.snapshot.add(piece);
        Ok(())
    }

    async fn finish(mut self) -> Result<Audited, FlowError> {
        let (app, number) = (self.app, self.begun.number);
        self.snapshot.read_at = app.now();
        let report = look(&self.snapshot);
        let before = last(app).await?;
        let text = serde_json::to_string(&report).map_err(|error| unreadable(&error))?;
        let now = app.now();
        let kept = app.settings.audit.keep_reports.max(2);
        let finish = || async {
            let mut tx = app.db.begin().await?;
            audit_run::finish(&mut tx, number, now, &text).await?;
            audit_run::prune(&mut tx, number.saturating_sub(kept)).await?;
            Ok(tx.commit().await?)
        };
        retrying(app, "an audit", finish).await?;
        let changes = before.map(|before| Changes::between(&before.report, &report));
        Ok(Audited { number, report, changes })
    }
}

/// The latest audit that is done, with what changed since the one before it.
pub async fn last(app: &App) -> Result<Option<Audited>, FlowError> {
    let mut latest = audit_run::latest(&app.db, 2).await?.into_iter();
    let Some(newest) = latest.next() else { return Ok(None) };
    let read =
        |text: &str| serde_json::from_str::<Report>(text).map_err(|error| unreadable(&error));
    let report = read(&newest.report)?;
    let before = latest.next().map(|before| read(&before.report)).transpose()?;
    let changes = before.map(|before| Changes::between(&before, &report));
    Ok(Some(Audited { number: newest.number, report, changes }))
}

fn unreadable(error: &serde_json::Error) -> FlowError {
    let hint = "begin anew with `daybook audit --anew`";
    FlowError::request("audit-unreadable", format!("what an audit kept: {error}"), hint)
}

/// When the latest audit was done.
pub(crate) async fn last_at(app: &Arc<App>) -> Result<Option<Timestamp>, FlowError> {
    let latest = audit_run::latest(&app.db, 1).await?;
    Ok(latest.first().map(|one| one.finished_at))
}
