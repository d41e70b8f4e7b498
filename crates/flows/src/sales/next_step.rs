//! The one table that turns the class of a failed posting into the next step (design section 4).
//! No other code decides on retries.

use std::time::Duration;

use daybook_connectors::orderwise::errors::{Refusal, recognise};
use daybook_domain::{
    causes::Cause, class::Failure, document::Receipt, exchange::Called, posting::Fault,
};

/// What happens to an entry after its posting was tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Next {
    /// OrderWise has it.
    Posted(Receipt),
    /// Nobody knows: look it up before anything else.
    LookUp {
        /// Refused with a text that may mean "already there": not found later means held.
        refused: bool,
        /// One line for the timeline.
        why: String,
    },
    /// Certainly not processed: again, after the back-off and not before `asked`.
    Again {
        /// What the peer asked us to wait.
        asked: Option<Duration>,
        /// Whether it says something about the whole system (and counts for its breaker).
        system_is_ill: bool,
        /// One line for the timeline.
        why: String,
    },
    /// Never sent, because OrderWise asked to be left alone for so long: no try, and no failure.
    PutOff(Duration, String),
    /// Certainly refused: a person must help.
    Hold(Vec<Fault>),
    /// The store's settings are wrong: the store waits, one alert.
    PauseStore(Cause, String),
    /// Nothing can be posted: the flow waits, one alert.
    PauseAll(Cause, String),
}

/// What follows a call. A call that was never made failed nobody.
pub(crate) fn after_call(called: &Called<Receipt>, store: &str) -> Next {
    match &called.outcome {
        Err(Failure::Later { after, what }) if called.is_put_off() => {
            Next::PutOff(after.unwrap_or_default(), what.clone())
        }
        outcome => after_posting(outcome.clone(), store),
    }
}

/// The table. `store` is the subject of what concerns a whole store.
fn after_posting(outcome: Result<Receipt, Failure>, store: &str) -> Next {
    match outcome {
        Ok(receipt) => Next::Posted(receipt),
        Err(Failure::Later { after, what }) => {
            Next::Again { asked: after, system_is_ill: true, why: what }
        }
        Err(Failure::InDoubt { what }) => Next::LookUp { refused: false, why: what },
        Err(Failure::Drift { path, what }) => {
            Next::LookUp { refused: false, why: format!("unexpected answer at {path}: {what}") }
        }
        Err(Failure::NotAuthorised { status: 403, what }) => {
            Next::PauseAll(Cause::OrderwisePermission, what)
        }
        Err(Failure::NotAuthorised { what, .. }) => {
            Next::PauseAll(Cause::OrderwiseCredentials, what)
        }
        Err(Failure::NotFound { what }) => after_not_found(what, store),
        Err(Failure::Refused { reasons, .. }) => after_refusal(&reasons, store),
    }
}

/// 404 is the session where the text says so, else the address.
fn after_not_found(what: String, store: &str) -> Next {
    match recognise(&what) {
        Refusal::SessionUnknown => {
            Next::PauseStore(Cause::SessionUnknown, store_detail(store, &what))
        }
        _ => Next::PauseAll(Cause::OrderwiseUnreachable, what),
    }
}

/// Several reasons may come at once: what concerns all goes before what concerns one store, and
/// that before what concerns one entry; a text nobody knows is looked up first, because it may be
/// OrderWise's way to say that it has the order already (facts/orderwise 2.6).
fn after_refusal(reasons: &[String], store: &str) -> Next {
    let all = reasons.join("; ");
    let refusals: Vec<_> = reasons.iter().map(|reason| (recognise(reason), reason)).collect();
    let any = |wanted: &Refusal| refusals.iter().any(|(refusal, _)| refusal == wanted);
    if any(&Refusal::MissingPermission) {
        return Next::PauseAll(Cause::OrderwisePermission, all);
    }
    if any(&Refusal::ParallelWrite) {
        return Next::Again { asked: None, system_is_ill: false, why: all };
    }
    if any(&Refusal::SessionUnknown) {
        return Next::PauseStore(Cause::SessionUnknown, store_detail(store, &all));
    }
    if any(&Refusal::CustomerUnknown) {
        return Next::PauseStore(Cause::AccountUnknown, store_detail(store, &all));
    }
    let faults: Option<Vec<_>> =
        refusals.iter().map(|(refusal, reason)| fault_of(refusal, reason, store)).collect();
    match faults {
        Some(faults) if !faults.is_empty() => Next::Hold(faults),
        _ => Next::LookUp { refused: true, why: all },
    }
}

fn store_detail(store: &str, what: &str) -> String {
    format!("store {store}: {what}")
}

/// The fault behind a refusal that concerns one entry; none where its meaning is not certain.
fn fault_of(refusal: &Refusal, reason: &str, store: &str) -> Option<Fault> {
    let (cause, subject) = match refusal {
        Refusal::VariantUnknownOrInactive { code } => (Cause::VariantRefused, code.clone()),
        Refusal::PaymentMethodUnknown => (Cause::PaymentMethodRefused, String::new()),
        Refusal::TaxRateUnknown => (Cause::TaxRateRefused, String::new()),
        Refusal::DeliveryMethodUnknown => (Cause::DeliveryMethodRefused, store.to_owned()),
        Refusal::StockLocationUnknown => (Cause::StockLocationRefused, store.to_owned()),
        Refusal::NoLines => (Cause::OrderwiseRefused, "no lines".to_owned()),
        _ => return None,
    };
    Some(Fault { cause, subject, detail: reason.to_owned() })
}

/// Whether only OrderWise can tell that this cause is gone: by taking the posting.
pub(crate) fn is_refusal(code: &str) -> bool {
    [
        Cause::VariantRefused,
        Cause::PaymentMethodRefused,
        Cause::TaxRateRefused,
        Cause::DeliveryMethodRefused,
        Cause::StockLocationRefused,
        Cause::OrderwiseRefused,
    ]
    .iter()
    .any(|cause| cause.code() == code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(reasons: &[&str]) -> Next {
        let reasons = reasons.iter().map(|&reason| reason.to_owned()).collect();
        after_posting(Err(Failure::Refused { status: 400, reasons }), "5")
    }

    #[test]
    fn a_lost_reply_is_looked_up_and_never_sent_again_blindly() {
        let lost = Failure::InDoubt { what: "time-out".to_owned() };
        assert!(matches!(after_posting(Err(lost), "5"), Next::LookUp { refused: false, .. }));
        let drift = Failure::Drift { path: "$.orderId".into(), what: "missing".into() };
        assert!(matches!(after_posting(Err(drift), "5"), Next::LookUp { refused: false, .. }));
    }

    #[test]
    fn an_unknown_refusal_may_be_a_duplicate_and_is_looked_up() {
        assert!(matches!(refused(&["Computer says no"]), Next::LookUp { refused: true, .. }));
    }

    #[test]
    fn an_unknown_variant_is_held_with_its_code() {
        let next = refused(&["Order number 3 variant code: ABC-9 does not exist or is not active"]);
        let Next::Hold(faults) = next else { panic!("{next:?}") };
        assert_eq!(faults[0].cause, Cause::VariantRefused);
        assert_eq!(faults[0].subject, "ABC-9");
    }

    #[test]
    fn a_missing_permission_stops_the_flow_and_not_the_entry() {
        let denied = Failure::NotAuthorised { status: 403, what: "forbidden".to_owned() };
        assert_eq!(
            after_posting(Err(denied), "5"),
            Next::PauseAll(Cause::OrderwisePermission, "forbidden".to_owned())
        );
    }

    #[test]
    fn what_was_not_processed_is_sent_again_later() {
        let busy = Failure::Later { after: Some(Duration::from_secs(7)), what: "429".to_owned() };
        let Next::Again { asked, system_is_ill, .. } = after_posting(Err(busy), "5") else {
            panic!("not again")
        };
        assert_eq!((asked, system_is_ill), (Some(Duration::from_secs(7)), true));
    }
}
