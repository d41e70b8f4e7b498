//! Once a night everything is read from both sides and compared. It goes on where it was when the
//! process ended in the middle.

use daybook_connectors::sitoo::ProductsQuery;
use daybook_domain::{Timestamp, time::TimeOfDay};
use daybook_store::{catalogue, till_product, watermark};

use super::{
    CatalogueReport, goes_on,
    known::{self, Known},
    lists,
};
use crate::{app::App, error::FlowError, mirror, retrying::retrying};

/// When the last sweep that is over began.
pub(super) const SWEPT: &str = "catalogue-swept";
/// When the sweep that is not over began; 0 while none is.
pub(super) const SWEEPING: &str = "catalogue-sweeping";
/// How many products it has read.
pub(super) const PLACE: &str = "catalogue-sweep-place";
/// How many there are.
pub(super) const OF: &str = "catalogue-sweep-of";

/// Whether a sweep is not over, or its time has come since the last one.
pub(super) async fn is_due(app: &App) -> Result<bool, FlowError> {
    if is_running(app).await? {
        return Ok(true);
    }
    let Some(swept) = watermark::get(&app.db, SWEPT).await? else { return Ok(true) };
    let next = next_after(app, Timestamp::from_micros(swept), app.settings.catalogue.sweep_at);
    Ok(next <= app.now())
}

pub(super) async fn is_running(app: &App) -> Result<bool, FlowError> {
    Ok(watermark::get(&app.db, SWEEPING).await?.unwrap_or(0) > 0)
}

/// The first moment after `moment` at which the retailer's clock shows `time`.
pub(super) fn next_after(app: &App, moment: Timestamp, time: TimeOfDay) -> Timestamp {
    time.next_after(moment, &app.policy.default_time_zone)
}

/// Reads all products, forgets those that are gone, and asks for a look at every variant.
pub(super) async fn run(
    app: &App,
    known: &Known,
    report: &mut CatalogueReport,
) -> Result<(), FlowError> {
    let (began, mut place) = begin(app).await?;
    loop {
        if !goes_on(app).await? {
            return Ok(());
        }
        let page = known.mirror(app).page(&ProductsQuery::All, place, mirror::PAGE).await?;
        place += page.elements;
        let is_last = mirror::is_last(&page, place);
        let read_at = app.now();
        report.differed += known.mirror(app).keep(read_at, page.products).await?;
        note(app, &[(PLACE, i64::try_from(place).unwrap_or(0)), (OF, page.total_count)]).await?;
        if is_last {
            break;
        }
    }
    known.mirror(app).forget_gone(began).await?;
    lists::read_all(app).await?;
    known::queue_everything(app).await?;
    let compare = || async {
        let mut tx = app.db.begin().await?;
        till_product::find_foreign(&mut tx, app.now()).await?;
        catalogue::forget_gone(&mut tx).await?;
        Ok(tx.commit().await?)
    };
    retrying(app, "the range", compare).await?;
    note(app, &[(SWEPT, began.micros()), (SWEEPING, 0), (PLACE, 0)]).await
}

async fn begin(app: &App) -> Result<(Timestamp, usize), FlowError> {
    let running = watermark::get(&app.db, SWEEPING).await?.filter(|began| *began > 0);
    if let Some(began) = running {
        let place = watermark::get(&app.db, PLACE).await?.unwrap_or(0);
        return Ok((Timestamp::from_micros(began), usize::try_from(place).unwrap_or(0)));
    }
    let now = app.now();
    note(app, &[(SWEEPING, now.micros()), (PLACE, 0), (OF, 0)]).await?;
    Ok((now, 0))
}

async fn note(app: &App, values: &[(&str, i64)]) -> Result<(), FlowError> {
    let note = || async {
        let mut tx = app.db.begin().await?;
        for (name, value) in values {
            watermark::set(&mut tx, app.now(), name, *value).await?;
        }
        Ok(tx.commit().await?)
    };
    retrying(app, "watermarks", note).await
}
