//! OrderWise's figures in memory: a large company has millions, so each takes a few bytes.

use std::{collections::HashMap, sync::Arc};

use daybook_domain::{Quantity, Timestamp};
use daybook_store::stock::figure::{self, FigureRow, NewFigure, Sum};

/// What OrderWise has free of a SKU at a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Figure {
    pub(super) free: Quantity,
    /// OrderWise's own buffer, where it has one.
    pub(super) buffer: Option<Quantity>,
    /// When it was calculated, at the earliest.
    pub(super) calculated_at: Timestamp,
    /// When it was first told, where it is dated after that; else a moment that is not before it.
    pub(super) seen_at: Timestamp,
}

/// A figure without what is rare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell {
    free: Quantity,
    calculated_at: Timestamp,
}

/// No figure: nothing was ever calculated then.
const NONE: Cell = Cell { free: Quantity::ZERO, calculated_at: Timestamp::from_micros(i64::MIN) };

/// A SKU as OrderWise spells it.
#[derive(Debug, Clone)]
struct Name {
    folded: Arc<str>,
    spelled: Box<str>,
}

/// What only few figures have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rare {
    buffer: Option<Quantity>,
    /// The later moment that a local time can mean.
    latest: Timestamp,
}

/// Figures by location and folded SKU.
#[derive(Debug, Clone, Default)]
pub(super) struct Image {
    numbers: HashMap<Arc<str>, usize>,
    names: Vec<Name>,
    cells: HashMap<i64, Vec<Cell>>,
    rare: HashMap<(i64, usize), Rare>,
    /// Figures that are dated after the moment at which they were first told, and that moment.
    ahead: HashMap<(i64, usize), Timestamp>,
}

impl Image {
    /// What the book holds.
    pub(super) fn of_rows(rows: Vec<FigureRow>) -> Self {
        let mut image = Self::default();
        image.put_rows(rows);
        image
    }

    /// Puts what the book holds in the place of what was known.
    pub(super) fn put_rows(&mut self, rows: Vec<FigureRow>) {
        for row in rows {
            let figure = NewFigure {
                location_id: row.location_id,
                folded: row.folded,
                sku: row.sku,
                free: row.free,
                buffer: row.buffer,
                calculated_at: row.calculated_at,
                calculated_at_latest: row.calculated_at,
            };
            self.put_seen(&figure, row.read_at);
        }
    }

    /// Puts a figure that was first told at `seen_at` in the place of what was known.
    pub(super) fn put_seen(&mut self, figure: &NewFigure, seen_at: Timestamp) {
        self.put(figure);
        if figure.calculated_at > seen_at
            && let Some(number) = self.number(&figure.folded)
        {
            self.ahead.insert((figure.location_id, number), seen_at);
        }
    }

    /// Takes a figure in as an export tells it. Of two codes that differ only by blanks or letter
    /// case, the lower figure is safe.
    pub(super) fn tell(&mut self, figure: &NewFigure) {
        let known = self.get(figure.location_id, &figure.folded);
        if known.is_none_or(|known| figure.free < known.free) {
            self.put(figure);
        }
    }

    /// Puts a figure in the place of what was known.
    pub(super) fn put(&mut self, figure: &NewFigure) {
        let number = self.number_for(figure);
        let cells = self.cells.entry(figure.location_id).or_default();
        if cells.len() <= number {
            cells.resize(number + 1, NONE);
        }
        if let Some(cell) = cells.get_mut(number) {
            *cell = Cell { free: figure.free, calculated_at: figure.calculated_at };
        }
        let key = (figure.location_id, number);
        if !self.ahead.is_empty() {
            self.ahead.remove(&key);
        }
        let rare = Rare { buffer: figure.buffer, latest: figure.calculated_at_latest };
        if figure.buffer.is_some() || rare.latest != figure.calculated_at {
            self.rare.insert(key, rare);
        } else {
            self.rare.remove(&key);
        }
    }

    fn number_for(&mut self, figure: &NewFigure) -> usize {
        if let Some(number) = self.numbers.get(figure.folded.as_str()) {
            return *number;
        }
        let folded: Arc<str> = figure.folded.as_str().into();
        let number = self.names.len();
        self.names.push(Name { folded: Arc::clone(&folded), spelled: figure.sku.as_str().into() });
        self.numbers.insert(folded, number);
        number
    }

    /// The number of a folded SKU, below [`Image::width`].
    pub(super) fn number(&self, folded: &str) -> Option<usize> {
        self.numbers.get(folded).copied()
    }

    /// How many SKUs there are.
    pub(super) const fn width(&self) -> usize {
        self.names.len()
    }

    /// What is free of a SKU at a location.
    pub(super) fn get(&self, location: i64, folded: &str) -> Option<Figure> {
        self.at(location, self.number(folded)?)
    }

    fn at(&self, location: i64, number: usize) -> Option<Figure> {
        let cell = *self.cells.get(&location)?.get(number).filter(|cell| **cell != NONE)?;
        let buffer = self.rare(location, number).and_then(|rare| rare.buffer);
        let calculated_at = cell.calculated_at;
        let ahead = if self.ahead.is_empty() { None } else { self.ahead.get(&(location, number)) };
        let seen_at = ahead.copied().unwrap_or(calculated_at);
        Some(Figure { free: cell.free, buffer, calculated_at, seen_at })
    }

    fn rare(&self, location: i64, number: usize) -> Option<Rare> {
        if self.rare.is_empty() { None } else { self.rare.get(&(location, number)).copied() }
    }

    /// The locations of which something is known, in order.
    pub(super) fn locations(&self) -> Vec<i64> {
        let mut locations: Vec<i64> = self.cells.keys().copied().collect();
        locations.sort_unstable();
        locations
    }

    /// The figures of a location: number, folded SKU, spelling, figure.
    pub(super) fn of(
        &self,
        location: i64,
    ) -> impl Iterator<Item = (usize, &str, &str, Figure)> + use<'_> {
        self.names.iter().enumerate().filter_map(move |(number, name)| {
            let figure = self.at(location, number)?;
            Some((number, &*name.folded, &*name.spelled, figure))
        })
    }

    /// The same, to be kept.
    pub(super) fn new_figures(&self, location: i64) -> impl Iterator<Item = NewFigure> + use<'_> {
        self.of(location).map(move |(number, folded, spelled, figure)| NewFigure {
            location_id: location,
            folded: folded.to_owned(),
            sku: spelled.to_owned(),
            free: figure.free,
            buffer: figure.buffer,
            calculated_at: figure.calculated_at,
            calculated_at_latest: self
                .rare(location, number)
                .map_or(figure.calculated_at, |rare| rare.latest),
        })
    }

    /// What the figures of a location come to.
    pub(super) fn sum(&self, location: i64) -> Sum {
        let mut sum = Sum::default();
        for (_, folded, spelled, figure) in self.of(location) {
            let Figure { free, buffer, calculated_at, .. } = figure;
            sum.add(figure::fingerprint((folded, spelled), free, buffer, calculated_at));
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use daybook_domain::{Quantity, Timestamp};
    use daybook_store::stock::figure::NewFigure;

    use super::Image;

    fn figure(location_id: i64, sku: &str, free: i64) -> NewFigure {
        let calculated_at = Timestamp::from_seconds(100);
        NewFigure {
            location_id,
            folded: sku.to_lowercase(),
            sku: sku.to_owned(),
            free: Quantity::from_units(free),
            buffer: None,
            calculated_at,
            calculated_at_latest: calculated_at,
        }
    }

    fn free(image: &Image, location: i64, folded: &str) -> Option<i64> {
        image.get(location, folded)?.free.whole_units()
    }

    #[test]
    fn a_figure_that_is_dated_after_it_was_told_keeps_that_moment_until_another_is_put() {
        let told = |seconds| Timestamp::from_seconds(seconds);
        let seen = |image: &Image| image.get(7, "a").unwrap().seen_at;
        let mut image = Image::default();
        image.put_seen(&figure(7, "A", 1), told(90));
        assert_eq!(seen(&image), told(90));
        image.put_seen(&figure(7, "A", 2), told(100));
        assert_eq!(seen(&image), told(100), "nothing of it is ahead");
        image.put_seen(&figure(7, "A", 2), told(95));
        image.tell(&figure(7, "A", 1));
        assert_eq!(seen(&image), told(100), "the book has to say since when");
    }

    #[test]
    fn figures_are_where_they_were_put() {
        let mut image = Image::default();
        for number in 0..200 {
            image.tell(&figure(number % 2, &format!("SKU-{number}"), number));
        }
        assert_eq!(free(&image, 0, "sku-0"), Some(0));
        assert_eq!(free(&image, 1, "sku-199"), Some(199));
        assert_eq!(free(&image, 1, "sku-0"), None, "at the other location");
        assert_eq!(free(&image, 2, "sku-0"), None);
        assert_eq!([0, 1, 2].map(|location| image.of(location).count()), [100, 100, 0]);
        assert_eq!(image.width(), 200);
    }

    #[test]
    fn the_lower_of_two_spellings_counts_and_a_later_reading_replaces_it() {
        let mut image = Image::default();
        image.tell(&figure(1, "a", 5));
        image.tell(&figure(1, "A", 7));
        assert_eq!(free(&image, 1, "a"), Some(5));
        image.tell(&figure(1, "A", 3));
        assert_eq!(free(&image, 1, "a"), Some(3));
        image.put(&figure(1, "a", 9));
        assert_eq!(free(&image, 1, "a"), Some(9));
    }

    #[test]
    fn what_is_kept_is_what_was_told() {
        let mut image = Image::default();
        let buffered = NewFigure { buffer: Some(Quantity::from_units(2)), ..figure(1, "B", 4) };
        let twice =
            NewFigure { calculated_at_latest: Timestamp::from_seconds(3_700), ..figure(1, "C", 4) };
        let all = [figure(1, "A", 1), buffered, twice];
        for figure in &all {
            image.tell(figure);
        }
        assert!(image.new_figures(1).eq(all.iter().cloned()));
        let before = image.sum(1);
        image.put(&NewFigure { buffer: None, ..figure(1, "B", 4) });
        assert_ne!(image.sum(1), before, "its buffer is gone");
        assert_eq!(image.get(1, "b").unwrap().buffer, None);
    }
}
