//! Customer accounts (facts/orderwise 7): paging by the last id, delta by amendment, and creation
//! from a template customer, whose wire form is a guess.

use axum::response::Response;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Customer, OrderWise, answer, keys,
    order::{Writing, refuse_parallel},
    uk_time,
};
use crate::lock;

/// `GET customers?limit&last_id` or `?lastAmendedDateTime=`; without a limit 1,000 (a guess).
pub(super) fn list(
    company: &OrderWise,
    limit: Option<usize>,
    last_id: Option<i64>,
    amended: Option<&str>,
) -> Response {
    let since = match amended.map(uk_time::parse) {
        None => i64::MIN,
        Some(Some(since)) => since,
        Some(None) => return answer::bad_request("The request is invalid."),
    };
    let state = lock(&company.state);
    let behind = last_id.unwrap_or(0).saturating_add(1);
    let items: Vec<Value> = state
        .customers
        .by_id
        .range(behind..)
        .map(|(_, customer)| customer)
        .filter(|customer| customer.last_amended >= since)
        .take(limit.unwrap_or(1_000))
        .map(as_json)
        .collect();
    answer::ok(Value::from(items).to_string())
}

fn as_json(customer: &Customer) -> Value {
    let [line1, line2, line3] = &customer.statement_address;
    json!({
        "id": customer.id,
        "accountNumber": customer.account_number,
        "statementName": customer.statement_name,
        "statementAddress1": line1,
        "statementAddress2": line2,
        "statementAddress3": line3,
        "statementTown": customer.statement_town,
        "statementCounty": customer.statement_county,
        "statementPostcode": customer.statement_postcode,
        "statementCountryCode": customer.statement_country_code,
        "statementEmail": customer.statement_email,
        "statementTelephone": customer.statement_telephone,
        "invoiceName": null,
        "invoiceEmail": null,
        "accountCustomer": customer.account_customer,
        "onHold": customer.on_hold,
        "overCreditTerms": customer.over_credit_terms,
        "currencyId": 1,
        "defaultDeliveryMethodId": customer.default_delivery_method_id,
        "defaultStockLocationId": customer.default_stock_location_id,
        "lastAmendedDateTime": uk_time::print(customer.last_amended),
    })
}

/// The body of a creation, keys in lower case.
#[derive(Default, Deserialize)]
#[serde(default)]
struct NewCustomer {
    #[serde(rename = "accountnumber")]
    account_number: Option<String>,
    #[serde(rename = "statementname")]
    name: Option<String>,
    #[serde(rename = "statementaddress1")]
    address1: Option<String>,
    #[serde(rename = "statementaddress2")]
    address2: Option<String>,
    #[serde(rename = "statementaddress3")]
    address3: Option<String>,
    #[serde(rename = "statementtown")]
    town: Option<String>,
    #[serde(rename = "statementcounty")]
    county: Option<String>,
    #[serde(rename = "statementpostcode")]
    postcode: Option<String>,
    #[serde(rename = "statementcountrycode")]
    country_code: Option<String>,
    #[serde(rename = "statementemail")]
    email: Option<String>,
    #[serde(rename = "statementtelephone")]
    telephone: Option<String>,
}

/// `POST customers?template_customer_id=`: what the body leaves out comes from the template, but
/// for who the customer is. 201 with id and account number.
pub(super) fn create(company: &OrderWise, template: Option<i64>, body: &[u8]) -> Response {
    let Ok(new) = serde_json::from_slice::<NewCustomer>(&keys::lower(body)) else {
        return answer::bad_request("The request is invalid.");
    };
    let wall = company.wall();
    let (_writing, is_alone) = Writing::begin(&company.writing);
    let mut state = lock(&company.state);
    if let Some(refusal) = refuse_parallel(&state, is_alone) {
        return refusal;
    }
    let customers = &mut state.customers;
    let Some(template) = template.and_then(|id| customers.by_id.get(&id)) else {
        return answer::bad_request("Template customer does not exist");
    };
    let Some(name) = new.name.clone().filter(|name| !name.trim().is_empty()) else {
        return answer::bad_request("Must provide statementName");
    };
    let id = customers.next_id();
    let account = new.account_number.clone().filter(|account| !account.trim().is_empty());
    let account = account.unwrap_or_else(|| format!("C{id:06}"));
    if customers.id_of_account(&account).is_some() {
        return answer::bad_request(&format!("Account number {account} already exists"));
    }
    let customer = from_template(template, new, Named { id, account, name }, wall);
    let answer = json!({
        "id": id,
        "accountNumber": customer.account_number,
        "statementName": customer.statement_name,
    });
    customers.put(customer);
    answer::json(StatusCode::CREATED, answer.to_string())
}

struct Named {
    id: i64,
    account: String,
    name: String,
}

fn from_template(template: &Customer, new: NewCustomer, named: Named, wall: i64) -> Customer {
    Customer {
        id: named.id,
        account_number: named.account,
        statement_name: named.name,
        statement_address: [new.address1, new.address2, new.address3]
            .map(Option::unwrap_or_default),
        statement_town: new.town.unwrap_or_default(),
        statement_county: new.county.unwrap_or_default(),
        statement_postcode: new.postcode.unwrap_or_default(),
        statement_country_code: new
            .country_code
            .unwrap_or_else(|| template.statement_country_code.clone()),
        statement_email: new.email.unwrap_or_default(),
        statement_telephone: new.telephone.unwrap_or_default(),
        account_customer: template.account_customer,
        on_hold: false,
        over_credit_terms: false,
        default_delivery_method_id: template.default_delivery_method_id,
        default_stock_location_id: template.default_stock_location_id,
        last_amended: wall,
    }
}
