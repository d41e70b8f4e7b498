//! The opening comparison of stock: what the tills believe beside what OrderWise can sell, a
//! warehouse and a SKU at a time. Nothing is written to either side.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::{Money, Quantity, sku::fold};

/// How both sides compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bucket {
    /// Both say the same.
    Equal,
    /// The tills believe in more than OrderWise can sell: they would sell what is not there.
    TillsHaveMore,
    /// OrderWise can sell more than the tills believe in.
    OrderwiseHasMore,
    /// Only the tills know of any.
    OnlyAtTills,
    /// Only OrderWise knows of any.
    OnlyInOrderwise,
    /// At least one side is below nothing.
    Negative,
}

impl Bucket {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Equal,
        Self::TillsHaveMore,
        Self::OrderwiseHasMore,
        Self::OnlyAtTills,
        Self::OnlyInOrderwise,
        Self::Negative,
    ];

    /// The word used in JSON and CSV.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::TillsHaveMore => "tills-have-more",
            Self::OrderwiseHasMore => "orderwise-has-more",
            Self::OnlyAtTills => "only-at-tills",
            Self::OnlyInOrderwise => "only-in-orderwise",
            Self::Negative => "negative",
        }
    }

    /// For people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equal => "Equal",
            Self::TillsHaveMore => "Tills have more",
            Self::OrderwiseHasMore => "OrderWise has more",
            Self::OnlyAtTills => "Only at the tills",
            Self::OnlyInOrderwise => "Only in OrderWise",
            Self::Negative => "Negative",
        }
    }

    fn of(at_tills: Option<Quantity>, free: Option<Quantity>) -> Self {
        let (tills, erp) = (at_tills.unwrap_or_default(), free.unwrap_or_default());
        if tills.is_negative() || erp.is_negative() {
            Self::Negative
        } else if tills == erp {
            Self::Equal
        } else if free.is_none() {
            Self::OnlyAtTills
        } else if at_tills.is_none() {
            Self::OnlyInOrderwise
        } else if tills > erp {
            Self::TillsHaveMore
        } else {
            Self::OrderwiseHasMore
        }
    }
}

/// A warehouse of Sitoo with the stock location that stands for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Sitoo's warehouse.
    pub warehouse_id: i64,
    /// OrderWise's stock location.
    pub location_id: i64,
    /// Its name for people.
    pub name: String,
}

/// Both sides, as they were read.
#[derive(Debug, Clone, Default)]
pub struct Sides {
    /// Warehouses with a stock location.
    pub places: Vec<Place>,
    /// Sitoo's levels by warehouse, under Sitoo's SKUs.
    pub levels: HashMap<i64, Vec<(String, Quantity)>>,
    /// OrderWise's free stock by stock location, under OrderWise's SKUs.
    pub free: HashMap<i64, Vec<(String, Quantity)>>,
    /// What a folded SKU of the tills is in OrderWise, where it is another one.
    pub links: HashMap<String, String>,
    /// Prices of the tills, by folded SKU of OrderWise.
    pub prices: HashMap<String, Money>,
}

/// One SKU in one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Sitoo's warehouse.
    pub warehouse_id: i64,
    /// OrderWise's stock location.
    pub location_id: i64,
    /// Its name for people.
    pub place: String,
    /// The SKU, as OrderWise spells it where OrderWise has it.
    pub sku: String,
    /// Sitoo's level; none where Sitoo never had it there.
    pub at_tills: Option<Quantity>,
    /// OrderWise's free stock; none where it has none of it there.
    pub free: Option<Quantity>,
    /// What the tills have more.
    pub difference: Quantity,
    /// The difference at the price of the tills, without sign.
    pub worth: Money,
    /// How both compare.
    pub bucket: Bucket,
}

/// All rows of a bucket together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// How both compare.
    pub bucket: Bucket,
    /// So many SKUs in places.
    pub rows: i64,
    /// Units of difference, without signs.
    pub units: Quantity,
    /// Their worth.
    pub worth: Money,
}

/// The comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// Places that were compared.
    pub places: usize,
    /// What is in each bucket, all buckets.
    pub totals: Vec<Total>,
    /// What differs, the dearest first.
    pub rows: Vec<Row>,
}

impl Compared {
    /// The same without its rows: what the book keeps.
    #[must_use]
    pub fn summary(&self) -> Self {
        Self { rows: Vec::new(), ..self.clone() }
    }

    /// SKUs in places that differ.
    pub fn differing(&self) -> i64 {
        let unequal = self.totals.iter().filter(|total| total.bucket != Bucket::Equal);
        unequal.map(|total| total.rows).sum()
    }

    /// What the differences are worth.
    pub fn worth(&self) -> Money {
        self.totals.iter().map(|total| total.worth).sum()
    }
}

/// Compares.
pub fn compare(sides: &Sides) -> Compared {
    let mut totals: BTreeMap<Bucket, Total> = Bucket::ALL
        .into_iter()
        .map(|bucket| {
            (bucket, Total { bucket, rows: 0, units: Quantity::ZERO, worth: Money::ZERO })
        })
        .collect();
    let mut rows = Vec::new();
    for place in &sides.places {
        for row in of_place(sides, place) {
            if let Some(total) = totals.get_mut(&row.bucket) {
                total.rows += 1;
                total.units += row.difference.abs();
                total.worth += row.worth;
            }
            if row.bucket != Bucket::Equal {
                rows.push(row);
            }
        }
    }
    rows.sort_by(|one, other| {
        let key = |row: &Row| (row.worth, row.difference.abs());
        key(other)
            .cmp(&key(one))
            .then_with(|| (one.warehouse_id, &one.sku).cmp(&(other.warehouse_id, &other.sku)))
    });
    Compared { places: sides.places.len(), totals: totals.into_values().collect(), rows }
}

fn of_place<'a>(sides: &'a Sides, place: &'a Place) -> impl Iterator<Item = Row> + 'a {
    let mut names: HashMap<String, &str> = HashMap::new();
    let mut tills: HashMap<String, Quantity> = HashMap::new();
    let mut free: HashMap<String, Quantity> = HashMap::new();
    for (sku, total) in sides.levels.get(&place.warehouse_id).into_iter().flatten() {
        let folded = fold(sku);
        let code = sides.links.get(&folded).cloned().unwrap_or(folded);
        names.insert(code.clone(), sku);
        *tills.entry(code).or_default() += *total;
    }
    for (sku, figure) in sides.free.get(&place.location_id).into_iter().flatten() {
        let code = fold(sku);
        names.insert(code.clone(), sku);
        // A row that is told twice is one row.
        free.insert(code, *figure);
    }
    let codes: BTreeSet<String> = tills.keys().chain(free.keys()).cloned().collect();
    codes.into_iter().map(move |code| {
        let (at_tills, erp) = (tills.get(&code).copied(), free.get(&code).copied());
        let difference = at_tills.unwrap_or_default() - erp.unwrap_or_default();
        let price = sides.prices.get(&code).copied().unwrap_or(Money::ZERO);
        Row {
            warehouse_id: place.warehouse_id,
            location_id: place.location_id,
            place: place.name.clone(),
            sku: names.get(&code).map_or_else(|| code.clone(), |name| (*name).to_owned()),
            at_tills,
            free: erp,
            difference,
            worth: worth(price, difference),
            bucket: Bucket::of(at_tills, erp),
        }
    })
}

fn worth(price: Money, units: Quantity) -> Money {
    let pence = i128::from(price.pence()) * i128::from(units.abs().thousandths()) / 1_000;
    Money::from_pence(i64::try_from(pence).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(units: i64) -> Quantity {
        Quantity::from_units(units)
    }

    #[test]
    fn each_sku_stands_in_one_bucket_with_its_units_and_pounds() {
        let place =
            |id| Place { warehouse_id: id, location_id: id * 10, name: format!("Store {id}") };
        let level = |sku: &str, total| (sku.to_owned(), units(total));
        let sides = Sides {
            places: vec![place(1), place(2)],
            levels: HashMap::from([
                (1, vec![level("A", 5), level("B", 7), level("old-c", 1), level("D", 2)]),
                (2, vec![level("A", -1), level("Z", 0)]),
                (3, vec![level("A", 99)]),
            ]),
            free: HashMap::from([
                (10, vec![level("a ", 5), level("B", 3), level("C", 4), level("E", 6)]),
                (20, vec![level("A", 1)]),
            ]),
            links: HashMap::from([(fold("old-c"), fold("C"))]),
            prices: HashMap::from([
                (fold("B"), Money::from_pence(250)),
                (fold("C"), Money::from_pence(1_000)),
            ]),
        };
        let compared = compare(&sides);
        let of = |bucket| {
            let total = compared.totals.iter().find(|total| total.bucket == bucket).unwrap();
            (total.rows, total.units, total.worth.pence())
        };
        assert_eq!(of(Bucket::Equal), (2, units(0), 0), "A in 1; of Z both have nothing");
        assert_eq!(of(Bucket::TillsHaveMore), (1, units(4), 1_000));
        assert_eq!(of(Bucket::OrderwiseHasMore), (1, units(3), 3_000));
        assert_eq!(of(Bucket::OnlyAtTills), (1, units(2), 0));
        assert_eq!(of(Bucket::OnlyInOrderwise), (1, units(6), 0));
        assert_eq!(of(Bucket::Negative), (1, units(2), 0));
        assert_eq!((compared.places, compared.differing()), (2, 5));
        assert_eq!(compared.worth().pence(), 4_000);
        assert_eq!((compared.rows[0].sku.as_str(), compared.rows[0].worth.pence()), ("C", 3_000));
        assert!(compared.summary().rows.is_empty());
    }
}
