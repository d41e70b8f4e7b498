//! Decide and record the intent: what becomes of a batch of due entries, in one transaction.

use daybook_connectors::{
    orderwise::RenderedOrder,
    sitoo::{ReceivedOrder, parse_order},
};
use daybook_domain::{
    Money, Timestamp,
    causes::Cause,
    classify::{SetAside, Standing, classify},
    despatch::{self, PostedLine},
    draft::Draft,
    entry::EntryState,
    lookup::Known,
    posting::{Decision, Fault, decide},
    reconcile::witness::Posting,
};
use daybook_store::{
    Tx,
    attempt::{self, NewAttempt},
    cutover::begin_to_seek,
    despatch::sending,
    entry::{self, Changes, DueRow, Expect, Outcome, Transition},
    exception::{self, EntryFaults},
    supply,
    timeline::Event,
};

use super::{
    load::{Batch, Loaded, load},
    next_step::is_refusal,
    recorded::{new_entry, unreadable_fault},
    shopper::{self, Place},
};
use crate::{
    app::App,
    correct,
    cutover::{self, Gate},
    error::FlowError,
};

/// A posting whose intent is written down: ready to be sent.
pub(crate) struct Prepared {
    pub(crate) order_id: i64,
    pub(crate) attempt: i64,
    pub(crate) failures: i64,
    pub(crate) received_at: Timestamp,
    pub(crate) store: String,
    pub(crate) session_id: Option<i64>,
    pub(crate) money: Money,
    /// A call begun later might outlive the lease.
    pub(crate) send_before: Timestamp,
    pub(crate) rendered: RenderedOrder,
}

/// What the decisions came to.
#[derive(Default)]
pub(crate) struct Evaluated {
    pub(crate) claimed: usize,
    pub(crate) prepared: Vec<Prepared>,
    pub(crate) waiting: u64,
    pub(crate) held: u64,
    pub(crate) set_aside: u64,
    pub(crate) released: u64,
    /// Looked up before they are sent.
    pub(crate) looked_up: u64,
}

/// Actor on the timeline for what Daybook does by itself.
pub(crate) const DAYBOOK: &str = "daybook";

/// Reason of an entry whose payload did not fit the contract.
pub(crate) const UNREADABLE: &str = "payload-unreadable";

enum Verdict {
    Post(Box<Draft>, RenderedOrder),
    Wait(i64),
    Hold(Vec<Fault>),
    SetAside(SetAside),
    /// The shopper has to be found or created first.
    NotYet,
    /// Its deliveries have to be read first.
    ReadDeliveries,
    /// Another integration posts: its document is looked for. What Daybook would have done with it.
    LookFor(Result<Box<Draft>, Vec<Fault>>),
}

enum Judged {
    Post(Box<Draft>),
    Other(Verdict),
}

/// Decides on `rows` (ready, waiting or held) and writes down what follows. Only entries that
/// were ready are prepared for sending; waiting and held ones become ready first.
pub(crate) async fn evaluate(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    rows: Vec<DueRow>,
    gate: &Gate,
) -> Result<Evaluated, FlowError> {
    if rows.is_empty() {
        return Ok(Evaluated::default());
    }
    let rows = reread(app, tx, now, rows).await?;
    let batch = load(app, tx, rows).await?;
    let mut plan = Plan::new(app, now);
    plan.done.claimed = batch.entries.len();
    for loaded in &batch.entries {
        let verdict = match judge(app, &batch, loaded, now) {
            Judged::Post(draft) if gate.looks() => Verdict::LookFor(Ok(draft)),
            Judged::Other(Verdict::Hold(faults)) if gate.looks() => Verdict::LookFor(Err(faults)),
            // Nobody is there who could send it.
            Judged::Post(_) if gate.leave.is_none() => Verdict::NotYet,
            Judged::Post(mut draft) => {
                cutover::name_original(tx, gate, &mut draft).await?;
                with_shopper(app, tx, loaded, draft).await?
            }
            Judged::Other(verdict) => verdict,
        };
        plan.add(loaded, verdict);
    }
    plan.write(tx, gate).await
}

/// What could not be read when it came, and can be now (a newer Daybook), is read again; and so is
/// what the till changed while a try was on its way that never reached OrderWise.
async fn reread(
    app: &App,
    tx: &mut Tx,
    now: Timestamp,
    mut rows: Vec<DueRow>,
) -> Result<Vec<DueRow>, FlowError> {
    let stale = |row: &DueRow| {
        row.reason.as_deref() == Some(UNREADABLE)
            || (row.state == EntryState::Ready && row.payload_version > 1 && row.attempt > 0)
    };
    for row in rows.iter_mut().filter(|row| stale(row)) {
        let payload = entry::payloads(&mut *tx, &[row.order_id]).await?.remove(&row.order_id);
        let Some(order) = payload.as_deref().and_then(|payload| parse_order(payload).ok()) else {
            continue;
        };
        let payload = payload.unwrap_or_default();
        let received = ReceivedOrder { order_id: row.order_id, payload, order: Ok(order) };
        entry::reread(tx, now, &new_entry(app, now, received).0).await?;
        if let Some(fresh) = entry::get(&mut *tx, row.order_id).await? {
            *row = fresh.into();
        }
    }
    Ok(rows)
}

fn judge(app: &App, batch: &Batch, loaded: &Loaded, now: Timestamp) -> Judged {
    let order = match &loaded.order {
        Ok(order) => order,
        Err(failure) => return Judged::Other(Verdict::Hold(vec![unreadable_fault(failure)])),
    };
    if let Standing::SetAside(why) = classify(order, &app.policy) {
        return Judged::Other(Verdict::SetAside(why));
    }
    let known = Known {
        mapping: &batch.mapping,
        variants: &batch.variants,
        original: &loaded.original,
        deliveries: loaded.deliveries.as_deref(),
        waited_too_long: now.since(loaded.row.received_at) > app.settings.posting.waiting_limit
            || batch.is_older(loaded),
        policy: &app.policy,
    };
    let decision = decide(order, &known);
    let stopped = loaded.stops.iter().map(correct::fault);
    if loaded.stops.is_empty() {
        return match decision {
            Decision::Post(draft) => Judged::Post(draft),
            Decision::Wait { for_order_id } => Judged::Other(Verdict::Wait(for_order_id)),
            Decision::ReadDeliveries => Judged::Other(Verdict::ReadDeliveries),
            Decision::Hold(faults) => Judged::Other(Verdict::Hold(faults)),
        };
    }
    let faults = if let Decision::Hold(faults) = decision { faults } else { Vec::new() };
    Judged::Other(Verdict::Hold(faults.into_iter().chain(stopped).collect()))
}

/// What would become of an entry.
pub(super) enum Judgement {
    /// It would be sent.
    Goes,
    /// It waits for something, or is no sale.
    Waits,
    /// So many faults stand in its way.
    Held(usize),
}

/// Judges an entry of the batch, and writes nothing.
pub(super) fn judged(app: &App, batch: &Batch, at: usize, now: Timestamp) -> Judgement {
    let Some(loaded) = batch.entries.get(at) else { return Judgement::Waits };
    match judge(app, batch, loaded, now) {
        Judged::Post(_) | Judged::Other(Verdict::Post(..)) => Judgement::Goes,
        Judged::Other(Verdict::Hold(faults)) => Judgement::Held(faults.len()),
        Judged::Other(_) => Judgement::Waits,
    }
}

async fn with_shopper(
    app: &App,
    tx: &mut Tx,
    loaded: &Loaded,
    mut draft: Box<Draft>,
) -> Result<Verdict, FlowError> {
    Ok(match shopper::place(app, tx, loaded.row.order_id, &mut draft).await? {
        Place::Settled => rendered(app, draft),
        Place::NotYet => Verdict::NotYet,
    })
}

fn rendered(app: &App, draft: Box<Draft>) -> Verdict {
    match app.orderwise.render(&draft) {
        Ok(rendered) => Verdict::Post(draft, rendered),
        Err(fault) => Verdict::Hold(vec![Fault {
            cause: Cause::TemplateFailed,
            subject: String::new(),
            detail: format!("{}: {fault}", draft.reference),
        }]),
    }
}

/// Everything that one transaction writes.
struct Plan<'a> {
    app: &'a App,
    now: Timestamp,
    transitions: Vec<Transition>,
    reschedule: Vec<(i64, Option<Timestamp>)>,
    attempts: Vec<NewAttempt>,
    faults: Vec<EntryFaults>,
    /// What OrderWise will send something of, with the lines as they are posted.
    sendings: Vec<(i64, Vec<PostedLine>)>,
    /// Orders whose deliveries are to be read.
    unread: Vec<i64>,
    /// What is looked for, with what Daybook would have posted or held it for.
    sought: Vec<(i64, Result<String, String>)>,
    done: Evaluated,
}

impl<'a> Plan<'a> {
    fn new(app: &'a App, now: Timestamp) -> Self {
        Self {
            app,
            now,
            transitions: Vec::new(),
            reschedule: Vec::new(),
            attempts: Vec::new(),
            faults: Vec::new(),
            sendings: Vec::new(),
            unread: Vec::new(),
            sought: Vec::new(),
            done: Evaluated::default(),
        }
    }

    fn add(&mut self, loaded: &Loaded, verdict: Verdict) {
        let row = &loaded.row;
        match verdict {
            Verdict::Post(draft, rendered) if row.state == EntryState::Ready => {
                self.intend(row, &draft, rendered);
            }
            Verdict::Post(..) => {
                self.release(row);
            }
            Verdict::Wait(for_order) => self.wait(row, for_order),
            Verdict::Hold(faults) => self.hold(row, faults),
            Verdict::SetAside(why) => self.set_aside(row, why),
            Verdict::NotYet => {
                let due = self.now.plus(self.app.settings.posting.recheck_every);
                self.reschedule.push((row.order_id, Some(due)));
            }
            Verdict::LookFor(would) if row.state == EntryState::Ready => {
                self.look_for(row, would);
            }
            Verdict::LookFor(_) => self.release(row),
            Verdict::ReadDeliveries => {
                let due = self.now.plus(self.app.settings.posting.recheck_every);
                self.reschedule.push((row.order_id, Some(due)));
                self.unread.push(row.order_id);
            }
        }
    }

    /// The intent: state, lease and the body about to be sent, before any call.
    fn intend(&mut self, row: &DueRow, draft: &Draft, rendered: RenderedOrder) {
        let number = row.attempt + 1;
        let changes = Changes {
            attempt: Some(number),
            worker: Some(Some(self.app.worker.clone())),
            lease_until: Some(Some(self.now.plus(self.app.settings.posting.lease))),
            due_at: Some(None),
            reason: Some(None),
            ..Changes::default()
        };
        self.change(row, EntryState::Posting, changes, "intent", &format!("attempt {number}"));
        self.attempts.push(NewAttempt {
            order_id: row.order_id,
            number,
            started_at: self.now,
            worker: self.app.worker.clone(),
            session_id: draft.session_id,
            request: rendered.masked.clone(),
            posting: serde_json::to_string(&Posting::of(draft)).unwrap_or_default(),
        });
        if draft.has_lines_to_come() {
            self.sendings.push((row.order_id, despatch::posted_lines(draft)));
        }
        self.done.prepared.push(Prepared {
            order_id: row.order_id,
            attempt: number,
            failures: row.failures,
            received_at: row.received_at,
            store: row.warehouse_id.map_or_else(|| "?".to_owned(), |id| id.to_string()),
            session_id: draft.session_id,
            money: row.gross.abs(),
            send_before: self.now.plus(self.app.settings.posting.lease / 4),
            rendered,
        });
    }

    fn look_for(&mut self, row: &DueRow, would: Result<Box<Draft>, Vec<Fault>>) {
        let would = match would {
            Ok(draft) => Ok(serde_json::to_string(&Posting::of(&draft)).unwrap_or_default()),
            Err(faults) => Err(serde_json::to_string(&faults).unwrap_or_default()),
        };
        let detail = "the other integration posts: its document is looked for";
        let changes = cutover::in_doubt(self.now);
        self.change(row, EntryState::InDoubt, changes, cutover::ELSEWHERE, detail);
        self.sought.push((row.order_id, would));
        self.done.looked_up += 1;
    }

    fn release(&mut self, row: &DueRow) {
        let changes =
            Changes { due_at: Some(Some(self.now)), reason: Some(None), ..Changes::default() };
        // What OrderWise refused stays told until OrderWise takes it.
        if row.reason.as_deref().is_some_and(is_refusal) {
            self.change(
                row,
                EntryState::Ready,
                changes,
                "tried-again",
                "OrderWise may take it now",
            );
        } else {
            let changes = Changes { failures: Some(0), ..changes };
            let detail = "nothing stands in the way now";
            self.change(row, EntryState::Ready, changes, "released", detail);
            self.clear(row);
        }
        self.done.released += 1;
    }

    fn wait(&mut self, row: &DueRow, for_order: i64) {
        let due = self.now.plus(self.app.settings.posting.recheck_every);
        self.done.waiting += 1;
        let reason = format!("sale {for_order}");
        if row.state == EntryState::Waiting && row.reason.as_deref() == Some(&reason) {
            self.reschedule.push((row.order_id, Some(due)));
            return;
        }
        let detail = format!("waits for its sale, order {for_order}");
        let changes =
            Changes { due_at: Some(Some(due)), reason: Some(Some(reason)), ..Changes::default() };
        self.change(row, EntryState::Waiting, changes, "waits-for-sale", &detail);
        self.clear(row);
    }

    fn hold(&mut self, row: &DueRow, faults: Vec<Fault>) {
        let due = self.now.plus(self.app.settings.posting.recheck_every);
        self.done.held += 1;
        let reason = faults.first().map(|fault| fault.cause.code().to_owned());
        if row.state == EntryState::Held && row.reason == reason {
            self.reschedule.push((row.order_id, Some(due)));
        } else {
            let detail = sentence(&faults);
            let code = reason.clone().unwrap_or_default();
            let changes =
                Changes { due_at: Some(Some(due)), reason: Some(reason), ..Changes::default() };
            self.change(row, EntryState::Held, changes, &code, &detail);
        }
        self.faults.push(EntryFaults { order_id: row.order_id, money: row.gross.abs(), faults });
    }

    fn set_aside(&mut self, row: &DueRow, why: SetAside) {
        let again = why
            .may_still_become_a_sale()
            .then(|| self.now.plus(self.app.settings.receive.open_ask_every));
        let changes = Changes {
            due_at: Some(again),
            reason: Some(Some(why.word().to_owned())),
            ..Changes::default()
        };
        self.change(row, EntryState::SetAside, changes, why.word(), "not (yet) for the ledger");
        self.clear(row);
        if row.state != EntryState::SetAside {
            self.done.set_aside += 1;
        }
    }

    /// Closes the exceptions of an entry that was held: their cause is gone.
    fn clear(&mut self, row: &DueRow) {
        if row.state == EntryState::Held {
            let money = row.gross.abs();
            self.faults.push(EntryFaults { order_id: row.order_id, money, faults: Vec::new() });
        }
    }

    fn change(&mut self, row: &DueRow, to: EntryState, changes: Changes, code: &str, detail: &str) {
        self.transitions.push(Transition {
            order_id: row.order_id,
            expect: Expect { state: row.state, attempt: Some(row.attempt) },
            to,
            changes,
            event: Event {
                actor: DAYBOOK.to_owned(),
                code: code.to_owned(),
                detail: detail.to_owned(),
            },
        });
    }

    async fn write(mut self, tx: &mut Tx, gate: &Gate) -> Result<Evaluated, FlowError> {
        let outcomes = entry::transition(tx, self.now, &self.transitions).await?;
        let stale: Vec<i64> = outcomes
            .into_iter()
            .filter(|(_, outcome)| *outcome == Outcome::Stale)
            .map(|(order_id, _)| order_id)
            .collect();
        if !stale.is_empty() {
            self.attempts.retain(|attempt| !stale.contains(&attempt.order_id));
            self.faults.retain(|faults| !stale.contains(&faults.order_id));
            self.done.prepared.retain(|prepared| !stale.contains(&prepared.order_id));
        }
        entry::reschedule(tx, &self.reschedule).await?;
        if let Some(leave) = gate.leave {
            attempt::start(tx, leave, &self.attempts).await?;
        }
        for (order_id, would) in &self.sought {
            let (posting, faults) = (would.as_ref().ok(), would.as_ref().err());
            let [posting, faults] = [posting, faults].map(|text| text.map(String::as_str));
            begin_to_seek(tx, self.now, *order_id, posting, faults).await?;
        }
        let look = self.now.plus(self.app.settings.despatch.follow_every);
        for (order_id, lines) in &self.sendings {
            sending::begin(tx, self.now, *order_id, lines, look).await?;
        }
        supply::want(tx, &self.unread, self.now).await?;
        exception::set_for_entries(tx, self.now, &self.faults, DAYBOOK).await?;
        Ok(self.done)
    }
}

/// All faults in one line.
pub(crate) fn sentence(faults: &[Fault]) -> String {
    let details: Vec<&str> = faults.iter().map(|fault| fault.detail.as_str()).collect();
    details.join("; ")
}
