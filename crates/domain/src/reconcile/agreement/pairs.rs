//! Which line of the document is which line of the posting. OrderWise counts its lines anew when
//! one is gone, so numbers alone say little: what fits best is taken first.

use std::collections::{HashMap, VecDeque};

use crate::{
    reconcile::witness::{LedgerLine, SentLine},
    sku::fold,
};

/// Lines by their places in both lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pairs {
    pub(super) both: Vec<(usize, usize)>,
    pub(super) missing: Vec<usize>,
    pub(super) added: Vec<usize>,
}

/// SKU, quantity and gross amount, as far as a pass looks at them.
type Key<'a> = (Option<&'a str>, Option<i64>, Option<i64>);

/// Which of the three a pass looks at: all, then what a price, a quantity or an item would change.
const PASSES: [[bool; 3]; 4] =
    [[true, true, true], [true, true, false], [true, false, false], [false, true, true]];

pub(super) fn pair(sent: &[SentLine], lines: &[LedgerLine]) -> Pairs {
    let sent_skus: Vec<String> = sent.iter().map(|line| fold(&line.sku)).collect();
    let line_skus: Vec<String> = lines.iter().map(|line| fold(&line.sku)).collect();
    let sent_key = |i: usize, pass| {
        let line = &sent[i];
        key(&sent_skus[i], line.quantity.thousandths(), line.gross.pence(), pass)
    };
    let line_key = |i: usize, pass| {
        let line = &lines[i];
        key(&line_skus[i], line.quantity.thousandths(), line.gross.pence(), pass)
    };
    let mut pairs = Pairs {
        both: Vec::with_capacity(sent.len()),
        missing: (0..sent.len()).collect(),
        added: (0..lines.len()).collect(),
    };
    for pass in PASSES {
        if pairs.missing.is_empty() || pairs.added.is_empty() {
            break;
        }
        let mut free: HashMap<Key<'_>, VecDeque<usize>> = HashMap::new();
        for &i in &pairs.added {
            free.entry(line_key(i, pass)).or_default().push_back(i);
        }
        let mut taken = vec![false; lines.len()];
        let both = &mut pairs.both;
        pairs.missing.retain(|&i| {
            let found = free.get_mut(&sent_key(i, pass)).and_then(VecDeque::pop_front);
            if let Some(line) = found {
                taken[line] = true;
                both.push((i, line));
            }
            found.is_none()
        });
        pairs.added.retain(|&i| !taken[i]);
    }
    pairs.both.sort_unstable();
    pairs
}

fn key(
    sku: &str,
    quantity: i64,
    gross: i64,
    [by_sku, by_quantity, by_gross]: [bool; 3],
) -> Key<'_> {
    (by_sku.then_some(sku), by_quantity.then_some(quantity), by_gross.then_some(gross))
}
