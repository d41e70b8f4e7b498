//! The month-end pack as a page to read and print: no script, nothing from elsewhere.

use std::fmt::Write as _;

use daybook_domain::{
    month::{
        pack::Pack,
        table::{Cell, Table},
    },
    words,
};
use jiff::tz::TimeZone;

const STYLE: &str = "\
body{font:11pt/1.4 system-ui,sans-serif;color:#111;margin:2rem auto;max-width:80rem;padding:0 1rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2rem 0 .2rem;break-after:avoid}
p{margin:.2rem 0 .6rem;color:#444}table{border-collapse:collapse;width:100%;font-size:9pt}
th,td{padding:.2rem .4rem;border-bottom:1px solid #ccc;text-align:left;vertical-align:top}
th{border-bottom:2px solid #111;vertical-align:bottom}
td.l{overflow-wrap:anywhere;min-width:7em}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}
section{overflow-x:auto}
tfoot td{border-top:2px solid #111;border-bottom:0;font-weight:600}thead{display:table-header-group}
tr{break-inside:avoid}.ties{border:2px solid #1a6b32;padding:.5rem .8rem;color:#1a6b32}
.breaks{border:3px solid #a40000;padding:.5rem .8rem;color:#a40000;font-weight:600}
@page{size:A4 landscape;margin:12mm}@media print{body{margin:0;max-width:none;padding:0}
section{overflow:visible}table{font-size:7pt}th,td{padding:.15rem .25rem}}";

/// Longer words, such as hashes, are broken where they are.
const LONG_WORD: usize = 24;

/// The page.
pub fn page(pack: &Pack, zone: &TimeZone, currency: &str) -> String {
    let mut page = String::new();
    let wrong = pack.checks.iter().filter(|check| !check.equal).count();
    let verdict = if wrong == 0 {
        format!(
            "<p class=\"ties\">The figures tie: all {} checks are equal.</p>",
            pack.checks.len()
        )
    } else {
        let all = pack.checks.len();
        format!("<p class=\"breaks\">The figures do not tie: {wrong} of {all} checks differ.</p>")
    };
    // Writing to a String cannot fail.
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n<meta \
         name=\"viewport\" content=\"width=device-width\">\n<title>Month-end {month}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>Month-end {month}</h1>\n<p>{state}. Made \
         {made}. Amounts in {currency}. What comes late: {late}.</p>\n{verdict}\n",
        month = pack.month,
        state = escape(pack.state.word()),
        made = words::moment(pack.made_at, zone),
        currency = escape(currency),
        late = pack.late_policy.word(),
    );
    for one in &pack.tables {
        table(&mut page, one, zone);
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn table(page: &mut String, table: &Table, zone: &TimeZone) {
    let (title, note) = (escape(table.title), escape(table.note));
    let _ = write!(page, "<section id=\"{}\">\n<h2>{title}</h2>\n<p>{note}</p>\n", table.name);
    if table.rows.is_empty() {
        page.push_str("<p>None.</p>\n</section>\n");
        return;
    }
    page.push_str("<table>\n<thead><tr>");
    let first = table.rows.first();
    for (at, column) in table.columns.iter().enumerate() {
        let is_number = first.and_then(|row| row.get(at)?.number()).is_some();
        let class = if is_number { " class=\"n\"" } else { "" };
        let _ = write!(page, "<th{class}>{}</th>", escape(column.title));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        cells(page, row, zone);
    }
    page.push_str("</tbody>\n");
    if let Some(totals) = table.totals() {
        page.push_str("<tfoot>\n");
        cells(page, &totals, zone);
        page.push_str("</tfoot>\n");
    }
    page.push_str("</table>\n</section>\n");
}

fn cells(page: &mut String, row: &[Cell], zone: &TimeZone) {
    page.push_str("<tr>");
    for cell in row {
        let text = shown(cell, zone);
        let is_long = text.split_whitespace().any(|word| word.chars().count() > LONG_WORD);
        let class = match cell.number() {
            Some(_) => " class=\"n\"",
            None if is_long => " class=\"l\"",
            None => "",
        };
        let _ = write!(page, "<td{class}>{}</td>", escape(&text));
    }
    page.push_str("</tr>\n");
}

fn shown(cell: &Cell, zone: &TimeZone) -> String {
    match cell {
        Cell::Count(count) => words::grouped(*count),
        Cell::Money(amount) => words::money(*amount, "").trim_start().replace("- ", "-"),
        other => super::text(other, zone),
    }
}

/// Text that is text wherever it stands on the page.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            letter => safe.push(letter),
        }
    }
    safe
}
