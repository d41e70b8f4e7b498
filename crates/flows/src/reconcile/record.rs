//! What a comparison came to, written down in one transaction: differences, tolerated pennies, the
//! certificate in the store's chain, and how the day stands. The same result again changes nothing.

use std::collections::BTreeMap;

use daybook_domain::{
    Timestamp,
    reconcile::{
        Amounts, DayResult, Difference, Measure,
        certificate::{Certificate, Fix, SignOff, Standing, key_of},
        tolerance::{Running, RunningTotals},
        witness::Day,
    },
};
use daybook_store::{
    Tx,
    reconcile::{
        certificate,
        day::{self, DayState, StoreDayRow},
        difference::{self, Effect, NewDifference, Tolerated},
        fix, sign_off,
    },
};

use super::{overdue, policy};
use crate::{app::App, error::FlowError};

/// A store and a day.
pub(super) type About = (i64, Day);

/// What became of a day.
pub(super) struct Closed {
    pub(super) row: StoreDayRow,
    /// It was compared, and everything is as it was.
    pub(super) is_unchanged: bool,
}

/// When a result is written down, and when what differs is looked at again: each night, because it
/// may have been mended meanwhile.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    now: Timestamp,
    again: Timestamp,
}

impl Times {
    /// Read before a transaction begins: SQLite has one writer, and the mapping may have to be read.
    pub(super) async fn of(app: &App, warehouse_id: i64) -> Result<Self, FlowError> {
        let (now, zone) = (app.now(), policy::zone(app, warehouse_id).await?);
        Ok(Self { now, again: app.settings.reconcile.close_at.next_after(now, &zone) })
    }
}

/// Writes `result` down, with what persons have signed of it.
pub(super) async fn result(
    tx: &mut Tx,
    times: Times,
    about: About,
    result: &DayResult,
) -> Result<Closed, FlowError> {
    let now = times.now;
    let words = (signed(tx, about).await?, fixes(tx, about).await?);
    let latest = certificate::of_day(&mut *tx, about.0, about.1).await?;
    let latest = latest.and_then(|row| Some((row.seq, certificate_of(&row.body)?)));
    let same = latest.filter(|(_, latest)| {
        let body = &latest.body;
        body.sign_offs == words.0
            && body.fixes == words.1
            && body.result.fingerprint == result.fingerprint
            && body.result.differences == result.differences
    });
    let is_unchanged = same.is_some();
    let (standing, seq) = match same {
        Some((seq, latest)) => (latest.body.standing, seq),
        None => certify(tx, now, about, (result, words)).await?,
    };
    difference::replace(tx, now, about, &differences(result)).await?;
    difference::replace_tolerated(tx, about, &tolerated(result)).await?;
    let row = StoreDayRow { certificate: Some(seq), ..row(times, about, result, standing) };
    day::put(tx, &row).await?;
    if row.state.is_closed() {
        overdue::over(tx, now, about).await?;
    }
    Ok(Closed { row, is_unchanged })
}

/// What persons have signed of a day, and what was done about it because they said so.
type Words = (Vec<SignOff>, Vec<Fix>);

/// Adds a certificate to the store's chain.
async fn certify(
    tx: &mut Tx,
    now: Timestamp,
    about: About,
    (result, words): (&DayResult, Words),
) -> Result<(Standing, i64), FlowError> {
    let running = running(tx, about).await?;
    let previous = certificate::latest(&mut *tx, about.0).await?;
    let previous = previous.and_then(|row| certificate_of(&row.body)).map(|one| one.hash);
    let made = Certificate::with_fixes(result.clone(), words, &running, previous);
    let body = serde_json::to_string(&made).map_err(|error| unwritable(&error))?;
    let row = certificate::append(tx, now, about, body).await?;
    Ok((made.body.standing, row.seq))
}

fn row(
    Times { now, again }: Times,
    (warehouse_id, day): About,
    result: &DayResult,
    standing: Standing,
) -> StoreDayRow {
    let state = match standing {
        Standing::Equal | Standing::Tolerated => DayState::Closed,
        Standing::Signed => DayState::SignedOff,
        Standing::Open => DayState::Differs,
    };
    let ledger = result.sides.get(&Measure::Ledger).copied().unwrap_or_default();
    let in_ledger = result.open().filter(|one| one.measure == Measure::Ledger);
    let sum: Amounts = in_ledger.map(|one| one.amounts).sum();
    let open = result.open().count();
    let detail = match open {
        0 => format!("{standing}: {} entries", ledger.book_count),
        n => format!("{n} differences over {} entries", ledger.book_count),
    };
    StoreDayRow {
        warehouse_id,
        day,
        state,
        due_at: (!state.is_closed()).then_some(again),
        reconciled_at: Some(now),
        inputs: None,
        entries: ledger.book_count,
        differences: i64::try_from(open).unwrap_or(i64::MAX),
        net: sum.net,
        tax: sum.tax,
        gross: sum.gross,
        certificate: None,
        detail,
    }
}

/// What a certificate's row says; none where its form is not known.
pub(super) fn certificate_of(body: &str) -> Option<Certificate> {
    serde_json::from_str(body).ok()
}

fn unwritable(error: &serde_json::Error) -> FlowError {
    let hint = "this is a fault in Daybook; please report it";
    FlowError::request("certificate-unwritable", error.to_string(), hint)
}

/// What persons have signed of the day.
async fn signed(tx: &mut Tx, (warehouse_id, day): About) -> Result<Vec<SignOff>, FlowError> {
    let rows = sign_off::of_day(&mut *tx, warehouse_id, day).await?;
    let mut signed: Vec<SignOff> = rows
        .into_iter()
        .map(|row| SignOff {
            at: row.at,
            by: row.actor,
            reason: row.reason,
            differences: row.subject.split_whitespace().map(str::to_owned).collect(),
        })
        .collect();
    for one in &mut signed {
        one.differences.sort();
    }
    signed.sort();
    Ok(signed)
}

/// What was done about the day, as a certificate sorts it.
async fn fixes(tx: &mut Tx, (warehouse_id, day): About) -> Result<Vec<Fix>, FlowError> {
    let mut fixes = fix::of_day(&mut *tx, warehouse_id, day).await?;
    fixes.sort();
    Ok(fixes)
}

/// What was tolerated in the store before the day.
async fn running(tx: &mut Tx, (warehouse_id, day): About) -> Result<RunningTotals, FlowError> {
    let before = difference::tolerated_before(&mut *tx, warehouse_id, day).await?;
    let totals: BTreeMap<String, Running> = before
        .into_iter()
        .map(|one| {
            let Effect { net, tax, gross } = one.effect;
            let sum = Amounts { net, tax, gross };
            (one.tax_code, Running { count: one.differences, sum, turnover: one.turnover })
        })
        .collect();
    Ok(RunningTotals(totals))
}

fn differences(result: &DayResult) -> Vec<NewDifference> {
    let row = |one: &Difference| {
        let place = &one.place;
        let reference = place.reference.map(|reference| reference.to_string());
        NewDifference {
            key: key_of(one),
            measure: one.measure.word().to_owned(),
            cause: one.cause.code().to_owned(),
            tolerated: one.tolerated,
            order_id: place.reference.map(|reference| reference.order_id),
            erp_order_id: place.order_id,
            register_id: place.register.clone(),
            subject: reference.or_else(|| place.receipt.clone()).unwrap_or_default(),
            effect: effect(&one.amounts),
            detail: serde_json::to_string(one).unwrap_or_default(),
        }
    };
    result.differences.iter().map(row).collect()
}

/// Amounts as the book keeps them.
pub(super) const fn effect(amounts: &Amounts) -> Effect {
    Effect { net: amounts.net, tax: amounts.tax, gross: amounts.gross }
}

fn tolerated(result: &DayResult) -> Vec<Tolerated> {
    let mut totals = RunningTotals::default();
    totals.add(&result.differences);
    let code = |(tax_code, running): (String, Running)| Tolerated {
        tax_code,
        differences: running.count,
        effect: effect(&running.sum),
        turnover: running.turnover,
    };
    totals.0.into_iter().map(code).collect()
}
