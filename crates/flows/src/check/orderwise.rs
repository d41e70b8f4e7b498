//! OrderWise: connection, authentication, export definitions, value lists and accounts. Sessions can
//! only be tried by an order, and none is placed here.

use std::{collections::BTreeMap, time::Duration};

use daybook_connectors::{
    Orderwise,
    orderwise::{OddRow, Rows},
};
use daybook_domain::{
    Reference, Timestamp,
    audit::{AccountState, is_account},
    class::Failure,
    mapping::Mapping,
};

use super::{CheckLine, CheckState, Stops, hints};
use crate::reference::VALUE_LISTS;

const AREA: &str = "orderwise";
/// Pages of customers that are read to find the stores' accounts; a thousand each.
const PAGES: usize = 50;

/// Value lists by number: ids and names.
pub type Lists = BTreeMap<i64, BTreeMap<i64, String>>;

/// The export definitions Daybook reads, what it does without them, and what they stop.
const EXPORTS: [(&str, &str, Stops); 6] = [
    ("order-lookup", "an order in doubt cannot be resolved and stays in doubt", Stops::Sales),
    (
        "variants",
        "SKUs cannot be checked before they are sent, and no product reaches the tills",
        Stops::Catalogue,
    ),
    ("order-totals", "documents are read back one by one instead of in windows", Stops::Reconcile),
    (
        "order-lines",
        "days are closed by the documents' totals, and not line by line",
        Stops::Reconcile,
    ),
    ("stock-levels", "the tills are not told what OrderWise has left", Stops::Stock),
    ("despatches", "what OrderWise sends does not show in Sitoo", Stops::Despatch),
];

/// Address, virtual directory, user and password.
pub async fn sign_in(orderwise: &Orderwise) -> CheckLine {
    match orderwise.mint_token().await.outcome {
        Ok(()) => CheckLine::ok(AREA, "sign-in", "a token was given"),
        Err(failure) => {
            let hint = hints::after(hints::Call::SignIn, &failure);
            let detail = match &failure {
                Failure::NotAuthorised { .. } => format!("authentication failed: {failure}"),
                Failure::Later { .. } | Failure::InDoubt { .. } => {
                    format!("connection failed: {failure}")
                }
                _ => failure.to_string(),
            };
            CheckLine::failed(AREA, "sign-in", detail, hint).stopping(&Stops::FLOWS)
        }
    }
}

/// Every export definition is run for a little.
pub async fn exports(orderwise: &Orderwise, now: Timestamp, ahead: Duration) -> Vec<CheckLine> {
    let mut lines = Vec::new();
    let mut newest = None;
    for (purpose, without, stops) in EXPORTS {
        if orderwise.has_export(purpose) {
            lines.push(match try_export(orderwise, purpose, now).await {
                Ok(ran) => {
                    newest = newest.max(ran.newest);
                    rows_told(purpose, &ran)
                }
                Err(failure) => failed_export(purpose, &failure),
            });
        } else {
            let hint = format!(
                "paste orderwise/exports/{purpose}.sql into OrderWise, and set \
                 orderwise.exports.{purpose}.id to the definition's number"
            );
            let detail = format!("not set: {without}");
            lines.push(match purpose {
                "order-lookup" => CheckLine::failed(AREA, purpose, detail, hint),
                _ => CheckLine::warning(AREA, purpose, detail, hint),
            });
        }
        let is_wrong =
            |line: &&mut CheckLine| matches!(line.state, CheckState::Failed | CheckState::Warning);
        if let Some(line) = lines.last_mut().filter(is_wrong) {
            line.stops = match (purpose, line.state) {
                // A row that cannot be read stops only itself.
                (_, CheckState::Warning) if orderwise.has_export(purpose) => Vec::new(),
                ("order-totals" | "order-lines", CheckState::Warning) => Vec::new(),
                _ => vec![stops],
            };
        }
    }
    lines.extend(clock(now, newest, ahead));
    lines
}

/// Without a row nothing shows that the number is that of this definition. The look-up is known by its
/// parameter, which no other has.
fn rows_told(purpose: &str, ran: &Ran) -> CheckLine {
    let found = match ran.rows {
        0 if purpose == "order-lookup" => "it runs; an order that does not exist has no row".into(),
        0 => {
            let detail = format!(
                "it runs, and the last day has no row: its columns were not seen, so see that \
                 orderwise.exports.{purpose}.id is not another one's"
            );
            return CheckLine::unverified(AREA, purpose, detail);
        }
        1 => "1 row of the last day".to_owned(),
        rows => format!("{rows} rows of the last day"),
    };
    let Some(first) = ran.unread.first() else { return CheckLine::ok(AREA, purpose, found) };
    let detail =
        format!("{found}, {} that cannot be read: {}: {first}", ran.unread.len(), first.about());
    let hint = "correct the record in OrderWise, or the SQL of the export definition; the flows go \
                on without such rows, and tell of each";
    CheckLine::warning(AREA, purpose, detail, hint)
}

fn failed_export(purpose: &'static str, failure: &Failure) -> CheckLine {
    let hint = hints::after(hints::Call::Export(purpose), failure);
    let detail = match failure {
        Failure::NotFound { .. } => format!("export definition not found: {failure}"),
        _ => failure.to_string(),
    };
    CheckLine::failed(AREA, purpose, detail, hint)
}

/// What came of an export definition that was run for a little.
struct Ran {
    rows: usize,
    /// The newest moment in them.
    newest: Option<Timestamp>,
    /// Of them, what cannot be read.
    unread: Vec<OddRow>,
}

fn ran<T>(rows: Rows<T>, moment: impl Fn(&T) -> Option<Timestamp>) -> Ran {
    let newest = rows.read.iter().filter_map(moment).max();
    let count = rows.len();
    Ran { rows: count, newest, unread: rows.odd.into_iter().filter(OddRow::may_be_ours).collect() }
}

async fn try_export(orderwise: &Orderwise, purpose: &str, now: Timestamp) -> Result<Ran, Failure> {
    // A quiet hour would show no row, and so no column.
    let since = now.minus(Duration::from_hours(24));
    let (from, to) = (orderwise.local(since), orderwise.local(now.plus(Duration::from_hours(1))));
    Ok(match purpose {
        "order-lookup" => {
            let nothing = Reference { site_id: 0, order_id: 0 };
            ran(orderwise.lookup_rows(&nothing).await.outcome?, |_| None)
        }
        "order-totals" => {
            let rows = orderwise.ledger_documents(from, to).await.outcome?;
            ran(rows, |row| row.document.stored_at)
        }
        "order-lines" => {
            let lines = ran(orderwise.ledger_lines(from, to).await.outcome?, |_| None);
            // A line does not say whose document it is of.
            Ran { unread: Vec::new(), ..lines }
        }
        "stock-levels" => {
            let rows = orderwise.stock_levels_in_pieces(Some(since)).await.all().await.outcome?;
            ran(rows, |row| Some(row.calculated_at))
        }
        "despatches" => ran(orderwise.despatches(since).await.outcome?, |_| None),
        _ => {
            let rows = orderwise.variants_in_pieces(Some(since)).await.all().await.outcome?;
            ran(rows, |row| row.last_amended)
        }
    })
}

/// A moment that has not come yet tells of a clock that is ahead, or of another zone. One that is
/// behind does not show.
fn clock(now: Timestamp, newest: Option<Timestamp>, ahead: Duration) -> Option<CheckLine> {
    let newest = newest?;
    let micros = newest.micros() - now.micros();
    if newest <= now.plus(ahead) {
        return Some(CheckLine::ok(AREA, "clock", "nothing it wrote lies in the future"));
    }
    let minutes = micros / 60_000_000;
    Some(
        CheckLine::failed(
            AREA,
            "clock",
            format!("it wrote down a moment that is {minutes} minutes ahead of this machine"),
            "set the clock of this machine or of OrderWise's database, and see that \
             orderwise.time-zone is the zone of OrderWise's server",
        )
        .stopping(&[Stops::Stock, Stops::Reconcile]),
    )
}

/// The lists that mappings name values of.
pub async fn value_lists(orderwise: &Orderwise) -> (Vec<CheckLine>, Lists) {
    let (mut lines, mut lists) = (Vec::new(), Lists::new());
    for (list, name) in VALUE_LISTS {
        lines.push(match orderwise.value_list(list).await.outcome {
            Ok(items) if items.is_empty() => {
                let hint = format!(
                    "make one in OrderWise, or see whether value list {list} is another one there"
                );
                let detail = format!("value list {list}: 0 items");
                CheckLine::warning(AREA, name, detail, hint)
            }
            Ok(items) => {
                let detail = format!("value list {list}: {} items", items.len());
                lists.insert(list, items.into_iter().collect());
                CheckLine::ok(AREA, name, detail)
            }
            Err(failure) => {
                let hint = hints::after(hints::Call::List, &failure);
                CheckLine::failed(AREA, name, failure.to_string(), hint)
            }
        });
    }
    (lines, lists)
}

/// The accounts that stores are mapped to: there, and not on hold.
pub async fn accounts(orderwise: &Orderwise, mapping: &Mapping) -> Vec<CheckLine> {
    if mapping.stores.is_empty() {
        return Vec::new();
    }
    let mut wanted: BTreeMap<i64, &_> =
        mapping.stores.iter().map(|(id, store)| (*id, store)).collect();
    let mut troubles = Vec::new();
    let (mut last, mut ended) = (0, false);
    for _ in 0..PAGES {
        let page = match orderwise.accounts_after(last).await.outcome {
            Ok(page) => page,
            Err(failure) => {
                let hint = hints::after(hints::Call::List, &failure);
                return vec![CheckLine::warning(AREA, "accounts", failure.to_string(), hint)];
            }
        };
        let Some(end) = page.last().map(|account| account.id) else {
            ended = true;
            break;
        };
        last = end;
        wanted.retain(|id, store| {
            let found = page.iter().find(|account| is_account(account, &store.account));
            troubles.extend(found.and_then(|account| on_hold(*id, &store.name, account)));
            found.is_none()
        });
        if wanted.is_empty() {
            break;
        }
    }
    if ended {
        troubles.extend(wanted.iter().map(|(id, store)| {
            let detail = format!("the account of store {id}, {}, is not in OrderWise", store.name);
            let hint = format!("`daybook map set store {id} account=NUMBER`");
            CheckLine::failed(AREA, "accounts", detail, hint).stopping(&[Stops::Sales])
        }));
    } else if !wanted.is_empty() {
        let detail = format!("{} were not among the first {PAGES} pages", wanted.len());
        return vec![CheckLine::unverified(AREA, "accounts", detail)];
    }
    if troubles.is_empty() {
        let detail = match mapping.stores.len() {
            1 => "the one store's account is there".to_owned(),
            stores => format!("{stores} stores, and each one's account is there"),
        };
        troubles.push(CheckLine::ok(AREA, "accounts", detail));
    }
    troubles
}

fn on_hold(id: i64, name: &str, account: &AccountState) -> Option<CheckLine> {
    (account.on_hold || account.over_terms).then(|| {
        let what = if account.on_hold { "on hold" } else { "over its credit terms" };
        let detail = format!("account {} of store {id}, {name}, is {what}", account.number);
        let hint = "release it in OrderWise, or its orders may be refused or stopped there";
        CheckLine::warning(AREA, "accounts", detail, hint).stopping(&[Stops::Sales])
    })
}
