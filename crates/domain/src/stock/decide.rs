//! The sum: free stock − in flight − buffer, never below zero, as a movement.

use serde::{Deserialize, Serialize};

use crate::Quantity;

/// How a warehouse of Sitoo takes stock from outside (facts/sitoo 3.1, 3.3). Read, never configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// `warehousetype` 10: movements, which commute with what happens at a till meanwhile.
    Fifo,
    /// `warehousetype` 20: absolute values.
    Virtual,
    /// A number that the facts do not name: nothing is written there.
    Unknown(i64),
}

impl Kind {
    /// The kind behind Sitoo's number.
    pub const fn of(number: i64) -> Self {
        match number {
            10 => Self::Fifo,
            20 => Self::Virtual,
            other => Self::Unknown(other),
        }
    }

    /// Sitoo's number.
    pub const fn number(self) -> i64 {
        match self {
            Self::Fifo => 10,
            Self::Virtual => 20,
            Self::Unknown(other) => other,
        }
    }
}

/// Everything the sum looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Situation {
    /// `decimaltotal`, not `decimalavailable`: reservations are Sitoo's own, and it takes them off
    /// itself. To take them off here too would take them off twice.
    pub level: Quantity,
    /// What OrderWise says can be sold; negative where it has promised more than it has.
    pub free: Quantity,
    /// Sold at tills, and not for certain inside `free`.
    pub in_flight: Quantity,
    /// What of `in_flight` is very likely inside `free`, see [`super::Certainty::Likely`].
    pub likely: Quantity,
    /// Held back from the tills.
    pub buffer: Quantity,
    /// Whether the till sells fractions of this product.
    pub decimals: bool,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sum {
    /// What the till should have.
    pub target: Quantity,
    /// What has to be written to get there: in above zero, out below.
    pub movement: Quantity,
}

/// Published stock is rounded down to what the till can sell, and is never below zero.
///
/// Where OrderWise calculates as soon as it stores, each sale is in doubt for a while that its own
/// till has taken off already. To take it off once more would show one too few after every sale, so
/// a level that is right in one of both cases is left as it is; none is ever raised into the doubt.
pub fn sum(situation: &Situation) -> Sum {
    let Situation { level, free, in_flight, likely, buffer, decimals } = *situation;
    let published = |in_flight: Quantity| {
        let left = (free - in_flight - buffer).max(Quantity::ZERO);
        if decimals { left } else { whole_units_of(left) }
    };
    let (certain, hoped) = (published(in_flight), published(in_flight - likely));
    let target = if (certain..=hoped).contains(&level) { level } else { certain };
    Sum { target, movement: target - level }
}

fn whole_units_of(quantity: Quantity) -> Quantity {
    Quantity::from_units(quantity.thousandths().div_euclid(1_000))
}

/// How much the tills sold that was not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Oversold(pub Quantity);

/// Whether till sales in flight are more than OrderWise has: a till can always sell. What OrderWise
/// itself has promised beyond its stock is its own affair.
pub fn oversold(free: Quantity, in_flight: Quantity) -> Option<Oversold> {
    let short = in_flight - free;
    let units = short.min(in_flight);
    (units > Quantity::ZERO).then_some(Oversold(units))
}

#[cfg(test)]
mod tests {
    use super::{Kind, Oversold, Situation, oversold, sum};
    use crate::Quantity;

    fn q(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    fn of(
        level: &str,
        free: &str,
        in_flight: &str,
        buffer: &str,
        decimals: bool,
    ) -> (Quantity, Quantity) {
        let sum = sum(&Situation {
            level: q(level),
            free: q(free),
            in_flight: q(in_flight),
            likely: Quantity::ZERO,
            buffer: q(buffer),
            decimals,
        });
        (sum.target, sum.movement)
    }

    #[test]
    fn targets_and_movements() {
        for (level, free, in_flight, buffer, decimals, target, movement) in [
            ("10", "10", "0", "0", false, "10", "0"),
            // Sold here: the till took it off itself.
            ("9", "10", "1", "0", false, "9", "0"),
            // Sold at another till of the same location.
            ("10", "10", "1", "0", false, "9", "-1"),
            ("0", "7", "0", "2", false, "5", "5"),
            // Rounded down, also where a fraction is in flight.
            ("3", "4.999", "0", "0", false, "4", "1"),
            ("3", "5", "0.5", "0", false, "4", "1"),
            ("3", "4.999", "0", "0", true, "4.999", "1.999"),
            // Never below zero, whatever is missing.
            ("2", "-3", "0", "0", false, "0", "-2"),
            ("2", "1", "5", "0", false, "0", "-2"),
            ("2", "1", "0", "5", false, "0", "-2"),
            // A till that sold below zero is brought back to zero, not further.
            ("-2", "-2", "0", "0", false, "0", "2"),
            ("0.5", "3", "0", "0", false, "3", "2.5"),
        ] {
            let found = of(level, free, in_flight, buffer, decimals);
            assert_eq!(found, (q(target), q(movement)), "{level} {free} {in_flight} {buffer}");
        }
    }

    /// More in flight, more buffer or less free stock never raises a target.
    #[test]
    fn doubt_lowers() {
        for free in -30..30 {
            for in_flight in 0..20 {
                for buffer in 0..5 {
                    let q = |tenths: i64| Quantity::from_thousandths(tenths * 100);
                    let at = |free: i64, in_flight: i64, buffer: i64, decimals| {
                        let (level, buffer) = (Quantity::ZERO, q(buffer));
                        let (free, in_flight) = (q(free), q(in_flight));
                        let likely = Quantity::ZERO;
                        let all = Situation { level, free, in_flight, likely, buffer, decimals };
                        sum(&all).target
                    };
                    for decimals in [false, true] {
                        let target = at(free, in_flight, buffer, decimals);
                        let left = q(free) - q(in_flight) - q(buffer);
                        assert!(target <= left.max(Quantity::ZERO));
                        assert!(at(free, in_flight + 1, buffer, decimals) <= target);
                        assert!(at(free, in_flight, buffer + 1, decimals) <= target);
                        assert!(at(free - 1, in_flight, buffer, decimals) <= target);
                        assert!(decimals || target.whole_units().is_some());
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_likely_contained_holds_back_a_raise_and_lowers_nothing_by_itself() {
        for (level, likely, target) in [
            // Right if the figure contains it, and right if it does not.
            ("9", "1", "9"),
            ("8", "1", "8"),
            // Too high in either case: down to what is certain.
            ("10", "1", "8"),
            // Too low in either case: up, and no further than what is certain.
            ("5", "1", "8"),
            // Certainly in flight.
            ("9", "0", "8"),
        ] {
            let (free, in_flight, buffer) = (q("9"), q("1"), Quantity::ZERO);
            let (level, likely) = (q(level), q(likely));
            let all = Situation { level, free, in_flight, likely, buffer, decimals: false };
            let found = sum(&all);
            assert_eq!((found.target, found.movement), (q(target), q(target) - level));
        }
    }

    #[test]
    fn oversold_is_what_tills_sold_and_no_more() {
        assert_eq!(oversold(q("1"), q("1")), None);
        assert_eq!(oversold(q("1"), q("3")), Some(Oversold(q("2"))));
        assert_eq!(oversold(q("-5"), q("3")), Some(Oversold(q("3"))));
        assert_eq!(oversold(q("-5"), q("0")), None);
    }

    /// The three reads of a pass.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Read {
        Levels,
        Orders,
        Figures,
    }

    /// One unit is sold at moment `sold` and inside OrderWise's figure from `posted` on; the reads are
    /// made at moments 1, 2 and 3, and the movement lands at 4. Whether the till then shows more than
    /// OrderWise has left after what it has not been told.
    fn oversells(order: [Read; 3], sold: i64, posted: i64) -> bool {
        let at =
            |read| 1 + i64::try_from(order.iter().position(|one| *one == read).unwrap()).unwrap();
        let one = |is_so: bool| Quantity::from_units(i64::from(is_so));
        let five = Quantity::from_units(5);
        let level = five - one(sold < at(Read::Levels));
        let free = five - one(posted < at(Read::Figures));
        let in_flight = one(sold < at(Read::Orders) && posted >= at(Read::Figures));
        let (buffer, decimals) = (Quantity::ZERO, false);
        let likely = Quantity::ZERO;
        let sum = sum(&Situation { level, free, in_flight, likely, buffer, decimals });
        let after = five - one(sold < 4) + sum.movement;
        let missing = one(sold < 4 && posted >= at(Read::Figures));
        after > free - missing
    }

    /// Design section 5: the levels are read first. Whatever happens when, no till shows too much; and
    /// where orders are read before levels, one does.
    #[test]
    fn the_order_of_reads_is_what_keeps_the_promise() {
        use Read::{Figures, Levels, Orders};
        let moments = || (0..6).flat_map(|sold| (sold..7).map(move |posted| (sold, posted)));
        let breaks = |order| moments().any(|(sold, posted)| oversells(order, sold, posted));
        assert!(!breaks([Levels, Orders, Figures]));
        for order in
            [[Orders, Levels, Figures], [Orders, Figures, Levels], [Figures, Orders, Levels]]
        {
            assert!(breaks(order), "{order:?}");
        }
    }

    #[test]
    fn kinds_are_sitoos() {
        for number in [10, 20, 30] {
            assert_eq!(Kind::of(number).number(), number);
        }
        assert_eq!(Kind::of(20), Kind::Virtual);
    }
}
