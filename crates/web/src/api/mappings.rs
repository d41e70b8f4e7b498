//! Mappings, for programs.

use std::collections::BTreeMap;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use daybook_domain::{
    access::Right::{ChangeMappings, See},
    mapping::{MappingKind, MappingRow},
};
use daybook_flows::{
    desk::mappings,
    people::{self, RowChange},
    sales::foresee::{Change, Foresight, foresee},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{
    ApiError, about,
    calls::{Answer, Done, unknown},
    told::Marked,
};
use crate::{
    Web,
    access::Who,
    desk::{PageError, Routes, key_of, mapping_row},
    take::{Asked, At, Given},
};

const ROW: &[(&str, &str)] = &[
    ("key", "Its name on the till."),
    ("value", "Its fields, by name."),
    ("remove", "true: take the row away."),
];

pub(super) fn routes() -> Routes {
    Routes::default()
        .call("/api/v1/mappings", See, about("The tables, and how full they are.", &[]), tables)
        .call(
            "/api/v1/mappings/{kind}",
            See,
            about("A mapping table, and what is missing in it.", &[]),
            table,
        )
        .call(
            "/api/v1/mappings/{kind}/row",
            See,
            about("One row with its ETag and history.", &[("key", "Its name on the till.")])
                .or(&[422]),
            row,
        )
        .deed(
            "/api/v1/mappings/{kind}/foresee",
            ChangeMappings,
            about("What a change would fix and break; changes nothing.", ROW),
            foretold,
        )
        .deed(
            "/api/v1/mappings/{kind}/set",
            ChangeMappings,
            about("Set or remove a row; with If-Match only if it is as it was read.", ROW)
                .or(&[412]),
            set,
        )
}

fn kind_of(word: &str) -> Result<MappingKind, ApiError> {
    word.parse().map_err(|_| unknown(format!("There is no mapping table '{word}'")))
}

/// A mapping table in short.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MappingKindTold")]
struct TableTold {
    /// Its name.
    kind: MappingKind,
    /// Fields of its rows.
    fields: &'static [&'static str],
    /// How many rows it has.
    rows: usize,
}

/// All mapping tables.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MappingTables")]
struct Tables {
    /// In the order of the desk.
    tables: Vec<TableTold>,
}

async fn tables(State(web): State<Web>) -> Answer<Tables> {
    let counts = mappings::counts(&web.app).await?.into_iter();
    let tables = counts.map(|(kind, rows)| TableTold { kind, fields: kind.fields(), rows });
    Ok(Json(Tables { tables: tables.collect() }))
}

async fn table(State(web): State<Web>, At(kind): At<String>) -> Answer<mappings::MappingTable> {
    Ok(Json(mappings::table(&web.app, kind_of(&kind)?).await?))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Key {
    key: String,
}

/// The mark of a row: changes with anything about it.
fn mark(row: Option<&MappingRow>) -> String {
    let text = serde_json::to_string(&row).unwrap_or_default();
    let digest = Sha256::digest(text.as_bytes());
    let (short, _) = digest.split_at(8);
    format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(short))
}

/// A row, and how it came to be so.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MappingRowTold")]
struct RowTold {
    /// As it is; null where there is none of this key.
    row: Option<MappingRow>,
    /// Its changes, the latest first.
    history: Vec<mappings::RowChange>,
}

async fn row(
    State(web): State<Web>,
    At(kind): At<String>,
    Asked(query): Asked<Key>,
) -> Result<Marked<RowTold>, ApiError> {
    let kind = kind_of(&kind)?;
    let key = key_of(kind, &query.key)?;
    let row = mappings::row(&web.app, kind, &key).await?;
    let mark =
        HeaderValue::from_str(&mark(row.as_ref())).unwrap_or(HeaderValue::from_static("\"\""));
    let history = mappings::history(&web.app, kind, &key).await?;
    Ok(Marked(mark, RowTold { row, history }))
}

/// A row to try or to set.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Row {
    key: String,
    value: BTreeMap<String, String>,
    remove: bool,
}

async fn foretold(
    State(web): State<Web>,
    At(kind): At<String>,
    Given(row): Given<Row>,
) -> Answer<Foresight> {
    let kind = kind_of(&kind)?;
    let change = if row.remove {
        Change::Remove(kind, key_of(kind, &row.key)?)
    } else {
        Change::Set(made(kind, &row)?)
    };
    Ok(Json(foresee(&web.app, &change).await?))
}

fn made(kind: MappingKind, row: &Row) -> Result<MappingRow, ApiError> {
    mapping_row(kind, &row.key, &row.value).map_err(|what| {
        let hint = "correct the field";
        PageError::new(StatusCode::UNPROCESSABLE_ENTITY, "mapping", what, hint).into()
    })
}

async fn set(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(kind): At<String>,
    headers: HeaderMap,
    Given(row): Given<Row>,
) -> Answer<Done> {
    let kind = kind_of(&kind)?;
    let key = key_of(kind, &row.key)?;
    let wanted = if row.remove { None } else { Some(made(kind, &row)?) };
    // With If-Match only if the row is still as it was read, when it is written.
    let read = headers.get(header::IF_MATCH);
    let is_as_read = |row: Option<&MappingRow>| {
        read.is_none_or(|read| read.to_str().is_ok_and(|read| read == mark(row)))
    };
    let change = RowChange { kind, key: &key, wanted: wanted.as_ref() };
    let released = people::change_mapping(&web.app, change, is_as_read, &who.name).await?;
    let released = released.ok_or_else(|| {
        let what = "The row was changed since you read it";
        PageError::new(StatusCode::PRECONDITION_FAILED, "changed-meanwhile", what, "read it again")
    })?;
    Ok(Json(Done { done: true, entries: Some(released) }))
}
