//! Which few of many amounts add up to one.

/// Steps after which the search is given up: a suggestion is not worth more.
const BUDGET: u32 = 20_000;

/// The smallest set of at least two `amounts` (none negative, the largest first) that adds up to
/// `target` within `tolerance`, at most `most` of them. The same question gives the same answer.
pub(super) fn subset(
    amounts: &[i64],
    target: i64,
    tolerance: i64,
    most: usize,
) -> Option<Vec<usize>> {
    let mut search = Search { amounts, tolerance, steps: 0, chosen: Vec::new() };
    (2..=most.min(amounts.len()))
        .find_map(|size| search.go(0, target, size).then(|| search.chosen.clone()))
}

struct Search<'a> {
    amounts: &'a [i64],
    tolerance: i64,
    steps: u32,
    chosen: Vec<usize>,
}

impl Search<'_> {
    /// Whether `left` more of the amounts from `from` on make up `rest`.
    fn go(&mut self, from: usize, rest: i64, left: usize) -> bool {
        if left == 0 {
            return rest.abs() <= self.tolerance;
        }
        for at in from..self.amounts.len() {
            self.steps += 1;
            let amount = self.amounts[at];
            let pieces = i64::try_from(left).unwrap_or(i64::MAX);
            // The largest first: what follows cannot reach the rest any more.
            let too_small = amount.saturating_mul(pieces) + self.tolerance < rest;
            if self.steps > BUDGET || too_small {
                return false;
            }
            if amount > rest + self.tolerance {
                continue;
            }
            self.chosen.push(at);
            if self.go(at + 1, rest - amount, left - 1) {
                return true;
            }
            self.chosen.pop();
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::subset;

    #[test]
    fn the_smallest_set_is_found_or_none() {
        let amounts = [900, 500, 400, 300, 100];
        assert_eq!(subset(&amounts, 1_000, 0, 5), Some(vec![0, 4]));
        assert_eq!(subset(&amounts, 1_201, 1, 5), Some(vec![0, 3]));
        assert_eq!(subset(&amounts, 800, 0, 2), Some(vec![1, 3]));
        assert_eq!(subset(&amounts, 50, 0, 5), None);
        assert_eq!(subset(&amounts, 9_999, 0, 5), None);
    }
}
