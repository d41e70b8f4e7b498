//! Money of several currencies: summed by currency, because nothing here knows a rate.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Money, words};

/// Amounts by currency (ISO 4217). What bears none is of the book's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Sums(BTreeMap<String, Money>);

impl Sums {
    /// Adds an amount.
    pub fn add(&mut self, currency: Option<&str>, amount: Money) {
        let currency = currency.map(str::trim).unwrap_or_default().to_ascii_uppercase();
        *self.0.entry(currency).or_default() += amount;
    }

    /// Adds all of another's.
    pub fn merge(&mut self, other: &Self) {
        for (currency, amount) in &other.0 {
            self.add(Some(currency), *amount);
        }
    }

    /// What is of the book's own currency.
    pub fn own(&self, book: &str) -> Money {
        let own = self.0.iter().filter(|(currency, _)| is_own(currency, book));
        own.map(|(_, amount)| *amount).sum()
    }

    /// What is of other currencies.
    #[must_use]
    pub fn others(&self, book: &str) -> Self {
        let others =
            self.0.iter().filter(|(currency, amount)| !is_own(currency, book) && !amount.is_zero());
        Self(others.map(|(currency, amount)| (currency.clone(), *amount)).collect())
    }

    /// The currency with the largest amount, and that amount.
    pub fn most(&self) -> Option<(&str, Money)> {
        let all = self.0.iter().map(|(currency, amount)| (currency.as_str(), *amount));
        all.max_by_key(|(_, amount)| amount.abs())
    }

    /// Whether there is no money at all.
    pub fn is_zero(&self) -> bool {
        self.0.values().all(|amount| amount.is_zero())
    }

    /// `£12.00`, `£12.00 and €5.00`: the book's own first, and alone where there is nothing else.
    pub fn told(&self, book: &str) -> String {
        let (own, others) = (self.own(book), self.others(book));
        let mut parts: Vec<String> =
            others.0.iter().map(|(currency, amount)| words::money(*amount, currency)).collect();
        if !own.is_zero() || parts.is_empty() {
            parts.insert(0, words::money(own, book));
        }
        parts.join(" and ")
    }
}

/// Of one currency.
impl From<(Option<&str>, Money)> for Sums {
    fn from((currency, amount): (Option<&str>, Money)) -> Self {
        let mut sums = Self::default();
        sums.add(currency, amount);
        sums
    }
}

fn is_own(currency: &str, book: &str) -> bool {
    currency.is_empty() || currency.eq_ignore_ascii_case(book.trim())
}

#[cfg(test)]
mod tests {
    use super::Sums;
    use crate::fixtures::pence;

    #[test]
    fn currencies_are_never_added_to_each_other() {
        let mut sums = Sums::default();
        assert_eq!(sums.told("GBP"), "£0.00");
        sums.add(Some("EUR"), pence(500));
        assert_eq!((sums.told("GBP"), sums.told("EUR")), ("€5.00".into(), "€5.00".into()));
        sums.add(None, pence(1_200));
        sums.add(Some("gbp"), pence(1));
        assert_eq!(sums.told("GBP"), "£12.01 and €5.00");
        assert_eq!((sums.own("GBP"), sums.own("EUR")), (pence(1_201), pence(1_700)));
        let mut twice = sums.clone();
        twice.merge(&sums);
        assert_eq!(twice.told("GBP"), "£24.02 and €10.00");
    }
}
