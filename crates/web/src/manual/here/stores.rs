//! This retailer's stores and mappings, as the book has them.

use std::fmt::Write as _;

use daybook_domain::mapping::MappingKind;
use daybook_flows::{FlowError, desk::mappings};

use super::mark;
use crate::{Web, access::Who};

/// Rows of one kind that are written out; further ones are at the desk.
const ROWS: usize = 60;

/// A store a heading, with what it is in both systems.
pub(super) async fn text(web: &Web, who: &Who) -> Result<String, FlowError> {
    let table = mappings::table(&web.app, MappingKind::Store).await?;
    let mut text = String::from(
        "Each store is known by a number in Sitoo (its warehouse) and by an account in OrderWise. \
         [Mappings](/mappings/store) has these rows, and their history.\n\n",
    );
    let mut shown = 0;
    for stored in &table.rows {
        let row = &stored.row;
        if !who.may_see_store(row.key.parse().ok()) {
            continue;
        }
        shown += 1;
        let field = |name: &str| row.value.get(name).map_or("–", String::as_str);
        let name = row.value.get("name").map_or(row.key.as_str(), String::as_str);
        let fact = |what: &str, value: &str| [what.to_owned(), mark::text(value)];
        let account = row.value.get("account").or_else(|| row.value.get("account-id"));
        let zone = row.value.get("zone").unwrap_or(&web.app.policy.default_time_zone);
        let companys = web.app.policy.currencies.first().map_or("–", String::as_str);
        let currency = row.value.get("currency").map_or(companys, String::as_str);
        let rows = [
            fact("Warehouse in Sitoo", &row.key),
            fact("Account in OrderWise", account.map_or("–", String::as_str)),
            fact("Session in OrderWise", field("session")),
            fact("Stock location", field("location")),
            fact("Home deliveries leave from", field("ships-from")),
            fact("Delivery method", field("delivery")),
            fact("Time zone", zone),
            fact("Currency", currency),
        ];
        let _ = write!(text, "## {}\n\n", mark::text(name));
        text.push_str(&mark::table(["What", "It is"], &rows));
    }
    if shown == 0 {
        text.push_str("**No store is mapped yet.** No sale can be posted before that.\n");
    }
    Ok(text)
}

/// Every kind of mapping, with its rows but those of SKUs and stores.
pub(super) async fn mappings(web: &Web, who: &Who) -> Result<String, FlowError> {
    let mut text = String::from(
        "A mapping says: this on the till is that in OrderWise. These are the rows at this moment. \
         How to change one: [Mappings](mappings.md).\n\n",
    );
    for kind in MappingKind::ALL {
        let table = mappings::table(&web.app, kind).await?;
        let count = table.rows.len();
        let _ = write!(text, "## {}\n\n{}\n\n", title(kind), what(kind));
        let _ = writeln!(text, "{count} rows. [At the desk](/mappings/{kind}).");
        if !table.missing.is_empty() && who.stores.is_none() {
            let missing: Vec<String> =
                table.missing.iter().take(ROWS).map(|one| mark::code(&one.key)).collect();
            let _ = writeln!(text, "**Missing, and waited for:** {}.", missing.join(", "));
        }
        text.push('\n');
        if matches!(kind, MappingKind::Sku | MappingKind::Store) || table.rows.is_empty() {
            continue;
        }
        let rows: Vec<[String; 3]> = table
            .rows
            .iter()
            .take(ROWS)
            .map(|stored| {
                let fields = stored.row.value.iter();
                let fields: Vec<String> =
                    fields.map(|(name, value)| format!("{name} {value}")).collect();
                let value = mark::text(&fields.join(", "));
                [mark::code(&stored.row.key), value, mark::text(&stored.updated_by)]
            })
            .collect();
        text.push_str(&mark::table(["On the till", "In OrderWise", "Written by"], &rows));
        if count > ROWS {
            let _ = write!(text, "And {} more.\n\n", count - ROWS);
        }
    }
    Ok(text)
}

const fn title(kind: MappingKind) -> &'static str {
    match kind {
        MappingKind::Sku => "SKUs",
        MappingKind::Vat => "VAT rates",
        MappingKind::Payment => "Payment types",
        MappingKind::Store => "Stores",
        MappingKind::Warehouse => "Warehouses that goods come back to",
        MappingKind::Reason => "Reasons of returns",
        MappingKind::Item => "Special lines",
        MappingKind::Group => "VAT groups of the tills",
        MappingKind::Pickup => "Stores that goods are collected in",
        MappingKind::Delivery => "Carriers",
        MappingKind::Status => "Status texts of OrderWise",
    }
}

const fn what(kind: MappingKind) -> &'static str {
    match kind {
        MappingKind::Sku => "Only where the till's code differs from OrderWise's.",
        MappingKind::Vat => "The tax rate of OrderWise for each rate at the till.",
        MappingKind::Payment => "The payment method of OrderWise, or that it is not posted.",
        MappingKind::Store => "Written out in [Your stores](here-stores.md).",
        MappingKind::Warehouse => "Where returned goods stand in OrderWise.",
        MappingKind::Reason => "Whether goods go back into stock, and where.",
        MappingKind::Item => "The item that cash rounding, fees or gift cards are posted with.",
        MappingKind::Group => "Sitoo's VAT group for a tax rate of OrderWise.",
        MappingKind::Pickup => "The location that collected goods leave from.",
        MappingKind::Delivery => "The delivery method for a carrier of the till.",
        MappingKind::Status => "What a status text means for the order at the till.",
    }
}
