//! Every kind of damage, one at a time: found, classified, summed to the penny.

use std::sync::OnceLock;

use super::{
    Dice, Shop,
    damage::{Claims, Kind, Scene, found, plain},
    ledger_kinds, result,
    shop::Plan,
    till_kinds, told,
};

/// Days on which each kind is tried.
const SEEDS: usize = 64;

pub(super) fn all() -> impl Iterator<Item = &'static Kind> {
    ledger_kinds::KINDS.iter().chain(till_kinds::KINDS)
}

/// Undamaged days are made once.
fn shop_of(seed: u64) -> Shop {
    static SHOPS: [OnceLock<Shop>; SEEDS] = [const { OnceLock::new() }; SEEDS];
    let place = usize::try_from(seed).unwrap() % SEEDS;
    let seed = u64::try_from(place).unwrap();
    SHOPS[place].get_or_init(|| Shop::open(Plan { seed, receipts: 10 })).clone()
}

/// Does `kinds` to a day, each at a till of its own; what has to be found, where the day has a place
/// for all of them.
pub(super) fn damaged(seed: u64, kinds: &[&Kind]) -> Option<(Shop, Claims)> {
    let mut shop = shop_of(seed);
    let mut dice = Dice::new(seed * 31 + 5);
    let mut claims = Claims::new();
    for (register, kind) in kinds.iter().enumerate() {
        let mut scene = Scene { shop: &mut shop, dice: &mut dice, register, claims };
        (kind.apply)(&mut scene)?;
        claims = scene.claims;
    }
    Some((shop, claims))
}

pub(super) fn check(seed: u64, kinds: &[&Kind]) -> bool {
    let Some((shop, claims)) = damaged(seed, kinds) else { return false };
    let result = result(&shop.day, &shop.policy);
    let names: Vec<&str> = kinds.iter().map(|kind| kind.name).collect();
    let text = told(&result);
    assert_eq!(found(&result), plain(claims), "{names:?} on day {seed}:\n{text}");
    assert_eq!(result.loose_ends(), [], "{names:?} on day {seed}:\n{text}");
    true
}

#[test]
fn every_kind_of_damage_is_found_and_classified_to_the_penny() {
    let mut kinds = 0;
    for kind in all() {
        let done = (0..64).filter(|seed| check(*seed, &[kind])).count();
        assert!(done > 0, "{} found no place: {done}", kind.name);
        kinds += 1;
    }
    assert!(kinds >= 40, "{kinds}");
}
