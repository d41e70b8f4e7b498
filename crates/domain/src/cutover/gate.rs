//! What becomes of an entry that could be posted, and of one that OrderWise does not show.

use std::time::Duration;

use super::{Cutover, Mode};
use crate::Timestamp;

/// The settings that decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Pause after the first look; it grows with what was waited for.
    pub look_first: Duration,
    /// Longest pause between two looks for the same entry.
    pub look_every: Duration,
    /// How late the other integration may be after the switch.
    pub settle_for: Duration,
    /// How long after the switch every posting is preceded by a look.
    pub look_first_for: Duration,
    /// How old that look may be when the posting is written down.
    pub look_valid_for: Duration,
}

/// What becomes of an entry that could be posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It is posted.
    Post,
    /// It is posted once OrderWise was asked for the other integration's document.
    LookFirst,
    /// It is not posted: the other integration's document is looked for.
    LookFor,
    /// Nothing, for now.
    Rest,
}

/// An entry that could be posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Sitoo's order id.
    pub order_id: i64,
    /// When it was first written down.
    pub received_at: Timestamp,
    /// When OrderWise was last asked under all references, and had nothing.
    pub looked_at: Option<Timestamp>,
}

/// Decides.
pub fn turn(cutover: &Cutover, limits: &Limits, now: Timestamp, one: &Candidate) -> Turn {
    match cutover.mode {
        Mode::Live => Turn::Post,
        Mode::Begun => Turn::Rest,
        Mode::Parallel | Mode::Back => Turn::LookFor,
        Mode::Switched => {
            // A look from before the switch says nothing about what the other did meanwhile.
            let is_fresh =
                |at: Timestamp| at >= cutover.since && now.since(at) <= limits.look_valid_for;
            let is_over = now >= cutover.since.plus(limits.look_first_for)
                && now >= settled_at(cutover, limits, one.order_id, one.received_at);
            if is_over || one.looked_at.is_some_and(is_fresh) {
                Turn::Post
            } else {
                Turn::LookFirst
            }
        }
    }
}

/// An entry that OrderWise did not show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sought {
    /// Sitoo's order id.
    pub order_id: i64,
    /// When it was first written down.
    pub received_at: Timestamp,
    /// Since when it is looked for.
    pub since: Timestamp,
    /// When the look was sent.
    pub asked_at: Timestamp,
}

/// What follows from that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotThere {
    /// Nobody has posted it, as far as can be known: it may be posted.
    Safe,
    /// It is looked for again then.
    Again(Timestamp),
}

/// Decides.
pub fn not_there(cutover: &Cutover, limits: &Limits, now: Timestamp, one: &Sought) -> NotThere {
    let waited = now.since(one.since);
    // What was never posted for days is asked for ever more rarely.
    let longest = limits.look_every.max(limits.look_first).max(waited / 20);
    let again = now.plus(waited.clamp(limits.look_first, longest));
    match cutover.mode {
        Mode::Begun | Mode::Parallel | Mode::Back => NotThere::Again(again),
        Mode::Live | Mode::Switched => {
            let settled = settled_at(cutover, limits, one.order_id, one.received_at);
            if one.asked_at >= settled {
                NotThere::Safe
            } else {
                NotThere::Again(again.min(settled.max(now.plus(Duration::from_secs(1)))))
            }
        }
    }
}

/// From when on a look that finds nothing is believed. What was there before the switch may still
/// be on its way through the other integration; what is sold after it never was.
fn settled_at(
    cutover: &Cutover,
    limits: &Limits,
    order_id: i64,
    received_at: Timestamp,
) -> Timestamp {
    if cutover.point.is_none_or(|point| order_id >= point) {
        cutover.since
    } else {
        cutover.since.max(received_at).plus(limits.settle_for)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);
    const LIMITS: Limits = Limits {
        look_first: MINUTE,
        look_every: Duration::from_mins(5),
        settle_for: Duration::from_hours(1),
        look_first_for: Duration::from_hours(10),
        look_valid_for: MINUTE,
    };

    fn at(minutes: i64) -> Timestamp {
        Timestamp::from_seconds(minutes * 60)
    }

    fn cutover(mode: Mode) -> Cutover {
        Cutover { mode, since: at(100), point: Some(50), ..Cutover::live() }
    }

    fn candidate(looked_at: Option<i64>) -> Candidate {
        Candidate { order_id: 50, received_at: at(100), looked_at: looked_at.map(at) }
    }

    fn sought(order_id: i64, asked: i64) -> Sought {
        Sought { order_id, received_at: at(90), since: at(90), asked_at: at(asked) }
    }

    #[test]
    fn only_who_posts_posts() {
        for mode in Mode::ALL {
            let looked = turn(&cutover(mode), &LIMITS, at(101), &candidate(Some(101)));
            assert_eq!(looked == Turn::Post, mode.posts(), "{mode}");
        }
    }

    #[test]
    fn after_the_switch_a_look_is_believed_while_it_is_fresh() {
        let switched = cutover(Mode::Switched);
        for (looked, wanted) in
            [(None, Turn::LookFirst), (Some(99), Turn::LookFirst), (Some(100), Turn::Post)]
        {
            assert_eq!(turn(&switched, &LIMITS, at(101), &candidate(looked)), wanted);
        }
        let stale = turn(&switched, &LIMITS, at(103), &candidate(Some(101)));
        assert_eq!(stale, Turn::LookFirst);
        let over = turn(&switched, &LIMITS, at(700), &candidate(None));
        assert_eq!(over, Turn::Post, "the time of looks is over");
        // A till that was offline sends what the other integration may have had.
        let late = Candidate { order_id: 49, received_at: at(690), looked_at: None };
        assert_eq!(turn(&switched, &LIMITS, at(700), &late), Turn::LookFirst);
    }

    #[test]
    fn what_was_there_before_the_switch_waits_for_an_other_that_is_late() {
        let switched = cutover(Mode::Switched);
        let new = not_there(&switched, &LIMITS, at(101), &sought(50, 101));
        assert_eq!(new, NotThere::Safe);
        let old = not_there(&switched, &LIMITS, at(101), &sought(49, 101));
        assert_eq!(old, NotThere::Again(at(106)));
        assert_eq!(not_there(&switched, &LIMITS, at(160), &sought(49, 160)), NotThere::Safe);
        // Asked before the switch, answered after it.
        let before = not_there(&switched, &LIMITS, at(101), &sought(50, 99));
        assert!(matches!(before, NotThere::Again(_)));
    }

    #[test]
    fn in_the_parallel_run_nothing_is_ever_safe() {
        for mode in [Mode::Begun, Mode::Parallel, Mode::Back] {
            let found = not_there(&cutover(mode), &LIMITS, at(150), &sought(50, 150));
            assert_eq!(found, NotThere::Again(at(155)), "{mode}");
            let found = not_there(&cutover(mode), &LIMITS, at(2_090), &sought(50, 2_090));
            assert_eq!(found, NotThere::Again(at(2_190)), "{mode}: after 2000 minutes");
        }
    }
}
