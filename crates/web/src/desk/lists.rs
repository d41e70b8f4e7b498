//! Every list as a file to take away: CSV or a workbook, by the address's ending. Files hold what
//! the pages show, and no more than whoever asks may see.

use axum::{
    Extension,
    extract::{MatchedPath, State},
    response::Response,
};
use daybook_domain::month::table::{Cell, Table};
use daybook_flows::{
    alerts::show as alerts,
    audit,
    desk::{goods, health, mappings, queue},
    settlement::show as payouts,
    stock::people,
};

use super::{PageError, files, health::plain, mappings::kind_of, shell, today::currency};
use crate::{
    Web,
    access::Who,
    export,
    take::{Asked, At},
};

/// Most rows in one file.
const FILE: usize = 10_000;
/// Orders of the board that are read at once.
const PIECE: usize = 1_000;

pub(crate) type Made = Result<Response, PageError>;

struct List<'a> {
    name: &'static str,
    title: &'static str,
    columns: &'a [&'static str],
    summed: &'a [&'static str],
    rows: Vec<Vec<Cell>>,
}

/// The file that the address's ending asks for.
fn made(web: &Web, at: &MatchedPath, list: List<'_>) -> Made {
    let table = Table {
        name: list.name,
        title: list.title,
        note: "",
        columns: files::columns(list.columns, list.summed),
        rows: list.rows,
    };
    files::asked(at, &format!("daybook-{}", list.name), &table, &shell::zone(web))
}

fn opt<T: Into<Cell>>(value: Option<T>) -> Cell {
    value.map_or(Cell::Empty, Into::into)
}

pub(crate) async fn exceptions(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    at: MatchedPath,
) -> Made {
    let groups = queue::groups(&web.app, None, who.stores.as_ref()).await?;
    let book = currency(&web);
    let rows = groups.iter().map(|group| {
        vec![
            group.cause.into(),
            group.subject.as_str().into(),
            group.title.into(),
            group.owner.word().into(),
            group.exceptions.into(),
            group.money.into(),
            group.currency.as_deref().unwrap_or(&book).into(),
            group.oldest.into(),
            group.fix.into(),
        ]
    });
    let columns =
        &["cause", "about", "what", "owner", "count", "money", "currency", "since", "fix"];
    let (name, title, summed) = ("exceptions", "Exceptions", &["count"]);
    made(&web, &at, List { name, title, columns, summed, rows: rows.collect() })
}

pub(crate) async fn activity(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    at: MatchedPath,
) -> Made {
    who.sees_all_stores()?;
    let acts = health::acts(&web.app, None, FILE).await?;
    let rows = acts.iter().map(|act| {
        vec![
            act.seq.into(),
            act.at.into(),
            act.actor.as_str().into(),
            act.action.as_str().into(),
            act.subject.as_str().into(),
            plain(act).into(),
        ]
    });
    let columns = &["number", "at", "who", "act", "subject", "particulars"];
    let (name, title, summed) = ("activity", "Activity", &[]);
    made(&web, &at, List { name, title, columns, summed, rows: rows.collect() })
}

pub(crate) async fn mapping(State(web): State<Web>, At(kind): At<String>, at: MatchedPath) -> Made {
    let kind = kind_of(&kind)?;
    let stored = mappings::table(&web.app, kind).await?.rows;
    let rows = stored.iter().map(|stored| {
        let value = |name: &&str| opt(stored.row.value.get(*name).cloned());
        let values = kind.fields().iter().map(value);
        std::iter::once(Cell::text(&stored.row.key)).chain(values).collect()
    });
    let columns: Vec<&'static str> =
        std::iter::once("key").chain(kind.fields().iter().copied()).collect();
    let table = Table {
        name: kind.word(),
        title: kind.word(),
        note: "",
        columns: files::columns(&columns, &[]),
        rows: rows.collect(),
    };
    files::asked(&at, &format!("daybook-mapping-{kind}"), &table, &shell::zone(&web))
}

pub(crate) async fn oversold(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    at: MatchedPath,
) -> Made {
    let all = people::oversold(&web.app).await?;
    let rows = all.iter().filter(|one| who.may_see_store(Some(one.warehouse_id))).map(|one| {
        vec![
            one.sku.as_str().into(),
            one.warehouse_id.into(),
            one.units.to_string().into(),
            one.began_at.into(),
            opt(one.ended_at),
            one.orders.as_str().into(),
        ]
    });
    let columns = &["sku", "store", "units", "since", "until", "entries"];
    let (name, title, summed) = ("oversold", "Sold beyond what was there", &[]);
    made(&web, &at, List { name, title, columns, summed, rows: rows.collect() })
}

pub(crate) async fn buffers(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    at: MatchedPath,
) -> Made {
    let all = people::buffers(&web.app).await?;
    let seen = all
        .iter()
        .filter(|rule| rule.warehouse_id.is_none() || who.may_see_store(rule.warehouse_id));
    let rows = seen.map(|rule| {
        let amount = rule.amount.to_string();
        vec![
            rule.scope.word().into(),
            rule.key.as_str().into(),
            opt(rule.warehouse_id),
            amount.into(),
        ]
    });
    let columns = &["scope", "key", "store", "amount"];
    let (name, title, summed) = ("buffers", "Buffers", &[]);
    made(&web, &at, List { name, title, columns, summed, rows: rows.collect() })
}

pub(crate) async fn catalogue(State(web): State<Web>, at: MatchedPath) -> Made {
    let groups = goods::catalogue(&web.app, 0).await?.status.not_ready;
    let rows = groups.iter().map(|one| {
        let (title, fix) = goods::cause_words(one.cause);
        vec![
            one.cause.code().into(),
            title.into(),
            one.subject.as_str().into(),
            one.skus.into(),
            one.example.as_str().into(),
            one.oldest.into(),
            fix.into(),
        ]
    });
    let columns = &["cause", "what", "about", "products", "example", "since", "fix"];
    let (name, title, summed) = ("catalogue", "Not at the tills", &["products"]);
    made(&web, &at, List { name, title, columns, summed, rows: rows.collect() })
}

pub(crate) async fn despatch(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    at: MatchedPath,
) -> Made {
    let mut rows = Vec::new();
    let mut after = Some(0);
    while let Some(from) = after.filter(|_| rows.len() < FILE) {
        let (lines, next) = goods::board(&web.app, from, PIECE).await?;
        rows.extend(lines.iter().filter(|one| who.may_see_store(one.store)).map(|one| {
            vec![
                one.reference.as_str().into(),
                opt(one.store),
                one.gross.into(),
                one.currency.as_str().into(),
                one.column.into(),
                opt(one.status.clone()),
                one.verdict.as_str().into(),
                one.moved_at.into(),
                i64::try_from(one.parcels).unwrap_or(i64::MAX).into(),
            ]
        }));
        after = next;
    }
    let columns = &[
        "reference",
        "store",
        "gross",
        "currency",
        "column",
        "status",
        "verdict",
        "moved_at",
        "parcels",
    ];
    let (name, title, summed) = ("despatch", "Goods to come", &[]);
    made(&web, &at, List { name, title, columns, summed, rows })
}

pub(crate) async fn told(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    at: MatchedPath,
) -> Made {
    let all = alerts::overview(&web.app, who.stores.as_ref(), None, FILE).await?;
    let rows = all.open.iter().chain(&all.closed).map(|view| {
        let alert = &view.alert;
        vec![
            alert.number.into(),
            view.title.into(),
            alert.sentence.as_str().into(),
            alert.owner.word().into(),
            alert.impact.records.into(),
            alert.impact.money.into(),
            alert.opened_at.into(),
            opt(alert.closed_at),
            opt(alert.looked_by.clone()),
        ]
    });
    let columns =
        &["number", "what", "sentence", "owner", "records", "money", "since", "until", "seen_by"];
    let (name, title, summed) = ("alerts", "Alerts", &[]);
    made(&web, &at, List { name, title, columns, summed, rows: rows.collect() })
}

pub(crate) async fn money(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    at: MatchedPath,
) -> Made {
    who.sees_all_stores()?;
    let all = payouts::overview(&web.app, FILE).await?.payouts;
    let rows = all.iter().map(|one| {
        let payout = &one.stored.payout;
        let standing = match one.standing {
            payouts::Standing::Arrived => "arrived",
            payouts::Standing::Suggested => "suggested",
            payouts::Standing::Missing => "missing",
        };
        vec![
            payout.provider.as_str().into(),
            payout.payout.as_str().into(),
            payout.day.to_string().into(),
            payout.currency.as_str().into(),
            payout.amount.into(),
            one.difference.into(),
            standing.into(),
            opt(one.bank_difference),
        ]
    });
    let columns = &[
        "provider",
        "payout",
        "day",
        "currency",
        "amount",
        "difference",
        "standing",
        "bank_difference",
    ];
    let (name, title, summed) = ("payouts", "Payouts", &[]);
    made(&web, &at, List { name, title, columns, summed, rows: rows.collect() })
}

pub(crate) async fn gaps(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    at: MatchedPath,
) -> Made {
    who.sees_all_stores()?;
    let last = audit::last(&web.app).await?;
    let last = last.ok_or_else(|| PageError::not_found("There is no audit yet"))?;
    let table = export::audit::table(&last.report);
    files::asked(&at, "daybook-audit", &table, &shell::zone(&web))
}

/// What Find shows, as far as a file goes.
pub(crate) async fn entries(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    at: MatchedPath,
    Asked(wanted): Asked<super::find::Wanted>,
) -> Made {
    let table = super::find::table(&web, &who, &wanted).await?;
    files::asked(&at, "daybook-entries", &table, &shell::zone(&web))
}
