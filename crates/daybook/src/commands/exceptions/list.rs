//! `daybook exceptions list`

use std::collections::BTreeMap;

use clap::Args;
use daybook_domain::{
    Money, Timestamp,
    causes::{Cause, Owner, Severity},
    entry::EntryState,
};
use daybook_store::{
    Db,
    entry::{self, EntryFilter},
    exception::{self, ExceptionFilter, ExceptionRow, Group},
};
use serde::Serialize;

use crate::{
    commands::{Ended, view::REFERENCE},
    context::Context,
    failure::Failure,
    printer, words,
};

/// Which exceptions.
#[derive(Debug, Args)]
pub(super) struct ListArgs {
    /// Only what finance, retail or it clears.
    #[arg(long, value_parser = ["finance", "retail", "it"])]
    owner: Option<String>,
    /// Only this cause.
    #[arg(long, value_name = "CODE")]
    cause: Option<Cause>,
    /// Only of this store (its warehouse id in Sitoo).
    #[arg(long, value_name = "ID")]
    store: Option<i64>,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Listed {
    /// The most money first.
    pub(crate) groups: Vec<GroupView>,
    /// How many exceptions.
    pub(crate) exceptions: i64,
    /// Money at risk, in pence, without signs.
    pub(crate) money: Money,
}

/// Siblings: one fix clears them all.
#[derive(Debug, Serialize)]
pub(crate) struct GroupView {
    pub(crate) cause: &'static str,
    pub(crate) title: &'static str,
    pub(crate) sentence: &'static str,
    pub(crate) owner: Owner,
    pub(crate) severity: Severity,
    pub(crate) subject: String,
    pub(crate) exceptions: i64,
    pub(crate) money: Money,
    pub(crate) oldest: Timestamp,
    pub(crate) newest: Timestamp,
    pub(crate) fix: &'static str,
    pub(crate) command: String,
}

impl From<Group> for GroupView {
    fn from(group: Group) -> Self {
        let cause = group.cause.entry();
        Self {
            cause: cause.code,
            title: cause.title,
            sentence: cause.sentence,
            owner: cause.owner,
            severity: cause.severity,
            command: cause.command_for(&group.subject, REFERENCE),
            subject: group.subject,
            exceptions: group.count,
            money: group.money,
            oldest: group.oldest,
            newest: group.newest,
            fix: cause.fix,
        }
    }
}

/// Lists open exceptions by cause and subject.
pub(super) async fn run(context: &Context, args: &ListArgs) -> Result<Ended, Failure> {
    let book = context.existing_book().await?;
    let groups = match args.store {
        Some(store) => of_store(&book, store).await?,
        None => exception::open_grouped(&book).await?,
    };
    let groups: Vec<GroupView> = groups
        .into_iter()
        .filter(|group| args.cause.is_none_or(|cause| cause == group.cause))
        .map(GroupView::from)
        .filter(|group| args.owner.as_ref().is_none_or(|owner| owner == group.owner.word()))
        .collect();
    let listed = Listed {
        exceptions: groups.iter().map(|group| group.exceptions).sum(),
        money: groups.iter().map(|group| group.money).sum(),
        groups,
    };
    context.printer.result(&listed, |listed| people(context, listed))?;
    Ok(if listed.groups.is_empty() { Ended::Done } else { Ended::ExceptionsOpen })
}

/// A store's exceptions, through its held entries: few at a time, however large the book.
async fn of_store(book: &Db, store: i64) -> Result<Vec<Group>, Failure> {
    const PIECE: usize = 500;
    let own = ExceptionFilter { scope: Some(format!("store:{store}")), ..Default::default() };
    let mut open = exception::list(book, &own, PIECE).await?;
    let mut filter = EntryFilter {
        state: Some(EntryState::Held),
        warehouse_id: Some(store),
        ..EntryFilter::default()
    };
    loop {
        let rows = entry::list(book, &filter, PIECE).await?;
        for row in &rows {
            let of_entry = exception::of_entry(book, row.order_id).await?;
            open.extend(of_entry.into_iter().filter(|row| row.closed_at.is_none()));
        }
        filter.before = rows.last().map(|row| row.order_id);
        if rows.len() < PIECE {
            return Ok(grouped(open));
        }
    }
}

fn grouped(rows: Vec<ExceptionRow>) -> Vec<Group> {
    let mut groups: BTreeMap<(Cause, String), Group> = BTreeMap::new();
    for row in rows {
        let group = groups.entry((row.cause, row.subject.clone())).or_insert_with(|| Group {
            cause: row.cause,
            subject: row.subject,
            count: 0,
            money: Money::ZERO,
            oldest: row.raised_at,
            newest: row.raised_at,
        });
        group.count += 1;
        group.money += row.money.abs();
        group.oldest = group.oldest.min(row.raised_at);
        group.newest = group.newest.max(row.raised_at);
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    groups.sort_by_key(|group| std::cmp::Reverse(group.money));
    groups
}

fn people(context: &Context, listed: &Listed) -> String {
    if listed.groups.is_empty() {
        return "no exceptions are open".to_owned();
    }
    let now = context.now();
    let rows = listed.groups.iter().map(|group| {
        vec![
            group.cause.to_owned(),
            group.subject.clone(),
            group.exceptions.to_string(),
            words::money(group.money, context.currency()),
            words::span(now.since(group.oldest)),
            group.owner.to_string(),
            group.command.clone(),
        ]
    });
    let head = ["cause", "about", "count", "money", "for", "owner", "fix"];
    let table = printer::table(&head, &[2, 3], rows.collect());
    let count = words::count(listed.exceptions.unsigned_abs(), "exception", "exceptions");
    let money = words::money(listed.money, context.currency());
    format!("{table}\n\n{count}, {money}; `daybook exceptions show CAUSE` explains one")
}
