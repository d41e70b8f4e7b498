//! Short ways to say what the tests are about.

use daybook_domain::{
    Money, Timestamp,
    entry::{EntryKind, EntryState},
};
use daybook_store::{
    Db,
    entry::{self, Changes, DueRow, EntryRow, Expect, NewEntry, Outcome, Transition},
    timeline::Event,
};

/// A moment, in seconds after some midnight.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_seconds(1_700_000_000 + second)
}

/// A sale that is ready at second 0.
pub(crate) fn sale(order_id: i64) -> NewEntry {
    NewEntry {
        order_id,
        site_id: 1,
        kind: EntryKind::Sale,
        state: EntryState::Ready,
        reason: None,
        warehouse_id: Some(5),
        register_id: Some("{R-1}".to_owned()),
        receipt_id: Some(format!("55-{order_id}")),
        order_date: at(order_id),
        time_zone: Some("Europe/Stockholm".to_owned()),
        currency: "GBP".to_owned(),
        net: Money::from_pence(1_000),
        vat: Money::from_pence(200),
        gross: Money::from_pence(1_200),
        original_order_id: None,
        partner_order_id: None,
        due_at: Some(at(0)),
        payload: format!(r#"{{"orderid":{order_id}}}"#),
    }
}

/// A return of `sale` that waits for it.
pub(crate) fn waiting_return(order_id: i64, original: i64) -> NewEntry {
    NewEntry {
        kind: EntryKind::Return,
        state: EntryState::Waiting,
        reason: Some(format!("sale {original}")),
        net: Money::from_pence(-1_000),
        vat: Money::from_pence(-200),
        gross: Money::from_pence(-1_200),
        original_order_id: Some(original),
        due_at: Some(at(60)),
        ..sale(order_id)
    }
}

/// Writes entries down and commits.
pub(crate) async fn record(db: &Db, entries: &[NewEntry]) -> entry::Recorded {
    let mut tx = db.begin().await.unwrap();
    let recorded = entry::record(&mut tx, at(0), entries).await.unwrap();
    tx.commit().await.unwrap();
    recorded
}

/// A step from one state to another that changes nothing else.
pub(crate) fn step(order_id: i64, from: EntryState, to: EntryState) -> Transition {
    Transition {
        order_id,
        expect: Expect { state: from, attempt: None },
        to,
        changes: Changes::default(),
        event: Event {
            actor: "daybook".to_owned(),
            code: to.word().to_owned(),
            detail: "a test".to_owned(),
        },
    }
}

/// Makes steps and commits.
pub(crate) async fn go(db: &Db, steps: &[Transition]) -> Vec<(i64, Outcome)> {
    let mut tx = db.begin().await.unwrap();
    let outcomes = entry::transition(&mut tx, at(1), steps).await.unwrap();
    tx.commit().await.unwrap();
    outcomes
}

/// The entry, which must be there.
pub(crate) async fn get(db: &Db, order_id: i64) -> EntryRow {
    entry::get(db, order_id).await.unwrap().unwrap()
}

/// Ids of rows.
pub(crate) fn ids<Row: Clone + Into<DueRow>>(rows: &[Row]) -> Vec<i64> {
    rows.iter().cloned().map(|row| row.into().order_id).collect()
}

/// Runs statements behind the book's back.
pub(crate) async fn raw(url: &str, statement: &'static str) -> Result<u64, sqlx::Error> {
    use sqlx::Connection;
    if let Some(path) = url.strip_prefix("sqlite:") {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
        let mut conn = sqlx::SqliteConnection::connect_with(&options).await?;
        Ok(sqlx::query(statement).execute(&mut conn).await?.rows_affected())
    } else {
        let mut conn = sqlx::PgConnection::connect(url).await?;
        Ok(sqlx::query(statement).execute(&mut conn).await?.rows_affected())
    }
}
