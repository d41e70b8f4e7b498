//! What each page of the desk is for. A page without a line here fails a test.

use super::{Book, Chapter, Part, mark};

/// A page: its address as in the table of routes, its name, what it is for, and the chapter that
/// tells more.
pub(super) struct PageLine {
    pub(super) path: &'static str,
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) chapter: &'static str,
}

const fn page(
    path: &'static str,
    name: &'static str,
    what: &'static str,
    chapter: &'static str,
) -> PageLine {
    PageLine { path, name, what, chapter }
}

/// Every page that is read.
pub(super) const PAGES: &[PageLine] = &[
    page("/", "Today", "Whether all is well, in one sentence, and a line a store", "a-day"),
    page("/exceptions", "Exceptions", "What waits for a person, the most money first", "wrong"),
    page("/exceptions/{cause}", "One exception", "What is the matter, and its fix", "wrong"),
    page("/find", "Find", "A receipt, order, document, SKU or amount", "a-day"),
    page(
        "/entries/{reference}",
        "One entry",
        "A sale or return on both sides, and its life",
        "a-day",
    ),
    page("/books", "Books", "A month: a line a store, a cell a day", "month"),
    page("/books/payouts", "Payouts", "Whether the card money arrived", "payouts"),
    page("/books/{day}/pack.html", "The pack to print", "The month-end pack as one page", "month"),
    page("/books/{day}/pack.xlsx", "The pack as a workbook", "The month-end pack", "month"),
    page(
        "/books/{day}/{store}",
        "A store's day",
        "What differs, and what takes it away",
        "differs",
    ),
    page(
        "/books/{day}/drill",
        "A month, step by step",
        "Company, store, till, way of paying, day",
        "month",
    ),
    page(
        "/books/{day}/{store}/entries",
        "Entries of a day",
        "The receipts behind a figure",
        "differs",
    ),
    page("/stock", "Stock", "Oversells, buffers, and what is due", "stock"),
    page("/stock/find", "Stock of a SKU", "Leads to the SKU that you typed", "stock"),
    page(
        "/stock/{sku}",
        "One SKU",
        "Its stock in every store, with the age of each figure",
        "stock",
    ),
    page("/stock/buffers", "Buffers", "What is held back, and by which rule", "stock"),
    page(
        "/catalogue",
        "Catalogue",
        "What is not at the tills and why; prices on their way",
        "prices",
    ),
    page("/despatch", "Despatch", "What is to be sent, what has left, what is stuck", "despatch"),
    page("/mappings", "Mappings", "This on the till is that in OrderWise", "mappings"),
    page("/mappings/{kind}", "One kind of mapping", "Its rows, and what is missing", "mappings"),
    page(
        "/mappings/{kind}/import",
        "A file of mappings",
        "Bring many rows at once, after seeing what they would do",
        "mappings",
    ),
    page(
        "/mappings/{kind}/row",
        "One row",
        "Change it, after seeing what that would do",
        "mappings",
    ),
    page("/privacy", "Privacy", "Erase a shopper, after seeing what would go", "shoppers"),
    page("/alerts", "Alerts", "What is open, who was told, and who has seen it", "alerts"),
    page("/audit", "Audit", "Gaps between both systems, each with its fix", "audit"),
    page("/audit/report.html", "The audit to hand over", "All gaps as one page", "audit"),
    page(
        "/activity",
        "Activity",
        "Who did what and when, and whether that is unchanged",
        "evidence",
    ),
    page("/health", "Health", "Connections, queues and pauses", "wrong"),
    page("/live", "Live updates", "By which open pages follow what happens", "a-day"),
    page("/manual", "Manual", "This manual, its search, routines and tour", "start"),
    page("/manual/{book}", "A book", "What is in it", "start"),
    page("/manual/{book}/print", "A book to print", "All of its chapters on one page", "start"),
    page("/manual/{book}/{chapter}", "A chapter", "What you are reading", "start"),
    page("/manual/cause/{code}", "The chapter of a cause", "Leads to it", "wrong"),
    page("/manual/routines", "Routines", "What to go through each day, week and month", "a-day"),
    page("/manual/responsible", "Who is responsible", "A name for each workflow", "owners"),
    page("/manual/tour", "Tour", "Ten exercises on the demo retailer", "start"),
    page("/account", "Your account", "Your password and your sessions", "people"),
    page(
        "/account/factor",
        "Second factor",
        "A code from your telephone beside the password",
        "people",
    ),
    page("/people", "People", "Who has an account, and what they may do", "people"),
    page("/people/tokens", "Tokens", "Programs that may use the API", "people"),
    page("/api", "The API", "Every call of the API, to be tried", "people"),
    page("/activity.csv", "Activity as CSV", "The list for a spreadsheet", "evidence"),
    page("/activity.xlsx", "Activity as a workbook", "The list as a workbook", "evidence"),
    page("/alerts.csv", "Alerts as CSV", "The list for a spreadsheet", "alerts"),
    page("/alerts.xlsx", "Alerts as a workbook", "The list as a workbook", "alerts"),
    page("/audit.csv", "Audit as CSV", "The list for a spreadsheet", "audit"),
    page("/audit.xlsx", "Audit as a workbook", "The list as a workbook", "audit"),
    page("/books/payouts.csv", "Payouts as CSV", "The list for a spreadsheet", "payouts"),
    page("/books/payouts.xlsx", "Payouts as a workbook", "The list as a workbook", "payouts"),
    page(
        "/books/{day}/{store}/entries.csv",
        "Entries of a day as CSV",
        "The list for a spreadsheet",
        "differs",
    ),
    page(
        "/books/{day}/{store}/entries.xlsx",
        "Entries of a day as a workbook",
        "The list as a workbook",
        "differs",
    ),
    page("/catalogue.csv", "Catalogue as CSV", "The list for a spreadsheet", "prices"),
    page("/catalogue.xlsx", "Catalogue as a workbook", "The list as a workbook", "prices"),
    page("/despatch.csv", "Despatch as CSV", "The list for a spreadsheet", "despatch"),
    page("/despatch.xlsx", "Despatch as a workbook", "The list as a workbook", "despatch"),
    page("/exceptions.csv", "Exceptions as CSV", "The list for a spreadsheet", "wrong"),
    page("/exceptions.xlsx", "Exceptions as a workbook", "The list as a workbook", "wrong"),
    page("/find.csv", "Find as CSV", "The list for a spreadsheet", "a-day"),
    page("/find.xlsx", "Find as a workbook", "The list as a workbook", "a-day"),
    page("/stock.csv", "Oversold as CSV", "The list for a spreadsheet", "stock"),
    page("/stock.xlsx", "Oversold as a workbook", "The list as a workbook", "stock"),
    page("/stock/buffers.csv", "Buffers as CSV", "The list for a spreadsheet", "stock"),
    page("/stock/buffers.xlsx", "Buffers as a workbook", "The list as a workbook", "stock"),
    page("/mappings/{kind}/csv", "Mappings as CSV", "The rows for a spreadsheet", "mappings"),
    page("/mappings/{kind}/xlsx", "Mappings as a workbook", "The rows as a workbook", "mappings"),
    page("/api/v1/openapi.json", "The API for machines", "The same as OpenAPI", "people"),
];

/// The chapter about all of them.
pub(super) fn chapter() -> Chapter {
    let row = |line: &PageLine| {
        let is_one = line.path.contains('{') || line.path == "/live" || line.path == "/stock/find";
        let name = if is_one {
            mark::text(line.name)
        } else {
            format!("[{}]({})", mark::text(line.name), line.path)
        };
        let more = format!("[more]({}.md)", line.chapter);
        [name, mark::code(line.path), mark::text(line.what), more]
    };
    let rows: Vec<[String; 4]> = PAGES.iter().map(row).collect();
    let text = mark::table(["Page", "Address", "What it is for", "Chapter"], &rows);
    Chapter {
        slug: "pages".to_owned(),
        title: "Every page of the desk".to_owned(),
        part: Part::Reference,
        books: Book::ALL.to_vec(),
        text: format!("Every page works on a phone and prints.\n\n{text}"),
    }
}
