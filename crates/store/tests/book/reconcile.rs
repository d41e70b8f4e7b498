//! The day close: Z-reports, documents by window, days, differences, certificates.

use crate::{
    common::{at, raw, record, sale},
    db::{for_each_book, for_each_engine},
};
use daybook_domain::{
    Money, Quantity, Timestamp,
    document::Document,
    reconcile::witness::{
        Day, LedgerDocument, LedgerLine, LocalTime, ZCash, ZPractice, ZReport, ZSide,
    },
};
use daybook_store::{
    Db,
    entry::NewEntry,
    reconcile::{
        certificate,
        day::{self, DayState, StoreDayRow},
        difference::{self, Effect, NewDifference, Tolerated},
        document::{self, Touched},
        entries::{self, Place},
        late::{self, LateRow},
        register::{self, RegisterRow},
        sign_off::{self, NewSignOff},
        z_report::{self, Kept, NewZReport},
    },
};

const TILL: &str = "{R-1}";

fn day_of(text: &str) -> Day {
    text.parse().unwrap()
}

fn wall(text: &str) -> LocalTime {
    text.parse().unwrap()
}

fn report(number: i64, opened: Option<i64>, closed: i64) -> ZReport {
    let gross = Money::from_pence(1_200);
    ZReport {
        register_id: TILL.to_owned(),
        number,
        register_key: Some("SII1".to_owned()),
        store_external_id: Some("LK".to_owned()),
        store_name: None,
        opened_at: opened.map(at),
        closed_at: at(closed),
        added_at: at(closed + 5),
        currency: "GBP".to_owned(),
        sales: ZSide { gross, count: 1, ..ZSide::default() },
        not_delivered: ZSide::default(),
        refunds: ZSide::default(),
        round_off: Money::ZERO,
        receipts: Some(1),
        practice: ZPractice::default(),
        cash: ZCash::default(),
        grand_totals: None,
    }
}

fn received(report: ZReport, payload: &str) -> NewZReport {
    NewZReport {
        register_id: report.register_id.clone(),
        number: report.number,
        added_at: report.added_at,
        report: Ok(report),
        payload: payload.to_owned(),
    }
}

async fn keep(db: &Db, new: &NewZReport) -> Kept {
    let mut tx = db.begin().await.unwrap();
    let kept = z_report::keep(&mut tx, at(900), new).await.unwrap();
    tx.commit().await.unwrap();
    kept
}

#[tokio::test]
async fn reports_are_kept_with_every_version_of_their_text() {
    for_each_engine(|db| async move {
        let first = received(report(1, Some(0), 100), "{\"staff\":\"Mo\"}");
        assert_eq!(keep(&db, &first).await, Kept::New);
        assert_eq!(keep(&db, &first).await, Kept::Same);
        let mut changed = report(1, Some(0), 100);
        changed.sales.count = 2;
        let changed = received(changed, "{\"staff\":\"Mo\",\"numsales\":2}");
        assert_eq!(keep(&db, &changed).await, Kept::Changed);
        let row = z_report::get(&db, TILL, 1).await.unwrap().unwrap();
        assert_eq!((row.version, row.read_at, row.store.as_deref()), (2, at(900), Some("LK")));
        assert_eq!(row.report.as_ref(), changed.report.as_ref().ok());
        let bad = NewZReport {
            number: 2,
            report: Err("moneysalestotal is missing".to_owned()),
            payload: "{}".to_owned(),
            ..first
        };
        assert_eq!(keep(&db, &bad).await, Kept::New);
        let unreadable = z_report::unreadable(&db, 9).await.unwrap();
        assert_eq!((unreadable.len(), unreadable[0].number), (1, 2));
        assert_eq!((&unreadable[0].report, unreadable[0].closed_at), (&None, bad.added_at));
        let text = z_report::payload(&db, TILL, 1).await.unwrap();
        assert_eq!(text.as_deref(), Some(changed.payload.as_str()));
        let mut tx = db.begin().await.unwrap();
        assert_eq!(z_report::erase_payloads(&mut tx, at(901)).await.unwrap(), 3);
        tx.commit().await.unwrap();
        assert_eq!(z_report::payload(&db, TILL, 1).await.unwrap(), None);
        assert!(z_report::get(&db, TILL, 1).await.unwrap().unwrap().report.is_some());
    })
    .await;
}

#[tokio::test]
async fn the_reports_of_a_time_are_those_that_touch_it_and_the_one_before() {
    for_each_engine(|db| async move {
        for (number, opened, closed) in [
            (1, Some(0), 100),
            (2, Some(100), 200),
            (3, Some(210), 300),
            // Over the end of the time, and after it.
            (4, Some(390), 450),
            (5, Some(460), 500),
        ] {
            keep(&db, &received(report(number, opened, closed), &number.to_string())).await;
        }
        let touching = async |from: i64, to: i64| -> Vec<i64> {
            let tills = [TILL.to_owned(), "{R-2}".to_owned()];
            let rows = z_report::touching(&db, &tills, at(from), at(to)).await.unwrap();
            rows.iter().map(|row| row.number).collect()
        };
        assert_eq!(touching(250, 400).await, [2, 3, 4]);
        assert_eq!(touching(250, 380).await, [2, 3]);
        assert_eq!(touching(200, 201).await, [1, 2]);
        assert_eq!(touching(600, 700).await, [5]);
        keep(&db, &received(report(6, None, 800), "6")).await;
        assert_eq!(touching(600, 700).await, [5, 6], "it may have been open");
    })
    .await;
}

fn line(number: i64, gross: i64) -> LedgerLine {
    LedgerLine {
        number,
        sku: "ABC".to_owned(),
        quantity: Quantity::from_units(1),
        net: Money::from_pence(gross),
        tax: Money::ZERO,
        gross: Money::from_pence(gross),
        tax_code: Some("T0".to_owned()),
        stock_location_id: Some(3),
    }
}

fn document(id: i64, reference: &str, date: &str) -> LedgerDocument {
    LedgerDocument {
        document: Document {
            order_id: id,
            order_number: format!("SO-{id}"),
            reference: reference.to_owned(),
            order_type: 1,
            stored_at: None,
            net: Money::from_pence(500),
            tax: Money::ZERO,
            gross: Money::from_pence(500),
            status: "Completed".to_owned(),
        },
        order_date: wall(date),
        lines: Some(vec![line(1, 500)]),
        payments: None,
        account: None,
    }
}

async fn replace(db: &Db, second: i64, span: (&str, &str), all: &[LedgerDocument]) -> Vec<i64> {
    let mut tx = db.begin().await.unwrap();
    let span = (wall(span.0), wall(span.1));
    let touched = document::replace(&mut tx, at(second), span, all).await.unwrap();
    tx.commit().await.unwrap();
    touched.iter().map(|one: &Touched| one.erp_order_id).collect()
}

#[tokio::test]
async fn a_window_takes_the_place_of_what_was_known_of_it() {
    for_each_engine(|db| async move {
        let (ten, eleven, noon) =
            ("2026-10-05T10:00:00", "2026-10-05T11:00:00", "2026-10-05T12:00:00");
        let first = document(1, "S1-7", "2026-10-05T10:15:00");
        let other = document(2, "by hand", "2026-10-05T10:59:59.999");
        let both = [first.clone(), other.clone(), first.clone()];
        assert_eq!(replace(&db, 10, (ten, eleven), &both).await, [1, 2]);
        assert!(replace(&db, 20, (ten, eleven), &both).await.is_empty(), "nothing new");
        assert_eq!(document::of_entries(&db, &[7, 8]).await.unwrap(), std::slice::from_ref(&first));
        let day = (wall("2026-10-05T00:00:00"), wall("2026-10-06T00:00:00"));
        let place = document::at_place(&db, 3, day, 0, 9).await.unwrap();
        assert_eq!(place, [first.clone(), other.clone()]);
        assert_eq!(document::dated(&db, day, 1, 9).await.unwrap(), std::slice::from_ref(&other));
        assert_eq!(document::at_place(&db, 4, day, 0, 9).await.unwrap(), []);
        // One is edited and moved to another hour, the other deleted.
        let mut moved = document(1, "S1-7", "2026-10-05T11:30:00");
        moved.lines = Some(vec![line(1, 400), line(2, 100)]);
        assert_eq!(replace(&db, 30, (eleven, noon), &[moved.clone()]).await, [1]);
        assert_eq!(replace(&db, 40, (ten, eleven), &[]).await, [2]);
        assert_eq!(document::dated(&db, day, 0, 9).await.unwrap(), [moved]);
        let read_at = async |from, to| document::read_at(&db, wall(from), wall(to)).await.unwrap();
        assert_eq!(read_at(ten, noon).await, Some(at(30)));
        assert_eq!(read_at(ten, eleven).await, Some(at(40)));
        assert_eq!(read_at(ten, "2026-10-05T12:00:01").await, None);
        assert_eq!(read_at("2026-10-05T09:00:00", eleven).await, None);
    })
    .await;
}

#[tokio::test]
async fn entries_come_in_pages_by_the_moment_at_the_till() {
    for_each_engine(|db| async move {
        let at_same = |id: i64| NewEntry { order_date: at(50), ..sale(id) };
        let elsewhere = NewEntry { warehouse_id: Some(6), ..sale(40) };
        record(&db, &[at_same(3), at_same(1), at_same(2), sale(60), sale(99), elsewhere]).await;
        let mut place = Place::before(at(50));
        let mut seen = Vec::new();
        loop {
            let page = entries::page(&db, 5, place, at(99), 2).await.unwrap();
            let Some(last) = page.last() else { break };
            place = Place::behind(last);
            seen.extend(page.iter().map(|row| row.entry.order_id));
        }
        assert_eq!(seen, [1, 2, 3, 60]);
        let page = entries::page(&db, 5, Place::before(at(60)), at(99), 2).await.unwrap();
        assert_eq!(page[0].body, r#"{"orderid":60}"#);
        let till = (5, TILL);
        let last = entries::last_receipts(&db, till, at(61), at(0), 2).await.unwrap();
        assert_eq!(last, ["55-60", "55-3"]);
        assert_eq!(entries::stores(&db, at(0), at(60)).await.unwrap(), [5, 6]);
        let moments = entries::moments(&db, &[60, 40, 7]).await.unwrap();
        let wanted = [(5, 60), (6, 40)]
            .map(|(warehouse_id, second)| LateRow { warehouse_id, moment: at(second) });
        assert_eq!(moments.into_iter().collect::<Vec<_>>(), wanted);
        assert!(entries::holds_receipt(&db, "55-99").await.unwrap());
        assert!(!entries::holds_receipt(&db, "55-98").await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn days_are_due_and_keep_what_they_came_to() {
    for_each_engine(|db| async move {
        let (monday, tuesday) = (day_of("2026-10-05"), day_of("2026-10-06"));
        let mut tx = db.begin().await.unwrap();
        day::touch(&mut tx, 5, monday, at(20)).await.unwrap();
        day::touch(&mut tx, 5, monday, at(10)).await.unwrap();
        day::touch(&mut tx, 5, monday, at(30)).await.unwrap();
        day::touch(&mut tx, 4, tuesday, at(30)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(day::due(&db, at(9), 9).await.unwrap().is_empty());
        let due = day::due(&db, at(10), 9).await.unwrap();
        assert_eq!((due.len(), due[0].day, due[0].state), (1, monday, DayState::Open));
        let closed = StoreDayRow {
            state: DayState::Closed,
            due_at: None,
            reconciled_at: Some(at(40)),
            inputs: Some([7; 32]),
            entries: 12,
            certificate: Some(1),
            detail: "complete".to_owned(),
            ..due[0].clone()
        };
        let mut tx = db.begin().await.unwrap();
        day::put(&mut tx, &closed).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(day::get(&db, 5, monday).await.unwrap(), Some(closed.clone()));
        let mut tx = db.begin().await.unwrap();
        day::touch(&mut tx, 5, monday, at(50)).await.unwrap();
        tx.commit().await.unwrap();
        let again = StoreDayRow { due_at: Some(at(50)), ..closed };
        assert_eq!(day::list(&db, (monday, monday), None).await.unwrap(), [again]);
        assert_eq!(day::list(&db, (monday, tuesday), Some(4)).await.unwrap().len(), 1);
        let note = LateRow { warehouse_id: 5, moment: at(3) };
        let mut tx = db.begin().await.unwrap();
        late::note(&mut tx, at(60), &[note, note]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(late::list(&db, 9).await.unwrap(), [note]);
        let mut tx = db.begin().await.unwrap();
        late::done(&mut tx, &[note]).await.unwrap();
        let till = RegisterRow {
            register_id: TILL.to_owned(),
            key: Some("SII1".to_owned()),
            warehouse_id: Some(5),
        };
        register::put(&mut tx, at(1), std::slice::from_ref(&till)).await.unwrap();
        register::put(&mut tx, at(2), std::slice::from_ref(&till)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(late::list(&db, 9).await.unwrap().is_empty());
        assert_eq!(register::of_store(&db, 5).await.unwrap(), std::slice::from_ref(&till));
        assert_eq!(register::list(&db).await.unwrap(), [till]);
    })
    .await;
}

fn differs(cause: &str, order_id: i64, gross: i64) -> NewDifference {
    let money = Money::from_pence(gross);
    NewDifference {
        key: format!("{cause}-{gross}"),
        measure: "ledger".to_owned(),
        cause: cause.to_owned(),
        tolerated: cause == "tax-rounding",
        order_id: Some(order_id),
        erp_order_id: None,
        register_id: None,
        subject: format!("S1-{order_id}"),
        effect: Effect { net: money, tax: Money::ZERO, gross: money },
        detail: "{}".to_owned(),
    }
}

#[tokio::test]
async fn differences_keep_their_age_and_pennies_add_up() {
    for_each_engine(|db| async move {
        let (monday, tuesday) = (day_of("2026-10-05"), day_of("2026-10-06"));
        let put = async |second: i64, day: Day, found: &[NewDifference]| {
            let mut tx = db.begin().await.unwrap();
            difference::replace(&mut tx, at(second), (5, day), found).await.unwrap();
            tx.commit().await.unwrap();
        };
        put(10, monday, &[differs("price", 1, -60), differs("tax-rounding", 2, 1)]).await;
        put(20, monday, &[differs("price", 3, -40), differs("price", 1, -60)]).await;
        let rows = difference::of_day(&db, 5, monday).await.unwrap();
        let seen: Vec<_> = rows.iter().map(|row| (row.seq, row.order_id, row.since)).collect();
        assert_eq!(seen, [(1, Some(3), at(20)), (2, Some(1), at(10))]);
        put(30, tuesday, &[differs("tax-rounding", 4, 1)]).await;
        let totals = difference::by_cause(&db, (monday, tuesday)).await.unwrap();
        let totals: Vec<_> = totals
            .iter()
            .map(|one| (one.cause.as_str(), one.tolerated, one.effect.gross.pence(), one.since))
            .collect();
        assert_eq!(totals, [("price", false, -100, at(10)), ("tax-rounding", true, 1, at(30))]);
        assert_eq!(difference::of_entry(&db, 4).await.unwrap().len(), 1);
        let span = (monday, monday);
        assert_eq!(difference::of_cause(&db, "price", span, 1).await.unwrap().len(), 1);
        let penny = |code: &str| Tolerated {
            tax_code: code.to_owned(),
            differences: 1,
            effect: Effect { tax: Money::from_pence(1), ..Effect::default() },
            turnover: Money::from_pence(1),
        };
        for (day, codes) in
            [(monday, vec!["T1", "T5"]), (tuesday, vec!["T1"]), (monday, vec!["T1"])]
        {
            let pennies: Vec<Tolerated> = codes.into_iter().map(penny).collect();
            let mut tx = db.begin().await.unwrap();
            difference::replace_tolerated(&mut tx, (5, day), &pennies).await.unwrap();
            tx.commit().await.unwrap();
        }
        let all = difference::tolerated(&db, (monday, tuesday)).await.unwrap();
        assert_eq!((all.len(), all[0].differences, all[0].effect.tax.pence()), (1, 2, 2));
        let before = difference::tolerated_before(&db, 5, tuesday).await.unwrap();
        assert_eq!((before.len(), before[0].turnover.pence()), (1, 1));
    })
    .await;
}

#[tokio::test]
async fn sign_offs_are_counted_by_day() {
    for_each_engine(|db| async move {
        let monday = day_of("2026-10-05");
        let new = NewSignOff {
            subject: "day".to_owned(),
            actor: "Ada".to_owned(),
            reason: "seen".to_owned(),
            effect: Effect::default(),
            certificate: Some(1),
        };
        let mut tx = db.begin().await.unwrap();
        sign_off::append(&mut tx, at(1), (5, monday), &new).await.unwrap();
        sign_off::append(&mut tx, at(2), (5, monday), &new).await.unwrap();
        sign_off::append(&mut tx, at(3), (6, monday), &new).await.unwrap();
        tx.commit().await.unwrap();
        let rows = sign_off::of_day(&db, 5, monday).await.unwrap();
        assert_eq!(
            rows.iter().map(|row| (row.seq, row.at)).collect::<Vec<_>>(),
            [(1, at(1)), (2, at(2))]
        );
        assert_eq!(sign_off::between(&db, (monday, monday)).await.unwrap().len(), 3);
    })
    .await;
}

async fn certify(db: &Db, warehouse_id: i64, day: &str, body: &str) -> i64 {
    let mut tx = db.begin().await.unwrap();
    let about = (warehouse_id, day_of(day));
    let row = certificate::append(&mut tx, at(1), about, body.to_owned()).await.unwrap();
    tx.commit().await.unwrap();
    row.seq
}

#[tokio::test]
async fn certificates_are_one_chain_a_store() {
    for_each_engine(|db| async move {
        assert_eq!(certificate::verify(&db, 5).await.unwrap(), None);
        assert_eq!(certify(&db, 5, "2026-10-05", "a").await, 1);
        assert_eq!(certify(&db, 6, "2026-10-05", "b").await, 1);
        assert_eq!(certify(&db, 5, "2026-10-06", "c").await, 2);
        assert_eq!(certify(&db, 5, "2026-10-05", "a, again").await, 3);
        let monday = day_of("2026-10-05");
        let latest = certificate::of_day(&db, 5, monday).await.unwrap().unwrap();
        assert_eq!((latest.seq, latest.body.as_str()), (3, "a, again"));
        assert_eq!(latest.fingerprint().len(), 64);
        assert_eq!(certificate::latest(&db, 5).await.unwrap().unwrap().seq, 3);
        assert_eq!(certificate::get(&db, 5, 2).await.unwrap().unwrap().body, "c");
        assert_eq!(certificate::stores(&db).await.unwrap(), [5, 6]);
        assert_eq!(certificate::verify(&db, 5).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_certificate_cannot_be_changed_and_a_change_behind_the_book_shows() {
    for_each_book(|db, url| async move {
        for body in ["a", "b", "c"] {
            certify(&db, 5, "2026-10-05", body).await;
        }
        for statement in ["UPDATE certificate SET body = 'x'", "DELETE FROM certificate"] {
            let refused = raw(&url, statement).await.unwrap_err().to_string();
            assert!(refused.contains("append-only"), "{statement}: {refused}");
        }
        let off: &[&str] = if url.starts_with("sqlite:") {
            &["DROP TRIGGER certificate_no_update", "DROP TRIGGER certificate_no_delete"]
        } else {
            &["ALTER TABLE certificate DISABLE TRIGGER USER"]
        };
        for statement in off {
            raw(&url, statement).await.unwrap();
        }
        raw(&url, "UPDATE certificate SET body = 'x' WHERE seq = 2").await.unwrap();
        assert_eq!(certificate::verify(&db, 5).await.unwrap(), Some(2));
        raw(&url, "UPDATE certificate SET body = 'b' WHERE seq = 2").await.unwrap();
        assert_eq!(certificate::verify(&db, 5).await.unwrap(), None);
        raw(&url, "DELETE FROM certificate WHERE seq = 3").await.unwrap();
        assert_eq!(certificate::verify(&db, 5).await.unwrap(), Some(3), "the tail is missing");
    })
    .await;
}

#[test]
fn a_day_is_a_moment_of_a_wall_clock() {
    let noon = wall("2026-10-25T01:30:00.5");
    assert_eq!(LocalTime::from_wall_micros(noon.wall_micros()), noon);
    assert_eq!(Timestamp::from_micros(noon.wall_micros()).to_string(), "2026-10-25T01:30:00.5Z");
}
