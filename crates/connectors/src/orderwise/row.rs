//! One row of an export. What is wrong with it is a fault of its own, never of the whole answer: one
//! bad record stops only itself.

use std::{borrow::Cow, fmt};

use daybook_domain::{
    Money, Quantity, Reference, Timestamp, class::Failure, reconcile::witness::LocalTime,
};
use jiff::{
    civil,
    tz::{AmbiguousOffset, TimeZone},
};
use serde_json::value::RawValue;

use crate::{
    number::{Exact, plain},
    text::{Members, scalar},
};

use super::{settings::ExportDefinition, stock::place};

/// What a quantity that is cut has to be.
const QUANTITY: &str = "a quantity";
/// So many rows without a column, and none with it: the others will not have it either.
const HOPELESS: usize = 1_000;

/// Why a row cannot be read.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    pub(super) column: String,
    pub(super) what: String,
    /// It is one of the export definition: no row will be better.
    pub(super) of_set_up: bool,
}

impl Fault {
    /// What is wrong with a column.
    pub(super) fn of(column: &str, what: impl Into<String>) -> Self {
        Self { column: column.to_owned(), what: what.into(), of_set_up: false }
    }
}

/// A row that cannot be read, and whom it is about as far as that can be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OddRow {
    /// Export definition, position and column.
    pub path: String,
    /// What is wrong there.
    pub what: String,
    /// `sku`, in OrderWise's spelling.
    pub sku: Option<String>,
    /// `stockLocationId`.
    pub location_id: Option<i64>,
    /// `orderId`.
    pub order_id: Option<i64>,
    /// `orderNumber`.
    pub order_number: Option<String>,
    /// `reference`.
    pub reference: Option<String>,
    of_set_up: bool,
}

impl OddRow {
    /// The entry that its reference names, as a reference of ours does.
    pub fn entry(&self) -> Option<Reference> {
        Reference::named_by(self.reference.as_deref()?)
    }

    /// Whether it may be about something of ours: the documents of other channels hold anything.
    pub fn may_be_ours(&self) -> bool {
        self.reference.is_none() || self.entry().is_some()
    }

    /// Whom it is about, in a few words.
    pub fn about(&self) -> String {
        match (&self.sku, self.location_id) {
            (Some(sku), Some(location)) => place(sku, location),
            (Some(sku), None) => sku.clone(),
            (None, Some(location)) => format!("location {location}"),
            (None, None) => match (&self.reference, self.order_id) {
                (Some(reference), _) => reference.clone(),
                (None, Some(id)) => format!("order {id}"),
                (None, None) => "a row without a name".to_owned(),
            },
        }
    }
}

impl fmt::Display for OddRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.path, self.what)
    }
}

impl From<OddRow> for Failure {
    fn from(odd: OddRow) -> Self {
        Self::Drift { path: odd.path, what: odd.what }
    }
}

/// The rows of an answer: those that can be read, and the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows<T> {
    /// What was read.
    pub read: Vec<T>,
    /// What could not be.
    pub odd: Vec<OddRow>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { read: Vec::new(), odd: Vec::new() }
    }
}

impl<T> Rows<T> {
    /// Whether there is none of either.
    pub const fn is_empty(&self) -> bool {
        self.read.is_empty() && self.odd.is_empty()
    }

    /// How many there are.
    pub const fn len(&self) -> usize {
        self.read.len() + self.odd.len()
    }

    /// All rows, where each could be read.
    pub(super) fn whole(self) -> Result<Vec<T>, Failure> {
        self.odd.into_iter().next().map_or(Ok(self.read), |odd| Err(odd.into()))
    }
}

/// Sorts the rows of an answer as they come.
pub(super) struct Sorted<T> {
    pub(super) rows: Rows<T>,
    /// Whether any row could be read.
    any: bool,
}

impl<T> Sorted<T> {
    pub(super) const fn new() -> Self {
        Self { rows: Rows { read: Vec::new(), odd: Vec::new() }, any: false }
    }

    /// Takes the next row; it fails where no row will be better than those that were seen.
    pub(super) fn take(&mut self, row: Result<Option<T>, Box<OddRow>>) -> Result<(), Failure> {
        match row {
            Ok(row) => {
                self.any = true;
                self.rows.read.extend(row);
            }
            Err(odd) => self.rows.odd.push(*odd),
        }
        if self.rows.odd.len() == HOPELESS { self.end() } else { Ok(()) }
    }

    /// A column that no row has is a fault of the answer.
    pub(super) fn end(&mut self) -> Result<(), Failure> {
        let of_set_up = |rows: &Rows<T>| rows.odd.iter().position(|odd| odd.of_set_up);
        match of_set_up(&self.rows).filter(|_| !self.any) {
            Some(place) => Err(self.rows.odd.swap_remove(place).into()),
            None => Ok(()),
        }
    }
}

/// What the rows of an export are.
#[derive(Clone, Copy)]
pub(super) struct Shape<'a> {
    pub(super) purpose: &'static str,
    pub(super) definition: &'a ExportDefinition,
    pub(super) zone: &'a TimeZone,
}

impl Shape<'_> {
    /// Reads one row, the `place`th.
    pub(super) fn row<T>(
        &self,
        json: &str,
        place: usize,
        make: impl Fn(&Row<'_>) -> Result<T, Fault>,
    ) -> Result<T, Box<OddRow>> {
        let at = || format!("{}({})[{place}]", self.purpose, self.definition.id);
        let Ok(members) = serde_json::from_str::<Members<'_>>(json) else {
            let what = "is no row with columns".to_owned();
            let odd = OddRow { path: at(), what, of_set_up: true, ..OddRow::default() };
            return Err(Box::new(odd));
        };
        let row = Row { members, shape: *self };
        make(&row).map_err(|fault| Box::new(row.odd(&at(), fault)))
    }
}

/// One row of an export.
pub(super) struct Row<'a> {
    members: Members<'a>,
    shape: Shape<'a>,
}

impl<'a> Row<'a> {
    /// The value of a column, by our name; a column that is not there is a fault of the set-up.
    fn value(&self, column: &str) -> Result<&'a str, Fault> {
        let Shape { purpose, definition, .. } = self.shape;
        let theirs = definition.columns.get(column).map_or(column, String::as_str);
        self.members.get(theirs).map(RawValue::get).ok_or_else(|| {
            let id = definition.id;
            let what = format!("export definition {id} ({purpose}) has no column '{theirs}'");
            Fault { of_set_up: true, ..Fault::of(column, what) }
        })
    }

    pub(super) fn text(&self, column: &str) -> Result<String, Fault> {
        Ok(self.told(column)?.trim().to_owned())
    }

    /// The same as it stands there, with blanks around it.
    fn told(&self, column: &str) -> Result<Cow<'a, str>, Fault> {
        scalar(self.value(column)?).ok_or_else(|| Fault::of(column, "is no text"))
    }

    pub(super) fn maybe<T: Exact>(&self, column: &str) -> Result<Option<T>, Fault> {
        let text = self.told(column)?;
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        T::exact(text).map(Some).ok_or_else(|| Fault::of(column, format!("is not {}", T::WHAT)))
    }

    /// A value that must be there.
    pub(super) fn need<T: Exact>(&self, column: &str) -> Result<T, Fault> {
        self.maybe(column)?.ok_or_else(|| Fault::of(column, "is empty"))
    }

    /// SQL Server writes bits as booleans or as 0 and 1; sites also keep `Y` and `N`.
    pub(super) fn flag(&self, column: &str) -> Result<bool, Fault> {
        match self.text(column)?.to_ascii_lowercase().as_str() {
            "true" | "1" | "y" | "yes" => Ok(true),
            "false" | "0" | "n" | "no" | "" => Ok(false),
            _ => Err(Fault::of(column, "is neither true nor false")),
        }
    }

    /// An amount; what a database's float put beside a penny is taken for that penny.
    pub(super) fn money(&self, column: &str) -> Result<Money, Fault> {
        match self.need(column) {
            Err(fault) if !fault.of_set_up => {
                self.told(column).ok().and_then(|text| penny(text.trim())).ok_or(fault)
            }
            read => read,
        }
    }

    /// A quantity that may be finer than the thousandths that are counted, cut by `cut`.
    pub(super) fn maybe_cut(
        &self,
        column: &str,
        cut: fn(&str) -> Option<Quantity>,
    ) -> Result<Option<Quantity>, Fault> {
        let text = self.told(column)?;
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        cut(text).map(Some).ok_or_else(|| Fault::of(column, format!("is not {QUANTITY}")))
    }

    /// The earlier and the later moment that a local time can mean; nearly always they are one.
    pub(super) fn moments(&self, column: &str) -> Result<Option<(Timestamp, Timestamp)>, Fault> {
        let text = self.told(column)?;
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let moments = parse_both(text, self.shape.zone);
        moments.map(Some).ok_or_else(|| Fault::of(column, "is no date and time"))
    }

    /// Where local time leaves two moments open, the later one.
    pub(super) fn latest_moment(&self, column: &str) -> Result<Option<Timestamp>, Fault> {
        Ok(self.moments(column)?.map(|(_, later)| later))
    }

    /// Where local time leaves two moments open, the earlier one.
    pub(super) fn moment(&self, column: &str) -> Result<Option<Timestamp>, Fault> {
        Ok(self.moments(column)?.map(|(earlier, _)| earlier))
    }

    /// A date and time as OrderWise's wall clock shows it.
    pub(super) fn wall_clock(&self, column: &str) -> Result<Option<LocalTime>, Fault> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Ok(None);
        }
        let local = if has_zone(&text) {
            text.parse::<jiff::Timestamp>().map(|moment| self.shape.zone.to_datetime(moment))
        } else {
            text.parse::<civil::DateTime>()
        };
        let local = local.map_err(|_| Fault::of(column, "is no date and time"))?;
        Ok(Some(LocalTime(local)))
    }

    /// A flag where null says something else than no.
    pub(super) fn maybe_flag(&self, column: &str) -> Result<Option<bool>, Fault> {
        if self.text(column)?.is_empty() { Ok(None) } else { self.flag(column).map(Some) }
    }

    /// The row as what could not be read.
    fn odd(&self, at: &str, fault: Fault) -> OddRow {
        let text = |column| self.text(column).ok().filter(|text| !text.is_empty());
        let id = |column| self.maybe(column).ok().flatten();
        OddRow {
            path: format!("{at}.{}", fault.column),
            what: fault.what,
            sku: text("sku"),
            location_id: id("stockLocationId"),
            order_id: id("orderId"),
            order_number: text("orderNumber"),
            reference: text("reference"),
            of_set_up: fault.of_set_up,
        }
    }
}

/// Free stock may have more decimals than a till can sell: `1.23456` is 1.234, `-0.0001` is -0.001.
pub(super) fn rounded_down(text: &str) -> Option<Quantity> {
    if let Some(exact) = Quantity::exact(text) {
        return Some(exact);
    }
    let text = plain(text)?;
    let (whole, fraction) = text.split_once('.')?;
    if fraction.len() <= 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let cut = Quantity::exact(&format!("{whole}.{}", &fraction[..3]))?;
    let finer = fraction[3..].bytes().any(|b| b != b'0');
    let below = i64::from(finer && whole.starts_with('-'));
    Some(Quantity::from_thousandths(cut.thousandths() - below))
}

/// What is held back is rounded up, so that doubt lowers what can be sold.
pub(super) fn rounded_up(text: &str) -> Option<Quantity> {
    let turned = text.strip_prefix('-').map_or_else(|| format!("-{text}"), str::to_owned);
    rounded_down(&turned).map(|turned| -turned)
}

/// The penny that is not farther away than a millionth: `2.0000000000000018` is 2.00.
fn penny(text: &str) -> Option<Money> {
    let text = plain(text)?;
    let (whole, fraction) = text.split_once('.')?;
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let cut = Money::exact(&format!("{whole}.{}", fraction.get(..2)?))?;
    let up = Money::from_pence(if whole.starts_with('-') { -1 } else { 1 });
    match fraction.get(2..6)? {
        "0000" => Some(cut),
        "9999" => Some(cut + up),
        _ => None,
    }
}

/// The earlier and the later moment that a local time means: in the hour that a clock change
/// repeats they are an hour apart.
fn parse_both(text: &str, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    if has_zone(text)
        && let Ok(moment) = text.parse::<jiff::Timestamp>()
    {
        return Some((moment.into(), moment.into()));
    }
    let local: civil::DateTime = text.parse().ok()?;
    let moments = zone.to_ambiguous_timestamp(local);
    if matches!(moments.offset(), AmbiguousOffset::Fold { .. }) {
        let later = moments.later().ok()?;
        return Some((moments.earlier().ok()?.into(), later.into()));
    }
    let moment = moments.compatible().ok()?.into();
    Some((moment, moment))
}

/// Whether something stands behind the time: an export of a hundred thousand rows has no time for
/// asking the hard way.
fn has_zone(text: &str) -> bool {
    text.get(10..).is_some_and(|time| time.contains(['Z', 'z', '+', '-']))
}

#[cfg(test)]
mod tests {
    use daybook_domain::{Money, Quantity, Timestamp};
    use jiff::tz::TimeZone;

    use super::{super::exports::format_local, parse_both, penny, rounded_down, rounded_up};

    #[test]
    fn both_sides_of_both_clock_changes() {
        let zone = TimeZone::get("Europe/London").unwrap();
        for (local, utc) in [
            ("2026-03-29T00:59:59", "2026-03-29T00:59:59Z"),
            ("2026-03-29T02:00:00", "2026-03-29T01:00:00Z"),
            ("2026-10-25T01:30:00", "2026-10-25T00:30:00Z"),
            ("2026-10-25T02:00:00", "2026-10-25T02:00:00Z"),
        ] {
            let moment: Timestamp = utc.parse::<jiff::Timestamp>().unwrap().into();
            assert_eq!(parse_both(local, &zone).map(|both| both.0), Some(moment), "{local}");
            assert_eq!(format_local(moment, &zone), local);
        }
        for text in
            ["2026-07-01 10:00:00.123", "2026-07-01T10:00:00.123", "2026-07-01T09:00:00.123Z"]
        {
            let moment = parse_both(text, &zone).unwrap().0;
            assert_eq!(moment.micros(), 1_782_896_400_123_000, "{text}");
        }
        assert_eq!(parse_both("yesterday", &zone), None);
    }

    #[test]
    fn an_hour_that_comes_twice_is_taken_as_asked() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let at = |utc: &str| Some(utc.parse::<jiff::Timestamp>().unwrap().into());
        let both = |text: &str| parse_both(text, &zone).map(|(one, two)| (Some(one), Some(two)));
        let wanted = (at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z"));
        assert_eq!(both("2026-10-25T01:30:00"), Some(wanted));
        for plain in [
            "2026-10-25T02:00:00",
            "2026-07-01T09:00:00",
            "2026-01-01T09:00:00Z",
            "2026-03-29T01:30:00",
        ] {
            let (one, two) = both(plain).unwrap();
            assert_eq!(one, two, "{plain}");
        }
    }

    #[test]
    fn free_stock_finer_than_thousandths_is_rounded_down() {
        for (text, thousandths) in [
            ("1.23456", 1_234),
            ("-0.0001", -1),
            ("-1.2340", -1_234),
            ("23.0", 23_000),
            ("-3", -3_000),
            ("1e-7", 0),
            ("-1e-7", -1),
            ("2.5E1", 25_000),
        ] {
            assert_eq!(rounded_down(text).map(Quantity::thousandths), Some(thousandths), "{text}");
        }
        for text in ["", "a", "1.2345x", "1,5", "1e9999", "1e15"] {
            assert_eq!(rounded_down(text), None, "{text}");
        }
    }

    #[test]
    fn a_buffer_finer_than_thousandths_is_rounded_up() {
        for (text, thousandths) in
            [("1.2345", 1_235), ("1.2340", 1_234), ("-1.2345", -1_234), ("1e-7", 1), ("2", 2_000)]
        {
            assert_eq!(rounded_up(text).map(Quantity::thousandths), Some(thousandths), "{text}");
        }
        assert_eq!(rounded_up("n/a"), None);
    }

    #[test]
    fn what_a_float_put_beside_a_penny_is_that_penny() {
        for (text, pence) in [
            ("2.0000000000000018", 200),
            ("1.9999999999", 200),
            ("-12.3399999", -1_234),
            ("12.3400001", 1_234),
            ("-0.0000000001", 0),
            ("-0.009999999", -1),
            ("1e-9", 0),
        ] {
            assert_eq!(penny(text).map(Money::pence), Some(pence), "{text}");
        }
        for text in ["12.345", "12.34001", "1.99998", "a", "1.00000x", ""] {
            assert_eq!(penny(text), None, "{text}");
        }
    }
}
