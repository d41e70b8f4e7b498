//! The manual at the desk: its books, chapters, search, and a book to print.

use askama::Template;
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::causes::{Cause, Owner};
use daybook_flows::manual::routine;
use serde::Deserialize;

use super::{PageError, Section, Shell, assets, say, shell};
use crate::{
    Web,
    access::Who,
    manual::{Book, Chapter, Links, Manual, Part, cause_slug},
    take::{Asked, At},
};

#[derive(Template)]
#[template(path = "manual.html")]
struct HomePage {
    shell: Shell,
    q: String,
    hits: Option<Vec<HitTold>>,
    books: Vec<(&'static str, &'static str, usize)>,
    routines: Vec<(&'static str, String)>,
    training: bool,
}

struct HitTold {
    title: String,
    around: String,
    links: Vec<(String, &'static str)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct HomeQuery {
    q: String,
}

fn address(book: Book, slug: &str) -> String {
    format!("/manual/{}/{slug}", book.word())
}

pub(super) async fn home(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<HomeQuery>,
) -> Result<Response, PageError> {
    let manual = Manual::read(&web, &who).await?;
    let hits = (!query.q.trim().is_empty()).then(|| {
        let hits = manual.search(&query.q).into_iter();
        hits.map(|hit| HitTold {
            links: hit.books.iter().map(|b| (address(*b, &hit.slug), b.title())).collect(),
            title: hit.title,
            around: hit.around,
        })
        .collect()
    });
    let routines = routine::read(&web.app, who.stores.as_ref()).await?;
    let page = HomePage {
        shell: Shell::new(&web, &who, Section::Manual, "Manual"),
        q: query.q,
        hits,
        books: Book::ALL
            .iter()
            .map(|book| (book.word(), book.title(), manual.of_book(*book).count()))
            .collect(),
        routines: routines
            .iter()
            .map(|one| {
                let done = format!("{} of {} done", one.done(), one.lines.len());
                (one.routine.title(), done)
            })
            .collect(),
        training: web.manual.training,
    };
    shell::show(&page)
}

#[derive(Template)]
#[template(path = "manual-book.html")]
struct BookPage {
    shell: Shell,
    word: &'static str,
    title: &'static str,
    parts: Vec<(&'static str, Vec<(String, String)>)>,
}

fn book_of(word: &str) -> Result<Book, PageError> {
    Book::find(word).ok_or_else(|| PageError::not_found(format!("There is no book '{word}'")))
}

/// The chapters of a book by part: address and title.
fn contents(manual: &Manual, book: Book) -> Vec<(&'static str, Vec<(String, String)>)> {
    let of = |part: Part| {
        let own = manual.of_book(book).filter(move |chapter| chapter.part == part);
        own.map(|chapter| (chapter.slug.clone(), chapter.title.clone())).collect()
    };
    Part::ALL.into_iter().map(|part| (part.title(), of(part))).collect()
}

pub(super) async fn book(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(word): At<String>,
) -> Result<Response, PageError> {
    let book = book_of(&word)?;
    let manual = Manual::read(&web, &who).await?;
    let page = BookPage {
        shell: Shell::new(&web, &who, Section::Manual, format!("Manual: {}", book.title())),
        word: book.word(),
        title: book.title(),
        parts: contents(&manual, book),
    };
    shell::show(&page)
}

#[derive(Template)]
#[template(path = "manual-chapter.html")]
struct ChapterPage {
    shell: Shell,
    book: &'static str,
    book_title: &'static str,
    title: String,
    /// Made by our renderer, which lets no HTML through.
    html: String,
    earlier: Option<(String, String)>,
    later: Option<(String, String)>,
}

pub(super) async fn chapter(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((word, slug)): At<(String, String)>,
) -> Result<Response, PageError> {
    let book = book_of(&word)?;
    let manual = Manual::read(&web, &who).await?;
    let found = manual.chapter(book, &slug);
    let chapter = found.ok_or_else(|| {
        PageError::not_found(format!("There is no chapter '{slug}' in that book"))
    })?;
    let all: Vec<&Chapter> = manual.of_book(book).collect();
    let at = all.iter().position(|one| one.slug == slug).unwrap_or_default();
    let link = |one: &&Chapter| (address(book, &one.slug), one.title.clone());
    let page = ChapterPage {
        shell: Shell::new(&web, &who, Section::Manual, chapter.title.clone()),
        book: book.word(),
        book_title: book.title(),
        title: chapter.title.clone(),
        html: manual.html(chapter, Links { book, is_print: false }),
        earlier: at.checked_sub(1).and_then(|at| all.get(at)).map(link),
        later: all.get(at + 1).map(link),
    };
    shell::show(&page)
}

#[derive(Template)]
#[template(path = "manual-print.html")]
struct PrintPage {
    style: &'static str,
    title: &'static str,
    made_on: String,
    version: &'static str,
    parts: Vec<(&'static str, Vec<(String, String)>)>,
    chapters: Vec<(String, String, String)>,
}

pub(super) async fn print(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(word): At<String>,
) -> Result<Response, PageError> {
    let book = book_of(&word)?;
    let manual = Manual::read(&web, &who).await?;
    let chapters = manual.of_book(book).map(|chapter| {
        let html = manual.html(chapter, Links { book, is_print: true });
        (chapter.slug.clone(), chapter.title.clone(), html)
    });
    let page = PrintPage {
        style: assets::STYLE.address(),
        title: book.title(),
        made_on: say::moment(web.app.now(), &shell::zone(&web)),
        version: env!("CARGO_PKG_VERSION"),
        parts: contents(&manual, book),
        chapters: chapters.collect(),
    };
    shell::show(&page)
}

/// From a cause to its chapter, in the book of whoever clears it.
pub(super) async fn cause(At(code): At<String>) -> Result<Response, PageError> {
    let cause: Cause =
        code.parse().map_err(|_| PageError::not_found(format!("There is no cause '{code}'")))?;
    let row = cause.entry();
    let book = match row.owner {
        Owner::Finance => Book::Finance,
        Owner::Retail | Owner::It => Book::Retail,
    };
    Ok(Redirect::to(&address(book, &cause_slug(row.code))).into_response())
}
