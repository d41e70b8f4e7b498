//! Rules by which both sides are matched. They are data: people change them, and a dry run shows
//! first what a change would match and undo.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a rule matches.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[schemars(rename = "MatchSubject")]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// Payments of tills with lines of settlement reports.
    Payments,
    /// Payouts with lines of the bank.
    Bank,
}

/// What a rule goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// Both sides bear the same reference.
    Reference,
    /// Both sides are of the same amount.
    Amount,
    /// Several of one side add up to one of the other.
    Total,
}

macro_rules! words {
    ($type:ident, $what:literal, $($variant:ident = $word:literal),+) => {
        impl $type {
            /// The word in the book, on the command line and in JSON.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.word())
            }
        }

        impl FromStr for $type {
            type Err = RuleFault;

            fn from_str(word: &str) -> Result<Self, RuleFault> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(RuleFault(format!("'{word}' is not {}", $what))),
                }
            }
        }
    };
}

words!(Subject, "a subject; use payments or bank", Payments = "payments", Bank = "bank");
words!(
    By,
    "what a rule can go by; use reference, amount or total",
    Reference = "reference",
    Amount = "amount",
    Total = "total"
);

/// The name of a match that a person made.
pub const BY_HAND: &str = "by-hand";
/// The name of a match without another side: a person says that the money will never come.
pub const WRITTEN_OFF: &str = "written-off";
const RESERVED: [&str; 2] = [BY_HAND, WRITTEN_OFF];

/// A rule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RuleFault(pub String);

/// One rule. Lower priorities go first; what one rule has matched the next ones do not see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// What it matches.
    pub subject: Subject,
    /// When it has its turn.
    pub priority: i64,
    /// What it goes by.
    pub by: By,
    /// Only for this provider.
    pub provider: Option<String>,
    /// Pence by which both sides may differ.
    pub tolerance: i64,
    /// Days by which both sides may be apart; none for any.
    pub days: Option<i64>,
    /// Whether both sides must be of one store.
    pub same_store: bool,
    /// Most of one side that may be matched with one of the other.
    pub many: i64,
    /// Whether what it is sure of is confirmed at once; otherwise it only suggests.
    pub confirms: bool,
    /// Whether it is used at all.
    pub enabled: bool,
}

/// The largest tolerance, in pence: beyond it, it is no tolerance.
const MOST_TOLERANCE: i64 = 100_000;
/// The widest window, in days.
const MOST_DAYS: i64 = 120;
/// The most of one side that are matched with one of the other.
const MOST_MANY: i64 = 10_000;

impl Rule {
    /// Names of the fields that [`Rule::with`] takes, for people.
    pub const FIELDS: &'static str =
        "subject, priority, by, provider, tolerance, days, same-store, many, confirms, enabled";

    /// A rule of that name that suggests what is of one amount, one to one, within three days.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            subject: Subject::Payments,
            priority: 100,
            by: By::Amount,
            provider: None,
            tolerance: 0,
            days: Some(3),
            same_store: false,
            many: 1,
            confirms: false,
            enabled: true,
        }
    }

    /// The rule with one field changed, as people write it: `days`, `3`.
    pub fn with(mut self, field: &str, value: &str) -> Result<Self, RuleFault> {
        let value = value.trim();
        match field {
            "subject" => self.subject = value.parse()?,
            "priority" => self.priority = number(field, value, 0, 1_000_000)?,
            "by" => self.by = value.parse()?,
            "provider" => self.provider = some(value),
            "tolerance" => self.tolerance = number(field, value, 0, MOST_TOLERANCE)?,
            "days" => {
                let days = some(value).map(|value| number(field, &value, 0, MOST_DAYS));
                self.days = days.transpose()?;
            }
            "same-store" => self.same_store = flag(field, value)?,
            "many" => self.many = number(field, value, 1, MOST_MANY)?,
            "confirms" => self.confirms = flag(field, value)?,
            "enabled" => self.enabled = flag(field, value)?,
            other => {
                let what = format!("'{other}' is not a field of a rule; use {}", Self::FIELDS);
                return Err(RuleFault(what));
            }
        }
        Ok(self)
    }

    /// What keeps it from being used, if anything.
    pub fn check(&self) -> Result<(), RuleFault> {
        let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.name.is_empty() || !self.name.chars().all(named) {
            let what = format!("'{}' is no name: use a-z, 0-9 and hyphens", self.name);
            return Err(RuleFault(what));
        }
        if RESERVED.contains(&self.name.as_str()) {
            return Err(RuleFault(format!("'{}' is what people do, not a rule", self.name)));
        }
        if self.by != By::Reference && self.days.is_none() {
            return Err(RuleFault("a rule that goes by amounts needs days".to_owned()));
        }
        let in_range = (0..=MOST_TOLERANCE).contains(&self.tolerance)
            && self.days.is_none_or(|days| (0..=MOST_DAYS).contains(&days))
            && (1..=MOST_MANY).contains(&self.many);
        in_range.then_some(()).ok_or_else(|| RuleFault("a number is out of range".to_owned()))
    }

    /// The fields as people write them.
    pub fn fields(&self) -> Vec<(&'static str, String)> {
        let flag = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
        vec![
            ("subject", self.subject.to_string()),
            ("priority", self.priority.to_string()),
            ("by", self.by.to_string()),
            ("provider", self.provider.clone().unwrap_or_default()),
            ("tolerance", self.tolerance.to_string()),
            ("days", self.days.map_or_else(String::new, |days| days.to_string())),
            ("same-store", flag(self.same_store)),
            ("many", self.many.to_string()),
            ("confirms", flag(self.confirms)),
            ("enabled", flag(self.enabled)),
        ]
    }
}

fn some(value: &str) -> Option<String> {
    (!value.is_empty() && value != "any").then(|| value.to_owned())
}

fn number(field: &str, value: &str, least: i64, most: i64) -> Result<i64, RuleFault> {
    let number = value.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| {
        RuleFault(format!("{field}: '{value}' is not a whole number from {least} to {most}"))
    })
}

fn flag(field: &str, value: &str) -> Result<bool, RuleFault> {
    match value {
        "yes" | "true" => Ok(true),
        "no" | "false" => Ok(false),
        _ => Err(RuleFault(format!("{field}: '{value}' is neither yes nor no"))),
    }
}

/// The rules that hold until people change them.
pub fn built_in() -> Vec<Rule> {
    let rule =
        |name: &str, subject, priority, by| Rule { subject, priority, by, ..Rule::new(name) };
    let (payments, bank) = (Subject::Payments, Subject::Bank);
    vec![
        Rule {
            days: None,
            many: 20,
            confirms: true,
            ..rule("reference", payments, 10, By::Reference)
        },
        Rule {
            days: None,
            many: 20,
            tolerance: 1_000,
            ..rule("reference-other-amount", payments, 20, By::Reference)
        },
        Rule { days: Some(1), same_store: true, ..rule("amount-store", payments, 30, By::Amount) },
        Rule { days: Some(3), ..rule("amount", payments, 40, By::Amount) },
        Rule {
            days: Some(4),
            same_store: true,
            many: 5_000,
            ..rule("store-day-total", payments, 50, By::Total)
        },
        Rule {
            days: Some(14),
            many: 5,
            confirms: true,
            ..rule("bank-reference", bank, 10, By::Reference)
        },
        Rule { days: Some(5), ..rule("bank-amount", bank, 20, By::Amount) },
        Rule { days: Some(5), many: 5, ..rule("bank-total", bank, 30, By::Total) },
    ]
}
