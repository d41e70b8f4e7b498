//! Export definitions: a list of parameters out, a list of rows back (facts/orderwise 1.8, design
//! section 7).

use daybook_domain::{
    Quantity, Timestamp,
    catalogue::{Attribute, FullVariant},
    class::Failure,
    despatch::{Parcel, SentLine, ToldRow},
    document::Document,
    lookup::Variant,
    reconcile::witness::{LedgerDocument, LedgerLine},
    sku::fold,
};
use http::StatusCode;
use jiff::{civil, tz::TimeZone};
use serde_json::value::RawValue;

use crate::{
    call::{Answer, read_json},
    reasons::complaints,
};

use super::{
    StockFigure,
    row::{Fault, Row, Rows, Shape, Sorted, rounded_down, rounded_up},
    settings::ExportDefinition,
};

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
    shape: Shape<'_>,
    make: impl Fn(&Row<'_>) -> Result<Option<T>, Fault>,
) -> Result<Rows<T>, Failure> {
    let text = answer.text.trim();
    // 200 with nothing in it is what a server in trouble says, or a proxy for it. Read as "no
    // rows" it would say that an order in doubt is not there, and have it sent once more.
    let says_none = text == "null" || (text.is_empty() && answer.status == StatusCode::NO_CONTENT);
    if says_none {
        return Ok(Rows::default());
    }
    if text.starts_with('{')
        && let Some(what) = complaints(text).into_iter().next()
    {
        return Err(Failure::Drift { path: ".".to_owned(), what: format!("no rows: {what}") });
    }
    let raw: Vec<&RawValue> = read_json(answer)?;
    let mut sorted = Sorted::new();
    for (place, raw) in raw.iter().enumerate() {
        sorted.take(shape.row(raw.get(), place, &make))?;
    }
    sorted.end()?;
    Ok(sorted.rows)
}

/// A row of `stock-levels`; none where it has no code.
pub(super) fn stock_figure(row: &Row<'_>) -> Result<Option<StockFigure>, Fault> {
    let sku = row.text("sku")?;
    if sku.is_empty() {
        return Ok(None);
    }
    let free = row.maybe_cut("freeStock", rounded_down)?;
    // Never calculated: as old as can be.
    let never = Timestamp::from_micros(0);
    let (earlier, later) = row.moments("lastCalculated")?.unwrap_or((never, never));
    Ok(Some(StockFigure {
        sku,
        location_id: row.need("stockLocationId")?,
        free: free.ok_or_else(|| Fault::of("freeStock", "is empty"))?,
        buffer: row.maybe_cut("buffer", rounded_up)?,
        calculated_at: earlier,
        calculated_at_latest: later,
    }))
}

/// A row of `order-lookup` or `order-totals`.
pub(super) fn document(row: &Row<'_>) -> Result<Document, Fault> {
    Ok(Document {
        order_id: row.need("orderId")?,
        order_number: row.text("orderNumber")?,
        reference: row.text("reference")?,
        order_type: row.need("orderType")?,
        stored_at: row.latest_moment("storedAt")?,
        net: row.money("net")?,
        tax: row.money("tax")?,
        gross: row.money("gross")?,
        status: row.text("status")?,
    })
}

/// A row of `order-totals` with its order date.
pub(super) fn ledger_document(row: &Row<'_>) -> Result<LedgerDocument, Fault> {
    let order_date = row.wall_clock("orderDate")?;
    let order_date = order_date.ok_or_else(|| Fault::of("orderDate", "is empty"))?;
    Ok(LedgerDocument {
        document: document(row)?,
        order_date,
        lines: None,
        payments: None,
        account: None,
    })
}

/// A row of `order-lines`, and whose line it is. A line of text has no code.
pub(super) fn ledger_line(row: &Row<'_>) -> Result<(i64, LedgerLine), Fault> {
    let line = LedgerLine {
        number: row.need("lineNumber")?,
        sku: row.text("sku")?,
        quantity: row.need("quantity")?,
        net: row.money("net")?,
        tax: row.money("tax")?,
        gross: row.money("gross")?,
        tax_code: Some(row.text("taxCode")?).filter(|code| !code.is_empty()),
        stock_location_id: row.maybe("stockLocationId")?,
    };
    Ok((row.need("orderId")?, line))
}

/// A row of `order-lookup` for one reference. A definition that finds others (by a prefix, say)
/// would make us take another sale's order for this one, so it is a fault of the set-up.
pub(super) fn document_of(row: &Row<'_>, reference: &str) -> Result<Document, Fault> {
    let document = document(row)?;
    if document.reference.eq_ignore_ascii_case(reference) {
        Ok(document)
    } else {
        let what = format!("asked for {reference}, but found another");
        Err(Fault { of_set_up: true, ..Fault::of("reference", what) })
    }
}

/// A row of `variants`; none where the variant has no code, because no till can name it. The columns
/// that sales need must be there; any value that cannot be read stops only the product. `category`
/// is the column that rules for buffers go by, `names` are those of attributes.
pub(super) fn variant(
    row: &Row<'_>,
    category: &str,
    names: &[String],
) -> Result<Option<FullVariant>, Fault> {
    let sku = row.text("sku")?;
    if sku.is_empty() {
        return Ok(None);
    }
    let mut rest = Rest { row, faults: Vec::new() };
    let variant = Variant {
        sku,
        variant_id: rest.of_sales("variantId", Row::need)?,
        tax_rate_id: rest.of_sales("taxRateId", Row::maybe)?,
        saleable: rest.of_sales("saleable", Row::flag)?,
        discontinued: rest.of_sales("discontinued", Row::flag)?,
    };
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

/// Reads the columns of a product; what cannot be read is told with it.
struct Rest<'r, 'a> {
    row: &'r Row<'a>,
    faults: Vec<String>,
}

impl<'a> Rest<'_, 'a> {
    fn take<T: Default>(
        &mut self,
        column: &str,
        read: impl Fn(&Row<'a>, &str) -> Result<T, Fault>,
    ) -> T {
        self.kept(read(self.row, column))
    }

    /// The same of a column without which no sale could be judged.
    fn of_sales<T: Default>(
        &mut self,
        column: &str,
        read: impl Fn(&Row<'a>, &str) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        match read(self.row, column) {
            Err(fault) if fault.of_set_up => Err(fault),
            value => Ok(self.kept(value)),
        }
    }

    fn kept<T: Default>(&mut self, value: Result<T, Fault>) -> T {
        value.unwrap_or_else(|Fault { column, what, of_set_up }| {
            self.faults.push(if of_set_up { what } else { format!("{column} {what}") });
            T::default()
        })
    }
}

/// A row of `despatches`. An empty `deliveryId` means that nothing has left.
pub(super) fn despatch(row: &Row<'_>) -> Result<ToldRow, Fault> {
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

#[cfg(test)]
mod tests {
    use super::request;
    use crate::orderwise::ExportDefinition;

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
