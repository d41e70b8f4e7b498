//! Orders as received become rows of the book; the key removes repeats.

use std::time::Duration;

use daybook_connectors::sitoo::{ReceivedOrder, StrayOrder};
use daybook_domain::{Reference, Timestamp, causes::Cause, entry::EntryKind};
use daybook_store::{
    Tx,
    entry::{self, NewEntry, Recorded},
    exception::{self, EntryFaults},
    stray, watermark,
};

use super::{SyncReport, changed, evaluate::DAYBOOK, receive::ORDERS, recorded::new_entry, supply};
use crate::{app::App, error::FlowError, reconcile::late, stock};

/// A till's clock may be a day off before anybody is told.
const AHEAD: Duration = Duration::from_hours(24);
/// Older than this no till has kept a sale to itself, and no book begins.
const LONG_AGO: Duration = Duration::from_hours(3 * 365 * 24);

/// What is to be written down of some orders.
pub(crate) struct Page {
    now: Timestamp,
    rows: Vec<NewEntry>,
    faults: Vec<EntryFaults>,
    strays: Vec<StrayOrder>,
    moved: stock::Page,
    /// Orders with goods to come, and when their deliveries are to be read.
    to_come: Vec<(i64, Timestamp)>,
}

impl Page {
    /// Makes sense of `orders`.
    pub(crate) fn of(
        app: &App,
        now: Timestamp,
        orders: Vec<ReceivedOrder>,
        strays: Vec<StrayOrder>,
    ) -> Self {
        let moved = stock::Page::of(app, &orders);
        let to_come = supply::wanted(app, now, &orders);
        let (rows, faults): (Vec<_>, Vec<_>) =
            orders.into_iter().map(|order| new_entry(app, now, order)).unzip();
        Self { now, rows, faults: faults.into_iter().flatten().collect(), strays, moved, to_come }
    }

    /// What is wrong with some of the orders.
    pub(crate) fn faults_of(&self, order_ids: &[i64]) -> Vec<EntryFaults> {
        let own = self.faults.iter().filter(|fault| order_ids.contains(&fault.order_id));
        own.cloned().collect()
    }

    /// Writes all of them into the book.
    pub(crate) async fn record(&self, app: &App, tx: &mut Tx) -> Result<Recorded, FlowError> {
        let now = self.now;
        self.keep_strays(tx).await?;
        if self.rows.is_empty() {
            return Ok(Recorded::default());
        }
        let recorded = entry::record(tx, now, &self.rows).await?;
        for &order_id in &recorded.changed {
            // What it was held for was said about another payload.
            exception::close_for_entry(tx, now, order_id, DAYBOOK, "the till changed it").await?;
        }
        // What was read before as it is now was told then, and a person may have dismissed it.
        let is_news = |id: &i64| recorded.new.contains(id) || recorded.changed.contains(id);
        let told = self.faults.iter().filter(|fault| is_news(&fault.order_id)).cloned();
        let told: Vec<EntryFaults> = told.collect();
        if !told.is_empty() {
            exception::set_for_entries(tx, now, &told, DAYBOOK).await?;
        }
        self.tell_of_clocks(app, tx, &recorded).await?;
        supply::want(tx, &self.to_come, &recorded).await?;
        late::entries(app, tx, now, (&self.rows, &recorded)).await?;
        self.moved.record(app, tx, now, &recorded).await?;
        let ids: Vec<i64> = self.rows.iter().map(|row| row.order_id).collect();
        watermark::found(tx, &ids).await?;
        close_gaps(tx, now, &recorded.new).await?;
        changed::after_posting(tx, now, &recorded.changed_after_posting).await?;
        Ok(recorded)
    }

    /// A date that cannot be is kept, because it is what the receipt says; but it is told: the document
    /// lands in another period than the money.
    async fn tell_of_clocks(
        &self,
        app: &App,
        tx: &mut Tx,
        recorded: &Recorded,
    ) -> Result<(), FlowError> {
        let begins = app.settings.receive.first_day.as_ref();
        let begins = begins.and_then(|day| Timestamp::from_day(day).ok()).unwrap_or(self.now);
        let possible = begins.min(self.now.minus(LONG_AGO))..=self.now.plus(AHEAD);
        // A parked receipt is no sale yet: it is told when it becomes one.
        let is_news = |id: &i64| recorded.new.contains(id) || recorded.changed.contains(id);
        let odd: Vec<&NewEntry> = self
            .rows
            .iter()
            .filter(|row| row.kind != EntryKind::Other && is_news(&row.order_id))
            .filter(|row| !possible.contains(&row.order_date))
            .collect();
        if odd.is_empty() {
            return Ok(());
        }
        let seen = exception::dismissed(&mut *tx, "sitoo", DAYBOOK).await?;
        for row in odd {
            let reference = Reference { site_id: row.site_id, order_id: row.order_id };
            let detail = format!(
                "dated {}, and received {}; {} {}, till {}",
                row.order_date,
                self.now,
                row.gross,
                row.currency,
                row.register_id.as_deref().unwrap_or("unknown")
            );
            let subject = reference.to_string();
            if seen.contains(&(Cause::TillClock.code().to_owned(), subject.clone())) {
                continue;
            }
            exception::raise_scoped(tx, self.now, "sitoo", Cause::TillClock, &subject, &detail)
                .await?;
        }
        Ok(())
    }

    /// An order that does not say which it is has no place among the entries: it is kept beside
    /// them, as it came, and a person is told once.
    async fn keep_strays(&self, tx: &mut Tx) -> Result<(), FlowError> {
        let bodies: Vec<&str> = self.strays.iter().map(|stray| stray.payload.as_str()).collect();
        let new = stray::keep(tx, self.now, &bodies).await?;
        let Some(latest) = new.last().and_then(|place| self.strays.get(*place)) else {
            return Ok(());
        };
        let kept = stray::count(&mut *tx).await?;
        let detail =
            format!("{}; kept so far: {kept}; the latest: {}", latest.fault, latest.masked);
        let (scope, cause) = ("sitoo", Cause::OrderWithoutId);
        exception::raise_scoped(tx, self.now, scope, cause, "orderid", &detail).await?;
        Ok(())
    }
}

/// An order that was called a gap and came all the same.
async fn close_gaps(tx: &mut Tx, now: Timestamp, new: &[i64]) -> Result<(), FlowError> {
    let Some(mark) = watermark::get(&mut *tx, ORDERS).await? else { return Ok(()) };
    for id in new.iter().filter(|id| **id <= mark) {
        let subject = id.to_string();
        let about = ("sitoo", Cause::OrderIdGap, subject.as_str());
        exception::close_subject(tx, now, about, DAYBOOK, "the order came").await?;
    }
    Ok(())
}

impl SyncReport {
    /// Counts what was written down and wakes whoever has something to do now. Where nothing was
    /// new nothing moved, and the stock flow, which reads orders too, must not wake itself.
    pub(super) fn add_recorded(&mut self, app: &App, recorded: &Recorded) {
        let before = (self.received, self.changed);
        self.received += count(recorded.new.len());
        self.changed += count(recorded.changed.len());
        self.set_aside += count(recorded.set_aside);
        app.wake.post.notify_one();
        if before != (self.received, self.changed) {
            app.wake.stock.notify_one();
        }
    }
}

/// A number for a report.
pub(super) fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
