use daybook_domain::{
    Money, Timestamp,
    month::{
        facts::Facts,
        pack::{Pack, pack},
        period::{LatePolicy, PeriodState},
        table::{Cell, Column, Table},
    },
};
use jiff::tz::TimeZone;

use super::{csv, pack as paper, xlsx};

fn nasty() -> Table {
    Table {
        name: "nasty",
        title: "<b>Nasty</b>",
        note: "a & b",
        columns: vec![
            Column { key: "about", title: "About", summed: false },
            Column { key: "gross", title: "Gross", summed: true },
        ],
        rows: vec![
            vec![Cell::text("<script>alert('x')</script>"), Money::from_pence(-123_450).into()],
            vec![Cell::text("=HYPERLINK(\"x\")"), Money::from_pence(7).into()],
        ],
    }
}

fn made() -> Pack {
    let facts = Facts {
        month: "2026-10".parse().unwrap(),
        state: PeriodState::Open,
        late_policy: LatePolicy::NextPeriod,
        now: Timestamp::from_seconds(1_793_500_000),
        acts: Vec::new(),
        obstacles: Vec::new(),
        days: Vec::new(),
        late: Vec::new(),
        after: Vec::new(),
        since: std::collections::BTreeMap::default(),
        sign_offs: Vec::new(),
        unsettled: daybook_domain::month::unsettled::Unsettled::default(),
    };
    let mut made = pack(&facts);
    made.tables.push(nasty());
    made
}

#[test]
fn text_stays_text_on_the_page() {
    let page = paper::page(&made(), &TimeZone::UTC, "GBP");
    assert!(!page.contains("<script") && !page.contains("<b>"));
    assert!(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
    assert!(page.contains("a &amp; b") && page.contains("@page"));
    assert!(page.contains("<td class=\"n\">-1,234.50</td>"));
    assert!(page.contains("<td class=\"n\">-1,234.43</td>"), "the total");
    assert!(page.contains("The figures tie"));
}

#[test]
fn a_spreadsheet_finds_no_formula_in_the_csv() {
    let text = String::from_utf8(csv::bytes(&nasty()).unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "about,gross");
    assert_eq!(lines[1], "<script>alert('x')</script>,-1234.50");
    assert_eq!(lines[2], "\"'=HYPERLINK(\"\"x\"\")\",0.07");
}

#[test]
fn a_workbook_is_made() {
    let bytes = xlsx::bytes(&made().tables, &TimeZone::UTC).unwrap();
    assert!(bytes.starts_with(b"PK") && bytes.len() > 5_000);
}
