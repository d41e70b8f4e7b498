//! What the program is made of: a bill of materials, the list of licences, and what must not be in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write as _,
    fs,
    path::Path,
};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::step;

/// Licences under which we may ship a part; of an "OR" one is enough, of an "AND" all are needed.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Second libraries for what we have one for: ring is the only crypto, rustls the only TLS.
const BANNED: &[&str] =
    &["aws-lc-rs", "aws-lc-sys", "native-tls", "openssl", "openssl-sys", "boring", "boring-sys"];

/// Names the folder of an advisory database (RustSec's) that somebody has fetched.
const ADVISORIES: &str = "DAYBOOK_ADVISORY_DB";

/// A crate that is part of the program.
struct Part {
    name: String,
    version: String,
    licence: String,
    checksum: Option<String>,
    needs: Vec<String>,
    ours: bool,
}

/// All that is part of the program, by id.
pub(crate) struct Parts {
    all: BTreeMap<String, Part>,
    root: String,
}

/// `cargo xtask sbom`: writes both lists and checks them.
pub(crate) fn run() -> Result<()> {
    let parts = parts()?;
    let out = Path::new("target/package");
    fs::create_dir_all(out)?;
    fs::write(out.join("sbom.cdx.json"), parts.cyclonedx()?)?;
    fs::write(out.join("THIRD-PARTY.md"), parts.list())?;
    println!("── parts: {} crates; target/package/sbom.cdx.json, THIRD-PARTY.md", parts.all.len());
    parts.check()
}

/// Known faults of the parts, where a database of them is at hand.
pub(crate) fn advisories() -> Result<()> {
    let Some(database) = env::var_os(ADVISORIES) else {
        println!(
            "── advisories: SKIPPED. Set {ADVISORIES} to a copy of RustSec's advisory-db \
             (and have cargo-audit) to check the parts against it"
        );
        return Ok(());
    };
    let mut audit = crate::cargo(&["audit", "--no-fetch", "--stale", "--deny", "warnings", "--db"]);
    step("advisories", audit.arg(database))
}

/// Reads what Cargo knows.
pub(crate) fn parts() -> Result<Parts> {
    let host = "x86_64-unknown-linux-gnu";
    let mut ask = crate::cargo(&["metadata", "--format-version", "1", "--locked", "--offline"]);
    let output = ask.args(["--filter-platform", host]).output()?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    }
    let known: Value = serde_json::from_slice(&output.stdout)?;
    banned(&known)?;
    let lock = fs::read_to_string("Cargo.lock").context("Cargo.lock")?;
    Parts::of(&known, &checksums(&lock))
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

/// Holds for tests and tools too: what is in the tree will be used one day.
fn banned(known: &Value) -> Result<()> {
    let names = list(known, "packages").map(|package| text(package, "name"));
    let found: Vec<String> = names.filter(|name| BANNED.contains(&name.as_str())).collect();
    if found.is_empty() {
        return Ok(());
    }
    bail!("these must not be in the tree: {}", found.join(", "))
}

/// Checksums of Cargo.lock by name and version.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let value = |block: &str, key: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(key))?;
        Some(line.trim_start_matches([' ', '=']).trim_matches('"').to_owned())
    };
    lock.split("[[package]]")
        .filter_map(|block| {
            let at = (value(block, "name ")?, value(block, "version ")?);
            Some((at, value(block, "checksum ")?))
        })
        .collect()
}

impl Parts {
    /// What `daybook` needs to run or to be built; not what its tests need.
    fn of(known: &Value, sums: &BTreeMap<(String, String), String>) -> Result<Self> {
        let is_root = |package: &&Value| text(package, "name") == "daybook";
        let root = list(known, "packages").find(is_root).context("no package daybook")?;
        let root = text(root, "id");
        let nodes: BTreeMap<String, Vec<String>> =
            list(&known["resolve"], "nodes").map(|node| (text(node, "id"), needs(node))).collect();
        let mut wanted = BTreeSet::new();
        let mut open = vec![root.clone()];
        while let Some(id) = open.pop() {
            if wanted.insert(id.clone()) {
                open.extend(nodes.get(&id).into_iter().flatten().cloned());
            }
        }
        let all = list(known, "packages")
            .filter(|package| wanted.contains(&text(package, "id")))
            .map(|package| {
                let (name, version) = (text(package, "name"), text(package, "version"));
                let part = Part {
                    checksum: sums.get(&(name.clone(), version.clone())).cloned(),
                    licence: text(package, "license"),
                    needs: nodes.get(&text(package, "id")).cloned().unwrap_or_default(),
                    ours: package["source"].is_null(),
                    name,
                    version,
                };
                (text(package, "id"), part)
            })
            .collect();
        Ok(Self { all, root })
    }

    fn check(&self) -> Result<()> {
        let refused: Vec<String> = self
            .all
            .values()
            .filter(|part| !is_allowed(&part.licence))
            .map(|part| format!("{} {}: {:?}", part.name, part.version, part.licence))
            .collect();
        if refused.is_empty() {
            return Ok(());
        }
        bail!("licences that are not on the list:\n  {}", refused.join("\n  "))
    }

    /// The list for people.
    pub(crate) fn list(&self) -> String {
        let mut text = String::from(
            "# Parts of others in Daybook\n\n| part | version | licence |\n|---|---|---|\n",
        );
        for part in self.all.values().filter(|part| !part.ours) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "| {} | {} | {} |", part.name, part.version, part.licence);
        }
        text
    }

    /// The list for programs: CycloneDX 1.5. No moment and no number of its own, so that the same
    /// sources make the same file.
    pub(crate) fn cyclonedx(&self) -> Result<String> {
        let purl = |part: &Part| format!("pkg:cargo/{}@{}", part.name, part.version);
        let refs: BTreeMap<&String, String> =
            self.all.iter().map(|(id, part)| (id, purl(part))).collect();
        let component = |id: &String, part: &Part| {
            let mut made = json!({
                "type": if *id == self.root { "application" } else { "library" },
                "bom-ref": purl(part),
                "name": part.name,
                "version": part.version,
                "purl": purl(part),
                "licenses": [{"expression": spdx(&part.licence)}],
            });
            if let Some(sum) = &part.checksum {
                made["hashes"] = json!([{"alg": "SHA-256", "content": sum}]);
            }
            made
        };
        let root = self.all.get(&self.root).context("no root")?;
        let rest = self.all.iter().filter(|(id, _)| **id != self.root);
        let made = json!({
            "bomFormat": "CycloneDX",
            "specVersion": "1.5",
            "version": 1,
            "metadata": {"component": component(&self.root, root)},
            "components": rest.map(|(id, part)| component(id, part)).collect::<Vec<_>>(),
            "dependencies": self.all.values().map(|part| json!({
                "ref": purl(part),
                "dependsOn": part.needs.iter().filter_map(|id| refs.get(id)).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        });
        Ok(serde_json::to_string_pretty(&made)? + "\n")
    }
}

/// Ids that a crate needs to run or to be built.
fn needs(node: &Value) -> Vec<String> {
    let for_tests_only =
        |dep: &&Value| list(dep, "dep_kinds").all(|kind| kind["kind"].as_str() == Some("dev"));
    list(node, "deps").filter(|dep| !for_tests_only(dep)).map(|dep| text(dep, "pkg")).collect()
}

/// Older crates write "MIT/Apache-2.0".
fn spdx(licence: &str) -> String {
    licence.replace('/', " OR ")
}

/// Whether we may ship what stands under this expression.
fn is_allowed(licence: &str) -> bool {
    let spaced = spdx(licence).replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    either(&words, &mut at) == Some(true) && at == words.len()
}

/// None: the expression is none.
fn either(words: &[&str], at: &mut usize) -> Option<bool> {
    let mut allowed = both(words, at)?;
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        allowed |= both(words, at)?;
    }
    Some(allowed)
}

fn both(words: &[&str], at: &mut usize) -> Option<bool> {
    let mut allowed = one(words, at)?;
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        allowed &= one(words, at)?;
    }
    Some(allowed)
}

fn one(words: &[&str], at: &mut usize) -> Option<bool> {
    let word = words.get(*at)?;
    *at += 1;
    if *word == "(" {
        let allowed = either(words, at)?;
        *at += 1;
        return (words.get(*at - 1) == Some(&")")).then_some(allowed);
    }
    let mut name = (*word).to_owned();
    if words.get(*at) == Some(&"WITH") {
        name = format!("{name} WITH {}", words.get(*at + 1)?);
        *at += 2;
    }
    Some(ALLOWED.contains(&name.as_str()))
}

#[cfg(test)]
mod tests;
