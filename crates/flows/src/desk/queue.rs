//! Exceptions as people clear them: siblings together, what is said about them, and who sees to it.

use std::collections::{BTreeSet, HashMap};

use daybook_domain::{
    Timestamp,
    causes::{Cause, Owner},
    mapping::MappingKind,
    sums::Sums,
};
use daybook_store::{
    audit, entry,
    exception::{self, ExceptionFilter, ExceptionRow},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    app::App,
    error::FlowError,
    view::{ExceptionView, GroupView},
};

/// Most acts of a group that are shown.
const MOST_SAID: usize = 50;

/// Open exceptions: siblings together, the most money first; only of these stores, where some are
/// named.
pub async fn groups(
    app: &App,
    owner: Option<Owner>,
    stores: Option<&BTreeSet<i64>>,
) -> Result<Vec<GroupView>, FlowError> {
    let groups = match stores {
        None => exception::open_grouped(&app.db).await?,
        Some(stores) => {
            let stores: Vec<i64> = stores.iter().copied().collect();
            exception::open_grouped_in(&app.db, &stores).await?
        }
    };
    let groups = groups.into_iter().map(GroupView::from);
    Ok(groups.filter(|group| owner.is_none_or(|owner| owner == group.owner)).collect())
}

/// How many exceptions are open, and the money that they hold: an entry's once, however many faults
/// it has.
pub async fn at_risk(app: &App, stores: Option<&BTreeSet<i64>>) -> Result<(i64, Sums), FlowError> {
    let Some(stores) = stores else {
        let counts = exception::counts(&app.db).await?;
        let count = counts.iter().map(|cause| cause.count).sum();
        return Ok((count, exception::money_held(&app.db).await?));
    };
    let by_store = exception::by_store(&app.db).await?;
    let own = by_store.iter().filter(|(store, _)| store.is_some_and(|id| stores.contains(&id)));
    let (mut count, mut sums) = (0, Sums::default());
    for (_, (own, money)) in own {
        count += own;
        sums.merge(money);
    }
    Ok((count, sums))
}

/// Something that was said or done about siblings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "SiblingsSaid")]
pub struct Said {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// `comment`, `assign`, or what was done.
    pub act: String,
    /// The words, or who it was given to.
    pub text: String,
}

/// Siblings of one cause about one subject, a page of them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct GroupPage {
    /// All of them; none when no sibling is open any more.
    pub group: Option<GroupView>,
    /// A page of them, the oldest first.
    pub exceptions: Vec<ExceptionView>,
    /// The number to go on after; none on the last page.
    pub next: Option<i64>,
    /// The kind of mapping that releases them, if one does.
    pub released_by: Option<MappingKind>,
    /// Who sees to them.
    pub assignee: Option<String>,
    /// What was said and done, the latest first.
    pub said: Vec<Said>,
}

/// How acts about siblings are named on record.
fn subject_of(cause: Cause, subject: &str) -> String {
    format!("exceptions:{}:{subject}", cause.code())
}

/// A page of siblings after exception number `after`.
pub async fn group(
    app: &App,
    (cause, subject): (Cause, &str),
    stores: Option<&BTreeSet<i64>>,
    after: i64,
    limit: usize,
) -> Result<GroupPage, FlowError> {
    let all = groups(app, None, stores).await?;
    let mut own = all.into_iter().filter(|one| one.cause == cause.code() && one.subject == subject);
    // Siblings of several currencies: the first says how much, and all are counted.
    let group = own.next().map(|first| own.fold(first, |all, other| all.with(&other)));
    let filter = ExceptionFilter {
        cause: Some(cause),
        subject: Some(subject.to_owned()),
        after,
        ..ExceptionFilter::default()
    };
    let mut rows = exception::list(&app.db, &filter, limit + 1).await?;
    let is_last = rows.len() <= limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| !is_last).map(|row| row.number);
    // What is said about it is for those whose stores it concerns.
    let said = match &group {
        None if stores.is_some() => Vec::new(),
        _ => said(app, cause, subject).await?,
    };
    let assigned = said.iter().find(|one| one.act == ASSIGN).map(|one| one.text.clone());
    Ok(GroupPage {
        group,
        exceptions: views(app, rows, stores).await?,
        next,
        released_by: cause.entry().released_by,
        assignee: assigned.filter(|name| !name.is_empty()),
        said,
    })
}

const ASSIGN: &str = "assign";
const COMMENT: &str = "comment";

async fn said(app: &App, cause: Cause, subject: &str) -> Result<Vec<Said>, FlowError> {
    let acts = audit::of(&app.db, &subject_of(cause, subject), MOST_SAID).await?;
    let said = acts.into_iter().map(|act| {
        let detail: serde_json::Value = serde_json::from_str(&act.detail).unwrap_or_default();
        let text = detail["text"].as_str().unwrap_or_default().to_owned();
        Said { at: act.at, by: act.actor, act: act.action, text }
    });
    Ok(said.collect())
}

async fn views(
    app: &App,
    rows: Vec<ExceptionRow>,
    stores: Option<&BTreeSet<i64>>,
) -> Result<Vec<ExceptionView>, FlowError> {
    let mut views = Vec::with_capacity(rows.len());
    let mut known: HashMap<i64, (String, Option<i64>)> = HashMap::new();
    for row in rows {
        let about = match row.order_id {
            None => None,
            Some(id) => {
                if !known.contains_key(&id)
                    && let Some(entry) = entry::get(&app.db, id).await?
                {
                    known.insert(id, (entry.reference, entry.warehouse_id));
                }
                known.get(&id).cloned()
            }
        };
        let store = about.as_ref().and_then(|(_, store)| *store);
        let of_scope = || row.scope.strip_prefix("store:")?.parse().ok();
        let store = store.or_else(of_scope);
        let may_see = stores.is_none_or(|stores| store.is_some_and(|id| stores.contains(&id)));
        if may_see {
            views.push(ExceptionView::new(row, about.map(|(reference, _)| reference)));
        }
    }
    Ok(views)
}

/// Says something about siblings, for whoever comes next.
pub async fn comment(
    app: &App,
    about: (Cause, &str),
    text: &str,
    stores: Option<&BTreeSet<i64>>,
    actor: &str,
) -> Result<(), FlowError> {
    concerns(app, about, stores).await?;
    if text.trim().is_empty() {
        return Err(FlowError::request("comment-empty", "the comment is empty", "write something"));
    }
    say(app, about, COMMENT, text, actor).await
}

/// Gives siblings to somebody; to nobody with an empty name.
pub async fn assign(
    app: &App,
    about: (Cause, &str),
    to: &str,
    stores: Option<&BTreeSet<i64>>,
    actor: &str,
) -> Result<(), FlowError> {
    concerns(app, about, stores).await?;
    say(app, about, ASSIGN, to, actor).await
}

/// Whoever looks after some stores speaks about what is open in them.
async fn concerns(
    app: &App,
    (cause, subject): (Cause, &str),
    stores: Option<&BTreeSet<i64>>,
) -> Result<(), FlowError> {
    if stores.is_none() {
        return Ok(());
    }
    let open = groups(app, None, stores).await?;
    if open.iter().any(|one| one.cause == cause.code() && one.subject == subject) {
        return Ok(());
    }
    Err(FlowError::request(
        "exception-not-open",
        "none of these is open in your stores",
        "see the list of exceptions",
    ))
}

async fn say(
    app: &App,
    (cause, subject): (Cause, &str),
    act: &str,
    text: &str,
    actor: &str,
) -> Result<(), FlowError> {
    let mut tx = app.db.begin().await?;
    let detail = serde_json::json!({ "text": text.trim() }).to_string();
    audit::append(&mut tx, app.now(), actor, act, &subject_of(cause, subject), &detail).await?;
    tx.commit().await?;
    Ok(())
}
