//! Two kinds of damage on one day: each is found as if it were alone.

use super::kinds::{all, check};

#[test]
fn every_pair_of_damages_is_found_and_classified_to_the_penny() {
    let kinds: Vec<_> = all().collect();
    let (mut done, mut none) = (0, Vec::new());
    for (i, first) in kinds.iter().enumerate() {
        // Each at a till of its own: which came first makes no difference.
        for (j, second) in kinds.iter().enumerate().skip(i) {
            let from = u64::try_from(i * kinds.len() + j).unwrap();
            let found = (from..from + 12).find(|seed| check(*seed, &[first, second]));
            match found {
                Some(_) => done += 1,
                None => none.push((first.name, second.name)),
            }
        }
    }
    assert!(none.len() * 20 < done, "too many pairs found no place: {none:?}");
}
