//! What a person reads at the end of the day.

use std::collections::BTreeMap;

use daybook_domain::{Money, causes::Cause, reconcile::certificate::Standing};

use super::{
    close::{ByHand, DayLine},
    goods::{Goods, Parcels, Stock},
    money::CardMoney,
    people,
    proof::{Line, Proof},
    summary::{Group, Summary, Tax, Tills},
};

const fn pence(pence: i64) -> Money {
    Money::from_pence(pence)
}

fn line(store: &str, till: i64, ledger: i64, exceptions: i64) -> Line {
    let difference = till - ledger;
    Line {
        store: store.to_owned(),
        till: pence(till),
        ledger: pence(ledger),
        difference: pence(difference),
        exceptions: pence(exceptions),
        unexplained: pence(difference - exceptions),
        ..Line::default()
    }
}

fn group(cause: Cause, subject: &str, entries: i64, money: i64) -> Group {
    let row = cause.entry();
    Group {
        cause: row.code,
        title: row.title,
        subject: subject.to_owned(),
        entries,
        money: pence(money),
        owner: row.owner,
        fix: row.fix,
        command: row.command_for(subject, "REF"),
    }
}

fn proof() -> Proof {
    Proof {
        holds: true,
        total: line("all stores", 12_345_678, 12_045_678, 300_000),
        stores: vec![
            line("Harrogate", 2_345_678, 2_045_678, 300_000),
            line("Bath", 10_000_000, 10_000_000, 0),
        ],
        doubles: Vec::new(),
        lost: Vec::new(),
        altered: Vec::new(),
        made_up: Vec::new(),
        record_breaks: 0,
    }
}

fn summary(proof: Proof) -> Summary {
    let set_aside = [("parked", 4), ("booking", 2)];
    let faults = [("cut-after", 3), ("outage", 12)];
    let counts = |all: [(&str, u64); 2]| -> BTreeMap<String, u64> {
        all.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
    };
    Summary {
        retailer: "Fenwick & Thorne".to_owned(),
        day: "Monday 5 October 2026".to_owned(),
        seed: 1,
        quiet: true,
        tills: Tills { sales: 1_180, returns: 64, gross: pence(12_345_678) },
        received: 1_250,
        posted: 1_238,
        confirmed: 1_238,
        on_its_way: 0,
        waiting: 0,
        held: 6,
        set_aside: counts(set_aside),
        exceptions: vec![
            group(Cause::SkuUnmapped, "TS-CON-SLA-XS", 5, 250_000),
            group(Cause::TenderUnmapped, "Pay by Link", 1, 50_000),
        ],
        faults: counts(faults),
        tax: Tax { documents: 12, difference: pence(7) },
        tried_again: Some("S1-10012".to_owned()),
        proof,
        goods: Goods {
            stock: Stock { compared: 13_900, equal: 13_900, below: 0, above: 0 },
            parcels: Parcels { sent: 21, shown: 21, doubled: 0, open: 0 },
            published: 1_980,
            hidden: 1,
        },
        days: vec![
            day("Harrogate", 2_345_678, 2_045_678, 6, Standing::Open),
            day("Bath", 10_000_000, 10_000_000, 0, Standing::Equal),
        ],
        cards: Some(CardMoney {
            taken: pence(8_000_000),
            at_bank: pence(7_895_000),
            fees: pence(82_000),
            charged_back: pence(3_000),
            on_its_way: pence(20_000),
            open: 2,
            unexplained: pence(0),
        }),
    }
}

fn day(store: &str, tills: i64, orderwise: i64, differences: i64, standing: Standing) -> DayLine {
    DayLine {
        store: store.to_owned(),
        day: "2026-10-05".parse().unwrap(),
        receipts: 600,
        tills: pence(tills),
        z_reports: pence(tills),
        orderwise: pence(orderwise),
        by_hand: ByHand::default(),
        differences,
        standing: Some(standing),
        certificate: Some("3b1f9a7c52e0".repeat(6)),
    }
}

#[test]
fn a_day_that_is_proved() {
    insta::assert_snapshot!(people::text(&summary(proof())));
}

#[test]
fn what_no_till_has_sold_is_said_between_the_two_tables() {
    let by_hand = |documents, gross| ByHand { documents, gross: pence(gross) };
    let mut days = vec![
        DayLine { by_hand: by_hand(1, 2_400), ..day("Bath", 0, 2_400, 1, Standing::Open) },
        day("Harrogate", 2_345_678, 2_345_678, 0, Standing::Equal),
    ];
    let told = |days: &[DayLine]| {
        let text = people::text(&Summary { days: days.to_vec(), ..summary(proof()) });
        let from = text.find("The day close").unwrap();
        text[from..text.find("The proof").unwrap()].to_owned()
    };
    let one = told(&days);
    days[1].by_hand = by_hand(2, -400);
    insta::assert_snapshot!([one, told(&days)].concat());
}

#[test]
fn a_day_that_is_not_says_so_loudly() {
    let mut proof = Proof { holds: false, ..proof() };
    proof.total = line("all stores", 12_345_678, 12_044_500, 300_000);
    proof.stores[1] = Line {
        waiting: pence(-500),
        unexplained: pence(1_678),
        ..line("Bath", 10_000_000, 9_998_822, 0)
    };
    proof.total.waiting = pence(-500);
    proof.total.unexplained = pence(1_678);
    proof.doubles = vec!["S1-10007".to_owned()];
    proof.lost = vec![10_009, 10_010];
    insta::assert_snapshot!(people::text(&Summary { quiet: false, waiting: 1, ..summary(proof) }));
}
