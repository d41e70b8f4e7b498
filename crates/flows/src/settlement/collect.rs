//! Payments of the tills, read from the payloads once each. The sales flow is not touched: what is
//! new or changed is found by comparing entries with what was read before.

use std::collections::BTreeSet;

use daybook_connectors::sitoo::till_money;
use daybook_domain::{
    entry::EntryKind,
    settlement::{MatchState, TillMoney, fingerprint},
};
use daybook_store::{
    Tx, entry,
    settlement::till::{self, Unread},
    watermark,
};
use serde::Serialize;

use super::people::release;
use crate::{app::App, error::FlowError, retrying::retrying};

/// Entries read in one transaction.
const BATCH: usize = 200;
/// The highest order id that was looked at.
const SEEN: &str = "till-money";
/// What the settings said about tenders when payments were last labelled.
const LABELS: &str = "till-money-tenders";

/// What a pass over the entries has read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Collected {
    /// Entries that were new or had changed.
    pub entries: usize,
    /// Payments of those.
    pub payments: usize,
}

/// Reads the payments of every entry that is new or has changed. Ids some way behind the newest are
/// looked at again, because tills upload late; `everything` begins with the first.
pub async fn collect(app: &App, everything: bool) -> Result<Collected, FlowError> {
    label(app).await?;
    let seen = watermark::get(&app.db, SEEN).await?.unwrap_or(0);
    let back = seen.saturating_sub(app.settings.settlement.look_back_ids);
    let mut after = if everything { 0 } else { back.max(0) };
    let mut done = Collected::default();
    loop {
        let entries = till::unread(&app.db, after, BATCH).await?;
        let Some(last) = entries.last() else { return Ok(done) };
        after = last.order_id;
        done.entries += entries.len();
        done.payments += retrying(app, "till money", || page(app, &entries)).await?;
    }
}

async fn page(app: &App, entries: &[Unread]) -> Result<usize, FlowError> {
    let ids: Vec<i64> = entries.iter().map(|entry| entry.order_id).collect();
    let payloads = entry::payloads(&app.db, &ids).await?;
    let zone = &app.policy.default_time_zone;
    let mut tx = app.db.begin().await?;
    let mut new = Vec::new();
    for known in entries {
        let of_the_ledger = known.kind != EntryKind::Other.to_string();
        let payload = payloads.get(&known.order_id).filter(|_| of_the_ledger);
        // What cannot be read is an exception of its entry already.
        let money = payload.and_then(|payload| till_money(payload, zone).ok()).unwrap_or_default();
        if known.known == 0 || changed(app, &mut tx, known.order_id, &money).await? {
            new.extend(money.into_iter().map(|money| {
                let settlement = &app.settings.settlement;
                let provider = settlement.provider_of(&money.tender, &money.name).to_owned();
                (money, provider)
            }));
        }
    }
    till::insert(&mut tx, &new).await?;
    till::read(&mut tx, entries).await?;
    let last = entries.last().map_or(0, |entry| entry.order_id);
    let seen = watermark::get(&mut tx, SEEN).await?.unwrap_or(0);
    watermark::set(&mut tx, app.now(), SEEN, seen.max(last)).await?;
    tx.commit().await?;
    Ok(new.len())
}

/// Whether an order that was read before says something else now. Then what was there goes, and
/// its matches with it: they were made of other money.
async fn changed(
    app: &App,
    tx: &mut Tx,
    order_id: i64,
    money: &[TillMoney],
) -> Result<bool, FlowError> {
    let there = till::of_order(&mut *tx, order_id).await?;
    if there.iter().map(|stored| &stored.money).eq(money) {
        return Ok(false);
    }
    let matches: BTreeSet<i64> = there.iter().filter_map(|stored| stored.match_number).collect();
    for number in matches {
        let reason = format!("order {order_id} was told anew by the till");
        for from in [MatchState::Suggested, MatchState::Confirmed] {
            release(tx, app.now(), number, from, super::DAYBOOK, &reason).await?;
        }
    }
    till::forget(tx, order_id).await?;
    Ok(true)
}

/// Says of every payment who settles it, when the settings have changed.
async fn label(app: &App) -> Result<(), FlowError> {
    let providers = &app.settings.settlement.providers;
    let said = providers.iter().flat_map(|(name, provider)| {
        std::iter::once(name.as_str()).chain(provider.tenders.iter().map(String::as_str))
    });
    let said = fingerprint(said);
    let said = i64::from_str_radix(said.get(..15).unwrap_or("0"), 16).unwrap_or(0);
    if watermark::get(&app.db, LABELS).await? == Some(said) {
        return Ok(());
    }
    let tenders = till::tenders(&app.db).await?;
    let mut tx = app.db.begin().await?;
    for known in tenders {
        let provider = app.settings.settlement.provider_of(&known.tender, &known.name);
        if provider != known.provider {
            till::relabel(&mut tx, &known.tender, provider).await?;
        }
    }
    watermark::set(&mut tx, app.now(), LABELS, said).await?;
    tx.commit().await?;
    Ok(())
}
