//! Customers of OrderWise (facts/orderwise 7).

use daybook_domain::till::Address;

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
    /// Name on the statement.
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
