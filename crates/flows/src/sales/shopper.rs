//! Shoppers who are customers of OrderWise of their own (policy `find-or-create`): found by e-mail
//! or membership number, else created once from a template customer. Never in the way of a sale:
//! what cannot be resolved stands on its store's account.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use daybook_connectors::orderwise::{Customer, NewCustomer};
use daybook_domain::{
    Timestamp, class::Failure, draft::Draft, exchange::Called, mapping::Account, till::Shopper,
};
use daybook_store::{Tx, customer, entry, watermark};

use crate::{app::App, cutover, error::FlowError, exchanges, settings::Shoppers};

/// When OrderWise's customers were last read.
const CUSTOMERS_READ: &str = "customers-read";

/// Shoppers that postings wait for, and those that OrderWise would not have.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    open: Mutex<BTreeMap<String, Want>>,
    refused: Mutex<BTreeSet<String>>,
}

#[derive(Debug, Clone)]
struct Want {
    shopper: Shopper,
    orders: Vec<i64>,
}

/// What a posting does about its shopper.
pub(crate) enum Place {
    /// Send it as it is.
    Settled,
    /// Not yet: the shopper has to be found or created first.
    NotYet,
}

/// By what a shopper is known; none where the data is too thin to know anybody again.
pub(crate) fn key_of(shopper: &Shopper) -> Option<String> {
    let email = shopper.email.trim().to_lowercase();
    if email.contains('@') {
        return Some(email);
    }
    let number = shopper.membership.as_deref().map(str::trim).filter(|number| !number.is_empty());
    number.map(|number| format!("member:{}", number.to_lowercase()))
}

/// Puts the posting on the shopper's own account where that is known.
pub(crate) async fn place(
    app: &App,
    tx: &mut Tx,
    order_id: i64,
    draft: &mut Draft,
) -> Result<Place, FlowError> {
    let wanted = app.settings.posting.shoppers == Shoppers::FindOrCreate;
    let Some(key) = key_of(&draft.shopper).filter(|_| wanted) else { return Ok(Place::Settled) };
    let known = customer::get(tx, &key).await?.and_then(|row| row.erp_customer_id);
    if let Some(id) = known {
        draft.account = Account::Id(id);
        return Ok(Place::Settled);
    }
    if lock(&app.shoppers.refused).contains(&key) {
        return Ok(Place::Settled);
    }
    let mut open = lock(&app.shoppers.open);
    let shopper = draft.shopper.clone();
    open.entry(key).or_insert(Want { shopper, orders: Vec::new() }).orders.push(order_id);
    Ok(Place::NotYet)
}

/// Whether a posting waits for a shopper.
pub(crate) fn are_wanted(app: &App) -> bool {
    !lock(&app.shoppers.open).is_empty()
}

/// Finds or creates every shopper that postings wait for, and lets those go on.
pub(crate) async fn pass(app: &App) -> Result<(), FlowError> {
    let wanted = std::mem::take(&mut *lock(&app.shoppers.open));
    if wanted.is_empty() {
        return Ok(());
    }
    if let Err(failure) = read_customers(app).await? {
        tracing::warn!("customers could not be read: {failure}");
        return go_on(app, wanted.values(), app.settings.posting.settling_time).await;
    }
    for (key, want) in wanted {
        let wait = match resolve(app, &key, &want.shopper).await? {
            Resolved::Now => std::time::Duration::ZERO,
            Resolved::Later => app.settings.posting.settling_time,
        };
        go_on(app, [&want].into_iter(), wait).await?;
    }
    Ok(())
}

enum Resolved {
    Now,
    Later,
}

async fn resolve(app: &App, key: &str, shopper: &Shopper) -> Result<Resolved, FlowError> {
    let known = customer::get(&app.db, key).await?;
    if known.is_some_and(|row| row.erp_customer_id.is_some()) {
        return Ok(Resolved::Now);
    }
    let Some(template) = app.settings.posting.shopper_template_customer_id else {
        return Ok(refuse(app, key, "posting.shopper-template-customer-id is not set"));
    };
    // The intent first: a creation whose reply is lost is looked for before it is tried again.
    let now = app.now();
    let stale = now.minus(app.settings.posting.settling_time);
    let mut tx = app.db.begin().await?;
    // Who posts no sale creates no customer for one.
    let Some(leave) = cutover::open(&mut tx).await?.leave else { return Ok(Resolved::Later) };
    let ours = customer::intend(&mut tx, leave, now, key, stale).await?;
    tx.commit().await?;
    if !ours {
        return Ok(Resolved::Later);
    }
    let new = NewCustomer {
        name: shopper.name.clone(),
        email: shopper.email.clone(),
        phone: shopper.phone.clone(),
        address: shopper.address.clone(),
        membership: shopper.membership.clone(),
    };
    let Called { outcome, exchanges } = app.orderwise.create_customer(template, &new).await;
    exchanges::keep(app, None, exchanges).await?;
    match outcome {
        Ok(id) => known_as(app, key, id).await,
        Err(Failure::Later { .. } | Failure::InDoubt { .. }) => Ok(Resolved::Later),
        Err(failure) => Ok(refuse(app, key, &failure.to_string())),
    }
}

/// OrderWise will not have this shopper: the sale stands on its store's account.
fn refuse(app: &App, key: &str, why: &str) -> Resolved {
    lock(&app.shoppers.refused).insert(key.to_owned());
    tracing::warn!("a shopper stays on the store's account: {why}");
    Resolved::Now
}

async fn known_as(app: &App, key: &str, id: i64) -> Result<Resolved, FlowError> {
    let mut tx = app.db.begin().await?;
    customer::known(&mut tx, app.now(), key, id).await?;
    tx.commit().await?;
    Ok(Resolved::Now)
}

/// Reads the customers that OrderWise has gained since the last read.
async fn read_customers(app: &App) -> Result<Result<(), Failure>, FlowError> {
    let read_at = app.now();
    let overlap = app.settings.reference.overlap;
    let last = watermark::get(&app.db, CUSTOMERS_READ).await?.map(Timestamp::from_micros);
    let since = last.map(|at| at.minus(overlap));
    let mut last_id = 0;
    loop {
        let Called { outcome, exchanges } = app.orderwise.customers_since(since, last_id).await;
        exchanges::keep(app, None, exchanges).await?;
        let page = match outcome {
            Ok(page) => page,
            Err(failure) => return Ok(Err(failure)),
        };
        let Some(highest) = page.iter().map(|found| found.id).max().filter(|id| *id > last_id)
        else {
            break;
        };
        last_id = highest;
        note(app, &page).await?;
    }
    let mut tx = app.db.begin().await?;
    watermark::set(&mut tx, read_at, CUSTOMERS_READ, read_at.micros()).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

async fn note(app: &App, page: &[Customer]) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    for found in page {
        let email = found.statement_email.trim().to_lowercase();
        let member = format!("member:{}", found.account_number.trim().to_lowercase());
        for key in [email, member].into_iter().filter(|key| key.contains(['@', ':'])) {
            if customer::get(&mut tx, &key).await?.is_none_or(|row| row.erp_customer_id.is_none()) {
                customer::known(&mut tx, app.now(), &key, found.id).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn go_on(
    app: &App,
    wants: impl Iterator<Item = &Want> + Send,
    wait: std::time::Duration,
) -> Result<(), FlowError> {
    let due = Some(app.now().plus(wait));
    let orders: Vec<_> =
        wants.flat_map(|want| &want.orders).map(|&order_id| (order_id, due)).collect();
    let mut tx = app.db.begin().await?;
    entry::reschedule(&mut tx, &orders).await?;
    tx.commit().await?;
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
