//! Plain functions that fill a company and turn its switches.

use rust_decimal::Decimal;

use super::{Area, Customer, DuplicatePolicy, OrderWise, Purpose, Session, Switches, TaxRate};
use crate::lock;

impl OrderWise {
    /// Turns switches.
    pub fn switch(&self, change: impl FnOnce(&mut Switches)) {
        let now = (self.now)();
        let mut guard = self.settled();
        let state = &mut *guard;
        change(&mut state.switches);
        let at = state.at(now);
        state.variants.calculate_by(&state.switches, at);
    }

    /// The switches as they are.
    pub fn switches(&self) -> Switches {
        lock(&self.state).switches.clone()
    }

    /// Sets the API user.
    pub fn set_credentials(&self, user: &str, password: &str) {
        let mut state = lock(&self.state);
        user.clone_into(&mut state.user);
        password.clone_into(&mut state.password);
    }

    /// Ends every token now.
    pub fn expire_tokens(&self) {
        lock(&self.state).tokens.expire_all();
    }

    /// Takes the permission for an area away (403), or gives it back.
    pub fn permit(&self, area: Area, is_permitted: bool) {
        let mut state = lock(&self.state);
        if is_permitted {
            state.denied.remove(&area);
        } else {
            state.denied.insert(area);
        }
    }

    /// The same for one export definition.
    pub fn permit_export(&self, id: i64, is_permitted: bool) {
        let mut state = lock(&self.state);
        if is_permitted {
            state.denied_exports.remove(&id);
        } else {
            state.denied_exports.insert(id);
        }
    }

    /// Gives an export definition another id; its old one is then unknown.
    pub fn set_export(&self, purpose: Purpose, id: i64) {
        let mut state = lock(&self.state);
        state.exports.retain(|_, other| *other != purpose);
        state.exports.insert(id, purpose);
    }

    /// As if somebody had pasted other SQL: renames a column of an export, or leaves it out.
    pub fn set_alias(&self, purpose: Purpose, column: &str, alias: Option<&str>) {
        lock(&self.state).aliases.set(purpose, column, alias);
    }

    /// All columns as in the pack again.
    pub fn reset_aliases(&self) {
        lock(&self.state).aliases.clear();
    }

    /// Adds an e-commerce session, or changes its policy.
    pub fn add_session(&self, id: i64, policy: DuplicatePolicy) {
        lock(&self.state).sessions.insert(id, Session { id, policy });
    }

    /// Changes the duplicate policy of all sessions.
    pub fn set_policy_everywhere(&self, policy: &DuplicatePolicy) {
        for session in lock(&self.state).sessions.values_mut() {
            session.policy = policy.clone();
        }
    }

    /// Adds a tax rate, or replaces it.
    pub fn add_tax_rate(&self, id: i64, code: &str, percent: Decimal) {
        let rate = TaxRate { id, code: code.to_owned(), percent };
        lock(&self.state).tax_rates.insert(id, rate);
    }

    /// Adds a payment method.
    pub fn add_payment_method(&self, id: i64, name: &str) {
        lock(&self.state).names.payment_methods.insert(id, name.to_owned());
    }

    /// Adds a delivery method.
    pub fn add_delivery_method(&self, id: i64, name: &str) {
        lock(&self.state).names.delivery_methods.insert(id, name.to_owned());
    }

    /// Says that goods of a delivery method are handed over at the till: see the switch.
    pub fn set_handed_over(&self, delivery_method_id: i64, is_handed_over: bool) {
        let handed_over = &mut lock(&self.state).names.handed_over;
        if is_handed_over {
            handed_over.insert(delivery_method_id);
        } else {
            handed_over.remove(&delivery_method_id);
        }
    }

    /// Adds a stock location.
    pub fn add_stock_location(&self, id: i64, name: &str) {
        lock(&self.state).names.stock_locations.insert(id, name.to_owned());
    }

    /// Adds a customer with the fields that matter most.
    pub fn add_customer(&self, id: i64, account_number: &str, statement_name: &str) {
        self.put_customer(Customer {
            id,
            account_number: account_number.to_owned(),
            statement_name: statement_name.to_owned(),
            ..Customer::default()
        });
    }

    /// Adds a customer, or replaces the one with this id. It is amended now.
    pub fn put_customer(&self, customer: Customer) {
        let last_amended = self.wall();
        lock(&self.state).customers.put(Customer { last_amended, ..customer });
    }
}
