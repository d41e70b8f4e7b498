//! Made-up names of people and places.

use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};

const FIRST: [&str; 24] = [
    "Agnes", "Alfie", "Beatrice", "Callum", "Daisy", "Edmund", "Fiona", "George", "Harriet",
    "Imran", "Jasmine", "Keir", "Lottie", "Morag", "Nadia", "Owen", "Priya", "Rhys", "Saoirse",
    "Tobias", "Una", "Victor", "Winifred", "Zara",
];
const LAST: [&str; 24] = [
    "Abernathy",
    "Blythe",
    "Cartmel",
    "Dunmore",
    "Ellacott",
    "Fairley",
    "Garside",
    "Hallam",
    "Irby",
    "Jessop",
    "Kirkbride",
    "Lyddon",
    "Marwood",
    "Netherby",
    "Okafor",
    "Penhale",
    "Quick",
    "Ravenscroft",
    "Sandhu",
    "Treloar",
    "Underhill",
    "Vosper",
    "Wragby",
    "O'Hare",
];
const STREETS: [&str; 8] = [
    "Mill Lane",
    "Church Street",
    "Station Road",
    "The Green",
    "Chapel Hill",
    "Orchard Close",
    "Quarry Bank",
    "Canal Side",
];
const TOWNS: [(&str, &str); 8] = [
    ("Skipton", "BD23 9ZZ"),
    ("Frome", "BA11 9ZZ"),
    ("Melrose", "TD6 9ZZ"),
    ("Farnham", "GU9 9ZZ"),
    ("Abergavenny", "NP7 9ZZ"),
    ("Chipping Norton", "OX7 9ZZ"),
    ("Nantwich", "CW5 9ZZ"),
    ("Llandeilo", "SA19 9ZZ"),
];

/// Where goods are named after.
pub(super) const PLACES: [&str; 26] = [
    "Aldbury",
    "Buckden",
    "Coniston",
    "Dunster",
    "Ennerdale",
    "Farndale",
    "Grasmere",
    "Helmsley",
    "Ingleton",
    "Jedburgh",
    "Keswick",
    "Lavenham",
    "Malham",
    "Nidd",
    "Otterburn",
    "Porlock",
    "Quantock",
    "Reeth",
    "Swaledale",
    "Thirsk",
    "Ullswater",
    "Verwood",
    "Wensley",
    "Yarrow",
    "Exford",
    "Zennor",
];

/// First and last name.
pub(crate) fn person(rng: &mut StdRng) -> (&'static str, &'static str) {
    (pick(rng, &FIRST), pick(rng, &LAST))
}

/// Street, town, postcode. The postcodes do not exist.
pub(crate) fn address(rng: &mut StdRng) -> (String, &'static str, &'static str) {
    let street = format!("{} {}", rng.random_range(1..200), pick(rng, &STREETS));
    let (town, zip) = TOWNS.choose(rng).copied().unwrap_or(("Skipton", "BD23 9ZZ"));
    (street, town, zip)
}

fn pick(rng: &mut StdRng, from: &[&'static str]) -> &'static str {
    from.choose(rng).copied().unwrap_or_default()
}
