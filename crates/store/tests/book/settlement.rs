//! Settlement: payments, reports, statements, and the matches between them.

use daybook_domain::{
    Money,
    settlement::{
        BalanceDay, BankLine, Day, LineKind, MatchState, Payout, Rule, SettlementLine, Subject,
        TillMoney,
    },
};
use daybook_store::{
    Db, audit,
    settlement::{
        bank::{self, NewBankLine},
        file::{self, MoneyFile},
        line::{self, NewLine},
        matches::{self, NewMatch, Parts},
        payout, rule,
        till::{self, Unread},
        unsettled,
    },
};

use crate::{
    common::{at, record, sale},
    db::for_each_engine,
};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn money(order_id: i64, pence: i64, on: &str) -> TillMoney {
    TillMoney {
        order_id,
        index: 0,
        tender: "card".to_owned(),
        name: "Card".to_owned(),
        amount: Money::from_pence(pence),
        currency: "GBP".to_owned(),
        at: at(order_id),
        day: day(on),
        warehouse_id: Some(5),
        register_id: None,
        references: vec![format!("PSP{order_id}")],
    }
}

fn reported(payout: &str, pence: i64) -> SettlementLine {
    SettlementLine {
        provider: "adyen".to_owned(),
        account: "Shop".to_owned(),
        payout: payout.to_owned(),
        kind: LineKind::Payment,
        gross: Money::from_pence(pence),
        fee: Money::from_pence(5),
        net: Money::from_pence(pence - 5),
        currency: "GBP".to_owned(),
        net_currency: "GBP".to_owned(),
        references: vec!["PSP1".to_owned()],
        happened_at: Some(at(1)),
        day: day("2026-10-05"),
        payout_day: None,
        store: None,
        id: None,
    }
}

/// Two payments of 5 October, a line for the first one.
async fn two_payments(db: &Db) {
    record(db, &[sale(1), sale(2)]).await;
    let rows = [1, 2].map(|id| (money(id, id * 1_000, "2026-10-05"), "adyen".to_owned()));
    let new =
        |key: &str, line| NewLine { key: key.to_owned(), content: "c".to_owned(), row: 2, line };
    let mut tx = db.begin().await.unwrap();
    till::insert(&mut tx, &rows).await.unwrap();
    line::insert(&mut tx, "f", &[new("k1", reported("7", 1_000))]).await.unwrap();
    tx.commit().await.unwrap();
}

async fn matched(db: &Db, state: MatchState) -> i64 {
    let new = NewMatch {
        subject: Subject::Payments,
        state,
        rule: "reference".to_owned(),
        rule_version: 0,
        amount: Money::from_pence(1_000),
        difference: Money::ZERO,
        currency: "GBP".to_owned(),
        parts: Parts { left: vec!["1:0".to_owned()], right: vec![1] },
        made_by: "daybook".to_owned(),
    };
    let mut tx = db.begin().await.unwrap();
    let number = matches::insert(&mut tx, at(9), &new).await.unwrap();
    assert!(till::attach(&mut tx, 1, 0, number).await.unwrap());
    assert!(!till::attach(&mut tx, 1, 0, 99).await.unwrap(), "one match at a time");
    assert!(line::attach(&mut tx, 1, number).await.unwrap());
    assert!(!line::attach(&mut tx, 1, 99).await.unwrap());
    till::settle(&mut tx, number, day("2026-10-07")).await.unwrap();
    tx.commit().await.unwrap();
    number
}

#[tokio::test]
async fn entries_are_read_once_and_again_when_they_change() {
    for_each_engine(|db| async move {
        record(&db, &[sale(1), sale(2), sale(3)]).await;
        let first = till::unread(&db, 0, 2).await.unwrap();
        assert_eq!(
            first.iter().map(|one| (one.order_id, one.known)).collect::<Vec<_>>(),
            [(1, 0), (2, 0)]
        );
        let mut tx = db.begin().await.unwrap();
        till::read(&mut tx, &first).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(till::unread(&db, 0, 9).await.unwrap().len(), 1);
        assert_eq!(till::unread(&db, 3, 9).await.unwrap(), []);
        let older = Unread { version: 0, ..first[0].clone() };
        let mut tx = db.begin().await.unwrap();
        till::read(&mut tx, &[older]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(till::unread(&db, 0, 9).await.unwrap()[0].order_id, 1);
    })
    .await;
}

#[tokio::test]
async fn a_payment_is_open_until_its_match_holds_it() {
    for_each_engine(|db| async move {
        two_payments(&db).await;
        let open = |redo| {
            let db = db.clone();
            async move {
                let money = till::free(&db, "adyen", redo).await.unwrap();
                let lines = line::free(&db, "adyen", redo).await.unwrap();
                (money.len(), lines.len())
            }
        };
        assert_eq!(open(false).await, (2, 1));
        assert_eq!(till::with_reference(&db, " psp2 ").await.unwrap()[0].money.order_id, 2);
        let number = matched(&db, MatchState::Suggested).await;
        assert_eq!(open(false).await, (2, 1), "a suggestion holds nothing for good");
        let step = (MatchState::Suggested, MatchState::Confirmed);
        let mut tx = db.begin().await.unwrap();
        assert!(matches::decide(&mut tx, at(10), number, step, "daybook", None).await.unwrap());
        assert!(!matches::decide(&mut tx, at(10), number, step, "Ada", None).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!((open(false).await, open(true).await), ((1, 0), (2, 1)));
        let settled = till::settled(&db, "adyen").await.unwrap();
        assert_eq!((settled[0].day, settled[0].amount.pence()), (day("2026-10-07"), 1_000));
        assert_eq!(till::taken(&db, "adyen").await.unwrap()[0].amount.pence(), 3_000);
        for (on, pence, count) in
            [("2026-10-04", 0, 0), ("2026-10-06", 3_000, 2), ("2026-10-07", 2_000, 1)]
        {
            let open = till::open_at(&db, "adyen", "GBP", day(on)).await.unwrap();
            assert_eq!((open.0.pence(), open.1), (pence, count), "{on}");
        }
        let step = (MatchState::Confirmed, MatchState::Undone);
        let mut tx = db.begin().await.unwrap();
        assert!(matches::decide(&mut tx, at(11), number, step, "Ada", Some("no")).await.unwrap());
        till::detach(&mut tx, number).await.unwrap();
        line::detach(&mut tx, number).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(open(false).await, (2, 1));
        let kept = matches::get(&db, number).await.unwrap().unwrap();
        assert_eq!((kept.parts.right, kept.reason.as_deref()), (vec![1], Some("no")));
        assert_eq!(matches::counts(&db).await.unwrap()[0].state, MatchState::Undone);
        let mut tx = db.begin().await.unwrap();
        till::forget(&mut tx, 1).await.unwrap();
        assert_eq!(till::relabel(&mut tx, "card", "").await.unwrap(), 1);
        tx.commit().await.unwrap();
        let tenders = till::tenders(&db).await.unwrap();
        assert_eq!((tenders[0].provider.as_str(), tenders[0].payments), ("", 1));
    })
    .await;
}

#[tokio::test]
async fn files_lines_and_payouts_are_known_again() {
    for_each_engine(|db| async move {
        two_payments(&db).await;
        let known = line::known(&db, &["k1", "k2"]).await.unwrap();
        assert_eq!((known.len(), known["k1"].as_str()), (1, "c"));
        assert_eq!(line::of_payout(&db, "adyen", "7").await.unwrap()[0].line, reported("7", 1_000));
        let imported = MoneyFile {
            hash: "h".to_owned(),
            kind: "report".to_owned(),
            source: "adyen".to_owned(),
            name: "r.csv".to_owned(),
            lines: 1,
            added: 1,
            imported_at: at(3),
            imported_by: "Ada".to_owned(),
        };
        let new = Payout {
            provider: "adyen".to_owned(),
            payout: "7".to_owned(),
            account: "Shop".to_owned(),
            currency: "GBP".to_owned(),
            day: day("2026-10-07"),
            amount: Money::from_pence(995),
            lines_net: Money::from_pence(995),
            declared: true,
            lines: 1,
            references: vec!["TX1".to_owned()],
        };
        let booked = NewBankLine {
            key: "b".to_owned(),
            row: 3,
            line: BankLine {
                account: "1".to_owned(),
                day: day("2026-10-08"),
                amount: Money::from_pence(995),
                currency: "GBP".to_owned(),
                reference: String::new(),
                words: "TX1".to_owned(),
            },
        };
        let mut tx = db.begin().await.unwrap();
        file::insert(&mut tx, &imported).await.unwrap();
        payout::put(&mut tx, &new).await.unwrap();
        payout::put(&mut tx, &Payout { lines: 2, ..new.clone() }).await.unwrap();
        bank::insert(&mut tx, "f", std::slice::from_ref(&booked)).await.unwrap();
        assert!(payout::attach(&mut tx, &new, 4).await.unwrap());
        assert!(!payout::attach(&mut tx, &new, 5).await.unwrap());
        assert!(bank::attach(&mut tx, 1, 4).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(file::get(&db, "h").await.unwrap(), Some(imported.clone()));
        assert_eq!(file::latest(&db, 9).await.unwrap(), [imported]);
        let stored = payout::of(&db, "adyen", "7").await.unwrap();
        assert_eq!((stored[0].payout.lines, stored[0].match_number), (2, Some(4)));
        assert_eq!(payout::of_match(&db, 4).await.unwrap(), payout::latest(&db, 9).await.unwrap());
        assert_eq!(bank::of_match(&db, 4).await.unwrap()[0].line, booked.line);
        assert!(bank::known(&db, &["b"]).await.unwrap().contains("b"));
        assert!(payout::free(&db, false).await.unwrap().is_empty());
        let mut tx = db.begin().await.unwrap();
        payout::detach(&mut tx, 4).await.unwrap();
        bank::detach(&mut tx, 4).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(payout::free(&db, true).await.unwrap().len(), 1);
        assert_eq!(bank::free(&db, true).await.unwrap(), bank::latest(&db, 9).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn a_change_of_a_rule_moves_the_version_and_is_on_record() {
    for_each_engine(|db| async move {
        let mine = Rule::new("mine");
        let mut tx = db.begin().await.unwrap();
        let rules = std::slice::from_ref(&mine);
        assert_eq!(rule::set(&mut tx, at(1), rules, "Ada").await.unwrap(), 1);
        assert_eq!(rule::set(&mut tx, at(2), rules, "Bob").await.unwrap(), 0);
        tx.commit().await.unwrap();
        let stored = rule::list(&db).await.unwrap();
        assert_eq!((&stored[0].rule, stored[0].updated_by.as_str()), (&mine, "Ada"));
        let version = rule::version(&db).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        assert!(rule::remove(&mut tx, at(3), "mine", "Bob").await.unwrap());
        assert!(!rule::remove(&mut tx, at(3), "mine", "Bob").await.unwrap());
        tx.commit().await.unwrap();
        assert!(rule::version(&db).await.unwrap() > version);
        assert_eq!(audit::of(&db, "mine", 9).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_balance_is_kept_from_the_first_day_that_changed() {
    for_each_engine(|db| async move {
        let row = |on: &str, closing: i64| BalanceDay {
            day: day(on),
            opening: Money::ZERO,
            taken: Money::from_pence(closing),
            settled: Money::ZERO,
            written_off: Money::from_pence(2),
            closing: Money::from_pence(closing),
            open: 1,
        };
        let days = [row("2026-10-05", 5), row("2026-10-06", 6), row("2026-10-08", 8)];
        let later = [row("2026-10-06", 7)];
        let mut tx = db.begin().await.unwrap();
        unsettled::replace(&mut tx, "adyen", "GBP", days[0].day, &days).await.unwrap();
        unsettled::replace(&mut tx, "adyen", "GBP", later[0].day, &later).await.unwrap();
        tx.commit().await.unwrap();
        let kept = unsettled::of_provider(&db, "adyen").await.unwrap();
        assert_eq!(
            kept.into_iter().map(|kept| kept.balance).collect::<Vec<_>>(),
            [days[0], later[0]]
        );
        let then = unsettled::at(&db, "adyen", "GBP", day("2026-10-09")).await.unwrap();
        assert_eq!(then.unwrap().balance, later[0]);
        assert_eq!(unsettled::at(&db, "adyen", "GBP", day("2026-10-04")).await.unwrap(), None);
        assert_eq!(unsettled::currencies(&db, "adyen").await.unwrap(), ["GBP"]);
    })
    .await;
}
