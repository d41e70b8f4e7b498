//! Parameters: a repeated key keeps only its last value, `key[]=` collects, lists are separated
//! by commas, and what is unknown is ignored (facts/sitoo 1.5 and 2.1).

use axum::extract::Query as Pairs;
use http::Uri;

use super::Refusal;

/// `num` when it is not given.
const DEFAULT_PAGE: i64 = 10;
/// The largest `num` (facts/sitoo 10, question 2).
const LARGEST_PAGE: i64 = 1000;

/// The parameters of a request.
pub(super) struct Query(Vec<(String, String)>);

/// What part of a list is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    pub(super) start: usize,
    pub(super) num: usize,
}

impl Query {
    pub(super) fn parse(uri: &Uri) -> Result<Self, Refusal> {
        if uri.query().is_none_or(str::is_empty) {
            return Ok(Self(Vec::new()));
        }
        let Pairs(pairs) = Pairs::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| Refusal::bad("Invalid value"))?;
        Ok(Self(pairs))
    }

    /// The last value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let last = self.0.iter().rev().find(|(name, _)| name == key);
        last.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// All values of a key: separated by commas, or given one by one as `key[]`.
    pub(super) fn list(&self, key: &str) -> Option<Vec<&str>> {
        let is_array = |name: &str| name.strip_suffix("[]") == Some(key);
        let array = self.0.iter().filter(|(name, _)| is_array(name));
        let mut values: Vec<&str> = array.flat_map(|(_, value)| value.split(',')).collect();
        values.extend(self.get(key).into_iter().flat_map(|value| value.split(',')));
        values.retain(|value| !value.is_empty());
        (!values.is_empty()).then_some(values)
    }

    /// A number.
    pub(super) fn number(&self, key: &str) -> Result<Option<i64>, Refusal> {
        self.get(key).map(parse).transpose()
    }

    /// A list of numbers.
    pub(super) fn numbers(&self, key: &str) -> Result<Option<Vec<i64>>, Refusal> {
        let values = self.list(key);
        values.map(|values| values.into_iter().map(parse).collect()).transpose()
    }

    /// A literal `true` or `false` (facts/sitoo 4.1); false when it is not given.
    pub(super) fn flag(&self, key: &str) -> Result<bool, Refusal> {
        match self.get(key) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Refusal::bad("Invalid value")),
        }
    }

    /// `start` and `num`.
    pub(super) fn page(&self, refuse_large: bool) -> Result<Page, Refusal> {
        let start = self.number("start")?.unwrap_or(0);
        let num = self.number("num")?.unwrap_or(DEFAULT_PAGE);
        if num > LARGEST_PAGE && refuse_large {
            return Err(Refusal::bad("Invalid value"));
        }
        let size = |value: i64| usize::try_from(value).map_err(|_| Refusal::bad("Invalid value"));
        Ok(Page { start: size(start)?, num: size(num.min(LARGEST_PAGE))? })
    }

    /// Whether the order is descending by a field; the default is.
    pub(super) fn is_descending(&self, field: &str) -> Result<bool, Refusal> {
        match self.get("sort") {
            None => Ok(true),
            Some(sort) if sort == field => Ok(false),
            Some(sort) if sort.strip_prefix('-') == Some(field) => Ok(true),
            Some(_) => Err(Refusal::bad("Invalid value")),
        }
    }
}

fn parse(value: &str) -> Result<i64, Refusal> {
    value.trim().parse().map_err(|_| Refusal::bad("Invalid value"))
}
