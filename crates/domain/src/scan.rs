//! Reading orders in ascending id: how far the watermark may go, and which ids are missing below
//! it. An id far beyond all others may be a mistake; a watermark that followed it would pass by
//! every order to come.

/// Orders that stand close together beyond a leap before the watermark follows them: a mistake
/// stands alone, a sequence of numbers that was really moved goes on.
const BELIEVED: usize = 10;

/// A stretch of ids that are not there, larger than what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leap {
    /// The highest id before it.
    pub after: i64,
    /// The first id beyond it.
    pub to: i64,
    /// Whether enough orders stand beyond it that the watermark goes on from there.
    pub is_followed: bool,
}

impl Leap {
    /// Ids in between.
    pub const fn between(&self) -> i64 {
        self.to.saturating_sub(self.after).saturating_sub(1)
    }
}

/// What some orders tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// Ids below the watermark that were not there.
    pub missing: Vec<i64>,
    /// Leaps that were met, or that are followed now.
    pub leaps: Vec<Leap>,
}

/// One way through the orders, from the watermark on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    mark: i64,
    limit: i64,
    /// Orders beyond a leap, which may yet be a mistake.
    beyond: Vec<i64>,
}

impl Scan {
    /// From `mark` on; more than `limit` ids in a row that are not there are a leap.
    pub fn new(mark: i64, limit: i64) -> Self {
        Self { mark, limit: limit.max(1), beyond: Vec::new() }
    }

    /// The watermark.
    pub const fn mark(&self) -> i64 {
        self.mark
    }

    /// Takes in ids, in ascending order. Those that are known already tell nothing. An order that
    /// shows a wrong id stands among lower ones, so a later call may go on below a leap.
    pub fn see(&mut self, ids: impl IntoIterator<Item = i64>) -> Seen {
        let mut seen = Seen::default();
        for id in ids {
            if id <= self.mark || self.beyond.contains(&id) {
                continue;
            }
            let last = self.beyond.last().copied().filter(|last| *last < id);
            if self.is_near(self.mark, id) {
                seen.missing.extend(self.mark + 1..id);
                self.mark = id;
            } else if last.is_some_and(|last| self.is_near(last, id)) {
                self.beyond.push(id);
                self.follow(&mut seen);
            } else {
                let after = last.unwrap_or(self.mark);
                seen.leaps.push(Leap { after, to: id, is_followed: false });
                self.beyond = vec![id];
            }
        }
        seen
    }

    const fn is_near(&self, before: i64, id: i64) -> bool {
        id.saturating_sub(before).saturating_sub(1) <= self.limit
    }

    /// Follows what stands beyond the leap, once that is enough. Of the ids in between the nearest
    /// to both ends are missing: an order that becomes visible late is there if anywhere.
    fn follow(&mut self, seen: &mut Seen) {
        let [first, .., last] = self.beyond[..] else { return };
        if self.beyond.len() < BELIEVED {
            return;
        }
        seen.leaps.push(Leap { after: self.mark, to: first, is_followed: true });
        let half = self.limit / 2;
        seen.missing.extend(self.mark + 1..=self.mark.saturating_add(half));
        seen.missing.extend(first.saturating_sub(half)..first);
        for pair in self.beyond.windows(2) {
            seen.missing.extend(pair[0] + 1..pair[1]);
        }
        self.mark = last;
        self.beyond.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::{Leap, Scan, Seen};

    #[test]
    fn what_is_not_there_between_two_orders_is_missing() {
        let mut scan = Scan::new(10, 5);
        let seen = scan.see([9, 10, 11, 14, 20]);
        assert_eq!(seen, Seen { missing: vec![12, 13, 15, 16, 17, 18, 19], leaps: vec![] });
        assert_eq!(scan.mark(), 20);
    }

    #[test]
    fn an_absurd_id_does_not_move_the_mark_past_what_is_to_come() {
        for absurd in [18, 9_000_000_000_000_000, i64::MAX] {
            let mut scan = Scan::new(10, 5);
            let seen = scan.see([11, absurd]);
            let leap = Leap { after: 11, to: absurd, is_followed: false };
            assert_eq!(seen, Seen { missing: vec![], leaps: vec![leap] });
            assert_eq!(scan.mark(), 11);
        }
    }

    #[test]
    fn reading_goes_on_below_an_absurd_id() {
        let mut scan = Scan::new(10, 5);
        assert_eq!(scan.see([12, i64::MAX]).missing, [11]);
        assert_eq!(scan.see([13, 14]), Seen::default());
        assert_eq!(scan.see([15, 500, i64::MAX]).leaps.len(), 2);
        assert_eq!(scan.mark(), 15);
    }

    #[test]
    fn numbers_that_were_really_moved_are_followed_even_page_by_page() {
        let mut scan = Scan::new(10, 4);
        let mut leaps = Vec::new();
        let mut missing = Vec::new();
        for id in (1_000..1_010).chain([1_011]) {
            let seen = scan.see([id]);
            leaps.extend(seen.leaps);
            missing.extend(seen.missing);
        }
        let met = Leap { after: 10, to: 1_000, is_followed: false };
        assert_eq!(leaps, [met, Leap { is_followed: true, ..met }]);
        assert_eq!(missing, [11, 12, 998, 999, 1_010]);
        assert_eq!(scan.mark(), 1_011);
    }

    #[test]
    fn several_absurd_ids_far_from_each_other_are_never_followed() {
        let mut scan = Scan::new(10, 5);
        let seen = scan.see((1..=50).map(|n| n * 1_000_000));
        assert_eq!((seen.leaps.len(), seen.missing.len(), scan.mark()), (50, 0, 10));
    }

    #[test]
    fn a_mark_below_nothing_does_not_overflow() {
        let mut scan = Scan::new(i64::MIN + 1, 5);
        assert_eq!(scan.see([i64::MAX]).leaps.len(), 1);
        let mut scan = Scan::new(i64::MAX - 2, 5);
        assert_eq!(scan.see([i64::MAX - 1, i64::MAX]), Seen::default());
        assert_eq!(scan.mark(), i64::MAX);
    }
}
