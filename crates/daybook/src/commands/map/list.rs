//! `daybook map list`

use daybook_domain::mapping::MappingKind;
use daybook_store::mapping::{self, StoredMapping};
use serde::Serialize;

use crate::{commands::Ended, context::Context, failure::Failure, printer, words};

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Listed {
    mappings: Vec<StoredMapping>,
}

/// Shows what is mapped.
pub(super) async fn run(context: &Context, kind: Option<MappingKind>) -> Result<Ended, Failure> {
    let listed = Listed { mappings: rows(context, kind).await? };
    context.printer.result(&listed, |listed| {
        if listed.mappings.is_empty() {
            return String::new();
        }
        let zone = context.zone();
        let rows = listed.mappings.iter().map(|stored| {
            let (row, at) = (&stored.row, words::moment(stored.updated_at, &zone));
            let by = stored.updated_by.clone();
            vec![row.kind.to_string(), row.key.clone(), row.value_text(), by, at]
        });
        printer::table(&["kind", "key", "value", "by", "changed"], &[], rows.collect())
    })?;
    if listed.mappings.is_empty() {
        let what =
            kind.map_or_else(|| "nothing is mapped".to_owned(), |it| format!("no {it} is mapped"));
        context.printer.talk(&format!("{what}; `daybook map set --help` tells how"));
    }
    Ok(Ended::Done)
}

/// The mappings of the book, by kind and key.
pub(super) async fn rows(
    context: &Context,
    kind: Option<MappingKind>,
) -> Result<Vec<StoredMapping>, Failure> {
    let book = context.existing_book().await?;
    let mut rows = mapping::list(&book).await?;
    rows.retain(|stored| kind.is_none_or(|kind| stored.row.kind == kind));
    rows.sort_by(|a, b| (a.row.kind, &a.row.key).cmp(&(b.row.kind, &b.row.key)));
    Ok(rows)
}
