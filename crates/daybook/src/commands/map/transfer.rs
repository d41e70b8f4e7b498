//! `daybook map import` and `daybook map export`

use std::{io::Read as _, path::Path};

use daybook_domain::mapping::{MappingKind, MappingRow};
use daybook_flows::{desk::mappings, mapping_csv, people};
use serde::Serialize;

use super::{list, released_words};
use crate::{
    commands::Ended,
    config::Need,
    context::{Context, is_terminal},
    failure::Failure,
    printer, words,
};

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Imported {
    new: Vec<MappingRow>,
    changed: Vec<MappingRow>,
    same: usize,
    /// What speaks against rows.
    doubts: Vec<String>,
    dry_run: bool,
    released: u64,
}

/// Reads rows from CSV and writes those that are new or different.
pub(super) async fn import(
    context: &Context,
    file: &Path,
    kind: Option<MappingKind>,
    (dry_run, anyway): (bool, bool),
) -> Result<Ended, Failure> {
    let rows = mapping_csv::read(&content(file)?, kind)
        .map_err(|error| Failure { wrong_use: true, ..error.into() })?;
    let app = context.app(Need::Book).await?;
    let told = mappings::incoming(&app, rows).await?;
    let mappings::Incoming { new, changed, same, doubts, .. } = told;
    if !dry_run && !anyway && !doubts.is_empty() {
        app.db.close().await;
        let what = format!("nothing was changed:\n  {}", doubts.join("\n  "));
        let hint = "correct the file, or say --anyway";
        return Err(Failure::wrong_use("mapping-doubts", what, hint));
    }
    let mut imported = Imported { new, changed, same, doubts, dry_run, released: 0 };
    let wanted = [imported.new.as_slice(), imported.changed.as_slice()].concat();
    if !dry_run && !wanted.is_empty() {
        imported.released = people::set_mapping(&app, &wanted, &context.actor).await?;
    }
    app.db.close().await;
    context.printer.result(&imported, people_words)?;
    Ok(Ended::Done)
}

fn people_words(imported: &Imported) -> String {
    let (new, changed) = (imported.new.len(), imported.changed.len());
    let counts = format!("{new} new, {changed} changed, {} as they were", imported.same);
    if imported.dry_run {
        let rows = imported.new.iter().map(|row| format!("new      {row}"));
        let rows = rows.chain(imported.changed.iter().map(|row| format!("changed  {row}")));
        return rows
            .chain(imported.doubts.iter().map(|doubt| format!("doubtful {doubt}")))
            .chain([format!("{counts}; nothing was written")])
            .collect::<Vec<_>>()
            .join("\n");
    }
    format!("{counts}\n{}", released_words(imported.released))
}

fn content(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut content = Vec::new();
    let read = if is_terminal(file) {
        std::io::stdin().read_to_end(&mut content).map(|_| content)
    } else {
        std::fs::read(file)
    };
    read.map_err(|error| Failure::file(file, &error))
}

/// Writes the book's mappings as CSV.
pub(super) async fn export(
    context: &Context,
    kind: Option<MappingKind>,
    output: Option<&Path>,
) -> Result<Ended, Failure> {
    let rows = list::rows(context, kind).await?.into_iter().map(|stored| stored.row);
    let rows: Vec<MappingRow> = rows.collect();
    let text = mapping_csv::write(&rows, kind)?;
    match output.filter(|path| path.as_os_str() != "-") {
        None => printer::data(&String::from_utf8_lossy(&text))?,
        Some(path) => {
            std::fs::write(path, text).map_err(|error| Failure::file(path, &error))?;
            let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
            let rows = words::count(count, "row", "rows");
            context.printer.talk(&format!("{}: {rows}", path.display()));
        }
    }
    Ok(Ended::Done)
}
