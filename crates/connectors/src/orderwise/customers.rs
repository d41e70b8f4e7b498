//! Customers and value lists of OrderWise (facts/orderwise 1.9, 7).

use daybook_domain::{audit::AccountState, class::Failure, till::Address};
use serde_json::value::RawValue;

use crate::{
    call::{Answer, drift, read_json},
    number::Exact,
    text::{Members, scalar},
};

/// A customer, as far as finding a shopper needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// `id`.
    pub id: i64,
    /// `accountNumber`.
    pub account_number: String,
    /// `statementName`.
    pub statement_name: String,
    /// `statementEmail`.
    pub statement_email: String,
}

/// A shopper who becomes a customer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewCustomer {
    /// Name on the statement; OrderWise is not likely to take a customer without one.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Telephone number.
    pub phone: String,
    /// Postal address.
    pub address: Address,
    /// Membership number, if a CRM gave one.
    pub membership: Option<String>,
}

/// Reads a page of customers.
pub(super) fn read_customers(answer: &Answer<'_>) -> Result<Vec<Customer>, Failure> {
    objects(answer, |members, place| {
        Ok(Customer {
            id: id(members, place)?,
            account_number: text(members, &["accountNumber"]),
            statement_name: text(members, &["statementName"]),
            statement_email: text(members, &["statementEmail"]),
        })
    })
}

/// Reads how accounts stand; nothing that tells who they are.
pub(super) fn read_accounts(answer: &Answer<'_>) -> Result<Vec<AccountState>, Failure> {
    objects(answer, |members, place| {
        let is = |key| is_true(members, key);
        Ok(AccountState {
            id: id(members, place)?,
            number: text(members, &["accountNumber"]),
            on_hold: is("onHold") || is("manualOnHold"),
            over_terms: is("overCreditTerms"),
        })
    })
}

fn is_true(members: &Members<'_>, key: &str) -> bool {
    let value = members.get(key).and_then(|value| scalar(value.get()));
    value.is_some_and(|value| matches!(value.trim().to_ascii_lowercase().as_str(), "true" | "1"))
}

/// Reads a value list; the name is spelt in several ways.
pub(super) fn read_value_list(answer: &Answer<'_>) -> Result<Vec<(i64, String)>, Failure> {
    objects(answer, |members, place| {
        Ok((id(members, place)?, text(members, &["name", "description"])))
    })
}

fn objects<T>(
    answer: &Answer<'_>,
    make: impl Fn(&Members<'_>, usize) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    // An empty 200 is what a proxy says while the server restarts: it does not mean "none".
    let none = answer.text.trim() == "null" || answer.status == http::StatusCode::NO_CONTENT;
    if none {
        return Ok(Vec::new());
    }
    let raw: Vec<&RawValue> = read_json(answer)?;
    let objects = raw.iter().enumerate().map(|(place, raw)| {
        let members: Members<'_> = serde_json::from_str(raw.get())
            .map_err(|error| drift::<Members<'_>>(raw.get(), &error))?;
        make(&members, place)
    });
    objects.collect()
}

fn id(members: &Members<'_>, place: usize) -> Result<i64, Failure> {
    let id = members.get("id").and_then(|id| i64::exact(scalar(id.get())?.trim()));
    id.ok_or_else(|| Failure::Drift {
        path: format!("[{place}].id"),
        what: "is missing or no number".to_owned(),
    })
}

/// The first of `keys` that says something.
fn text(members: &Members<'_>, keys: &[&str]) -> String {
    let mut texts = keys.iter().filter_map(|key| scalar(members.get(key)?.get()));
    texts.find(|text| !text.trim().is_empty()).map_or_else(String::new, |t| t.trim().to_owned())
}
