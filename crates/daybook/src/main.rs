//! The binary: command line, configuration, telemetry, start and stop.

mod config;

fn main() {
    let _ = config::load(None, std::env::vars());
}
