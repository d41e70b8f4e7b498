//! `daybook exceptions list`

use clap::Args;
use daybook_domain::{Money, causes::Cause, sums::Sums};
use daybook_store::{
    Db, entry,
    exception::{self, ExceptionFilter},
};
use serde::Serialize;

use crate::{
    commands::{
        Ended,
        view::{GroupView, REFERENCE},
    },
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
    #[arg(long, value_name = "ID", value_parser = crate::commands::asked::store)]
    store: Option<i64>,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Listed {
    /// The most money first.
    pub(crate) groups: Vec<GroupView>,
    /// How many exceptions.
    pub(crate) exceptions: i64,
    /// Money at risk in the book's own currency, in pence, without signs.
    pub(crate) money: Money,
    /// What is at risk in other currencies.
    pub(crate) elsewhere: Sums,
}

/// Lists open exceptions by cause and subject.
pub(super) async fn run(context: &Context, args: &ListArgs) -> Result<Ended, Failure> {
    let book = context.existing_book().await?;
    let groups = match args.store {
        Some(store) => exception::open_grouped_in(&book, &[store]).await?,
        None => exception::open_grouped(&book).await?,
    };
    let mut groups: Vec<GroupView> = groups
        .into_iter()
        .filter(|group| args.cause.is_none_or(|cause| cause == group.cause))
        .map(GroupView::from)
        .filter(|group| args.owner.as_ref().is_none_or(|owner| owner == group.owner.word()))
        .collect();
    for group in groups.iter_mut().filter(|it| it.exceptions == 1) {
        of_one(&book, group).await?;
    }
    // An entry's money counts once, however many faults it has; a part of them is what its lines say.
    let is_all = args.store.is_none() && args.cause.is_none() && args.owner.is_none();
    let held = if is_all { exception::money_held(&book).await? } else { sum(&groups) };
    let own = context.currency();
    let listed = Listed {
        exceptions: groups.iter().map(|group| group.exceptions).sum(),
        money: held.own(own),
        elsewhere: held.others(own),
        groups,
    };
    context.printer.result(&listed, |listed| people(context, listed))?;
    Ok(if listed.groups.is_empty() { Ended::Done } else { Ended::ExceptionsOpen })
}

fn sum(groups: &[GroupView]) -> Sums {
    let mut sums = Sums::default();
    for group in groups {
        sums.add(group.currency.as_deref(), group.money);
    }
    sums
}

/// Among so many of one subject the one of a currency is looked for.
const SIBLINGS: usize = 100;

/// A group of one: its command names the entry itself.
async fn of_one(book: &Db, group: &mut GroupView) -> Result<(), Failure> {
    let Ok(cause) = group.cause.parse::<Cause>() else { return Ok(()) };
    if !group.command.contains(REFERENCE) {
        return Ok(());
    }
    let filter = ExceptionFilter {
        cause: Some(cause),
        subject: Some(group.subject.clone()),
        ..ExceptionFilter::default()
    };
    let rows = exception::list(book, &filter, SIBLINGS).await?;
    let mut own = rows.iter().filter(|row| row.currency == group.currency);
    if let Some(order_id) = own.next().and_then(|row| row.order_id)
        && let Some(entry) = entry::get(book, order_id).await?
    {
        group.command = cause.entry().command_for(&group.subject, &entry.reference);
    }
    Ok(())
}

/// What it is about, and who stands still for it.
fn about(group: &GroupView) -> String {
    match group.behind {
        0 => group.subject.clone(),
        behind => {
            let waits = words::count(behind.unsigned_abs(), "entry waits", "entries wait");
            format!("{} ({waits})", group.subject)
        }
    }
}

fn people(context: &Context, listed: &Listed) -> String {
    if listed.groups.is_empty() {
        return "no exceptions are open".to_owned();
    }
    let now = context.now();
    let rows = listed.groups.iter().map(|group| {
        vec![
            group.cause.to_owned(),
            about(group),
            group.exceptions.to_string(),
            words::money(group.money, group.currency.as_deref().unwrap_or(context.currency())),
            words::span(now.since(group.oldest)),
            group.owner.to_string(),
            group.command.clone(),
        ]
    });
    let head = ["cause", "about", "count", "money", "for", "owner", "fix"];
    let table = printer::table(&head, &[2, 3], rows.collect());
    let count = words::count(listed.exceptions.unsigned_abs(), "exception", "exceptions");
    let mut all = listed.elsewhere.clone();
    all.add(None, listed.money);
    let money = all.told(context.currency());
    let is_sum = sum(&listed.groups).told(context.currency()) == money;
    let once = if is_sum { "" } else { " (an entry with several causes counts once)" };
    format!("{table}\n\n{count}, {money}{once}; `daybook exceptions show CAUSE` explains one")
}
