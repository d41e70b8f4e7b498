//! Months that are closed and opened again; and the record as a whole, which shows any change.

use crate::{
    common::{at, raw, record, sale},
    db::{for_each_book, for_each_engine},
};
use daybook_domain::{
    Money,
    month::{
        Month,
        period::{PeriodAct, PeriodState},
    },
    reconcile::{
        DayResult,
        certificate::{Certificate, SignOff},
        tolerance::RunningTotals,
        witness::Day,
    },
};
use daybook_store::{
    Db, audit,
    evidence::{self, Part},
    period::{self, ActRow, Pinned},
    reconcile::{
        certificate,
        day::{self, DayState, StoreDayRow},
        difference::Effect,
        sign_off::{self, NewSignOff},
    },
};

fn day_of(text: &str) -> Day {
    text.parse().unwrap()
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// A day on which nothing happened, with nothing in it but its name.
fn result(store: i64, day: &str) -> DayResult {
    serde_json::from_value(serde_json::json!({
        "warehouse_id": store, "store": "Leeds", "day": day, "period_date": "till",
        "ages": { "orders": at(0), "z_reports": at(0), "ledger": at(0) },
        "sides": {}, "tally": [], "vat": [], "differences": [], "missing": [], "settled": [],
        "z_reports": [], "practice": 0, "late": 0, "last_numbers": {}, "fingerprint": "f",
    }))
    .unwrap()
}

/// Certifies a day of a store as the flow does; the certificate's number.
async fn certify(db: &Db, second: i64, store: i64, day: &str, signed: Vec<SignOff>) -> i64 {
    let about = (store, day_of(day));
    let mut tx = db.begin().await.unwrap();
    let before = certificate::latest(&mut tx, store).await.unwrap();
    let before = before.map(|row| serde_json::from_str::<Certificate>(&row.body).unwrap().hash);
    let made = Certificate::new(result(store, day), signed, &RunningTotals::default(), before);
    let body = serde_json::to_string(&made).unwrap();
    let row = certificate::append(&mut tx, at(second), about, body).await.unwrap();
    let closed = StoreDayRow {
        warehouse_id: store,
        day: about.1,
        state: DayState::Closed,
        due_at: None,
        reconciled_at: Some(at(second)),
        inputs: None,
        entries: 0,
        differences: 0,
        net: Money::ZERO,
        tax: Money::ZERO,
        gross: Money::ZERO,
        certificate: Some(row.seq),
        detail: String::new(),
    };
    day::put(&mut tx, &closed).await.unwrap();
    tx.commit().await.unwrap();
    row.seq
}

fn pin(warehouse_id: i64, day: &str, certificate: i64, before: Option<i64>) -> Pinned {
    Pinned { warehouse_id, day: day_of(day), certificate, before }
}

async fn act(db: &Db, second: i64, of: &str, what: PeriodAct, days: &[Pinned]) -> ActRow {
    let mut tx = db.begin().await.unwrap();
    let row = period::lock(&mut tx, at(second), month(of)).await.unwrap();
    let by = ("Ada", "a reason");
    let act = period::act(&mut tx, at(second), &row, what, by, days).await.unwrap();
    tx.commit().await.unwrap();
    act
}

#[tokio::test]
async fn a_period_is_closed_opened_again_and_closed_anew() {
    for_each_engine(|db| async move {
        let october = month("2026-10");
        assert_eq!(period::get(&db, october).await.unwrap(), None);
        let first = certify(&db, 1, 5, "2026-10-30", Vec::new()).await;
        certify(&db, 2, 5, "2026-10-31", Vec::new()).await;
        certify(&db, 3, 6, "2026-11-01", Vec::new()).await;
        let firsts = period::first_days(&db).await.unwrap();
        assert_eq!(firsts, [(5, day_of("2026-10-30")), (6, day_of("2026-11-01"))]);
        let months = period::months_with_days(&db).await.unwrap();
        assert_eq!(months, [october, month("2026-11")]);
        let days = [pin(5, "2026-10-30", first, None), pin(5, "2026-10-31", 2, None)];
        let closed = act(&db, 10, "2026-10", PeriodAct::Close, &days).await;
        assert_eq!((closed.seq, closed.days), (1, 2));
        assert_eq!(period::pinned(&db, october, 1).await.unwrap(), days);
        act(&db, 11, "2026-10", PeriodAct::AskReopen, &[]).await;
        let row = period::get(&db, october).await.unwrap().unwrap();
        assert_eq!((row.state, row.seq, row.changed_at), (PeriodState::Closed, 2, at(11)));
        act(&db, 12, "2026-10", PeriodAct::ApproveReopen, &[]).await;
        act(&db, 13, "2026-10", PeriodAct::Close, &days).await;
        let acts = period::acts(&db, october).await.unwrap();
        let told: Vec<PeriodAct> = acts.iter().map(|act| act.act).collect();
        assert_eq!(
            told,
            [PeriodAct::Close, PeriodAct::AskReopen, PeriodAct::ApproveReopen, PeriodAct::Close]
        );
        assert_eq!(period::list(&db).await.unwrap().len(), 1);
        assert_eq!(period::verify(&db, october).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_comes_for_a_closed_period_is_late_until_a_later_one_counts_it() {
    for_each_engine(|db| async move {
        certify(&db, 1, 5, "2026-10-30", Vec::new()).await;
        certify(&db, 2, 5, "2026-11-01", Vec::new()).await;
        let counted = [pin(5, "2026-10-30", 1, None)];
        act(&db, 10, "2026-10", PeriodAct::Close, &counted).await;
        let late = async |to| period::late(&db, day_of(to)).await.unwrap();
        assert_eq!(late("2026-11-30").await, [], "November is open");
        // A late sale for October, and a day of October that nobody had compared.
        certify(&db, 11, 5, "2026-10-30", Vec::new()).await;
        certify(&db, 12, 6, "2026-10-31", Vec::new()).await;
        let found = [pin(5, "2026-10-30", 3, Some(1)), pin(6, "2026-10-31", 1, None)];
        assert_eq!(late("2026-11-30").await, found);
        assert_eq!(late("2026-10-30").await, found[..1]);
        let of_november = [found[0], found[1], pin(5, "2026-11-01", 2, None)];
        act(&db, 20, "2026-11", PeriodAct::Close, &of_november).await;
        assert_eq!(late("2026-11-30").await, []);
        certify(&db, 21, 5, "2026-10-30", Vec::new()).await;
        assert_eq!(late("2026-11-30").await, [pin(5, "2026-10-30", 4, Some(3))]);
        let days = (day_of("2026-10-01"), day_of("2026-10-31"));
        let rows = certificate::of_days(&db, 5, days).await.unwrap();
        assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [4]);
    })
    .await;
}

const TABLES: [&str; 7] =
    ["timeline", "payload", "audit", "certificate", "sign_off", "period_act", "period_day"];

/// Removes the guards, as only the owner of the database can.
async fn without_guards(url: &str) {
    for table in TABLES {
        if url.starts_with("sqlite:") {
            for what in ["update", "delete"] {
                let text = format!("DROP TRIGGER {table}_no_{what}");
                raw(url, Box::leak(text.into_boxed_str())).await.unwrap();
            }
        } else {
            let text = format!("ALTER TABLE {table} DISABLE TRIGGER USER");
            raw(url, Box::leak(text.into_boxed_str())).await.unwrap();
        }
    }
}

/// A book with something in every part of the record.
async fn full(db: &Db) {
    record(db, &[sale(1), sale(2)]).await;
    let mut tx = db.begin().await.unwrap();
    audit::append(&mut tx, at(0), "Ada", "map-set", "sku A", "{}").await.unwrap();
    let new = NewSignOff {
        subject: "b a".to_owned(),
        actor: "Ada".to_owned(),
        reason: "goodwill".to_owned(),
        effect: Effect::default(),
        certificate: None,
    };
    let about = (5, day_of("2026-10-31"));
    sign_off::append(&mut tx, at(1), about, &new).await.unwrap();
    tx.commit().await.unwrap();
    let signed = SignOff {
        at: at(1),
        by: "Ada".to_owned(),
        reason: "goodwill".to_owned(),
        differences: vec!["a".to_owned(), "b".to_owned()],
    };
    certify(db, 2, 5, "2026-10-30", Vec::new()).await;
    certify(db, 3, 5, "2026-10-31", vec![signed]).await;
    let days = [pin(5, "2026-10-30", 1, None), pin(5, "2026-10-31", 2, None)];
    act(db, 10, "2026-10", PeriodAct::Close, &days).await;
}

/// What a person with the database's password could do, and where it shows.
const TAMPERING: [(&str, Part, &str); 16] = [
    ("UPDATE timeline SET actor = 'x' WHERE order_id = 2", Part::Entry, "2"),
    ("UPDATE payload SET body = '{}' WHERE order_id = 1", Part::Entry, "1"),
    ("UPDATE audit SET actor = 'x'", Part::Act, "1"),
    ("UPDATE certificate SET body = 'x' WHERE seq = 1", Part::Certificate, "store 5, 1"),
    ("UPDATE certificate SET at = 0 WHERE seq = 2", Part::Certificate, "store 5, 2"),
    ("DELETE FROM certificate WHERE seq = 2", Part::Certificate, "store 5, 2"),
    ("DELETE FROM certificate_head", Part::Certificate, "store 5, 3"),
    ("UPDATE sign_off SET reason = 'x'", Part::SignOff, "store 5, 2026-10-31"),
    ("UPDATE sign_off SET subject = 'a'", Part::SignOff, "store 5, 2026-10-31"),
    ("DELETE FROM sign_off", Part::SignOff, "store 5, 2026-10-31"),
    (
        "UPDATE store_day SET state = 'signed-off' WHERE day = '2026-10-30'",
        Part::StoreDay,
        "store 5, 2026-10-30",
    ),
    ("DELETE FROM store_day WHERE day = '2026-10-31'", Part::StoreDay, "store 5, 2026-10-31"),
    ("UPDATE period_act SET actor = 'x'", Part::Period, "2026-10"),
    ("DELETE FROM period_act", Part::Period, "2026-10"),
    ("UPDATE period_day SET certificate = 9", Part::Period, "2026-10"),
    ("UPDATE period SET state = 'open'", Part::Period, "2026-10"),
];

#[tokio::test]
async fn the_record_is_whole_and_any_change_behind_its_back_is_named() {
    for_each_book(|db, url| async move {
        full(&db).await;
        let whole = evidence::verify(&db, |_| None).await.unwrap();
        assert!(whole.is_whole(), "{:?}", whole.broken);
        let looked = (whole.entries, whole.certificates, whole.sign_offs, whole.store_days);
        assert_eq!((looked, whole.periods), ((2, 2, 1, 2), 1));
        for statement in ["DELETE FROM period_act", "UPDATE period_day SET certificate = 1"] {
            let refused = raw(&url, statement).await.unwrap_err().to_string();
            assert!(refused.contains("append-only"), "{statement}: {refused}");
        }
    })
    .await;
    for (statement, part, subject) in TAMPERING {
        for_each_book(|db, url| async move {
            full(&db).await;
            without_guards(&url).await;
            raw(&url, statement).await.unwrap();
            let found = evidence::verify(&db, |_| None).await.unwrap();
            let named = |one: &evidence::Broken| one.part == part && one.subject == subject;
            assert!(found.broken.iter().any(named), "{statement}: {:?}", found.broken);
        })
        .await;
    }
}
