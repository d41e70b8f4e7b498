//! What goes on beside the posting of a long backlog: doubts are resolved and documents are read
//! back while the next orders are on their way.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::{SyncReport, confirm, doubt};
use crate::{app::App, error::FlowError};

/// How posting tells the others that there is something for them.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    came_back: AtomicUsize,
    is_over: AtomicBool,
    wake: Notify,
}

impl Beside {
    /// So many postings have come back; the others are woken for `enough` of them.
    pub(crate) fn tell(&self, came_back: usize, enough: usize) {
        let before = self.came_back.fetch_add(came_back, Ordering::Relaxed);
        if before + came_back >= enough {
            self.came_back.store(0, Ordering::Relaxed);
            self.wake.notify_one();
        }
    }

    /// Posting is over.
    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
        self.wake.notify_one();
    }

    /// Resolves doubts and reads back whole batches until posting is over. Never dropped in the
    /// middle of a transaction: it ends by itself.
    pub(crate) async fn settle(&self, app: &App, report: &mut SyncReport) -> Result<(), FlowError> {
        loop {
            self.wake.notified().await;
            if self.is_over.load(Ordering::Relaxed) {
                return Ok(());
            }
            doubt::pass(app, report).await?;
            confirm::pass(app, report, app.settings.posting.confirm_batch).await?;
        }
    }
}
