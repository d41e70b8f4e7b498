//! The latest audit of both systems.

use askama::Template;
use axum::{
    Extension,
    extract::State,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use daybook_domain::audit::Change;
use daybook_flows::audit;

use super::{PageError, Section, Shell, say, shell, today::currency};
use crate::{
    Web,
    access::Who,
    export::audit::{self as told, GapTold},
};

/// Records shown of a gap.
const SHOWN: usize = 10;
/// Changes shown.
const CHANGES: usize = 50;

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    shell: Shell,
    last: Option<Last>,
}

struct Last {
    at: String,
    read: String,
    total: String,
    changed: Option<String>,
    changes: Vec<(&'static str, &'static str, String, String)>,
    gaps: Vec<GapTold>,
    unseen: Vec<(String, String)>,
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
) -> Result<Response, PageError> {
    who.sees_all_stores()?;
    let (now, zone) = (web.app.now(), shell::zone(&web));
    let last = audit::last(&web.app).await?.map(|audited| {
        let (report, changes) = (&audited.report, audited.changes.as_ref());
        let change = |how: &'static str, one: &Change| {
            let (record, detail) = (one.evidence.record.clone(), one.evidence.detail.clone());
            (how, one.kind.word(), record, detail)
        };
        let new = changes.iter().flat_map(|all| &all.new).map(|one| change("new", one));
        let gone = changes.iter().flat_map(|all| &all.gone).map(|one| change("gone", one));
        Last {
            at: say::ago(report.finished_at, now),
            read: told::read(report),
            total: told::total(report),
            changed: changes.map(|changes| told::changed(changes, &zone)),
            changes: new.chain(gone).take(CHANGES).collect(),
            gaps: told::told(report, changes, &currency(&web), SHOWN),
            unseen: report.unseen.iter().map(|one| (one.what.clone(), one.why.clone())).collect(),
        }
    });
    shell::show(&AuditPage { last, shell: Shell::new(&web, &who, Section::Audit, "Audit") })
}

/// The same as a page to hand over.
pub(crate) async fn report(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
) -> Result<Response, PageError> {
    who.sees_all_stores()?;
    let last = audit::last(&web.app).await?;
    let last = last.ok_or_else(|| PageError::not_found("There is no audit yet"))?;
    let (zone, currency) = (shell::zone(&web), currency(&web));
    let page = told::page(&last.report, last.changes.as_ref(), &zone, &currency);
    let page = page.map_err(|error| {
        let (status, hint) = (StatusCode::INTERNAL_SERVER_ERROR, "please report it");
        PageError::new(status, "export", error.to_string(), hint)
    })?;
    // The page carries its own style: it is made to be kept as one file.
    let style =
        [(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'")];
    Ok((style, Html(page)).into_response())
}
