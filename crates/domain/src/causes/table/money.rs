//! Causes that lie in money that others took for the retailer. How the tables become one: `make.rs`.

/// Adds its rows to those before it, and hands them on.
macro_rules! money {
    ($next:ident $($then:ident)* { $($before:tt)* }) => { $next! { $($then)* {
    $($before)*

    // Payouts.
    SettlementFile "settlement-file" "A settlement file cannot be read" {
        sentence: "A file in the folder of a provider or bank does not fit its layout, or the folder cannot be read; nothing of it is imported.",
        owner: Finance, scope: Scope::Payout, severity: High, released_by: None,
        fix: "Put the right file in its place, or correct the layout in the configuration; take a file away that does not belong there.",
        command: "daybook payouts list",
    }
    PaymentUnsettled "payment-unsettled" "Payments are not settled" {
        sentence: "Payments of tills stand in no payout of their provider after the time that settling may take.",
        owner: Finance, scope: Scope::Payout, severity: High, released_by: None,
        fix: "Get the report that is missing, look at the suggestions, or ask the provider; what will never come is written off.",
        command: "daybook payouts suggestions",
    }
    PayoutNotAtBank "payout-not-at-bank" "A payout has not reached the bank" {
        sentence: "A provider reports a payout, and no statement of the bank has it after the time that it may take.",
        owner: Finance, scope: Scope::Payout, severity: High, released_by: None,
        fix: "Import the statement that is missing, confirm what is suggested, or ask the provider with the payout's number.",
        command: "daybook payouts suggestions --bank",
    }
    Chargeback "chargeback" "A shopper's bank took a payment back" {
        sentence: "A provider took a payment out of a payout again, because the shopper disputes it.",
        owner: Finance, scope: Scope::Payout, severity: Normal, released_by: None,
        fix: "Answer the provider in time with the receipt, or accept the loss and say so.",
        command: "daybook exceptions dismiss EX-NUMBER --reason 'accepted' --actor NAME",
    }
    } } };
}
