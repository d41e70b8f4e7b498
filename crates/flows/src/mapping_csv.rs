//! Mappings as CSV: `kind,key,value`, or a column a field, as a spreadsheet likes it.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord, Trim, Writer};
use daybook_domain::mapping::{MappingKind, MappingRow};

use crate::error::FlowError;

/// Writes rows. Those of one kind get a column a field.
pub fn write(rows: &[MappingRow], kind: Option<MappingKind>) -> Result<Vec<u8>, FlowError> {
    let fault = |error: csv::Error| broken(error.to_string());
    let mut writer = Writer::from_writer(Vec::new());
    let fields = kind.map(MappingKind::fields);
    let mut head = vec!["kind", "key"];
    head.extend(fields.unwrap_or(&["value"]));
    writer.write_record(&head).map_err(fault)?;
    for row in rows {
        let mut cells = vec![row.kind.to_string(), row.key.clone()];
        match fields {
            Some(fields) => {
                let cell = |name: &&str| row.value.get(*name).cloned().unwrap_or_default();
                cells.extend(fields.iter().map(cell));
            }
            None => cells.push(row.value_text()),
        }
        writer.write_record(&cells).map_err(fault)?;
    }
    writer.into_inner().map_err(|error| broken(error.to_string()))
}

/// Reads rows. Every fault is named with its line before anything is refused.
pub fn read(text: &[u8], kind: Option<MappingKind>) -> Result<Vec<MappingRow>, FlowError> {
    // Spreadsheets begin a file with a byte order mark.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(true).from_reader(text);
    let head = reader.headers().map_err(|error| wrong(&[format!("line 1: {error}")]))?.clone();
    let known = |name: &str| ["kind", "key", "value"].contains(&name) || is_field(name);
    let strange: Vec<String> = head
        .iter()
        .filter(|name| !known(name))
        .map(|name| format!("line 1: '{name}' is not a column"))
        .collect();
    if !strange.is_empty() {
        return Err(wrong(&strange));
    }
    let (mut rows, mut faults) = (Vec::new(), Vec::new());
    for (at, record) in (2..).zip(reader.records()) {
        let row =
            record.map_err(|error| error.to_string()).and_then(|cells| row(&head, &cells, kind));
        match row {
            Ok(row) => rows.push(row),
            Err(what) => faults.push(format!("line {at}: {what}")),
        }
    }
    if faults.is_empty() { Ok(rows) } else { Err(wrong(&faults)) }
}

/// Reads the rows of one table; one of another is a fault.
pub fn read_table(text: &[u8], kind: MappingKind) -> Result<Vec<MappingRow>, FlowError> {
    let rows = read(text, Some(kind))?;
    let Some(other) = rows.iter().find(|row| row.kind != kind) else { return Ok(rows) };
    Err(wrong(&[format!("'{}' is a row of the table {}, not of {kind}", other.key, other.kind)]))
}

/// The desk writes an apostrophe before what a spreadsheet would take for a formula.
fn without_guard(cell: &str) -> &str {
    let guarded = cell.strip_prefix('\'');
    guarded.filter(|rest| rest.starts_with(['=', '+', '@', '-'])).unwrap_or(cell)
}

fn is_field(name: &str) -> bool {
    MappingKind::ALL.iter().any(|kind| kind.fields().contains(&name))
}

fn row(
    head: &StringRecord,
    cells: &StringRecord,
    kind: Option<MappingKind>,
) -> Result<MappingRow, String> {
    let mut named: BTreeMap<&str, &str> =
        head.iter().zip(cells.iter().map(without_guard)).collect();
    let kind = match (named.remove("kind").filter(|word| !word.is_empty()), kind) {
        (Some(word), _) => word.parse::<MappingKind>().map_err(|error| error.to_string())?,
        (None, Some(kind)) => kind,
        (None, None) => return Err("no kind; add the column or --kind".to_owned()),
    };
    let key = named.remove("key").unwrap_or_default();
    let value = named.remove("value").filter(|value| !value.is_empty());
    let fields: Vec<_> = named
        .into_iter()
        .filter(|(_, cell)| !cell.is_empty())
        .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
        .collect();
    let row = match (value, fields.is_empty()) {
        (Some(value), true) => MappingRow::new(kind, key, value),
        (Some(_), false) => return Err("use the column value, or the fields' columns".to_owned()),
        (None, _) => MappingRow::from_fields(kind, key, fields),
    };
    row.map_err(|fault| fault.to_string())
}

fn broken(what: String) -> FlowError {
    FlowError::request("csv", what, "please report it")
}

fn wrong(faults: &[String]) -> FlowError {
    let hint =
        "nothing was changed; the columns are kind, key and value, or kind, key and the fields";
    FlowError::request("mapping-csv", faults.join("\n"), hint)
}

#[cfg(test)]
mod tests {
    use daybook_domain::mapping::{MappingKind, MappingRow};

    use super::{read, write};

    fn rows() -> Vec<MappingRow> {
        vec![
            MappingRow::new(
                MappingKind::Store,
                "5",
                "account=LEEDS session=3 name='O''Neil, Leeds'",
            )
            .unwrap(),
            MappingRow::new(MappingKind::Store, "6", "account-id=7").unwrap(),
        ]
    }

    #[test]
    fn what_is_exported_can_be_imported() {
        for kind in [None, Some(MappingKind::Store)] {
            let text = write(&rows(), kind).unwrap();
            assert_eq!(read(&text, None).unwrap(), rows(), "{}", String::from_utf8_lossy(&text));
        }
        let text = b"\xef\xbb\xbfkey,account\r\n7,YORK\r\n";
        assert_eq!(
            read(text, Some(MappingKind::Store)).unwrap()[0].to_string(),
            "store 7 account=YORK"
        );
        // As the desk writes it for spreadsheets, and not where an apostrophe belongs to the name.
        let text = b"key,code\n'-OLD,'=NEW\n'Q,B\n";
        let rows = read(text, Some(MappingKind::Sku)).unwrap();
        let keys: Vec<&str> = rows.iter().map(|row| row.key.as_str()).collect();
        assert_eq!(keys, ["-old", "'q"]);
        assert_eq!(rows[0].value["code"], "=NEW");
    }

    #[test]
    fn every_fault_is_named_with_its_line() {
        let text = "kind,key,value\nsku,A,B\nshop,5,x\nstore,five,LEEDS\n,9,1\n";
        let message = read(text.as_bytes(), None).unwrap_err().to_string();
        let lines: Vec<&str> = message.lines().collect();
        assert_eq!(lines.len(), 3, "{message}");
        assert!(lines[0].starts_with("line 3: 'shop'") && lines[2].starts_with("line 5: no kind"));
        assert!(read(b"kind,key,acount\n", None).unwrap_err().to_string().contains("'acount'"));
    }
}
