//! Tokens and permissions (facts/orderwise 1.2).

use std::collections::HashMap;

use axum::response::Response;
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{HeaderMap, StatusCode, header};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde::{Deserialize, Serialize};

use super::{OrderWise, answer, state::State};
use crate::lock;

const MICROS_PER_SECOND: i64 = 1_000_000;

/// What an API user group's permissions are given for (facts/orderwise 1.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Area {
    /// `/sales/…`
    Sales,
    /// `/customers…`
    Customers,
    /// `/variants/…`
    Variants,
    /// `/stock/…`
    Stock,
    /// `/system/export-definition/…`
    ExportDefinitions,
    /// The rest of `/system/…`
    System,
    /// `/value-lists/…`
    ValueLists,
}

/// Tokens given out, with the moment they end.
pub(super) struct Tokens {
    ends: HashMap<String, i64>,
    /// Of its own, so that logging in does not shift the randomness of the rest.
    rng: StdRng,
}

impl Tokens {
    pub(super) fn new(seed: u64) -> Self {
        Self { ends: HashMap::new(), rng: StdRng::seed_from_u64(seed) }
    }

    fn mint(&mut self, now: i64, ttl_s: i64, ends_old: bool) -> String {
        if ends_old {
            self.ends.clear();
        }
        self.ends.retain(|_, end| *end > now);
        let token = format!("eyJ{:016x}{:016x}", self.rng.next_u64(), self.rng.next_u64());
        let end = now.saturating_add(ttl_s.saturating_mul(MICROS_PER_SECOND));
        self.ends.insert(token.clone(), end);
        token
    }

    fn is_good(&self, token: &str, now: i64) -> bool {
        self.ends.get(token).is_some_and(|end| *end > now)
    }

    pub(super) fn expire_all(&mut self) {
        self.ends.clear();
    }
}

/// `GET token/gettoken`: a bare JSON string by default.
pub(super) fn get(company: &OrderWise, headers: &HeaderMap) -> Response {
    let now = (company.now)();
    let mut state = lock(&company.state);
    if credentials(headers) != Some((state.user.clone(), state.password.clone())) {
        return unauthorised();
    }
    let State { switches, tokens, .. } = &mut *state;
    let token = tokens.mint(now, switches.token_ttl_s, switches.new_token_ends_old);
    let body = if switches.token_as_object {
        format!(r#"{{"access_token":"{token}"}}"#)
    } else {
        format!(r#""{token}""#)
    };
    answer::json(StatusCode::OK, body)
}

fn credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let encoded = after_scheme(headers, "basic")?;
    let decoded = String::from_utf8(BASE64_STANDARD.decode(encoded).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

fn after_scheme<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case(wanted).then_some(rest.trim())
}

/// Lets a call in, or says why not: 401 with an empty body, 403 where the group may not.
pub(super) fn enter(
    company: &OrderWise,
    headers: &HeaderMap,
    area: Area,
) -> Result<(), Box<Response>> {
    let now = (company.now)();
    let mut state = lock(&company.state);
    let is_good = after_scheme(headers, "bearer").is_some_and(|t| state.tokens.is_good(t, now));
    if !is_good {
        return Err(Box::new(unauthorised()));
    }
    if state.switches.unauthorised_next > 0 {
        state.switches.unauthorised_next -= 1;
        return Err(Box::new(unauthorised()));
    }
    if state.denied.contains(&area) {
        return Err(Box::new(answer::forbidden()));
    }
    Ok(())
}

fn unauthorised() -> Response {
    answer::empty(StatusCode::UNAUTHORIZED)
}
