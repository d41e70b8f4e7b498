//! Erasing a shopper's data: planned first, then done, entry by entry. Amounts, ids and references
//! stay, the record says who erased what of which entry, and no certificate changes: none of them
//! ever held a shopper's data. Sitoo, OrderWise and backups have to be asked for themselves.

use std::collections::BTreeSet;

use daybook_connectors::sitoo::{self, Erased};
use daybook_domain::{Reference, Timestamp, classify::SetAside, entry::EntryState};
use daybook_store::{
    audit, entry,
    erase::{self, About, EntryTexts, StrayText, Texts},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{app::App, error::FlowError, retrying::retrying, sales::shopper::key_of};

/// Entries looked up in one read.
const PAGE: usize = 500;
/// Entries that a plan names.
const NAMED: usize = 50;
/// What stands where a shopper's text was.
const HIDDEN: &str = "***";
/// Shorter texts of a shopper are not looked for inside other texts: they are parts of words.
const SHORTEST: usize = 4;

/// The act on record.
pub const ACTION: &str = "erase-personal-data";

/// Whose data is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// The shopper of one entry.
    Order(Reference),
    /// The shopper with this e-mail address.
    Email(String),
    /// All shoppers of what was taken before this moment.
    Before(Timestamp),
}

/// An entry whose shopper cannot be erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "NotErased")]
pub struct Refused {
    /// The order.
    pub order_id: i64,
    /// Why.
    pub why: String,
}

/// What is erased, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Erasure {
    /// Whether it was done.
    pub done: bool,
    /// Entries that hold a shopper's data.
    pub entries: u64,
    /// The first of them, by order id.
    pub order_ids: Vec<i64>,
    /// Versions of payloads.
    pub payloads: u64,
    /// Events, attempts and exceptions that hold some of it.
    pub texts: u64,
    /// Orders without an id that hold some of it.
    pub strays: u64,
    /// Customers of OrderWise that are forgotten.
    pub customers: u64,
    /// Entries that are left as they are.
    pub refused: u64,
    /// The first of them, with the reason.
    pub left: Vec<Refused>,
}

/// Plans it, or does it.
pub async fn erase(
    app: &App,
    whose: &Whose,
    run: bool,
    (actor, reason): (&str, &str),
) -> Result<Erasure, FlowError> {
    if actor.trim().is_empty() || reason.trim().is_empty() {
        return Err(FlowError::request(
            "reason-missing",
            "erasing needs a reason and a name",
            "add --reason 'asked for on 3 May' --by 'Ada Finch'",
        ));
    }
    let mut found = Erasure { done: run, ..Erasure::default() };
    let (mut after, mut keys) = (0, BTreeSet::new());
    loop {
        let page = candidates(app, whose, after).await?;
        let Some(&last) = page.last() else { break };
        for &order_id in &page {
            one(app, whose, order_id, run.then_some(actor), &mut found, &mut keys).await?;
        }
        after = last;
    }
    strays(app, whose, run, &mut found).await?;
    if let Whose::Email(email) = whose {
        keys.insert(email.trim().to_lowercase());
    }
    if run {
        record(app, whose, &keys, (actor, reason), &mut found).await?;
    }
    Ok(found)
}

async fn candidates(app: &App, whose: &Whose, after: i64) -> Result<Vec<i64>, FlowError> {
    match whose {
        Whose::Order(reference) if after == 0 => {
            let row = entry::get(&app.db, reference.order_id).await?;
            row.filter(|row| row.reference == reference.to_string())
                .map(|row| vec![row.order_id])
                .ok_or_else(|| {
                    let what = format!("{reference} is not in the book");
                    FlowError::request("entry-unknown", what, "see `daybook entries list`")
                })
        }
        Whose::Order(_) => Ok(Vec::new()),
        Whose::Email(email) => Ok(erase::holding(&app.db, email.trim(), after, PAGE).await?),
        Whose::Before(moment) => Ok(erase::older(&app.db, *moment, after, PAGE).await?),
    }
}

/// Everything about an entry as it would be, and what of it is another than now.
struct Changed {
    texts: EntryTexts,
    keys: Vec<String>,
}

async fn one(
    app: &App,
    whose: &Whose,
    order_id: i64,
    actor: Option<&str>,
    found: &mut Erasure,
    keys: &mut BTreeSet<String>,
) -> Result<(), FlowError> {
    let once = || async {
        let mut tx = app.db.begin().await?;
        let Some(about) = erase::about(&mut tx, order_id).await? else { return Ok(None) };
        let texts = erase::texts(&mut tx, order_id).await?;
        let Some(changed) = changed(whose, &texts) else { return Ok(None) };
        let refused = why_not(&about);
        if let Some(actor) = actor.filter(|_| refused.is_none()) {
            erase::replace(&mut tx, app.now(), order_id, &changed.texts, actor).await?;
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        Ok(Some((changed, refused)))
    };
    let Some((changed, refused)) = retrying(app, "personal data", once).await? else {
        return Ok(());
    };
    if let Some(why) = refused {
        found.refused += 1;
        if found.left.len() < NAMED {
            found.left.push(Refused { order_id, why });
        }
        return Ok(());
    }
    let EntryTexts { payloads, attempts, exceptions, events } = &changed.texts;
    found.entries += 1;
    found.payloads += payloads.len() as u64;
    found.texts += (attempts.len() + exceptions.len() + events.len()) as u64;
    if found.order_ids.len() < NAMED {
        found.order_ids.push(order_id);
    }
    keys.extend(changed.keys);
    Ok(())
}

/// What is not at its end still needs its shopper: to be posted, or to be sent.
fn why_not(about: &About) -> Option<String> {
    let open = about.reason.as_deref() == Some(SetAside::Open.word());
    match about.state {
        EntryState::Posted | EntryState::Confirmed if about.sending => {
            Some("OrderWise still has something of it to send".to_owned())
        }
        EntryState::SetAside if open => Some("it is still open at the till".to_owned()),
        EntryState::Posted
        | EntryState::Confirmed
        | EntryState::Dismissed
        | EntryState::SetAside => None,
        state => Some(format!("it is {state}, and not posted yet")),
    }
}

/// None where nothing of a shopper is left, or it is another shopper.
fn changed(whose: &Whose, texts: &EntryTexts) -> Option<Changed> {
    let payloads = &texts.payloads;
    let shoppers = payloads.iter().filter_map(|text| sitoo::shopper_of(&text.one).ok());
    let shoppers: Vec<_> = shoppers.collect();
    if let Whose::Email(email) = whose {
        let is = |known: &str| known.trim().to_lowercase() == email.trim().to_lowercase();
        if !shoppers.iter().any(|shopper| is(&shopper.email)) {
            return None;
        }
    }
    let mut known = BTreeSet::new();
    let mut new = EntryTexts::default();
    for text in payloads {
        let Erased { body, texts } = sitoo::erase(&text.one);
        known.extend(texts.into_iter().filter(|text| text.chars().count() >= SHORTEST));
        if body != text.one {
            new.payloads.push(Texts { number: text.number, one: body, other: None });
        }
    }
    for event in &texts.events {
        let body = sitoo::erase(&event.body).body;
        if body != event.body {
            new.events.push(erase::EventText { body, ..event.clone() });
        }
    }
    // Longer texts first: one may be part of another.
    let mut known: Vec<String> = known.into_iter().collect();
    known.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let without = |all: &[Texts]| -> Vec<Texts> {
        let hidden = all.iter().map(|text| Texts {
            number: text.number,
            one: hide(&known, &text.one),
            other: text.other.as_deref().map(|other| hide(&known, other)),
        });
        hidden.zip(all).filter(|(new, old)| new != *old).map(|(new, _)| new).collect()
    };
    new.attempts = without(&texts.attempts);
    new.exceptions = without(&texts.exceptions);
    let keys = shoppers.iter().filter_map(key_of).collect();
    let nothing = new == EntryTexts::default();
    (!nothing).then_some(Changed { texts: new, keys })
}

fn hide(known: &[String], text: &str) -> String {
    known.iter().fold(text.to_owned(), |text, known| text.replace(known.as_str(), HIDDEN))
}

async fn strays(app: &App, whose: &Whose, run: bool, found: &mut Erasure) -> Result<(), FlowError> {
    if matches!(whose, Whose::Order(_)) {
        return Ok(());
    }
    let all = erase::strays(&app.db).await?;
    let meant = |stray: &&StrayText| match whose {
        Whose::Order(_) => false,
        // What cannot be read is searched as it stands.
        Whose::Email(email) => stray.body.to_lowercase().contains(&email.trim().to_lowercase()),
        Whose::Before(moment) => stray.received_at < *moment,
    };
    for stray in all.iter().filter(meant) {
        let body = sitoo::erase(&stray.body).body;
        if body == stray.body {
            continue;
        }
        found.strays += 1;
        if run {
            let mut tx = app.db.begin().await?;
            erase::replace_stray(&mut tx, stray, &body).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Who erased how much and why. By what a shopper was found is a shopper's data itself.
async fn record(
    app: &App,
    whose: &Whose,
    keys: &BTreeSet<String>,
    (actor, reason): (&str, &str),
    found: &mut Erasure,
) -> Result<(), FlowError> {
    let subject = match whose {
        Whose::Order(reference) => reference.to_string(),
        Whose::Email(_) => "an e-mail address".to_owned(),
        Whose::Before(moment) => format!("before {moment}"),
    };
    let mut tx = app.db.begin().await?;
    for key in keys {
        found.customers += u64::from(erase::forget_customer(&mut tx, key).await?);
    }
    let detail = serde_json::json!({
        "reason": reason.trim(),
        "entries": found.entries,
        "payloads": found.payloads,
        "texts": found.texts,
        "strays": found.strays,
        "customers": found.customers,
        "refused": found.refused,
    });
    audit::append(&mut tx, app.now(), actor.trim(), ACTION, &subject, &detail.to_string()).await?;
    tx.commit().await?;
    Ok(())
}
