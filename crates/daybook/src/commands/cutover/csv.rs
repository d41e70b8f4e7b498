//! The lists of a cut-over as tables.

use csv::Writer;
use daybook_flows::cutover::{
    Comparison, Report,
    deeds::{HandedBack, HandedLine},
};
use daybook_web::export::csv::harmless;

use crate::failure::Failure;

/// What differs in stock.
pub(super) fn stock(compared: &Comparison) -> Result<Vec<u8>, Failure> {
    let head =
        ["warehouse", "location", "place", "sku", "tills", "free", "difference", "worth", "bucket"];
    let rows = compared.compared.rows.iter().map(|row| {
        vec![
            row.warehouse_id.to_string(),
            row.location_id.to_string(),
            harmless(&row.place),
            harmless(&row.sku),
            row.at_tills.map(|units| units.to_string()).unwrap_or_default(),
            row.free.map(|units| units.to_string()).unwrap_or_default(),
            row.difference.to_string(),
            row.worth.to_string(),
            row.bucket.word().to_owned(),
        ]
    });
    table(&head, rows)
}

/// The parallel run, a row a receipt.
pub(super) fn report(report: &Report) -> Result<Vec<u8>, Failure> {
    let head = [
        "order",
        "reference",
        "outcome",
        "kind",
        "recorded",
        "till gross",
        "till tax",
        "other reference",
        "other number",
        "other net",
        "other tax",
        "other gross",
        "difference",
        "would post lines",
        "would post gross",
        "would post payments",
        "would hold",
        "lines that differ",
    ];
    let rows = report.lines.iter().map(|line| {
        let found = line.found.first();
        let of = |take: &dyn Fn(&daybook_store::cutover::FoundCells) -> String| {
            found.map(take).unwrap_or_default()
        };
        let would = line.would_post.as_ref();
        vec![
            line.order_id.to_string(),
            line.reference.clone(),
            line.outcome.to_owned(),
            line.kind.to_string(),
            line.received_at.to_string(),
            line.till_gross.to_string(),
            line.till_tax.to_string(),
            of(&|one| harmless(&one.reference)),
            of(&|one| harmless(&one.order_number)),
            of(&|one| one.net.to_string()),
            of(&|one| one.tax.to_string()),
            of(&|one| one.gross.to_string()),
            line.difference.map(|money| money.to_string()).unwrap_or_default(),
            would.map(|one| one.lines.to_string()).unwrap_or_default(),
            would.map(|one| one.gross.to_string()).unwrap_or_default(),
            would.map(|one| one.payments.to_string()).unwrap_or_default(),
            harmless(&line.would_hold.join("; ")),
            harmless(&super::other_lines(line)),
        ]
    });
    table(&head, rows)
}

/// What the other integration must not post again.
pub(super) fn handed_back(handed: &HandedBack) -> Result<Vec<u8>, Failure> {
    let head = [
        "order",
        "reference",
        "other references",
        "state",
        "number",
        "gross",
        "posted",
        "settled",
        "by",
    ];
    let row = |line: &HandedLine, settled: &str, by: &str| {
        vec![
            line.row.order_id.to_string(),
            line.row.reference.clone(),
            harmless(&line.other_references.join(" ")),
            line.row.state.to_string(),
            line.row.erp_order_number.clone().unwrap_or_default(),
            line.row.gross.to_string(),
            line.row.posted_at.map(|at| at.to_string()).unwrap_or_default(),
            settled.to_owned(),
            by.to_owned(),
        ]
    };
    let posted = handed.posted.iter().map(|line| row(line, "yes", "daybook"));
    let by_it = handed.posted_by_it.iter().map(|line| row(line, "yes", "other"));
    let unsettled = handed.unsettled.iter().map(|line| row(line, "no", "daybook"));
    table(&head, posted.chain(by_it).chain(unsettled))
}

fn table(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, Failure> {
    let fault = |error: csv::Error| Failure::new("csv", error.to_string(), "please report it");
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(head).map_err(fault)?;
    for row in rows {
        writer.write_record(&row).map_err(fault)?;
    }
    writer.into_inner().map_err(|error| Failure::new("csv", error.to_string(), "please report it"))
}
