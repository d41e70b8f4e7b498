//! What only an audit reads: the state of customer accounts (facts/orderwise 7).

use std::sync::Arc;

use daybook_domain::{audit::AccountState, exchange::Called};

use crate::{call::Keep, read_only::ReadOnly};

use super::{Orderwise, client::CUSTOMER_PAGE, customers::read_accounts, link::Plan};

impl Orderwise {
    /// The same client on a line that only reads: a write fails before it is sent. It shares token and
    /// budget of calls.
    #[must_use]
    pub fn reading_only(&self) -> Self {
        let mut other = self.clone();
        let address = other.link.base.join(&other.export_path);
        other.link.over(|line| Arc::new(ReadOnly::with_exports(line, &address)));
        other
    }

    /// The next customer accounts after `last_id`, in order of their ids; none are left when it
    /// answers none.
    pub async fn accounts_after(&self, last_id: i64) -> Called<Vec<AccountState>> {
        let joint = if self.customers_path.contains('?') { '&' } else { '?' };
        let path = format!("{}{joint}limit={CUSTOMER_PAGE}&last_id={last_id}", self.customers_path);
        let plan = Plan::get("customers", path, Keep::Failures);
        self.link.call(plan, read_accounts).await
    }

    /// OrderWise's IANA time zone.
    pub fn time_zone(&self) -> &str {
        self.zone.iana_name().unwrap_or_default()
    }

    /// The purposes for which an export definition is set up.
    pub fn exports(&self) -> Vec<String> {
        let known = daybook_domain::audit::EXPORTS.into_iter();
        known.filter(|purpose| self.has_export(purpose)).map(str::to_owned).collect()
    }
}
