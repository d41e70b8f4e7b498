//! What the program tells about itself, always on stderr.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use crate::{
    config::{Config, ConfigError, LogFormat},
    failure::Failure,
};

/// Starts telling. `level` is the configured one, or less for commands that end at once.
pub(crate) fn start(config: &Config, level: &str) -> Result<(), Failure> {
    // What PostgreSQL remarks at each start is no news; who wants it names it.
    let level =
        if level.contains("sqlx") { level.to_owned() } else { format!("sqlx=warn,{level}") };
    let filter = EnvFilter::try_new(level).map_err(|error| {
        let hint = "use \"info\", or \"info,daybook_flows=debug\"";
        ConfigError::invalid("log.level", error.to_string(), hint)
    })?;
    let told = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // Fails only when somebody tells already, as in tests.
    let _ = match config.log.format {
        LogFormat::Text => told.try_init(),
        LogFormat::Json => told.json().flatten_event(true).try_init(),
    };
    Ok(())
}
