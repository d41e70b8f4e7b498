//! The rules in force: those that people have written, over the built-in ones.

use std::collections::BTreeMap;

use daybook_domain::{
    Timestamp,
    settlement::{Rule, built_in},
};
use daybook_store::settlement::rule;
use serde::Serialize;

use crate::{app::App, error::FlowError};

/// A rule in force, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleInForce {
    /// The rule.
    #[serde(flatten)]
    pub rule: Rule,
    /// Who wrote it; none for a built-in one.
    pub updated_by: Option<String>,
    /// When.
    pub updated_at: Option<Timestamp>,
}

/// All rules, in the order in which they have their turn.
pub async fn in_force(app: &App) -> Result<Vec<RuleInForce>, FlowError> {
    let built_in = built_in().into_iter();
    let mut rules: BTreeMap<String, RuleInForce> = built_in
        .map(|rule| (rule.name.clone(), RuleInForce { rule, updated_by: None, updated_at: None }))
        .collect();
    for stored in rule::list(&app.db).await? {
        let (by, at) = (Some(stored.updated_by), Some(stored.updated_at));
        let rule = RuleInForce { rule: stored.rule, updated_by: by, updated_at: at };
        rules.insert(rule.rule.name.clone(), rule);
    }
    let mut rules: Vec<RuleInForce> = rules.into_values().collect();
    rules.sort_by_key(|one| (one.rule.subject, one.rule.priority, one.rule.name.clone()));
    Ok(rules)
}

/// The rules alone.
pub(super) async fn plain(app: &App) -> Result<Vec<Rule>, FlowError> {
    Ok(in_force(app).await?.into_iter().map(|one| one.rule).collect())
}

/// Writes rules. Returns how many are different from before.
pub async fn set(app: &App, rules: &[Rule], actor: &str) -> Result<u64, FlowError> {
    for rule in rules {
        rule.check().map_err(|fault| {
            let hint = format!("fields of a rule: {}", Rule::FIELDS);
            FlowError::request("match-rule", format!("{}: {fault}", rule.name), hint)
        })?;
    }
    let mut tx = app.db.begin().await?;
    let changed = rule::set(&mut tx, app.now(), rules, actor).await?;
    tx.commit().await?;
    Ok(changed)
}

/// Takes a rule away; a built-in one of that name is in force again.
pub async fn unset(app: &App, name: &str, actor: &str) -> Result<bool, FlowError> {
    let mut tx = app.db.begin().await?;
    let removed = rule::remove(&mut tx, app.now(), name, actor).await?;
    tx.commit().await?;
    Ok(removed)
}
