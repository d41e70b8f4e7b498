//! Stripe's itemised payout reconciliation report: amounts in pounds, moments in UTC, and no line
//! for the payout itself.

use super::{day, fee, moment, pounds};
use crate::sitoo::Taken;

const HEAD: &str = "automatic_payout_id,automatic_payout_effective_at,balance_transaction_id,\
created_utc,available_on_utc,currency,gross,fee,net,reporting_category,source_id,charge_id,\
payment_intent_id,description";

/// An automatic payout.
#[derive(Debug, Clone)]
pub struct StripePayout {
    id: String,
    paid_at: i64,
    rows: Vec<(String, String)>,
    net: i64,
}

impl StripePayout {
    /// A payout of these payments and refunds, at the bank at a moment (unix seconds).
    pub fn new(id: &str, paid_at: i64, taken: &[Taken]) -> Self {
        let mut payout = Self { id: id.to_owned(), paid_at, rows: Vec::new(), net: 0 };
        for one in taken {
            let category = if one.pence < 0 { "refund" } else { "charge" };
            payout.line(one.at, category, one.pence, fee(one.pence), &one.reference);
        }
        payout
    }

    /// Money that is held back.
    #[must_use]
    pub fn with_reserve(mut self, pence: i64) -> Self {
        let at = self.paid_at;
        self.line(at, "risk_reserved_funds", -pence, 0, "");
        self
    }

    fn line(&mut self, at: i64, category: &str, gross: i64, fee: i64, reference: &str) {
        let id = format!("txn_{}{:04}", self.id, self.rows.len());
        let (created, paid) = (moment(at), moment(self.paid_at));
        let charge = if reference.is_empty() { String::new() } else { format!("ch_{reference}") };
        let net = gross - fee;
        let (payout, source) = (&self.id, &charge);
        let (gross, fee, shown) = (pounds(gross), pounds(fee), pounds(net));
        let text = format!(
            "{payout},{paid},{id},{created},{paid},gbp,{gross},{fee},{shown},{category},{source},\
             {charge},{reference},"
        );
        self.rows.push((id, text));
        self.net += net;
    }

    /// What is paid out.
    pub fn net(&self) -> i64 {
        self.net
    }

    /// What the bank's statement says.
    pub fn words(&self) -> String {
        format!("STRIPE {} {}", self.id, day(self.paid_at))
    }

    /// The report.
    pub fn csv(&self) -> String {
        let rows = self.rows.iter().map(|(_, text)| text.clone());
        std::iter::once(HEAD.to_owned()).chain(rows).collect::<Vec<_>>().join("\n") + "\n"
    }
}
