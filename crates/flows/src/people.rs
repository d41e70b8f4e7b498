//! What people do: fix a mapping, retry, dismiss. Who did what, when and why is on record.

use std::collections::BTreeSet;

use daybook_domain::{
    Reference,
    causes::{Cause, Scope},
    entry::EntryState,
    mapping::{MappingKind, MappingRow},
};
use daybook_store::{
    Tx, audit, correction,
    entry::{self, Changes, EntryRow, Expect, Outcome, Transition},
    exception::{self, ExceptionFilter},
    mapping, pause,
    timeline::Event,
};

use crate::{
    app::App,
    error::FlowError,
    retrying::retrying,
    sales::{SyncReport, evaluate::UNREADABLE, standing},
};

/// Entries of a group tried again in one transaction.
const GROUP_BATCH: usize = 200;

/// Tries an entry again now that a person has put something right.
pub async fn retry(app: &App, reference: Reference, actor: &str) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    let row = find(&mut tx, reference).await?;
    if row.state == EntryState::SetAside {
        return read_again(app, tx, &row, actor).await;
    }
    let possible =
        matches!(row.state, EntryState::Held | EntryState::Ready | EntryState::Dismissed);
    if !possible {
        return Err(FlowError::request(
            "entry-not-stopped",
            format!("{reference} is {}; there is nothing to retry", row.state),
            format!("see `daybook entry {reference}`"),
        ));
    }
    let steps = [again(app, &row, actor)];
    correction::lift_hold(&mut tx, app.now(), row.order_id, actor).await?;
    apply(app, &mut tx, &steps).await?;
    exception::close_for_entry(&mut tx, app.now(), row.order_id, actor, "tried again").await?;
    audit::append(&mut tx, app.now(), actor, "retry", &reference.to_string(), "{}").await?;
    tx.commit().await?;
    app.wake.post.notify_one();
    Ok(())
}

/// What was set aside and left open is read from Sitoo again; what is still open is told again.
async fn read_again(app: &App, mut tx: Tx, row: &EntryRow, actor: &str) -> Result<(), FlowError> {
    let now = app.now();
    if exception::close_for_entry(&mut tx, now, row.order_id, actor, "read again").await? == 0 {
        return Err(FlowError::request(
            "entry-not-stopped",
            format!("{} is {} and has no open exception", row.reference, row.state),
            format!("see `daybook entry {}`", row.reference),
        ));
    }
    entry::reschedule(&mut tx, &[(row.order_id, Some(now))]).await?;
    audit::append(&mut tx, now, actor, "read-again", &row.reference, "{}").await?;
    tx.commit().await?;
    app.wake.receive.notify_one();
    Ok(())
}

/// Tries again every entry held by `cause` (and `subject`, if given). Returns how many.
pub async fn retry_group(
    app: &App,
    cause: Cause,
    subject: Option<&str>,
    actor: &str,
) -> Result<u64, FlowError> {
    let mut retried = 0;
    let mut after = 0;
    loop {
        let mut tx = app.db.begin().await?;
        let rows = entry::held_with(&mut tx, cause, subject, after, GROUP_BATCH).await?;
        let Some(last) = rows.last().map(|row| row.order_id) else { break };
        after = last;
        let steps: Vec<_> = rows.iter().map(|row| again(app, row, actor)).collect();
        apply(app, &mut tx, &steps).await?;
        let ids: Vec<i64> = rows.iter().map(|row| row.order_id).collect();
        for &id in &ids {
            correction::lift_hold(&mut tx, app.now(), id, actor).await?;
            exception::close_for_entry(&mut tx, app.now(), id, actor, "tried again").await?;
        }
        let what = format!("{}:{}", cause.code(), subject.unwrap_or("*"));
        let detail = serde_json::json!({ "entries": ids.len() }).to_string();
        audit::append(&mut tx, app.now(), actor, "retry-group", &what, &detail).await?;
        tx.commit().await?;
        retried += u64::try_from(ids.len()).unwrap_or(u64::MAX);
    }
    if cause.entry().scope == Scope::Store {
        retried += try_stores(app, cause, subject, actor).await?;
    }
    app.wake.post.notify_one();
    Ok(retried)
}

/// Tries the stores again that stand still for `cause`. Returns how many entries wait behind them.
async fn try_stores(
    app: &App,
    cause: Cause,
    subject: Option<&str>,
    actor: &str,
) -> Result<u64, FlowError> {
    let filter = ExceptionFilter {
        cause: Some(cause),
        subject: subject.map(str::to_owned),
        ..ExceptionFilter::default()
    };
    let open = exception::list(&app.db, &filter, GROUP_BATCH).await?;
    let stores: BTreeSet<&str> = open.iter().map(|row| row.subject.as_str()).collect();
    if stores.is_empty() {
        return Ok(0);
    }
    let none = BTreeSet::new();
    let waiting = retrying(app, "stores", || wake(app, &none, &stores)).await?;
    let mut tx = app.db.begin().await?;
    let what = format!("{}:{}", cause.code(), subject.unwrap_or("*"));
    let detail = serde_json::json!({ "entries": waiting, "stores": stores }).to_string();
    audit::append(&mut tx, app.now(), actor, "retry-group", &what, &detail).await?;
    tx.commit().await?;
    Ok(waiting)
}

/// Decides, with a reason, that an entry will not be posted.
pub async fn dismiss(
    app: &App,
    reference: Reference,
    actor: &str,
    reason: &str,
) -> Result<(), FlowError> {
    if reason.trim().is_empty() || actor.trim().is_empty() {
        return Err(FlowError::request(
            "reason-missing",
            "dismissing needs a reason and a name",
            "add --reason 'entered by hand as SO-123' --actor 'Ada Finch'",
        ));
    }
    let mut tx = app.db.begin().await?;
    let row = find(&mut tx, reference).await?;
    if row.state.is_in_ledger() {
        return settle(app, tx, &row, actor, reason).await;
    }
    if !row.state.may_become(EntryState::Dismissed) {
        return Err(FlowError::request(
            "entry-not-dismissable",
            format!("{reference} is {} and cannot be dismissed", row.state),
            "only what waits, is held or is set aside can be dismissed",
        ));
    }
    let changes =
        Changes { due_at: Some(None), reason: Some(Some(reason.to_owned())), ..Changes::default() };
    let step = step(&row, EntryState::Dismissed, changes, actor, "dismissed", reason);
    apply(app, &mut tx, &[step]).await?;
    exception::close_for_entry(&mut tx, app.now(), row.order_id, actor, reason).await?;
    let detail = serde_json::json!({ "reason": reason }).to_string();
    audit::append(&mut tx, app.now(), actor, "dismiss", &reference.to_string(), &detail).await?;
    tx.commit().await?;
    Ok(())
}

/// An exception about an entry that is in the ledger: a person has seen to it.
async fn settle(
    app: &App,
    mut tx: Tx,
    row: &EntryRow,
    actor: &str,
    reason: &str,
) -> Result<(), FlowError> {
    let closed =
        exception::close_for_entry(&mut tx, app.now(), row.order_id, actor, reason).await?;
    if closed == 0 {
        return Err(FlowError::request(
            "entry-not-dismissable",
            format!("{} is {} and has no open exception", row.reference, row.state),
            "there is nothing to dismiss",
        ));
    }
    let detail = serde_json::json!({ "reason": reason }).to_string();
    audit::append(&mut tx, app.now(), actor, "settle", &row.reference, &detail).await?;
    tx.commit().await?;
    Ok(())
}

/// Closes an exception that no entry stands behind (a gap, a system), with a reason.
pub async fn dismiss_exception(
    app: &App,
    number: i64,
    actor: &str,
    reason: &str,
) -> Result<(), FlowError> {
    if reason.trim().is_empty() || actor.trim().is_empty() {
        return Err(FlowError::request(
            "reason-missing",
            "dismissing needs a reason and a name",
            "add --reason 'never completed at the till' --actor 'Ada Finch'",
        ));
    }
    let mut tx = app.db.begin().await?;
    if let Some(order_id) = exception::get(&mut tx, number).await?.and_then(|one| one.order_id) {
        return Err(FlowError::request(
            "exception-of-entry",
            format!("EX-{number} is about an entry, and stays while its cause does"),
            format!("dismiss the entry, or clear the cause: see order {order_id}"),
        ));
    }
    if !exception::close_one(&mut tx, app.now(), number, actor, reason).await? {
        return Err(FlowError::request(
            "exception-not-open",
            format!("EX-{number} is not open"),
            "see `daybook exceptions list`",
        ));
    }
    let detail = serde_json::json!({ "reason": reason }).to_string();
    let subject = format!("EX-{number}");
    audit::append(&mut tx, app.now(), actor, "dismiss-exception", &subject, &detail).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes mapping rows and looks again at everything that they may release. Returns how many
/// entries were released.
pub async fn set_mapping(app: &App, rows: &[MappingRow], actor: &str) -> Result<u64, FlowError> {
    retrying(app, "mapping", || write_mapping(app, rows, actor)).await?;
    look_again(app, rows.iter().map(|row| (row.kind, row.key.as_str()))).await
}

async fn write_mapping(app: &App, rows: &[MappingRow], actor: &str) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    mapping::set_many(&mut tx, app.now(), rows, actor).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a mapping row away. Returns whether there was one.
pub async fn remove_mapping(
    app: &App,
    kind: MappingKind,
    key: &str,
    actor: &str,
) -> Result<bool, FlowError> {
    let mut tx = app.db.begin().await?;
    let removed = mapping::remove(&mut tx, app.now(), kind, key, actor).await?;
    tx.commit().await?;
    look_again(app, [(kind, key)].into_iter()).await?;
    Ok(removed)
}

/// A row to be set, or to be taken away.
#[derive(Debug, Clone, Copy)]
pub struct RowChange<'a> {
    /// Its table.
    pub kind: MappingKind,
    /// Its key.
    pub key: &'a str,
    /// What it should be; none takes it away.
    pub wanted: Option<&'a MappingRow>,
}

/// Changes a row if it is still as somebody read it: nobody else changes it between that look and
/// the writing. Returns how many entries that released, and none if it is not.
pub async fn change_mapping(
    app: &App,
    change: RowChange<'_>,
    is_as_read: impl Fn(Option<&MappingRow>) -> bool,
    actor: &str,
) -> Result<Option<u64>, FlowError> {
    let RowChange { kind, key, wanted } = change;
    let once = || async {
        let now = app.now();
        let mut tx = app.db.begin().await?;
        mapping::take_turn(&mut tx, now).await?;
        let present = mapping::get(&mut tx, kind, key).await?;
        if !is_as_read(present.as_ref().map(|stored| &stored.row)) {
            return Ok(false);
        }
        match wanted {
            Some(row) => mapping::set(&mut tx, now, row, actor).await?,
            None => mapping::remove(&mut tx, now, kind, key, actor).await?,
        };
        tx.commit().await?;
        Ok(true)
    };
    if !retrying(app, "mapping", once).await? {
        return Ok(None);
    }
    look_again(app, [(kind, key)].into_iter()).await.map(Some)
}

/// A change of one kind of mapping may release entries held for any subject of that kind; one of a
/// store also those that stand still behind its pause.
async fn look_again<'a>(
    app: &App,
    changed: impl Iterator<Item = (MappingKind, &'a str)>,
) -> Result<u64, FlowError> {
    let mut kinds = BTreeSet::new();
    let mut stores = BTreeSet::new();
    for (kind, key) in changed {
        kinds.insert(kind);
        if kind == MappingKind::Store {
            stores.insert(key);
        }
    }
    let stood = retrying(app, "released by a mapping", || wake(app, &kinds, &stores)).await?;
    let mut report = SyncReport::default();
    standing::pass(app, &mut report).await?;
    app.wake.post.notify_one();
    Ok(report.released + stood)
}

/// Returns how many entries stood still behind these stores.
async fn wake(
    app: &App,
    kinds: &BTreeSet<MappingKind>,
    stores: &BTreeSet<&str>,
) -> Result<u64, FlowError> {
    let mut tx = app.db.begin().await?;
    let now = app.now();
    for &kind in kinds {
        entry::wake_held_for(&mut tx, now, kind, &[]).await?;
    }
    let mut stood = 0;
    if !stores.is_empty() {
        for (store, behind) in exception::behind(&mut tx).await? {
            if stores.contains(store.to_string().as_str()) {
                stood += behind.entries.unsigned_abs();
            }
        }
        for store in stores {
            pause::probe_store(&mut tx, now, store).await?;
            if let Ok(id) = store.parse() {
                entry::hurry(&mut tx, now, id).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(stood)
}

/// The entry, or what to do where the book does not have it.
pub(crate) async fn find(tx: &mut Tx, reference: Reference) -> Result<EntryRow, FlowError> {
    entry::get(tx, reference.order_id)
        .await?
        .filter(|row| row.site_id == reference.site_id)
        .ok_or_else(|| {
            FlowError::request(
                "entry-unknown",
                format!("{reference} is not in the book"),
                "see `daybook entries`, or fetch it: `daybook sync sales --order N`",
            )
        })
}

fn again(app: &App, row: &EntryRow, actor: &str) -> Transition {
    // What could not be read is read again by whoever decides on it: the reason says so.
    let unread = row.reason.clone().filter(|reason| reason == UNREADABLE);
    let changes = Changes {
        due_at: Some(Some(app.now())),
        reason: Some(unread),
        failures: Some(0),
        ..Changes::default()
    };
    step(row, EntryState::Ready, changes, actor, "retry-asked", "a person asked to try again")
}

fn step(
    row: &EntryRow,
    to: EntryState,
    changes: Changes,
    actor: &str,
    code: &str,
    detail: &str,
) -> Transition {
    Transition {
        order_id: row.order_id,
        expect: Expect { state: row.state, attempt: Some(row.attempt) },
        to,
        changes,
        event: Event { actor: actor.to_owned(), code: code.to_owned(), detail: detail.to_owned() },
    }
}

async fn apply(app: &App, tx: &mut Tx, steps: &[Transition]) -> Result<(), FlowError> {
    let outcomes = entry::transition(tx, app.now(), steps).await?;
    if outcomes.iter().any(|(_, outcome)| *outcome == Outcome::Stale) {
        return Err(FlowError::request(
            "entry-moved-on",
            "the entry moved on while you were looking at it",
            "look again and repeat",
        ));
    }
    Ok(())
}
