//! Do both sides end alike? Looked at while anything of an order is to come, and until it is
//! closed.

use std::time::Duration;

use super::StatusMeaning;
use crate::{Timestamp, till::OrderState};

/// Both sides of an order, as they were last read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sides {
    /// The order's state in Sitoo.
    pub sitoo: OrderState,
    /// Pieces that Sitoo still has to come.
    pub left: i64,
    /// Whether the shopper collects in a store.
    pub is_pickup: bool,
    /// What OrderWise's status means; none while it was not told or is not explained.
    pub orderwise: Option<StatusMeaning>,
    /// Deliveries of OrderWise that are not in Sitoo yet: they are on their way there.
    pub unwritten: bool,
    /// Whether goods that were to come were delivered in Sitoo by somebody else than Daybook.
    pub by_hand: bool,
    /// When anything last moved: posted, despatched, another status, delivered.
    pub moved_at: Timestamp,
}

/// How long what may last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// All delivered and still open in Sitoo.
    pub close: Duration,
    /// Despatched in OrderWise, rows to come in Sitoo.
    pub despatched_but_open: Duration,
    /// Nothing leaves OrderWise.
    pub paid_but_not_moving: Duration,
}

/// What the two sides come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// In order, and more is to come.
    Going,
    /// Both sides are at their end, and alike.
    Done,
    /// All is delivered, and Sitoo did not close the order by itself: it may be closed.
    CloseIt,
    /// OrderWise says that all has left, and Sitoo has rows to come.
    DespatchedButOpen,
    /// Nothing has left for too long.
    NotMoving,
    /// A till handed over what OrderWise still means to send.
    HandedOverElsewhere,
    /// Cancelled in OrderWise, open and paid in Sitoo.
    CancelledInOrderwise,
    /// Cancelled in Sitoo, not in OrderWise.
    CancelledInSitoo,
}

/// Compares both sides.
pub fn follow(sides: &Sides, limits: &Limits, now: Timestamp) -> Verdict {
    let ends =
        matches!(sides.orderwise, Some(StatusMeaning::Cancelled | StatusMeaning::Despatched));
    match sides.sitoo {
        OrderState::Cancelled | OrderState::Abandoned => {
            if sides.orderwise == Some(StatusMeaning::Cancelled) {
                Verdict::Done
            } else {
                Verdict::CancelledInSitoo
            }
        }
        // A collection is handed over at a till in the end; OrderWise learns of it in its own time.
        OrderState::Closed if ends || sides.is_pickup || !sides.by_hand => Verdict::Done,
        OrderState::Closed => Verdict::HandedOverElsewhere,
        OrderState::Open | OrderState::Unknown(_) => open(sides, limits, now),
    }
}

fn open(sides: &Sides, limits: &Limits, now: Timestamp) -> Verdict {
    let still = now.since(sides.moved_at);
    if sides.left == 0 {
        return if still >= limits.close { Verdict::CloseIt } else { Verdict::Going };
    }
    match sides.orderwise {
        Some(StatusMeaning::Cancelled) if !sides.unwritten => Verdict::CancelledInOrderwise,
        Some(StatusMeaning::Despatched)
            if !sides.is_pickup && still >= limits.despatched_but_open =>
        {
            Verdict::DespatchedButOpen
        }
        _ if still >= limits.paid_but_not_moving => Verdict::NotMoving,
        _ => Verdict::Going,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Limits, Sides, Verdict, follow};
    use crate::{
        Timestamp,
        despatch::StatusMeaning::{Cancelled, Despatched, OnHold, Open, PartlyDespatched},
        till::OrderState,
    };

    const LIMITS: Limits = Limits {
        close: Duration::from_secs(10),
        despatched_but_open: Duration::from_secs(100),
        paid_but_not_moving: Duration::from_secs(1_000),
    };

    fn sides() -> Sides {
        Sides {
            sitoo: OrderState::Open,
            left: 2,
            is_pickup: false,
            orderwise: Some(Open),
            unwritten: false,
            by_hand: false,
            moved_at: Timestamp::from_seconds(0),
        }
    }

    fn after(seconds: i64, sides: Sides) -> Verdict {
        follow(&sides, &LIMITS, Timestamp::from_seconds(seconds))
    }

    #[test]
    fn what_is_open_has_its_time() {
        for status in [None, Some(Open), Some(OnHold), Some(PartlyDespatched)] {
            let sides = Sides { orderwise: status, ..sides() };
            assert_eq!(after(999, sides), Verdict::Going);
            assert_eq!(after(1_000, sides), Verdict::NotMoving);
        }
        let sent = Sides { orderwise: Some(Despatched), ..sides() };
        assert_eq!(after(99, sent), Verdict::Going);
        assert_eq!(after(100, sent), Verdict::DespatchedButOpen);
        assert_eq!(after(100, Sides { is_pickup: true, ..sent }), Verdict::Going);
        let all = Sides { left: 0, ..sent };
        assert_eq!((after(9, all), after(10, all)), (Verdict::Going, Verdict::CloseIt));
    }

    #[test]
    fn what_is_cancelled_on_one_side_is_told() {
        let here = Sides { sitoo: OrderState::Cancelled, ..sides() };
        assert_eq!(after(0, here), Verdict::CancelledInSitoo);
        assert_eq!(after(0, Sides { orderwise: Some(Cancelled), ..here }), Verdict::Done);
        let there = Sides { orderwise: Some(Cancelled), ..sides() };
        assert_eq!(after(0, there), Verdict::CancelledInOrderwise);
        assert_eq!(after(0, Sides { unwritten: true, ..there }), Verdict::Going);
    }

    #[test]
    fn what_is_closed_is_done_unless_orderwise_would_send_it_again() {
        let closed = Sides { sitoo: OrderState::Closed, left: 0, ..sides() };
        assert_eq!(after(0, closed), Verdict::Done);
        let by_hand = Sides { by_hand: true, ..closed };
        assert_eq!(after(0, by_hand), Verdict::HandedOverElsewhere);
        for status in [Despatched, Cancelled] {
            let ended = Sides { orderwise: Some(status), ..by_hand };
            assert_eq!(after(0, ended), Verdict::Done);
        }
        assert_eq!(after(0, Sides { is_pickup: true, ..by_hand }), Verdict::Done);
    }
}
