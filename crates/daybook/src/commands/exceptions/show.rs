//! `daybook exceptions show`

use std::collections::HashMap;

use daybook_domain::causes::{Cause, CauseRow};
use daybook_store::{
    Db, entry,
    exception::{self, ExceptionFilter, ExceptionRow},
};
use serde::Serialize;

use super::Shown;
use crate::{
    commands::{
        Ended,
        view::{ExceptionView, REFERENCE},
    },
    context::Context,
    failure::Failure,
    printer, words,
};

/// Most exceptions of one cause that are shown.
const MOST: usize = 200;

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Listed {
    exceptions: Vec<ExceptionView>,
}

/// Shows exceptions one by one.
pub(super) async fn run(
    context: &Context,
    what: Shown,
    subject: Option<String>,
) -> Result<Ended, Failure> {
    let book = context.existing_book().await?;
    let (rows, cause) = match what {
        Shown::Entry(named) => {
            let entry = named.find(&book).await?;
            (exception::of_entry(&book, entry.order_id).await?, None)
        }
        Shown::Number(number) => (vec![by_number(&book, number).await?], None),
        Shown::Cause(cause) => {
            let filter = ExceptionFilter { cause: Some(cause), subject, ..Default::default() };
            (exception::list(&book, &filter, MOST).await?, Some(cause))
        }
    };
    let listed = Listed { exceptions: views(&book, rows).await? };
    context.printer.result(&listed, |listed| match cause {
        Some(cause) => of_cause(context, cause, &listed.exceptions),
        None => each(context, &listed.exceptions),
    })?;
    Ok(Ended::Done)
}

async fn by_number(book: &Db, number: i64) -> Result<ExceptionRow, Failure> {
    exception::get(book, number).await?.ok_or_else(|| {
        let hint = "see `daybook exceptions list`";
        Failure::new("exception-unknown", format!("there is no EX-{number}"), hint)
    })
}

async fn views(book: &Db, rows: Vec<ExceptionRow>) -> Result<Vec<ExceptionView>, Failure> {
    let mut references: HashMap<i64, String> = HashMap::new();
    for order_id in rows.iter().filter_map(|row| row.order_id) {
        if !references.contains_key(&order_id)
            && let Some(entry) = entry::get(book, order_id).await?
        {
            references.insert(order_id, entry.reference);
        }
    }
    let view = |row: ExceptionRow| {
        let reference = row.order_id.and_then(|id| references.get(&id).cloned());
        ExceptionView::new(row, reference)
    };
    Ok(rows.into_iter().map(view).collect())
}

/// A cause's page, and where it is open.
fn of_cause(context: &Context, cause: Cause, exceptions: &[ExceptionView]) -> String {
    let row = cause.entry();
    let command = filled(row, exceptions);
    let mut text = format!(
        "{}: {}\n{}\nfor {}, {} severity\nfix: {}\n     {}",
        row.code, row.title, row.sentence, row.owner, row.severity, row.fix, command,
    );
    if exceptions.is_empty() {
        text.push_str("\n\nnone is open");
        return text;
    }
    let now = context.now();
    let rows = exceptions.iter().map(|exception| {
        vec![
            exception.number.clone(),
            exception.reference.clone().unwrap_or_else(|| exception.scope.clone()),
            exception.subject.clone(),
            words::money(
                exception.money,
                exception.currency.as_deref().unwrap_or(context.currency()),
            ),
            words::span(now.since(exception.raised_at)),
            exception.detail.clone(),
        ]
    });
    let head = ["exception", "entry", "about", "money", "for", "particulars"];
    format!("{text}\n\n{}", printer::table(&head, &[3], rows.collect()))
}

/// The command with what all of these have in common; capitals stand for the rest.
fn filled(row: &CauseRow, exceptions: &[ExceptionView]) -> String {
    let common = |of: fn(&ExceptionView) -> &str| {
        let first = of(exceptions.first()?);
        exceptions.iter().all(|one| of(one) == first).then(|| first.to_owned())
    };
    let subject = common(|one| &one.subject).filter(|text| !text.is_empty());
    let reference = common(|one| one.reference.as_deref().unwrap_or_default());
    let reference = reference.filter(|text| !text.is_empty());
    row.command_for(
        subject.as_deref().unwrap_or("SUBJECT"),
        reference.as_deref().unwrap_or(REFERENCE),
    )
}

fn each(context: &Context, exceptions: &[ExceptionView]) -> String {
    if exceptions.is_empty() {
        return "it has no exception".to_owned();
    }
    let zone = context.zone();
    let parts = exceptions.iter().map(|exception| {
        let until = exception.closed_at.map_or_else(
            || "open".to_owned(),
            |at| {
                let by = exception.closed_by.as_deref().unwrap_or("?");
                let why = exception.close_reason.as_deref().unwrap_or("?");
                format!("closed {} by {by}: {why}", words::moment(at, &zone))
            },
        );
        format!(
            "{} {}: {}\n  {}\n  since {}, {until}\n  fix: {}\n       {}",
            exception.number,
            exception.cause,
            exception.sentence,
            exception.detail,
            words::moment(exception.raised_at, &zone),
            exception.fix,
            exception.command,
        )
    });
    parts.collect::<Vec<_>>().join("\n\n")
}
