//! The day close at the end of the day: the tills' receipts, their Z-reports and OrderWise's
//! documents are compared, and each store's certificate says what came of it.

use daybook_domain::{
    Money,
    reconcile::{certificate::Standing, witness::Day},
};
use daybook_flows::reconcile::{self, DayView, ReconcileReport};
use serde::Serialize;

use super::world::{World, ZONE};
use crate::failure::Failure;

/// What a store's certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct DayLine {
    pub(super) store: String,
    pub(super) day: Day,
    /// Receipts in the book.
    pub(super) receipts: i64,
    /// What the tills took, by the receipts.
    pub(super) tills: Money,
    /// What their Z-reports say.
    pub(super) z_reports: Money,
    /// What OrderWise holds.
    pub(super) orderwise: Money,
    /// Differences that wait for a person.
    pub(super) differences: i64,
    /// None where the witnesses were not fresh.
    pub(super) standing: Option<Standing>,
    /// The certificate's hash.
    pub(super) certificate: Option<String>,
}

impl DayLine {
    fn of(day: DayView) -> Self {
        let gross = |amounts: fn(&reconcile::FiguresView) -> Money| {
            day.figures.as_ref().map(amounts).unwrap_or_default()
        };
        Self {
            receipts: day.figures.as_ref().map_or(0, |one| one.receipts),
            tills: gross(|one| one.till.gross),
            z_reports: gross(|one| one.z_reports.gross),
            orderwise: gross(|one| one.orderwise.gross),
            store: day.name,
            day: day.day,
            differences: day.differences,
            standing: day.standing,
            certificate: day.certificate.map(|one| one.hash),
        }
    }
}

/// Closes the day of every store.
pub(super) async fn close(world: &World) -> Result<Vec<DayLine>, Failure> {
    let zone = jiff::tz::TimeZone::get(ZONE).unwrap_or(jiff::tz::TimeZone::UTC);
    let day = Day(world.opening.to_jiff().to_zoned_datetime(zone).date());
    let mut report = ReconcileReport::default();
    let rows = Box::pin(reconcile::close_on_demand(&world.app, day, None, &mut report)).await?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        lines.push(DayLine::of(reconcile::view(&world.app, row).await?));
    }
    Ok(lines)
}
