//! Nothing is without a word in the manual, no link of it leads nowhere, and no HTML gets through.

use std::{collections::BTreeSet, fs, path::Path};

use daybook_domain::{
    access::{Right, Role},
    causes::Cause,
    manual::{routine::Routine, tour::Exercise},
    reconcile::DayCause,
};
use daybook_testkit::{World, db::for_each_engine};
use pulldown_cmark::{Event, Tag};
use tokio_util::sync::CancellationToken;

use super::{
    Book, Chapter, Links, Live, Manual, Part, SettingLine, alerts, pages, render, search, written,
};
use crate::{Web, access::Who, routes};

fn web(world: &World) -> Web {
    Web {
        app: world.app.clone(),
        events: None,
        metrics: None,
        metrics_token: None,
        single_sign_on: None,
        manual: std::sync::Arc::new(Live {
            settings: vec![setting()],
            training: true,
            said_here: None,
        }),
        body_limit_bytes: 64 << 10,
        stop: CancellationToken::new(),
    }
}

fn setting() -> SettingLine {
    SettingLine {
        section: "receive".to_owned(),
        key: "poll-every".to_owned(),
        explained: "Pause between two polls.".to_owned(),
        value: Some("10s | <b>".to_owned()),
        is_ours: true,
    }
}

fn ada(stores: Option<BTreeSet<i64>>) -> Who {
    Who {
        name: "Ada".to_owned(),
        roles: [Role::Finance].into(),
        rights: [Right::See].into(),
        stores,
    }
}

fn told() -> Manual {
    Manual::of(Vec::new(), &[setting()])
}

fn chapter<'a>(manual: &'a Manual, slug: &str) -> &'a Chapter {
    let found = manual.all().iter().find(|chapter| chapter.slug == slug);
    found.unwrap_or_else(|| panic!("there is no chapter {slug}"))
}

#[test]
fn every_file_of_the_manual_is_in_a_book_with_its_title() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual");
    let there: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    let listed: BTreeSet<String> =
        written::FILES.iter().map(|(slug, _)| format!("{slug}.md")).collect();
    assert_eq!(listed, there);
    for (slug, text) in written::FILES {
        let chapter = written::read(slug, text).unwrap_or_else(|| panic!("{slug}: what is above?"));
        assert!(!chapter.title.is_empty() && !chapter.books.is_empty(), "{slug}");
        assert!(!chapter.title.contains('"'), "{slug}: a title stands without quotes");
        assert!(chapter.text.len() > 400, "{slug} is thin");
    }
}

#[test]
fn every_cause_and_alert_has_its_chapter_with_what_to_do() {
    let manual = told();
    for cause in Cause::ALL {
        let row = cause.entry();
        for book in Book::of(row.owner) {
            let found = manual.chapter(*book, &super::cause_slug(row.code));
            let found = found.unwrap_or_else(|| panic!("{} is not in {book:?}", row.code));
            let plain = search::plain(&found.text);
            assert!(
                plain.contains(row.sentence) && plain.contains(row.fix),
                "{}: {plain}",
                row.code
            );
        }
    }
    let differences = search::plain(&chapter(&manual, "differences").text);
    for row in DayCause::ALL.iter().map(|cause| cause.entry()) {
        assert!(differences.contains(row.title) && differences.contains(row.fix), "{}", row.code);
    }
    let told = search::plain(&chapter(&manual, "alerts").text);
    for kind in alerts::kinds() {
        assert!(told.contains(kind.title) && told.contains(kind.todo), "{}", kind.word);
    }
}

/// The pages of the table of routes: what is read, and is no call of the API.
fn page_routes() -> BTreeSet<&'static str> {
    // Where the API describes itself stands beside the table.
    let described = ["/api", "/api/v1/openapi.json"];
    let pages = routes().into_iter().filter(|one| one.method == "GET" && one.about.is_none());
    pages.map(|one| one.path).chain(described).collect()
}

#[test]
fn every_page_of_the_table_of_routes_has_its_line() {
    let manual = told();
    let lines: BTreeSet<&str> = pages::PAGES.iter().map(|line| line.path).collect();
    assert_eq!(lines, page_routes(), "manual/pages.rs names each page of the desk, and no other");
    for line in pages::PAGES {
        chapter(&manual, line.chapter);
    }
}

/// Whether an address is that of a page.
fn is_page(address: &str) -> bool {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    page_routes().into_iter().any(|route| {
        let own: Vec<&str> = route.split('/').collect();
        let same = |(own, part): (&&str, &&str)| own.starts_with('{') || own == part;
        own.len() == parts.len() && own.iter().zip(&parts).all(same)
    })
}

fn anchors(text: &str) -> BTreeSet<String> {
    let events = render::events(text);
    let headings = events
        .iter()
        .enumerate()
        .filter(|(_, event)| matches!(event, Event::Start(Tag::Heading { .. })));
    headings.map(|(at, _)| render::anchor(&render::heading(&events, at))).collect()
}

/// Says what is wrong with a link, if anything is.
fn wrong_link(manual: &Manual, from: &str, link: &str) -> Option<String> {
    let told = |what: &str| Some(format!("{from}: {link}: {what}"));
    let (path, part) = link.split_once('#').unwrap_or((link, ""));
    let slug = match path.strip_prefix('/') {
        None if path.is_empty() => from,
        None => match path.strip_suffix(".md") {
            Some(slug) => slug,
            None => return told("leads elsewhere"),
        },
        Some(desk) => {
            if !is_page(link) {
                return told("is no page of the desk");
            }
            let inside = desk.strip_prefix("manual/").and_then(|rest| rest.split_once('/'));
            match inside.filter(|(book, slug)| Book::find(book).is_some() && *slug != "print") {
                Some((_, slug)) => slug,
                None => return None,
            }
        }
    };
    let Some(chapter) = manual.all().iter().find(|one| one.slug == slug) else {
        return told("is no chapter");
    };
    let is_there = part.is_empty() || anchors(&chapter.text).contains(part);
    if is_there { None } else { told("has no such heading") }
}

#[tokio::test]
async fn no_link_leads_nowhere_also_in_what_is_made() {
    for_each_engine(|db| async move {
        let world = Box::pin(World::small(1, db)).await.unwrap();
        let manual = Box::pin(Manual::read(&web(&world), &ada(None))).await.unwrap();
        let mut wrong = Vec::new();
        for chapter in manual.all() {
            for event in render::events(&chapter.text) {
                if let Event::Start(Tag::Link { dest_url, .. }) = event {
                    wrong.extend(wrong_link(&manual, &chapter.slug, &dest_url));
                }
            }
        }
        let lines = Routine::ALL.iter().flat_map(|one| one.lines());
        wrong.extend(lines.filter_map(|line| wrong_link(&manual, line.code, line.link)));
        for text in Exercise::ALL.map(Exercise::text) {
            wrong.extend(wrong_link(&manual, text.code, text.link));
        }
        let kinds = alerts::kinds();
        wrong.extend(kinds.iter().filter_map(|one| wrong_link(&manual, one.word, one.page)));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(manual.of_book(Book::Retail).filter(|one| one.part == Part::Here).count(), 7);
    })
    .await;
}

#[tokio::test]
async fn whoever_looks_after_some_stores_reads_of_those_alone() {
    for_each_engine(|db| async move {
        let world = Box::pin(World::small(1, db)).await.unwrap();
        let (own, other) = (world.shop(0).clone(), world.shop(1).clone());
        let who = ada(Some([own.warehouse_id].into()));
        let manual = Box::pin(Manual::read(&web(&world), &who)).await.unwrap();
        let stores = search::plain(&chapter(&manual, "here-stores").text);
        assert!(stores.contains(&own.name) && !stores.contains(&other.name), "{stores}");
    })
    .await;
}

#[test]
fn what_is_no_chapter_and_no_page_is_no_link_and_html_stays_text() {
    let links = Links { book: Book::Finance, is_print: false };
    let book_of = |slug: &str| match slug {
        "month" => Some(Book::Finance),
        "stock" => Some(Book::Retail),
        _ => None,
    };
    let html = |text: &str, links| render::html(text, "month", links, &book_of);
    let text = "## A day\n\nSay <script>x</script> [a](https://x) [b](//x) [c](javascript:x) \
                [d](stock.md#a-day) [e](/books) ![f](g.png)\n\n<div onclick=x>\n";
    let told = html(text, links);
    assert!(
        !told.contains("<script") && !told.contains("<div") && !told.contains("<img"),
        "{told}"
    );
    assert!(!told.contains("https:") && !told.contains("//x") && !told.contains("javascript"));
    assert!(told.contains("<h2 id=\"a-day\">") && told.contains("href=\"/books\""), "{told}");
    assert!(told.contains("href=\"/manual/retail/stock#a-day\""), "{told}");
    let print = Links { is_print: true, ..links };
    let told = html("## A day\n\n[a](month.md#a-day) [b](#a-day)\n", print);
    assert!(told.contains("<h3 id=\"month--a-day\">"), "{told}");
    assert_eq!(told.matches("href=\"#month--a-day\"").count(), 2, "{told}");
}

#[test]
fn data_stays_text_in_a_cell_of_a_table() {
    let manual = told();
    let settings = chapter(&manual, "settings");
    let links = Links { book: Book::Finance, is_print: false };
    let html = manual.html(settings, links);
    assert!(html.contains("<strong><code>10s | &lt;b&gt;</code></strong>"), "{html}");
    let row = super::mark::text("a|b *c* <d> [e](f) `g`\nh");
    let table = super::mark::table(["x"], &[[row]]);
    let html = render::html(&table, "x", links, &|_| None);
    assert!(html.contains("<td>a|b *c* &lt;d&gt; [e](f) `g` h</td>"), "{html}");
}

#[test]
fn search_wants_every_word_and_puts_titles_first() {
    let manual = told();
    let titles = |words: &str| -> Vec<String> {
        manual.search(words).into_iter().map(|hit| hit.title).collect()
    };
    assert_eq!(titles("payouts").first().map(String::as_str), Some("Payouts"));
    assert!(titles("OVERSELL buffer").contains(&"Stock and oversells".to_owned()));
    assert!(titles("oversell zebra").is_empty() && titles("  ").is_empty());
    let hit = &manual.search("clearing account")[0];
    assert!(hit.around.to_lowercase().contains("clearing"), "{}", hit.around);
}
