//! Lists and reports as files, for programs: those of the desk's pages.

use axum::{Extension, extract::State};
use daybook_domain::access::Right::See;

use super::{
    ApiError, about,
    told::{Csv, File, Html, Xlsx},
};
use crate::{
    Web,
    access::Who,
    desk::{Routes, files_of, find},
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

pub(super) fn routes() -> Routes {
    Routes::default()
        .call("/api/v1/exceptions.csv", See, about("Open exceptions as CSV.", &[]), exceptions)
        .call("/api/v1/entries.csv", See, about("Entries as CSV.", FILTER), entries_csv)
        .call("/api/v1/entries.xlsx", See, about("Entries as a workbook.", FILTER), entries_xlsx)
        .call("/api/v1/mappings/{kind}/csv", See, about("A table as CSV.", &[]), mapping)
        .call("/api/v1/activity.csv", See, about("The record as CSV.", &[]), activity)
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

async fn exceptions(web: State<Web>, who: Extension<Who>) -> Answer<Csv> {
    Ok(files_of::exceptions(web, who).await?.into())
}

async fn entries_csv(
    web: State<Web>,
    who: Extension<Who>,
    wanted: Asked<find::Wanted>,
) -> Answer<Csv> {
    Ok(files_of::entries_csv(web, who, wanted).await?.into())
}

async fn entries_xlsx(
    web: State<Web>,
    who: Extension<Who>,
    wanted: Asked<find::Wanted>,
) -> Answer<Xlsx> {
    Ok(files_of::entries_xlsx(web, who, wanted).await?.into())
}

async fn mapping(web: State<Web>, kind: At<String>) -> Answer<Csv> {
    Ok(files_of::mapping(web, kind).await?.into())
}

async fn activity(web: State<Web>, who: Extension<Who>) -> Answer<Csv> {
    Ok(files_of::activity(web, who).await?.into())
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
