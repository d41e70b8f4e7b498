use super::{Act, Documents, Doer, NotByDaybook, Step, credit_of};
use crate::{
    Money, Reference,
    document::Document,
    draft::Draft,
    entry::EntryKind,
    fixtures,
    lookup::{Known, Original},
    posting::{Decision, decide},
    reconcile::{
        Amounts, DayCause, Difference, Measure,
        difference::Place,
        witness::{LedgerDocument, LedgerLine, Posting},
    },
};

fn draft() -> Draft {
    let (mapping, shelf, policy) = (fixtures::mapping(), fixtures::shelf(), fixtures::policy());
    let known = Known {
        mapping: &mapping,
        variants: &shelf,
        original: &Original::None,
        deliveries: None,
        waited_too_long: false,
        policy: &policy,
    };
    match decide(&fixtures::sale(), &known) {
        Decision::Post(draft) => *draft,
        other => panic!("not posted: {other:?}"),
    }
}

fn double(draft: &Draft) -> LedgerDocument {
    let lines = Posting::of(draft).lines.into_iter().map(|line| LedgerLine {
        number: line.number,
        sku: line.sku.to_lowercase(),
        quantity: line.quantity,
        net: line.gross,
        tax: Money::ZERO,
        gross: line.gross,
        tax_code: None,
        stock_location_id: line.stock_location_id,
    });
    LedgerDocument {
        lines: Some(lines.collect()),
        document: Document {
            order_id: 36_221,
            order_number: "SO-3623".to_owned(),
            reference: draft.reference.to_string(),
            order_type: 1,
            stored_at: None,
            net: draft.net,
            tax: draft.tax,
            gross: draft.gross,
            status: String::new(),
        },
        order_date: "2026-10-05T10:00:00".parse().unwrap(),
        payments: None,
        account: None,
    }
}

#[test]
fn the_credit_of_a_double_is_the_posting_turned() {
    let mut draft = draft();
    draft.shopper.name = "Alma Reed".to_owned();
    let credit = credit_of(&draft, &double(&draft)).unwrap();
    assert_eq!(credit.kind, EntryKind::Return);
    assert_eq!((credit.lines, credit.payments), (draft.lines.clone(), draft.payments.clone()));
    assert_eq!((credit.gross, credit.order_date), (draft.gross, draft.order_date.clone()));
    assert_eq!(credit.original, Some(draft.reference));
    assert!(credit.shopper.is_unknown(), "a credit needs no shopper");
    assert!(credit.instructions.contains("SO-3623"), "{}", credit.instructions);
}

#[test]
fn what_is_not_plainly_the_same_twice_is_left_to_a_person() {
    let draft = draft();
    let back = Draft { kind: EntryKind::Return, ..draft.clone() };
    assert_eq!(credit_of(&back, &double(&draft)), Err(NotByDaybook::OfAReturn));
    let mut to_send = draft.clone();
    to_send.lines[0].to_come = true;
    assert_eq!(credit_of(&to_send, &double(&draft)), Err(NotByDaybook::ToCome));
    let mut dearer = double(&draft);
    dearer.document.gross += Money::from_pence(1);
    assert_eq!(credit_of(&draft, &dearer), Err(NotByDaybook::Differs));
    let mut shorter = double(&draft);
    shorter.lines.as_mut().unwrap().pop();
    assert_eq!(credit_of(&draft, &shorter), Err(NotByDaybook::Differs));
    let unread = LedgerDocument { lines: None, ..double(&draft) };
    assert!(credit_of(&draft, &unread).is_ok(), "lines are not set up");
}

fn difference(cause: DayCause, measure: Measure) -> Difference {
    let place = Place {
        reference: Some(Reference { site_id: 1, order_id: 100 }),
        order_id: Some(36_221),
        line: Some(2),
        ..Place::default()
    };
    let amounts = Amounts::of_gross(Money::from_pence(500), Money::from_pence(83));
    Difference::new(measure, cause, place, amounts)
}

#[test]
fn each_cause_has_somebody_who_does_something_about_it() {
    for &cause in DayCause::ALL {
        let step = Step::of(&difference(cause, Measure::Ledger));
        assert!(!step.todo.is_empty(), "{cause}");
        assert_eq!(step.doer, step.act.doer(), "{cause}");
        let creates = step.touches == Documents::Created;
        assert_eq!(creates, step.documents == 1, "{cause}: {step:?}");
        let outside = Step::of(&difference(cause, Measure::Tenders));
        assert_eq!((outside.documents, outside.touches), (0, Documents::None), "{cause}");
    }
    let step = Step::of(&difference(DayCause::WrongTaxCode, Measure::Ledger));
    assert_eq!((step.act, step.doer), (Act::ByHand, Doer::Person));
    assert!(step.todo.starts_with("Document 36221, line 2: "), "{}", step.todo);
    assert!(step.todo.ends_with("5.00 beyond the receipts (net 4.17, tax 0.83)."), "{}", step.todo);
}
