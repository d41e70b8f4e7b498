//! What the security documents name is really there: tests, commands, files, settings, columns.

#![allow(clippy::unwrap_used, reason = "tests may stop")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const CONTROL_MAP: &str = "docs/security/control-map.md";
const THREAT_MODEL: &str = "docs/security/threat-model.md";
const DATA_MAP: &str = "docs/security/data-map.md";

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn read(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap()
}

/// All that stands between back-ticks.
fn named(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

fn sources(folder: &Path, all: &mut Vec<PathBuf>) {
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|end| end == "rs" || end == "ts") {
            all.push(path);
        }
    }
}

/// Names of all functions, and of all journeys in the browser.
fn functions() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&root().join("crates"), &mut files);
    let mut all = BTreeSet::new();
    for file in files {
        for line in fs::read_to_string(file).unwrap().lines() {
            let rest = line.split_once("fn ").map(|(_, rest)| rest);
            all.extend(rest.and_then(|rest| rest.split_once('(')).map(|(name, _)| name.to_owned()));
        }
    }
    all
}

fn is_function(word: &str) -> bool {
    word.matches('_').count() > 1
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// `[section] key`, as the settings' file has it.
fn is_setting(word: &str, defaults: &str) -> bool {
    let Some((section, key)) = word.split_once("] ") else { return false };
    let part = defaults.split_once(&format!("\n{section}]\n")).map(|(_, rest)| rest);
    let part = part.and_then(|rest| rest.split("\n[").next()).unwrap_or_default();
    part.lines().any(|line| line.trim_start_matches('#').starts_with(&format!("{key} =")))
}

#[test]
fn what_the_security_documents_name_is_there() {
    let functions = functions();
    let (defaults, cli) =
        (read("crates/daybook/src/config/default.toml"), read("crates/daybook/src/cli.rs"));
    let commands = cli.split("enum Command").nth(1).unwrap().to_lowercase();
    let (mut missing, mut looked) = (Vec::new(), 0);
    for page in [CONTROL_MAP, THREAT_MODEL, DATA_MAP, "SECURITY.md"] {
        let text = read(page);
        for word in named(&text) {
            let there = if let Some(rest) = word.strip_prefix("cargo xtask ") {
                crate::HELP.contains(&format!("cargo xtask {}", rest.split(' ').next().unwrap()))
            } else if let Some(rest) = word.strip_prefix("daybook ") {
                commands.contains(&format!("    {}(", rest.split(' ').next().unwrap()))
            } else if word.starts_with('[') && word.contains("] ") {
                is_setting(word, &defaults)
            } else if is_function(word) {
                functions.contains(word)
            } else if word.contains('/') && !word.starts_with('/') {
                root().join(word).exists() || root().join("crates").join(word).exists()
            } else {
                continue;
            };
            looked += 1;
            if !there {
                missing.push(format!("{page}: {word}"));
            }
        }
    }
    assert_eq!(missing, Vec::<String>::new());
    assert!(looked > 60, "only {looked} names were looked at");
}

#[test]
fn every_control_is_shown_by_something_or_is_the_operators() {
    let text = read(CONTROL_MAP);
    let rows = text.lines().filter(|line| line.starts_with("| A.") || line.starts_with("| CC"));
    let mut seen = 0;
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 4, "{row}");
        let shown = cells[2].contains('`') || cells[2].contains("](");
        assert!(shown || cells[1] == "—", "nothing shows it: {row}");
        assert!(shown || cells[3].len() > 3, "it is nobody's: {row}");
        seen += 1;
    }
    assert!(seen > 30, "only {seen} rows");
}

/// Columns of the book on an engine: `table.column`.
fn columns(engine: &str) -> BTreeSet<String> {
    let folder = root().join("crates/store/migrations").join(engine);
    let mut all = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        for table in text.split("CREATE TABLE ").skip(1) {
            let (name, rest) = table.split_once(" (").unwrap();
            let inside = rest.lines().take_while(|line| !line.starts_with(')'));
            let first = inside.filter_map(|line| line.split_whitespace().next());
            let column =
                first.filter(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
            all.extend(column.map(|column| format!("{name}.{column}")));
        }
        for added in text.split("ALTER TABLE ").skip(1) {
            let mut words = added.split_whitespace();
            if let (Some(name), Some("ADD"), Some("COLUMN"), Some(column)) =
                (words.next(), words.next(), words.next(), words.next())
            {
                all.insert(format!("{name}.{column}"));
            }
        }
    }
    all
}

#[test]
fn the_data_map_names_columns_that_there_are_on_both_engines() {
    let text = read(DATA_MAP);
    let is_column = |word: &&str| {
        word.split('.').count() == 2
            && word.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == '.')
            && ![".md", ".rs", ".toml"].iter().any(|end| word.ends_with(end))
    };
    let words: Vec<&str> = named(&text).into_iter().filter(is_column).collect();
    assert!(words.len() > 30, "only {}", words.len());
    for engine in ["sqlite", "postgres"] {
        let known = columns(engine);
        let unknown: Vec<&&str> = words.iter().filter(|word| !known.contains(**word)).collect();
        assert!(unknown.is_empty(), "{engine}: {unknown:?}");
    }
}

/// A new column that by its name holds people's data must be on the map.
#[test]
fn no_column_for_people_is_missing_on_the_data_map() {
    const TELLING: &[&str] = &[
        "actor",
        "agent",
        "body",
        "close_reason",
        "detail",
        "email",
        "login",
        "request",
        "response",
        "words",
        "reason",
    ];
    let text = read(DATA_MAP);
    let on_the_map: BTreeSet<&str> = named(&text).into_iter().collect();
    let missing: Vec<String> = columns("sqlite")
        .into_iter()
        .filter(|name| {
            let column = name.split('.').nth(1).unwrap();
            (TELLING.contains(&column) || column.ends_with("_by"))
                && !on_the_map.contains(name.as_str())
        })
        .collect();
    assert_eq!(missing, Vec::<String>::new(), "put them on {DATA_MAP}");
}
