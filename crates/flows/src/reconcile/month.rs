//! What the month-end pack is made of, out of the book: the certificates that a month was closed
//! with, else those that its days stand on now.

use daybook_domain::{
    month::{
        Month,
        facts::{Act, Certified, Facts, LateDay, Signed},
        period::PeriodState,
    },
    reconcile::Amounts,
};
use daybook_store::{
    Tx,
    period::{self, ActRow, Pinned},
    reconcile::{
        certificate::{self, CertificateRow},
        difference, sign_off,
    },
};

use super::{beginning::Span, period as periods, record};
use crate::{app::App, error::FlowError, settlement::balance};

/// Reads what the pack of a month is made of.
pub async fn facts(app: &App, month: Month) -> Result<Facts, FlowError> {
    let span = Span::read(app).await?;
    balance::bring_up_to_date(app).await?;
    let mut tx = app.db.look().await?;
    let dates = (month.first(), month.last());
    let state = period::get(&mut tx, month).await?.map_or(PeriodState::Open, |row| row.state);
    let acts = period::acts(&mut tx, month).await?;
    let Counted { own, late, after } = counted(app, &mut tx, month, state, &acts).await?;
    let days = all_certified(&mut tx, own).await?;
    let obstacles = match state {
        PeriodState::Closed => Vec::new(),
        PeriodState::Open | PeriodState::Reopened => {
            let rows = periods::of_month(app, &mut tx, month).await?;
            periods::obstacles(app, &mut tx, &span, month, &rows).await?
        }
    };
    let facts = Facts {
        month,
        state,
        late_policy: app.settings.reconcile.late,
        now: app.now(),
        acts: acts
            .into_iter()
            .map(|act| Act { act: act.act, by: act.actor, reason: act.reason, at: act.at })
            .collect(),
        obstacles,
        days,
        late: late_days(&mut tx, late).await?,
        after: late_days(&mut tx, after).await?,
        since: difference::since(&mut tx, dates).await?,
        sign_offs: sign_off::between(&mut tx, dates).await?.into_iter().map(signed).collect(),
        unsettled: balance::of_month(&mut tx, month).await?,
    };
    tx.rollback().await?;
    Ok(facts)
}

/// The certificates of a month's days alone: those that its pack is made of.
pub(super) async fn certificates(app: &App, month: Month) -> Result<Vec<Certified>, FlowError> {
    let mut tx = app.db.look().await?;
    let state = period::get(&mut tx, month).await?.map_or(PeriodState::Open, |row| row.state);
    let acts = period::acts(&mut tx, month).await?;
    let own = counted(app, &mut tx, month, state, &acts).await?.own;
    let days = all_certified(&mut tx, own).await?;
    tx.rollback().await?;
    Ok(days)
}

/// What counts in a month.
struct Counted {
    /// Its own days.
    own: Vec<Pinned>,
    /// Days of earlier months that came late.
    late: Vec<Pinned>,
    /// What came for it after it was closed.
    after: Vec<Pinned>,
}

async fn counted(
    app: &App,
    tx: &mut Tx,
    month: Month,
    state: PeriodState,
    acts: &[ActRow],
) -> Result<Counted, FlowError> {
    let late = period::late(&mut *tx, month.last()).await?;
    let (counted, after) = if state == PeriodState::Closed {
        // The act that closed it counted its days, whatever was asked for since.
        let close = acts.iter().rfind(|act| act.days > 0).map_or(0, |act| act.seq);
        let after = late.into_iter().filter(|one| month.holds(one.day)).collect();
        (period::pinned(&mut *tx, month, close).await?, after)
    } else {
        let rows = periods::of_month(app, tx, month).await?;
        let own = rows.into_iter().filter_map(|row| {
            let (warehouse_id, day) = (row.warehouse_id, row.day);
            Some(Pinned { warehouse_id, day, certificate: row.certificate?, before: None })
        });
        (own.chain(late.into_iter().filter(|one| !month.holds(one.day))).collect(), Vec::new())
    };
    let (own, late): (Vec<Pinned>, Vec<Pinned>) =
        counted.into_iter().partition(|one| month.holds(one.day));
    Ok(Counted { own, late, after })
}

async fn all_certified(tx: &mut Tx, days: Vec<Pinned>) -> Result<Vec<Certified>, FlowError> {
    let mut all = Vec::with_capacity(days.len());
    for one in days {
        all.push(certified(tx, one.warehouse_id, one.certificate).await?);
    }
    Ok(all)
}

async fn late_days(tx: &mut Tx, late: Vec<Pinned>) -> Result<Vec<LateDay>, FlowError> {
    let mut days = Vec::with_capacity(late.len());
    for one in late {
        let before = match one.before {
            Some(seq) => Some(certified(tx, one.warehouse_id, seq).await?),
            None => None,
        };
        let now = certified(tx, one.warehouse_id, one.certificate).await?;
        days.push(LateDay { now, before });
    }
    Ok(days)
}

async fn certified(tx: &mut Tx, store: i64, seq: i64) -> Result<Certified, FlowError> {
    let row = certificate::get(&mut *tx, store, seq).await?;
    let read = |row: CertificateRow| {
        let certificate = record::certificate_of(&row.body)?;
        Some(Certified { seq, at: row.at, fingerprint: row.fingerprint(), certificate })
    };
    row.and_then(read).ok_or_else(|| {
        FlowError::request(
            "certificate-unreadable",
            format!("certificate {seq} of store {store} is not there, or cannot be read"),
            "`daybook evidence verify` says what was changed",
        )
    })
}

fn signed(row: sign_off::SignOffRow) -> Signed {
    let effect = row.effect;
    Signed {
        store: row.warehouse_id,
        day: row.day,
        by: row.actor,
        reason: row.reason,
        at: row.at,
        amounts: Amounts::new(effect.net, effect.tax, effect.gross),
    }
}
