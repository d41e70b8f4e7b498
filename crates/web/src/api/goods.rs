//! Stock, catalogue, despatch and the audit, for programs.

use axum::{Extension, Json, extract::State};
use daybook_domain::access::Right::See;
use daybook_flows::{
    audit::{self, Audited},
    catalogue::show,
    desk::goods::{self, BoardLine},
    stock::people::{self as stock, HistoryRow},
};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize, Serializer};

use super::{
    about,
    calls::{Answer, PAGE, unknown},
};
use crate::{
    Web,
    access::Who,
    desk::Routes,
    take::{Asked, At},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .call("/api/v1/stock", See, about("Stock over all stores.", &[]), all_stock)
        .call("/api/v1/stock/{sku}", See, about("A SKU in every store.", &[]), stock_of)
        .call(
            "/api/v1/stock/{sku}/decisions",
            See,
            about("What was decided about its level, the latest first.", &[]),
            decisions,
        )
        .call("/api/v1/catalogue", See, about("Products at a glance.", &[]), catalogue)
        .call("/api/v1/catalogue/{sku}", See, about("All about one product.", &[]), product)
        .call(
            "/api/v1/audit",
            See,
            about("The latest audit of both systems.", &[]).or(&[404, 409]),
            audit,
        )
        .call(
            "/api/v1/despatches",
            See,
            about("Orders with goods to come.", &[("after", "The `next` of the page before.")]),
            despatches,
        )
}

async fn all_stock(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
) -> Answer<goods::StockOverview> {
    let mut told = goods::stock(&web.app).await?;
    told.stores.retain(|one| who.may_see_store(Some(one.warehouse_id)));
    told.oversold.retain(|one| who.may_see_store(Some(one.warehouse_id)));
    told.suggestions.retain(|one| who.may_see_store(Some(one.warehouse_id)));
    Ok(Json(told))
}

async fn stock_of(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(sku): At<String>,
) -> Answer<stock::SkuStock> {
    let mut told = stock::show(&web.app, &sku).await.map_err(|error| match error.code() {
        "stock-sku-unknown" => unknown(error.to_string()),
        _ => error.into(),
    })?;
    told.stores.retain(|one| who.may_see_store(Some(one.warehouse_id)));
    Ok(Json(told))
}

/// Decisions about a SKU's level.
#[derive(Debug, Serialize, JsonSchema)]
struct Decisions {
    /// At most 200, the latest first.
    decisions: Vec<HistoryRow>,
}

async fn decisions(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(sku): At<String>,
) -> Answer<Decisions> {
    let mut decisions = stock::decisions(&web.app, &sku, None, PAGE).await?;
    decisions.retain(|one| who.may_see_store(Some(one.warehouse_id)));
    Ok(Json(Decisions { decisions }))
}

async fn catalogue(State(web): State<Web>) -> Answer<goods::CatalogueOverview> {
    Ok(Json(goods::catalogue(&web.app, PAGE).await?))
}

/// An audit, shown as the command line shows it.
#[derive(Debug)]
struct AuditTold(Audited);

impl Serialize for AuditTold {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        audit::show::shown(&self.0).serialize(serializer)
    }
}

impl JsonSchema for AuditTold {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        audit::show::Shown::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        audit::show::Shown::json_schema(generator)
    }
}

async fn audit(State(web): State<Web>, Extension(who): Extension<Who>) -> Answer<AuditTold> {
    who.sees_all_stores()?;
    let last = audit::last(&web.app).await?.ok_or_else(|| unknown("There is no audit yet"))?;
    Ok(Json(AuditTold(last)))
}

async fn product(State(web): State<Web>, At(sku): At<String>) -> Answer<show::Shown> {
    let shown = show::sku(&web.app, &sku).await?;
    shown.map(Json).ok_or_else(|| unknown(format!("OrderWise has no variant '{sku}'")))
}

/// The page that is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct After {
    after: i64,
}

/// A page of orders with goods to come.
#[derive(Debug, Serialize, JsonSchema)]
struct Despatches {
    /// The oldest first.
    despatches: Vec<BoardLine>,
    /// Send it as `after` to get the next page; null on the last one.
    next: Option<i64>,
}

async fn despatches(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<After>,
) -> Answer<Despatches> {
    let (mut despatches, next) = goods::board(&web.app, query.after, PAGE).await?;
    despatches.retain(|line| who.may_see_store(line.store));
    Ok(Json(Despatches { despatches, next }))
}
