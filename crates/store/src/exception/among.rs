//! Exceptions of one flow about an entry that others tell about too.

use daybook_domain::{Money, Timestamp, causes::Cause, posting::Fault};

use super::{ENTRY, ExceptionRow, close_one, of_entry};
use crate::{StoreResult, Tx};

sql! {
    RAISE_ONE = "INSERT INTO exception (order_id, scope, cause, subject, detail, money, raised_at, \
                 currency) VALUES ($1, $2, $3, $4, $5, $6, $7, (SELECT NULLIF(currency, '') \
                 FROM entry WHERE entry.order_id = $1)) ON CONFLICT DO NOTHING";
    TELL_ANEW = "UPDATE exception SET detail = $2, money = $3, currency = (SELECT \
                 NULLIF(currency, '') FROM entry WHERE entry.order_id = exception.order_id) \
                 WHERE number = $1";
}

/// Makes the open exceptions of an entry that are of one of these `causes` exactly the `faults`
/// that it has now, and leaves all others alone. What a person has closed is not told again.
/// Returns how many are new.
pub async fn set_among(
    tx: &mut Tx,
    now: Timestamp,
    (order_id, money): (i64, Money),
    causes: &[Cause],
    faults: &[Fault],
    actor: &str,
) -> StoreResult<u64> {
    let told: Vec<ExceptionRow> = of_entry(&mut *tx, order_id)
        .await?
        .into_iter()
        .filter(|row| causes.contains(&row.cause))
        .collect();
    for row in told.iter().filter(|row| row.closed_at.is_none()) {
        match faults.iter().find(|fault| is_about(row, fault)) {
            None => {
                close_one(tx, now, row.number, actor, "both sides agree").await?;
            }
            Some(fault) if fault.detail != row.detail || money != row.money => on!(tx, c => {
                let query = sqlx::query(TELL_ANEW).bind(row.number).bind(fault.detail.as_str());
                query.bind(money.pence()).execute(c).await?;
            }),
            Some(_) => {}
        }
    }
    let mut raised = 0;
    for fault in faults {
        raised +=
            u64::from(raise_unless_told(tx, now, (order_id, money), fault, actor, &told).await?);
    }
    Ok(raised)
}

/// Raises one exception about an entry beside whatever else is open about it; what is open, or was
/// closed by a person, is not told again. Returns whether it is new.
pub async fn raise_beside(
    tx: &mut Tx,
    now: Timestamp,
    about: (i64, Money),
    fault: &Fault,
    actor: &str,
) -> StoreResult<bool> {
    let told = of_entry(&mut *tx, about.0).await?;
    raise_unless_told(tx, now, about, fault, actor, &told).await
}

fn is_about(row: &ExceptionRow, fault: &Fault) -> bool {
    row.cause == fault.cause && row.subject == fault.subject
}

async fn raise_unless_told(
    tx: &mut Tx,
    now: Timestamp,
    (order_id, money): (i64, Money),
    fault: &Fault,
    actor: &str,
    told: &[ExceptionRow],
) -> StoreResult<bool> {
    let settled =
        |row: &ExceptionRow| row.closed_at.is_none() || row.closed_by.as_deref() != Some(actor);
    if told.iter().any(|row| is_about(row, fault) && settled(row)) {
        return Ok(false);
    }
    let raised = on!(tx, c => {
        sqlx::query(RAISE_ONE)
            .bind(order_id)
            .bind(ENTRY)
            .bind(fault.cause.code())
            .bind(fault.subject.as_str())
            .bind(fault.detail.as_str())
            .bind(money.pence())
            .bind(now.micros())
            .execute(c)
            .await?
            .rows_affected()
    });
    Ok(raised > 0)
}
