//! Lists and reports as files, for programs: those of the desk's pages.

use axum::{
    Extension,
    extract::{MatchedPath, State},
};
use daybook_domain::access::Right::See;

use super::{
    ApiError, about,
    books::WAY,
    told::{Csv, File, Html, Xlsx},
};
use crate::{
    Web,
    access::Who,
    desk::{Routes, drill, files_of, find, lists},
    take::{Asked, At},
};

type Answer<K> = Result<File<K>, ApiError>;

const FILTER: &[(&str, &str)] = &[
    ("q", "As for the entries themselves."),
    ("state", "Only in this state."),
    ("store", "Only of this store."),
    ("from", "Only from this day on, 2026-11-24."),
    ("to", "Only up to this day, the day included."),
];

/// Routes of lists, each under both of its endings.
macro_rules! both {
    ($($path:literal $what:literal $takes:expr, $also:expr, $handler:ident)*) => {
        Routes::default()$(
            .call(
                concat!("/api/v1/", $path, "csv"),
                See,
                about(concat!($what, " as CSV."), $takes).or($also),
                $handler::<Csv>,
            )
            .call(
                concat!("/api/v1/", $path, "xlsx"),
                See,
                about(concat!($what, " as a workbook."), $takes).or($also),
                $handler::<Xlsx>,
            )
        )*
    };
}

pub(super) fn routes() -> Routes {
    let lists = both! {
        "activity." "The record" &[], &[], activity
        "alerts." "Alerts" &[], &[], alerts
        "audit." "Gaps of the latest audit" &[], &[404, 409], gaps
        "catalogue." "What keeps products from the tills" &[], &[], catalogue
        "days/{day}/{store}/entries." "Entries behind a day's figures" WAY, &[409], of_day
        "despatches." "Orders with goods to come" &[], &[], despatches
        "entries." "Entries" FILTER, &[], entries
        "exceptions." "Open exceptions" &[], &[], exceptions
        "mappings/{kind}/" "A mapping table" &[], &[], mapping
        "payouts." "Payouts" &[], &[], payouts
        "stock." "What was sold beyond what was there" &[], &[], oversold
        "stock-buffers." "Rules for what is held back" &[], &[], buffers
    };
    lists
        .call(
            "/api/v1/months/{month}/pack.html",
            See,
            about("The month-end pack to print.", &[]).or(&[409]),
            pack_page,
        )
        .call(
            "/api/v1/months/{month}/pack.xlsx",
            See,
            about("The month-end pack as a workbook.", &[]).or(&[409]),
            pack_workbook,
        )
        .call(
            "/api/v1/audit.html",
            See,
            about("The latest audit to print.", &[]).or(&[404, 409]),
            audit,
        )
}

/// Lists that ask for nothing but who looks.
macro_rules! plain {
    ($($name:ident = $list:ident;)*) => {$(
        async fn $name<K>(web: State<Web>, who: Extension<Who>, at: MatchedPath) -> Answer<K> {
            Ok(lists::$list(web, who, at).await?.into())
        }
    )*};
}

plain! {
    activity = activity;
    alerts = told;
    gaps = gaps;
    despatches = despatch;
    exceptions = exceptions;
    payouts = money;
    oversold = oversold;
    buffers = buffers;
}

async fn catalogue<K>(web: State<Web>, at: MatchedPath) -> Answer<K> {
    Ok(lists::catalogue(web, at).await?.into())
}

async fn mapping<K>(web: State<Web>, kind: At<String>, at: MatchedPath) -> Answer<K> {
    Ok(lists::mapping(web, kind, at).await?.into())
}

async fn entries<K>(
    web: State<Web>,
    who: Extension<Who>,
    at: MatchedPath,
    wanted: Asked<find::Wanted>,
) -> Answer<K> {
    Ok(lists::entries(web, who, at, wanted).await?.into())
}

async fn of_day<K>(
    web: State<Web>,
    who: Extension<Who>,
    at: MatchedPath,
    day: At<(String, i64)>,
    wanted: Asked<drill::Wanted>,
) -> Answer<K> {
    Ok(drill::entries_file(web, who, at, day, wanted).await?.into())
}

async fn pack_page(web: State<Web>, who: Extension<Who>, month: At<String>) -> Answer<Html> {
    Ok(files_of::pack_page(web, who, month).await?.into())
}

async fn pack_workbook(web: State<Web>, who: Extension<Who>, month: At<String>) -> Answer<Xlsx> {
    Ok(files_of::pack_xlsx(web, who, month).await?.into())
}

async fn audit(web: State<Web>, who: Extension<Who>) -> Answer<Html> {
    Ok(files_of::audit(web, who).await?.into())
}
