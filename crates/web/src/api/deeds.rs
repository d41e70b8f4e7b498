//! What the desk's pages of mappings from files, buffers and shoppers' data do, for programs.

use axum::{Extension, Json, extract::State, http::StatusCode};
use daybook_domain::{
    access::Right::{ChangeMappings, EraseShoppers, ManageStock, See},
    mapping::MappingKind,
    stock::BufferRule,
};
use daybook_flows::{
    desk::mappings::{self, Incoming},
    erase::{self, Erasure},
    mapping_csv, people,
    sales::foresee::{Change, Foresight, foresee},
    stock::people as stock,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    about,
    calls::{Answer, DONE, Done},
};
use crate::{
    Web,
    access::Who,
    desk::{
        PageError, Routes,
        buffers::{self, RuleGiven},
        privacy::{self, WhoseGiven},
    },
    take::{At, Given},
};

const RULE: &[(&str, &str)] = &[
    ("scope", "sku, category, prefix, store or default."),
    ("key", "The SKU, the category or the beginning; empty for a store and for everything."),
    ("store", "The warehouse's id in Sitoo, as text; empty for every store."),
    ("amount", "Units (2), or a share with or without a floor (10%, 10%>=2)."),
];
const WHOSE: &[(&str, &str)] = &[
    ("entry", "The shopper of this entry; or"),
    ("email", "the shopper with this address, in every entry; or"),
    ("before", "all shoppers of what was taken before this day, 2019-11-24."),
    ("reason", "Why; kept on record."),
    ("run", "Anything: begin it. Without it, only what would go is told."),
];

pub(super) fn routes() -> Routes {
    Routes::default()
        .deed(
            "/api/v1/mappings/{kind}/import",
            ChangeMappings,
            about(
                "Rows from CSV: all, or none and every fault with its line.",
                &[
                    ("csv", "The file: the columns key and the table's fields."),
                    ("run", "true: write them. Without it, only what would change is told."),
                ],
            ),
            import,
        )
        .call(
            "/api/v1/stock-buffers",
            See,
            about("Rules for what is held back from the tills.", &[]),
            rules,
        )
        .deed("/api/v1/stock-buffers/set", ManageStock, about("Set a rule.", RULE), set)
        .deed("/api/v1/stock-buffers/remove", ManageStock, about("Take one away.", RULE), remove)
        .deed(
            "/api/v1/shoppers/erase",
            EraseShoppers,
            about("Take shoppers' data out of the book.", WHOSE),
            erase_shoppers,
        )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct File {
    csv: String,
    run: bool,
    /// Even if rows look like slips (`doubts`): without it nothing is written then.
    #[serde(default)]
    anyway: bool,
}

/// What a file changes, or would.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Imported {
    #[serde(flatten)]
    incoming: Incoming,
    /// What it would fix and break; null where nothing changes, and where it was written.
    effect: Option<Foresight>,
    /// Whether it was written.
    done: bool,
    /// How many entries that released.
    released: u64,
}

async fn import(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(kind): At<String>,
    Given(file): Given<File>,
) -> Answer<Imported> {
    let unknown = || PageError::not_found(format!("There is no mapping table '{kind}'"));
    let kind: MappingKind = kind.parse().map_err(|_| unknown())?;
    let rows = mapping_csv::read_table(file.csv.as_bytes(), kind)?;
    let incoming = mappings::incoming(&web.app, rows).await?;
    let rows = incoming.rows();
    let (mut effect, mut released) = (None, 0);
    if file.run && !file.anyway && !incoming.doubts.is_empty() {
        let what = format!("nothing was changed: {}", incoming.doubts.join("; "));
        let hint = "correct the file, or send anyway = true";
        return Err(PageError::new(StatusCode::CONFLICT, "mapping-doubts", what, hint).into());
    }
    if file.run && !rows.is_empty() {
        released = people::set_mapping(&web.app, &rows, &who.name).await?;
    } else if !rows.is_empty() {
        effect = Some(foresee(&web.app, &Change::SetAll(rows)).await?);
    }
    Ok(Json(Imported { incoming, effect, done: file.run, released }))
}

/// All rules that somebody may see.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BufferRules")]
pub(super) struct Rules {
    /// The rules; the first kind that fits counts.
    rules: Vec<BufferRule>,
}

async fn rules(State(web): State<Web>, Extension(who): Extension<Who>) -> Answer<Rules> {
    let mut rules = stock::buffers(&web.app).await?;
    rules.retain(|rule| rule.warehouse_id.is_none() || who.may_see_store(rule.warehouse_id));
    Ok(Json(Rules { rules }))
}

async fn set(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Given(rule): Given<RuleGiven>,
) -> Answer<Done> {
    buffers::set_rule(&web, &who, &rule).await?;
    Ok(Json(DONE))
}

async fn remove(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Given(rule): Given<RuleGiven>,
) -> Answer<Done> {
    buffers::unset_rule(&web, &who, &rule).await?;
    Ok(Json(DONE))
}

/// What would go, or that it was begun: see the record of activity for its end.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Erased {
    /// Whether it was begun.
    begun: bool,
    /// What would go, or goes.
    would: Option<Erasure>,
}

async fn erase_shoppers(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Given(given): Given<WhoseGiven>,
) -> Answer<Erased> {
    let whose = given.whose(&web)?;
    let plan = erase::erase(&web.app, &whose, false, (&who.name, given.reason()));
    let would = plan.await?;
    if given.run.is_none() {
        return Ok(Json(Erased { begun: false, would: Some(would) }));
    }
    privacy::begin(&web, &who, whose, given.reason());
    Ok(Json(Erased { begun: true, would: Some(would) }))
}
