//! What goes wrong on the demo's day besides what its tills do wrong: a timetable of faults.

use std::{ops::Range, time::Duration};

use daybook_domain::Timestamp;
use daybook_flows::status::Summary;
use daybook_sandbox::{
    Sandbox,
    faults::{Chance, Counts, ErrorBody, Fault, Matcher, Outage},
};

/// OrderWise goes down in the middle of the day, so long after opening, for so long.
const DOWN_AFTER: Duration = Duration::from_mins(4 * 60 - 10);
const DOWN_FOR: Duration = Duration::from_mins(25);
/// And no shorter than this in the time of this machine: on a fast day too it is to be met.
const DOWN_AT_LEAST: Duration = Duration::from_secs(3);
/// One till has no line from here to there (the plan of the day makes its sales arrive late).
const LINE_LOST_AFTER: Duration = Duration::from_hours(4);
const LINE_BACK_AFTER: Duration = Duration::from_mins(8 * 60 + 40);

/// When what is out of order, in the shop's time.
#[derive(Debug, Clone)]
pub(super) struct Timetable {
    down: Range<Timestamp>,
    no_line: Range<Timestamp>,
    times: u32,
}

impl Timetable {
    /// For a day that opens at a moment and runs so many times as fast as time here.
    pub(super) fn new(opening: Timestamp, times: u32) -> Self {
        let down = opening.plus(DOWN_AFTER);
        let down_for = DOWN_FOR.max(DOWN_AT_LEAST.saturating_mul(times));
        Self {
            down: down..down.plus(down_for),
            no_line: opening.plus(LINE_LOST_AFTER)..opening.plus(LINE_BACK_AFTER),
            times,
        }
    }

    /// Puts the day's faults in place.
    pub(super) fn arrange(&self, sandbox: &Sandbox, seed: u64) {
        sandbox.orderwise_faults.schedule(seed, of_orderwise());
        sandbox.sitoo_faults.schedule(seed, of_sitoo());
        sandbox.orderwise_faults.outage(Outage {
            from: self.down.start.micros(),
            until: Some(self.down.end.micros()),
            fault: Fault::Outage,
        });
        // A document that OrderWise has stored shows half a second later, now and then: a look-up
        // that comes too early must not make a double.
        sandbox.orderwise.switch(|switches| {
            switches.late_visibility_ms = self.times.saturating_mul(500);
            switches.late_visibility_per_10_000 = 1_000;
        });
    }

    /// Whether OrderWise is down.
    pub(super) fn is_down(&self, now: Timestamp) -> bool {
        self.down.contains(&now)
    }

    /// What is going wrong at a moment, in words; `recent` are faults that have just struck.
    pub(super) fn right_now(
        &self,
        now: Timestamp,
        summary: &Summary,
        recent: &[&'static str],
    ) -> Vec<String> {
        let mut troubles = Vec::new();
        if self.is_down(now) {
            troubles.push("OrderWise is down".to_owned());
        } else if summary.pauses.iter().any(|pause| pause.scope == "orderwise") {
            troubles.push("OrderWise does not answer; Daybook tries now and then".to_owned());
        }
        if self.no_line.contains(&now) {
            troubles.push("a till in the first shop has no line".to_owned());
        }
        troubles.extend(recent.iter().map(|fault| in_words(fault).to_owned()));
        troubles
    }
}

fn of_orderwise() -> Vec<Chance> {
    let placing = || Matcher::on("POST", "sales/order");
    vec![
        chance(Fault::CutAfter, 40, placing()),
        chance(Fault::CutBefore, 20, placing()),
        chance(Fault::ErrorAfter { status: 500 }, 20, placing()),
        chance(Fault::ServerError { status: 500, body: ErrorBody::Json }, 30, placing()),
        chance(Fault::TooManyRequests { retry_after_s: Some(2) }, 20, Matcher::default()),
        // Each of these costs the whole time-out.
        chance(Fault::TimeoutAfter, 100, placing().times(2)),
    ]
}

fn of_sitoo() -> Vec<Chance> {
    let bad_gateway = Fault::ServerError { status: 502, body: ErrorBody::Html };
    vec![
        chance(Fault::TooManyRequests { retry_after_s: Some(2) }, 50, Matcher::default()),
        chance(bad_gateway, 50, Matcher::default()),
    ]
}

fn chance(fault: Fault, per_10_000: u32, matcher: Matcher) -> Chance {
    Chance { fault, per_10_000, matcher }
}

/// After closing everything works, so that what a person tries then is not disturbed.
pub(super) fn are_over(sandbox: &Sandbox) {
    sandbox.orderwise_faults.clear();
    sandbox.sitoo_faults.clear();
    sandbox.orderwise.switch(|switches| switches.late_visibility_ms = 0);
}

/// Faults that struck since the last look; remembers what it has seen.
#[derive(Debug, Default)]
pub(super) struct Seen(Counts);

impl Seen {
    /// Names of the kinds that struck since.
    pub(super) fn since_last(&mut self, counts: Counts) -> Vec<&'static str> {
        let before = |name| self.0.faults.get(name).copied().unwrap_or_default();
        let struck = counts.faults.iter().filter(|(name, count)| **count > before(**name));
        let struck = struck.map(|(name, _)| *name).filter(|name| *name != "outage").collect();
        self.0 = counts;
        struck
    }
}

/// A kind of fault as people say it.
pub(super) fn in_words(fault: &str) -> &'static str {
    match fault {
        "cut-after" => "a reply was lost after OrderWise had stored the document",
        "cut-before" => "a connection was cut before the request arrived",
        "timeout-after" => "OrderWise stored a document and never answered",
        "error-after" => "OrderWise stored a document and answered with an error",
        "server-error" => "a server error",
        "too-many-requests" => "told to slow down",
        "outage" => "OrderWise was down",
        _ => "something else",
    }
}
