//! What on the till may be what in OrderWise: a proposal for every mapping, each with how sure it is
//! and why. `daybook init` asks about them, the desk offers them; neither accepts one by itself.

mod exports;
mod money;
mod near;
mod places;
mod skus;
#[cfg(test)]
mod tests;
mod ways;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::{
    exports::{Candidate, ExportOffer, PACK, pack_of},
    money::{paid_by, same_rate},
    near::{alike, by_name},
    skus::near_codes,
    ways::{meaning_of, restocked, sent_by},
};
use crate::{
    audit::{Register, Site, Store, Usage, Warehouse},
    catalogue::{FullVariant, ProductGroup, TillProduct},
    mapping::{Mapping, MappingKind, MappingRow},
};

/// OrderWise's value lists (facts/orderwise 1.9).
pub(crate) const TAX_RATES: i64 = 2;
pub(crate) const STOCK_LOCATIONS: i64 = 4;
pub(crate) const DELIVERY_METHODS: i64 = 18;
pub(crate) const PAYMENT_METHODS: i64 = 20;

/// How sure a proposal is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// Something speaks for it, and nothing better does.
    Guess,
    /// It would surprise if it were wrong.
    Likely,
    /// Both systems say it in the same words or numbers.
    Certain,
}

impl Confidence {
    /// The word for people, files and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Guess => "guess",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Confidence {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let all = [Self::Guess, Self::Likely, Self::Certain];
        let found = all.into_iter().find(|one| one.word() == word);
        found.ok_or_else(|| format!("'{word}' is not certain, likely or guess"))
    }
}

/// A value that one key may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// For the first field of the kind.
    pub value: String,
    /// What it is, in OrderWise's words.
    pub name: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// Why it is offered.
    pub reason: String,
}

/// A whole row that may be right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The row.
    pub row: MappingRow,
    /// What the key is, for people.
    pub name: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// Why, in a sentence.
    pub reason: String,
}

/// Something that needs a row, and for which nothing can be proposed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Open {
    /// The kind.
    pub kind: MappingKind,
    /// Its key; empty where the kind as a whole is meant.
    pub key: String,
    /// Why nothing is proposed, or what is to be given.
    pub why: String,
}

/// An account of OrderWise that may be a store's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreAccount {
    /// `id`.
    pub id: i64,
    /// `accountNumber`.
    pub number: String,
    /// `statementName`.
    pub name: String,
}

/// What was read of both systems.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// The site.
    pub site: Option<Site>,
    /// Stores of Sitoo.
    pub stores: Vec<Store>,
    /// Warehouses of Sitoo.
    pub warehouses: Vec<Warehouse>,
    /// Registers of Sitoo.
    pub registers: Vec<Register>,
    /// Product groups of Sitoo.
    pub groups: Vec<ProductGroup>,
    /// Products of Sitoo.
    pub products: Vec<TillProduct>,
    /// What the tills used.
    pub usage: Usage,
    /// OrderWise's value lists by number: ids and names.
    pub lists: BTreeMap<i64, BTreeMap<i64, String>>,
    /// Accounts whose name or number is like a store's.
    pub accounts: Vec<StoreAccount>,
    /// Variants of OrderWise.
    pub variants: Vec<FullVariant>,
    /// Status texts that documents have.
    pub statuses: BTreeSet<String>,
    /// What is mapped already.
    pub known: Mapping,
}

impl Seen {
    fn list(&self, number: i64) -> impl Iterator<Item = (i64, &str)> {
        let list = self.lists.get(&number).into_iter().flatten();
        list.map(|(id, name)| (*id, name.as_str()))
    }
}

/// Every proposal, and what is left open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Proposed {
    /// In the order of the kinds.
    pub proposals: Vec<Proposal>,
    /// In the order of the kinds.
    pub open: Vec<Open>,
}

impl Proposed {
    /// Adds a row where its fields make one, else says what is wrong with them.
    fn row(
        &mut self,
        kind: MappingKind,
        key: &str,
        name: &str,
        fields: impl IntoIterator<Item = (&'static str, String)>,
        (confidence, reason): (Confidence, String),
    ) {
        let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value));
        match MappingRow::from_fields(kind, key, fields) {
            Ok(row) => {
                let name = name.to_owned();
                self.proposals.push(Proposal { row, name, confidence, reason });
            }
            Err(fault) => self.leave(kind, key, fault.what),
        }
    }

    /// Adds a row with one field, the first of its kind.
    fn one(&mut self, kind: MappingKind, key: &str, name: &str, offer: &Offer) {
        let fields = [(kind.fields()[0], offer.value.clone())];
        let reason = match offer.name.as_str() {
            "" => offer.reason.clone(),
            of => format!("{} is '{of}' in OrderWise: {}", offer.value, offer.reason),
        };
        self.row(kind, key, name, fields, (offer.confidence, reason));
    }

    /// The same for the best offer; without one, why there is none.
    fn best(
        &mut self,
        (kind, key, name): (MappingKind, &str, &str),
        offer: Option<&Offer>,
        why: impl Into<String>,
    ) {
        match offer {
            Some(offer) => self.one(kind, key, name, offer),
            None => self.leave(kind, key, why),
        }
    }

    fn leave(&mut self, kind: MappingKind, key: &str, why: impl Into<String>) {
        self.open.push(Open { kind, key: key.to_owned(), why: why.into() });
    }
}

/// Proposes a row for everything that needs one and has none.
pub fn propose(seen: &Seen) -> Proposed {
    let mut told = Proposed::default();
    skus::propose(seen, &mut told);
    money::propose(seen, &mut told);
    places::propose(seen, &mut told);
    ways::propose(seen, &mut told);
    let rank = |kind: MappingKind| MappingKind::ALL.iter().position(|one| *one == kind);
    told.proposals
        .sort_by(|a, b| (rank(a.row.kind), &a.row.key).cmp(&(rank(b.row.kind), &b.row.key)));
    told.open.sort_by(|a, b| (rank(a.kind), &a.key).cmp(&(rank(b.kind), &b.key)));
    told
}
