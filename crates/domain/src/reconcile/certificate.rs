//! The day-close certificate: what all witnesses said, when, what differed and why, who signed what,
//! and a hash that links it to the store's day before.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    causes::DayCause, close::hex, difference::Difference, fix::Act, result::DayResult,
    tolerance::RunningTotals,
};
use crate::Timestamp;

/// Version of the certificate's form: an old one is verified as it was written.
const FORM: u32 = 2;

/// A person's word for differences that stay.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct SignOff {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why. Written by a person: nothing about a shopper belongs here.
    pub reason: String,
    /// Keys of the differences that are signed ([`key_of`]).
    pub differences: Vec<String>,
}

/// Something that was done about a difference because a person said so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DayFix")]
pub struct Fix {
    /// When.
    pub at: Timestamp,
    /// Who said so.
    pub by: String,
    /// What was done.
    pub act: Act,
    /// About what.
    pub cause: DayCause,
    /// The receipt's reference, else its number or the till.
    pub subject: String,
}

/// How a day stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DayStanding")]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Complete and equal, to the penny.
    Equal,
    /// Equal but for what is tolerated.
    Tolerated,
    /// What differs is signed off.
    Signed,
    /// Differences wait for a person.
    Open,
}

impl Standing {
    /// The word used in the database, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Tolerated => "tolerated",
            Self::Signed => "signed",
            Self::Open => "open",
        }
    }

    /// Whether the day is closed.
    pub const fn is_closed(self) -> bool {
        !matches!(self, Self::Open)
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What is certified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// Version of this form.
    pub form: u32,
    /// Hash of the store's certificate before; none for the first.
    pub previous: Option<String>,
    /// How the day stands.
    pub standing: Standing,
    /// What was found.
    pub result: DayResult,
    /// Who signed what, in order.
    pub sign_offs: Vec<SignOff>,
    /// What was done about differences, in order. Left out where there is nothing, so that
    /// certificates from before it was known keep their hash.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixes: Vec<Fix>,
    /// What has been tolerated per tax code since the running totals began, this day included.
    pub running: RunningTotals,
}

/// A certificate. It is never altered: another look at the day makes another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// What is certified.
    pub body: Body,
    /// SHA-256 of the body's canonical form, in hexadecimal.
    pub hash: String,
}

/// The key of a difference: the same as long as nothing about it changes, so that a signature does
/// not cover what was not seen.
pub fn key_of(difference: &Difference) -> String {
    let seen = Difference { tolerated: false, ..difference.clone() };
    let text = serde_json::to_vec(&seen).unwrap_or_default();
    let mut key = hex(&Sha256::digest(text));
    key.truncate(16);
    key
}

impl Certificate {
    /// Certifies `result`, after the certificate with the hash `previous`.
    pub fn new(
        result: DayResult,
        sign_offs: Vec<SignOff>,
        running_before: &RunningTotals,
        previous: Option<String>,
    ) -> Self {
        Self::with_fixes(result, (sign_offs, Vec::new()), running_before, previous)
    }

    /// The same, with what was done about differences.
    pub fn with_fixes(
        result: DayResult,
        (mut sign_offs, mut fixes): (Vec<SignOff>, Vec<Fix>),
        running_before: &RunningTotals,
        previous: Option<String>,
    ) -> Self {
        fixes.sort();
        for sign_off in &mut sign_offs {
            sign_off.differences.sort();
        }
        sign_offs.sort();
        sign_offs.dedup();
        let mut running = running_before.clone();
        running.add(&result.differences);
        let standing = standing(&result, &sign_offs);
        let body = Body { form: FORM, previous, standing, result, sign_offs, fixes, running };
        let hash = body.hash();
        Self { body, hash }
    }

    /// Whether it says what it said when it was made.
    pub fn is_whole(&self) -> bool {
        self.body.hash() == self.hash
    }
}

impl Body {
    /// The canonical form: everything in it is sorted, and fields have a fixed order.
    pub fn canonical(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    fn hash(&self) -> String {
        hex(&Sha256::digest(self.canonical()))
    }
}

fn standing(result: &DayResult, sign_offs: &[SignOff]) -> Standing {
    if result.differences.is_empty() {
        return Standing::Equal;
    }
    if result.is_equal() {
        return Standing::Tolerated;
    }
    let signed = |difference: &Difference| {
        let key = key_of(difference);
        sign_offs.iter().any(|sign_off| sign_off.differences.contains(&key))
    };
    if result.open().all(signed) { Standing::Signed } else { Standing::Open }
}

/// Where a store's chain of certificates is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// It does not say any more what it said.
    #[error("certificate {at} of {day} was changed")]
    Changed {
        /// Its place in the chain, from 0.
        at: usize,
        /// Its day.
        day: String,
    },
    /// The one before it is not the one it was linked to.
    #[error("certificate {at} of {day} does not follow the one before it")]
    Unlinked {
        /// Its place in the chain, from 0.
        at: usize,
        /// Its day.
        day: String,
    },
}

/// Whether nothing in a store's chain was changed, taken out or put in.
pub fn verify<'a>(chain: impl IntoIterator<Item = &'a Certificate>) -> Result<(), Broken> {
    let mut previous: Option<&str> = None;
    for (at, certificate) in chain.into_iter().enumerate() {
        let day = || certificate.body.result.day.to_string();
        if !certificate.is_whole() {
            return Err(Broken::Changed { at, day: day() });
        }
        if certificate.body.previous.as_deref() != previous {
            return Err(Broken::Unlinked { at, day: day() });
        }
        previous = Some(&certificate.hash);
    }
    Ok(())
}
