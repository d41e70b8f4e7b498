//! Settings: one TOML file over the commented defaults, and the environment over both.

mod channels;
mod check;
mod convert;
mod env;
mod error;
mod explain;
mod load;
mod mapping;
mod model;
mod secret;
mod secrets;
mod show;
mod stand_in;
#[cfg(test)]
mod tests;

pub(crate) use convert::Need;
pub(crate) use env::{COMMAND, variable};
pub(crate) use error::ConfigError;
pub(crate) use explain::{explained, meanings};
pub(crate) use load::{faults, load, of_dict, parse};
pub(crate) use mapping::InitialValue;
pub(crate) use model::{Config, LogFormat};
pub(crate) use secrets::SECRETS;
pub(crate) use show::{Setting, effective};

/// The commented example configuration, which is also the layer below every other.
pub(crate) const DEFAULT: &str = include_str!("default.toml");

/// The example with its optional settings filled in: the shape of every setting, by which texts of
/// the environment are read and unknown names are found.
pub(crate) fn shape_text() -> String {
    let filled = DEFAULT.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if !setting.starts_with([' ', '#']) => setting,
        _ => line,
    });
    filled.collect::<Vec<_>>().join("\n")
}
