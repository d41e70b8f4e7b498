//! What goes wrong on the demo's day besides what its tills do wrong: a timetable of faults.

use std::time::Duration;

use daybook_domain::Timestamp;
use daybook_flows::status::Summary;
use daybook_sandbox::{
    Sandbox,
    faults::{Chance, Counts, ErrorBody, Fault, Matcher, Outage},
};

/// OrderWise is down for a while in the middle of the day: from, until, after opening.
const DOWN: (Duration, Duration) =
    (Duration::from_mins(4 * 60 - 10), Duration::from_mins(4 * 60 + 15));
/// And no shorter than this, in the time of this machine.
const DOWN_AT_LEAST: Duration = Duration::from_millis(800);
/// One till has no line in these hours (the plan of the day makes its sales arrive late).
const NO_LINE: (Duration, Duration) = (Duration::from_hours(4), Duration::from_mins(8 * 60 + 40));

/// Puts the day's faults in place; the clock runs so many times as fast as time here.
pub(super) fn arrange(sandbox: &Sandbox, seed: u64, opening: Timestamp, times: u32) {
    let placing = || Matcher::on("POST", "sales/order");
    let chance = |fault, per_10_000, matcher| Chance { fault, per_10_000, matcher };
    sandbox.orderwise_faults.schedule(
        seed,
        vec![
            chance(Fault::CutAfter, 40, placing()),
            chance(Fault::CutBefore, 20, placing()),
            chance(Fault::ErrorAfter { status: 500 }, 20, placing()),
            chance(Fault::ServerError { status: 500, body: ErrorBody::Json }, 30, placing()),
            chance(Fault::TooManyRequests { retry_after_s: Some(5) }, 20, Matcher::default()),
            // These cost a time-out each, in real seconds.
            chance(Fault::TimeoutAfter, 100, placing().times(2)),
        ],
    );
    sandbox.sitoo_faults.schedule(
        seed,
        vec![
            chance(Fault::TooManyRequests { retry_after_s: Some(5) }, 50, Matcher::default()),
            chance(
                Fault::ServerError { status: 502, body: ErrorBody::Html },
                50,
                Matcher::default(),
            ),
        ],
    );
    // On a very fast day too the outage is long enough to be met.
    let down = DOWN.1.saturating_sub(DOWN.0).max(DOWN_AT_LEAST.saturating_mul(times));
    sandbox.orderwise_faults.outage(Outage {
        from: opening.plus(DOWN.0).micros(),
        until: Some(opening.plus(DOWN.0).plus(down).micros()),
        fault: Fault::Outage,
    });
    // A document that OrderWise has stored shows a little later, now and then: a look-up that
    // comes too early must not make a double.
    sandbox.orderwise.switch(|switches| {
        switches.late_visibility_ms = 15_000;
        switches.late_visibility_per_10_000 = 1_000;
    });
}

/// After closing everything works, so that what a person tries then is not disturbed.
pub(super) fn are_over(sandbox: &Sandbox) {
    sandbox.orderwise_faults.clear();
    sandbox.sitoo_faults.clear();
    sandbox.orderwise.switch(|switches| switches.late_visibility_ms = 0);
}

/// What is going wrong at this moment, in words.
pub(super) fn right_now(
    now: Timestamp,
    opening: Timestamp,
    summary: &Summary,
    recent: &[&'static str],
) -> Vec<String> {
    let within = |(from, until): (Duration, Duration)| {
        opening.plus(from) <= now && now < opening.plus(until)
    };
    let mut troubles = Vec::new();
    if within(DOWN) {
        troubles.push("OrderWise is down".to_owned());
    } else if summary.pauses.iter().any(|pause| pause.scope == "orderwise") {
        troubles.push("OrderWise does not answer; Daybook tries now and then".to_owned());
    }
    if within(NO_LINE) {
        troubles.push("a till in the first shop has no line".to_owned());
    }
    troubles.extend(recent.iter().map(|fault| in_words(fault).to_owned()));
    troubles
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
