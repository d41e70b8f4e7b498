//! Processes of this program's own, each of which says one line of `name=value`.

use std::{collections::HashMap, process::Stdio, str::FromStr};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::Fault;

/// What a child said.
#[derive(Debug)]
pub(crate) struct Said(HashMap<String, String>);

impl Said {
    pub(crate) fn number<T: FromStr>(&self, name: &str) -> Result<T, Fault> {
        let value = self.0.get(name).and_then(|value| value.parse().ok());
        value.ok_or_else(|| format!("the child did not say {name}").into())
    }
}

/// A child that runs until it is dropped.
pub(crate) struct Running {
    pub(crate) said: Said,
    _child: Child,
}

/// Starts `mode` and waits for its line.
pub(crate) async fn start(mode: &str, args: &[(&str, String)]) -> Result<Running, Fault> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(mode).stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    // A database whose commits outlive a power cut, unlike those of tests.
    command.env(daybook_testkit::pg::DURABLE_VARIABLE, "1");
    for (name, value) in args {
        command.arg(format!("--{name}")).arg(value);
    }
    let mut child = command.spawn()?;
    let output = child.stdout.take().ok_or("no output")?;
    let mut lines = BufReader::new(output).lines();
    let Some(line) = lines.next_line().await? else {
        return Err(format!("{mode} said nothing: {}", child.wait().await?).into());
    };
    let pairs = line.split_whitespace().filter_map(|pair| pair.split_once('='));
    let said = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    Ok(Running { said: Said(said), _child: child })
}

/// Starts `mode`, whose line nobody waits for.
pub(crate) fn start_quietly(mode: &str, args: &[(&str, String)]) -> Result<Child, Fault> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(mode).stdin(Stdio::piped()).stdout(Stdio::null()).kill_on_drop(true);
    for (name, value) in args {
        command.arg(format!("--{name}")).arg(value);
    }
    Ok(command.spawn()?)
}

/// Starts `mode` and waits until it has ended by itself.
pub(crate) async fn finish(mode: &str, args: &[(&str, String)]) -> Result<Said, Fault> {
    let Running { said, _child: mut child } = start(mode, args).await?;
    child.wait().await?;
    Ok(said)
}
