//! Causes that lie in placing a document, and in the systems themselves. How the tables become one: `make.rs`.

/// Adds its rows to those before it, and hands them on.
macro_rules! documents {
    ($next:ident $($then:ident)* { $($before:tt)* }) => { $next! { $($then)* {
    $($before)*

    // Placing the document.
    TemplateFailed "template-failed" "Body template failed" {
        sentence: "The body template of the configuration could not be rendered for this entry.",
        owner: It, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Correct the template; the check renders a sample and names the place.",
        command: CHECK,
    }
    OrderwiseRefused "orderwise-refused" "OrderWise refused the document" {
        sentence: "OrderWise refused the document; its own words are in the particulars.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Correct what OrderWise names, then try again.",
        command: RETRY,
    }
    AttemptsExhausted "attempts-exhausted" "Too many tries" {
        sentence: "The posting failed again and again, and the limit of tries or of age is reached.",
        owner: It, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Look at the last answers on the entry's timeline, clear what they name, then try again.",
        command: RETRY,
    }
    DoubtUnresolved "doubt-unresolved" "Outcome still unknown" {
        sentence: "OrderWise accepted the document and does not show it under its reference.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Look the number up in OrderWise; when it is there, or entered by hand, say so.",
        command: BY_HAND,
    }
    PostedTwice "posted-twice" "Two documents for one reference" {
        sentence: "OrderWise holds two documents with the same reference.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Cancel the document that Daybook did not adopt (its number is in the particulars), then say so.",
        command: BY_HAND,
    }
    ReferenceTaken "reference-taken" "Number taken by another document" {
        sentence: "OrderWise holds a document under this transaction's number that cannot be it: it is of the other kind, or was there before.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Look at the document in OrderWise (its number is in the particulars). Give it another number or cancel it, and try again; where the transaction is entered by hand, say so.",
        command: RETRY,
    }
    ChangedAfterPosting "changed-after-posting" "Changed at the till after posting" {
        sentence: "Sitoo shows other amounts, rows or tenders than those that were posted.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Compare both versions of the order, correct the document in OrderWise, then say so.",
        command: BY_HAND,
    }
    OrderIdGap "order-id-gap" "Order that never came" {
        sentence: "An order id below the watermark never came, and the time to ask for it is over.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Look the id up in Sitoo; a gap can be a transaction that was never completed. Then say so.",
        command: "daybook exceptions dismiss EX-NUMBER --reason 'never completed' --actor NAME",
    }
    OrderIdLeap "order-id-leap" "Order id far beyond the others" {
        sentence: "An order has an id far beyond those before it, so not every id in between is asked for.",
        owner: Retail, scope: Scope::System, severity: High, released_by: None,
        fix: "Look the order up in Sitoo. It is kept, and orders with lower ids go on being read; where Sitoo really numbers on from there, Daybook follows by itself. Then say so.",
        command: "daybook exceptions dismiss EX-NUMBER --reason 'numbered anew' --actor NAME",
    }
    TillClock "till-clock" "Till with a wrong clock" {
        sentence: "A till dated a transaction more than a day ahead, or years back. It is posted with that date, so it stands in another period than the money.",
        owner: Finance, scope: Scope::System, severity: High, released_by: None,
        fix: "Correct the order date of the document in OrderWise, have the till's clock set, and compare the day once more. Then say so.",
        command: "daybook exceptions dismiss EX-NUMBER --reason 'date corrected in OrderWise' --actor NAME",
    }
    OrderWithoutId "order-without-id" "Order that does not say which it is" {
        sentence: "Sitoo gave an order without a usable order id; it is kept as received and cannot be posted.",
        owner: It, scope: Scope::System, severity: High, released_by: None,
        fix: "Find the order in Sitoo by the particulars (`daybook entries --stray` shows it as it came) and report it; when it shows its id it is read by itself. Enter it by hand if it never does, then say so.",
        command: "daybook exceptions dismiss EX-NUMBER --reason 'entered by hand as …' --actor NAME",
    }
    OrderLeftOpen "order-left-open" "Order left open" {
        sentence: "An order was not closed or cancelled within the time that Daybook reads it again, so nobody would notice if it became a sale.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Close or cancel the order at the till and have it read again; dismiss it if it stays as it is.",
        command: RETRY,
    }

    // The systems.
    OrderwiseCredentials "orderwise-credentials" "OrderWise refuses our credentials" {
        sentence: "OrderWise does not accept the user or the password, so nothing is posted.",
        owner: It, scope: Scope::System, severity: Critical, released_by: None,
        fix: "Correct the credentials, and see that the user may use the API.",
        command: CHECK,
    }
    OrderwisePermission "orderwise-permission" "OrderWise permission missing" {
        sentence: "OrderWise knows the user, but does not allow the call.",
        owner: It, scope: Scope::System, severity: Critical, released_by: None,
        fix: "Add the permission to the API user's group in OrderWise.",
        command: CHECK,
    }
    OrderwiseUnreachable "orderwise-unreachable" "OrderWise cannot be reached" {
        sentence: "OrderWise does not answer; entries are kept and wait.",
        owner: It, scope: Scope::System, severity: Critical, released_by: None,
        fix: "See whether OrderWise, its server and the line to it are up; posting goes on by itself.",
        command: CHECK,
    }
    OrderwiseExportDefinition "orderwise-export-definition" "Export definition does not fit" {
        sentence: "An export definition is missing, lacks a parameter or column that Daybook needs, or tells a value that is none.",
        owner: It, scope: Scope::System, severity: Critical, released_by: None,
        fix: "Paste the SQL that Daybook ships again, or correct its id or column names in the configuration, or the value in OrderWise. A row that cannot be read stops only itself, and closes by itself.",
        command: CHECK,
    }
    OrderwiseContract "orderwise-contract" "OrderWise answers unexpectedly" {
        sentence: "An answer of OrderWise does not fit its contract.",
        owner: It, scope: Scope::System, severity: Critical, released_by: None,
        fix: "See whether OrderWise was updated; report the place named in the particulars.",
        command: CHECK,
    }
    SitooCredentials "sitoo-credentials" "Sitoo refuses our credentials" {
        sentence: "Sitoo does not accept the API id or the password, so nothing is received.",
        owner: It, scope: Scope::System, severity: Critical, released_by: None,
        fix: "Make a new password in Sitoo's back office, and see whether our address must be allowed there.",
        command: CHECK,
    }
    SitooUnreachable "sitoo-unreachable" "Sitoo cannot be reached" {
        sentence: "Sitoo does not answer; transactions stay in Sitoo and are fetched later.",
        owner: It, scope: Scope::System, severity: Critical, released_by: None,
        fix: "See whether the line to Sitoo is up; receiving goes on by itself.",
        command: CHECK,
    }
    SitooContract "sitoo-contract" "Sitoo answers unexpectedly" {
        sentence: "An answer of Sitoo does not fit its contract.",
        owner: It, scope: Scope::System, severity: Critical, released_by: None,
        fix: "Report the place named in the particulars.",
        command: CHECK,
    }
    } } };
}
