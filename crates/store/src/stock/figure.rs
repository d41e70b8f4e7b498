//! OrderWise's free stock by stock location, as it was last read. A newer figure never loses to an
//! older one: a stale export changes nothing.

use std::{
    collections::{BTreeMap, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
};

use daybook_domain::{Quantity, Timestamp};
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    engine::{Cells, FromCells, all, pieces},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT location_id, folded, sku, free, buffer, calculated_at, read_at \
             FROM erp_stock WHERE ",
            $rest
        )
    };
}

sql! {
    OF_LOCATION = select!("location_id = $1");
    ANY = "SELECT location_id FROM erp_stock LIMIT 1";
    COUNTS = "SELECT location_id, CAST(count(*) AS BIGINT) AS figures FROM erp_stock \
              GROUP BY location_id ORDER BY location_id";
    KEYS = "SELECT folded FROM erp_stock WHERE location_id = $1";
    SUMS = "SELECT location_id, figures, digest FROM erp_stock_sum";
    PUT_SUM = "INSERT INTO erp_stock_sum (location_id, figures, digest) VALUES ($1, $2, $3) \
               ON CONFLICT (location_id) DO UPDATE SET figures = excluded.figures, \
               digest = excluded.digest";
}

const OF_KEYS: &str = select!("(location_id, folded) IN (");
const UPSERT: &str = "INSERT INTO erp_stock (location_id, folded, sku, free, buffer, \
    calculated_at, read_at) ";
const UPSERT_UP: &str = " ON CONFLICT (location_id, folded) DO UPDATE SET sku = excluded.sku, \
    free = excluded.free, buffer = excluded.buffer, calculated_at = excluded.calculated_at, \
    read_at = excluded.read_at";
const REMOVE: &str = "DELETE FROM erp_stock WHERE (location_id, folded) IN (";

/// A figure as an export told it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFigure {
    /// Stock location of OrderWise.
    pub location_id: i64,
    /// Folded SKU.
    pub folded: String,
    /// In OrderWise's spelling.
    pub sku: String,
    /// What can be sold; may be negative.
    pub free: Quantity,
    /// OrderWise's own buffer, where it has one.
    pub buffer: Option<Quantity>,
    /// When OrderWise calculated it. Of the two moments that a local time in the hour of the autumn
    /// change can mean, the earlier one: doubt lowers.
    pub calculated_at: Timestamp,
    /// The later one; the same where the time is plain.
    pub calculated_at_latest: Timestamp,
}

/// A figure as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureRow {
    /// Stock location of OrderWise.
    pub location_id: i64,
    /// Folded SKU.
    pub folded: String,
    /// In OrderWise's spelling.
    pub sku: String,
    /// What can be sold.
    pub free: Quantity,
    /// OrderWise's own buffer, where it has one.
    pub buffer: Option<Quantity>,
    /// When OrderWise calculated it, at the earliest.
    pub calculated_at: Timestamp,
    /// When it was read first.
    pub read_at: Timestamp,
}

impl FromCells for FigureRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            location_id: row.int("location_id")?,
            folded: row.text("folded")?,
            sku: row.text("sku")?,
            free: row.quantity("free")?,
            buffer: row.opt_quantity("buffer")?,
            calculated_at: row.time("calculated_at")?,
            read_at: row.time("read_at")?,
        })
    }
}

/// A location and a folded SKU.
pub type Key = (i64, String);

/// Keeps figures, as many as fit one transaction; returns what is new or different now.
pub async fn keep(tx: &mut Tx, read_at: Timestamp, figures: &[NewFigure]) -> StoreResult<Vec<Key>> {
    let mut one_each: BTreeMap<(i64, &str), &NewFigure> = BTreeMap::new();
    for figure in figures {
        // Two codes that differ only by blanks or letter case: the lower figure is safe.
        let known = one_each.entry((figure.location_id, &figure.folded)).or_insert(figure);
        if figure.free < known.free {
            *known = figure;
        }
    }
    let figures: Vec<&NewFigure> = one_each.into_values().collect();
    let keys: Vec<Key> = figures.iter().map(|figure| key_of(figure)).collect();
    let known = of_keys(&mut *tx, &keys).await?;
    let known: HashMap<(i64, &str), &FigureRow> =
        known.iter().map(|row| ((row.location_id, row.folded.as_str()), row)).collect();
    let new: Vec<&NewFigure> = figures
        .into_iter()
        .filter(|figure| {
            let known = known.get(&(figure.location_id, figure.folded.as_str()));
            known.is_none_or(|known| replaces(figure, known))
        })
        .collect();
    upsert(tx, read_at, &new).await?;
    let mut changes = BTreeMap::new();
    for figure in &new {
        let sum: &mut Sum = changes.entry(figure.location_id).or_default();
        if let Some(known) = known.get(&(figure.location_id, figure.folded.as_str())) {
            sum.take(known.fingerprint());
        }
        sum.add(figure.fingerprint());
    }
    change_sums(tx, &changes).await?;
    Ok(new.into_iter().map(key_of).collect())
}

/// What some figures of a location come to, in whatever order they are added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many they are.
    pub figures: i64,
    /// Their fingerprints, added up.
    pub digest: i64,
}

impl Sum {
    /// One more.
    pub const fn add(&mut self, fingerprint: i64) {
        self.figures += 1;
        self.digest = self.digest.wrapping_add(fingerprint);
    }

    const fn take(&mut self, fingerprint: i64) {
        self.figures -= 1;
        self.digest = self.digest.wrapping_sub(fingerprint);
    }

    const fn with(self, other: Self) -> Self {
        Self {
            figures: self.figures + other.figures,
            digest: self.digest.wrapping_add(other.digest),
        }
    }
}

/// The fingerprint of a figure. One that an older program made may be another for the same figure:
/// then the figures themselves are compared.
pub fn fingerprint(
    (folded, sku): (&str, &str),
    free: Quantity,
    buffer: Option<Quantity>,
    calculated_at: Timestamp,
) -> i64 {
    let mut hasher = DefaultHasher::new();
    let buffer = buffer.map(Quantity::thousandths);
    (folded, sku, free.thousandths(), buffer, calculated_at.micros()).hash(&mut hasher);
    hasher.finish().cast_signed()
}

impl NewFigure {
    fn fingerprint(&self) -> i64 {
        let names = (self.folded.as_str(), self.sku.as_str());
        fingerprint(names, self.free, self.buffer, self.calculated_at)
    }
}

impl FigureRow {
    fn fingerprint(&self) -> i64 {
        let names = (self.folded.as_str(), self.sku.as_str());
        fingerprint(names, self.free, self.buffer, self.calculated_at)
    }
}

/// What the figures of each location come to.
pub async fn sums(source: impl Into<Source<'_>>) -> StoreResult<HashMap<i64, Sum>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(SUMS).fetch_all(c).await?;
        rows.iter()
            .map(|row| {
                let sum = Sum { figures: row.int("figures")?, digest: row.int("digest")? };
                Ok((row.int("location_id")?, sum))
            })
            .collect()
    })
}

/// Adds up the figures of a location anew.
pub async fn recount(tx: &mut Tx, location: i64) -> StoreResult<()> {
    let mut sum = Sum::default();
    for row in of_location(&mut *tx, location).await? {
        sum.add(row.fingerprint());
    }
    put_sum(tx, location, sum).await
}

async fn change_sums(tx: &mut Tx, changes: &BTreeMap<i64, Sum>) -> StoreResult<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let known = sums(&mut *tx).await?;
    for (location, change) in changes {
        let before = known.get(location).copied().unwrap_or_default();
        put_sum(tx, *location, before.with(*change)).await?;
    }
    Ok(())
}

async fn put_sum(tx: &mut Tx, location: i64, sum: Sum) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(PUT_SUM).bind(location).bind(sum.figures).bind(sum.digest);
        query.execute(c).await?;
    });
    Ok(())
}

fn key_of(figure: &NewFigure) -> Key {
    (figure.location_id, figure.folded.clone())
}

/// Whether a figure is different, and not older.
fn replaces(new: &NewFigure, known: &FigureRow) -> bool {
    let differs = new.free != known.free
        || new.buffer != known.buffer
        || new.calculated_at != known.calculated_at
        || new.sku != known.sku;
    differs && new.calculated_at_latest >= known.calculated_at
}

async fn upsert(tx: &mut Tx, read_at: Timestamp, figures: &[&NewFigure]) -> StoreResult<()> {
    for piece in pieces(figures.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(UPSERT);
            query.push_values(&figures[piece], |mut row, figure| {
                row.push_bind(figure.location_id).push_bind(figure.folded.as_str());
                row.push_bind(figure.sku.as_str()).push_bind(figure.free.thousandths());
                row.push_bind(figure.buffer.map(Quantity::thousandths));
                row.push_bind(figure.calculated_at.micros()).push_bind(read_at.micros());
            });
            query.push(UPSERT_UP).build().execute(c).await?;
        });
    }
    Ok(())
}

/// Forgets figures that OrderWise no longer has.
pub async fn remove(tx: &mut Tx, keys: &[Key]) -> StoreResult<()> {
    let mut changes = BTreeMap::new();
    for row in of_keys(&mut *tx, keys).await? {
        changes.entry(row.location_id).or_insert_with(Sum::default).take(row.fingerprint());
    }
    change_sums(tx, &changes).await?;
    for piece in pieces(keys.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(REMOVE);
            query.push_values(&keys[piece], |mut row, (location, folded)| {
                row.push_bind(*location).push_bind(folded.as_str());
            });
            query.push(")").build().execute(c).await?;
        });
    }
    Ok(())
}

/// Every figure of a location.
pub async fn of_location(
    source: impl Into<Source<'_>>,
    location: i64,
) -> StoreResult<Vec<FigureRow>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(OF_LOCATION).bind(location).fetch_all(c).await?))
}

/// The figures of these locations and folded SKUs.
pub async fn of_keys(source: impl Into<Source<'_>>, keys: &[Key]) -> StoreResult<Vec<FigureRow>> {
    let mut conn = source.into().open().await?;
    let mut found = Vec::new();
    for piece in pieces(keys.len()) {
        found.extend(on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(OF_KEYS);
            query.push_values(&keys[piece], |mut row, (location, folded)| {
                row.push_bind(*location).push_bind(folded.as_str());
            });
            all::<FigureRow, _>(&query.push(")").build().fetch_all(c).await?)?
        }));
    }
    Ok(found)
}

/// Locations of which something is known, and how many figures of each.
pub async fn counts(source: impl Into<Source<'_>>) -> StoreResult<Vec<(i64, i64)>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(COUNTS).fetch_all(c).await?;
        rows.iter().map(|row| Ok((row.int("location_id")?, row.int("figures")?))).collect()
    })
}

/// The folded SKUs of which something is known at a location.
pub async fn skus(source: impl Into<Source<'_>>, location: i64) -> StoreResult<Vec<String>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let rows = sqlx::query(KEYS).bind(location).fetch_all(c).await?;
        rows.iter().map(|row| row.text("folded")).collect()
    })
}

/// Whether the `stock-levels` export has ever been read.
pub async fn any_known(source: impl Into<Source<'_>>) -> StoreResult<bool> {
    let mut conn = source.into().open().await?;
    Ok(on!(conn, c => sqlx::query(ANY).fetch_optional(c).await?.is_some()))
}
