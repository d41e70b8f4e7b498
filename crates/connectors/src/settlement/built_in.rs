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
            kind: Some("Type".to_owned()),
            gross_debit: Some("Gross Debit (GC)".to_owned()),
            gross_credit: Some("Gross Credit (GC)".to_owned()),
            net_debit: Some("Net Debit (NC)".to_owned()),
            net_credit: Some("Net Credit (NC)".to_owned()),
            currency: Some("Gross Currency".to_owned()),
            net_currency: Some("Net Currency".to_owned()),
            payout: Some("Batch Number".to_owned()),
            account: Some("Merchant Account".to_owned()),
            references: list(&[
                "Psp Reference",
                "Merchant Reference",
                "Modification Reference",
                "Modification Merchant Reference?",
            ]),
            at: Some("Creation Date".to_owned()),
            zone: Some("TimeZone".to_owned()),
            store: Some("Store?".to_owned()),
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
            kind: Some("reporting_category".to_owned()),
            gross: Some("gross".to_owned()),
            fee: list(&["fee"]),
            net: Some("net".to_owned()),
            currency: Some("currency".to_owned()),
            payout: Some("automatic_payout_id".to_owned()),
            payout_day: Some(
                "automatic_payout_effective_at_utc|automatic_payout_effective_at".to_owned(),
            ),
            references: list(&["charge_id?", "payment_intent_id?", "source_id?"]),
            at: Some("created_utc|created".to_owned()),
            id: Some("balance_transaction_id".to_owned()),
            ..Columns::default()
        },
        kinds: words(STRIPE_KINDS),
        currency: None,
        style: Style { zone: "UTC".to_owned(), ..Style::default() },
    }
}
