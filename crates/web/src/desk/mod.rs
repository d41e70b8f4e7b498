//! The desk: pages for people.
//!
//! A page is a file here and a template of the same name: it reads (through `daybook-flows`), puts
//! figures into words, and is rendered. What a page shows the API answers too (`crate::api`).

mod alerts;
pub(crate) mod assets;
mod audit;
pub(crate) mod books;
pub(crate) mod buffers;
pub(crate) mod day;
pub(crate) mod drill;
mod effect;
mod entry;
mod error;
mod exceptions;
mod files;
pub(crate) mod find;
mod goods;
mod health;
mod incoming;
pub(crate) mod lists;
mod live;
mod manual;
mod mappings;
mod payouts;
pub(crate) mod privacy;
mod routes;
mod routines;
mod said;
pub(crate) mod say;
pub(crate) mod shell;
mod today;
mod tour;

use axum::Router;
use daybook_domain::access::Right;

pub use self::routes::RouteLine;
pub(crate) use self::{
    entry::seen as entry_seen,
    error::PageError,
    exceptions::mapping_row,
    mappings::key_of,
    routes::Routes,
    said::verb as decided_by,
    shell::{Section, Shell, show, zone},
};
use crate::{Web, access};

/// Pages that are one file: the API gives the same.
pub(crate) mod files_of {
    pub(crate) use super::{
        audit::report as audit,
        books::{pack_page, pack_xlsx},
    };
}

/// Every page and everything that pages do.
pub(crate) fn pages() -> Routes {
    use Right::{
        ChangeMappings, ClearExceptions, CloseBooks, EraseShoppers, ManageStock, Operate, See,
        SeeShoppers,
    };
    Routes::default()
        .page("/", See, today::page)
        .page("/exceptions", See, exceptions::page)
        .page("/exceptions/{cause}", See, exceptions::one)
        .act("/exceptions/{cause}/retry", ClearExceptions, exceptions::retry)
        .act("/exceptions/{cause}/map", ChangeMappings, exceptions::map)
        .act("/exceptions/{cause}/comment", ClearExceptions, exceptions::comment)
        .act("/exceptions/{cause}/assign", ClearExceptions, exceptions::assign)
        .act("/exceptions/{cause}/dismiss", ClearExceptions, exceptions::dismiss)
        .page("/books", See, books::month)
        .page("/books/payouts", See, payouts::page)
        .page("/books/{day}/pack.html", See, books::pack_page)
        .page("/books/{day}/pack.xlsx", See, books::pack_xlsx)
        .act("/books/{day}/close", CloseBooks, books::close)
        .act("/books/{day}/reopen", CloseBooks, books::reopen)
        .act("/books/{day}/approve", CloseBooks, books::approve)
        .page("/books/{day}/drill", See, drill::page)
        .page("/books/{day}/{store}", See, day::page)
        .page("/books/{day}/{store}/entries", See, drill::entries)
        .act("/books/{day}/{store}/compare", CloseBooks, day::compare)
        .act("/books/{day}/{store}/fix", CloseBooks, day::run_fix)
        .act("/books/{day}/{store}/sign", CloseBooks, day::sign)
        .page("/find", See, find::page)
        .page("/stock", See, goods::stock)
        .page("/stock/find", See, goods::go_to_sku)
        .page("/stock/buffers", See, buffers::page)
        .act("/stock/buffers/set", ManageStock, buffers::set)
        .act("/stock/buffers/remove", ManageStock, buffers::remove)
        .page("/stock/{sku}", See, goods::sku)
        .page("/catalogue", See, goods::catalogue)
        .page("/despatch", See, goods::despatch)
        .page("/mappings", See, mappings::first)
        .page("/mappings/{kind}", See, mappings::table)
        .page("/mappings/{kind}/row", See, mappings::row)
        .page("/mappings/{kind}/import", ChangeMappings, incoming::page)
        .act("/mappings/{kind}/import", ChangeMappings, incoming::bring)
        .act("/mappings/{kind}/set", ChangeMappings, mappings::set)
        .act("/mappings/{kind}/remove", ChangeMappings, mappings::remove)
        .page("/alerts", See, alerts::page)
        .act("/alerts/{number}/seen", ClearExceptions, alerts::seen)
        .page("/activity", See, health::activity)
        .page("/health", See, health::page)
        .act("/health/pause", Operate, health::pause)
        .act("/health/resume", Operate, health::resume)
        .page("/audit", See, audit::page)
        .page("/audit/report.html", See, audit::report)
        .page("/privacy", EraseShoppers, privacy::page)
        .act("/privacy/erase", EraseShoppers, privacy::erase)
        .page("/live", See, live::stream)
        .page("/entries/{reference}", See, entry::page)
        .act("/entries/{reference}/shopper", SeeShoppers, entry::with_shopper)
        .act("/entries/{reference}/retry", ClearExceptions, entry::retry)
        .act("/entries/{reference}/dismiss", ClearExceptions, entry::dismiss)
        .act("/entries/{reference}/hold", ClearExceptions, said::hold)
        .act("/entries/{reference}/correct", ClearExceptions, said::correct)
        .act("/entries/{reference}/corrections/{number}", ClearExceptions, said::decide)
        .and(files())
        .and(manual_pages())
        .and(access::pages())
}

/// Lists to take away.
fn files() -> Routes {
    use Right::See;
    let of_day = ["/books/{day}/{store}/entries.csv", "/books/{day}/{store}/entries.xlsx"];
    let of_kind = ["/mappings/{kind}/csv", "/mappings/{kind}/xlsx"];
    Routes::default()
        .file(["/activity.csv", "/activity.xlsx"], See, lists::activity)
        .file(["/alerts.csv", "/alerts.xlsx"], See, lists::told)
        .file(["/audit.csv", "/audit.xlsx"], See, lists::gaps)
        .file(["/books/payouts.csv", "/books/payouts.xlsx"], See, lists::money)
        .file(of_day, See, drill::entries_file)
        .file(["/catalogue.csv", "/catalogue.xlsx"], See, lists::catalogue)
        .file(["/despatch.csv", "/despatch.xlsx"], See, lists::despatch)
        .file(["/exceptions.csv", "/exceptions.xlsx"], See, lists::exceptions)
        .file(["/find.csv", "/find.xlsx"], See, lists::entries)
        .file(of_kind, See, lists::mapping)
        .file(["/stock.csv", "/stock.xlsx"], See, lists::oversold)
        .file(["/stock/buffers.csv", "/stock/buffers.xlsx"], See, lists::buffers)
}

/// The manual, its routines, and the tour.
fn manual_pages() -> Routes {
    use Right::{ClearExceptions, Operate, See};
    Routes::default()
        .page("/manual", See, manual::home)
        .page("/manual/cause/{code}", See, manual::cause)
        .page("/manual/responsible", See, routines::responsible)
        .act("/manual/responsible/set", Operate, routines::set_responsible)
        .page("/manual/routines", See, routines::page)
        .act("/manual/routines/tick", ClearExceptions, routines::tick)
        .act("/manual/routines/untick", ClearExceptions, routines::untick)
        .page("/manual/tour", See, tour::page)
        .act("/manual/tour/answer", ClearExceptions, tour::answer)
        .page("/manual/{book}", See, manual::book)
        .page("/manual/{book}/print", See, manual::print)
        .page("/manual/{book}/{chapter}", See, manual::chapter)
}

/// What is open to everybody.
pub(crate) fn open() -> Router<Web> {
    assets::routes()
}
