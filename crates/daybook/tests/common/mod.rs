//! A desk: a folder of its own, and the program in it.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]
#![allow(dead_code, reason = "each test uses what it needs")]

pub(crate) mod served;

use std::{
    fs,
    path::PathBuf,
    process::{Child, Command, Output},
};

use serde_json::Value;

/// What differs from run to run.
pub(crate) const FILTERS: &[(&str, &str)] = &[
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "[moment]"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "[moment]"),
    (r"yet: daybook reconcile --day \d{4}-\d\d-\d\d", "yet: daybook reconcile --day [yesterday]"),
    (r"\d+ (second|minute)s?\b *", "[age]  "),
    (r"sha256 [0-9a-f]{64}", "sha256 [hash]"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "[id]"),
    (r#""duration_us": \d+"#, r#""duration_us": 0"#),
];

/// A program that is gone with this value.
pub(crate) struct Running(pub(crate) Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A folder, gone with this value.
pub(crate) struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// One with settings that say nothing: its book is meant to be there.
    pub(crate) fn settled() -> Self {
        let desk = Self::new();
        desk.write("daybook.toml", "");
        desk
    }

    /// A file in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file in it.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// The program, ready to run in it, with nothing of this machine's environment.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("daybook"));
        command.args(args).current_dir(self.folder.path()).env_clear().env("USER", "ada");
        command
    }

    /// Runs it.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs it, expects success and gives what it printed.
    pub(crate) fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert_eq!(output.status.code(), Some(0), "{args:?}: {}", text(&output));
        String::from_utf8(output.stdout).unwrap()
    }
}

/// All that a run said, data first.
pub(crate) fn text(output: &Output) -> String {
    let part = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    part(&output.stdout) + &part(&output.stderr)
}

/// The same value with every number's, text's and moment's place kept and its content named: the
/// shape that programs depend on.
pub(crate) fn shape(value: &Value) -> Value {
    match value {
        Value::Null => Value::from("null"),
        Value::Bool(_) => Value::from("bool"),
        Value::Number(_) => Value::from("number"),
        Value::String(text) if text.parse::<jiff::Timestamp>().is_ok() => Value::from("moment"),
        Value::String(_) => Value::from("text"),
        Value::Array(all) => all.iter().map(shape).fold(Value::Array(vec![]), |mut seen, one| {
            if let Value::Array(seen) = &mut seen
                && !seen.contains(&one)
            {
                seen.push(one);
            }
            seen
        }),
        Value::Object(fields) => {
            fields.iter().map(|(key, value)| (key.clone(), shape(value))).collect()
        }
    }
}
