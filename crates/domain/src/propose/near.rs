//! How alike two names are.

use std::cmp::Reverse;

use super::{Confidence, Offer};
use crate::sku::fold;

/// Most offers for one key.
pub(super) const MOST: usize = 3;
/// A name that is held in another says little when it is shorter.
const TELLING: usize = 4;

/// Letters and digits alone.
pub(super) fn squeeze(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// The words of a name.
pub(super) fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// How sure it is that two names mean the same, why, and how far they are apart.
pub fn alike(one: &str, other: &str) -> Option<(Confidence, &'static str, usize)> {
    let (a, b) = (fold(one), fold(other));
    if a.is_empty() || b.is_empty() {
        return None;
    }
    if a == b {
        return Some((Confidence::Certain, "the same name", 0));
    }
    let distance = strsim::damerau_levenshtein(&a, &b);
    if squeeze(one) == squeeze(other) && !squeeze(one).is_empty() {
        return Some((Confidence::Likely, "the same name but for blanks and signs", distance));
    }
    let (long, short) = (words(one), words(other));
    let (long, short) = if long.len() < short.len() { (short, long) } else { (long, short) };
    let letters: usize = short.iter().map(|word| word.chars().count()).sum();
    if letters >= TELLING && short.iter().all(|word| long.contains(word)) {
        return Some((Confidence::Likely, "one name holds the other", distance));
    }
    let length = a.chars().count();
    (distance * 2 <= length.max(2)).then_some((Confidence::Guess, "a name like it", distance))
}

/// How sure and how far, the value, its name, and why; the likeliest sorts first.
type Ranked<'a> = (Reverse<Confidence>, usize, i64, &'a str, &'static str);

/// Values whose names are like `wanted`, the likeliest first. Of several with the very same name
/// none is more than a guess.
pub fn by_name<'a>(wanted: &str, values: impl IntoIterator<Item = (i64, &'a str)>) -> Vec<Offer> {
    let mut ranked: Vec<Ranked<'a>> = values
        .into_iter()
        .filter_map(|(id, name)| {
            let (confidence, reason, distance) = alike(wanted, name)?;
            Some((Reverse(confidence), distance, id, name, reason))
        })
        .collect();
    ranked.sort_unstable();
    let best = ranked.first().map(|first| (first.0, first.1));
    let rivals = ranked.iter().filter(|one| Some((one.0, one.1)) == best).count();
    let offer = |(sure, distance, id, name, reason): Ranked<'_>| {
        let is_rival = rivals > 1 && Some((sure, distance)) == best;
        let Reverse(confidence) = sure;
        Offer {
            value: id.to_string(),
            name: name.to_owned(),
            confidence: if is_rival { Confidence::Guess } else { confidence },
            reason: if is_rival { format!("{reason}, as others have") } else { reason.to_owned() },
        }
    };
    ranked.into_iter().take(MOST).map(offer).collect()
}
