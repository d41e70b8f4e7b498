//! Shoppers that a till knows: made up, at addresses that do not exist.

use rand::{RngExt, rngs::StdRng};

use crate::{retailer::names, sitoo::till::Shopper};

/// Name and e-mail.
pub(super) fn known(rng: &mut StdRng) -> Shopper {
    let (first, last) = names::person(rng);
    let local: String = format!("{first}.{last}")
        .chars()
        .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '.')
        .collect();
    Shopper {
        email: format!("{}@example.com", local.to_lowercase()),
        first_name: first.to_owned(),
        last_name: last.to_owned(),
        member_number: rng.random_ratio(1, 2).then(|| format!("M{:06}", rng.random_range(1..4000))),
        ..Shopper::default()
    }
}

/// With phone and address, for goods that are sent.
pub(super) fn with_address(rng: &mut StdRng) -> Shopper {
    let (address, city, zip) = names::address(rng);
    Shopper {
        phone: format!("01632 960{:03}", rng.random_range(0..1000)),
        address,
        city: city.to_owned(),
        zip: zip.to_owned(),
        country: "GB".to_owned(),
        ..known(rng)
    }
}
