//! The rules of the house that a program can check.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

/// Longest source file, in lines, tests apart.
const LONGEST_FILE: usize = 600;

/// Words that must not stay in the source, with what to do instead.
const BANNED: &[(&str, &str)] = &[
    (concat!("FIX", "ME"), "mend it, or write an issue"),
    (concat!("XX", "X"), "mend it, or write an issue"),
    (concat!("#[ig", "nore"), "a test that does not run proves nothing"),
    (concat!("AssertSql", "Safe"), "statements are constants"),
    ("thread::sleep", "no sleep as synchronisation"),
    ("/// ```", "nothing runs examples of doc comments: make it a test"),
    ("//! ```", "nothing runs examples of doc comments: make it a test"),
];

/// Edges between our crates that design section 6 allows.
const EDGES: &[(&str, &[&str])] = &[
    ("daybook", &["web", "flows", "connectors", "store", "domain", "sandbox"]),
    ("web", &["flows", "domain"]),
    ("flows", &["connectors", "store", "domain"]),
    ("connectors", &["domain"]),
    ("store", &["domain"]),
    ("domain", &[]),
    ("sandbox", &[]),
    ("testkit", &["sandbox", "web", "flows", "connectors", "store", "domain"]),
    ("xtask", &[]),
];

/// Checks everything and reports every breach at once.
pub(crate) fn check() -> Result<()> {
    println!("── tidy");
    let mut breaches = Vec::new();
    for file in tracked("*.rs")? {
        source(&file, &mut breaches)?;
    }
    for file in tracked("*.md")? {
        links(&file, &mut breaches)?;
    }
    for (name, allowed) in EDGES {
        edges(name, allowed, &mut breaches)?;
    }
    if breaches.is_empty() {
        return Ok(());
    }
    bail!("the house is untidy:\n  {}", breaches.join("\n  "))
}

fn tracked(pattern: &str) -> Result<Vec<PathBuf>> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", pattern])
        .output()?;
    let names = String::from_utf8(output.stdout)?;
    Ok(names.lines().map(PathBuf::from).filter(|file| file.exists()).collect())
}

fn source(file: &Path, breaches: &mut Vec<String>) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let is_test = file.components().any(|part| part.as_os_str() == "tests")
        || file.file_name().is_some_and(|name| name == "tests.rs");
    let lines = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().lines().count();
    if !is_test && lines > LONGEST_FILE {
        breaches.push(format!("{}: {lines} lines, at most {LONGEST_FILE}", file.display()));
    }
    for (number, line) in text.lines().enumerate() {
        for (word, instead) in BANNED {
            // Tests make databases and read catalogues; there the text is theirs.
            let exempt = word.starts_with("AssertSql") && (is_test || is_of(file, "testkit"));
            if line.contains(word) && !exempt && !is_of(file, "xtask") {
                breaches.push(format!("{}:{}: {word}: {instead}", file.display(), number + 1));
            }
        }
    }
    Ok(())
}

fn is_of(file: &Path, name: &str) -> bool {
    file.components().any(|part| part.as_os_str() == name)
}

/// Links of a page to files of the tree must lead somewhere. Those of the manual lead to chapters and
/// pages of the desk: a test of `web` (`manual/tests.rs`) follows them.
fn links(file: &Path, breaches: &mut Vec<String>) -> Result<()> {
    if is_of(file, "manual") {
        return Ok(());
    }
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let path = target.split('#').next().unwrap_or_default();
        let elsewhere = path.is_empty() || path.contains("://") || path.starts_with("mailto:");
        let folder = file.parent().unwrap_or_else(|| Path::new("."));
        if !elsewhere && !folder.join(path).exists() {
            breaches.push(format!("{}: link to {path} leads nowhere", file.display()));
        }
    }
    Ok(())
}

fn edges(name: &str, allowed: &[&str], breaches: &mut Vec<String>) -> Result<()> {
    let manifest = format!("crates/{name}/Cargo.toml");
    let text = fs::read_to_string(&manifest).context(manifest.clone())?;
    let normal = text.split("[dev-dependencies]").next().unwrap_or_default();
    for line in normal.lines() {
        let Some(target) = line.strip_prefix("daybook-").and_then(|rest| rest.split('.').next())
        else {
            continue;
        };
        if !allowed.contains(&target) {
            breaches.push(format!("{manifest}: {name} must not depend on {target}"));
        }
    }
    Ok(())
}
