//! The statements: which rows, and the columns of design, section 7, in their order.

use std::{collections::BTreeSet, sync::Arc};

use super::table::{Cell, Table};
use crate::orderwise::{
    Document, Given,
    state::{State, fold},
    uk_time,
};

pub(super) const DOCUMENT: &[&str] = &[
    "orderId",
    "orderNumber",
    "reference",
    "orderType",
    "orderDate",
    "storedAt",
    "net",
    "tax",
    "gross",
    "status",
];

pub(super) const LINE: &[&str] = &[
    "orderId",
    "lineNumber",
    "sku",
    "quantity",
    "net",
    "tax",
    "gross",
    "taxCode",
    "stockLocationId",
];

pub(super) const STOCK: &[&str] =
    &["sku", "stockLocationId", "freeStock", "buffer", "lastCalculated"];

pub(super) const VARIANT: &[&str] = &[
    "variantId",
    "sku",
    "productCode",
    "description",
    "ean",
    "priceExcVat",
    "priceIncVat",
    "taxRateId",
    "taxCode",
    "taxRate",
    "saleable",
    "onTills",
    "discontinued",
    "kit",
    "lastAmended",
];

/// `where reference = @reference`.
pub(super) fn lookup(state: &State, table: &mut Table, reference: &str, now: i64) {
    let wanted = fold(reference);
    for found in state.documents.by_reference(reference) {
        if found.visible_from <= now && fold(found.reference()) == wanted {
            document(state, table, found);
        }
    }
}

/// `where orderDate >= @from and orderDate < @to`.
pub(super) fn totals(state: &State, table: &mut Table, from: i64, to: i64, now: i64) {
    for found in state.documents.by_date(from, to).filter(|found| found.visible_from <= now) {
        document(state, table, found);
    }
}

fn document(state: &State, table: &mut Table, document: &Document) {
    let switches = &state.switches;
    let stored_at = (!switches.stored_at_null).then(|| {
        let wall = uk_time::wall(document.stored_at);
        if switches.stored_at_whole_seconds { uk_time::whole_seconds(wall) } else { wall }
    });
    table.row(&[
        Cell::Int(document.order_id),
        Cell::Text(&document.order_number()),
        Cell::Text(document.reference()),
        Cell::Int(i64::from(document.order_type)),
        Cell::Time(document.order_date),
        Cell::or_null(stored_at, Cell::Time),
        Cell::Money(document.net),
        Cell::Money(document.tax),
        Cell::Money(document.gross),
        Cell::Text(&document.status),
    ]);
}

/// Lines of the documents of [`totals`].
pub(super) fn lines(state: &State, table: &mut Table, from: i64, to: i64, now: i64) {
    for found in state.documents.by_date(from, to).filter(|found| found.visible_from <= now) {
        for (number, line) in (1..).zip(&found.lines) {
            let code = state.tax_rates.get(&line.tax_rate_id).map(|rate| rate.code.as_str());
            table.row(&[
                Cell::Int(found.order_id),
                Cell::Int(number),
                Cell::Text(&line.sku),
                Cell::Decimal(line.quantity),
                Cell::Money(line.net),
                Cell::Money(line.tax),
                Cell::Money(line.gross),
                Cell::or_null(code, Cell::Text),
                Cell::Int(line.location),
            ]);
        }
    }
}

/// `where lastCalculated >= @since`, with the switch as of a while ago.
pub(super) fn stock(state: &mut State, table: &mut Table, since: i64, now: i64) {
    let lag = i64::from(state.switches.stock_export_lag_s) * 1_000_000;
    let (given, keep) = (&mut state.given, state.switches.keep_given);
    state.variants.stock_since(since, now - lag, |row| {
        table.row(&[
            Cell::Text(row.sku),
            Cell::Int(row.location),
            Cell::Decimal(row.figure),
            Cell::or_null(row.buffer, Cell::Decimal),
            Cell::Time(row.calculated.wall),
        ]);
        if keep {
            given.push(Given {
                sku: Arc::clone(row.sku),
                location: row.location,
                figure: row.figure,
                calculated: row.calculated,
            });
        }
    });
}

/// The columns that a site added to the statement: whatever any variant has.
pub(super) fn added(state: &State) -> BTreeSet<&str> {
    state.variants.iter().flat_map(|one| one.variant.more.keys()).map(String::as_str).collect()
}

/// `where lastAmended >= @since`. Saleable is what 5.1 infers: sale variant, not discontinued.
pub(super) fn variants(state: &State, table: &mut Table, since: i64) {
    let added = added(state);
    for stocked in state.variants.since(since) {
        let variant = &stocked.variant;
        let rate = state.tax_rates.get(&variant.tax_rate_id);
        let mut cells = vec![
            Cell::Int(variant.id),
            Cell::Text(&variant.sku),
            Cell::Text(&variant.product_code),
            Cell::Text(&variant.description),
            Cell::or_null(variant.ean.as_deref(), Cell::Text),
            Cell::Decimal(variant.price_exc_vat),
            Cell::Decimal(variant.price_inc_vat),
            Cell::Int(variant.tax_rate_id),
            Cell::or_null(rate.map(|rate| rate.code.as_str()), Cell::Text),
            Cell::or_null(rate.map(|rate| rate.percent), Cell::Decimal),
            Cell::Bit(variant.can_be_ordered()),
            Cell::or_null(variant.on_tills, Cell::Bit),
            Cell::Bit(variant.discontinued),
            Cell::Bit(variant.kit),
            Cell::Time(stocked.last_amended),
        ];
        let more = added.iter().map(|name| variant.more.get(*name));
        cells.extend(more.map(|value| Cell::or_null(value.map(String::as_str), Cell::Text)));
        table.row(&cells);
    }
}
