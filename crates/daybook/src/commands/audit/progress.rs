//! What is shown while both systems are read.

use std::sync::Mutex;

use daybook_flows::audit::Progress as At;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::printer::Printer;

const TEMPLATE: &str = "{bar:30}  {pos}/{len}  {msg}";

/// A bar at a terminal; elsewhere a word at the beginning.
pub(super) struct Progress {
    printer: Printer,
    bar: Option<ProgressBar>,
    begun: Mutex<bool>,
}

impl Progress {
    pub(super) fn new(printer: Printer) -> Self {
        let bar = printer.shows_progress().then(|| {
            let bar = ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
                bar.set_style(style.progress_chars("█▌·"));
            }
            bar
        });
        Self { printer, bar, begun: Mutex::new(false) }
    }

    pub(super) fn show(&self, at: At<'_>) {
        let mut begun = self.begun.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !*begun {
            *begun = true;
            self.printer.talk(if at.resumed {
                "going on with the audit that was interrupted"
            } else {
                "reading both systems; nothing is written to them"
            });
        }
        if let Some(bar) = &self.bar {
            bar.set_length(at.of as u64);
            bar.set_position(at.done as u64);
            bar.set_message(at.part.to_owned());
        }
    }

    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
