//! Z-reports (facts/sitoo 5.3): of the account, and the older calls of one register.

use serde_json::Value;

use super::{
    super::zreport::Wanted,
    Answer, Call, Refusal,
    masters::{one, page},
};
use crate::lock;

/// The most reports in one answer of the account's list.
const MOST: usize = 500;

impl Call<'_> {
    /// A bare array in the order of `dateadded`.
    pub(super) fn account_reports(&self) -> Answer {
        let query = &self.query;
        let wanted = Wanted {
            stores: query.list("store_id"),
            registers: query.list("registerid"),
            added: (query.number("dateaddedfrom")?, query.number("dateaddedto")?),
            ..Wanted::default()
        };
        let eshops = query.numbers("eshopid")?;
        let is_ours = eshops.is_none_or(|ids| ids.contains(&super::super::SITE));
        let now = self.sitoo.now();
        let mut state = lock(&self.sitoo.state);
        state.tell_reports(now.div_euclid(1_000_000));
        let mut found = if is_ours { state.reports(&wanted, now) } else { Vec::new() };
        found.truncate(MOST);
        Ok(Value::Array(found).to_string().into_bytes())
    }

    /// The reports of a register, in an envelope.
    pub(super) fn register_reports(&self, register: &str) -> Answer {
        let register = self.known_register(register)?;
        let query = &self.query;
        let wanted = Wanted {
            registers: Some(vec![register.as_str()]),
            created: (query.number("datecreatedfrom")?, query.number("datecreatedto")?),
            ..Wanted::default()
        };
        let found = lock(&self.sitoo.state).reports(&wanted, self.sitoo.now());
        page(query, found, false)
    }

    /// One report of a register.
    pub(super) fn register_report(&self, register: &str, id: i64) -> Answer {
        let register = self.known_register(register)?;
        one(lock(&self.sitoo.state).report(&register, id, self.sitoo.now()))
    }

    /// The id in the address, whose braces are escaped.
    fn known_register(&self, segment: &str) -> Result<String, Refusal> {
        let [open, close] = [["%7B", "%7b"], ["%7D", "%7d"]];
        let id = segment.replace(open[0], "{").replace(open[1], "{");
        let id = id.replace(close[0], "}").replace(close[1], "}");
        let is_known = lock(&self.sitoo.state).register_by_id.contains_key(id.as_str());
        if is_known { Ok(id) } else { Err(Refusal::not_found()) }
    }
}
