//! `/api/v1`: everything that the pages show and do, for programs.
//!
//! Reads answer the same JSON as the command line's `--json` where there is such a command. Every
//! write carries an `Idempotency-Key` ([`once`]). Errors are problem details with stable codes.

mod calls;
mod deeds;
mod document;
mod error;
mod once;
mod said;

use axum::{Router, middleware::from_fn_with_state};
use daybook_domain::access::Right::{ChangeMappings, ClearExceptions, CloseBooks, See};

pub use self::document::openapi;
pub(crate) use self::error::ApiError;
use crate::{
    Web,
    desk::{RouteLine, Routes},
};

/// What is documented of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// One sentence.
    pub summary: &'static str,
    /// Query parameters of a read; fields of the body of a write.
    pub takes: &'static [(&'static str, &'static str)],
}

const fn about(summary: &'static str, takes: &'static [(&'static str, &'static str)]) -> About {
    About { summary, takes }
}

const WHY: &[(&str, &str)] = &[("reason", "Why; kept on record.")];
const ACT: &[(&str, &str)] = &[
    ("about", "What the siblings are about: the SKU, the rate, the store."),
    ("text", "The words, or the name."),
];
const ROW: &[(&str, &str)] = &[
    ("key", "Its name on the till."),
    ("value", "Its fields, by name."),
    ("remove", "true: take the row away."),
];

/// Every call.
fn calls() -> Routes {
    Routes::default()
        .call(
            "/api/v1/today",
            See,
            about("Whether all is well, store by store.", &[]),
            calls::today,
        )
        .call(
            "/api/v1/exceptions",
            See,
            about("Open exceptions, siblings together.", &[("owner", "finance, retail or it.")]),
            calls::exceptions,
        )
        .call(
            "/api/v1/exceptions/{cause}",
            See,
            about(
                "Siblings of one cause.",
                &[("about", "What they are about."), ("after", "The `next` of the page before.")],
            ),
            calls::exception,
        )
        .deed(
            "/api/v1/exceptions/{cause}/retry",
            ClearExceptions,
            about("Try all siblings again.", ACT),
            calls::retry_all,
        )
        .deed(
            "/api/v1/exceptions/{cause}/comment",
            ClearExceptions,
            about("Say something about siblings.", ACT),
            calls::comment,
        )
        .deed(
            "/api/v1/exceptions/{cause}/assign",
            ClearExceptions,
            about("Give siblings to somebody.", ACT),
            calls::assign,
        )
        .deed(
            "/api/v1/exceptions/{cause}/dismiss",
            ClearExceptions,
            about("Dismiss exception number {cause}, behind which no entry stands.", ACT),
            calls::dismiss_exception,
        )
        .and(entries())
        .and(said::routes())
        .and(deeds::routes())
        .and(goods())
        .and(books())
        .and(rest())
}

fn entries() -> Routes {
    Routes::default()
        .call(
            "/api/v1/entries",
            See,
            about(
                "Entries, the newest first.",
                &[
                    ("q", "Reference, order id, receipt, document, payment reference or amount."),
                    ("state", "Only in this state."),
                    ("store", "Only of this store."),
                    ("from", "Only from this day on, 2026-11-24."),
                    ("to", "Only up to this day, the day included."),
                    ("before", "The `next` of the page before."),
                ],
            ),
            calls::entries,
        )
        .call(
            "/api/v1/entries/{reference}",
            See,
            about("All about one entry.", &[]),
            calls::one_entry,
        )
        .call(
            "/api/v1/entries/{reference}/exchanges",
            See,
            about("What was said with both systems about it, masked.", &[]),
            calls::exchanges,
        )
        .deed(
            "/api/v1/entries/{reference}/retry",
            ClearExceptions,
            about("Try it again.", &[]),
            calls::retry,
        )
        .deed(
            "/api/v1/entries/{reference}/dismiss",
            ClearExceptions,
            about("Decide that it is not posted.", WHY),
            calls::dismiss,
        )
}

fn goods() -> Routes {
    Routes::default()
        .call("/api/v1/stock", See, about("Stock over all stores.", &[]), calls::all_stock)
        .call("/api/v1/stock/{sku}", See, about("A SKU in every store.", &[]), calls::stock_of)
        .call("/api/v1/catalogue", See, about("Products at a glance.", &[]), calls::catalogue)
        .call("/api/v1/catalogue/{sku}", See, about("All about one product.", &[]), calls::product)
        .call(
            "/api/v1/despatches",
            See,
            about("Orders with goods to come.", &[("after", "The `next` of the page before.")]),
            calls::despatches,
        )
}

fn books() -> Routes {
    Routes::default()
        .call(
            "/api/v1/months/{month}",
            See,
            about("A month and its store-days.", &[]),
            calls::month,
        )
        .deed("/api/v1/months/{month}/close", CloseBooks, about("Close it.", WHY), calls::close)
        .deed(
            "/api/v1/months/{month}/reopen",
            CloseBooks,
            about("Ask that it be opened again.", WHY),
            calls::reopen,
        )
        .deed(
            "/api/v1/months/{month}/approve",
            CloseBooks,
            about("Approve that, as a second person.", WHY),
            calls::approve,
        )
        .call("/api/v1/days/{day}/{store}", See, about("A store's day.", &[]), calls::store_day)
        .call(
            "/api/v1/days/{day}/{store}/plan",
            See,
            about("What would take its differences away.", &[]),
            calls::plan,
        )
        .deed(
            "/api/v1/days/{day}/{store}/compare",
            CloseBooks,
            about("Compare it again; see /api/v1/asked/{id} for the answer.", &[]),
            calls::compare,
        )
        .deed(
            "/api/v1/days/{day}/{store}/fix",
            CloseBooks,
            about("Run the plan; see /api/v1/asked/{id} for the answer.", &[]),
            calls::run_plan,
        )
        .deed(
            "/api/v1/days/{day}/{store}/sign",
            CloseBooks,
            about(
                "Accept what differs.",
                &[
                    ("reason", "Why; kept on record."),
                    ("cause", "Only differences of this cause."),
                    ("certificate", "The number of the certificate that you looked at."),
                ],
            ),
            calls::sign,
        )
        .call("/api/v1/asked/{id}", See, about("What came of a question.", &[]), calls::answered)
}

fn rest() -> Routes {
    Routes::default()
        .call(
            "/api/v1/mappings/{kind}",
            See,
            about("A mapping table, and what is missing in it.", &[]),
            calls::mapping_table,
        )
        .call(
            "/api/v1/mappings/{kind}/row",
            See,
            about("One row with its ETag and history.", &[("key", "Its name on the till.")]),
            calls::mapping_row_of,
        )
        .deed(
            "/api/v1/mappings/{kind}/foresee",
            ChangeMappings,
            about("What a change would fix and break; changes nothing.", ROW),
            calls::foretold,
        )
        .deed(
            "/api/v1/mappings/{kind}/set",
            ChangeMappings,
            about("Set or remove a row; with If-Match only if it is as it was read.", ROW),
            calls::set_mapping,
        )
        .call(
            "/api/v1/activity",
            See,
            about(
                "Who did what, the newest first.",
                &[("before", "The `next` of the page before.")],
            ),
            calls::activity,
        )
        .call("/api/v1/health", See, about("The machine room.", &[]), calls::machine)
}

/// The router, and its table.
pub(crate) fn routes(web: &Web) -> (Router<Web>, Vec<RouteLine>) {
    let (calls, table) = calls().done();
    let (document, described) = Routes::default()
        .page("/api", See, document::page)
        .page("/api/v1/openapi.json", See, document::json)
        .done();
    let calls = calls.layer(from_fn_with_state(web.clone(), once::once));
    (calls.merge(document), table.into_iter().chain(described).collect())
}

/// The calls that the document describes.
pub(crate) fn described() -> Vec<RouteLine> {
    calls().done().1
}
