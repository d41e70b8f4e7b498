//! Gaps as CSV: a row a record.

use csv::Writer;
use daybook_domain::audit::Report;

use crate::failure::Failure;

/// The table.
pub(super) fn bytes(report: &Report) -> Result<Vec<u8>, Failure> {
    let fault = |error: csv::Error| Failure::new("csv", error.to_string(), "please report it");
    let mut writer = Writer::from_writer(Vec::new());
    let head = ["severity", "kind", "owner", "record", "detail", "money", "fix"];
    writer.write_record(head).map_err(fault)?;
    for gap in &report.gaps {
        let row = gap.kind.row();
        for one in &gap.evidence {
            let money = one.money.to_string();
            let cells = [
                row.severity.word(),
                row.word,
                row.owner.word(),
                &guarded(&one.record),
                &guarded(&one.detail),
                &money,
                row.fix,
            ];
            writer.write_record(cells).map_err(fault)?;
        }
    }
    writer.into_inner().map_err(|error| Failure::new("csv", error.to_string(), "please report it"))
}

/// A spreadsheet takes what begins like a formula for one.
fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
