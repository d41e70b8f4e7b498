//! What a finance person reads.

use daybook_domain::{
    Money, Timestamp,
    reconcile::{
        Amounts, DayCause, Measure,
        certificate::{SignOff, Standing},
        fix,
        witness::{Ages, Day},
    },
};
use daybook_flows::reconcile::{CauseView, Clearing, DayView, DifferenceView, FiguresView};
use daybook_store::reconcile::day::DayState;

use super::people;

fn monday() -> Day {
    "2026-10-05".parse().unwrap()
}

fn gross(pence: i64) -> Amounts {
    Amounts::of_gross(Money::from_pence(pence), Money::from_pence(pence / 6))
}

fn day(store: i64, name: &str, till: i64, orderwise: i64) -> DayView {
    let ages = Ages { orders: Timestamp::default(), z_reports: None, ledger: None };
    DayView {
        store,
        name: name.to_owned(),
        day: monday(),
        state: DayState::Closed,
        standing: Some(Standing::Equal),
        detail: "equal: 388 entries".to_owned(),
        reconciled_at: None,
        due_at: None,
        figures: Some(FiguresView {
            receipts: 388,
            till: gross(till),
            z_receipts: 388,
            z_reports: gross(till),
            documents: 388,
            orderwise: gross(orderwise),
            ages,
        }),
        differences: 0,
        causes: Vec::new(),
        sign_offs: Vec::new(),
        fixes: Vec::new(),
        certificate: None,
    }
}

fn cause(cause: DayCause, clearing: Clearing, subject: &str, pence: i64) -> CauseView {
    let row = cause.entry();
    let one = DifferenceView {
        key: "0123456789abcdef".to_owned(),
        subject: subject.to_owned(),
        register: Some("R1".to_owned()),
        tender: None,
        tax: None,
        document: Some(3_622),
        amounts: gross(pence),
        detail: "as the certificate says".to_owned(),
    };
    CauseView {
        cause,
        title: row.title,
        measure: Measure::Ledger,
        clearing,
        amounts: gross(pence),
        owner: row.owner,
        remedy: row.remedy,
        documents: 1,
        effect: gross(-pence),
        fix: row.fix,
        command: fix::command(cause, (5, monday())),
        differences: vec![one],
    }
}

#[test]
fn days_are_a_line_a_store_and_then_their_causes() {
    let waits = DayView {
        state: DayState::NotFresh,
        standing: None,
        figures: None,
        detail: "the day is not over".to_owned(),
        ..day(9, "York", 0, 0)
    };
    let open = DayView {
        state: DayState::Differs,
        standing: Some(Standing::Open),
        differences: 2,
        causes: vec![
            cause(DayCause::NotPostedHeld, Clearing::Open, "S1-11513", -6_000),
            cause(DayCause::CashCounted, Clearing::Open, "Z 12", -500),
            cause(DayCause::EditedInOrderwise, Clearing::Signed, "S1-11520", -99),
            cause(DayCause::TaxRounding, Clearing::Tolerated, "S1-11521", 0),
        ],
        sign_offs: vec![SignOff {
            at: Timestamp::default(),
            by: "Ada Finch".to_owned(),
            reason: "price match".to_owned(),
            differences: vec!["0123456789abcdef".to_owned()],
        }],
        ..day(5, "Leeds", 1_697_735, 1_691_636)
    };
    let days = [day(2, "Bath", 1_820_410, 1_820_410), open, waits];
    insta::assert_snapshot!(people::text("GBP", &days));
}
