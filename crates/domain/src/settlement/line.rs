//! The three sides: money of a till, a line of a settlement report, a line of the bank.

use std::{collections::HashMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Day;
use crate::{Money, Timestamp};

/// What a line of a settlement report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LineKind {
    /// A payment that the provider took.
    Payment,
    /// Money that went back to a shopper.
    Refund,
    /// A shopper's bank took a payment back.
    Chargeback,
    /// A chargeback that was won.
    ChargebackReversed,
    /// A fee that stands alone.
    Fee,
    /// Money that the provider holds back, gives free, or moves to another payout.
    Reserve,
    /// The payout itself: it takes the others' sum away.
    Payout,
    /// A correction, and whatever else has no till behind it.
    Adjustment,
}

impl LineKind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Payment,
        Self::Refund,
        Self::Chargeback,
        Self::ChargebackReversed,
        Self::Fee,
        Self::Reserve,
        Self::Payout,
        Self::Adjustment,
    ];

    /// The word in the book, in settings and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::Chargeback => "chargeback",
            Self::ChargebackReversed => "chargeback-reversed",
            Self::Fee => "fee",
            Self::Reserve => "reserve",
            Self::Payout => "payout",
            Self::Adjustment => "adjustment",
        }
    }

    /// Whether a payment of a till must stand behind it.
    pub const fn settles(self) -> bool {
        matches!(self, Self::Payment | Self::Refund)
    }
}

impl fmt::Display for LineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The word is not a kind of line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is not a kind of line; use payment, refund, chargeback, chargeback-reversed, fee, \
     reserve, payout or adjustment"
)]
pub struct NotALineKind(pub String);

impl FromStr for LineKind {
    type Err = NotALineKind;

    fn from_str(word: &str) -> Result<Self, NotALineKind> {
        let found = Self::ALL.into_iter().find(|kind| kind.word() == word);
        found.ok_or_else(|| NotALineKind(word.to_owned()))
    }
}

/// A line of a settlement report. Money to the retailer is positive; `net` = `gross` − `fee`
/// wherever both stand in one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettlementLine {
    /// Who settles, by its name in the settings.
    pub provider: String,
    /// The retailer's account with the provider; may be empty.
    pub account: String,
    /// The payout or batch that it belongs to; empty while it belongs to none.
    pub payout: String,
    /// What it is.
    pub kind: LineKind,
    /// What the shopper paid.
    pub gross: Money,
    /// What the provider keeps; negative when it gives something back.
    pub fee: Money,
    /// What is paid out.
    pub net: Money,
    /// Currency of `gross`.
    pub currency: String,
    /// Currency of `fee` and `net`.
    pub net_currency: String,
    /// Everything by which the provider or the till may know it.
    pub references: Vec<String>,
    /// When it happened, where the report tells.
    pub happened_at: Option<Timestamp>,
    /// The day on which it happened, else that of the payout.
    pub day: Day,
    /// When it was paid out, as far as known.
    pub payout_day: Option<Day>,
    /// The store as the provider names it.
    pub store: Option<String>,
    /// The provider's own id of the line, where it has one.
    pub id: Option<String>,
}

impl SettlementLine {
    /// The day on which it settles what it settles.
    pub fn settled_on(&self) -> Day {
        self.payout_day.unwrap_or(self.day)
    }
}

/// A line of the bank's statement. Money that came in is positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankLine {
    /// The retailer's account.
    pub account: String,
    /// When the bank booked it.
    pub day: Day,
    /// How much.
    pub amount: Money,
    /// ISO 4217.
    pub currency: String,
    /// The bank's own reference; may be empty.
    pub reference: String,
    /// What the statement says about it.
    pub words: String,
}

/// A payment of a till that is money: what must arrive some day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TillMoney {
    /// The entry.
    pub order_id: i64,
    /// Which of its payments, from 0.
    pub index: i64,
    /// The payment type: its external id, else its name, folded.
    pub tender: String,
    /// The payment type as people read it.
    pub name: String,
    /// Signed: what goes back to a shopper is negative.
    pub amount: Money,
    /// ISO 4217.
    pub currency: String,
    /// When it was paid.
    pub at: Timestamp,
    /// The day at the till.
    pub day: Day,
    /// The store.
    pub warehouse_id: Option<i64>,
    /// The till.
    pub register_id: Option<String>,
    /// Everything by which a provider may know it.
    pub references: Vec<String>,
}

impl TillMoney {
    /// How it is named in matches: `11513:0`.
    pub fn key(&self) -> String {
        format!("{}:{}", self.order_id, self.index)
    }
}

/// The form in which references and tenders are compared: trimmed, case-folded.
pub fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// Shortest word of a statement that can be a reference.
const SHORTEST_TOKEN: usize = 6;

/// The words of a free text that may be references: long enough, and with a digit in them.
pub fn tokens(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    let mut found: Vec<String> = words
        .filter(|word| word.chars().count() >= SHORTEST_TOKEN)
        .filter(|word| word.chars().any(|c| c.is_ascii_digit()))
        .map(fold)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// A short name for anything that is made of texts: equal texts, equal name.
pub fn fingerprint<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.len().to_be_bytes());
        hash.update(text.as_bytes());
    }
    hash.finalize().iter().take(16).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}

/// A name for everything that a line says; the same line told again has the same one.
pub fn content<T: Serialize>(line: &T) -> String {
    let text = serde_json::to_string(line).unwrap_or_default();
    fingerprint([text.as_str()])
}

/// Keys of lines in a file: the provider's id where there is one, else what the line says and how
/// often it has been said before in the file. So a line is known again in another file.
pub fn keys<'a>(
    source: &str,
    lines: impl IntoIterator<Item = (Option<&'a str>, String)>,
) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let key = |(id, content): (Option<&str>, String)| {
        if let Some(id) = id {
            return fingerprint([source, "id", id]);
        }
        let nth = seen.entry(content.clone()).or_default();
        *nth += 1;
        fingerprint([source, "content", &content, &nth.to_string()])
    };
    lines.into_iter().map(key).collect()
}

/// A name for the content of a file.
pub fn file_hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
}
