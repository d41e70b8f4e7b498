//! Who is told of an alert, and when.

use std::{fmt, str::FromStr};

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Key;
use crate::{
    Timestamp,
    causes::{Owner, Severity},
    time::TimeOfDay,
};

/// A way to people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its name in the settings.
    pub name: String,
    /// Whose alerts it takes; everybody's where none is named.
    pub owners: Vec<Owner>,
    /// It is for what is old: it hears of an alert only when that is told further up.
    pub is_for_escalations: bool,
    /// It gets the digest in the morning and the weekly report.
    pub takes_digest: bool,
}

impl Channel {
    fn takes(&self, owner: Owner) -> bool {
        self.owners.is_empty() || self.owners.contains(&owner)
    }

    /// A channel is not told that it does not work.
    fn is_itself(&self, key: &Key) -> bool {
        key.about.strip_prefix("channel:") == Some(self.name.as_str())
    }
}

/// Why a message is sent.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[schemars(rename = "AlertOccasion")]
#[serde(rename_all = "kebab-case")]
pub enum Occasion {
    /// An alert is new.
    Opened,
    /// It is old.
    Escalated,
    /// It is over.
    Closed,
    /// The morning.
    Digest,
    /// The week is over.
    Weekly,
    /// Somebody tries the channel.
    Test,
}

impl Occasion {
    const ALL: [Self; 6] =
        [Self::Opened, Self::Escalated, Self::Closed, Self::Digest, Self::Weekly, Self::Test];

    /// The word used in the database and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Escalated => "escalated",
            Self::Closed => "closed",
            Self::Digest => "digest",
            Self::Weekly => "weekly",
            Self::Test => "test",
        }
    }
}

impl fmt::Display for Occasion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Occasion {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|one| one.word() == word);
        found.ok_or_else(|| format!("'{word}' is no occasion of a message"))
    }
}

/// Hours in which only what is critical is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quiet {
    /// They begin.
    pub from: TimeOfDay,
    /// They end.
    pub to: TimeOfDay,
    /// By the clocks of this zone, an IANA name.
    pub zone: String,
}

impl Quiet {
    /// When something of `severity` may be told: now, or when the quiet hours are over.
    pub fn allows(&self, now: Timestamp, severity: Severity) -> Timestamp {
        let began = self.from.last_before(now, &self.zone);
        let ended = self.to.last_before(now, &self.zone);
        if severity == Severity::Critical || ended >= began {
            return now;
        }
        self.to.next_after(now, &self.zone)
    }

    /// The zone.
    pub fn time_zone(&self) -> TimeZone {
        TimeZone::get(&self.zone).unwrap_or(TimeZone::UTC)
    }
}

/// What a channel was told of an alert before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The channel.
    pub channel: String,
    /// Whether the message has arrived; otherwise it is still to be sent.
    pub has_arrived: bool,
}

/// What is to be done about messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planned {
    /// Send one.
    Send {
        /// Over which channel.
        channel: String,
        /// Not before.
        due_at: Timestamp,
    },
    /// What this channel was to be told is over before it was told.
    Drop {
        /// Which channel.
        channel: String,
    },
}

/// Who is told of what happened to an alert.
pub fn plan(
    occasion: Occasion,
    (key, owner): (&Key, Owner),
    channels: &[Channel],
    told: &[Told],
    (now, quiet): (Timestamp, Option<&Quiet>),
) -> Vec<Planned> {
    let severity = key.kind.row().severity;
    let due_at = quiet.map_or(now, |quiet| quiet.allows(now, severity));
    let send = |channel: &str| Planned::Send { channel: channel.to_owned(), due_at };
    if occasion == Occasion::Closed {
        let heard = |name: &str| told.iter().any(|one| one.channel == name && one.has_arrived);
        let mut names: Vec<&str> = told.iter().map(|one| one.channel.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let known = names.into_iter().filter(|name| channels.iter().any(|one| one.name == *name));
        let end = |name: &str| {
            if heard(name) { send(name) } else { Planned::Drop { channel: name.to_owned() } }
        };
        return known.map(end).collect();
    }
    let can = |one: &&Channel| !one.is_itself(key);
    let first = || channels.iter().filter(can).filter(|one| !one.is_for_escalations);
    let further = || channels.iter().filter(can).filter(|one| one.is_for_escalations);
    let mut chosen: Vec<&Channel> = match occasion {
        Occasion::Escalated => further().filter(|one| one.takes(owner)).collect(),
        _ => first().filter(|one| one.takes(owner)).collect(),
    };
    if chosen.is_empty() && occasion == Occasion::Escalated {
        chosen = first().filter(|one| one.takes(owner)).collect();
    }
    // Nobody listens for this owner: better everybody hears of it than nobody.
    if chosen.is_empty() {
        chosen = first().collect();
    }
    chosen.into_iter().map(|one| send(&one.name)).collect()
}
