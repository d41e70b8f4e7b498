//! Mappings from a CSV file: what it would change, fix and break first, then it is brought in.

use askama::Template;
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::mapping::{MappingKind, MappingRow};
use daybook_flows::{
    desk::mappings::{self, Incoming},
    mapping_csv, people,
    sales::foresee::{Change, foresee},
};
use serde::Deserialize;

use super::{
    PageError, Section, Shell,
    effect::{EffectTold, effect_told},
    mappings::kind_of,
    say, shell,
};
use crate::{
    Web,
    access::Who,
    take::{At, Given},
};

/// Rows that the page lists; all are brought in.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "incoming.html")]
struct IncomingPage {
    shell: Shell,
    kind: &'static str,
    fields: String,
    csv: String,
    wrong: Vec<String>,
    told: Option<Told>,
}

/// What the file would change.
struct Told {
    counts: String,
    rows: Vec<(String, String, String)>,
    /// What looks like a slip.
    doubts: Vec<String>,
    more: usize,
    effect: Option<EffectTold>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Brought {
    csv: String,
    run: Option<String>,
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(kind): At<String>,
) -> Result<Response, PageError> {
    show(&web, &who, kind_of(&kind)?, Brought::default(), Ok(None))
}

pub(super) async fn bring(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(kind): At<String>,
    Given(brought): Given<Brought>,
) -> Result<Response, PageError> {
    let kind = kind_of(&kind)?;
    let rows = match mapping_csv::read_table(brought.csv.as_bytes(), kind) {
        Ok(rows) => rows,
        Err(fault) => return show(&web, &who, kind, brought, Err(fault.to_string())),
    };
    let told = match mappings::incoming(&web.app, rows).await {
        Ok(told) => told,
        Err(fault) if fault.code() == "mapping-csv" => {
            return show(&web, &who, kind, brought, Err(fault.to_string()));
        }
        Err(error) => return Err(error.into()),
    };
    if brought.run.is_some() {
        let rows = told.rows();
        let released = if rows.is_empty() {
            0
        } else {
            people::set_mapping(&web.app, &rows, &who.name).await?
        };
        return Ok(Redirect::to(&format!("/mappings/{kind}?done={released}")).into_response());
    }
    let rows = told.rows();
    let effect = if rows.is_empty() {
        None
    } else {
        Some(effect_told(&web, &foresee(&web.app, &Change::SetAll(rows)).await?))
    };
    show(&web, &who, kind, brought, Ok(Some((told, effect))))
}

type Looked = Result<Option<(Incoming, Option<EffectTold>)>, String>;

fn show(
    web: &Web,
    who: &Who,
    kind: MappingKind,
    brought: Brought,
    looked: Looked,
) -> Result<Response, PageError> {
    let (told, wrong) = match looked {
        Ok(told) => (told, Vec::new()),
        Err(what) => (None, what.lines().map(str::to_owned).collect()),
    };
    let page = IncomingPage {
        shell: Shell::new(web, who, Section::Mappings, format!("Mapping {kind} from a file")),
        kind: kind.word(),
        fields: std::iter::once("key")
            .chain(kind.fields().iter().copied())
            .collect::<Vec<_>>()
            .join(","),
        csv: brought.csv,
        wrong,
        told: told.map(|(told, effect)| told_of(&told, effect)),
    };
    shell::show(&page)
}

fn told_of(told: &Incoming, effect: Option<EffectTold>) -> Told {
    let same = i64::try_from(told.same).unwrap_or(i64::MAX);
    let same = say::count(same, "row is there already", "rows are there already");
    let was = told.before.iter().map(MappingRow::value_text);
    let fresh = told.new.iter().map(|row| (row, "nothing".to_owned()));
    let all = fresh.chain(told.changed.iter().zip(was));
    let rows = all.map(|(row, was)| (row.key.clone(), was, row.value_text())).take(SHOWN);
    Told {
        counts: format!("{} new, {} changed; {same}.", told.new.len(), told.changed.len()),
        rows: rows.collect(),
        doubts: told.doubts.clone(),
        more: (told.new.len() + told.changed.len()).saturating_sub(SHOWN),
        effect,
    }
}
