//! What a day is made of.

use rand::{rngs::StdRng, seq::SliceRandom};

/// A kind of transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Ordinary,
    GiftCard,
    /// Three for a price that three does not divide.
    ThreeFor,
    /// A length of fabric.
    Metres,
    /// Paid in cash, rounded to 5 pence.
    RoundedCash,
    /// At the till that has lost its line.
    Offline,
    ReturnWhole,
    ReturnRows,
    ReturnElsewhere,
    ReturnBlind,
    Exchange,
    Booking,
    BookingCollected,
    Parked,
    ParkedCollected,
    Abandoned,
    OpenThenClosed,
    OpenThenCancelled,
    SentHome,
    /// A stray blank or another letter case in the SKU.
    Misspelt,
    /// A SKU that is not in OrderWise.
    Missing,
    /// A SKU that is discontinued in OrderWise.
    Inactive,
    UnknownTender,
}

/// Of 1,000 transactions so many; at least one of each.
const SHARES: [(Kind, usize); 18] = [
    (Kind::GiftCard, 15),
    (Kind::ThreeFor, 5),
    (Kind::Metres, 5),
    (Kind::RoundedCash, 10),
    (Kind::Offline, 25),
    (Kind::ReturnWhole, 25),
    (Kind::ReturnRows, 20),
    (Kind::ReturnElsewhere, 10),
    (Kind::ReturnBlind, 8),
    (Kind::Exchange, 15),
    (Kind::Booking, 4),
    (Kind::BookingCollected, 4),
    (Kind::Parked, 4),
    (Kind::ParkedCollected, 6),
    (Kind::Abandoned, 4),
    (Kind::OpenThenClosed, 8),
    (Kind::OpenThenCancelled, 4),
    (Kind::SentHome, 6),
];

/// Troubles: so many in a day of any size that has room for them.
const TROUBLES: [(Kind, usize); 4] =
    [(Kind::Missing, 12), (Kind::Misspelt, 5), (Kind::Inactive, 4), (Kind::UnknownTender, 2)];
/// At most one transaction in so many is a trouble.
const TROUBLE_ROOM: usize = 6;
/// The first transactions of a day are ordinary, so that something can come back.
const QUIET: usize = 5;

/// The kinds of so many transactions, in the order in which they happen.
pub(super) fn kinds(transactions: usize, rng: &mut StdRng) -> Vec<Kind> {
    let mut kinds = Vec::with_capacity(transactions);
    let room = transactions / TROUBLE_ROOM;
    let wanted: usize = TROUBLES.iter().map(|(_, count)| count).sum();
    for (kind, count) in TROUBLES {
        let count = if room < wanted { count * room / wanted } else { count };
        kinds.extend(std::iter::repeat_n(kind, count));
    }
    for (kind, share) in SHARES {
        kinds.extend(std::iter::repeat_n(kind, (share * transactions / 1000).max(1)));
    }
    kinds.truncate(transactions.saturating_sub(QUIET));
    let ordinary = transactions.saturating_sub(kinds.len() + QUIET);
    kinds.extend(std::iter::repeat_n(Kind::Ordinary, ordinary));
    kinds.shuffle(rng);
    let quiet = transactions.min(QUIET);
    let mut day = vec![Kind::Ordinary; quiet];
    day.append(&mut kinds);
    day
}
