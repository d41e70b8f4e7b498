//! `daybook check`: configuration, reachability, credentials, permissions, export definitions,
//! clock. Everything is tried, and each line says what to do next.

use std::collections::BTreeSet;

use daybook_connectors::sitoo::ZReportsQuery;
use daybook_domain::{class::Failure, exchange::Called, mapping::Mapping, stock::Kind};
use serde::Serialize;

use crate::{app::App, reconcile, reference::VALUE_LISTS};

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// As it should be.
    Ok,
    /// Works, but a person should know.
    Warning,
    /// Does not work.
    Failed,
    /// Cannot be known from here: verify with a test order.
    Unverified,
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckLine {
    /// `book`, `sitoo`, `orderwise`, `mapping`, `reconcile`, `alerts`.
    pub area: &'static str,
    /// What was tried.
    pub name: String,
    /// How it went.
    pub state: CheckState,
    /// One sentence.
    pub detail: String,
    /// What to do next.
    pub hint: Option<String>,
}

/// The export definitions Daybook reads, and what it does without them.
const EXPORTS: [(&str, &str); 6] = [
    ("order-lookup", "an order in doubt cannot be resolved and stays in doubt"),
    ("order-totals", "documents are read back one by one instead of in windows"),
    ("order-lines", "days are closed by the documents' totals, and not line by line"),
    ("variants", "SKUs cannot be checked before they are sent, and no product reaches the tills"),
    ("stock-levels", "the tills are not told what OrderWise has left"),
    ("despatches", "what OrderWise sends does not show in Sitoo"),
];

/// Tries everything.
pub async fn run(app: &App) -> Vec<CheckLine> {
    let mut lines = vec![book(app).await];
    let sitoo_line = sitoo(app).await;
    let reachable = sitoo_line.state == CheckState::Ok;
    lines.push(sitoo_line);
    if reachable {
        lines.push(warehouses(app).await);
        lines.push(product_groups(app).await);
        lines.push(z_reports(app).await);
    }
    let token = orderwise_token(app).await;
    let signed_in = token.state == CheckState::Ok;
    lines.push(token);
    if signed_in {
        lines.extend(exports(app).await);
        lines.extend(value_lists(app).await);
    }
    lines.extend(mapping(app).await);
    lines.push(reconcile::ready::check(app));
    lines.extend(channels(app).await);
    lines
}

/// Ways to people: nothing is sent over them.
async fn channels(app: &App) -> Vec<CheckLine> {
    let mut lines = Vec::new();
    for name in app.settings.alerts.channels.keys() {
        lines.push(match app.notifier.check(name).await {
            Ok(detail) => line("alerts", name, CheckState::Ok, detail),
            Err(error) => CheckLine {
                hint: Some(format!("see [alerts.channels.{name}] in the configuration")),
                ..line("alerts", name, CheckState::Failed, error.to_string())
            },
        });
    }
    lines
}

pub(crate) fn line(
    area: &'static str,
    name: &str,
    state: CheckState,
    detail: impl Into<String>,
) -> CheckLine {
    CheckLine { area, name: name.to_owned(), state, detail: detail.into(), hint: None }
}

fn failed(area: &'static str, name: &str, failure: &Failure) -> CheckLine {
    let hint = match failure {
        Failure::NotAuthorised { status: 403, .. } => {
            "give the API user's group the permission for this in OrderWise"
        }
        Failure::NotAuthorised { .. } => "check user and password, and that API access is on",
        Failure::NotFound { .. } => "check the base address: virtual directory, environment",
        Failure::Drift { .. } => "compare the export definition's columns with the reference",
        Failure::Refused { .. } => "check the export definition's id and its parameters",
        Failure::Later { .. } | Failure::InDoubt { .. } => {
            "check the address, the network and that the server is up"
        }
    };
    CheckLine {
        hint: Some(hint.to_owned()),
        ..line(area, name, CheckState::Failed, failure.to_string())
    }
}

async fn book(app: &App) -> CheckLine {
    match app.db.ping().await {
        Ok(()) => line("book", "reachable", CheckState::Ok, app.db.engine_name()),
        Err(error) => CheckLine {
            hint: error.hint(),
            ..line("book", "reachable", CheckState::Failed, error.to_string())
        },
    }
}

async fn sitoo(app: &App) -> CheckLine {
    use daybook_connectors::sitoo::OrdersQuery;
    let Called { outcome, .. } = app.sitoo.orders(&OrdersQuery::Newest).await;
    match outcome {
        Ok(page) => {
            let newest = page.orders.first().map_or_else(
                || "no orders yet".to_owned(),
                |order| format!("newest order is {}", order.order_id),
            );
            line("sitoo", "orders", CheckState::Ok, newest)
        }
        Err(failure) => failed("sitoo", "orders", &failure),
    }
}

/// Every warehouse that a mapping names is there, and of a kind whose stock can be set.
async fn warehouses(app: &App) -> CheckLine {
    let found = match app.sitoo.warehouses(app.sitoo.site()).await.outcome {
        Ok(found) => found,
        Err(failure) => return failed("sitoo", "warehouses", &failure),
    };
    let rows = daybook_store::mapping::load(&app.db).await.map(|tables| tables.rows);
    let (mapping, _) = Mapping::from_rows(rows.unwrap_or_default());
    let located = mapping.stores.iter().filter(|(_, store)| store.stock_location_id.is_some());
    let named = located.map(|(id, _)| *id).chain(mapping.warehouses.keys().copied());
    let (mut served, mut wrong) = (0_usize, Vec::new());
    for id in named.collect::<BTreeSet<_>>() {
        match found.iter().find(|warehouse| warehouse.id == id).map(|warehouse| warehouse.kind) {
            Some(Kind::Fifo | Kind::Virtual) => served += 1,
            Some(Kind::Unknown(number)) => wrong.push(format!("{id} is of type {number}")),
            None => wrong.push(format!("{id} is not there")),
        }
    }
    let virtual_ones = found.iter().filter(|one| one.kind == Kind::Virtual).count();
    let detail = format!("{} found, {virtual_ones} of them virtual; {served} mapped", found.len());
    if wrong.is_empty() {
        return line("sitoo", "warehouses", CheckState::Ok, detail);
    }
    let hint = "correct the keys: `daybook map list store` and `daybook map list warehouse`";
    CheckLine {
        hint: Some(hint.to_owned()),
        ..line("sitoo", "warehouses", CheckState::Failed, format!("{detail}; {}", wrong.join(", ")))
    }
}

/// Products belong to a group, which holds their VAT rate.
async fn product_groups(app: &App) -> CheckLine {
    match app.sitoo.product_groups().await.outcome {
        Ok(groups) => {
            line("sitoo", "product groups", CheckState::Ok, format!("{} found", groups.len()))
        }
        Err(failure) => failed("sitoo", "product groups", &failure),
    }
}

/// The tills' own reports of the last day: what a day is closed by.
async fn z_reports(app: &App) -> CheckLine {
    let added_from = Some(app.now().minus(std::time::Duration::from_hours(24)));
    let query = ZReportsQuery { added_from, ..ZReportsQuery::default() };
    let page = match app.sitoo.z_reports(&query).await.outcome {
        Ok(page) => page,
        Err(failure) => return failed("sitoo", "Z-reports", &failure),
    };
    let faults = page.reports.iter().filter_map(|one| one.report.as_ref().err());
    let faults: Vec<_> = faults.chain(page.strays.iter().map(|stray| &stray.fault)).collect();
    let detail = format!("{} of the last 24 hours", page.elements);
    match faults.first() {
        None => line("sitoo", "Z-reports", CheckState::Ok, detail),
        Some(fault) => {
            let detail = format!("{detail}, {} cannot be read: {fault}", faults.len());
            let hint =
                "compare a report with the reference, crates/connectors/src/sitoo/MAPPING.md";
            CheckLine {
                hint: Some(hint.to_owned()),
                ..line("sitoo", "Z-reports", CheckState::Failed, detail)
            }
        }
    }
}

async fn orderwise_token(app: &App) -> CheckLine {
    match app.orderwise.mint_token().await.outcome {
        Ok(()) => line("orderwise", "sign-in", CheckState::Ok, "a token was given"),
        Err(failure) => failed("orderwise", "sign-in", &failure),
    }
}

async fn exports(app: &App) -> Vec<CheckLine> {
    let mut lines = Vec::new();
    for (purpose, without) in EXPORTS {
        if !app.orderwise.has_export(purpose) {
            let hint = format!("set orderwise.exports.{purpose}.id to the definition's number");
            let state = match purpose {
                "order-lookup" => CheckState::Failed,
                _ => CheckState::Warning,
            };
            lines.push(CheckLine {
                hint: Some(hint),
                ..line("orderwise", purpose, state, format!("not set: {without}"))
            });
            continue;
        }
        lines.push(match try_export(app, purpose).await {
            Ok(rows) => line("orderwise", purpose, CheckState::Ok, format!("{rows} rows")),
            Err(failure) => failed("orderwise", purpose, &failure),
        });
    }
    lines
}

async fn try_export(app: &App, purpose: &str) -> Result<usize, Failure> {
    let now = app.now();
    let hour_ago = now.minus(std::time::Duration::from_hours(1));
    match purpose {
        "order-lookup" => {
            let nothing = daybook_domain::Reference { site_id: 0, order_id: 0 };
            app.orderwise.lookup(&nothing).await.outcome.map(|rows| rows.len())
        }
        "order-totals" => app.orderwise.totals(hour_ago, now).await.outcome.map(|rows| rows.len()),
        "order-lines" => {
            let (from, to) = (app.orderwise.local(hour_ago), app.orderwise.local(now));
            app.orderwise.ledger_lines(from, to).await.outcome.map(|rows| rows.len())
        }
        "stock-levels" => {
            app.orderwise.stock_levels(Some(hour_ago)).await.outcome.map(|rows| rows.len())
        }
        "despatches" => app.orderwise.despatches(hour_ago).await.outcome.map(|rows| rows.len()),
        _ => app.orderwise.variants(Some(hour_ago)).await.outcome.map(|rows| rows.len()),
    }
}

async fn value_lists(app: &App) -> Vec<CheckLine> {
    let mut lines = Vec::new();
    for (list, name) in VALUE_LISTS {
        lines.push(match app.orderwise.value_list(list).await.outcome {
            Ok(items) => {
                let state = if items.is_empty() { CheckState::Warning } else { CheckState::Ok };
                line("orderwise", name, state, format!("value list {list}: {} items", items.len()))
            }
            Err(failure) => failed("orderwise", name, &failure),
        });
    }
    lines
}

async fn mapping(app: &App) -> Vec<CheckLine> {
    let rows = match daybook_store::mapping::load(&app.db).await {
        Ok(rows) => rows.rows,
        Err(error) => {
            return vec![line("mapping", "tables", CheckState::Failed, error.to_string())];
        }
    };
    let (mapping, faults) = Mapping::from_rows(rows);
    let mut lines: Vec<_> = faults
        .iter()
        .map(|fault| line("mapping", "row", CheckState::Failed, fault.to_string()))
        .collect();
    let counts = [
        ("stores", mapping.stores.len(), "daybook map set store WAREHOUSE account=… session=…"),
        ("VAT rates", mapping.vat.len(), "daybook map set vat 20 RATE-ID"),
        ("payment types", mapping.payments.len(), "daybook map set payment Card METHOD-ID"),
    ];
    for (name, count, command) in counts {
        let (state, hint) = match count {
            0 => (CheckState::Warning, Some(command.to_owned())),
            _ => (CheckState::Ok, None),
        };
        lines.push(CheckLine { hint, ..line("mapping", name, state, format!("{count} mapped")) });
    }
    lines
}
