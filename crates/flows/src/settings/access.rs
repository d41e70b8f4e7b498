//! How people sign in to the desk.

use std::time::Duration;

use serde::Deserialize;

/// How people sign in to the desk.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Access {
    /// Address by which people reach the desk.
    pub public_url: Option<String>,
    /// Whether they reach it by HTTPS.
    pub secure: bool,
    /// Whether a proxy names the sender of a request.
    pub behind_proxy: bool,
    /// A session that is not used ends after this time.
    #[serde(with = "humantime_serde")]
    pub idle: Duration,
    /// Every session ends after this time.
    #[serde(with = "humantime_serde")]
    pub longest: Duration,
    /// How long a one-time link is good.
    #[serde(with = "humantime_serde")]
    pub link_life: Duration,
    /// How long a browser is remembered.
    #[serde(with = "humantime_serde")]
    pub remember_browsers: Duration,
    /// Least number of characters of a password.
    pub password_length: usize,
    /// Memory that one try of a password needs.
    pub password_memory_kib: u32,
    /// Passes over it.
    pub password_passes: u32,
}
