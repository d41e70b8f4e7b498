//! The catalogue flow: products and prices reach the tills, and a SKU only once OrderWise can
//! sell it.
//!
//! A pass reads what changed in OrderWise and in Sitoo, takes the variants concerned from a queue
//! in the book, and works them off in pieces: **load** → **decide** (`domain::catalogue::judge`) →
//! **record the intent** → **call** → **record the outcome**. Once a night everything is read and
//! compared. What a pass did not get done is still in the queue for the next one.

mod around;
mod doubt;
mod family;
mod known;
mod lists;
mod piece;
mod prices;
pub mod show;
mod sweep;
mod tell;
mod write;

use std::sync::Arc;

use daybook_domain::class::Failure;
use daybook_store::{catalogue, watermark};
use serde::Serialize;

use self::{known::Known, piece::Piece};
use crate::{
    app::App,
    cutover::{self, Flow},
    engine::beside::is_ours,
    error::FlowError,
    reference,
    retrying::retrying,
    stock,
};

/// Name of the flow: its lease, and the scope of its exceptions.
pub(crate) const FLOW: &str = "catalogue";

/// How many variants waited when the work began, for people who watch it.
const TOTAL: &str = "catalogue-total";

/// What one pass came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CatalogueReport {
    /// Products that were read from Sitoo and found to be different.
    pub differed: u64,
    /// Products that were created.
    pub created: u64,
    /// Products of which something was written.
    pub updated: u64,
    /// Of those: hidden from the tills.
    pub hidden: u64,
    /// Families that were written: variants of a style as one product with choices.
    pub families: u64,
    /// Prices that were written, to any list.
    pub prices: u64,
    /// Products that Sitoo refused.
    pub refused: u64,
    /// Writes whose reply was lost, and that were found again.
    pub adopted: u64,
    /// Products that would be hidden, if they were not so many.
    pub not_hidden: u64,
}

impl CatalogueReport {
    /// What was written down in a transaction counts once it is committed.
    fn add(&mut self, other: &Self) {
        self.differed += other.differed;
        self.created += other.created;
        self.updated += other.updated;
        self.hidden += other.hidden;
        self.prices += other.prices;
        self.refused += other.refused;
        self.adopted += other.adopted;
        self.not_hidden += other.not_hidden;
    }
}

/// What a person may ask of a pass.
#[derive(Debug, Clone, Copy, Default)]
pub struct PassOptions {
    /// Reads and compares everything, whatever the time.
    pub full: bool,
    /// Hides as many products as are not ready, however many.
    pub hide_all: bool,
}

/// Whether the flow is set up: its export definition has an id.
pub fn is_set_up(app: &App) -> bool {
    app.orderwise.has_export(EXPORT)
}

/// The export definition that the flow reads.
pub const EXPORT: &str = "variants";

/// One pass, until nothing is left to do now.
pub async fn pass(app: &Arc<App>, report: &mut CatalogueReport) -> Result<(), FlowError> {
    pass_with(app, PassOptions::default(), report).await
}

/// The same with a person's wishes.
pub async fn pass_with(
    app: &Arc<App>,
    options: PassOptions,
    report: &mut CatalogueReport,
) -> Result<(), FlowError> {
    if cutover::rests(app, Flow::Catalogue).await? {
        return Ok(());
    }
    let known = look(app, options, report).await?;
    let worked = work(app, &known, options, report).await;
    // What is wrong is told even where the work stopped half way.
    tell::all(app, report).await?;
    worked
}

/// Reads both sides; afterwards the queue holds all that may differ.
async fn look(
    app: &App,
    options: PassOptions,
    report: &mut CatalogueReport,
) -> Result<Known, FlowError> {
    let sweeps = options.full || sweep::is_due(app).await?;
    if sweeps && !sweep::is_running(app).await? {
        reference::everything(app).await?;
    } else {
        reference::changed(app).await?;
    }
    let known = known::load(app).await?;
    doubt::resolve(app, &known, report).await?;
    if sweeps {
        sweep::run(app, &known, report).await?;
    } else {
        report.differed += known.mirror(app).read_changed().await?;
    }
    known::requeue_if_changed(app, &known).await?;
    Ok(known)
}

async fn work(
    app: &App,
    known: &Known,
    options: PassOptions,
    report: &mut CatalogueReport,
) -> Result<(), FlowError> {
    let counts = catalogue::counts(&app.db).await?;
    begin(app, counts.pending).await?;
    let mut hiding = tell::hiding(app, &counts, options.hide_all).await?;
    let batch = app.settings.catalogue.batch.max(1);
    while goes_on(app).await? {
        let due = catalogue::due(&app.db, app.now(), batch).await?;
        if due.is_empty() {
            break;
        }
        let piece = Piece::load(app, known, due).await?;
        write::piece(app, known, piece, &mut hiding, report).await?;
    }
    report.not_hidden = hiding.kept;
    if report.created > write::MANY {
        stock::many_arrived(app).await?;
    }
    family::run(app, known, report).await?;
    prices::see(app, known).await?;
    lists::write(app, report).await
}

async fn begin(app: &App, pending: i64) -> Result<(), FlowError> {
    let note = || async {
        let mut tx = app.db.begin().await?;
        watermark::set(&mut tx, app.now(), TOTAL, pending).await?;
        Ok(tx.commit().await?)
    };
    retrying(app, "watermarks", note).await
}

/// Between two pieces: nobody asked to stop, and the flow is still ours.
async fn goes_on(app: &App) -> Result<bool, FlowError> {
    Ok(!app.stop.is_cancelled() && is_ours(app, FLOW).await?)
}

/// Why a call to Sitoo ends the pass.
fn sitoo(failure: Failure) -> FlowError {
    FlowError::Sitoo(failure)
}
