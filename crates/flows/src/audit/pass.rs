//! The audit that `daybook serve` makes by itself, and what it raises.

use std::sync::Arc;

use daybook_domain::{Timestamp, audit::Gap, causes::Cause, words};
use daybook_store::{
    exception::{self, ExceptionFilter},
    watermark,
};

use super::{Audited, Wish, last_at};
use crate::{app::App, error::FlowError, retrying::retrying, sales::evaluate::DAYBOOK};

/// Scope of the exceptions.
const SCOPE: &str = "audit";
/// When a book was first asked whether an audit is due.
const BEGUN: &str = "audits-begun";
/// Open exceptions that are looked at: one a kind.
const MOST: usize = 1_000;

/// Whether an audit is due.
async fn due(app: &Arc<App>) -> Result<bool, FlowError> {
    let now = app.now();
    let Some(since) = last_at(app).await?.or(begun(app).await?) else {
        // A new book: the first is due a whole pause from now, and people may make one sooner.
        let note = || async {
            let mut tx = app.db.begin().await?;
            watermark::set(&mut tx, now, BEGUN, now.micros()).await?;
            Ok(tx.commit().await?)
        };
        retrying(app, "audits", note).await?;
        return Ok(false);
    };
    Ok(now.since(since) >= app.settings.audit.every)
}

async fn begun(app: &Arc<App>) -> Result<Option<Timestamp>, FlowError> {
    Ok(watermark::get(&app.db, BEGUN).await?.map(Timestamp::from_micros))
}

/// One audit, if it is time; raises kinds with records that are new, and closes kinds that are gone.
pub async fn pass(app: &Arc<App>) -> Result<Option<Audited>, FlowError> {
    if !due(app).await? {
        return Ok(None);
    }
    let audited = super::run(app, &Wish::default(), &|_| {}).await?;
    let tell = || raise(app, &audited);
    retrying(app, "what an audit found", tell).await?;
    Ok(Some(audited))
}

async fn raise(app: &App, audited: &Audited) -> Result<(), FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    for gap in &audited.report.gaps {
        let new = audited.changes.as_ref().map_or(gap.records, |it| it.new_of(gap.kind));
        if new > 0 {
            let (word, detail) = (gap.kind.word(), detail(gap, new));
            exception::raise_scoped(&mut tx, now, SCOPE, Cause::AuditGap, word, &detail).await?;
        }
    }
    let filter = ExceptionFilter { scope: Some(SCOPE.to_owned()), ..ExceptionFilter::default() };
    for open in exception::list(&mut tx, &filter, MOST).await? {
        let is_there = audited.report.gaps.iter().any(|gap| gap.kind.word() == open.subject);
        if !is_there {
            let gone = "its gap is gone";
            exception::close_one(&mut tx, now, open.number, DAYBOOK, gone).await?;
        }
    }
    Ok(tx.commit().await?)
}

fn detail(gap: &Gap, new: usize) -> String {
    let records = words::count(gap.records as u64, "record", "records");
    let first = gap.evidence.first().map(|one| format!(", one of them {}", one.record));
    let row = gap.kind.row();
    format!("{} {records}, {new} new{}. {}", row.sentence, first.unwrap_or_default(), row.fix)
}
