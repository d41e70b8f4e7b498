//! One day of one store: the witnesses are brought up to date, compared, and what that came to is
//! written down. The same witnesses again change nothing.

use std::time::Duration;

use daybook_domain::{
    CreditReference, Money, Timestamp,
    reconcile::{
        DayResult, Outcome, Stale,
        policy::DayPolicy,
        reconcile,
        witness::{Day, StoreDay},
    },
};
use daybook_store::reconcile::{
    credit::{self, CreditRow},
    day::{self, DayState, StoreDayRow},
};

use super::{
    beginning::over,
    collect::{self, CollectReport},
    load, policy,
    record::{self, About, Closed, Times},
};
use crate::{
    app::App,
    error::FlowError,
    retrying::retrying,
    sales::{SyncReport, receive},
};

/// When OrderWise is read again of which a document could not be read.
const UNREAD_AGAIN: Duration = Duration::from_hours(1);

/// Closes a day of a store, whether it is due or not. OrderWise is read again where that was done
/// before `since`.
pub(super) async fn close(
    app: &App,
    (warehouse_id, day): About,
    since: Timestamp,
    report: &mut CollectReport,
) -> Result<Closed, FlowError> {
    let policy = policy::policy(app).await?;
    let clock = policy::clock(app, warehouse_id).await?;
    let bounds = clock.bounds(day);
    if app.now() < bounds.1 {
        let detail = over(app, (warehouse_id, day)).await?;
        return not_fresh(app, (warehouse_id, day), bounds.1, detail).await;
    }
    let job = Job { app, policy, warehouse_id, day, bounds };
    job.orders().await?;
    job.z_reports(report).await?;
    job.ledger(bounds.1.max(since), report).await?;
    let mut outcome = job.compare().await?;
    // Entries that were posted after OrderWise was read: it is read once more, if that helps now.
    if let Outcome::NotYetFresh(stale) = &outcome {
        let until = stale.iter().map(until).max().unwrap_or(bounds.1);
        if until <= app.now() {
            job.ledger(until, report).await?;
            outcome = job.compare().await?;
        }
    }
    if let Outcome::Fresh(result) = &outcome
        && job.fetch_missing(result, report).await?
    {
        outcome = job.compare().await?;
    }
    match outcome {
        Outcome::Fresh(result) => job.write(&result).await,
        Outcome::NotYetFresh(stale) => {
            let until = stale.iter().map(until).max().unwrap_or(bounds.1);
            let again = until.max(app.now().plus(app.settings.reconcile.poll_every));
            let detail: Vec<String> = stale.iter().map(Stale::to_string).collect();
            not_fresh(app, (warehouse_id, day), again, detail.join("; ")).await
        }
    }
}

/// From when on reading is enough.
const fn until(stale: &Stale) -> Timestamp {
    match stale {
        Stale::Orders { until }
        | Stale::ZReports { until }
        | Stale::Ledger { until }
        | Stale::JustPosted { until, .. }
        | Stale::Unread { until, .. } => *until,
    }
}

/// A day that waits for a witness. What was found before stands until it can be compared again.
async fn not_fresh(
    app: &App,
    (warehouse_id, day): (i64, Day),
    again: Timestamp,
    detail: String,
) -> Result<Closed, FlowError> {
    let write = || async {
        let mut tx = app.db.begin().await?;
        let before = day::get(&mut tx, warehouse_id, day).await?;
        let before = before.unwrap_or_else(|| blank(warehouse_id, day));
        let state = if before.reconciled_at.is_some() { before.state } else { DayState::NotFresh };
        let detail = detail.clone();
        let row = StoreDayRow { state, due_at: Some(again), detail, ..before };
        day::put(&mut tx, &row).await?;
        tx.commit().await?;
        Ok(row)
    };
    let row = retrying(app, "a day that waits", write).await?;
    let row = StoreDayRow { state: DayState::NotFresh, ..row };
    Ok(Closed { row, is_unchanged: false })
}

fn blank(warehouse_id: i64, day: Day) -> StoreDayRow {
    StoreDayRow {
        warehouse_id,
        day,
        state: DayState::Open,
        due_at: None,
        reconciled_at: None,
        inputs: None,
        entries: 0,
        differences: 0,
        net: Money::ZERO,
        tax: Money::ZERO,
        gross: Money::ZERO,
        certificate: None,
        detail: String::new(),
    }
}

/// One day of one store.
struct Job<'a> {
    app: &'a App,
    policy: DayPolicy,
    warehouse_id: i64,
    day: Day,
    bounds: (Timestamp, Timestamp),
}

impl Job<'_> {
    /// All orders of the day are in the book.
    async fn orders(&self) -> Result<(), FlowError> {
        let read_at = load::orders_read_at(self.app).await?;
        if read_at.is_none_or(|at| at < self.bounds.1) {
            receive::pass(self.app, &mut SyncReport::default()).await?;
        }
        Ok(())
    }

    async fn z_reports(&self, report: &mut CollectReport) -> Result<(), FlowError> {
        let read_at = collect::z_reports_read_at(self.app).await?;
        if read_at.is_none_or(|at| at < self.bounds.1) {
            collect::z_reports(self.app, report).await?;
        }
        Ok(())
    }

    async fn ledger(
        &self,
        fresh_since: Timestamp,
        report: &mut CollectReport,
    ) -> Result<(), FlowError> {
        let span = load::span(self.app, self.bounds);
        collect::ledger(self.app, span, fresh_since, report).await
    }

    async fn compare(&self) -> Result<Outcome, FlowError> {
        let store = load::store(self.app, self.warehouse_id, self.day, self.bounds.0).await?;
        let day = load::store_day(self.app, store, self.day, self.bounds).await?;
        let credited = self.credited(&day).await?;
        let stale: Vec<Stale> = credited.into_iter().chain(self.unread(&day).await?).collect();
        Ok(if stale.is_empty() {
            reconcile(&day, &self.policy)
        } else {
            Outcome::NotYetFresh(stale)
        })
    }

    /// Documents of the day that cannot be read. It is not known what they say, so they are neither
    /// equal nor gone.
    async fn unread(&self, day: &StoreDay) -> Result<Vec<Stale>, FlowError> {
        let entries = day.entries.iter().map(|entry| entry.reference.order_id).collect();
        let unread = collect::unread(self.app, &entries).await?;
        let read_at = day.ages.ledger.unwrap_or(self.bounds.1);
        let until = read_at.plus(UNREAD_AGAIN);
        let stale = |(name, what)| {
            let detail = format!("document of {name} cannot be read: {what}");
            Stale::Unread { detail, until }
        };
        Ok(unread.into_iter().map(stale).collect())
    }

    /// Credits of doubles that were placed so late that OrderWise need not have shown them when it
    /// was read.
    async fn credited(&self, day: &StoreDay) -> Result<Option<Stale>, FlowError> {
        let credits = credit::of_day(&self.app.db, self.warehouse_id, self.day).await?;
        let shown = |one: &CreditRow| {
            let bears = |text: &str| {
                text.parse()
                    .is_ok_and(|credit: CreditReference| credit.document == one.erp_order_id)
            };
            day.documents.iter().any(|found| bears(&found.document.reference))
        };
        let until = |one: &CreditRow| Some(one.posted_at?.plus(self.policy.settling));
        let soon = |until: &Timestamp| day.ages.ledger.is_none_or(|read| read < *until);
        let late: Vec<Timestamp> =
            credits.iter().filter(|one| !shown(one)).filter_map(until).filter(soon).collect();
        let entries = i64::try_from(late.len()).unwrap_or(i64::MAX);
        Ok(late.into_iter().max().map(|until| Stale::JustPosted { entries, until }))
    }

    /// Asks Sitoo for the receipts that are missing; whether any came.
    async fn fetch_missing(
        &self,
        result: &DayResult,
        report: &mut CollectReport,
    ) -> Result<bool, FlowError> {
        let wanted: Vec<String> =
            result.missing.iter().map(|missing| missing.receipt_id.clone()).collect();
        let lost = collect::receipts(self.app, &wanted, report).await?;
        Ok(lost.len() < wanted.len())
    }

    async fn write(&self, result: &DayResult) -> Result<Closed, FlowError> {
        let about = (self.warehouse_id, self.day);
        let times = Times::of(self.app, self.warehouse_id).await?;
        let write = || async {
            let mut tx = self.app.db.begin().await?;
            let closed = record::result(&mut tx, times, about, result).await?;
            tx.commit().await?;
            Ok(closed)
        };
        retrying(self.app, "a day that is closed", write).await
    }
}
