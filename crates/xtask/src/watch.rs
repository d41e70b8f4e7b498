//! The dashboard and the alert rules: by Prometheus' own tool, and against the figures that the
//! program really has.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::step;

/// Where the tool is put that is not installed: nothing of the machine is changed.
const TOOLS: &str = "target/tools";

/// Debian's package of the tool, which is not installed because it would start a server.
const PACKAGE: &str = "prometheus";

/// `cargo xtask watch`
pub(crate) fn check() -> Result<()> {
    let Some(tool) = tool()? else {
        println!("── watch: SKIPPED, promtool is not here and cannot be fetched (apt-get)");
        return Ok(());
    };
    let queries = Path::new(TOOLS).join("dashboard.rules.yml");
    fs::create_dir_all(TOOLS)?;
    fs::write(&queries, dashboard()?)?;
    step("dashboard's queries", Command::new(&tool).args(["check", "rules"]).arg(&queries))?;
    let folder = "packaging/prometheus";
    for (what, file) in [("check", "daybook.rules.yml"), ("test", "daybook.rules.test.yml")] {
        let mut run = Command::new(&tool);
        step("alert rules", run.args([what, "rules", file]).current_dir(folder))?;
    }
    Ok(())
}

/// The dashboard's queries as recording rules: so the tool reads them too.
fn dashboard() -> Result<String> {
    let text = fs::read_to_string("packaging/grafana/daybook.json").context("the dashboard")?;
    let board: Value = serde_json::from_str(&text)?;
    let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let mut rules = String::from("groups:\n  - name: dashboard\n    rules:\n");
    let panels = list(&board, "panels");
    for (number, target) in panels.iter().flat_map(|panel| list(panel, "targets")).enumerate() {
        // A JSON text is a YAML text. The dashboard's variable stands where a job's name would.
        let query = target["expr"].to_string().replace("$job", ".*");
        // Writing to a String cannot fail.
        let _ = writeln!(rules, "      - record: dashboard:query{number}\n        expr: {query}");
    }
    Ok(rules)
}

fn tool() -> Result<Option<PathBuf>> {
    if Command::new("promtool").arg("--version").output().is_ok() {
        return Ok(Some(PathBuf::from("promtool")));
    }
    let folder = std::path::absolute(TOOLS)?;
    let there = folder.join("usr/bin/promtool");
    if there.exists() {
        return Ok(Some(there));
    }
    fs::create_dir_all(&folder)?;
    println!("── fetching promtool (apt-get download)");
    let fetch = format!("apt-get -qq download {PACKAGE} && dpkg-deb -x {PACKAGE}_*.deb .");
    let fetched = Command::new("sh").args(["-c", &fetch]).current_dir(&folder).output()?;
    Ok((fetched.status.success() && there.exists()).then_some(there))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
    }

    /// Every figure that a text names: `daybook_…`, as they are called in Prometheus.
    fn figures(text: &str) -> Vec<String> {
        let word = |c: char| c.is_ascii_lowercase() || c == '_';
        text.match_indices("daybook_")
            .filter(|(at, _)| !text[..*at].ends_with(|c: char| word(c) || c == '-'))
            .map(|(at, _)| text[at..].chars().take_while(|c| word(*c)).collect())
            .collect()
    }

    /// The figures that the program has: named in a call of `metrics`, in its sources.
    fn known() -> Vec<String> {
        let mut all = Vec::new();
        for file in [
            "crates/flows/src/status.rs",
            "crates/flows/src/exchanges.rs",
            "crates/flows/src/events.rs",
            "crates/flows/src/access/sign_in.rs",
            "crates/web/src/metrics.rs",
        ] {
            let text = fs::read_to_string(root().join(file)).unwrap();
            let quoted =
                text.split('"').skip(1).step_by(2).filter(|text| text.starts_with("daybook_"));
            all.extend(quoted.filter(|text| figures(text) == [*text]).map(str::to_owned));
        }
        assert!(!all.is_empty(), "no figure was found in the sources");
        all.sort();
        all.dedup();
        all
    }

    /// A histogram has figures of its own.
    fn base(name: &str) -> &str {
        ["_bucket", "_count", "_sum"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
    }

    #[test]
    fn dashboard_and_rules_name_only_figures_that_there_are() {
        let known = known();
        for file in [
            "grafana/daybook.json",
            "prometheus/daybook.rules.yml",
            "prometheus/daybook.rules.test.yml",
        ] {
            let text = fs::read_to_string(root().join("packaging").join(file)).unwrap();
            for name in figures(&text) {
                let there = [name.as_str(), base(&name)]
                    .iter()
                    .any(|name| known.iter().any(|known| known == name));
                assert!(there, "{file}: there is no figure {name}");
            }
        }
    }

    #[test]
    fn every_figure_is_on_the_dashboard_and_in_the_manual() {
        for file in ["packaging/grafana/daybook.json", "docs/operating.md"] {
            let text = fs::read_to_string(root().join(file)).unwrap();
            let named: Vec<String> = figures(&text).iter().map(|name| base(name).into()).collect();
            for figure in known() {
                assert!(named.contains(&figure), "{file} does not name {figure}");
            }
        }
    }

    #[test]
    fn the_dashboard_is_one() {
        let text = fs::read_to_string(root().join("packaging/grafana/daybook.json")).unwrap();
        let board: serde_json::Value = serde_json::from_str(&text).unwrap();
        let panels = board["panels"].as_array().unwrap();
        let mut ids: Vec<i64> = panels.iter().map(|one| one["id"].as_i64().unwrap()).collect();
        ids.dedup();
        assert_eq!(ids.len(), panels.len());
        for panel in panels {
            let place = &panel["gridPos"];
            assert!(place["x"].as_i64().unwrap() + place["w"].as_i64().unwrap() <= 24, "{panel}");
            assert!(!panel["targets"].as_array().unwrap().is_empty(), "{panel}");
        }
    }

    #[test]
    fn every_rule_is_tested_by_name() {
        let read = |file: &str| {
            fs::read_to_string(root().join("packaging/prometheus").join(file)).unwrap()
        };
        let (rules, tests) = (read("daybook.rules.yml"), read("daybook.rules.test.yml"));
        let names = rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
        let untested: Vec<&str> = names.filter(|name| !tests.contains(name)).collect();
        assert_eq!(untested, Vec::<&str>::new());
    }
}
