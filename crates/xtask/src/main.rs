//! The project's own commands: `cargo xtask ci`, `test`, `e2e`, `simulate`, `bench`.
#![expect(clippy::print_stdout, reason = "a command line tool talks on standard output")]

mod machine;
mod package;
#[cfg(test)]
mod papers;
mod sbom;
mod suite;
mod tidy;
mod watch;

use std::{env, process::Command};

use anyhow::{Result, bail};

const HELP: &str = "\
cargo xtask ci                   everything that must pass before main moves (installs what it needs)
cargo xtask test [ARGS]          every test, on SQLite and on a PostgreSQL of its own
cargo xtask e2e [ARGS]           the desk in a real Chromium; ARGS go to Playwright
cargo xtask api-fuzz             requests made from the API's own description, with rights and without
cargo xtask simulate [--seeds N] [--first SEED]   days of faults and crashes, from seeds
cargo xtask simulate --stock [...]     tills that race the stock sync; --compare: a naive sync beside ours
cargo xtask bench [--quick]      orders per second beside a bare client, CPU and memory
cargo xtask tidy                 the rules of the house that a program can check
cargo xtask package [--binary FILE] [--static] [--version V] [--quick]   Debian package and archive
cargo xtask package --try [--binary FILE]   two versions installed, started, killed, upgraded, removed
cargo xtask sbom                 what the program is made of, and under which licences
cargo xtask advisories           known faults of its parts, where a database of them is at hand
cargo xtask watch                the dashboard and the alert rules, by Prometheus' own tool";

fn main() -> Result<()> {
    let mut args = env::args().skip(1);
    let command = args.next();
    let rest: Vec<String> = args.collect();
    match command.as_deref() {
        Some("ci") => ci(),
        Some("test") => test(&rest),
        Some("e2e") => e2e(&rest),
        Some("api-fuzz") => api_fuzz(),
        Some("simulate") => simulate(&rest),
        Some("bench") => bench(&rest),
        Some("tidy") => tidy::check(),
        Some("package") => package::run(&rest),
        Some("sbom") => sbom::run(),
        Some("advisories") => sbom::advisories(),
        Some("watch") => watch::check(),
        _ => {
            println!("{HELP}");
            Ok(())
        }
    }
}

/// The whole: cheap checks first, so that a slip shows early.
fn ci() -> Result<()> {
    machine::install()?;
    step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    tidy::check()?;
    sbom::run()?;
    sbom::advisories()?;
    watch::check()?;
    step("lints", &mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    let mut docs = cargo(&["doc", "--workspace", "--no-deps", "--document-private-items"]);
    step("documentation", docs.env("RUSTDOCFLAGS", "-D warnings"))?;
    // The programs that the tests were built with are those that are tried from here on: built without
    // the tests' own features they would be other ones, and everything would be compiled once more.
    suite::run()?;
    package::run(&["--try".into(), "--binary".into(), "target/debug/daybook".into()])?;
    browse(&[])?;
    fuzz()?;
    let simulation = || Command::new("target/debug/simulate");
    step("simulation", simulation().args(["--fixed", "--fresh", "4"]))?;
    step("simulation of stock", simulation().args(["--stock", "--fixed", "--fresh", "2"]))?;
    step("demo", Command::new("target/debug/daybook").args(["demo", "--exit"]))
}

/// Builds the programs. All of them, because one package alone asks other crates for other features,
/// and everything would be compiled a second time.
fn build_programs() -> Result<()> {
    step("build", &mut cargo(&["build", "--workspace", "--bins"]))
}

fn test(args: &[String]) -> Result<()> {
    machine::install()?;
    match args {
        [] => suite::run(),
        some => step("tests", cargo(&["test", "--workspace", "--no-fail-fast"]).args(some)),
    }
}

fn e2e(args: &[String]) -> Result<()> {
    build_programs()?;
    browse(args)
}

/// The desk in a browser.
fn browse(args: &[String]) -> Result<()> {
    machine::install_browser()?;
    let mut packages = Command::new("npm");
    packages.args(["ci", "--no-audit", "--no-fund"]).current_dir("e2e");
    step("browser packages", &mut packages)?;
    let mut run = Command::new("npx");
    run.args(["playwright", "test"]).args(args).current_dir("e2e");
    step("browser", &mut run)
}

fn api_fuzz() -> Result<()> {
    build_programs()?;
    fuzz()
}

/// Requests made from the API's own description.
fn fuzz() -> Result<()> {
    machine::install_python()?;
    let mut folder = Command::new("python3");
    step("a place for its packages", folder.args(["-m", "venv", "fuzz/.venv"]))?;
    let mut packages = Command::new("fuzz/.venv/bin/pip");
    packages.args(["install", "--quiet", "--disable-pip-version-check"]);
    step("its packages", packages.args(["--requirement", "fuzz/requirements.txt"]))?;
    let mut run = Command::new("fuzz/.venv/bin/python");
    step("requests to the API", run.arg("fuzz/api.py"))
}

fn simulate(args: &[String]) -> Result<()> {
    build_programs()?;
    step("simulation", Command::new("target/debug/simulate").args(args))
}

fn bench(args: &[String]) -> Result<()> {
    machine::install()?;
    let mut build = cargo(&["build", "--release", "--package", "daybook-testkit"]);
    step("release build", &mut build)?;
    let mut run =
        cargo(&["run", "--release", "--package", "daybook-testkit", "--bin", "bench", "--"]);
    step("benchmark", run.args(args))
}

fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()));
    command.args(args);
    // What cargo tells of this crate is nothing to another cargo: build scripts that read it would
    // run again, and all that stands on them be compiled again, whenever one follows the other.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name.as_ref());
        }
    }
    command
}

fn step(name: &str, command: &mut Command) -> Result<()> {
    println!("── {name}");
    let status = command.status()?;
    if !status.success() {
        bail!("{name} failed: {command:?}");
    }
    Ok(())
}
