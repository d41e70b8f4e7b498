//! Money that arrives, the month's pack, what runs, who bought: what the pages of these names show
//! and do.

use axum::{Extension, Json, extract::State};
use daybook_domain::{
    access::Right::{Operate, See, SeeShoppers},
    month::{self, pack::Pack},
};
use daybook_flows::{
    access,
    desk::{entry, health, operate},
    reconcile,
    settlement::{balance, people, show},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    about,
    calls::{Answer, DONE, Done, PAGE, month_of},
};
use crate::{
    Web,
    access::Who,
    desk::{Routes, entry_seen},
    take::{At, Given},
};

pub(super) fn routes() -> Routes {
    Routes::default()
        .call(
            "/api/v1/payouts",
            See,
            about("Payouts of payment providers, and what is not settled.", &[]),
            payouts,
        )
        .call(
            "/api/v1/months/{month}/pack",
            See,
            about("The month-end pack: its checks and all its tables.", &[]),
            pack,
        )
        .call(
            "/api/v1/activity/verify",
            See,
            about("Whether the record of acts is as it was written.", &[]),
            verify,
        )
        .deed(
            "/api/v1/flows/{flow}/pause",
            Operate,
            about("Stop a flow until it is resumed.", super::WHY),
            pause,
        )
        .deed("/api/v1/flows/{flow}/resume", Operate, about("Let a flow go on.", &[]), resume)
        .deed(
            "/api/v1/entries/{reference}/shopper",
            SeeShoppers,
            about("Who bought; that it was looked at goes on record.", &[]),
            shopper,
        )
}

async fn payouts(State(web): State<Web>, Extension(who): Extension<Who>) -> Answer<Value> {
    who.sees_all_stores()?;
    let overview = show::overview(&web.app, PAGE).await?;
    let balances = balance::at(&web.app, people::today(&web.app)).await?;
    Ok(Json(json!({
        "balances": balances, "payouts": overview.payouts, "matches": overview.matches,
        "files": overview.files,
    })))
}

async fn pack(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
) -> Answer<Pack> {
    who.sees_all_stores()?;
    let facts = reconcile::month::facts(&web.app, month_of(&month)?).await?;
    Ok(Json(month::pack::pack(&facts)))
}

async fn verify(State(web): State<Web>, Extension(who): Extension<Who>) -> Answer<Value> {
    who.sees_all_stores()?;
    let broken_at = health::verify(&web.app).await?;
    Ok(Json(json!({ "holds": broken_at.is_none(), "broken_at": broken_at })))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Reason {
    reason: String,
}

async fn pause(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(flow): At<String>,
    Given(why): Given<Reason>,
) -> Answer<Done> {
    operate::pause(&web.app, &flow, &who.name, &why.reason).await?;
    Ok(Json(DONE))
}

async fn resume(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(flow): At<String>,
) -> Answer<Done> {
    operate::resume(&web.app, &flow, &who.name).await?;
    Ok(Json(DONE))
}

/// A shopper as the till told of them; empty where it did not.
#[derive(Debug, Default, Serialize)]
struct ShopperTold {
    name: String,
    company: String,
    email: String,
    phone: String,
    address: Vec<String>,
}

/// Not kept for repeats: each look is a look, and the book holds shoppers' data in one place.
async fn shopper(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
) -> Result<axum::response::Response, super::ApiError> {
    let (reference, _) = entry_seen(&web, &who, &reference).await?;
    access::seen(&web.app, &who.name, &reference.to_string()).await?;
    let found = entry::shopper(&web.app, reference.order_id).await?;
    let told = found.map(|one| {
        let address =
            [one.address.line1, one.address.line2, one.address.town, one.address.postcode];
        ShopperTold {
            name: one.name,
            company: one.company,
            email: one.email,
            phone: one.phone,
            address: address.into_iter().filter(|line| !line.is_empty()).collect(),
        }
    });
    let body = Json(json!({ "shopper": told }));
    Ok(axum::response::IntoResponse::into_response((Extension(super::once::Forgotten), body)))
}
