//! How alerts reach people: e-mail and webhooks. A message is handed over once a call; whether it is
//! tried again is decided by the flow.

mod mail;
mod shape;
#[cfg(test)]
mod tests;
mod webhook;

use std::{collections::BTreeMap, sync::Arc};

use daybook_domain::{Timestamp, alert::Notice};

pub use self::{
    mail::{Encryption, MailSettings},
    webhook::{Shape, WebhookSettings},
};
use crate::{SettingsFault, Transport};

/// A way to people, as it is set.
#[derive(Debug, Clone)]
pub enum WaySettings {
    /// By SMTP.
    Mail(MailSettings),
    /// By HTTP.
    Webhook(WebhookSettings),
}

/// A message that was not taken. Its text holds no address and no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {what}")]
pub struct NotTaken {
    /// Stable code.
    pub code: &'static str,
    /// One sentence.
    pub what: String,
}

impl NotTaken {
    fn new(code: &'static str, what: impl Into<String>) -> Self {
        Self { code, what: what.into() }
    }
}

enum Way {
    Mail(Box<mail::Mail>),
    Webhook(webhook::Webhook),
}

/// All ways to people, by name.
#[derive(Default)]
pub struct Notifier(BTreeMap<String, Way>);

impl Notifier {
    /// Builds every way; webhooks go over `transport`. A fault names the channel.
    pub fn new(
        ways: BTreeMap<String, WaySettings>,
        transport: &Arc<dyn Transport>,
    ) -> Result<Self, (String, SettingsFault)> {
        let one = |(name, settings)| {
            let way = match settings {
                WaySettings::Mail(settings) => {
                    mail::Mail::new(&settings).map(|mail| Way::Mail(Box::new(mail)))
                }
                WaySettings::Webhook(settings) => {
                    webhook::Webhook::new(settings, Arc::clone(transport)).map(Way::Webhook)
                }
            };
            match way {
                Ok(way) => Ok((name, way)),
                Err(fault) => Err((name, fault)),
            }
        };
        ways.into_iter().map(one).collect::<Result<_, _>>().map(Self)
    }

    /// Hands a message over. `id` is the same at every try, so that receivers know a repeat.
    pub async fn send(
        &self,
        channel: &str,
        id: &str,
        notice: &Notice,
        now: Timestamp,
    ) -> Result<(), NotTaken> {
        match self.way(channel)? {
            Way::Mail(mail) => mail.send(id, notice).await,
            Way::Webhook(webhook) => webhook.send(id, notice, now).await,
        }
    }

    /// Whether the way is open, without sending anything: what can be known of it.
    pub async fn check(&self, channel: &str) -> Result<&'static str, NotTaken> {
        match self.way(channel)? {
            Way::Mail(mail) => mail.check().await.map(|()| "the mail server lets Daybook in"),
            Way::Webhook(webhook) => webhook.check().await.map(|()| "its server answers"),
        }
    }

    fn way(&self, channel: &str) -> Result<&Way, NotTaken> {
        let unknown = || NotTaken::new("channel-unknown", "no such channel in the settings");
        self.0.get(channel).ok_or_else(unknown)
    }
}
