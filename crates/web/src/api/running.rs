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
    settlement::{
        balance::{self, Balance},
        people,
        show::{self, MatchCount, MoneyFile},
    },
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    ApiError, WHY, about,
    books::month_of,
    calls::{Answer, DONE, Done, PAGE, Why},
    told::Unkept,
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
            about("The month-end pack: its checks and all its tables.", &[]).or(&[409]),
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
            about("Stop a flow until it is resumed.", WHY),
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

/// Money on its way from payment providers.
#[derive(Debug, Serialize, JsonSchema)]
#[expect(clippy::struct_field_names, reason = "the names that programs read")]
struct Payouts {
    /// What each provider owes today.
    balances: Vec<Balance>,
    /// The latest payouts.
    payouts: Vec<show::PayoutView>,
    /// Matches by subject and state.
    matches: Vec<MatchCount>,
    /// Files that were imported last.
    files: Vec<MoneyFile>,
}

async fn payouts(State(web): State<Web>, Extension(who): Extension<Who>) -> Answer<Payouts> {
    who.sees_all_stores()?;
    let show::Overview { payouts, matches, files } = show::overview(&web.app, PAGE).await?;
    let balances = balance::at(&web.app, people::today(&web.app)).await?;
    Ok(Json(Payouts { balances, payouts, matches, files }))
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

/// Whether the record of acts is as it was written.
#[derive(Debug, Serialize, JsonSchema)]
struct Verified {
    /// It is.
    holds: bool,
    /// The first act that is not.
    broken_at: Option<i64>,
}

async fn verify(State(web): State<Web>, Extension(who): Extension<Who>) -> Answer<Verified> {
    who.sees_all_stores()?;
    let broken_at = health::verify(&web.app).await?;
    Ok(Json(Verified { holds: broken_at.is_none(), broken_at }))
}

async fn pause(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(flow): At<String>,
    Given(why): Given<Why>,
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
#[derive(Debug, Default, Serialize, JsonSchema)]
#[schemars(rename = "Shopper")]
struct ShopperTold {
    /// Their name.
    name: String,
    /// Their company.
    company: String,
    /// Their e-mail address.
    email: String,
    /// Their telephone.
    phone: String,
    /// Where they live, line by line.
    address: Vec<String>,
}

/// Who bought.
#[derive(Debug, Serialize, JsonSchema)]
struct Bought {
    /// Null where the till told of nobody.
    shopper: Option<ShopperTold>,
}

/// Not kept for repeats: each look is a look, and the book holds shoppers' data in one place.
async fn shopper(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(reference): At<String>,
) -> Result<Unkept<Bought>, ApiError> {
    let (reference, _) = entry_seen(&web, &who, &reference).await?;
    access::seen(&web.app, &who.name, &reference.to_string()).await?;
    let found = entry::shopper(&web.app, reference.order_id).await?;
    let shopper = found.map(|one| {
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
    Ok(Unkept(Bought { shopper }))
}
