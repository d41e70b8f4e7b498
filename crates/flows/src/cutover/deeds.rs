//! What people do: begin, run in parallel, switch, go back. Each deed is one transaction, and on
//! record.

use daybook_connectors::sitoo::{OrdersQuery, ReceivedOrder, parse_order};
use daybook_domain::{
    Timestamp,
    cutover::{Cutover, Flow, Mode, plan, rules::references},
    entry::EntryState,
};
use daybook_store::{
    Tx, audit,
    cutover::{self, OursRow},
    entry, watermark,
};
use serde::Serialize;
use serde_json::json;

use super::{ELSEWHERE, rules};
use crate::{
    app::App,
    error::FlowError,
    exchanges,
    retrying::retrying,
    sales::{
        receive::{ORDERS, ask},
        scan::FIRST,
    },
};

/// Orders that are asked about when an opening watermark is proposed.
const LOOK_BACK: u32 = 30;
/// Rows read in one go.
const PAGE: usize = 500;

/// What the opening watermark might be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// Sitoo's newest order.
    pub newest: Option<i64>,
    /// The newest order that the other integration has posted, among the latest ones.
    pub last_posted: Option<i64>,
    /// Among the latest orders the first that it has not posted.
    pub first_not_posted: Option<i64>,
    /// Orders that were asked about.
    pub asked: usize,
    /// The order to begin with.
    pub from_order: Option<i64>,
}

/// Where Daybook begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// With this order.
    Order(i64),
    /// With the first order of this day (UTC).
    Day(String),
}

/// Reads both systems and proposes where to begin; changes nothing.
pub async fn propose(app: &App) -> Result<Proposal, FlowError> {
    need_references(app)?;
    let newest = ask(app, &OrdersQuery::Newest).await?;
    let newest = newest.orders.iter().map(|order| order.order_id).max();
    let Some(top) = newest else {
        return Ok(Proposal {
            newest,
            last_posted: None,
            first_not_posted: None,
            asked: 0,
            from_order: Some(1),
        });
    };
    let from = top.saturating_sub(i64::from(LOOK_BACK) - 1).max(1);
    let query = OrdersQuery::FromId { from, start: 0, num: LOOK_BACK };
    let mut orders = ask(app, &query).await?.orders;
    orders.sort_by_key(|order| order.order_id);
    let (mut last_posted, mut first_not_posted) = (None, None);
    let asked = orders.len();
    for received in orders {
        match is_posted(app, &received).await? {
            Some(true) => last_posted = Some(received.order_id),
            Some(false) if first_not_posted.is_none() => {
                first_not_posted = Some(received.order_id);
            }
            _ => {}
        }
    }
    let from_order = first_not_posted.or(Some(top.saturating_add(1)));
    Ok(Proposal { newest, last_posted, first_not_posted, asked, from_order })
}

/// Whether the other integration has posted an order; none where that cannot be asked.
async fn is_posted(app: &App, received: &ReceivedOrder) -> Result<Option<bool>, FlowError> {
    let Ok(order) = parse_order(&received.payload) else { return Ok(None) };
    let mut answer = None;
    for reference in references(&rules(app), &order) {
        answer = Some(exchanges::is_there(app, None, &reference).await? || answer == Some(true));
    }
    Ok(answer)
}

/// Sets the opening watermark: Daybook receives from there on, and posts nothing.
pub async fn begin(app: &App, from: &From, actor: &str) -> Result<Cutover, FlowError> {
    let first = match from {
        From::Order(id) => not_beyond(app, *id).await?,
        From::Day(day) => first_of(app, day).await?,
    };
    retrying(app, "the opening watermark", || write_begin(app, first, actor)).await
}

/// A digit too many would leave out every sale until ids have come so far.
async fn not_beyond(app: &App, first: i64) -> Result<i64, FlowError> {
    let newest = ask(app, &OrdersQuery::Newest).await?;
    let newest = newest.orders.iter().map(|order| order.order_id).max();
    let next = newest.map_or(first, |id| id.saturating_add(1));
    if first <= next {
        return Ok(first);
    }
    Err(FlowError::request(
        "cutover-beyond-newest",
        format!("Sitoo's newest order is {}: nothing would be received until {first}", next - 1),
        format!(
            "name an order up to {next}, or a day: `daybook cutover begin --from-day 2026-11-24`"
        ),
    ))
}

async fn first_of(app: &App, day: &str) -> Result<i64, FlowError> {
    let since = Timestamp::from_day(day).map_err(|error| {
        FlowError::request(
            "cutover-day",
            format!("'{day}' is not a day: {error}"),
            "write it as 2026-11-24",
        )
    })?;
    // The newest first: what is sold between the two questions comes after it.
    let newest = ask(app, &OrdersQuery::Newest).await?;
    let newest = newest.orders.iter().map(|order| order.order_id).max();
    let first = ask(app, &OrdersQuery::FirstSince(since)).await?;
    let first = first.orders.iter().map(|order| order.order_id).min();
    Ok(first.or(newest.map(|id| id.saturating_add(1))).unwrap_or(1))
}

async fn write_begin(app: &App, first: i64, actor: &str) -> Result<Cutover, FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let old = cutover::for_update(&mut tx).await?;
    let lowest = refuse_begin(&mut tx, &old).await?;
    if lowest.is_some_and(|lowest| lowest < first) {
        return Err(FlowError::request(
            "cutover-begun-earlier",
            format!("the book holds orders before {first} already"),
            "begin with an earlier order, or with a new book",
        ));
    }
    let new = Cutover {
        mode: Mode::Begun,
        since: now,
        first_order_id: Some(first),
        point: None,
        also: Vec::new(),
    };
    cutover::set(&mut tx, &new).await?;
    watermark::set(&mut tx, now, ORDERS, first.saturating_sub(1)).await?;
    watermark::set(&mut tx, now, FIRST, first).await?;
    note(&mut tx, now, actor, plan::BEGIN, &json!({ "from_order": first })).await?;
    tx.commit().await?;
    Ok(new)
}

/// Refuses to begin once entries have been posted; gives the lowest order of the book.
async fn refuse_begin(tx: &mut Tx, old: &Cutover) -> Result<Option<i64>, FlowError> {
    if !matches!(old.mode, Mode::Live | Mode::Begun) {
        return Err(wrong_mode(old, "the opening watermark stands"));
    }
    let posted = |state| {
        matches!(
            state,
            EntryState::Posting | EntryState::InDoubt | EntryState::Posted | EntryState::Confirmed
        )
    };
    let counts = entry::counts(&mut *tx).await?;
    if counts.iter().any(|count| count.entries > 0 && posted(count.state)) {
        return Err(FlowError::request(
            "cutover-posted-already",
            "this book has posted already: its beginning cannot be moved any more",
            "use a new book for a new beginning; `daybook cutover back --reason REASON` stops this one",
        ));
    }
    Ok(cutover::lowest(tx).await?)
}

/// Without them nothing that the other integration posted can be found.
fn need_references(app: &App) -> Result<(), FlowError> {
    if rules(app).is_empty() {
        return Err(FlowError::request(
            "cutover-no-references",
            "nothing says under which references the other integration posts",
            "set [cutover] other-references, such as [\"SIT-{order-id}\"]",
        ));
    }
    Ok(())
}

/// The other integration posts, and Daybook looks for what it posts.
pub async fn parallel(app: &App, also: &[Flow], actor: &str) -> Result<Cutover, FlowError> {
    need_references(app)?;
    retrying(app, "the parallel run", || write_parallel(app, also, actor)).await
}

async fn write_parallel(app: &App, also: &[Flow], actor: &str) -> Result<Cutover, FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let old = cutover::for_update(&mut tx).await?;
    match old.mode {
        Mode::Begun | Mode::Parallel | Mode::Back => {}
        Mode::Live => return Err(wrong_mode(&old, "`daybook cutover begin` comes first")),
        Mode::Switched => {
            return Err(wrong_mode(&old, "`daybook cutover back --reason REASON` stops Daybook"));
        }
    }
    let since = if old.mode == Mode::Parallel { old.since } else { now };
    let mut also = also.to_vec();
    also.sort_unstable();
    also.dedup();
    let new = Cutover { mode: Mode::Parallel, since, also, ..old };
    cutover::set(&mut tx, &new).await?;
    note(&mut tx, now, actor, plan::PARALLEL, &json!({ "also": new.also })).await?;
    tx.commit().await?;
    wake(app);
    Ok(new)
}

/// From `point` on Daybook posts at once; what was there before is looked for, and posted by Daybook
/// when the other integration has had its time. `point` is the next order of the tills where none is
/// named: the book may be behind, and the other integration may have read what is not in it.
pub async fn switch(
    app: &App,
    point: Option<i64>,
    anyway: Option<&str>,
    actor: &str,
) -> Result<Cutover, FlowError> {
    let standing = super::plan(app, true).await?;
    let obstacles: Vec<&str> = standing.obstacles.iter().map(|one| one.code).collect();
    let anyway = anyway.map(str::trim).filter(|reason| !reason.is_empty());
    if !obstacles.is_empty() && anyway.is_none() {
        return Err(FlowError::request(
            "cutover-not-ready",
            format!("what stands against the switch: {}", obstacles.join(", ")),
            "`daybook cutover plan` says what to do; --anyway REASON switches all the same",
        ));
    }
    let why = json!({ "anyway": anyway, "obstacles": obstacles });
    let point = if point.is_some() {
        point
    } else {
        let newest = ask(app, &OrdersQuery::Newest).await?;
        newest.orders.iter().map(|order| order.order_id.saturating_add(1)).max()
    };
    retrying(app, "the switch", || write_switch(app, point, &why, actor)).await
}

async fn write_switch(
    app: &App,
    point: Option<i64>,
    why: &serde_json::Value,
    actor: &str,
) -> Result<Cutover, FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let old = cutover::for_update(&mut tx).await?;
    match old.mode {
        Mode::Begun | Mode::Parallel | Mode::Back => {}
        Mode::Live => return Err(wrong_mode(&old, "`daybook cutover begin` comes first")),
        Mode::Switched => return Err(wrong_mode(&old, "Daybook posts already")),
    }
    let point = point.or(old.first_order_id);
    let new = Cutover { mode: Mode::Switched, since: now, point, ..old };
    cutover::set(&mut tx, &new).await?;
    let detail = json!({ "point": point, "why": why });
    note(&mut tx, now, actor, plan::SWITCH, &detail).await?;
    tx.commit().await?;
    wake(app);
    Ok(new)
}

/// What the other integration must know to go on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandedBack {
    /// Since when Daybook posted.
    pub since: Option<Timestamp>,
    /// When it stopped.
    pub stopped_at: Timestamp,
    /// The first order that nobody has posted: the other integration goes on there.
    pub from_order: Option<i64>,
    /// Orders before that one that may still become sales, open at a till or not shown yet: the other
    /// integration posts those too.
    pub still_open: Vec<i64>,
    /// What Daybook posted: not to be posted again.
    pub posted: Vec<HandedLine>,
    /// What the other integration has posted itself, of the orders from that one on: set back to it,
    /// it would post these a second time.
    pub posted_by_it: Vec<HandedLine>,
    /// Sent by Daybook, and not known whether it is there: to be asked again before the other posts.
    pub unsettled: Vec<HandedLine>,
}

/// An entry that Daybook has sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HandedLine {
    /// What the book says.
    #[serde(flatten)]
    pub row: OursRow,
    /// The references that the other integration would have given it.
    pub other_references: Vec<String>,
}

/// Daybook posts nothing more. Calls that are under way end; what is in doubt is looked up.
pub async fn back(app: &App, reason: &str, actor: &str) -> Result<HandedBack, FlowError> {
    if reason.trim().is_empty() {
        let hint = "say why, for whoever comes next";
        return Err(FlowError::request("reason-missing", "going back needs a reason", hint));
    }
    retrying(app, "the way back", || write_back(app, reason, actor)).await?;
    handed_back(app).await
}

async fn write_back(app: &App, reason: &str, actor: &str) -> Result<(), FlowError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let old = cutover::for_update(&mut tx).await?;
    if old.mode != Mode::Switched {
        return Err(wrong_mode(&old, "only after `daybook cutover switch` is there a way back"));
    }
    // The other integration may post again what it takes for its own: that is to be seen.
    let settings = &app.settings;
    let until = now.plus(settings.cutover.look_first_for.max(settings.cutover.settle_for));
    let mut after = i64::MIN;
    loop {
        let page = cutover::ours_since(&mut tx, after, old.since, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.order_id;
        let ids: Vec<i64> = page.iter().map(|row| row.order_id).collect();
        cutover::watch(&mut tx, &ids, now.plus(settings.posting.settling_time), until).await?;
    }
    let detail = json!({ "reason": reason.trim(), "posted_since": old.since });
    let new = Cutover { mode: Mode::Back, since: now, ..old };
    cutover::set(&mut tx, &new).await?;
    note(&mut tx, now, actor, plan::BACK, &detail).await?;
    tx.commit().await?;
    wake(app);
    Ok(())
}

/// The same list again: what was in doubt may be known now.
pub async fn handed_back(app: &App) -> Result<HandedBack, FlowError> {
    let state = cutover::state(&app.db).await?;
    if state.mode != Mode::Back {
        return Err(wrong_mode(&state, "`daybook cutover back --reason REASON` comes first"));
    }
    let deeds = audit::of_action(&app.db, &action(plan::SWITCH), 1).await?;
    let since = deeds.first().map(|deed| deed.at);
    // First what is not known: what becomes known meanwhile is in the second list, or in both, and
    // never in none.
    let mut unsettled = cutover::unsettled(&app.db, ELSEWHERE).await?;
    let mut posted = Vec::new();
    let mut after = i64::MIN;
    loop {
        let since = since.unwrap_or_default();
        let page = cutover::ours_since(&app.db, after, since, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.order_id;
        posted.extend(lines(app, page).await?);
    }
    unsettled
        .retain(|row| !posted.iter().any(|line: &HandedLine| line.row.order_id == row.order_id));
    let unsettled = lines(app, unsettled).await?;
    let mark = watermark::get(&app.db, ORDERS).await?;
    let from_order = cutover::first_open(&app.db, ELSEWHERE).await?.or(mark.map(|mark| mark + 1));
    let still_open = cutover::still_open(&app.db, from_order.unwrap_or(1)).await?;
    let posted_by_it = posted_by_it(app, from_order).await?;
    let stopped_at = state.since;
    Ok(HandedBack { since, stopped_at, from_order, still_open, posted, posted_by_it, unsettled })
}

async fn posted_by_it(app: &App, from_order: Option<i64>) -> Result<Vec<HandedLine>, FlowError> {
    let mut found = Vec::new();
    let mut after = from_order.map_or(i64::MAX, |first| first.saturating_sub(1));
    loop {
        let page = cutover::theirs_after(&app.db, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(found) };
        after = last.order_id;
        found.extend(lines(app, page).await?);
    }
}

async fn lines(app: &App, rows: Vec<OursRow>) -> Result<Vec<HandedLine>, FlowError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.order_id).collect();
    let mut payloads = entry::payloads(&app.db, &ids).await?;
    let rules = rules(app);
    let line = |row: OursRow| {
        let payload = payloads.remove(&row.order_id).unwrap_or_default();
        let order = parse_order(&payload).ok();
        let other_references = order.map(|order| references(&rules, &order)).unwrap_or_default();
        HandedLine { row, other_references }
    };
    Ok(rows.into_iter().map(line).collect())
}

fn wrong_mode(state: &Cutover, hint: &str) -> FlowError {
    FlowError::request("cutover-mode", format!("the cut-over is at '{}'", state.mode), hint)
}

/// What a deed is called on the record.
pub(super) fn action(step: &str) -> String {
    format!("cutover-{step}")
}

pub(super) async fn note(
    tx: &mut Tx,
    now: Timestamp,
    actor: &str,
    step: &str,
    detail: &serde_json::Value,
) -> Result<(), FlowError> {
    Ok(audit::append(tx, now, actor, &action(step), "cutover", &detail.to_string()).await?)
}

fn wake(app: &App) {
    for wake in app.wake.all() {
        wake.notify_one();
    }
}
