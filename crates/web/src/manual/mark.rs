//! Writing CommonMark out of data: what comes from elsewhere stays text.

use std::fmt::Write as _;

/// Text that stays as it is, also in a cell of a table.
pub(super) fn text(plain: &str) -> String {
    let mut marked = String::with_capacity(plain.len());
    for c in plain.chars() {
        if c.is_ascii_punctuation() {
            marked.push('\\');
        }
        marked.push(if c.is_control() { ' ' } else { c });
    }
    marked.trim().to_owned()
}

/// A code span, also in a cell of a table.
pub(super) fn code(plain: &str) -> String {
    let plain: String = plain
        .chars()
        .map(|c| match c {
            '`' => '\'',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    let plain = plain.trim().replace('|', "\\|");
    if plain.is_empty() { "–".to_owned() } else { format!("`{plain}`") }
}

/// A table; the cells are CommonMark already.
pub(super) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let mut table = String::new();
    let line = |table: &mut String, cells: &[&str]| {
        let _ = writeln!(table, "| {} |", cells.join(" | "));
    };
    line(&mut table, &head);
    line(&mut table, &["---"; N]);
    for row in rows {
        line(&mut table, &row.each_ref().map(String::as_str));
    }
    table.push('\n');
    table
}

/// A span of time in words.
pub(super) fn span(span: std::time::Duration) -> String {
    if span.is_zero() {
        "at once".to_owned()
    } else if span.as_secs() == 0 {
        format!("{} ms", span.as_millis())
    } else {
        daybook_domain::words::span(span)
    }
}
