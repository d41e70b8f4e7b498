//! The summary of the day, for a shop person and for a program.

use std::collections::BTreeMap;

use daybook_domain::{
    Money,
    causes::{Cause, Owner},
    entry::EntryState,
};
use daybook_flows::status;
use daybook_store::{
    entry::{self, EntryFilter},
    exception, finding,
};
use serde::Serialize;

use super::{
    DemoArgs,
    close::{self, DayLine},
    day::Ended,
    goods::{self, Goods},
    money::{self, CardMoney},
    proof::{self, Proof},
    world::{World, ZONE},
};
use crate::{commands::view::REFERENCE, failure::Failure};

/// How a day went. `--json` prints it; money is pence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Summary {
    /// The retailer's name.
    pub(super) retailer: String,
    /// The day, where the shops are.
    pub(super) day: String,
    /// Makes the same day again.
    pub(super) seed: u64,
    /// Whether nothing was on its way any more.
    pub(super) quiet: bool,
    /// What the tills count as sales and returns.
    pub(super) tills: Tills,
    /// Orders that were written down, of whatever kind.
    pub(super) received: i64,
    /// Entries that OrderWise has.
    pub(super) posted: i64,
    /// Of these, those that were read back.
    pub(super) confirmed: i64,
    /// Entries that are still on their way.
    pub(super) on_its_way: i64,
    /// Returns that wait for their sale.
    pub(super) waiting: i64,
    /// Entries that wait for a person.
    pub(super) held: i64,
    /// What is no sale, by reason.
    pub(super) set_aside: BTreeMap<String, u64>,
    /// Open exceptions by cause, the most money first.
    pub(super) exceptions: Vec<Group>,
    /// Faults that struck, by kind.
    pub(super) faults: BTreeMap<String, u64>,
    /// Documents whose tax differs from the till's, and by how much in all.
    pub(super) tax: Tax,
    /// An entry that was tried more than once, to look at.
    pub(super) tried_again: Option<String>,
    /// Till total = ledger total.
    pub(super) proof: Proof,
    /// What came back to the tills.
    pub(super) goods: Goods,
    /// What each store's day-close certificate says.
    pub(super) days: Vec<DayLine>,
    /// What of the card money arrived.
    pub(super) cards: Option<CardMoney>,
}

/// What the tills took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Tills {
    pub(super) sales: u64,
    pub(super) returns: u64,
    pub(super) gross: Money,
}

/// Siblings: one fix clears them all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Group {
    pub(super) cause: &'static str,
    pub(super) title: &'static str,
    pub(super) subject: String,
    pub(super) entries: i64,
    /// Without signs.
    pub(super) money: Money,
    pub(super) owner: Owner,
    pub(super) fix: &'static str,
    pub(super) command: String,
}

/// Differences of tax, which OrderWise works out by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Tax {
    pub(super) documents: i64,
    /// Ledger less till.
    pub(super) difference: Money,
}

/// Sums the day up.
pub(super) async fn sum_up(
    world: &World,
    args: &DemoArgs,
    ended: Ended,
) -> Result<Summary, Failure> {
    let state = status::summary(&world.app).await?;
    let count = |wanted: &[EntryState]| wanted.iter().map(|one| state.count(*one)).sum();
    let tills = world.sandbox.sitoo.till_totals();
    Ok(Summary {
        retailer: world.retailer.name.clone(),
        day: day(world),
        seed: args.seed,
        quiet: ended == Ended::Quiet,
        tills: Tills {
            sales: tills.count - tills.returns,
            returns: tills.returns,
            gross: Money::from_pence(tills.gross_pence),
        },
        received: count(&EntryState::ALL),
        posted: count(&[EntryState::Posted, EntryState::Confirmed]),
        confirmed: count(&[EntryState::Confirmed]),
        on_its_way: count(&[EntryState::Ready, EntryState::Posting, EntryState::InDoubt]),
        waiting: count(&[EntryState::Waiting]),
        held: count(&[EntryState::Held]),
        set_aside: set_aside(world).await?,
        exceptions: exceptions(world).await?,
        faults: faults(world),
        tax: tax(world).await?,
        tried_again: tried_again(world).await?,
        proof: proof::prove(world).await?,
        goods: goods::gather(world).await?,
        days: close::close(world).await?,
        cards: money::arrive(world).await?,
    })
}

fn day(world: &World) -> String {
    let zone = jiff::tz::TimeZone::get(ZONE).unwrap_or(jiff::tz::TimeZone::UTC);
    world.opening.to_jiff().to_zoned_datetime(zone).strftime("%A %-d %B %Y").to_string()
}

async fn set_aside(world: &World) -> Result<BTreeMap<String, u64>, Failure> {
    let filter = EntryFilter { state: Some(EntryState::SetAside), ..EntryFilter::default() };
    let mut reasons = BTreeMap::new();
    for row in entry::list(&world.app.db, &filter, usize::MAX >> 1).await? {
        *reasons.entry(row.reason.unwrap_or_default()).or_default() += 1;
    }
    Ok(reasons)
}

/// The oldest of those in OrderWise whose first try came to nothing.
async fn tried_again(world: &World) -> Result<Option<String>, Failure> {
    let filter = EntryFilter { state: Some(EntryState::Confirmed), ..EntryFilter::default() };
    let rows = entry::list(&world.app.db, &filter, usize::MAX >> 1).await?;
    let row = rows.into_iter().rfind(|row| row.attempt > 1);
    Ok(row.map(|row| row.reference))
}

async fn exceptions(world: &World) -> Result<Vec<Group>, Failure> {
    let groups = exception::open_grouped(&world.app.db).await?;
    Ok(groups
        .into_iter()
        .map(|group| {
            let cause = group.cause.entry();
            Group {
                cause: cause.code,
                title: cause.title,
                entries: group.count,
                money: group.money,
                owner: cause.owner,
                fix: cause.fix,
                command: command(world, group.cause, &group.subject),
                subject: group.subject,
            }
        })
        .collect())
}

/// The fix, with an answer filled in where the demo knows one.
fn command(world: &World, cause: Cause, subject: &str) -> String {
    let command = cause.entry().command_for(subject, REFERENCE);
    match (command.strip_suffix(" CODE"), command.strip_suffix(" METHOD-ID")) {
        (Some(command), _) => match sibling(world, subject) {
            Some(other) => format!("{command} {other}"),
            None => format!("{command} CODE"),
        },
        (_, Some(command)) => {
            let card = world.retailer.tenders.iter().find(|tender| tender.external_id == "CARD");
            format!("{command} {}", card.map_or(1, |tender| tender.payment_method_id))
        }
        _ => command,
    }
}

/// Another size or colour of the same style, with which nothing is wrong.
fn sibling(world: &World, sku: &str) -> Option<String> {
    let retailer = &world.retailer;
    let style = &retailer.sku(sku)?.product_code;
    let siblings = retailer.skus.iter().filter(|one| &one.product_code == style);
    let siblings = siblings.filter(|one| !retailer.troubles.concern(&one.sku));
    let alike = |other: &str| sku.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    siblings.max_by_key(|one| alike(&one.sku)).map(|one| one.sku.clone())
}

fn faults(world: &World) -> BTreeMap<String, u64> {
    let mut all: BTreeMap<String, u64> = BTreeMap::new();
    for faults in [&world.sandbox.orderwise_faults, &world.sandbox.sitoo_faults] {
        for (name, count) in faults.counts().faults {
            *all.entry(name.to_owned()).or_default() += count;
        }
    }
    all
}

async fn tax(world: &World) -> Result<Tax, Failure> {
    let totals = finding::totals(&world.app.db).await?;
    let tax = totals.into_iter().find(|total| total.what == "tax");
    Ok(tax.map_or(Tax { documents: 0, difference: Money::ZERO }, |total| Tax {
        documents: total.findings,
        difference: total.difference,
    }))
}
