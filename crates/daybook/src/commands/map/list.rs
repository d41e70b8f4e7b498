//! `daybook map list`

use daybook_domain::mapping::{MappingKind, MappingRow};
use daybook_store::mapping;
use serde::Serialize;

use crate::{commands::Ended, context::Context, failure::Failure, printer};

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Listed {
    mappings: Vec<MappingRow>,
}

/// Shows what is mapped.
pub(super) async fn run(context: &Context, kind: Option<MappingKind>) -> Result<Ended, Failure> {
    let listed = Listed { mappings: rows(context, kind).await? };
    context.printer.result(&listed, |listed| {
        if listed.mappings.is_empty() {
            context.printer.talk("nothing is mapped; begin with `daybook map set --help`");
            return String::new();
        }
        let rows = listed.mappings.iter();
        let rows = rows.map(|row| vec![row.kind.to_string(), row.key.clone(), row.value_text()]);
        printer::table(&["kind", "key", "value"], &[], rows.collect())
    })?;
    Ok(Ended::Done)
}

/// The mappings of the book, by kind and key.
pub(super) async fn rows(
    context: &Context,
    kind: Option<MappingKind>,
) -> Result<Vec<MappingRow>, Failure> {
    let book = context.existing_book().await?;
    let mut rows = mapping::load(&book).await?.rows;
    rows.retain(|row| kind.is_none_or(|kind| row.kind == kind));
    rows.sort_by(|a, b| (a.kind, &a.key).cmp(&(b.kind, &b.key)));
    Ok(rows)
}
