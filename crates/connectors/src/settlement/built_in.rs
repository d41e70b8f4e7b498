//! The reports that are known by themselves. `MAPPING.md` says how well.

use std::collections::BTreeMap;

use super::{Columns, Layout, Style};

const ADYEN_KINDS: &[(&str, &str)] = &[
    ("settled", "payment"),
    ("refunded", "refund"),
    ("refundedreversed", "adjustment"),
    ("chargeback", "chargeback"),
    ("secondchargeback", "chargeback"),
    ("chargebackreversed", "chargeback-reversed"),
    ("fee", "fee"),
    ("misccosts", "fee"),
    ("paymentcost", "fee"),
    ("invoicededuction", "fee"),
    ("depositcorrection", "reserve"),
    ("balancetransfer", "reserve"),
    ("merchantpayout", "payout"),
    ("bankinstructionreturned", "adjustment"),
    ("matchedstatement", "adjustment"),
    ("manualcorrected", "adjustment"),
    ("epapaid", "adjustment"),
    ("paidout", "adjustment"),
    ("paidoutreversed", "adjustment"),
];

const STRIPE_KINDS: &[(&str, &str)] = &[
    ("charge", "payment"),
    ("partial_capture_reversal", "payment"),
    ("refund", "refund"),
    ("refund_failure", "adjustment"),
    ("charge_failure", "adjustment"),
    ("dispute", "chargeback"),
    ("dispute_reversal", "chargeback-reversed"),
    ("fee", "fee"),
    ("network_cost", "fee"),
    ("tax", "fee"),
    ("risk_reserved_funds", "reserve"),
    ("payout", "payout"),
    ("payout_reversal", "adjustment"),
    ("topup", "adjustment"),
    ("topup_reversal", "adjustment"),
    ("transfer", "adjustment"),
    ("transfer_reversal", "adjustment"),
    ("other_adjustment", "adjustment"),
];

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn list(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

fn words(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|&(word, kind)| (word.to_owned(), kind.to_owned())).collect()
}

/// Adyen's settlement details report. The fee is what gross and net leave between them: its four
/// columns are not needed, and may have more decimals than a penny has.
pub fn adyen() -> Layout {
    Layout {
        name: "Adyen settlement details".to_owned(),
        columns: Columns {
            kind: some("Type"),
            gross_debit: some("Gross Debit (GC)"),
            gross_credit: some("Gross Credit (GC)"),
            net_debit: some("Net Debit (NC)"),
            net_credit: some("Net Credit (NC)"),
            currency: some("Gross Currency"),
            net_currency: some("Net Currency"),
            payout: some("Batch Number"),
            account: some("Merchant Account"),
            references: list(&[
                "Psp Reference",
                "Merchant Reference",
                "Modification Reference",
                "Modification Merchant Reference?",
            ]),
            at: some("Creation Date"),
            zone: some("TimeZone"),
            store: some("Store?"),
            ..Columns::default()
        },
        kinds: words(ADYEN_KINDS),
        currency: None,
        style: Style { zone: "Europe/Amsterdam".to_owned(), ..Style::default() },
    }
}

/// Stripe's itemised payout reconciliation report.
pub fn stripe() -> Layout {
    Layout {
        name: "Stripe payout reconciliation".to_owned(),
        columns: Columns {
            kind: some("reporting_category"),
            gross: some("gross"),
            fee: list(&["fee"]),
            net: some("net"),
            currency: some("currency"),
            payout: some("automatic_payout_id"),
            payout_day: some("automatic_payout_effective_at_utc|automatic_payout_effective_at"),
            references: list(&["charge_id?", "payment_intent_id?", "source_id?"]),
            at: some("created_utc|created"),
            id: some("balance_transaction_id"),
            ..Columns::default()
        },
        kinds: words(STRIPE_KINDS),
        currency: None,
        style: Style { zone: "UTC".to_owned(), ..Style::default() },
    }
}
