//! A chapter as HTML: no raw HTML gets through, links lead to chapters and pages of the desk only,
//! and headings can be linked to.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html::push_html};

use super::Book;

/// How links of a chapter lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Links {
    /// The book that is read.
    pub(crate) book: Book,
    /// Whether the whole book is on one page.
    pub(crate) is_print: bool,
}

/// What a chapter's text is made of.
pub(super) fn events(text: &str) -> Vec<Event<'_>> {
    Parser::new_ext(text, Options::ENABLE_TABLES).collect()
}

/// A heading's name in addresses.
pub(super) fn anchor(heading: &str) -> String {
    let mut name = String::new();
    for c in heading.chars() {
        if c.is_alphanumeric() {
            name.extend(c.to_lowercase());
        } else if (c == ' ' || c == '-') && !name.ends_with('-') {
            name.push('-');
        }
    }
    name.trim_matches('-').to_owned()
}

/// The text of the heading that begins at `at`.
pub(super) fn heading(events: &[Event<'_>], at: usize) -> String {
    let inside =
        events[at..].iter().take_while(|one| !matches!(one, Event::End(TagEnd::Heading(_))));
    inside
        .filter_map(|one| match one {
            Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
            _ => None,
        })
        .collect()
}

/// The HTML of a chapter. `book_of` says in which book a chapter is to be read.
pub(super) fn html(
    text: &str,
    slug: &str,
    links: Links,
    book_of: &dyn Fn(&str) -> Option<Book>,
) -> String {
    let parsed = events(text);
    let id = |at: usize| {
        let name = anchor(&heading(&parsed, at));
        if links.is_print { format!("{slug}--{name}") } else { name }
    };
    let mut out: Vec<Event<'_>> = Vec::with_capacity(parsed.len());
    // Links that lead nowhere are left as their text.
    let mut dropped = Vec::new();
    for (at, event) in parsed.iter().enumerate() {
        match event {
            Event::Html(raw) | Event::InlineHtml(raw) => out.push(Event::Text(raw.clone())),
            Event::Start(Tag::HtmlBlock) => out.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => out.push(Event::End(TagEnd::Paragraph)),
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => {}
            Event::Start(Tag::Heading { level, .. }) => {
                let level = level_of(*level, links.is_print);
                let id = Some(CowStr::from(id(at)));
                let (classes, attrs) = (Vec::new(), Vec::new());
                out.push(Event::Start(Tag::Heading { level, id, classes, attrs }));
            }
            Event::End(TagEnd::Heading(level)) => {
                out.push(Event::End(TagEnd::Heading(level_of(*level, links.is_print))));
            }
            Event::Start(Tag::Table(_)) => {
                out.push(Event::Html("<div class=\"scroll\" tabindex=\"0\">".into()));
                out.push(event.clone());
            }
            Event::End(TagEnd::Table) => {
                out.push(event.clone());
                out.push(Event::Html("</div>\n".into()));
            }
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let leads = leads(dest_url, slug, links, book_of);
                dropped.push(leads.is_none());
                if let Some(dest) = leads {
                    let (link_type, dest_url) = (*link_type, CowStr::from(dest));
                    let (title, id) = (title.clone(), id.clone());
                    out.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
                }
            }
            Event::End(TagEnd::Link) => {
                if !dropped.pop().unwrap_or_default() {
                    out.push(event.clone());
                }
            }
            other => out.push(other.clone()),
        }
    }
    let mut html = String::with_capacity(text.len() * 2);
    push_html(&mut html, out.into_iter());
    html
}

/// The page's title is the first heading; in print it is the book's, and a chapter's the second.
const fn level_of(level: HeadingLevel, is_print: bool) -> HeadingLevel {
    match (level, is_print) {
        (HeadingLevel::H1 | HeadingLevel::H2, false) => HeadingLevel::H2,
        (HeadingLevel::H1 | HeadingLevel::H2, true) | (HeadingLevel::H3, false) => HeadingLevel::H3,
        _ => HeadingLevel::H4,
    }
}

/// Where a link of a text leads; nowhere, if to neither a chapter nor the desk.
fn leads(
    dest: &str,
    slug: &str,
    links: Links,
    book_of: &dyn Fn(&str) -> Option<Book>,
) -> Option<String> {
    if dest.starts_with('/') && !dest.starts_with("//") {
        return Some(dest.to_owned());
    }
    let (path, part) = dest.split_once('#').unwrap_or((dest, ""));
    let chapter = if path.is_empty() { slug } else { path.strip_suffix(".md")? };
    let book = book_of(chapter)?;
    if links.is_print && book == links.book {
        let part = if part.is_empty() { String::new() } else { format!("--{part}") };
        return Some(format!("#{chapter}{part}"));
    }
    let part = if part.is_empty() { String::new() } else { format!("#{part}") };
    Some(format!("/manual/{}/{chapter}{part}", book.word()))
}
