//! The manual, its routines, and who is responsible, for programs.

use axum::{Extension, Json, extract::State};
use daybook_domain::{
    Timestamp,
    access::Right::{ClearExceptions, Operate, See},
    causes::Owner,
};
use daybook_flows::manual::{
    responsible::{self, Named},
    routine::{self, RoutineView, Tick},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    about,
    calls::{Answer, DONE, Done, unknown},
};
use crate::{
    Web,
    access::Who,
    desk::Routes,
    manual::{Book, Hit, Manual},
    take::{Asked, At, Given},
};

/// Ticks in one answer.
const KEPT: usize = 200;

const LINE: &[(&str, &str)] = &[
    ("routine", "daily, weekly or month-end."),
    ("line", "The line's code."),
    ("remark", "Kept with it; may be left out."),
];
const NAME: &[(&str, &str)] = &[
    ("workflow", "The workflow's code."),
    ("name", "Who; empty says that nobody is."),
    ("deputy", "Who stands in; may be left out."),
];

pub(super) fn routes() -> Routes {
    Routes::default()
        .call(
            "/api/v1/manual",
            See,
            about("Its chapters; with words, those that hold all of them.", &[("q", "Words.")]),
            search,
        )
        .call(
            "/api/v1/manual/{book}/{chapter}",
            See,
            about("A chapter of a book (finance or retail).", &[]),
            chapter,
        )
        .call(
            "/api/v1/routines",
            See,
            about("What is gone through each day, week and month, and how it stands.", &[]),
            routines,
        )
        .deed(
            "/api/v1/routines/tick",
            ClearExceptions,
            about("Tick a line off, for the present day, week or month.", LINE),
            tick,
        )
        .deed("/api/v1/routines/untick", ClearExceptions, about("Take that back.", LINE), untick)
        .call("/api/v1/responsible", See, about("Who is responsible for what.", &[]), who_is)
        .deed(
            "/api/v1/responsible/set",
            Operate,
            about("Say who is responsible for a workflow.", NAME),
            set_responsible,
        )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Words {
    q: String,
}

/// A chapter of the manual, in short.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ManualHit")]
struct HitTold {
    /// Its name in addresses.
    chapter: String,
    /// Its title.
    title: String,
    /// The books that it is in.
    #[schemars(extend("items" = { "enum": ["finance", "retail"], "type": "string" }))]
    books: Vec<&'static str>,
    /// The text around the first word; empty without words.
    around: String,
}

impl From<Hit> for HitTold {
    fn from(hit: Hit) -> Self {
        Self {
            chapter: hit.slug,
            title: hit.title,
            books: hit.books.into_iter().map(Book::word).collect(),
            around: hit.around,
        }
    }
}

/// Chapters of the manual.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ManualChapters")]
struct Chapters {
    /// In the order of the manual; with words, the best first.
    chapters: Vec<HitTold>,
}

async fn search(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(words): Asked<Words>,
) -> Answer<Chapters> {
    let manual = Manual::read(&web, &who).await?;
    let hits = match words.q.trim() {
        "" => manual.contents(),
        words => manual.search(words),
    };
    Ok(Json(Chapters { chapters: hits.into_iter().map(HitTold::from).collect() }))
}

/// A chapter of the manual.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ManualChapter")]
struct ChapterTold {
    /// Its name in addresses.
    chapter: String,
    /// Its title.
    title: String,
    /// The part of the book.
    part: &'static str,
    /// Its text, in CommonMark.
    text: String,
}

async fn chapter(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((book, slug)): At<(String, String)>,
) -> Answer<ChapterTold> {
    let book = Book::find(&book).ok_or_else(|| unknown(format!("There is no book '{book}'")))?;
    let manual = Manual::read(&web, &who).await?;
    let found = manual.chapter(book, &slug);
    let found = found.ok_or_else(|| unknown(format!("There is no chapter '{slug}' in it")))?;
    Ok(Json(ChapterTold {
        chapter: found.slug.clone(),
        title: found.title.clone(),
        part: found.part.title(),
        text: found.text.clone(),
    }))
}

/// All routines.
#[derive(Debug, Serialize, JsonSchema)]
struct Routines {
    /// As they stand now, for whoever asks.
    routines: Vec<RoutineView>,
    /// The latest ticks, the newest first.
    kept: Vec<Tick>,
}

async fn routines(State(web): State<Web>, Extension(who): Extension<Who>) -> Answer<Routines> {
    let routines = routine::read(&web.app, who.stores.as_ref()).await?;
    Ok(Json(Routines { routines, kept: routine::kept(&web.app, KEPT).await? }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Ticked {
    routine: String,
    line: String,
    remark: String,
}

async fn tick(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Given(one): Given<Ticked>,
) -> Answer<Done> {
    routine::tick(&web.app, (&one.routine, &one.line), &one.remark, &who.name).await?;
    Ok(Json(DONE))
}

async fn untick(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Given(one): Given<Ticked>,
) -> Answer<Done> {
    routine::untick(&web.app, (&one.routine, &one.line), &who.name).await?;
    Ok(Json(DONE))
}

/// A workflow, and who is responsible for it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Workflow")]
struct WorkflowTold {
    /// Its stable code.
    workflow: &'static str,
    /// A few words.
    title: &'static str,
    /// What whoever is responsible sees to.
    what: &'static str,
    /// Whose it usually is.
    owner: Owner,
    /// Who; empty where nobody is named.
    name: String,
    /// Who stands in; may be empty.
    deputy: String,
    /// When that was said.
    said_at: Option<Timestamp>,
    /// By whom.
    said_by: Option<String>,
}

impl From<Named> for WorkflowTold {
    fn from(named: Named) -> Self {
        let Named { workflow, name, deputy, said } = named;
        let (said_at, said_by) = said.unzip();
        Self {
            workflow: workflow.code,
            title: workflow.title,
            what: workflow.what,
            owner: workflow.owner,
            name,
            deputy,
            said_at,
            said_by,
        }
    }
}

/// Who is responsible for what.
#[derive(Debug, Serialize, JsonSchema)]
struct Responsible {
    /// In the order of the day's work.
    workflows: Vec<WorkflowTold>,
}

async fn who_is(State(web): State<Web>) -> Answer<Responsible> {
    let named = responsible::list(&web.app).await?;
    Ok(Json(Responsible { workflows: named.into_iter().map(WorkflowTold::from).collect() }))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct NewName {
    workflow: String,
    name: String,
    deputy: String,
}

async fn set_responsible(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Given(new): Given<NewName>,
) -> Answer<Done> {
    responsible::set(&web.app, &new.workflow, (&new.name, &new.deputy), &who.name).await?;
    Ok(Json(DONE))
}
