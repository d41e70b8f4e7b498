//! What pages and the manual tell of a cause beyond its row: how soon, what stands still, and what
//! releases it. One text for both.

use super::{Cause, CauseRow, Scope, Severity};
use crate::mapping::MappingKind;

/// A pause of a store ends with a probe, not with the mapping itself.
const STORE_PAUSE: &str = "\
The store is tried again by itself, after a pause that grows up to `[posting.breaker-backoff] longest`.
Each try uses today's mapping; the first transaction that OrderWise takes ends the pause.";

/// What OrderWise refused with a text nobody knows.
const SLOWLY: &str = "\
It is sent again by itself now and then (`[posting.backoff] longest`), until OrderWise takes it or
`[posting] attempts-limit` is reached. `daybook exceptions retry REFERENCE` does it at once.";

/// What no state of an entry holds back.
const FOR_THE_RECORD: &str = "\
It stops no transaction. It stays listed until a person has seen to it and says so, with a reason and a name.";

/// A day that closes takes its exception with it.
const WITH_ITS_DAY: &str = "\
It closes by itself when the day is closed: when both sides say the same again, or when a person has signed what
stays (`daybook reconcile sign`). `[reconcile] open-limit` says how long after its night a day may stay open.";

/// What is set aside is read again, and not decided anew.
const READ_AGAIN: &str = "\
It closes by itself when Sitoo shows the order closed or cancelled: an event makes it be read, and so does
`daybook exceptions retry REFERENCE`. What is still open then is listed again.";

/// Files that are looked for in folders.
const BY_FILE: &str = "\
The folders are looked into every `[settlement] poll-every`. It closes by itself once the file is imported, or is
no longer there. A file is imported whole or not at all.";

/// Money that arrives after all.
const BY_MATCH: &str = "\
What is imported is matched at once. It closes by itself when the last of it is confirmed, or written off
(`daybook payouts write-off`). How long it may take: `[settlement] unsettled-after-days` and `at-bank-after-days`.";

/// Disputes.
const BY_REVERSAL: &str = "\
It closes by itself when a report reverses the chargeback. Dismissing it with a reason and a name ends it too, and
it is not told again.";

/// How soon a person should look.
pub const fn how_soon(severity: Severity) -> &'static str {
    match severity {
        Severity::Normal => "within the day",
        Severity::High => "soon: more will follow, or the books may be wrong",
        Severity::Critical => "now: a flow stands still",
    }
}

/// What stands still because of it.
pub const fn stands_still(row: &CauseRow) -> &'static str {
    if matches!(row.cause, Cause::OrderIdLeap | Cause::OrderWithoutId) {
        return "nothing but this order; the others go on";
    }
    if matches!(row.cause, Cause::TillClock) {
        return "nothing: it is posted with the date that the till gave";
    }
    if matches!(row.cause, Cause::DayNotClosed) {
        return "closing the month; tills and postings go on";
    }
    match (row.scope, row.released_by) {
        (Scope::System, Some(MappingKind::Status)) => {
            "nothing but what depends on the status: closing the loop of these orders"
        }
        (Scope::Entry, _) => "this transaction, and the returns that depend on it",
        (Scope::Store, _) => "the transactions of the store that need it; other stores go on",
        (Scope::Product, _) => {
            "the products it names, at the tills; sales and other products go on"
        }
        (Scope::Payout, _) => "nothing: sales, stock and postings go on",
        (Scope::System, Some(_)) => "each transaction that needs it, in every store",
        (Scope::System, None) => "the whole flow with this system; nothing is lost meanwhile",
    }
}

const BY_STATUS: &str = "A mapping of kind `status` for the text ends it at the next read of \
    OrderWise; so does the text's\ndisappearance from the orders that are followed.";
const FOLLOWED: &str = "The sale itself is posted. Both sides are looked at every `[despatch] \
    follow-every` while anything is to come,\nand this closes by itself once they agree. \
    Dismissing it with a reason and a name ends it too, and it is not told again.";

/// What ends it, as CommonMark.
pub fn releases(row: &CauseRow) -> String {
    let kinds: Vec<String> = MappingKind::ALL
        .iter()
        .filter(|kind| row.cause.is_released_by(**kind))
        .map(|kind| format!("`{kind}`"))
        .collect();
    match row.cause {
        Cause::OrderwiseRefused => return SLOWLY.to_owned(),
        Cause::StatusUnknown => return BY_STATUS.to_owned(),
        Cause::DespatchLineUnknown
        | Cause::DespatchBeyondOrder
        | Cause::DespatchCorrected
        | Cause::DeliveryRefused
        | Cause::CancelledInOrderwise
        | Cause::CancelledInSitoo
        | Cause::HandedOverElsewhere
        | Cause::OrderNotClosed
        | Cause::DespatchedButOpen
        | Cause::PaidButNotMoving => return FOLLOWED.to_owned(),
        Cause::SessionUnknown | Cause::AccountUnknown => return STORE_PAUSE.to_owned(),
        Cause::PostedTwice
        | Cause::OrderIdGap
        | Cause::OrderIdLeap
        | Cause::TillClock
        | Cause::OrderWithoutId
        | Cause::DoubtUnresolved
        | Cause::ChangedAfterPosting => return FOR_THE_RECORD.to_owned(),
        Cause::SettlementFile => return BY_FILE.to_owned(),
        Cause::PaymentUnsettled | Cause::PayoutNotAtBank => return BY_MATCH.to_owned(),
        Cause::Chargeback => return BY_REVERSAL.to_owned(),
        Cause::OrderLeftOpen | Cause::OrderKindUnknown => return READ_AGAIN.to_owned(),
        Cause::DayNotClosed => return WITH_ITS_DAY.to_owned(),
        _ => {}
    }
    if !kinds.is_empty() {
        return by_mapping(row, &kinds.join(" or "));
    }
    if row.scope == Scope::System {
        return "It closes by itself: the system is tried again after a pause that grows, and the \
                first call that\nsucceeds ends it."
            .to_owned();
    }
    let text = if row.command.starts_with("daybook exceptions dismiss") {
        "Dismissing the transaction with a reason and a name ends it. Until then it is decided anew \
         every\n`[posting] recheck-every`, and goes on by itself if nothing stands in its way any more."
    } else if row.command.starts_with("daybook exceptions retry") {
        "Trying again decides it anew, with today's mappings and settings. What is still wrong is \
         listed again."
    } else {
        "It is decided anew every `[posting] recheck-every`, and goes on by itself once its cause is \
         gone.\n`daybook exceptions retry REFERENCE` does it at once."
    };
    text.to_owned()
}

fn by_mapping(row: &CauseRow, kinds: &str) -> String {
    let mut text = format!(
        "A change of a mapping of kind {kinds} decides every transaction anew that waits for this \
         cause; those that\nnothing else stops are posted."
    );
    if row.released_by == Some(MappingKind::Sku) {
        text.push_str(
            "\nSo does a refresh of OrderWise's variants that finds the SKU changed \
             (`[reference] refresh-every`).",
        );
    }
    text
}
