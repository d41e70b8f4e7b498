//! Record the outcome: guarded by the attempt's number, so that a worker that lost its lease
//! cannot finish the work.

use std::time::Duration;

use daybook_domain::{
    Timestamp, causes::Cause, class::Class, document::Receipt, entry::EntryState,
    exchange::Exchange, posting::Fault, retry::Backoff,
};
use daybook_store::{
    Tx,
    attempt::{self, FinishedAttempt},
    entry::{self, Changes, Expect, Outcome, Transition},
    exception::{self, EntryFaults},
    timeline::Event,
};

use super::{
    evaluate::{DAYBOOK, Prepared, sentence},
    next_step::{Next, after_call, is_refusal},
    post::Tried,
};
use crate::{app::App, error::FlowError, exchanges, health, stock};

/// Writes down what came of `tried`.
pub(crate) async fn record(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    tried: &[Tried],
) -> Result<(), FlowError> {
    if tried.is_empty() {
        return Ok(());
    }
    let mut plan = Plan::empty(app, now);
    for Tried { prepared, called } in tried {
        plan.finish_attempt(prepared, &called.exchanges);
        let next = after_call(called, &prepared.store);
        plan.add(tx, prepared, next).await?;
    }
    plan.write(tx).await
}

struct Plan<'a> {
    app: &'a App,
    now: Timestamp,
    transitions: Vec<Transition>,
    attempts: Vec<FinishedAttempt>,
    others: Vec<Exchange>,
    faults: Vec<EntryFaults>,
    posted: Vec<i64>,
    /// Posted after failures: an exception may still be open about them.
    recovered: Vec<i64>,
}

/// Whether an entry has been tried often or long enough.
pub(crate) fn is_exhausted(
    app: &App,
    now: Timestamp,
    failures: i64,
    received_at: Timestamp,
) -> bool {
    let limits = &app.settings.posting;
    failures >= limits.attempts_limit || now.since(received_at) > limits.age_limit
}

impl<'a> Plan<'a> {
    fn empty(app: &'a App, now: Timestamp) -> Self {
        Self {
            app,
            now,
            transitions: Vec::new(),
            attempts: Vec::new(),
            others: Vec::new(),
            faults: Vec::new(),
            posted: Vec::new(),
            recovered: Vec::new(),
        }
    }

    /// The last exchange of a posting is the posting itself; what came before is the token.
    fn finish_attempt(&mut self, prepared: &Prepared, exchanges: &[Exchange]) {
        let Some((last, before)) = exchanges.split_last() else {
            self.attempts.push(FinishedAttempt {
                order_id: prepared.order_id,
                number: prepared.attempt,
                finished_at: self.now,
                class: Class::Later,
                status: None,
                response: None,
                duration: Duration::ZERO,
            });
            return;
        };
        exchanges::count(last);
        self.others.extend_from_slice(before);
        self.attempts.push(FinishedAttempt {
            order_id: prepared.order_id,
            number: prepared.attempt,
            finished_at: self.now,
            class: last.class,
            status: last.status,
            response: last.response.clone(),
            duration: last.duration,
        });
    }

    async fn add(&mut self, tx: &mut Tx, prepared: &Prepared, next: Next) -> Result<(), FlowError> {
        match next {
            Next::Posted(receipt) => {
                health::orderwise_well(self.app, tx, self.now, &prepared.store).await?;
                self.post(prepared, receipt);
            }
            Next::LookUp { refused, why } => {
                if !refused {
                    health::orderwise_failed(self.app, tx, self.now, &why).await?;
                }
                self.doubt(prepared, refused, &why);
            }
            Next::Again { asked, system_is_ill, why } => {
                if system_is_ill {
                    health::orderwise_failed(self.app, tx, self.now, &why).await?;
                }
                self.again(prepared, asked, &why);
            }
            Next::PutOff(span, why) => {
                let changes = Changes { due_at: Some(Some(self.now.plus(span))), ..freed() };
                self.change(prepared, EntryState::Ready, changes, "put-off", &why);
            }
            Next::Hold(faults) => {
                health::orderwise_well(self.app, tx, self.now, "").await?;
                self.hold(prepared, faults);
            }
            Next::PauseStore(cause, what) => {
                let until =
                    health::pause_store(self.app, tx, self.now, &prepared.store, cause, &what)
                        .await?;
                self.wait_until(prepared, until, cause, &what);
            }
            Next::PauseAll(cause, what) => {
                let until = health::pause_all(self.app, tx, self.now, cause, &what).await?;
                self.wait_until(prepared, until, cause, &what);
            }
        }
        Ok(())
    }

    fn post(&mut self, prepared: &Prepared, receipt: Receipt) {
        let detail = format!("OrderWise document {}", receipt.order_number);
        let due = self.now.plus(self.app.settings.posting.confirm_after);
        let changes = Changes {
            erp_order_id: Some(Some(receipt.order_id)),
            erp_order_number: Some(Some(receipt.order_number)),
            posted_at: Some(Some(self.now)),
            due_at: Some(Some(due)),
            failures: Some(0),
            ..freed()
        };
        self.change(prepared, EntryState::Posted, changes, "posted", &detail);
        self.posted.push(prepared.order_id);
        if prepared.failures > 0 {
            self.recovered.push(prepared.order_id);
        }
    }

    fn doubt(&mut self, prepared: &Prepared, refused: bool, why: &str) {
        let code = if refused { "refused-look-up" } else { "in-doubt" };
        let changes = Changes {
            doubt_since: Some(Some(self.now)),
            doubt_lookups: Some(0),
            due_at: Some(Some(self.now)),
            reason: Some(Some(code.to_owned())),
            failures: Some(prepared.failures + 1),
            ..freed()
        };
        self.change(prepared, EntryState::InDoubt, changes, code, why);
    }

    fn again(&mut self, prepared: &Prepared, asked: Option<Duration>, why: &str) {
        let limits = &self.app.settings.posting;
        let failures = prepared.failures + 1;
        if is_exhausted(self.app, self.now, failures, prepared.received_at) {
            let detail = format!("{failures} tries failed, the last one: {why}");
            let subject = String::new();
            self.hold(prepared, vec![Fault { cause: Cause::AttemptsExhausted, subject, detail }]);
            return;
        }
        let tries = u32::try_from(failures).unwrap_or(u32::MAX);
        let delay = Backoff::from(&limits.backoff).delay(tries, self.app.ids.dice(), asked);
        let changes = Changes {
            due_at: Some(Some(self.now.plus(delay))),
            failures: Some(failures),
            ..freed()
        };
        self.change(prepared, EntryState::Ready, changes, "retry", why);
    }

    fn wait_until(&mut self, prepared: &Prepared, until: Timestamp, cause: Cause, what: &str) {
        let changes = Changes { due_at: Some(Some(until)), ..freed() };
        self.change(prepared, EntryState::Ready, changes, cause.code(), what);
    }

    fn hold(&mut self, prepared: &Prepared, faults: Vec<Fault>) {
        let code = faults.first().map_or("held", |fault| fault.cause.code());
        let failures = prepared.failures + 1;
        let changes = Changes {
            due_at: Some(self.next_try(prepared, failures, code)),
            reason: Some(Some(code.to_owned())),
            failures: Some(failures),
            ..freed()
        };
        self.change(prepared, EntryState::Held, changes, code, &sentence(&faults));
        self.faults.push(EntryFaults {
            order_id: prepared.order_id,
            money: prepared.money,
            faults,
        });
    }

    /// What OrderWise refused it may take later, and does not say when: it is tried again after as
    /// long as it has waited, so ever more rarely, and not for ever.
    fn next_try(&self, prepared: &Prepared, failures: i64, code: &str) -> Option<Timestamp> {
        let received_at = prepared.received_at;
        if !is_refusal(code) || is_exhausted(self.app, self.now, failures, received_at) {
            return None;
        }
        let least = self.app.settings.posting.backoff.longest;
        Some(self.now.plus(self.now.since(received_at).max(least)))
    }

    fn change(
        &mut self,
        prepared: &Prepared,
        to: EntryState,
        changes: Changes,
        code: &str,
        detail: &str,
    ) {
        self.transitions.push(Transition {
            order_id: prepared.order_id,
            expect: Expect { state: EntryState::Posting, attempt: Some(prepared.attempt) },
            to,
            changes,
            event: Event {
                actor: DAYBOOK.to_owned(),
                code: code.to_owned(),
                detail: detail.to_owned(),
            },
        });
    }

    async fn write(mut self, tx: &mut Tx) -> Result<(), FlowError> {
        let outcomes = entry::transition(tx, self.now, &self.transitions).await?;
        for (order_id, outcome) in outcomes {
            if outcome == Outcome::Stale {
                tracing::warn!(order_id, "a lease was lost; the outcome is left to the look-up");
                self.posted.retain(|id| *id != order_id);
                self.recovered.retain(|id| *id != order_id);
                self.faults.retain(|faults| faults.order_id != order_id);
            }
        }
        attempt::finish(tx, &self.attempts).await?;
        exception::set_for_entries(tx, self.now, &self.faults, DAYBOOK).await?;
        for order_id in self.recovered {
            exception::close_for_entry(tx, self.now, order_id, DAYBOOK, "it is posted").await?;
        }
        entry::release_waiting_for(tx, self.now, &self.posted).await?;
        stock::posted(self.app, tx, self.now, &self.posted).await?;
        exchanges::keep_in(self.app, tx, None, self.others).await
    }
}

/// The lease is over.
fn freed() -> Changes {
    Changes { worker: Some(None), lease_until: Some(None), ..Changes::default() }
}
