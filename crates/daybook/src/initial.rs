//! Mappings that the configuration brings: added where the book has none under that key.

use std::collections::HashSet;

use daybook_domain::mapping::MappingRow;
use daybook_flows::{App, people};
use daybook_store::mapping;

use crate::{context::Context, failure::Failure};

/// Who put them there, on the record.
const ACTOR: &str = "configuration";

/// Adds what is missing. What people changed later always wins.
pub(crate) async fn apply(context: &Context, app: &App) -> Result<(), Failure> {
    let wanted = context.config.initial_mapping()?;
    if wanted.is_empty() {
        return Ok(());
    }
    let there = mapping::load(&app.db).await?.rows;
    let known: HashSet<_> = there.iter().map(|row| (row.kind, row.key.as_str())).collect();
    let new: Vec<MappingRow> =
        wanted.into_iter().filter(|row| !known.contains(&(row.kind, row.key.as_str()))).collect();
    if !new.is_empty() {
        people::set_mapping(app, &new, ACTOR).await?;
        tracing::info!(rows = new.len(), "mappings of the configuration added");
    }
    Ok(())
}
