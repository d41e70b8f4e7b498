//! What people are told without asking, and how.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use daybook_connectors::notify::{Encryption, Shape};
use daybook_domain::{
    alert::{Channel, Policy, Quiet},
    causes::Owner,
    time::TimeOfDay,
};
use secrecy::SecretString;
use serde::Deserialize;

use super::BackoffSettings;

/// What people are told without asking, and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Alerts {
    /// Whether `daybook serve` looks around.
    pub enabled: bool,
    /// Pause between two looks.
    #[serde(with = "humantime_serde")]
    pub poll_every: Duration,
    /// How long what comes and goes must be gone before it is over.
    #[serde(with = "humantime_serde")]
    pub calm: Duration,
    /// Age at which an alert is told further up.
    #[serde(with = "humantime_serde")]
    pub escalate_after: Duration,
    /// How often at most.
    pub escalations: i64,
    /// Quiet hours begin.
    pub quiet_from: Option<TimeOfDay>,
    /// Quiet hours end.
    pub quiet_to: Option<TimeOfDay>,
    /// When the digest is sent.
    pub digest_at: TimeOfDay,
    /// The day of the weekly report.
    pub weekly_on: Weekday,
    /// A message that did not arrive by then is given up.
    #[serde(with = "humantime_serde")]
    pub give_up_after: Duration,
    /// Pauses between two tries.
    pub backoff: BackoffSettings,
    /// Beyond which something is an alert.
    pub limits: Limits,
    /// When stores are open, by warehouse id of Sitoo.
    #[serde(default)]
    pub opening_hours: BTreeMap<String, Vec<String>>,
    /// Days that are not like others, by date.
    #[serde(default)]
    pub special_days: BTreeMap<String, String>,
    /// Ways to people, by a name of the retailer's choosing.
    #[serde(default)]
    pub channels: BTreeMap<String, ChannelSettings>,
}

/// Beyond which something is an alert.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limits {
    /// Whether silence is looked for.
    pub silence: bool,
    /// Age of an entry on its way to OrderWise.
    #[serde(with = "humantime_serde")]
    pub unposted: Duration,
    /// Age of an exception.
    #[serde(with = "humantime_serde")]
    pub exceptions_age: Duration,
    /// Whole units of money that exceptions may hold.
    pub exceptions_money: i64,
    /// Time that a product may wait for a fresh level.
    #[serde(with = "humantime_serde")]
    pub stock: Duration,
    /// Time until Sitoo knows what OrderWise sent.
    #[serde(with = "humantime_serde")]
    pub despatch: Duration,
    /// When yesterday should be closed.
    pub day_closed_by: TimeOfDay,
    /// Time without a read of Sitoo.
    #[serde(with = "humantime_serde")]
    pub unread: Duration,
    /// Least room on the book's disk, in per cent.
    pub disk_free_percent: u64,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Weekday {
    /// For calendars.
    pub const fn to_jiff(self) -> jiff::civil::Weekday {
        match self {
            Self::Monday => jiff::civil::Weekday::Monday,
            Self::Tuesday => jiff::civil::Weekday::Tuesday,
            Self::Wednesday => jiff::civil::Weekday::Wednesday,
            Self::Thursday => jiff::civil::Weekday::Thursday,
            Self::Friday => jiff::civil::Weekday::Friday,
            Self::Saturday => jiff::civil::Weekday::Saturday,
            Self::Sunday => jiff::civil::Weekday::Sunday,
        }
    }
}

/// What carries messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelKind {
    /// E-mail.
    Mail,
    /// JSON of our own, signed.
    Webhook,
    /// A Slack incoming webhook.
    Slack,
    /// A Teams workflow.
    Teams,
}

impl ChannelKind {
    /// The shape of a webhook; none for mail.
    pub const fn shape(self) -> Option<Shape> {
        match self {
            Self::Mail => None,
            Self::Webhook => Some(Shape::Json),
            Self::Slack => Some(Shape::Slack),
            Self::Teams => Some(Shape::Teams),
        }
    }
}

/// How the line to a mail server is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MailEncryption {
    /// From the first byte.
    Tls,
    /// Once the server was asked.
    Starttls,
    /// Not at all.
    None,
}

impl From<MailEncryption> for Encryption {
    fn from(encryption: MailEncryption) -> Self {
        match encryption {
            MailEncryption::Tls => Self::Tls,
            MailEncryption::Starttls => Self::StartTls,
            MailEncryption::None => Self::None,
        }
    }
}

/// A way to people. What a kind does not need is left out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ChannelSettings {
    /// What carries it.
    pub kind: ChannelKind,
    /// Whose alerts it takes; all where none is named.
    #[serde(default)]
    pub owners: Vec<Owner>,
    /// Only what is told further up.
    #[serde(default)]
    pub escalations: bool,
    /// The digest and the weekly report too.
    #[serde(default)]
    pub digest: bool,
    /// Mail server.
    #[serde(default)]
    pub host: Option<String>,
    /// Its port.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the line is kept private.
    #[serde(default)]
    pub encryption: Option<MailEncryption>,
    /// User of the mail server.
    #[serde(default)]
    pub user: Option<String>,
    /// Its password.
    #[serde(default)]
    pub password: Option<SecretString>,
    /// A file with it.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// Sender.
    #[serde(default)]
    pub from: Option<String>,
    /// Recipients.
    #[serde(default)]
    pub to: Vec<String>,
    /// Address of a webhook.
    #[serde(default)]
    pub url: Option<SecretString>,
    /// A file with it.
    #[serde(default)]
    pub url_file: Option<PathBuf>,
    /// What messages are signed with.
    #[serde(default)]
    pub secret: Option<SecretString>,
    /// A file with it.
    #[serde(default)]
    pub secret_file: Option<PathBuf>,
    /// A further authority to trust.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
}

impl Alerts {
    /// How alerts live.
    pub const fn policy(&self) -> Policy {
        Policy {
            calm: self.calm,
            escalate_after: self.escalate_after,
            escalations: self.escalations,
        }
    }

    /// The channels, for the decision who is told.
    pub fn listeners(&self) -> Vec<Channel> {
        let one = |(name, channel): (&String, &ChannelSettings)| Channel {
            name: name.clone(),
            owners: channel.owners.clone(),
            is_for_escalations: channel.escalations,
            takes_digest: channel.digest,
        };
        self.channels.iter().map(one).collect()
    }

    /// Quiet hours by the clocks of `zone`, where both ends are set.
    pub fn quiet(&self, zone: &str) -> Option<Quiet> {
        let (from, to) = self.quiet_from.zip(self.quiet_to)?;
        Some(Quiet { from, to, zone: zone.to_owned() })
    }
}
