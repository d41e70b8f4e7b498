//! Every test program, as many at a time as there are cores: one that waits for its database leaves
//! its core to another.

use std::{
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::{Mutex, PoisonError},
    thread,
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// Packages whose programs take longest come first, so that none is left over at the end.
const FIRST: [&str; 4] = ["testkit", "web", "store", "daybook"];

/// A test program.
struct Program {
    /// Its own name and that of its package.
    name: String,
    file: PathBuf,
    /// Where it runs, as under `cargo test`.
    folder: PathBuf,
    /// Lower begins earlier.
    order: usize,
}

/// Builds all of them, and the program itself with them; runs them; says which failed.
pub(crate) fn run() -> Result<()> {
    let mut programs = build()?;
    programs.sort_by_key(|one| one.order);
    let at_a_time = thread::available_parallelism()?.get();
    println!("── {} test programs, {at_a_time} at a time", programs.len());
    let (waiting, failed) = (Mutex::new(programs.into_iter()), Mutex::new(Vec::new()));
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..at_a_time {
            scope.spawn(|| {
                while let Some(program) = next() {
                    // One slip must not hide the next.
                    if let Err(error) = one(&program) {
                        println!("{error:#}");
                        failed.lock().unwrap_or_else(PoisonError::into_inner).push(program.name);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    if failed.is_empty() {
        return Ok(());
    }
    bail!("tests failed: {}", failed.join("; "))
}

fn build() -> Result<Vec<Program>> {
    println!("── tests are built");
    let args = ["test", "--workspace", "--no-run", "--message-format", "json-render-diagnostics"];
    let output = super::cargo(&args).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("the tests could not be built");
    }
    let messages = String::from_utf8(output.stdout)?;
    let messages = messages.lines().map(serde_json::from_str::<Value>);
    let mut programs = Vec::new();
    for message in messages {
        programs.extend(program(&message?)?);
    }
    // Nothing to run would look like a success.
    if programs.is_empty() {
        bail!("cargo named no test program");
    }
    Ok(programs)
}

fn program(message: &Value) -> Result<Option<Program>> {
    let is_test = message["profile"]["test"] == true;
    let Some(file) = message["executable"].as_str().filter(|_| is_test) else { return Ok(None) };
    let manifest = PathBuf::from(message["manifest_path"].as_str().context("no manifest")?);
    let folder = manifest.parent().context("no folder")?.to_path_buf();
    let package = folder.file_name().context("no name")?.to_string_lossy().into_owned();
    let order = FIRST.iter().position(|first| *first == package).unwrap_or(FIRST.len());
    let name = format!("{} of {package}", message["target"]["name"].as_str().unwrap_or_default());
    Ok(Some(Program { name, file: PathBuf::from(file), folder, order }))
}

fn one(program: &Program) -> Result<()> {
    let mut command = Command::new(&program.file);
    command.current_dir(&program.folder).env("CARGO_MANIFEST_DIR", &program.folder);
    let output = command.stdin(Stdio::null()).output().context(program.name.clone())?;
    let Output { status, stdout, stderr } = output;
    println!(
        "── {}\n{}{}",
        program.name,
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr)
    );
    if !status.success() {
        bail!("{} failed: {status}", program.name);
    }
    Ok(())
}
