//! Is a till's sale for certain inside the figure that OrderWise gave? Until it is, it is in flight.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Timestamp, entry::EntryState};

/// What the book knows about the posting of a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Where its entry is in its life.
    pub state: EntryState,
    /// When OrderWise stored it, by OrderWise's clock. Where local time leaves two moments open,
    /// the later one.
    pub stored_at: Option<Timestamp>,
    /// When Daybook knew that OrderWise has it.
    pub posted_at: Option<Timestamp>,
    /// When its entry last changed.
    pub changed_at: Timestamp,
}

/// How old the figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// `lastCalculated`, by OrderWise's clock. Where local time leaves two moments open, the earlier
    /// one.
    pub calculated_at: Timestamp,
    /// When it was first told, by our clock: what was posted later is not in it.
    pub seen_at: Timestamp,
    /// Since when OrderWise has been asked for no newer one, by our clock.
    pub read_at: Timestamp,
}

/// How much certainty is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Margins {
    /// How long after its storing a sale of the very second of a calculation counts.
    pub tie_after: Duration,
    /// How much the two clocks may differ.
    pub clocks: Duration,
    /// How long a dismissed sale counts: it is entered by hand, soon.
    pub dismissed: Duration,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// The figure contains it.
    Contained,
    /// The figure very likely contains it, and it is not certain yet: it keeps a level from being
    /// raised, and does not by itself lower one.
    Likely {
        /// When it will be certain if nothing else happens.
        again: Timestamp,
    },
    /// It may be missing from the figure. With a moment: it is worth looking again then, even if
    /// nothing else happens.
    InFlight {
        /// When to look again.
        again: Option<Timestamp>,
    },
}

impl Certainty {
    /// Whether it counts.
    pub const fn is_in_flight(self) -> bool {
        matches!(self, Self::InFlight { .. } | Self::Likely { .. })
    }
}

/// So many times longer is waited where OrderWise does not tell when it stored something.
const UNTOLD: u32 = 4;

/// What a posting takes from its storing to our knowledge of it.
const CALL: Duration = Duration::from_secs(2);

/// Seconds: the resolution that both columns are certain to have.
const fn second(moment: Timestamp) -> i64 {
    moment.micros().div_euclid(1_000_000)
}

/// Judges one sale.
pub fn certainty(standing: &Standing, figures: &Figures, margins: &Margins) -> Certainty {
    match standing.state {
        EntryState::Posted | EntryState::Confirmed => posted(standing, figures, margins),
        EntryState::Dismissed => {
            let until = standing.changed_at.plus(margins.dismissed);
            if figures.read_at >= until {
                Certainty::Contained
            } else {
                Certainty::InFlight { again: Some(until) }
            }
        }
        EntryState::SetAside
        | EntryState::Waiting
        | EntryState::Ready
        | EntryState::Posting
        | EntryState::InDoubt
        | EntryState::Held => Certainty::InFlight { again: None },
    }
}

fn posted(standing: &Standing, figures: &Figures, margins: &Margins) -> Certainty {
    let posted_at = standing.posted_at.unwrap_or(standing.changed_at);
    if figures.calculated_at > figures.seen_at
        && let Some(doubt) = ahead(standing, posted_at, figures, margins)
    {
        return doubt;
    }
    let Some(stored_at) = standing.stored_at else {
        return untold(posted_at, figures, margins);
    };
    match second(figures.calculated_at).cmp(&second(stored_at)) {
        std::cmp::Ordering::Greater => Certainty::Contained,
        std::cmp::Ordering::Less => Certainty::InFlight { again: None },
        std::cmp::Ordering::Equal => tie(stored_at, figures, margins),
    }
}

/// A figure from the future: its clock is ahead, or its zone is wrong. Its date is as good as that of
/// the storing, by the same clock, if that clock is only a little ahead and the figure was first told
/// after the posting was known. Else the date proves nothing, and time has to: a calculation that had
/// missed the sale would have been followed by another one.
fn ahead(
    standing: &Standing,
    posted_at: Timestamp,
    figures: &Figures,
    margins: &Margins,
) -> Option<Certainty> {
    let a_little = figures.calculated_at <= figures.seen_at.plus(margins.clocks);
    if a_little && standing.stored_at.is_some() && figures.seen_at >= posted_at {
        return None;
    }
    let until = settled(posted_at, margins);
    Some(if figures.read_at >= until {
        Certainty::Contained
    } else {
        Certainty::InFlight { again: Some(until) }
    })
}

/// When a sale is in every figure that is read, whatever the clocks say.
fn settled(posted_at: Timestamp, margins: &Margins) -> Timestamp {
    posted_at.plus(margins.tie_after * UNTOLD).plus(margins.clocks * 2)
}

/// Stored in the very second of the calculation. A calculation that had missed it would have been
/// followed by another one, which a later reading shows.
fn tie(stored_at: Timestamp, figures: &Figures, margins: &Margins) -> Certainty {
    let until = stored_at.plus(margins.tie_after).plus(margins.clocks);
    if figures.read_at >= until { Certainty::Contained } else { Certainty::Likely { again: until } }
}

/// OrderWise has not said (yet) when it stored it: our own knowledge decides, and a margin for the
/// clocks. A calculation close to the posting may contain it; one that is older by more than a call
/// takes very likely does not, and another till of the location must not sell it meanwhile.
fn untold(posted_at: Timestamp, figures: &Figures, margins: &Margins) -> Certainty {
    let calculated_at = figures.calculated_at;
    if calculated_at > posted_at.plus(margins.clocks) {
        return Certainty::Contained;
    }
    if calculated_at.plus(margins.clocks) < posted_at {
        return Certainty::InFlight { again: None };
    }
    let until = settled(posted_at, margins);
    if figures.read_at >= until {
        Certainty::Contained
    } else if calculated_at.plus(CALL) >= posted_at {
        Certainty::Likely { again: until }
    } else {
        Certainty::InFlight { again: Some(until) }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Certainty, Figures, Margins, Standing, certainty};
    use crate::{Timestamp, entry::EntryState};

    const MARGINS: Margins = Margins {
        tie_after: Duration::from_mins(15),
        clocks: Duration::from_mins(2),
        dismissed: Duration::from_hours(72),
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(10_000 + seconds)
    }

    fn posted(stored: Option<i64>, known: i64) -> Standing {
        Standing {
            state: EntryState::Posted,
            stored_at: stored.map(at),
            posted_at: Some(at(known)),
            changed_at: at(known),
        }
    }

    fn judge(standing: &Standing, calculated: i64, read: i64) -> Certainty {
        seen(standing, calculated, calculated, read)
    }

    fn seen(standing: &Standing, calculated: i64, seen: i64, read: i64) -> Certainty {
        let (calculated_at, seen_at) = (at(calculated), at(seen));
        certainty(standing, &Figures { calculated_at, seen_at, read_at: at(read) }, &MARGINS)
    }

    #[test]
    fn a_figure_from_the_future_proves_nothing_about_what_was_posted_after_it_was_seen() {
        let until = 1_001 + 64 * 60;
        let doubt = Certainty::InFlight { again: Some(at(until)) };
        for ahead in [1, 60, 180, 3_600, 30 * 86_400] {
            for stored in [None, Some(1_000)] {
                let sale = posted(stored, 1_001);
                // The very row that was there before the sale: dated later, and without it.
                assert_eq!(seen(&sale, 990 + ahead + 20, 990, 1_010), doubt, "{ahead}");
                assert_eq!(seen(&sale, 990 + ahead + 20, 990, until), Certainty::Contained);
            }
        }
        // A clock that is a little ahead dates the storing and the calculation alike.
        let sale = posted(Some(1_060), 1_001);
        assert_eq!(seen(&sale, 1_062, 1_003, 1_003), Certainty::Contained);
        assert_eq!(seen(&sale, 1_058, 1_003, 1_003), FOR_GOOD);
        assert_eq!(seen(&sale, 1_003 + 121, 1_003, 1_003), doubt, "far ahead: a zone is wrong");
    }

    const FOR_GOOD: Certainty = Certainty::InFlight { again: None };

    #[test]
    fn what_is_not_posted_is_in_flight_however_fresh_the_figure() {
        for state in EntryState::ALL {
            let standing = Standing { state, stored_at: None, posted_at: None, changed_at: at(0) };
            let found = judge(&standing, 1_000_000, 1_000_000);
            let lasts = !state.is_in_ledger() && state != EntryState::Dismissed;
            assert_eq!(found.is_in_flight(), lasts, "{state}");
        }
    }

    #[test]
    fn stored_before_the_calculation_is_contained_and_after_it_is_not() {
        let sale = posted(Some(100), 101);
        assert_eq!(judge(&sale, 101, 102), Certainty::Contained);
        assert_eq!(judge(&sale, 99, 100_000), FOR_GOOD);
    }

    #[test]
    fn a_tie_counts_until_some_time_after_it_nothing_newer_was_read() {
        let sale = posted(Some(100), 101);
        let until = 100 + 17 * 60;
        let again = Certainty::Likely { again: at(until) };
        assert_eq!(judge(&sale, 100, 200), again);
        assert_eq!(judge(&sale, 100, until - 1), again);
        assert_eq!(judge(&sale, 100, until), Certainty::Contained);
    }

    #[test]
    fn fractions_do_not_break_a_tie() {
        let stored_at = Some(Timestamp::from_micros(5_100_000));
        let calculated_at = Timestamp::from_micros(5_900_000);
        let standing = Standing { stored_at, ..posted(Some(0), 0) };
        let seen_at = calculated_at;
        let figures = Figures { calculated_at, seen_at, read_at: calculated_at };
        assert!(certainty(&standing, &figures, &MARGINS).is_in_flight());
    }

    #[test]
    fn without_the_moment_of_storing_our_own_knowledge_and_a_margin_decide() {
        let sale = posted(None, 1_000);
        assert_eq!(judge(&sale, 1_121, 1_130), Certainty::Contained);
        assert!(judge(&sale, 1_120, 1_130).is_in_flight());
        assert!(judge(&sale, 1_001, 1_130).is_in_flight());
        let until = at(1_000 + 64 * 60);
        assert_eq!(judge(&sale, 998, 1_130), Certainty::Likely { again: until });
        assert_eq!(judge(&sale, 997, 1_130), Certainty::InFlight { again: Some(until) });
        // Calculated about when it was posted, and for long nothing newer: it was inside.
        assert!(judge(&sale, 999, 1_000 + 20 * 60).is_in_flight());
        assert_eq!(judge(&sale, 999, 1_000 + 64 * 60), Certainty::Contained);
        // Calculated long before: it cannot have been.
        assert_eq!(judge(&sale, 0, 1_000_000), FOR_GOOD);
    }

    #[test]
    fn a_dismissed_sale_counts_for_a_while() {
        let sale = Standing { state: EntryState::Dismissed, ..posted(None, 0) };
        let until = 72 * 3_600;
        assert_eq!(judge(&sale, 5, until - 1), Certainty::InFlight { again: Some(at(until)) });
        assert_eq!(judge(&sale, 5, until), Certainty::Contained);
    }

    /// A figure that is calculated or read later never makes a contained sale uncertain again.
    #[test]
    fn certainty_is_never_lost() {
        for stored in [None, Some(90), Some(100)] {
            let sale = posted(stored, 100);
            for calculated in (0..1_500).step_by(30) {
                for read in (calculated..6_000).step_by(90) {
                    if judge(&sale, calculated, read).is_in_flight() {
                        continue;
                    }
                    assert_eq!(judge(&sale, calculated + 30, read), Certainty::Contained);
                    assert_eq!(judge(&sale, calculated, read + 90), Certainty::Contained);
                }
            }
        }
    }
}
