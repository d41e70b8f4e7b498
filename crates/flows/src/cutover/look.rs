//! Looking for what the other integration posted, and adopting it.

use std::{borrow::Cow, collections::HashMap};

use daybook_connectors::sitoo::parse_order;
use daybook_domain::{
    Timestamp,
    cutover::{
        Mode,
        gate::{NotThere, Sought, not_there as judge},
        rules::references,
    },
    document::Document,
    draft::Draft,
    entry::{EntryKind, EntryState},
    findings::{OrderTypes, compare},
    reconcile::witness::LedgerDocument,
};
use daybook_store::{
    Tx,
    cutover::{self, NewElsewhere},
    entry::{self, Changes, DueRow},
    exception,
    finding::{self, NewFinding},
};

use super::{ELSEWHERE, Gate, LOOKED, limits, rules};
use crate::{
    app::App,
    error::FlowError,
    sales::{
        confirm::{confirmed, expected},
        doubt::step,
        evaluate::DAYBOOK,
    },
};

/// The references besides its own under which each of `rows` may stand in OrderWise: by the rules,
/// and as it was adopted before.
pub(crate) async fn others(
    app: &App,
    rows: &[DueRow],
) -> Result<HashMap<i64, Vec<String>>, FlowError> {
    if rows.is_empty() || cutover::state(&app.db).await?.mode == Mode::Live {
        return Ok(HashMap::new());
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.order_id).collect();
    let rules = rules(app);
    let mut found: HashMap<i64, Vec<String>> = HashMap::new();
    for (order_id, payload) in entry::payloads(&app.db, &ids).await? {
        if let Ok(order) = parse_order(&payload) {
            found.insert(order_id, references(&rules, &order));
        }
    }
    for (order_id, known) in cutover::of_entries(&app.db, &ids).await? {
        let all = found.entry(order_id).or_default();
        for one in known {
            if !all.iter().any(|other| other.eq_ignore_ascii_case(&one.reference)) {
                all.push(one.reference);
            }
        }
    }
    Ok(found)
}

/// Takes the documents that are the entry's: its own, and those of the other integration that are no
/// other entry's and of the right type. Those are written down as adopted.
pub(crate) async fn take(
    app: &App,
    tx: &mut Tx,
    row: &DueRow,
    documents: &[Document],
) -> Result<Vec<Document>, FlowError> {
    let own = row.reference().to_string();
    let types = app.orderwise.order_types();
    let mut taken: Vec<Document> = Vec::with_capacity(documents.len());
    for document in documents {
        let is_new = !taken.iter().any(|one| one.order_id == document.order_id);
        let is_own = document.reference.eq_ignore_ascii_case(&own);
        if is_new
            && (is_own || fits(row.kind, types, document) && adopt(app, tx, row, document).await?)
        {
            taken.push(document.clone());
        }
    }
    Ok(taken)
}

/// Documents under the other integration's references that are of the other kind and no entry's: a
/// return may have been written as an order below nothing. A sale and its return may bear one
/// reference, so this is asked only where nothing else is left to wait for.
pub(crate) async fn strange(
    app: &App,
    tx: &mut Tx,
    row: &DueRow,
    documents: &[Document],
) -> Result<Vec<Document>, FlowError> {
    let (own, types) = (row.reference().to_string(), app.orderwise.order_types());
    let is_strange = |document: &&Document| {
        !document.reference.eq_ignore_ascii_case(&own) && !fits(row.kind, types, document)
    };
    let mut strange: Vec<Document> = documents.iter().filter(is_strange).cloned().collect();
    let ids: Vec<i64> = strange.iter().map(|document| document.order_id).collect();
    let known = cutover::of_documents(&mut *tx, &ids).await?;
    strange.retain(|document| !known.contains_key(&document.order_id));
    Ok(strange)
}

/// An order for a sale and a credit for a return: other integrations may give both one reference.
fn fits(kind: EntryKind, types: OrderTypes, document: &Document) -> bool {
    types.is_credit(document.order_type) == (kind == EntryKind::Return)
}

async fn adopt(
    app: &App,
    tx: &mut Tx,
    row: &DueRow,
    document: &Document,
) -> Result<bool, FlowError> {
    let own = row.reference().to_string();
    let new = NewElsewhere {
        erp_order_id: document.order_id,
        order_id: row.order_id,
        own_reference: &own,
        reference: &document.reference,
        order_number: &document.order_number,
        amounts: [document.net, document.tax, document.gross],
    };
    Ok(cutover::adopt(tx, app.now(), &new).await?)
}

/// The other integration's document is the entry's: it is confirmed with the totals that it has, and
/// each that differs from the till's is a finding.
pub(crate) async fn adopted(
    app: &App,
    tx: &mut Tx,
    row: &DueRow,
    document: &Document,
) -> Result<(), FlowError> {
    let now = app.now();
    let differences = compare(&expected(row), document, app.orderwise.order_types());
    entry::transition(tx, now, &[confirmed(now, row, document, differences.len())]).await?;
    let order_id = row.order_id;
    let closed = "the other integration posted it";
    exception::close_for_entry(tx, now, order_id, DAYBOOK, closed).await?;
    let findings: Vec<NewFinding> =
        differences.into_iter().map(|difference| NewFinding { order_id, difference }).collect();
    Ok(finding::insert(tx, now, &findings).await?)
}

/// Whether an entry of which nothing was found may be posted now.
pub(crate) async fn may_be_posted(
    app: &App,
    tx: &mut Tx,
    row: &DueRow,
    asked_at: Timestamp,
) -> Result<bool, FlowError> {
    let is_sought = row.reason.as_deref() == Some(ELSEWHERE);
    Ok(is_sought && verdict(app, tx, row, asked_at).await? == NotThere::Safe)
}

async fn verdict(
    app: &App,
    tx: &mut Tx,
    row: &DueRow,
    asked_at: Timestamp,
) -> Result<NotThere, FlowError> {
    let now = app.now();
    let state = cutover::state(&mut *tx).await?;
    let one = Sought {
        order_id: row.order_id,
        received_at: row.received_at,
        since: row.doubt_since.unwrap_or(now),
        asked_at,
    };
    Ok(judge(&state, &limits(app), now, &one))
}

/// OrderWise shows no document under any reference: it is looked for again, or, once nobody can have
/// posted it any more, it may be posted.
pub(crate) async fn not_there(
    app: &App,
    tx: &mut Tx,
    row: &DueRow,
    asked_at: Timestamp,
) -> Result<(), FlowError> {
    let now = app.now();
    cutover::asked(tx, asked_at, row.order_id).await?;
    match verdict(app, tx, row, asked_at).await? {
        // No step of its life: a look every few minutes would fill its timeline.
        NotThere::Again(at) => entry::reschedule(tx, &[(row.order_id, Some(at))]).await?,
        NotThere::Safe => {
            cutover::looked(tx, asked_at, row.order_id).await?;
            let changes = Changes {
                doubt_since: Some(None),
                doubt_lookups: Some(0),
                due_at: Some(Some(now)),
                reason: Some(Some(LOOKED.to_owned())),
                ..Changes::default()
            };
            let detail = "not in OrderWise under any reference: Daybook posts it";
            let step = step(row, EntryState::Ready, changes, "not-posted", detail);
            entry::transition(tx, now, &[step]).await?;
        }
    }
    Ok(())
}

/// A return names its sale as OrderWise knows it: by the other integration's reference, where that is
/// the document that the sale was adopted with.
pub(crate) async fn name_original(
    tx: &mut Tx,
    gate: &Gate,
    draft: &mut Draft,
) -> Result<(), FlowError> {
    let Some(sale) = draft.original.filter(|_| gate.cutover.mode != Mode::Live) else {
        return Ok(());
    };
    let known = cutover::of_entries(&mut *tx, &[sale.order_id]).await?.remove(&sale.order_id);
    let Some(known) = known else { return Ok(()) };
    let document = entry::get(tx, sale.order_id).await?.and_then(|sale| sale.erp_order_id);
    let its = known.into_iter().find(|one| Some(one.erp_order_id) == document);
    draft.original_name = its.map(|one| one.reference);
    Ok(())
}

/// The day close knows a document by the reference of its entry, also one that another integration
/// posted.
pub(crate) async fn under_own_names<'d>(
    tx: &mut Tx,
    documents: &'d [LedgerDocument],
) -> Result<Cow<'d, [LedgerDocument]>, FlowError> {
    if documents.is_empty() || cutover::state(&mut *tx).await?.mode == Mode::Live {
        return Ok(Cow::Borrowed(documents));
    }
    let ids: Vec<i64> = documents.iter().map(|one| one.document.order_id).collect();
    let known = cutover::of_documents(tx, &ids).await?;
    if known.is_empty() {
        return Ok(Cow::Borrowed(documents));
    }
    let mut named = documents.to_vec();
    for one in &mut named {
        if let Some(known) = known.get(&one.document.order_id) {
            one.document.reference.clone_from(&known.own_reference);
        }
    }
    Ok(Cow::Owned(named))
}
