//! The SQL that we ship for OrderWise (`orderwise/exports`) is T-SQL, and its names are those of
//! design, section 7, as are the stand-in's.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

use std::{collections::BTreeSet, fs, path::PathBuf};

use daybook_sandbox::orderwise::Purpose;
use sqlparser::{
    ast::{Query, Select, SelectItem, SetExpr, Statement},
    dialect::MsSqlDialect,
    parser::Parser,
    tokenizer::{Token, Tokenizer},
};

/// Design, section 7.
const PACK: [(Purpose, &str, &str, &str); 6] = [
    (
        Purpose::OrderLookup,
        "order-lookup",
        "@reference",
        "orderId orderNumber reference orderType orderDate storedAt net tax gross status",
    ),
    (
        Purpose::OrderTotals,
        "order-totals",
        "@from @to",
        "orderId orderNumber reference orderType orderDate storedAt net tax gross status",
    ),
    (
        Purpose::OrderLines,
        "order-lines",
        "@from @to",
        "orderId lineNumber sku quantity net tax gross taxCode stockLocationId",
    ),
    (
        Purpose::StockLevels,
        "stock-levels",
        "@since",
        "sku stockLocationId freeStock buffer lastCalculated",
    ),
    (
        Purpose::Variants,
        "variants",
        "@since",
        "variantId sku productCode description ean priceExcVat priceIncVat taxRateId taxCode \
         taxRate saleable onTills discontinued kit lastAmended",
    ),
    (
        Purpose::Despatches,
        "despatches",
        "@since",
        "orderId orderNumber reference orderStatus deliveryId despatchedAt courier \
         consignmentNumber trackingUrl lineNumber sku quantity",
    ),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../orderwise/exports")
}

fn text(name: &str) -> String {
    fs::read_to_string(folder().join(format!("{name}.sql"))).expect(name)
}

/// The one statement of a file, which has to be one plain SELECT.
fn select(name: &str) -> Box<Select> {
    let statements = Parser::parse_sql(&MsSqlDialect {}, &text(name)).expect(name);
    let [Statement::Query(query)] = statements.as_slice() else {
        panic!("{name} is not a single query");
    };
    let Query { with: None, body, .. } = query.as_ref() else { panic!("{name} has a WITH") };
    let SetExpr::Select(select) = body.as_ref() else { panic!("{name} is not a plain SELECT") };
    assert!(select.into.is_none(), "{name} writes");
    select.clone()
}

fn aliases(name: &str) -> Vec<String> {
    let items = select(name).projection;
    let alias = |item: SelectItem| match item {
        SelectItem::ExprWithAlias { alias, .. } => alias.value,
        other => panic!("{name}: {other} has no alias"),
    };
    items.into_iter().map(alias).collect()
}

/// Every `@name`, comments left out.
fn parameters(name: &str) -> BTreeSet<String> {
    let tokens = Tokenizer::new(&MsSqlDialect {}, &text(name)).tokenize().expect(name);
    let names = tokens.into_iter().filter_map(|token| match token {
        Token::Word(word) if word.value.starts_with('@') => Some(word.value),
        _ => None,
    });
    names.collect()
}

#[test]
fn every_file_is_one_select_with_the_columns_of_the_design_in_their_order() {
    for (_, name, _, columns) in PACK {
        let expected: Vec<&str> = columns.split_whitespace().collect();
        assert_eq!(aliases(name), expected, "{name}");
    }
}

#[test]
fn every_file_uses_its_parameters_and_no_others() {
    for (_, name, expected, _) in PACK {
        let expected: BTreeSet<String> = expected.split(' ').map(str::to_owned).collect();
        assert_eq!(parameters(name), expected, "{name}");
    }
}

#[test]
fn the_stand_in_answers_with_the_same_names() {
    for (purpose, name, parameters, columns) in PACK {
        assert_eq!(purpose.parameters().join(" "), parameters, "{name}");
        assert_eq!(purpose.columns().join(" "), columns, "{name}");
        assert_eq!(serde_json::to_value(purpose).unwrap(), name);
    }
    assert_eq!(PACK.map(|(purpose, ..)| purpose), Purpose::ALL);
}

#[test]
fn the_pack_has_these_files_and_its_readme_names_each() {
    let entries = fs::read_dir(folder()).expect("the pack").map(|entry| entry.unwrap().path());
    let names: BTreeSet<String> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names, PACK.iter().map(|(_, name, ..)| (*name).to_owned()).collect());
    let readme = fs::read_to_string(folder().join("README.md")).expect("the pack's README");
    for (_, name, parameters, _) in PACK {
        let parameters = parameters.replace(' ', "`, `");
        let row = format!("| [{name}.sql]({name}.sql) | `{parameters}` |");
        assert!(readme.contains(&row), "no row for {name}");
    }
}

/// The net holds: each of these slips is one that somebody could make in an editor.
#[test]
fn a_slip_is_seen() {
    let sql = text("despatches");
    let parse = |sql: &str| Parser::parse_sql(&MsSqlDialect {}, sql);
    assert_eq!(parse(&sql).unwrap().len(), 1);
    assert!(parse(&sql.replace(" END ", " ")).is_err(), "a CASE that does not end");
    assert!(parse(&sql.replace("orderNumber,", "orderNumber")).is_err(), "a comma is missing");
    let two = format!("{sql}\nDELETE FROM order_header;");
    assert_eq!(parse(&two).unwrap().len(), 2, "which is not one query");
}
