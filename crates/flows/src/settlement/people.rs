//! What people decide about matches: who, when and why is on record.

use daybook_domain::{
    Money, Timestamp,
    settlement::{BY_HAND, Day, MatchState, Subject, WRITTEN_OFF},
};
use daybook_store::{
    Tx, audit,
    settlement::{
        bank, line,
        matches::{self, NewMatch, Parts, StoredMatch},
        payout, rule, till,
    },
};

use super::balance;
use crate::{app::App, error::FlowError};

/// Frees what a match holds and notes why; false if it is not in that state.
pub(super) async fn release(
    tx: &mut Tx,
    now: Timestamp,
    number: i64,
    from: MatchState,
    actor: &str,
    reason: &str,
) -> Result<bool, FlowError> {
    let step = (from, MatchState::Undone);
    if !matches::decide(tx, now, number, step, actor, Some(reason)).await? {
        return Ok(false);
    }
    till::detach(tx, number).await?;
    line::detach(tx, number).await?;
    payout::detach(tx, number).await?;
    bank::detach(tx, number).await?;
    Ok(true)
}

/// Notes on which day a confirmed match settled its payments.
pub(super) async fn settle(tx: &mut Tx, number: i64) -> Result<(), FlowError> {
    let lines = line::of_match(&mut *tx, number).await?;
    if let Some(day) = lines.iter().map(|stored| stored.line.settled_on()).max() {
        till::settle(tx, number, day).await?;
    }
    Ok(())
}

/// Confirms a suggested match.
pub async fn confirm(app: &App, number: i64, actor: &str) -> Result<StoredMatch, FlowError> {
    let known = find(app, number).await?;
    let mut tx = app.db.begin().await?;
    let step = (MatchState::Suggested, MatchState::Confirmed);
    if !matches::decide(&mut tx, app.now(), number, step, actor, None).await? {
        let what = format!("M-{number} is {}; only a suggestion can be confirmed", known.state);
        return Err(FlowError::request("match-not-open", what, "see `daybook payouts list`"));
    }
    settle(&mut tx, number).await?;
    note(&mut tx, app.now(), actor, "match-confirm", number, "{}").await?;
    tx.commit().await?;
    carry_for(app, known.subject).await?;
    find(app, number).await
}

/// Undoes a match, with a reason. No rule makes the same one again.
pub async fn undo(
    app: &App,
    number: i64,
    actor: &str,
    reason: &str,
) -> Result<StoredMatch, FlowError> {
    if reason.trim().is_empty() {
        let hint = "add --reason 'another receipt of the same amount'";
        return Err(FlowError::request("reason-missing", "undoing needs a reason", hint));
    }
    let known = find(app, number).await?;
    let mut tx = app.db.begin().await?;
    if known.state == MatchState::Undone
        || !release(&mut tx, app.now(), number, known.state, actor, reason).await?
    {
        let what = format!("M-{number} is undone already");
        return Err(FlowError::request("match-not-open", what, "see `daybook payouts list`"));
    }
    let detail = serde_json::json!({ "was": known.state, "reason": reason }).to_string();
    note(&mut tx, app.now(), actor, "match-undo", number, &detail).await?;
    tx.commit().await?;
    carry_for(app, known.subject).await?;
    find(app, number).await
}

/// Matches payments of tills with lines of a report that no rule could match.
pub async fn by_hand(
    app: &App,
    payments: &[(i64, i64)],
    lines: &[i64],
    actor: &str,
) -> Result<StoredMatch, FlowError> {
    let mut tx = app.db.begin().await?;
    let (mut amount, mut paid) = (Money::ZERO, Money::ZERO);
    let mut currency = OneCurrency::default();
    let mut parts = Parts { left: Vec::new(), right: lines.to_vec() };
    for &(order_id, index) in payments {
        let there = till::of_order(&mut tx, order_id).await?;
        let found = there.into_iter().find(|stored| stored.money.index == index);
        let Some(found) = found.filter(|stored| stored.match_number.is_none()) else {
            return Err(taken(&format!("payment {order_id}:{index}")));
        };
        currency.of(&found.money.key(), &found.money.currency)?;
        amount += found.money.amount;
        parts.left.push(found.money.key());
    }
    for &number in lines {
        let found = line::get(&mut tx, number).await?;
        let Some(found) = found.filter(|stored| stored.match_number.is_none()) else {
            return Err(taken(&format!("line L-{number}")));
        };
        currency.of(&format!("line L-{number}"), &found.line.currency)?;
        paid += found.line.gross;
    }
    let new = NewMatch {
        subject: Subject::Payments,
        state: MatchState::Confirmed,
        rule: BY_HAND.to_owned(),
        rule_version: rule::version(&mut tx).await?,
        amount,
        difference: amount - paid,
        currency: currency.0.unwrap_or_default(),
        parts,
        made_by: actor.to_owned(),
    };
    let number = matches::insert(&mut tx, app.now(), &new).await?;
    for &(order_id, index) in payments {
        till::attach(&mut tx, order_id, index, number).await?;
    }
    for &at in lines {
        line::attach(&mut tx, at, number).await?;
    }
    settle(&mut tx, number).await?;
    note(&mut tx, app.now(), actor, "match-by-hand", number, "{}").await?;
    tx.commit().await?;
    carry_for(app, Subject::Payments).await?;
    find(app, number).await
}

/// Says that payments will never be settled: they leave the balance as written off, today.
/// Undoing the match brings them back.
pub async fn write_off(
    app: &App,
    payments: &[(i64, i64)],
    actor: &str,
    reason: &str,
) -> Result<StoredMatch, FlowError> {
    if reason.trim().is_empty() {
        let hint = "add --reason 'charged back, and not won'";
        return Err(FlowError::request("reason-missing", "a write-off needs a reason", hint));
    }
    let mut tx = app.db.begin().await?;
    let mut new = NewMatch {
        subject: Subject::Payments,
        state: MatchState::Confirmed,
        rule: WRITTEN_OFF.to_owned(),
        rule_version: rule::version(&mut tx).await?,
        amount: Money::ZERO,
        difference: Money::ZERO,
        currency: String::new(),
        parts: Parts::default(),
        made_by: actor.to_owned(),
    };
    let mut currency = OneCurrency::default();
    for &(order_id, index) in payments {
        let there = till::of_order(&mut tx, order_id).await?;
        let found = there.into_iter().find(|stored| stored.money.index == index);
        let free = |stored: &till::StoredMoney| {
            stored.match_number.is_none() && !stored.provider.is_empty()
        };
        let Some(found) = found.filter(free) else {
            return Err(taken(&format!("payment {order_id}:{index}")));
        };
        currency.of(&found.money.key(), &found.money.currency)?;
        new.amount += found.money.amount;
        new.parts.left.push(found.money.key());
    }
    new.difference = new.amount;
    new.currency = currency.0.unwrap_or_default();
    let number = matches::insert(&mut tx, app.now(), &new).await?;
    for &(order_id, index) in payments {
        if !till::attach(&mut tx, order_id, index, number).await? {
            return Err(taken(&format!("payment {order_id}:{index}")));
        }
    }
    till::settle(&mut tx, number, today(app)).await?;
    let detail = serde_json::json!({ "amount": new.amount, "reason": reason }).to_string();
    note(&mut tx, app.now(), actor, "payments-write-off", number, &detail).await?;
    tx.commit().await?;
    carry_for(app, Subject::Payments).await?;
    find(app, number).await
}

/// The currency of all parts of a match: amounts in two are not added up, nor equal.
#[derive(Debug, Default)]
struct OneCurrency(Option<String>);

impl OneCurrency {
    fn of(&mut self, what: &str, currency: &str) -> Result<(), FlowError> {
        let known = self.0.get_or_insert_with(|| currency.to_owned());
        if known == currency {
            return Ok(());
        }
        Err(FlowError::request(
            "match-two-currencies",
            format!("{what} is in {currency}, what was named before it in {known}"),
            "name what is in one currency only; if a report names the wrong one, ask the provider \
             for the right report",
        ))
    }
}

fn taken(what: &str) -> FlowError {
    FlowError::request(
        "match-part-taken",
        format!("{what} is not there, or belongs to another match"),
        "undo that match first: `daybook payouts undo M-12 --reason …`",
    )
}

async fn note(
    tx: &mut Tx,
    now: Timestamp,
    actor: &str,
    action: &str,
    number: i64,
    detail: &str,
) -> Result<(), FlowError> {
    Ok(audit::append(tx, now, actor, action, &format!("M-{number}"), detail).await?)
}

async fn find(app: &App, number: i64) -> Result<StoredMatch, FlowError> {
    matches::get(&app.db, number).await?.ok_or_else(|| {
        let what = format!("there is no match M-{number}");
        FlowError::request("match-unknown", what, "see `daybook payouts list`")
    })
}

async fn carry_for(app: &App, subject: Subject) -> Result<(), FlowError> {
    if subject == Subject::Payments {
        for provider in app.settings.settlement.providers.keys() {
            balance::carry(app, provider).await?;
        }
    }
    Ok(())
}

/// The last day of which the book can say anything: today, where the retailer is.
pub fn today(app: &App) -> Day {
    Day::of(app.now(), &app.policy.default_time_zone)
}
