//! From a month down to the receipts behind a figure: company, store, till, way of paying, day.

use askama::Template;
use axum::{
    Extension,
    extract::{MatchedPath, State},
    response::Response,
};
use daybook_domain::{
    Money,
    month::{Month, table::Table},
    reconcile::{difference::Sides, witness::Day},
    words,
};
use daybook_flows::{
    desk::find,
    reconcile::{
        self,
        drill::{self, DrillEntry, DrillLine, Level, NONE, Path},
    },
};
use serde::Deserialize;

use super::{PageError, Section, Shell, day, files, find::state_word, say, shell, today::currency};
use crate::{
    Web,
    access::Who,
    take::{Asked, At},
};

/// How far down, as an address says it.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    store: Option<i64>,
    register: Option<String>,
    tender: Option<String>,
}

impl Wanted {
    /// The way down, if whoever asks may see its store.
    pub(crate) fn path(self, who: &Who) -> Result<Path, PageError> {
        if self.store.is_some() && !who.may_see_store(self.store) {
            return Err(PageError::not_found("There is no such store"));
        }
        Ok(Path { store: self.store, register: self.register, tender: self.tender })
    }
}

/// A line of a level, in words.
pub(super) struct LineTold {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) count: String,
    pub(super) till: String,
    pub(super) documents: String,
    pub(super) orderwise: String,
    pub(super) difference: String,
    pub(super) open: String,
    pub(super) differs: bool,
}

#[derive(Template)]
#[template(path = "drill.html")]
struct DrillPage {
    shell: Shell,
    month: String,
    title: String,
    crumbs: Vec<(String, String)>,
    of: &'static str,
    lines: Vec<LineTold>,
    total: LineTold,
}

/// An address below `/books`, with what narrows it.
fn address(below: &str, path: &Path) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(store) = path.store {
        query.append_pair("store", &store.to_string());
    }
    for (name, value) in [("register", &path.register), ("tender", &path.tender)] {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    format!("/books/{below}?{}", query.finish())
}

/// Where the entries of a store's day on a path stand.
pub(super) fn entries_at(day: Day, store: i64, path: &Path) -> String {
    address(&format!("{day}/{store}/entries"), &Path { store: None, ..path.clone() })
}

fn total(lines: &[DrillLine]) -> DrillLine {
    let mut sides = Sides::default();
    for line in lines {
        sides.book += line.sides.book;
        sides.other += line.sides.other;
        sides.book_count += line.sides.book_count;
        sides.other_count += line.sides.other_count;
    }
    let open = lines.iter().map(|line| line.open).sum();
    DrillLine { key: String::new(), name: "Together".to_owned(), sides, open }
}

pub(super) fn line_told(line: &DrillLine, address: String, currency: &str) -> LineTold {
    let sides = &line.sides;
    let money = |amount: Money| say::money(amount, currency);
    let difference = sides.other.gross - sides.book.gross;
    LineTold {
        name: match line.name.as_str() {
            NONE => "No receipt, or no till".to_owned(),
            "split" => "Several ways at once".to_owned(),
            "none" => "Nothing to pay".to_owned(),
            name => name.to_owned(),
        },
        address,
        count: words::grouped(sides.book_count),
        till: money(sides.book.gross),
        documents: words::grouped(sides.other_count),
        orderwise: money(sides.other.gross),
        difference: match (difference, sides.other.tax - sides.book.tax) {
            (Money::ZERO, Money::ZERO) => "–".to_owned(),
            (Money::ZERO, vat) => format!("{} of VAT", money(vat)),
            (gross, _) => money(gross),
        },
        open: if line.open == 0 { String::new() } else { words::grouped(line.open) },
        differs: sides.other.gross != sides.book.gross
            || sides.other.tax != sides.book.tax
            || sides.book_count != sides.other_count
            || line.open > 0,
    }
}

/// The level below a line.
fn below(month: Month, path: &Path, line: &DrillLine) -> String {
    let mut path = path.clone();
    match path.level() {
        Level::Stores => path.store = line.key.parse().ok(),
        Level::Registers => path.register = Some(line.key.clone()),
        Level::Tenders => path.tender = Some(line.key.clone()),
        Level::Days => {
            let day = line.key.parse::<Day>();
            return day.map_or_else(
                |_| String::new(),
                |day| entries_at(day, path.store.unwrap_or_default(), &path),
            );
        }
    }
    address(&format!("{month}/drill"), &path)
}

/// A month, as far down as the address says.
pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At(month): At<String>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, PageError> {
    let month: Month =
        month.parse().map_err(|_| PageError::not_found(format!("'{month}' is no month")))?;
    let path = wanted.path(&who)?;
    let lines = lines(&web, &who, month, &path).await?;
    let currency = currency(&web);
    let told = |line: &DrillLine| line_told(line, below(month, &path, line), &currency);
    let name = month.first().0.strftime("%B %Y").to_string();
    let mut crumbs = vec![("Books".to_owned(), format!("/books?month={month}"))];
    crumbs.extend(way(&web, month, &path).await?);
    let title = crumbs.pop().map(|(name, _)| name).unwrap_or_default();
    let page = DrillPage {
        shell: Shell::new(&web, &who, Section::Books, format!("{title}, {name}")),
        month: name,
        title,
        crumbs,
        of: match path.level() {
            Level::Stores => "Store",
            Level::Registers => "Till",
            Level::Tenders => "Way of paying",
            Level::Days => "Day",
        },
        total: line_told(&total(&lines), String::new(), &currency),
        lines: lines.iter().map(told).collect(),
    };
    shell::show(&page)
}

/// The lines of a level that whoever asks may see.
pub(crate) async fn lines(
    web: &Web,
    who: &Who,
    month: Month,
    path: &Path,
) -> Result<Vec<DrillLine>, PageError> {
    let mut lines = drill::month(&web.app, month, path).await?;
    if path.level() == Level::Stores {
        lines.retain(|line| who.may_see_store(line.key.parse().ok()));
    }
    Ok(lines)
}

/// Each step that was taken, with its address.
async fn way(web: &Web, month: Month, path: &Path) -> Result<Vec<(String, String)>, PageError> {
    let mut told = Path::default();
    let at = |path: &Path| address(&format!("{month}/drill"), path);
    let mut way = vec![("All stores".to_owned(), at(&told))];
    let Some(store) = path.store else { return Ok(way) };
    told.store = Some(store);
    let names = find::stores(&web.app).await?;
    let name = names.into_iter().find(|(id, _)| *id == store);
    way.push((name.map_or_else(|| store.to_string(), |(_, name)| name), at(&told)));
    if let Some(register) = &path.register {
        told.register = Some(register.clone());
        let name = drill::till_name(&web.app, store, register).await?;
        way.push((name, at(&told)));
        if let Some(tender) = &path.tender {
            told.tender = Some(tender.clone());
            way.push((tender.clone(), at(&told)));
        }
    }
    Ok(way)
}

#[derive(Template)]
#[template(path = "drill-entries.html")]
struct EntriesPage {
    shell: Shell,
    back: String,
    day: String,
    name: String,
    title: String,
    rows: Vec<EntryTold>,
    files: [String; 2],
    till: String,
    orderwise: String,
}

struct EntryTold {
    reference: String,
    kind: String,
    state: &'static str,
    mood: &'static str,
    at: String,
    receipt: String,
    tenders: String,
    till: String,
    orderwise: String,
    documents: String,
    differs: bool,
}

/// The entries behind a figure of a store's day.
pub(super) async fn entries(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    At((day, store)): At<(String, i64)>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, PageError> {
    let (on, view) = day::seen(&web, &who, &day, store).await?;
    let path = Wanted { store: None, ..wanted }.path(&who)?;
    let all = drill::entries(&web.app, (store, on), &path).await?;
    let (zone, currency) = (reconcile::store_zone(&web.app, store).await?, currency(&web));
    let money = |amount: Money| say::money(amount, &currency);
    let told = |one: &DrillEntry| {
        let (state, mood) = state_word(one.state);
        EntryTold {
            reference: one.reference.clone(),
            kind: one.kind.to_string(),
            state,
            mood,
            at: say::short(one.at, &zone),
            receipt: one.receipt.clone().unwrap_or_default(),
            tenders: tenders(one, &currency),
            till: money(one.gross),
            orderwise: one.orderwise.map_or_else(|| "–".to_owned(), money),
            documents: one.documents.join(" "),
            differs: one.orderwise != Some(one.gross),
        }
    };
    let file = |ext: &str| {
        entries_at(on, store, &path).replacen("/entries?", &format!("/entries.{ext}?"), 1)
    };
    let page = EntriesPage {
        title: title(&web, store, &path).await?,
        till: money(all.iter().map(|one| one.gross).fold(Money::ZERO, |sum, one| sum + one)),
        orderwise: {
            let there = all.iter().filter_map(|one| one.orderwise);
            money(there.fold(Money::ZERO, |sum, one| sum + one))
        },
        rows: all.iter().map(told).collect(),
        files: [file("csv"), file("xlsx")],
        shell: Shell::new(&web, &who, Section::Books, format!("{}, {on}", view.name)),
        day: say::day(on.0),
        back: format!("/books/{on}/{store}"),
        name: view.name,
    };
    shell::show(&page)
}

/// The till and the way of paying that a list is about.
async fn title(web: &Web, store: i64, path: &Path) -> Result<String, PageError> {
    let mut parts = Vec::new();
    if let Some(register) = &path.register {
        parts.push(drill::till_name(&web.app, store, register).await?);
    }
    parts.extend(path.tender.clone());
    Ok(if parts.is_empty() { "All entries".to_owned() } else { parts.join(", ") })
}

fn tenders(one: &DrillEntry, currency: &str) -> String {
    let each = one.tenders.iter().map(|(name, amount)| match one.tenders.len() {
        1 => name.clone(),
        _ => format!("{name} {}", say::money(*amount, currency)),
    });
    each.collect::<Vec<_>>().join(", ")
}

/// The same entries as a file.
pub(crate) async fn entries_file(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    at: MatchedPath,
    At((day, store)): At<(String, i64)>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, PageError> {
    let (on, _) = day::seen(&web, &who, &day, store).await?;
    let path = Wanted { store: None, ..wanted }.path(&who)?;
    let all = drill::entries(&web.app, (store, on), &path).await?;
    let rows = all.iter().map(|one| {
        vec![
            one.reference.as_str().into(),
            one.kind.to_string().into(),
            one.state.word().into(),
            one.at.into(),
            one.receipt.clone().unwrap_or_default().into(),
            tenders(one, &currency(&web)).into(),
            one.gross.into(),
            one.orderwise.map_or(daybook_domain::month::table::Cell::Empty, Into::into),
            one.documents.join(" ").into(),
        ]
    });
    let columns = [
        "reference",
        "kind",
        "state",
        "sold_at",
        "receipt",
        "tenders",
        "till_gross",
        "orderwise_gross",
        "documents",
    ];
    let table = Table {
        name: "entries",
        title: "Entries",
        note: "",
        columns: files::columns(&columns, &["till_gross", "orderwise_gross"]),
        rows: rows.collect(),
    };
    files::asked(&at, &format!("daybook-{on}-{store}"), &table, &shell::zone(&web))
}
