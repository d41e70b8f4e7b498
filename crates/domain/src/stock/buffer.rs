//! Stock that is held back from the tills, where OrderWise does not say so itself.

use std::{collections::HashMap, fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Quantity, sku::fold};

/// How much a rule holds back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "BufferAmount")]
#[serde(rename_all = "kebab-case")]
pub enum Amount {
    /// So many units.
    Units(Quantity),
    /// A share of free stock, rounded up to what is whole in thousandths.
    Percent {
        /// From 0 to 100.
        percent: i64,
        /// Never less than this.
        at_least: Quantity,
    },
}

impl Amount {
    /// What is held back of `free`.
    pub fn of(self, free: Quantity) -> Quantity {
        match self {
            Self::Units(units) => units,
            Self::Percent { percent, at_least } => {
                let share = free.max(Quantity::ZERO).thousandths().saturating_mul(percent);
                let rounded_up = share.div_euclid(100) + i64::from(share.rem_euclid(100) > 0);
                Quantity::from_thousandths(rounded_up).max(at_least)
            }
        }
    }
}

/// The text is not an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no buffer; write units (2) or a share with or without a floor (10%, 10%>=2)")]
pub struct BadRule(pub String);

impl FromStr for Amount {
    type Err = BadRule;

    fn from_str(text: &str) -> Result<Self, BadRule> {
        let bad = || BadRule(text.to_owned());
        let units = |text: &str| {
            let units: Quantity = text.trim().parse().map_err(|_| bad())?;
            if units.is_negative() { Err(bad()) } else { Ok(units) }
        };
        let Some((percent, rest)) = text.trim().split_once('%') else {
            return units(text).map(Self::Units);
        };
        let percent = percent.trim().parse().ok().filter(|percent| (0..=100).contains(percent));
        let percent = percent.ok_or_else(bad)?;
        let at_least = match rest.trim().strip_prefix(">=") {
            Some(floor) => units(floor)?,
            None if rest.trim().is_empty() => Quantity::ZERO,
            None => return Err(bad()),
        };
        Ok(Self::Percent { percent, at_least })
    }
}

impl fmt::Display for Amount {
    /// As it is written on the command line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Units(units) => units.fmt(f),
            Self::Percent { percent, at_least } if at_least.is_zero() => write!(f, "{percent}%"),
            Self::Percent { percent, at_least } => write!(f, "{percent}%>={at_least}"),
        }
    }
}

/// What a rule is about; the first kind that fits counts.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum BufferScope {
    /// One SKU.
    Sku,
    /// Every SKU that OrderWise counts to this category: a product code, or what a column says.
    Category,
    /// Every SKU that begins so. The longest counts.
    Prefix,
    /// Everything in a store.
    Store,
    /// Everything.
    Default,
}

impl BufferScope {
    /// All of them, the most particular first.
    pub const ALL: [Self; 5] =
        [Self::Sku, Self::Category, Self::Prefix, Self::Store, Self::Default];

    /// The word used in the book and on the command line.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sku => "sku",
            Self::Category => "category",
            Self::Prefix => "prefix",
            Self::Store => "store",
            Self::Default => "default",
        }
    }
}

impl fmt::Display for BufferScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for BufferScope {
    type Err = BadRule;

    fn from_str(word: &str) -> Result<Self, BadRule> {
        Self::ALL
            .into_iter()
            .find(|scope| scope.word() == word)
            .ok_or_else(|| BadRule(word.to_owned()))
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BufferRule {
    /// What kind of rule.
    pub scope: BufferScope,
    /// The SKU, its category or its beginning, folded; empty for a store and for everything.
    pub key: String,
    /// Only in this warehouse of Sitoo; none means in all.
    pub warehouse_id: Option<i64>,
    /// How much.
    pub amount: Amount,
}

impl BufferRule {
    /// A rule, with its key in the one form under which it is found.
    pub fn new(scope: BufferScope, key: &str, warehouse_id: Option<i64>, amount: Amount) -> Self {
        let key = match scope {
            BufferScope::Sku | BufferScope::Category | BufferScope::Prefix => fold(key),
            BufferScope::Store | BufferScope::Default => String::new(),
        };
        Self { scope, key, warehouse_id, amount }
    }
}

/// All rules, ready for look-ups.
#[derive(Debug, Clone, Default)]
pub struct BufferRules {
    by_sku: HashMap<(String, Option<i64>), Amount>,
    by_category: HashMap<(String, Option<i64>), Amount>,
    /// Categories that rules name, by folded SKU.
    category_of: HashMap<String, String>,
    /// The longest first.
    by_prefix: Vec<BufferRule>,
    by_store: HashMap<i64, Amount>,
    default: Option<Amount>,
}

impl BufferRules {
    /// Sorts the rules. `members` are the folded SKUs of categories that they name, each with its
    /// category.
    pub fn new(
        rules: impl IntoIterator<Item = BufferRule>,
        members: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let mut all = Self { category_of: members.into_iter().collect(), ..Self::default() };
        for rule in rules {
            match rule.scope {
                BufferScope::Sku => {
                    all.by_sku.insert((rule.key, rule.warehouse_id), rule.amount);
                }
                BufferScope::Category => {
                    all.by_category.insert((rule.key, rule.warehouse_id), rule.amount);
                }
                BufferScope::Prefix => all.by_prefix.push(rule),
                BufferScope::Store => {
                    rule.warehouse_id.map(|id| all.by_store.insert(id, rule.amount));
                }
                BufferScope::Default => all.default = Some(rule.amount),
            }
        }
        // Of two equally long ones, that of the store comes first.
        all.by_prefix.sort_by_key(|rule| {
            (std::cmp::Reverse(rule.key.len()), rule.warehouse_id.is_none(), rule.key.clone())
        });
        all
    }

    /// The rule for a folded SKU in a warehouse.
    pub fn find(&self, folded: &str, warehouse_id: i64) -> Option<Amount> {
        let of = |rules: &HashMap<(String, Option<i64>), Amount>, key: &str| {
            let at = |store| rules.get(&(key.to_owned(), store)).copied();
            if rules.is_empty() { None } else { at(Some(warehouse_id)).or_else(|| at(None)) }
        };
        let here = |rule: &&BufferRule| rule.warehouse_id.is_none_or(|id| id == warehouse_id);
        let begins = |rule: &&BufferRule| folded.starts_with(rule.key.as_str());
        of(&self.by_sku, folded)
            .or_else(|| of(&self.by_category, self.category_of.get(folded)?))
            .or_else(|| self.by_prefix.iter().filter(here).find(begins).map(|rule| rule.amount))
            .or_else(|| self.by_store.get(&warehouse_id).copied())
            .or(self.default)
    }

    /// What is held back: OrderWise's own buffer where it has one (also none at all, as zero), else
    /// what the rules say. A buffer below zero would sell what is not there.
    pub fn buffer(
        &self,
        folded: &str,
        warehouse_id: i64,
        free: Quantity,
        of_orderwise: Option<Quantity>,
    ) -> Quantity {
        let buffer = of_orderwise
            .or_else(|| self.find(folded, warehouse_id).map(|amount| amount.of(free)))
            .unwrap_or(Quantity::ZERO);
        buffer.max(Quantity::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::{Amount, BufferRule, BufferRules, BufferScope};
    use crate::Quantity;

    fn q(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    #[test]
    fn amounts_are_read_as_they_are_written() {
        for (text, free, held_back) in [
            ("2", "10", "2"),
            ("0.5", "10", "0.5"),
            ("10%", "10", "1"),
            ("10%", "15", "1.5"),
            ("33%", "0.001", "0.001"),
            ("10%>=2", "10", "2"),
            ("10%>=2", "50", "5"),
            ("10%>=2", "-50", "2"),
            ("0%", "50", "0"),
        ] {
            let amount: Amount = text.parse().unwrap();
            assert_eq!(amount.of(q(free)), q(held_back), "{text} of {free}");
            assert_eq!(amount.to_string(), text);
        }
        for text in ["", "-1", "101%", "-1%", "ten", "10% 2", "10%>=-1", "10%>="] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
    }

    fn rule(scope: BufferScope, key: &str, store: Option<i64>, units: &str) -> BufferRule {
        BufferRule::new(scope, key, store, units.parse().unwrap())
    }

    #[test]
    fn the_most_particular_rule_counts_and_orderwises_own_buffer_before_all() {
        let all = [
            rule(BufferScope::Default, "", None, "1"),
            rule(BufferScope::Store, "", Some(5), "2"),
            rule(BufferScope::Prefix, "coat", None, "3"),
            rule(BufferScope::Category, "Winter ", None, "8"),
            rule(BufferScope::Category, "winter", Some(5), "9"),
            rule(BufferScope::Prefix, "coat-red", None, "4"),
            rule(BufferScope::Prefix, "coat-red", Some(5), "5"),
            rule(BufferScope::Sku, " COAT-RED-M", None, "6"),
            rule(BufferScope::Sku, "coat-red-m", Some(5), "7"),
        ];
        let winter = ["coat-blue", "coat-red-m"].map(|sku| (sku.to_owned(), "winter".to_owned()));
        let rules = BufferRules::new(all, winter);
        for (sku, store, units) in [
            ("socks", 6, "1"),
            ("socks", 5, "2"),
            ("coat-m", 5, "3"),
            ("coat-red-l", 6, "4"),
            ("coat-blue", 6, "8"),
            ("coat-blue", 5, "9"),
            ("coat-red-l", 5, "5"),
            ("coat-red-m", 6, "6"),
            ("coat-red-m", 5, "7"),
        ] {
            assert_eq!(rules.buffer(sku, store, q("9"), None), q(units), "{sku} {store}");
            assert_eq!(rules.buffer(sku, store, q("9"), Some(q("0"))), q("0"));
            assert_eq!(rules.buffer(sku, store, q("9"), Some(q("-1"))), q("0"));
        }
        assert_eq!(BufferRules::default().buffer("a", 1, q("9"), None), q("0"));
    }
}
