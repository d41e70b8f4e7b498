//! What is shown while the day goes by: a live display at a terminal, plain lines elsewhere.

use std::time::{Duration, Instant};

use daybook_domain::entry::EntryState;
use daybook_flows::status::Summary;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{
    day::time_of_day,
    troubles::{Seen, Timetable},
    world::World,
};
use crate::{printer::Printer, words};

/// Between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);
/// How long a fault that struck is shown.
const SHOWN: Duration = Duration::from_secs(2);
/// Time of day and bar above, figures and troubles below.
const TEMPLATE: &str = "{prefix:6}  {bar:40}  {pos}/{len} at the tills\n{msg}";

/// The display.
pub(super) struct Progress {
    printer: Printer,
    bar: Option<ProgressBar>,
    last_line: Option<Instant>,
    seen: Seen,
    recent: Vec<(Instant, &'static str)>,
    is_closed: bool,
    timetable: Option<Timetable>,
    was_down: bool,
}

impl Progress {
    /// A display that shows nothing yet.
    pub(super) fn new(printer: Printer) -> Self {
        Self {
            printer,
            bar: None,
            last_line: None,
            seen: Seen::default(),
            recent: Vec::new(),
            is_closed: false,
            timetable: None,
            was_down: false,
        }
    }

    /// The shops open for so many actions at the tills.
    pub(super) fn opens(&mut self, actions: usize, timetable: Timetable) {
        self.timetable = Some(timetable);
        if !self.printer.shows_progress() {
            return;
        }
        let length = u64::try_from(actions).unwrap_or(u64::MAX);
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style.progress_chars("█▌·"));
        }
        self.bar = Some(bar);
    }

    /// The shops close; the rest follows.
    pub(super) fn closes(&mut self) {
        self.is_closed = true;
    }

    /// Shows how things stand with `left` actions to go.
    pub(super) fn show(&mut self, world: &World, summary: &Summary, left: usize) {
        let now = world.clock.now();
        let struck = self.seen.since_last(world.sandbox.orderwise_faults.counts());
        self.recent.retain(|(at, _)| at.elapsed() < SHOWN);
        for fault in struck {
            self.recent.retain(|(_, shown)| *shown != fault);
            self.recent.push((Instant::now(), fault));
        }
        let recent: Vec<&'static str> = self.recent.iter().map(|(_, fault)| *fault).collect();
        let timetable = self.timetable.as_ref().filter(|_| !self.is_closed);
        let is_down = timetable.is_some_and(|timetable| timetable.is_down(now));
        let troubles = timetable.map(|timetable| timetable.right_now(now, summary, &recent));
        let troubles = troubles.unwrap_or_default().join("; ");
        if is_down != self.was_down {
            // News that does not wait for the next line.
            self.was_down = is_down;
            self.last_line = None;
        }
        let figures = figures(summary);
        let time = if self.is_closed { "closed".to_owned() } else { time_of_day(now) };
        match &self.bar {
            Some(bar) => {
                bar.set_prefix(time);
                let length = bar.length().unwrap_or_default();
                bar.set_position(length.saturating_sub(u64::try_from(left).unwrap_or(length)));
                bar.set_message(format!("{figures}\n{troubles}"));
            }
            None => self.line(&time, &figures, &troubles),
        }
    }

    fn line(&mut self, time: &str, figures: &str, troubles: &str) {
        if self.last_line.is_some_and(|at| at.elapsed() < LINE_EVERY) {
            return;
        }
        self.last_line = Some(Instant::now());
        let dash = if troubles.is_empty() { "" } else { " - " };
        self.printer.talk(&format!("{time:<6}  {figures}{dash}{troubles}"));
    }

    /// The day is over and done.
    pub(super) fn ends(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// How things stand, in one line.
pub(super) fn figures(summary: &Summary) -> String {
    let count = |state| summary.count(state);
    let received: i64 = EntryState::ALL.iter().map(|state| count(*state)).sum();
    let posted = count(EntryState::Posted) + count(EntryState::Confirmed);
    let held = count(EntryState::Held);
    let always = [
        (received, "received"),
        (posted, "posted"),
        (count(EntryState::Confirmed), "confirmed"),
        (held, if held == 1 { "exception" } else { "exceptions" }),
    ];
    let now_and_then = [
        (count(EntryState::Ready) + count(EntryState::Posting), "to post"),
        (count(EntryState::Waiting), "waiting for a sale"),
        (count(EntryState::InDoubt), "in doubt"),
    ];
    let now_and_then = now_and_then.into_iter().filter(|(count, _)| *count > 0);
    let parts = always.into_iter().chain(now_and_then);
    let parts = parts.map(|(count, what)| format!("{} {what}", words::grouped(count)));
    parts.collect::<Vec<_>>().join(", ")
}
