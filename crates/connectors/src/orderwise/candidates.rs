//! An export definition whose purpose nobody has named yet: it is run to see what it asks for and
//! what it answers. It only reads (facts/orderwise 1.8).

use std::time::Duration;

use daybook_domain::{Timestamp, class::Failure, exchange::Called, propose::Candidate};
use http::StatusCode;
use serde_json::value::RawValue;

use crate::{
    call::{Answer, Effect, read_json},
    text::Members,
};

use super::{
    Orderwise,
    exports::{format_local, request},
    link::{Plan, plain_body},
    settings::ExportDefinition,
};

/// How far back a definition is asked that wants a time.
const WINDOW: Duration = Duration::from_hours(24 * 30);
/// What OrderWise says of a parameter that is missing, before its name (facts/orderwise 1.3).
const ASKS: &str = "must provide parameter";
/// A reference that no order has.
const NOBODY: &str = "S0-0";

impl Orderwise {
    /// Runs definition `id`: at first without parameters, then with what it asks for.
    pub async fn try_definition(&self, id: i64, now: Timestamp) -> Called<Candidate> {
        let mut exchanges = Vec::new();
        let mut first: Option<String> = None;
        let mut given: Vec<(String, String)> = Vec::new();
        let outcome = loop {
            let called = self.columns_of(id, &given).await;
            exchanges.extend(called.exchanges);
            match called.outcome {
                Ok(columns) => break Ok(Candidate { id, asks_for: first, columns }),
                Err(failure) => {
                    let asked = asked_for(&failure);
                    let Some((name, value)) = asked.and_then(|name| self.answer(name, now)) else {
                        break Err(failure);
                    };
                    if given.iter().any(|(known, _)| *known == name) {
                        break Err(failure);
                    }
                    first.get_or_insert_with(|| name.clone());
                    given.push((name, value));
                }
            }
        };
        Called { outcome, exchanges }
    }

    /// What is answered to a parameter of the pack; none to one that is not of the pack.
    fn answer(&self, name: String, now: Timestamp) -> Option<(String, String)> {
        let value = match name.to_ascii_lowercase().as_str() {
            "@reference" => NOBODY.to_owned(),
            "@from" | "@since" => format_local(now.minus(WINDOW), &self.zone),
            "@to" => format_local(now.plus(Duration::from_hours(24)), &self.zone),
            _ => return None,
        };
        Some((name, value))
    }

    async fn columns_of(&self, id: i64, given: &[(String, String)]) -> Called<Option<Vec<String>>> {
        let parameters: Vec<(&str, &str)> =
            given.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let body = plain_body(request(&ExportDefinition::new(id), &parameters));
        let path = format!("{}/{id}", self.export_path);
        let plan = Plan::post("export-candidate", path, body, Effect::Reads);
        self.link.call(plan, first_columns).await
    }
}

fn first_columns(answer: &Answer<'_>) -> Result<Option<Vec<String>>, Failure> {
    if answer.status == StatusCode::NO_CONTENT || answer.text.trim() == "null" {
        return Ok(None);
    }
    let rows: Vec<&RawValue> = read_json(answer)?;
    let Some(first) = rows.first() else { return Ok(None) };
    let members: Members<'_> = serde_json::from_str(first.get()).map_err(|_| Failure::Drift {
        path: "[0]".to_owned(),
        what: "is no row with columns".to_owned(),
    })?;
    Ok(Some(members.0.into_iter().map(|(name, _)| name.into_owned()).collect()))
}

fn asked_for(failure: &Failure) -> Option<String> {
    let Failure::Refused { reasons, .. } = failure else { return None };
    reasons.iter().find_map(|text| {
        let at = text.to_ascii_lowercase().find(ASKS)?;
        let name = text.get(at + ASKS.len()..)?.split_whitespace().next()?;
        Some(name.trim_matches(['.', '\'', '"']).to_owned())
    })
}
