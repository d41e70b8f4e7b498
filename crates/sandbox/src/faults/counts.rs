//! Counts for tests to assert on.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Fault;

/// What has been seen.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Requests by `METHOD pattern`, see [`pattern`].
    pub requests: BTreeMap<String, u64>,
    /// Faults by the name of their kind.
    pub faults: BTreeMap<&'static str, u64>,
    /// Requests in flight at this moment.
    pub in_flight: usize,
    /// The most requests that were ever in flight at once.
    pub max_in_flight: usize,
}

impl Counts {
    /// Requests with this method whose pattern contains this (lower-case) part.
    pub fn of(&self, method: &str, part: &str) -> u64 {
        self.requests
            .iter()
            .filter(|(key, _)| {
                key.split_once(' ').is_some_and(|(m, p)| m == method && p.contains(part))
            })
            .map(|(_, count)| count)
            .sum()
    }

    /// All requests.
    pub fn all(&self) -> u64 {
        self.requests.values().sum()
    }

    /// All faults.
    pub fn all_faults(&self) -> u64 {
        self.faults.values().sum()
    }
}

/// Running counts.
#[derive(Default)]
pub(super) struct Tally {
    requests: BTreeMap<String, u64>,
    faults: BTreeMap<&'static str, u64>,
    /// Built anew for each request; kept for its memory.
    key: String,
}

impl Tally {
    pub(super) fn request(&mut self, method: &str, path: &str) {
        self.key.clear();
        self.key.push_str(method);
        self.key.push(' ');
        push_pattern(&mut self.key, path);
        if let Some(count) = self.requests.get_mut(&self.key) {
            *count += 1;
        } else {
            self.requests.insert(self.key.clone(), 1);
        }
    }

    pub(super) fn fault(&mut self, fault: Fault) {
        *self.faults.entry(fault.name()).or_default() += 1;
    }

    pub(super) fn counts(&self) -> Counts {
        Counts { requests: self.requests.clone(), faults: self.faults.clone(), ..Counts::default() }
    }
}

/// A path without query, lower-case, without `.json`, its ids replaced by `{id}`. Ids of export
/// definitions and value lists stay: they tell what was asked.
pub fn pattern(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    push_pattern(&mut out, path);
    out
}

fn push_pattern(out: &mut String, path: &str) {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let mut names_its_child = false;
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let segment = segment.strip_suffix(".json").unwrap_or(segment);
        out.push('/');
        if is_id(segment) && !names_its_child {
            out.push_str("{id}");
        } else {
            out.extend(segment.chars().map(|c| c.to_ascii_lowercase()));
        }
        names_its_child = segment.eq_ignore_ascii_case("export-definition")
            || segment.eq_ignore_ascii_case("value-lists");
    }
}

/// Numbers, and Sitoo's guids with (percent-encoded) braces.
fn is_id(segment: &str) -> bool {
    segment.bytes().all(|byte| byte.is_ascii_digit())
        || segment.starts_with('{')
        || segment.starts_with("%7B")
        || segment.starts_with("%7b")
}
