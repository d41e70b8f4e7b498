//! Export definitions: a list of parameters out, a list of rows back (facts/orderwise 1.8, design
//! section 7).

use std::borrow::Cow;

use daybook_domain::{
    Money, Quantity, Timestamp,
    catalogue::{Attribute, FullVariant},
    class::Failure,
    despatch::{Parcel, SentLine, ToldRow},
    document::Document,
    lookup::Variant,
    reconcile::witness::{LedgerDocument, LedgerLine, LocalTime},
    sku::fold,
};
use http::StatusCode;
use jiff::{
    civil,
    tz::{AmbiguousOffset, TimeZone},
};
use serde_json::value::RawValue;

use crate::{
    call::{Answer, read_json},
    number::Exact,
    reasons::complaints,
    text::{Members, scalar},
};

use super::{StockFigure, settings::ExportDefinition};

/// One parameter: our name and its value.
pub(super) type Parameter<'a> = (&'a str, &'a str);

/// The request body; without parameters clients send one nameless one.
pub(super) fn request(definition: &ExportDefinition, parameters: &[Parameter<'_>]) -> String {
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
    if parameters.is_empty() {
        return r#"[{"name":"","value":null}]"#.to_owned();
    }
    let items: Vec<String> = parameters
        .iter()
        .map(|(name, value)| {
            let name = definition.parameters.get(*name).map_or(*name, String::as_str);
            format!("{{\"name\":{},\"value\":{}}}", quoted(name), quoted(value))
        })
        .collect();
    format!("[{}]", items.join(","))
}

/// Reads the rows of an answer one by one, so that a large export is never held twice.
pub(super) fn rows<T>(
    answer: &Answer<'_>,
    purpose: &'static str,
    definition: &ExportDefinition,
    zone: &TimeZone,
    make: impl Fn(&Row<'_>) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let text = answer.text.trim();
    // 200 with nothing in it is what a server in trouble says, or a proxy for it. Read as "no
    // rows" it would say that an order in doubt is not there, and have it sent once more.
    let says_none = text == "null" || (text.is_empty() && answer.status == StatusCode::NO_CONTENT);
    if says_none {
        return Ok(Vec::new());
    }
    if text.starts_with('{')
        && let Some(what) = complaints(text).into_iter().next()
    {
        return Err(Failure::Drift { path: ".".to_owned(), what: format!("no rows: {what}") });
    }
    let raw: Vec<&RawValue> = read_json(answer)?;
    let shape = Shape { purpose, definition, zone };
    raw.iter().enumerate().map(|(place, raw)| shape.row(raw.get(), place, &make)).collect()
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
        make: impl Fn(&Row<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let members = serde_json::from_str(json)
            .map_err(|error| crate::call::drift::<Members<'_>>(json, &error))?;
        let Self { purpose, definition, zone } = *self;
        make(&Row { members, purpose, definition, place, zone })
    }
}

/// One row of an export.
pub(super) struct Row<'a> {
    members: Members<'a>,
    purpose: &'static str,
    definition: &'a ExportDefinition,
    place: usize,
    zone: &'a TimeZone,
}

impl<'a> Row<'a> {
    fn drift(&self, column: &str, what: impl Into<String>) -> Failure {
        let (purpose, id, place) = (self.purpose, self.definition.id, self.place);
        Failure::Drift { path: format!("{purpose}({id})[{place}].{column}"), what: what.into() }
    }

    /// The value of a column, by our name; a column that is not there is a fault of the set-up.
    fn value(&self, column: &str) -> Result<&'a str, Failure> {
        let theirs = self.definition.columns.get(column).map_or(column, String::as_str);
        self.members.get(theirs).map(RawValue::get).ok_or_else(|| {
            let (purpose, id) = (self.purpose, self.definition.id);
            self.drift(
                column,
                format!("export definition {id} ({purpose}) has no column '{theirs}'"),
            )
        })
    }

    fn text(&self, column: &str) -> Result<String, Failure> {
        Ok(self.told(column)?.trim().to_owned())
    }

    /// The same as it stands there, with blanks around it.
    fn told(&self, column: &str) -> Result<Cow<'a, str>, Failure> {
        scalar(self.value(column)?).ok_or_else(|| self.drift(column, "is no text"))
    }

    fn maybe<T: Exact>(&self, column: &str) -> Result<Option<T>, Failure> {
        let text = self.told(column)?;
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        T::exact(text).map(Some).ok_or_else(|| self.drift(column, format!("is not {}", T::WHAT)))
    }

    fn need<T: Exact>(&self, column: &str) -> Result<T, Failure> {
        self.maybe(column)?.ok_or_else(|| self.drift(column, "is empty"))
    }

    /// SQL Server writes bits as booleans or as 0 and 1; sites also keep `Y` and `N`.
    fn flag(&self, column: &str) -> Result<bool, Failure> {
        match self.text(column)?.to_ascii_lowercase().as_str() {
            "true" | "1" | "y" | "yes" => Ok(true),
            "false" | "0" | "n" | "no" | "" => Ok(false),
            _ => Err(self.drift(column, "is neither true nor false")),
        }
    }

    /// A quantity in thousandths; what is finer is rounded down, so that doubt lowers.
    fn need_rounded_down(&self, column: &str) -> Result<Quantity, Failure> {
        let text = self.told(column)?;
        rounded_down(text.trim())
            .ok_or_else(|| self.drift(column, format!("is not {}", Quantity::WHAT)))
    }

    /// The earlier and the later moment that a local time can mean; nearly always they are one.
    fn moments(&self, column: &str) -> Result<Option<(Timestamp, Timestamp)>, Failure> {
        let text = self.told(column)?;
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        let moments = parse_both(text, self.zone);
        moments.map(Some).ok_or_else(|| self.drift(column, "is no date and time"))
    }

    /// Where local time leaves two moments open, the later one.
    fn latest_moment(&self, column: &str) -> Result<Option<Timestamp>, Failure> {
        Ok(self.moments(column)?.map(|(_, later)| later))
    }

    /// Where local time leaves two moments open, the earlier one.
    fn moment(&self, column: &str) -> Result<Option<Timestamp>, Failure> {
        Ok(self.moments(column)?.map(|(earlier, _)| earlier))
    }

    /// A date and time as OrderWise's wall clock shows it.
    fn wall_clock(&self, column: &str) -> Result<Option<LocalTime>, Failure> {
        let text = self.text(column)?;
        if text.is_empty() {
            return Ok(None);
        }
        let local = if has_zone(&text) {
            text.parse::<jiff::Timestamp>().map(|moment| self.zone.to_datetime(moment))
        } else {
            text.parse::<civil::DateTime>()
        };
        let local = local.map_err(|_| self.drift(column, "is no date and time"))?;
        Ok(Some(LocalTime(local)))
    }

    /// A flag where null says something else than no.
    fn maybe_flag(&self, column: &str) -> Result<Option<bool>, Failure> {
        if self.text(column)?.is_empty() { Ok(None) } else { self.flag(column).map(Some) }
    }
}

/// A row of `stock-levels`; none where it has no code.
pub(super) fn stock_figure(row: &Row<'_>) -> Result<Option<StockFigure>, Failure> {
    let sku = row.text("sku")?;
    if sku.is_empty() {
        return Ok(None);
    }
    // Never calculated: as old as can be.
    let never = Timestamp::from_micros(0);
    let (earlier, later) = row.moments("lastCalculated")?.unwrap_or((never, never));
    Ok(Some(StockFigure {
        sku,
        location_id: row.need("stockLocationId")?,
        free: row.need_rounded_down("freeStock")?,
        buffer: row.maybe("buffer")?,
        calculated_at: earlier,
        calculated_at_latest: later,
    }))
}

/// A row of `order-lookup` or `order-totals`.
pub(super) fn document(row: &Row<'_>) -> Result<Document, Failure> {
    Ok(Document {
        order_id: row.need("orderId")?,
        order_number: row.text("orderNumber")?,
        reference: row.text("reference")?,
        order_type: row.need("orderType")?,
        stored_at: row.latest_moment("storedAt")?,
        net: row.need::<Money>("net")?,
        tax: row.need("tax")?,
        gross: row.need("gross")?,
        status: row.text("status")?,
    })
}

/// A row of `order-totals` with its order date.
pub(super) fn ledger_document(row: &Row<'_>) -> Result<LedgerDocument, Failure> {
    let order_date = row.wall_clock("orderDate")?;
    let order_date = order_date.ok_or_else(|| row.drift("orderDate", "is empty"))?;
    Ok(LedgerDocument {
        document: document(row)?,
        order_date,
        lines: None,
        payments: None,
        account: None,
    })
}

/// A row of `order-lines`, and whose line it is. A line of text has no code.
pub(super) fn ledger_line(row: &Row<'_>) -> Result<(i64, LedgerLine), Failure> {
    let line = LedgerLine {
        number: row.need("lineNumber")?,
        sku: row.text("sku")?,
        quantity: row.need("quantity")?,
        net: row.need("net")?,
        tax: row.need("tax")?,
        gross: row.need("gross")?,
        tax_code: Some(row.text("taxCode")?).filter(|code| !code.is_empty()),
        stock_location_id: row.maybe("stockLocationId")?,
    };
    Ok((row.need("orderId")?, line))
}

/// A row of `order-lookup` for one reference. A definition that finds others (by a prefix, say)
/// would make us take another sale's order for this one, so it is a fault of the set-up.
pub(super) fn document_of(row: &Row<'_>, reference: &str) -> Result<Document, Failure> {
    let document = document(row)?;
    if document.reference.eq_ignore_ascii_case(reference) {
        Ok(document)
    } else {
        Err(row.drift("reference", format!("asked for {reference}, but found another")))
    }
}

/// A row of `variants`; none where the variant has no code, because no till can name it. What
/// sales need must be there; of the rest, what cannot be read stops only the product. `category`
/// is the column that rules for buffers go by, `names` are those of attributes.
pub(super) fn variant(
    row: &Row<'_>,
    category: &str,
    names: &[String],
) -> Result<Option<FullVariant>, Failure> {
    let sku = row.text("sku")?;
    if sku.is_empty() {
        return Ok(None);
    }
    let variant = Variant {
        sku,
        variant_id: row.need("variantId")?,
        tax_rate_id: row.maybe("taxRateId")?,
        saleable: row.flag("saleable")?,
        discontinued: row.flag("discontinued")?,
    };
    let mut rest = Rest { row, faults: Vec::new() };
    Ok(Some(FullVariant {
        variant,
        product_code: rest.take("productCode", Row::text),
        category: fold(&rest.take(category, Row::text)),
        description: rest.take("description", Row::text),
        ean: Some(rest.take("ean", Row::text)).filter(|ean| !ean.is_empty()),
        price_exc_vat: rest.take("priceExcVat", Row::maybe),
        price_inc_vat: rest.take("priceIncVat", Row::maybe),
        tax_code: Some(rest.take("taxCode", Row::text)).filter(|code| !code.is_empty()),
        tax_rate: rest.take("taxRate", Row::maybe),
        on_tills: rest.take("onTills", Row::maybe_flag).unwrap_or(true),
        kit: rest.take("kit", Row::flag),
        last_amended: rest.take("lastAmended", Row::moment),
        attributes: names
            .iter()
            .map(|name| Attribute { name: name.clone(), value: rest.take(name, Row::text) })
            .filter(|attribute| !attribute.value.is_empty())
            .collect(),
        unreadable: rest.faults.join("; "),
    }))
}

/// Free stock may have more decimals than a till can sell: `1.23456` is 1.234, `-0.0001` is -0.001.
fn rounded_down(text: &str) -> Option<Quantity> {
    if let Some(exact) = Quantity::exact(text) {
        return Some(exact);
    }
    let (whole, fraction) = text.split_once('.')?;
    if fraction.len() <= 3 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let cut = Quantity::exact(&format!("{whole}.{}", &fraction[..3]))?;
    let finer = fraction[3..].bytes().any(|b| b != b'0');
    let below = i64::from(finer && whole.starts_with('-'));
    Some(Quantity::from_thousandths(cut.thousandths() - below))
}

/// Reads the columns that only products need.
struct Rest<'r, 'a> {
    row: &'r Row<'a>,
    faults: Vec<String>,
}

impl<'a> Rest<'_, 'a> {
    fn take<T: Default>(
        &mut self,
        column: &str,
        read: impl Fn(&Row<'a>, &str) -> Result<T, Failure>,
    ) -> T {
        read(self.row, column).unwrap_or_else(|failure| {
            self.faults.push(match failure {
                Failure::Drift { what, .. } if what.starts_with("export definition") => what,
                Failure::Drift { what, .. } => format!("{column} {what}"),
                other => other.to_string(),
            });
            T::default()
        })
    }
}

/// A row of `despatches`. An empty `deliveryId` means that nothing has left.
pub(super) fn despatch(row: &Row<'_>) -> Result<ToldRow, Failure> {
    let some = |column| row.text(column).map(|text| Some(text).filter(|text| !text.is_empty()));
    let delivery_id = row.maybe::<i64>("deliveryId")?;
    let delivery = match delivery_id {
        None => None,
        Some(delivery_id) => Some(Parcel {
            delivery_id,
            despatched_at: row.moment("despatchedAt")?,
            courier: some("courier")?,
            consignment: some("consignmentNumber")?,
            tracking_url: some("trackingUrl")?,
        }),
    };
    let sku = row.text("sku")?;
    let line = match row.maybe::<Quantity>("quantity")? {
        Some(quantity) if delivery.is_some() && !sku.is_empty() => {
            Some(SentLine { number: row.maybe("lineNumber")?, sku, quantity })
        }
        _ => None,
    };
    Ok(ToldRow {
        order_id: row.need("orderId")?,
        order_number: row.text("orderNumber")?,
        reference: row.text("reference")?,
        status: row.text("orderStatus")?,
        delivery,
        line,
    })
}

/// A moment as OrderWise writes and expects it: local, without zone, whole seconds.
pub(super) fn format_local(moment: Timestamp, zone: &TimeZone) -> String {
    format_wall(zone.to_datetime(moment.to_jiff()))
}

/// A wall clock's date and time, whole seconds.
pub(super) fn format_wall(local: civil::DateTime) -> String {
    local.strftime("%Y-%m-%dT%H:%M:%S").to_string()
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
    use daybook_domain::{Quantity, Timestamp};
    use jiff::tz::TimeZone;

    use super::{format_local, parse_both, request, rounded_down};
    use crate::orderwise::ExportDefinition;

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
        ] {
            assert_eq!(rounded_down(text).map(Quantity::thousandths), Some(thousandths), "{text}");
        }
        for text in ["", "a", "1.2345x", "1,5", "1e9999"] {
            assert_eq!(rounded_down(text), None, "{text}");
        }
    }

    #[test]
    fn parameters_as_the_server_wants_them() {
        let mut definition = ExportDefinition::new(12);
        assert_eq!(request(&definition, &[]), r#"[{"name":"","value":null}]"#);
        definition.parameters.insert("@from".into(), "@start".into());
        assert_eq!(
            request(&definition, &[("@from", "a"), ("@to", "b\"")]),
            r#"[{"name":"@start","value":"a"},{"name":"@to","value":"b\""}]"#
        );
    }
}
