//! One day of one store: the witnesses are brought up to date, compared, and what that came to is
//! written down. The same witnesses again change nothing.

use std::collections::BTreeMap;

use daybook_domain::{
    Timestamp,
    reconcile::{
        DayResult, Difference, Measure, Outcome, Stale,
        certificate::{Certificate, SignOff, Standing, key_of},
        policy::DayPolicy,
        reconcile,
        tolerance::{Running, RunningTotals},
        witness::Day,
    },
};
use daybook_store::{
    Source, Tx,
    reconcile::{
        certificate,
        day::{self, DayState, StoreDayRow},
        difference::{self, Effect, NewDifference, Tolerated},
        sign_off,
    },
    watermark,
};

use super::{
    collect::{self, CollectReport},
    load, policy,
};
use crate::{
    app::App,
    error::FlowError,
    retrying::retrying,
    sales::{SyncReport, receive},
};

/// What became of a day.
pub(super) struct Closed {
    pub(super) row: StoreDayRow,
    /// It was compared, and everything is as it was.
    pub(super) is_unchanged: bool,
}

/// Closes a day of a store, whether it is due or not.
pub async fn close_day(
    app: &App,
    warehouse_id: i64,
    day: Day,
    report: &mut CollectReport,
) -> Result<StoreDayRow, FlowError> {
    Ok(close(app, warehouse_id, day, report).await?.row)
}

pub(super) async fn close(
    app: &App,
    warehouse_id: i64,
    day: Day,
    report: &mut CollectReport,
) -> Result<Closed, FlowError> {
    let policy = policy::policy(app).await?;
    let clock = policy::clock(app, warehouse_id).await?;
    let bounds = clock.bounds(day);
    if app.now() < bounds.1 {
        let detail = "the day is not over".to_owned();
        return not_fresh(app, (warehouse_id, day), bounds.1, detail).await;
    }
    let job = Job { app, policy, warehouse_id, day, bounds };
    job.orders().await?;
    job.z_reports(report).await?;
    job.ledger(bounds.1, report).await?;
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
        Outcome::Fresh(result) => job.write(*result).await,
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
        | Stale::JustPosted { until, .. } => *until,
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
        net: daybook_domain::Money::ZERO,
        tax: daybook_domain::Money::ZERO,
        gross: daybook_domain::Money::ZERO,
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
        let read_at = watermark::updated_at(&self.app.db, receive::ORDERS).await?;
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
        Ok(reconcile(&day, &self.policy))
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

    async fn write(&self, result: DayResult) -> Result<Closed, FlowError> {
        retrying(self.app, "a day that is closed", || self.write_once(&result)).await
    }

    async fn write_once(&self, result: &DayResult) -> Result<Closed, FlowError> {
        let now = self.app.now();
        let about = (self.warehouse_id, self.day);
        let mut tx = self.app.db.begin().await?;
        let signed = signed(&mut tx, about).await?;
        let before = day::get(&mut tx, about.0, about.1).await?;
        let latest = certificate::of_day(&mut tx, about.0, about.1).await?;
        let latest = latest.and_then(|row| certificate_of(&row.body));
        let running = running(&mut tx, about).await?;
        let is_same = latest.as_ref().is_some_and(|latest| {
            latest.body.sign_offs == signed
                && latest.body.result.fingerprint == result.fingerprint
                && latest.body.result.differences == result.differences
        });
        let (standing, seq) = if let (true, Some(latest), Some(before)) = (is_same, latest, &before)
        {
            (latest.body.standing, before.certificate)
        } else {
            let previous = certificate::latest(&mut tx, about.0).await?;
            let previous = previous.and_then(|row| certificate_of(&row.body)).map(|one| one.hash);
            let made = Certificate::new(result.clone(), signed, &running, previous);
            let standing = made.body.standing;
            let body = serde_json::to_string(&made).map_err(|error| unwritable(&error))?;
            let row = certificate::append(&mut tx, now, about, body).await?;
            (standing, Some(row.seq))
        };
        difference::replace(&mut tx, now, about, &differences(result)).await?;
        difference::replace_tolerated(&mut tx, about, &tolerated(result)).await?;
        let row = StoreDayRow { certificate: seq, ..self.row(result, standing, now).await? };
        day::put(&mut tx, &row).await?;
        tx.commit().await?;
        Ok(Closed { row, is_unchanged: is_same })
    }

    async fn row(
        &self,
        result: &DayResult,
        standing: Standing,
        now: Timestamp,
    ) -> Result<StoreDayRow, FlowError> {
        let state = match standing {
            Standing::Equal | Standing::Tolerated => DayState::Closed,
            Standing::Signed => DayState::SignedOff,
            Standing::Open => DayState::Differs,
        };
        let zone = policy::zone(self.app, self.warehouse_id).await?;
        // What differs is looked at again each night: it may have been mended meanwhile.
        let again = self.app.settings.reconcile.close_at.next_after(now, &zone);
        let ledger = result.sides.get(&Measure::Ledger).copied().unwrap_or_default();
        let open: Vec<&Difference> = result.open().collect();
        let of_ledger = open.iter().filter(|one| one.measure == Measure::Ledger);
        let sum = of_ledger
            .fold(daybook_domain::reconcile::Amounts::default(), |sum, one| sum + one.amounts);
        let detail = match open.len() {
            0 => format!("{standing}: {} entries", ledger.book_count),
            n => format!("{n} differences over {} entries", ledger.book_count),
        };
        Ok(StoreDayRow {
            warehouse_id: self.warehouse_id,
            day: self.day,
            state,
            due_at: (!state.is_closed()).then_some(again),
            reconciled_at: Some(now),
            inputs: None,
            entries: ledger.book_count,
            differences: i64::try_from(open.len()).unwrap_or(i64::MAX),
            net: sum.net,
            tax: sum.tax,
            gross: sum.gross,
            certificate: None,
            detail,
        })
    }
}

fn certificate_of(body: &str) -> Option<Certificate> {
    serde_json::from_str(body).ok()
}

fn unwritable(error: &serde_json::Error) -> FlowError {
    let hint = "this is a fault in Daybook; please report it";
    FlowError::request("certificate-unwritable", error.to_string(), hint)
}

/// What persons have signed of the day.
async fn signed(tx: &mut Tx, (warehouse_id, day): (i64, Day)) -> Result<Vec<SignOff>, FlowError> {
    let rows = sign_off::of_day(Source::from(&mut *tx), warehouse_id, day).await?;
    let mut signed: Vec<SignOff> = rows
        .into_iter()
        .map(|row| SignOff {
            at: row.at,
            by: row.actor,
            reason: row.reason,
            differences: row.subject.split_whitespace().map(str::to_owned).collect(),
        })
        .collect();
    signed.iter_mut().for_each(|one| one.differences.sort());
    signed.sort();
    Ok(signed)
}

/// What was tolerated in the store before the day.
async fn running(tx: &mut Tx, (warehouse_id, day): (i64, Day)) -> Result<RunningTotals, FlowError> {
    let before = difference::tolerated_before(&mut *tx, warehouse_id, day).await?;
    let totals: BTreeMap<String, Running> = before
        .into_iter()
        .map(|one| {
            let Effect { net, tax, gross } = one.effect;
            let sum = daybook_domain::reconcile::Amounts { net, tax, gross };
            (one.tax_code, Running { count: one.differences, sum, turnover: one.turnover })
        })
        .collect();
    Ok(RunningTotals(totals))
}

fn differences(result: &DayResult) -> Vec<NewDifference> {
    let row = |one: &Difference| {
        let place = &one.place;
        let reference = place.reference.map(|reference| reference.to_string());
        NewDifference {
            key: key_of(one),
            measure: one.measure.word().to_owned(),
            cause: one.cause.word().to_owned(),
            tolerated: one.tolerated,
            order_id: place.reference.map(|reference| reference.order_id),
            erp_order_id: place.order_id,
            register_id: place.register.clone(),
            subject: reference.or_else(|| place.receipt.clone()).unwrap_or_default(),
            effect: effect(one),
            detail: serde_json::to_string(one).unwrap_or_default(),
        }
    };
    result.differences.iter().map(row).collect()
}

const fn effect(one: &Difference) -> Effect {
    let amounts = &one.amounts;
    Effect { net: amounts.net, tax: amounts.tax, gross: amounts.gross }
}

fn tolerated(result: &DayResult) -> Vec<Tolerated> {
    let mut totals = RunningTotals::default();
    totals.add(&result.differences);
    let code = |(tax_code, running): (String, Running)| Tolerated {
        tax_code,
        differences: running.count,
        effect: Effect { net: running.sum.net, tax: running.sum.tax, gross: running.sum.gross },
        turnover: running.turnover,
    };
    totals.0.into_iter().map(code).collect()
}
