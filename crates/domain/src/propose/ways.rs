//! Ways to send goods, reasons of returns, and what OrderWise's status texts mean.

use std::collections::BTreeMap;

use super::{
    Confidence, DELIVERY_METHODS, Offer, Proposed, Seen, by_name,
    near::{MOST, words},
};
use crate::{
    despatch::StatusMeaning,
    mapping::{MappingKind, delivery},
};

/// Words of a method that brings goods to the shopper's door, and of one to collect them by.
const HOME: [&str; 6] = ["home", "courier", "carrier", "delivery", "post", "parcel"];
const COLLECT: [&str; 3] = ["collect", "collection", "pickup"];
/// Beginnings of words that tell of goods nobody can sell again.
const SPOILT: [&str; 6] = ["fault", "damag", "broken", "defect", "spoil", "reclaim"];
/// Words of status texts, the more telling first.
const MEANINGS: [(&[&str], StatusMeaning); 5] = [
    (&["cancel", "void"], StatusMeaning::Cancelled),
    (&["hold", "stopped"], StatusMeaning::OnHold),
    (&["part"], StatusMeaning::PartlyDespatched),
    (&["await", "open", "new", "process", "pick", "pack"], StatusMeaning::Open),
    (
        &["despatch", "dispatch", "complet", "sent", "deliver", "invoiced"],
        StatusMeaning::Despatched,
    ),
];

pub(super) fn propose(seen: &Seen, told: &mut Proposed) {
    carriers(seen, told);
    reasons(seen, told);
    statuses(seen, told);
}

/// Delivery methods that a carrier product of the till may be, or one of the words `home` and
/// `collect`.
pub fn sent_by(carrier: &str, methods: &[(i64, &str)]) -> Vec<Offer> {
    let says = |wanted: &[&str], why: &str| -> Vec<Offer> {
        let found = methods
            .iter()
            .filter(|(_, name)| words(name).iter().any(|word| wanted.contains(&word.as_str())));
        let found: Vec<_> = found.collect();
        let sure = if found.len() == 1 { Confidence::Likely } else { Confidence::Guess };
        let offer = |(id, name): &(i64, &str)| Offer {
            value: id.to_string(),
            name: (*name).to_owned(),
            confidence: sure,
            reason: why.to_owned(),
        };
        found.into_iter().take(MOST).map(offer).collect()
    };
    match carrier {
        delivery::HOME => says(&HOME, "its name says that goods are sent"),
        delivery::COLLECT => {
            let own = says(&COLLECT, "its name says that goods are collected");
            let sent = || {
                let sent = says(&HOME, "nothing says collection; goods are sent to the store");
                sent.into_iter().map(|it| Offer { confidence: Confidence::Guess, ..it }).collect()
            };
            if own.is_empty() { sent() } else { own }
        }
        _ => {
            let named = by_name(carrier, methods.iter().copied());
            if named.is_empty() {
                let sent = says(&HOME, "no method is called like it; this one sends goods");
                return sent
                    .into_iter()
                    .map(|it| Offer { confidence: Confidence::Guess, ..it })
                    .collect();
            }
            named
        }
    }
}

fn carriers(seen: &Seen, told: &mut Proposed) {
    let methods: Vec<(i64, &str)> = seen.list(DELIVERY_METHODS).collect();
    let mut wanted: BTreeMap<&str, String> = BTreeMap::new();
    if !methods.is_empty() {
        wanted.insert(delivery::HOME, "what the till sends home without a carrier".to_owned());
        wanted.insert(delivery::COLLECT, "what is collected in another store".to_owned());
    }
    for (key, used) in &seen.usage.carriers {
        wanted.insert(key, format!("{}, chosen {}", used.name, used.often()));
    }
    for (key, name) in wanted {
        if seen.known.carriers.contains_key(key) {
            continue;
        }
        let why = "no delivery method is called like it: give its id";
        let offers = sent_by(key, &methods);
        told.best((MappingKind::Delivery, key, &name), offers.first(), why);
    }
}

/// Whether goods that come back for a reason can be sold again.
pub fn restocked(code: &str, name: &str) -> Offer {
    let all = words(&format!("{code} {name}"));
    let spoilt = all.iter().any(|word| SPOILT.iter().any(|said| word.starts_with(said)));
    let (value, confidence, reason) = if spoilt {
        ("no", Confidence::Likely, "it tells of goods that nobody can sell again")
    } else {
        ("yes", Confidence::Guess, "nothing in it tells of damage")
    };
    Offer { value: value.to_owned(), name: String::new(), confidence, reason: reason.to_owned() }
}

fn reasons(seen: &Seen, told: &mut Proposed) {
    for (key, used) in &seen.usage.reasons {
        if !seen.known.reasons.contains_key(key) {
            let rows = if used.times == 1 { "row" } else { "rows" };
            let name = format!("{}, on {} {rows} that came back", used.name, used.times);
            told.one(MappingKind::Reason, key, &name, &restocked(key, &used.name));
        }
    }
}

/// What a status text may mean.
pub fn meaning_of(text: &str) -> Option<Offer> {
    let all = words(text);
    let says = |said: &&str| all.iter().any(|word| word.starts_with(said));
    let (_, meaning) = MEANINGS.iter().find(|(said, _)| said.iter().any(says))?;
    Some(Offer {
        value: meaning.word().to_owned(),
        name: String::new(),
        confidence: Confidence::Guess,
        reason: "a word in it says so".to_owned(),
    })
}

fn statuses(seen: &Seen, told: &mut Proposed) {
    for text in &seen.statuses {
        if text.trim().is_empty() || StatusMeaning::of(text, &seen.known).is_some() {
            continue;
        }
        let means: Vec<&str> = StatusMeaning::ALL.iter().map(|one| one.word()).collect();
        let why = format!("no word in it says what it means: {}", means.join(", "));
        told.best((MappingKind::Status, text, text), meaning_of(text).as_ref(), why);
    }
}
