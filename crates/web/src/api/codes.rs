//! The stable codes of problems that the API answers. A code is never renamed; a test looks through
//! the sources for those that are missing here.

use schemars::{Schema, SchemaGenerator, json_schema};

/// All of them.
pub(crate) const CODES: &[&str] = &[
    "account-of-the-company",
    "account-taken",
    "account-unknown",
    "answer-unreadable",
    "audit-unreadable",
    "beyond-own-rights",
    "certificate-superseded",
    "certificate-unreadable",
    "changed-meanwhile",
    "comment-empty",
    "correction-decided",
    "correction-impossible",
    "correction-unknown",
    "correction-wrong",
    "day-before-daybook",
    "day-not-compared",
    "entry-moved-on",
    "entry-not-dismissable",
    "entry-not-open",
    "entry-not-stopped",
    "entry-unknown",
    "erase-whose",
    "exception-not-open",
    "exception-of-entry",
    "flow-unknown",
    "forbidden",
    "forged-origin",
    "idempotency-at-work",
    "idempotency-key-missing",
    "idempotency-key-reused",
    "last-admin",
    "later-period-closed",
    "line-checks-itself",
    "line-unknown",
    "local-accounts-off",
    "login-invalid",
    "malformed",
    "mapping",
    "mapping-csv",
    "mapping-doubts",
    "method-not-allowed",
    "name-invalid",
    "name-taken",
    "name-too-long",
    "no-such-store",
    "not-found",
    "not-ready",
    "nothing-to-approve",
    "nothing-to-sign",
    "period-closed",
    "period-not-closed",
    "period-not-complete",
    "person-needed",
    "reason-missing",
    "remark-too-long",
    "request",
    "roles-missing",
    "second-person-needed",
    "sign-in",
    "stock-buffer-rule",
    "stock-buffer-unknown",
    "store-busy",
    "store-conflict",
    "store-corrupt",
    "store-disk",
    "store-failed",
    "store-not-authorised",
    "store-read-only",
    "store-unreachable",
    "store-unreadable",
    "token",
    "token-days",
    "token-rights",
    "token-stores",
    "token-taken",
    "token-unknown",
    "too-large",
    "workflow-unknown",
];

/// The codes, for the schema of a problem.
pub(crate) fn schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "enum": CODES })
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::CODES;

    /// Codes of what no call of the API does, and of faults in Daybook, which are no answers.
    const ELSEWHERE: &[&str] = &[
        "alert-message",
        "audit-runs",
        "certificate-unwritable",
        "channel-unknown",
        "config-first-day",
        "csv",
        "cutover-begun-earlier",
        "cutover-beyond-newest",
        "cutover-day",
        "cutover-mode",
        "cutover-no-references",
        "cutover-not-ready",
        "cutover-posted-already",
        "events-closed",
        "events-not-written",
        "exercise-unknown",
        "export",
        "factor-missing",
        "factor-there",
        "factor-wrong",
        "fault",
        "link-over",
        "match-not-open",
        "match-part-taken",
        "match-rule",
        "match-two-currencies",
        "match-unknown",
        "name-missing",
        "not-authorised",
        "page",
        "password-hash",
        "password-long",
        "password-name",
        "password-short",
        "password-wait",
        "password-wrong",
        "payout-unknown",
        "refused",
        "settlement-bank-unknown",
        "settlement-file-known",
        "settlement-line-changed",
        "settlement-provider-unknown",
        "sign-on-closed",
        "sign-on-no-role",
        "sign-on-over",
        "sign-on-refused",
        "stock-sku-unknown",
        "store-migration",
        "store-newer",
        "stores-invalid",
    ];
    /// What makes an error, with its code as the first text.
    const MAKERS: [&str; 5] =
        ["FlowError::request(", "refused(", "PageError::new(", "Self::new(", "Problem::new("];

    fn look(folder: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                look(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap();
                for maker in MAKERS {
                    for after in text.split(maker).skip(1) {
                        let near: String = after.chars().take(160).collect();
                        let code = near.split('"').nth(1).unwrap_or_default();
                        let is_code = |c: char| c.is_ascii_lowercase() || c == '-';
                        if code.len() > 2 && code.chars().all(is_code) {
                            found.insert(code.to_owned());
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn every_code_of_the_sources_is_here_or_said_to_be_of_something_else() {
        let mut found = BTreeSet::new();
        let own = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in ["src", "../flows/src", "../store/src"] {
            look(&own.join(folder), &mut found);
        }
        let known =
            |code: &String| CODES.contains(&code.as_str()) || ELSEWHERE.contains(&code.as_str());
        let missing: Vec<_> = found.iter().filter(|code| !known(code)).collect();
        assert!(missing.is_empty(), "in CODES, or in ELSEWHERE: {missing:?}");
        let gone: Vec<_> = CODES.iter().filter(|code| !found.contains(**code)).collect();
        assert!(gone.is_empty(), "nothing says this any more: {gone:?}");
        assert!(CODES.is_sorted() && ELSEWHERE.is_sorted());
    }
}
