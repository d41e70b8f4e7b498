//! A buffer that would have been enough: learnt from what was in flight and what was oversold.

use crate::Quantity;

/// A moment of the history of one SKU in one store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// What was in flight at other tills of its stock location and its own.
    pub in_flight: Quantity,
}

/// What is suggested, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suggestion {
    /// Units to hold back.
    pub units: Quantity,
    /// What was in flight at one time, in all but one of twenty moments.
    pub usual_in_flight: Quantity,
    /// The most that was oversold at one time.
    pub oversold: Quantity,
}

/// Of a hundred moments, so many are covered.
const COVERED: usize = 95;

/// Suggests whole units: what is usually in flight where there was an oversell, and at least what
/// was missing then. Where nothing was ever oversold, nothing has to be held back.
pub fn suggest(samples: &[Sample], oversold: &[Quantity]) -> Option<Suggestion> {
    let oversold = oversold.iter().copied().max().filter(|units| *units > Quantity::ZERO)?;
    let mut in_flight: Vec<Quantity> = samples.iter().map(|sample| sample.in_flight).collect();
    in_flight.sort_unstable();
    // The smallest that is not below so many of a hundred.
    let place = (in_flight.len() * COVERED).div_ceil(100).saturating_sub(1);
    let usual_in_flight = in_flight.get(place).copied().unwrap_or(Quantity::ZERO);
    let units = usual_in_flight.max(oversold).thousandths();
    let units = Quantity::from_units(units.div_euclid(1_000) + i64::from(units % 1_000 > 0));
    Some(Suggestion { units, usual_in_flight, oversold })
}

#[cfg(test)]
mod tests {
    use super::{Sample, Suggestion, suggest};
    use crate::Quantity;

    fn samples(units: impl IntoIterator<Item = i64>) -> Vec<Sample> {
        units.into_iter().map(|units| Sample { in_flight: Quantity::from_units(units) }).collect()
    }

    #[test]
    fn what_was_never_oversold_needs_no_buffer() {
        assert_eq!(suggest(&samples([1, 2, 3]), &[]), None);
        assert_eq!(suggest(&[], &[Quantity::ZERO]), None);
    }

    #[test]
    fn the_usual_and_the_worst_are_covered() {
        let half = Quantity::from_thousandths(500);
        let found = suggest(&samples(1..=100), &[half]).unwrap();
        let ninety_five = Quantity::from_units(95);
        let wanted =
            Suggestion { units: ninety_five, usual_in_flight: ninety_five, oversold: half };
        assert_eq!(found, wanted);
        let found = suggest(&samples([0, 1]), &[half, Quantity::from_thousandths(2_001)]).unwrap();
        assert_eq!(found.units, Quantity::from_units(3));
        assert_eq!(suggest(&[], &[half]).unwrap().units, Quantity::from_units(1));
    }
}
