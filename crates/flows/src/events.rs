//! Events of Sitoo (facts/sitoo 7): answered only after a durable write. An event carries ids
//! only; it makes its order be fetched at once, and polling remains the net under it.

use std::sync::{Mutex, PoisonError};

use daybook_domain::Timestamp;
use daybook_store::inbox::{self, NewEvent};
use tokio::sync::oneshot;

use crate::{app::App, error::FlowError, retrying::retrying};

/// One event as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingEvent {
    /// `event_id`; the key that makes repeats harmless.
    pub event_id: String,
    /// `event_type`; unknown ones are kept too.
    pub event_type: String,
    /// `data.order_id`, where the event concerns an order.
    pub order_id: Option<i64>,
    /// The event's text as received.
    pub body: String,
}

/// Batches that wait for one common commit.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    pending: Mutex<Vec<Pending>>,
    commit: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Pending {
    events: Vec<IncomingEvent>,
    done: oneshot::Sender<Result<(), String>>,
}

impl Inbox {
    fn push(&self, events: Vec<IncomingEvent>) -> oneshot::Receiver<Result<(), String>> {
        let (done, answer) = oneshot::channel();
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.push(Pending { events, done });
        answer
    }

    fn take(&self) -> Vec<Pending> {
        std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes `events` down; returns only when they are durable. Whoever comes while a commit is on
/// its way shares the next one, so that thousands a second need few commits.
pub async fn receive(app: &App, events: Vec<IncomingEvent>) -> Result<(), FlowError> {
    let mut answer = app.inbox.push(events);
    {
        let _turn = app.inbox.commit.lock().await;
        let batches = app.inbox.take();
        if !batches.is_empty() {
            commit(app, batches).await;
        }
    }
    match answer.try_recv() {
        Ok(Ok(())) => Ok(()),
        Ok(Err(what)) => Err(not_written(what)),
        Err(_) => Err(not_written("the write was interrupted".to_owned())),
    }
}

fn not_written(what: String) -> FlowError {
    FlowError::request("events-not-written", what, "Sitoo sends the events again")
}

async fn commit(app: &App, batches: Vec<Pending>) {
    let result = write(app, &batches).await.map_err(|error| error.to_string());
    for batch in batches {
        // A caller that went away does not need the answer.
        let _ = batch.done.send(result.clone());
    }
    if result.is_ok() {
        app.wake.receive.notify_one();
    }
}

async fn write(app: &App, batches: &[Pending]) -> Result<(), FlowError> {
    let now = app.now();
    let rows: Vec<_> = batches
        .iter()
        .flat_map(|batch| &batch.events)
        .map(|event| NewEvent {
            event_id: event.event_id.clone(),
            event_type: event.event_type.clone(),
            order_id: event.order_id,
            body: event.body.clone(),
        })
        .collect();
    retrying(app, "events", || keep(app, now, &rows)).await?;
    metrics::counter!("daybook_events_received_total")
        .increment(u64::try_from(rows.len()).unwrap_or(u64::MAX));
    Ok(())
}

async fn keep(app: &App, now: Timestamp, rows: &[NewEvent]) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    inbox::receive(&mut tx, now, rows).await?;
    tx.commit().await?;
    Ok(())
}
