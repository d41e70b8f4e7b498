//! Ways to people, from settings as they are written.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use daybook_connectors::notify::{MailSettings, WaySettings, WebhookSettings};
use daybook_domain::alert::hours::{Opening, Special};
use daybook_flows::settings::ChannelSettings;
use jiff::civil::Date;
use secrecy::SecretString;

use super::{Config, ConfigError, secret};

/// How long a mail server or a webhook may take for one step.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The usual port of mail servers that take mail from programs.
const SUBMISSION: u16 = 587;

/// Channels are named by the retailer: no variable of the environment sets them.
fn missing(key: &str) -> ConfigError {
    ConfigError::invalid(key, "is not set", format!("set it, or {key}-file where it is a secret"))
}

impl Config {
    /// Ways to people, by name, with their secrets.
    pub(crate) fn ways(&self) -> Result<BTreeMap<String, WaySettings>, ConfigError> {
        let channels = self.alerts.channels.iter();
        channels.map(|(name, channel)| Ok((name.clone(), self.way(name, channel)?))).collect()
    }

    fn way(&self, name: &str, channel: &ChannelSettings) -> Result<WaySettings, ConfigError> {
        let key = |rest: &str| format!("alerts.channels.{name}.{rest}");
        let secret = |rest: &str, value: &Option<SecretString>, file: &Option<PathBuf>| {
            secret::read(&key(rest), value.as_ref(), file.as_ref(), &self.folder)
        };
        if let Some(shape) = channel.kind.shape() {
            let url = secret("url", &channel.url, &channel.url_file)?;
            return Ok(WaySettings::Webhook(WebhookSettings {
                shape,
                url: url.ok_or_else(|| missing(&key("url")))?,
                secret: secret("secret", &channel.secret, &channel.secret_file)?,
                timeout: TIMEOUT,
            }));
        }
        let needed = |rest: &str, value: &Option<String>| {
            let hint = "a channel of kind mail needs host, from and to";
            value.clone().ok_or_else(|| ConfigError::invalid(&key(rest), "is not set", hint))
        };
        let password = secret("password", &channel.password, &channel.password_file)?;
        let login = match (channel.user.clone(), password) {
            (Some(user), Some(password)) => Some((user, password)),
            (Some(_), None) => return Err(missing(&key("password"))),
            (None, Some(_)) => return Err(missing(&key("user"))),
            (None, None) => None,
        };
        let encryption = channel.encryption.map_or_else(
            || daybook_connectors::notify::Encryption::StartTls,
            daybook_connectors::notify::Encryption::from,
        );
        Ok(WaySettings::Mail(MailSettings {
            host: needed("host", &channel.host)?,
            port: channel.port.unwrap_or(SUBMISSION),
            encryption,
            login,
            from: needed("from", &channel.from)?,
            to: channel.to.clone(),
            timeout: TIMEOUT,
            ca_file: channel.ca_file.as_ref().map(|file| self.folder.join(file)),
        }))
    }

    /// Hours and days as they are written.
    pub(super) fn check_alerts(&self) -> Result<(), ConfigError> {
        for (store, lines) in &self.alerts.opening_hours {
            Opening::parse(lines.iter().map(String::as_str)).map_err(|what| {
                let key = format!("alerts.opening-hours.{store}");
                ConfigError::invalid(&key, what, "write \"mon-sat 09:00-17:30\"")
            })?;
        }
        for (day, text) in &self.alerts.special_days {
            let key = format!("alerts.special-days.{day}");
            if day.parse::<Date>().is_err() {
                let hint = "name days as \"2026-12-25\"";
                return Err(ConfigError::invalid(&key, "is no date", hint));
            }
            text.parse::<Special>().map_err(|what| {
                ConfigError::invalid(&key, what, "write \"closed\" or \"09:00-16:00\"")
            })?;
        }
        if self.alerts.quiet_from.is_some() != self.alerts.quiet_to.is_some() {
            let key = if self.alerts.quiet_from.is_some() { "quiet-to" } else { "quiet-from" };
            return Err(ConfigError::missing(&format!("alerts.{key}")));
        }
        Ok(())
    }
}
