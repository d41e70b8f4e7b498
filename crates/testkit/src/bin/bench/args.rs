//! `--name value` and `--flag`.

use std::str::FromStr;

use crate::Fault;

/// What was written after `bench`.
#[derive(Debug)]
pub(crate) struct Args(Vec<String>);

impl Args {
    pub(crate) fn read() -> Self {
        Self(std::env::args().skip(1).collect())
    }

    /// The first word, if it is no flag.
    pub(crate) fn mode(&self) -> &str {
        self.0.first().filter(|word| !word.starts_with("--")).map_or("all", String::as_str)
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|word| word.strip_prefix("--") == Some(name))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let at = self.0.iter().position(|word| word.strip_prefix("--") == Some(name))?;
        self.0.get(at + 1).map(String::as_str)
    }

    pub(crate) fn number<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.parse().ok()
    }

    pub(crate) fn need<T: FromStr>(&self, name: &str) -> Result<T, Fault> {
        self.number(name).ok_or_else(|| format!("--{name} is missing").into())
    }
}
