//! Families: the variants of a style as one product with a choice of colour and size at the tills.
//!
//! Sitoo takes a family only as a whole, and deletes what is not sent any more (facts/sitoo 4.3).
//! So nothing here ever leaves a row out, and whatever is not Daybook's stays as it was read.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{FullVariant, TillProduct};
use crate::{causes::Cause, posting::Fault};

/// What tells a variant from the others of its style: `Colour`, `Red`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attribute {
    /// Its name at the tills.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// What the tills ask for, and the answers to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// `name`.
    pub name: String,
    /// `options`.
    pub options: Vec<String>,
}

/// One variant of a family in Sitoo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyRow {
    /// `productid`.
    pub product_id: i64,
    /// `sku`.
    pub sku: String,
    /// `attributes`: an option of each choice, in their order.
    pub attributes: Vec<String>,
    /// The row as it came; all of it but the attributes goes back unchanged.
    pub text: String,
}

/// A family as Sitoo has it, or is to have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Family {
    /// `groups`.
    pub choices: Vec<Choice>,
    /// `variants`.
    pub rows: Vec<FamilyRow>,
}

/// A variant of a style that has a product in Sitoo.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// What OrderWise tells of it.
    pub variant: &'a FullVariant,
    /// What Sitoo has.
    pub product: &'a TillProduct,
    /// Whether it is ready for the tills. What is not stays where it is, hidden.
    pub published: bool,
}

/// A family that has to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The style's code in OrderWise.
    pub style: String,
    /// `productid` of the main variant.
    pub main: i64,
    /// What the tills ask for.
    pub names: Vec<String>,
    /// The values of every variant of the style that has one for each name, by `productid`.
    values: BTreeMap<i64, Vec<String>>,
    /// Products that belong into the family.
    joins: BTreeSet<i64>,
}

/// What there is to do about a style.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StyleJudged {
    /// What keeps it, or a variant of it, from being a family.
    pub faults: Vec<Fault>,
    /// None: it stands alone, or is as it should be.
    pub wanted: Option<Wanted>,
}

fn unclear(style: &str, detail: impl Into<String>) -> Fault {
    let cause = Cause::FamilyUnclear;
    Fault { cause, subject: "families".to_owned(), detail: format!("{style}: {}", detail.into()) }
}

/// Decides about a style from what the book knows. `names` are the attributes that make families;
/// those that no variant of this style has are not asked for.
pub fn judge_style(style: &str, names: &[String], members: &[Member<'_>]) -> StyleJudged {
    let published: Vec<&Member<'_>> = members.iter().filter(|member| member.published).collect();
    let told = |name: &String| published.iter().any(|member| value(member, name).is_some());
    let names: Vec<String> = names.iter().filter(|name| told(name)).cloned().collect();
    let mut judged = StyleJudged::default();
    let is_family = published.iter().any(|member| member.product.parent_id.is_some());
    if names.is_empty() || (published.len() < 2 && !is_family) {
        return judged;
    }
    let mut values = BTreeMap::new();
    for member in members {
        let all: Option<Vec<String>> = names.iter().map(|name| value(member, name)).collect();
        match all {
            Some(all) => {
                values.insert(member.product.product_id, all);
            }
            None if member.published => judged.faults.push(unclear(style, lacks(member, &names))),
            None => {}
        }
    }
    let joins: BTreeSet<i64> = published
        .iter()
        .map(|member| member.product.product_id)
        .filter(|id| values.contains_key(id))
        .collect();
    let parents: BTreeSet<i64> = published.iter().filter_map(|one| one.product.parent_id).collect();
    if parents.len() > 1 {
        let ids: Vec<String> = parents.iter().map(i64::to_string).collect();
        let what = format!("its SKUs stand in families of Sitoo: {}", ids.join(", "));
        judged.faults.push(unclear(style, what));
        return judged;
    }
    let Some(&main) = parents.first().or(joins.first()) else { return judged };
    if joins.len() < 2 && parents.is_empty() {
        return judged;
    }
    if let Some(what) = twins(joins.iter().filter_map(|id| Some((id, values.get(id)?))), members) {
        judged.faults.push(unclear(style, what));
        return judged;
    }
    let differs = published.iter().any(|member| {
        let own = values.get(&member.product.product_id);
        own.is_some_and(|own| !is_at_tills(member.product, main, &names, own))
    });
    if differs {
        judged.wanted = Some(Wanted { style: style.to_owned(), main, names, values, joins });
    }
    judged
}

fn value(member: &Member<'_>, name: &str) -> Option<String> {
    let found = member.variant.attributes.iter().find(|attribute| attribute.name == name)?;
    Some(found.value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn lacks(member: &Member<'_>, names: &[String]) -> String {
    let missing: Vec<&str> =
        names.iter().filter(|name| value(member, name).is_none()).map(String::as_str).collect();
    format!("{} has no {}", member.variant.variant.sku, missing.join(" and no "))
}

/// Two products that a till could not tell apart.
fn twins<'a>(
    values: impl Iterator<Item = (&'a i64, &'a Vec<String>)>,
    members: &[Member<'_>],
) -> Option<String> {
    let mut seen: BTreeMap<&[String], i64> = BTreeMap::new();
    let sku = |id: i64| {
        let found = members.iter().find(|member| member.product.product_id == id);
        found.map_or_else(|| id.to_string(), |member| member.variant.variant.sku.clone())
    };
    for (id, values) in values {
        if let Some(other) = seen.insert(values, *id) {
            let what = values.join(", ");
            return Some(format!("{} and {} are both {what}", sku(other), sku(*id)));
        }
    }
    None
}

fn is_at_tills(product: &TillProduct, main: i64, names: &[String], values: &[String]) -> bool {
    let shows = |name: &String, value: &String| {
        product.attributes.iter().any(|one| one.name == *name && one.value == *value)
    };
    product.parent_id == Some(main)
        && names.iter().zip(values).all(|(name, value)| shows(name, value))
}

impl Wanted {
    /// Products that belong into the family and are not in it: their rows have to be read.
    pub fn joining(&self, present: &Family) -> Vec<i64> {
        let there: BTreeSet<i64> = present.rows.iter().map(|row| row.product_id).collect();
        self.joins.difference(&there).copied().collect()
    }

    /// The family as it is to be: every row that is there, those that join, and their attributes.
    /// None where nothing differs.
    pub fn merge(
        &self,
        present: &Family,
        joining: Vec<FamilyRow>,
    ) -> Result<Option<Family>, Fault> {
        self.leaves_no_choice_out(present)?;
        let mut rows = Vec::with_capacity(present.rows.len() + joining.len());
        for row in present.rows.iter().cloned().chain(joining) {
            let attributes = self.attributes(present, &row)?;
            rows.push(FamilyRow { attributes, ..row });
        }
        let mut seen: BTreeMap<&[String], &str> = BTreeMap::new();
        for row in &rows {
            if let Some(other) = seen.insert(&row.attributes, &row.sku) {
                let what = row.attributes.join(", ");
                let what = format!("{other} and {} are both {what} in Sitoo", row.sku);
                return Err(unclear(&self.style, what));
            }
        }
        let choices = self.names.iter().enumerate();
        let choices = choices.map(|(place, name)| choice(name, place, present, &rows)).collect();
        let family = Family { choices, rows };
        Ok((family != *present).then_some(family))
    }

    /// A choice that only Sitoo knows cannot be kept for variants that have no value of it.
    fn leaves_no_choice_out(&self, present: &Family) -> Result<(), Fault> {
        let told = |place: usize| {
            let mut values = present.rows.iter().filter_map(|row| row.attributes.get(place));
            values.any(|value| !value.is_empty())
        };
        let mut choices = present.choices.iter().enumerate();
        match choices.find(|(place, one)| !self.names.contains(&one.name) && told(*place)) {
            Some((_, one)) => {
                let what = format!("its family in Sitoo is also told by {}", one.name);
                Err(unclear(&self.style, what))
            }
            None => Ok(()),
        }
    }

    /// OrderWise's values, else those that the row has: it stays in any case.
    fn attributes(&self, present: &Family, row: &FamilyRow) -> Result<Vec<String>, Fault> {
        if let Some(values) = self.values.get(&row.product_id) {
            return Ok(values.clone());
        }
        let own = |name: &String| {
            let place = present.choices.iter().position(|choice| choice.name == *name)?;
            row.attributes.get(place).filter(|value| !value.is_empty()).cloned()
        };
        let lacks = |name: &String| {
            let what = format!("{} is in its family in Sitoo and has no {name}", row.sku);
            unclear(&self.style, what)
        };
        self.names.iter().map(|name| own(name).ok_or_else(|| lacks(name))).collect()
    }
}

/// The options that there are stay in their order; new ones follow.
fn choice(name: &str, place: usize, present: &Family, rows: &[FamilyRow]) -> Choice {
    let known = present.choices.iter().find(|choice| choice.name == name);
    let mut options = known.map(|choice| choice.options.clone()).unwrap_or_default();
    for value in rows.iter().filter_map(|row| row.attributes.get(place)) {
        if !options.contains(value) {
            options.push(value.clone());
        }
    }
    Choice { name: name.to_owned(), options }
}
