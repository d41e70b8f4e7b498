//! Causes that keep the books from being closed. How the tables become one: `make.rs`.

/// Adds its rows to those before it, and hands them on.
macro_rules! books {
    ($next:ident $($then:ident)* { $($before:tt)* }) => { $next! { $($then)* {
    $($before)*

    // Day close.
    DayNotClosed "day-not-closed" "A store's day stays open" {
        sentence: "The day was due long ago and is not certified: something differs and is not signed, or a witness is missing.",
        owner: Finance, scope: Scope::Store, severity: High, released_by: None,
        fix: "See what differs, let Daybook mend what it can (`daybook reconcile fix`), and sign off what stays.",
        command: "daybook reconcile show --day {subject}",
    }

    // Audit.
    AuditGap "audit-gap" "A new gap between both systems" {
        sentence: "The weekly audit found records on which Sitoo and OrderWise do not agree, or settings that will hurt.",
        owner: Retail, scope: Scope::System, severity: Normal, released_by: None,
        fix: "Read what the audit says about this kind and close it at its owner's system; it closes by itself with the next audit.",
        command: "daybook audit --last",
    }
    } } };
}
