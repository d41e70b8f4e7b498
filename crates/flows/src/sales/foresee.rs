//! What a change of the mapping would do, before it is done: entries are judged twice, with today's
//! mapping and with the changed one, and nothing is written.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use daybook_domain::{
    Money, Timestamp,
    causes::Cause,
    entry::EntryState,
    mapping::{Mapping, MappingKind, MappingRow},
};
use daybook_store::{
    entry::{self, EntryFilter, EntryRow},
    mapping,
    reconcile::document,
};
use schemars::JsonSchema;
use serde::Serialize;

use super::{
    evaluate::{Judgement, judged},
    load::{current_mapping, load_with},
};
use crate::{app::App, error::FlowError};

/// Entries judged in one go; the book can be written between two.
const PIECE: usize = 200;
/// Most entries that are looked at: about a second of work.
const MOST: usize = 10_000;
/// Most examples that are named.
const EXAMPLES: usize = 5;
/// How far back a change is tried.
const LOOK_BACK: Duration = Duration::from_hours(24 * 90);

/// A change of the mapping: rows as they would be, or the end of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// This row, new or instead of the one with its key.
    Set(MappingRow),
    /// These rows, as a file brings them.
    SetAll(Vec<MappingRow>),
    /// No row of this kind and key.
    Remove(MappingKind, String),
}

impl Change {
    fn rows(&self) -> &[MappingRow] {
        match self {
            Self::Set(row) => std::slice::from_ref(row),
            Self::SetAll(rows) => rows,
            Self::Remove(..) => &[],
        }
    }

    fn is_about(&self, kind: MappingKind) -> bool {
        match self {
            Self::Remove(of, _) => *of == kind,
            Self::Set(_) | Self::SetAll(_) => self.rows().iter().any(|row| row.kind == kind),
        }
    }
}

/// Entries that a change concerns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Concerned {
    /// How many.
    pub entries: i64,
    /// Their gross, without signs.
    pub money: Money,
    /// References of some of them.
    pub examples: Vec<String>,
}

impl Concerned {
    fn add(&mut self, row: &EntryRow) {
        self.entries += 1;
        self.money += row.gross.abs();
        if self.examples.len() < EXAMPLES {
            self.examples.push(row.reference.clone());
        }
    }
}

/// What a change would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Foresight {
    /// Entries that were judged twice.
    pub looked: i64,
    /// When the oldest of them was received, those apart that are held.
    pub since: Option<Timestamp>,
    /// Whether that is all of the last 90 days.
    pub is_whole: bool,
    /// Held now, and not any more: they would be posted.
    pub fixed: Concerned,
    /// Of those, the ones whose document OrderWise has already, as far as the day close has read it:
    /// they would be adopted, not sent.
    pub adopted: i64,
    /// Held because OrderWise refused them, for something that this table says: tried again.
    pub tried_again: Concerned,
    /// Not held now, and held with the change; what is in OrderWise already stays there.
    pub broken: Concerned,
    /// Held now, and still with the change: it takes away one reason of several.
    pub still_held: Concerned,
}

/// Judges the entries of the last 90 days, the newest first, as far as about a second of work goes;
/// what is held is always looked at.
pub async fn foresee(app: &App, change: &Change) -> Result<Foresight, FlowError> {
    let from = app.now().minus(LOOK_BACK);
    let mut told = Foresight { is_whole: true, ..Foresight::default() };
    let held = EntryFilter { state: Some(EntryState::Held), ..EntryFilter::default() };
    over(app, change, held, &mut told, |row| Some(row.state == EntryState::Held)).await?;
    let rest = EntryFilter { from: Some(from), ..EntryFilter::default() };
    let wanted = |row: &EntryRow| {
        let done =
            matches!(row.state, EntryState::Held | EntryState::SetAside | EntryState::Dismissed);
        (row.received_at >= from).then_some(!done)
    };
    over(app, change, rest, &mut told, wanted).await?;
    Ok(told)
}

/// `wanted` says whether an entry is judged; none ends the walk.
async fn over(
    app: &App,
    change: &Change,
    mut filter: EntryFilter,
    told: &mut Foresight,
    wanted: impl Fn(&EntryRow) -> Option<bool>,
) -> Result<(), FlowError> {
    let mut looked = 0;
    loop {
        let rows = entry::list(&app.db, &filter, PIECE).await?;
        let is_last = rows.len() < PIECE;
        filter.before = rows.last().map(|row| row.order_id);
        let ended = rows.iter().any(|row| wanted(row).is_none());
        let rows: Vec<EntryRow> =
            rows.into_iter().filter(|row| wanted(row) == Some(true)).collect();
        looked += rows.len();
        piece(app, change, rows, told).await?;
        if is_last || ended {
            return Ok(());
        }
        if looked >= MOST {
            told.is_whole = false;
            return Ok(());
        }
    }
}

async fn piece(
    app: &App,
    change: &Change,
    rows: Vec<EntryRow>,
    told: &mut Foresight,
) -> Result<(), FlowError> {
    if rows.is_empty() {
        return Ok(());
    }
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let today = current_mapping(app, &mut tx).await?;
    let changed = changed(mapping::load(&mut tx).await?.rows, change);
    let due: Vec<_> = rows.iter().cloned().map(Into::into).collect();
    let before = load_with(&mut tx, due, today).await?;
    let due: Vec<_> = rows.iter().cloned().map(Into::into).collect();
    let after = load_with(&mut tx, due, Arc::new(changed)).await?;
    let mut fixed = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let judged = |batch| judged(app, batch, at, now);
        let is_held = row.state == EntryState::Held;
        told.looked += 1;
        if !is_held {
            told.since = Some(told.since.map_or(row.received_at, |at| at.min(row.received_at)));
        }
        match (judged(&before), judged(&after)) {
            (Judgement::Held(_), Judgement::Goes) if is_held => {
                told.fixed.add(row);
                fixed.push(row.order_id);
            }
            (Judgement::Held(was), Judgement::Held(is)) if is_held && is < was => {
                told.still_held.add(row);
            }
            // It would go as far as we can tell: OrderWise refused it.
            (Judgement::Goes, Judgement::Goes) if is_held && is_released(row, change) => {
                told.tried_again.add(row);
            }
            (Judgement::Goes | Judgement::Waits, Judgement::Held(_)) if !is_held => {
                told.broken.add(row);
            }
            _ => {}
        }
    }
    tx.rollback().await?;
    let known = document::of_entries(&app.db, &fixed).await?;
    let known: BTreeSet<&str> = known.iter().map(|one| one.document.reference.as_str()).collect();
    told.adopted += i64::try_from(known.len()).unwrap_or_default();
    Ok(())
}

/// Whether what holds the entry is released by this change.
fn is_released(row: &EntryRow, change: &Change) -> bool {
    let cause = row.reason.as_deref().and_then(|word| word.parse::<Cause>().ok());
    let mut kinds = MappingKind::ALL.into_iter().filter(|kind| change.is_about(*kind));
    cause.is_some_and(|cause| kinds.any(|kind| cause.is_released_by(kind)))
}

fn changed(mut rows: Vec<MappingRow>, change: &Change) -> Mapping {
    if let Change::Remove(kind, key) = change {
        rows.retain(|row| row.kind != *kind || row.key != *key);
    }
    let new: BTreeSet<(MappingKind, &str)> =
        change.rows().iter().map(|row| (row.kind, row.key.as_str())).collect();
    rows.retain(|row| !new.contains(&(row.kind, row.key.as_str())));
    rows.extend(change.rows().iter().cloned());
    Mapping::from_rows(rows).0
}
