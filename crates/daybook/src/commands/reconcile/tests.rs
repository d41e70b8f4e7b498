//! What a finance person reads.

use daybook_domain::{
    Money, Reference, Timestamp,
    reconcile::{
        Amounts, DayCause, Difference, Measure,
        certificate::{Fix, SignOff, Standing},
        difference::Place,
        fix::{self, Act, Plan, Step},
        witness::{Ages, Day},
    },
};
use daybook_flows::reconcile::{
    CauseView, Clearing, DayView, DifferenceView, FiguresView,
    fix::{Came, Checked, FixDay, FixReport, FixStep, StepOutcome},
};
use daybook_store::reconcile::day::DayState;

use super::{fix::Shown, people};

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
            z_elsewhere: Vec::new(),
            z_for_others: Vec::new(),
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
        fixes: vec![Fix {
            at: Timestamp::default(),
            by: "Ada Finch".to_owned(),
            act: Act::Credit,
            cause: DayCause::PostedTwice,
            subject: "S1-11514".to_owned(),
        }],
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

fn planned(number: i64, cause: DayCause, pence: i64, outcome: Option<StepOutcome>) -> FixStep {
    let place = Place {
        reference: Some(Reference { site_id: 1, order_id: 11_500 + number }),
        order_id: Some(36_221),
        ..Place::default()
    };
    let one = Difference::new(Measure::Ledger, cause, place, gross(pence));
    FixStep {
        key: "0123456789abcdef".to_owned(),
        subject: format!("S1-{}", 11_500 + number),
        step: Step::of(&one),
        commands: Vec::new(),
        outcome,
    }
}

fn fixed(steps: Vec<FixStep>, checked: Option<Checked>) -> FixDay {
    let plan = Plan::of_steps(steps.iter().map(|one| one.step.clone()));
    FixDay {
        store: 5,
        name: "Leeds".to_owned(),
        day: monday(),
        state: DayState::Differs,
        detail: "3 differences over 388 entries".to_owned(),
        steps,
        by_cause: plan.by_cause,
        total: plan.total,
        checked,
    }
}

#[test]
fn a_plan_is_a_table_and_then_what_is_done_or_to_do() {
    let done = StepOutcome {
        came: Came::Done,
        detail: "OrderWise has the credit: SO-3624".to_owned(),
        again: None,
    };
    let again = Some(Timestamp::from_seconds(1_791_187_200));
    let later =
        StepOutcome { came: Came::Later, detail: "it is looked up again".to_owned(), again };
    let shown = Shown { currency: "GBP", zone: &jiff::tz::TimeZone::UTC };
    let plan = |outcomes: [Option<StepOutcome>; 2]| {
        let [one, two] = outcomes;
        vec![
            planned(1, DayCause::PostedTwice, 6_000, one),
            planned(2, DayCause::GoneFromOrderwise, -4_700, two),
            planned(3, DayCause::WrongTaxCode, 0, None),
        ]
    };
    let only = FixReport { run_by: None, days: vec![fixed(plan([None, None]), None)] };
    let checked = Checked { compared: false, again, cleared: 0, left: gross(0) };
    let ran = fixed(plan([Some(done), Some(later)]), Some(checked));
    let ran = FixReport { run_by: Some("Ada Finch".to_owned()), days: vec![ran] };
    let text = format!("{}\n\n{}", shown.text(&only), shown.text(&ran));
    insta::assert_snapshot!(text);
}
