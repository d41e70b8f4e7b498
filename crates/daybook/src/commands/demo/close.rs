//! The day close at the end of the day: the tills' receipts, their Z-reports and OrderWise's
//! documents are compared, and each store's certificate says what came of it.

use daybook_domain::{
    Money, Reference,
    reconcile::{DayCause, certificate::Standing, witness::Day},
};
use daybook_flows::reconcile::{self, CauseView, DayView, DifferenceView, ReconcileReport};
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
    /// Of it: documents that somebody made by hand, which bear no receipt's reference.
    pub(super) by_hand: ByHand,
    /// Differences that wait for a person.
    pub(super) differences: i64,
    /// None where the witnesses were not fresh.
    pub(super) standing: Option<Standing>,
    /// The certificate's hash.
    pub(super) certificate: Option<String>,
}

/// Documents in OrderWise only. The day close counts them; the proof, which goes by receipts, leaves
/// them out of a store's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub(super) struct ByHand {
    pub(super) documents: u64,
    /// Credits negative.
    pub(super) gross: Money,
}

impl ByHand {
    fn of(causes: &[CauseView]) -> Self {
        let only = causes.iter().filter(|one| one.cause == DayCause::InOrderwiseOnly);
        let nameless = |one: &&DifferenceView| one.subject.parse::<Reference>().is_err();
        let all: Vec<_> = only.flat_map(|one| &one.differences).filter(nameless).collect();
        let gross = all.iter().map(|one| one.amounts.gross).sum();
        Self { documents: u64::try_from(all.len()).unwrap_or(u64::MAX), gross }
    }
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
            by_hand: ByHand::of(&day.causes),
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
