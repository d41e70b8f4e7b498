//! The levels: a room for each warehouse, a number for each SKU.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{
    super::money::{round_div, times_thousandths},
    StockLevel, StockMove,
};

/// Item ids of a warehouse start at its id times this.
const ITEMS_A_WAREHOUSE: i64 = 10_000_000;

/// One level; 24 bytes, because there are millions.
struct Level {
    sku: u32,
    /// Unix seconds, which fit until 2106.
    modified: u32,
    total: i64,
    value: i64,
}

/// What few levels have.
#[derive(Default, Clone)]
pub(in super::super) struct Rare {
    pub(in super::super) reserved: i64,
    pub(in super::super) threshold: i64,
    pub(in super::super) bin: Box<str>,
    counted: Option<i64>,
}

/// The levels of a warehouse, in the order of their ids.
#[derive(Default)]
struct Room {
    levels: Vec<Level>,
    /// By SKU number: place in `levels`, counted from 1; 0 is none.
    places: Vec<u32>,
    rare: HashMap<u32, Rare>,
}

impl Room {
    fn place(&self, sku: u32) -> Option<u32> {
        let place = self.places.get(usize::try_from(sku).ok()?).copied()?;
        place.checked_sub(1)
    }

    fn place_or_new(&mut self, sku: u32) -> u32 {
        if let Some(place) = self.place(sku) {
            return place;
        }
        let number = usize::try_from(sku).unwrap_or(usize::MAX);
        if self.places.len() <= number {
            self.places.resize(number.saturating_add(1), 0);
        }
        self.levels.push(Level { sku, modified: 0, total: 0, value: 0 });
        let place = u32::try_from(self.levels.len()).unwrap_or(u32::MAX);
        if let Some(slot) = self.places.get_mut(number) {
            *slot = place;
        }
        place.saturating_sub(1)
    }
}

/// Which levels a client asks for.
#[derive(Default)]
pub(in super::super) struct Wanted {
    pub(in super::super) skus: Option<Vec<String>>,
    /// Unix seconds, included.
    pub(in super::super) from: Option<i64>,
    /// Unix seconds, not included.
    pub(in super::super) to: Option<i64>,
    /// What changed last comes first.
    pub(in super::super) newest_first: bool,
}

/// All levels of an account.
#[derive(Default)]
pub(in super::super) struct Levels {
    numbers: HashMap<Arc<str>, u32>,
    skus: Vec<Arc<str>>,
    rooms: BTreeMap<i64, Room>,
}

impl Levels {
    /// The number of a SKU, given when it is met first.
    pub(in super::super) fn number(&mut self, sku: &str) -> u32 {
        if let Some(number) = self.numbers.get(sku) {
            return *number;
        }
        let number = u32::try_from(self.skus.len()).unwrap_or(u32::MAX);
        let sku: Arc<str> = sku.into();
        self.skus.push(Arc::clone(&sku));
        self.numbers.insert(sku, number);
        number
    }

    /// The levels follow a product that gets another SKU.
    pub(in super::super) fn rename(&mut self, from: &str, to: &str) {
        if self.numbers.contains_key(to) {
            return;
        }
        if let Some(number) = self.numbers.remove(from) {
            let to: Arc<str> = to.into();
            self.numbers.insert(Arc::clone(&to), number);
            if let Some(slot) =
                usize::try_from(number).ok().and_then(|place| self.skus.get_mut(place))
            {
                *slot = to;
            }
        }
    }

    fn sku(&self, number: u32) -> Arc<str> {
        let sku = usize::try_from(number).ok().and_then(|place| self.skus.get(place));
        sku.cloned().unwrap_or_else(|| "".into())
    }

    /// On hand, in thousandths; 0 where there is no level yet.
    pub(in super::super) fn total(&self, warehouse: i64, sku: u32) -> i64 {
        let room = self.rooms.get(&warehouse);
        let level = room.and_then(|room| {
            let place = usize::try_from(room.place(sku)?).ok()?;
            room.levels.get(place)
        });
        level.map_or(0, |level| level.total)
    }

    /// Changes a level. What goes in is worth its price, what goes out its share of the value.
    pub(in super::super) fn change(
        &mut self,
        warehouse: i64,
        sku: u32,
        change: i64,
        price: Option<i64>,
        is_count: bool,
        now: i64,
    ) -> StockMove {
        let name = self.sku(sku);
        let seconds = now.div_euclid(1_000_000);
        let room = self.rooms.entry(warehouse).or_default();
        let place = room.place_or_new(sku);
        if is_count {
            room.rare.entry(place).or_default().counted = Some(seconds);
        }
        let mut row = StockMove {
            sku: name,
            item_id: item_id(warehouse, place),
            change,
            after: 0,
            price_in: price.unwrap_or(0),
            value: 0,
            value_after: 0,
        };
        let level = usize::try_from(place).ok().and_then(|place| room.levels.get_mut(place));
        if let Some(level) = level {
            row.value = match price {
                Some(price) => times_thousandths(price, change),
                None if level.total > 0 => {
                    let average = round_div(level.value.saturating_mul(1000), level.total);
                    times_thousandths(average, change)
                }
                None => 0,
            };
            level.total += change;
            level.value += row.value;
            level.modified = u32::try_from(seconds).unwrap_or(0);
            (row.after, row.value_after) = (level.total, level.value);
        }
        row
    }

    /// Sets what the stock is worth.
    pub(in super::super) fn set_value(&mut self, warehouse: i64, sku: u32, value: i64) {
        let room = self.rooms.entry(warehouse).or_default();
        let place = room.place_or_new(sku);
        let level = usize::try_from(place).ok().and_then(|place| room.levels.get_mut(place));
        if let Some(level) = level {
            level.value = value;
        }
    }

    /// Changes what few levels have; gives the item's id.
    pub(in super::super) fn change_rare(
        &mut self,
        warehouse: i64,
        sku: u32,
        change: impl FnOnce(&mut Rare),
    ) -> i64 {
        let room = self.rooms.entry(warehouse).or_default();
        let place = room.place_or_new(sku);
        change(room.rare.entry(place).or_default());
        item_id(warehouse, place)
    }

    /// One level.
    pub(in super::super) fn level(&self, warehouse: i64, sku: &str) -> Option<StockLevel> {
        let room = self.rooms.get(&warehouse)?;
        let place = room.place(*self.numbers.get(sku)?)?;
        self.view(warehouse, room, place)
    }

    fn view(&self, warehouse: i64, room: &Room, place: u32) -> Option<StockLevel> {
        let level = room.levels.get(usize::try_from(place).ok()?)?;
        let rare = room.rare.get(&place).cloned().unwrap_or_default();
        Some(StockLevel {
            item_id: item_id(warehouse, place),
            warehouse,
            sku: self.sku(level.sku),
            total: level.total,
            reserved: rare.reserved,
            threshold: rare.threshold,
            bin: rare.bin,
            value: level.value,
            modified: i64::from(level.modified),
            counted: rare.counted,
        })
    }

    /// How many levels match, and those of a page.
    pub(in super::super) fn page(
        &self,
        warehouse: i64,
        wanted: &Wanted,
        start: usize,
        num: usize,
    ) -> (usize, Vec<StockLevel>) {
        let Some(room) = self.rooms.get(&warehouse) else { return (0, Vec::new()) };
        let end = u32::try_from(room.levels.len()).unwrap_or(u32::MAX);
        let is_plain = wanted.from.is_none() && wanted.to.is_none() && !wanted.newest_first;
        let see = |place: u32| self.view(warehouse, room, place);
        if is_plain && wanted.skus.is_none() {
            let page = (0..end).skip(start).take(num).filter_map(see).collect();
            return (room.levels.len(), page);
        }
        let mut places: Vec<(u32, u32)> = match &wanted.skus {
            Some(skus) => skus
                .iter()
                .filter_map(|sku| room.place(*self.numbers.get(sku.as_str())?))
                .filter_map(|place| Some((room.modified(place)?, place)))
                .collect(),
            None => (0..).zip(&room.levels).map(|(place, one)| (one.modified, place)).collect(),
        };
        places.retain(|(modified, _)| {
            let modified = i64::from(*modified);
            wanted.from.is_none_or(|from| modified >= from)
                && wanted.to.is_none_or(|to| modified < to)
        });
        if wanted.newest_first {
            places.sort_by_key(|(modified, place)| (std::cmp::Reverse(*modified), *place));
        } else {
            places.sort_by_key(|(_, place)| *place);
        }
        places.dedup();
        let page = places.iter().skip(start).take(num).filter_map(|(_, place)| see(*place));
        (places.len(), page.collect())
    }
}

impl Room {
    fn modified(&self, place: u32) -> Option<u32> {
        self.levels.get(usize::try_from(place).ok()?).map(|level| level.modified)
    }
}

fn item_id(warehouse: i64, place: u32) -> i64 {
    warehouse * ITEMS_A_WAREHOUSE + i64::from(place) + 1
}
