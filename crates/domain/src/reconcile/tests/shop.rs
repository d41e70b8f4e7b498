//! A made-up store, its tills, and an OrderWise that holds what it was sent.

use std::{collections::BTreeMap, sync::LazyLock};

use super::{Dice, tills, z};
use crate::{
    Money, Timestamp, VatRate,
    document::Document,
    draft::LineOrigin,
    entry::{EntryKind, EntryState},
    fixtures,
    lookup::{Known, Original as Sale, OriginalSale, Policy, Variants},
    mapping::Mapping,
    posting::{Decision, decide},
    reconcile::{
        day::StoreClock,
        policy::{DayPolicy, TaxCode},
        tolerance::Tolerance,
        witness::{
            Ages, BookEntry, Day, LedgerDocument, LedgerLine, Original, Posting, ReadBack,
            Register, Store, StoreDay,
        },
    },
    till::{TillOrder, TillPayment},
};

/// A store on one day.
#[derive(Clone)]
pub(super) struct Shop {
    pub(super) day: StoreDay,
    pub(super) policy: DayPolicy,
    pub(super) orders: BTreeMap<i64, TillOrder>,
}

pub(super) const REGISTERS: [&str; 3] = ["{R1}", "{R2}", "{R3}"];

pub(super) fn key(register: usize) -> String {
    format!("SII000000150000{}", register + 1)
}

pub(super) fn policy() -> DayPolicy {
    let code = |id, code: &str, percent| {
        (id, TaxCode { code: code.to_owned(), rate: VatRate::from_percent(percent) })
    };
    DayPolicy {
        tax_codes: [code(1, "T1", 20), code(2, "T5", 5), code(3, "T0", 0), code(9, "T9", 0)].into(),
        round_off_sku: Some("ROUND".to_owned()),
        tolerances: Vec::<Tolerance>::new(),
        ..DayPolicy::default()
    }
}

/// How a day is made.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub(super) seed: u64,
    pub(super) receipts: i64,
}

struct Till {
    register: usize,
    number: i64,
    at: Timestamp,
}

const SECOND: i64 = 1_000_000;

fn later(at: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_micros(at.micros() + seconds * SECOND)
}

impl Shop {
    /// A day with three tills of `receipts` receipts each.
    pub(super) fn open(plan: Plan) -> Self {
        let mut dice = Dice::new(plan.seed);
        let policy = policy();
        // Both clock changes of the year are among the days.
        let days = ["2026-03-29", "2026-10-25", "2026-11-24", "2026-06-30", "2026-12-31"];
        let day: Day = dice.pick(&days).parse().unwrap();
        let clock = StoreClock::new("Europe/London", policy.day_begins);
        let (begin, end) = clock.bounds(day);
        let mut shop = Self {
            day: StoreDay {
                store: Store {
                    warehouse_id: 5,
                    external_id: Some("200".to_owned()),
                    name: "Leeds".to_owned(),
                    zone: "Europe/London".to_owned(),
                    currency: "GBP".to_owned(),
                    registers: Vec::new(),
                },
                day,
                entries: Vec::new(),
                z_reports: Vec::new(),
                documents: Vec::new(),
                ages: Ages {
                    orders: later(end, 7_200),
                    z_reports: Some(later(end, 7_200)),
                    ledger: Some(later(end, 7_200)),
                },
            },
            policy,
            orders: BTreeMap::new(),
        };
        for register in 0..REGISTERS.len() {
            shop.run_till(&mut dice, register, (begin, end), plan.receipts);
        }
        shop
    }

    fn run_till(
        &mut self,
        dice: &mut Dice,
        register: usize,
        (begin, end): (Timestamp, Timestamp),
        receipts: i64,
    ) {
        let first = dice.roll(1, 90_000);
        self.day.store.registers.push(Register {
            id: REGISTERS[register].to_owned(),
            key: Some(key(register)),
            last_number: Some(first - 1),
        });
        // Some tills were opened the evening before, some close after midnight.
        let opened = later(begin, if dice.once_in(4) { -6 * 3_600 } else { 4 * 3_600 });
        let first_at = later(begin, 5 * 3_600).max(opened);
        let length = if dice.once_in(3) { 17 * 3_600 } else { 10 * 3_600 };
        let length = length.min((end.micros() - first_at.micros()) / SECOND - 3_600);
        let step = (length / (receipts + 1)).max(1);
        let mut till = Till { register, number: first, at: first_at };
        let mut from = opened;
        let mut z_number = dice.roll(1, 400);
        let lunch = dice.once_in(3).then_some(receipts / 2);
        let mut practice = (0, 0);
        let mut done = 0;
        while done < receipts {
            if dice.once_in(20) {
                practice = (practice.0 + 1, practice.1 + dice.roll(100, 2_000));
                till.number += 1;
            }
            done += self.serve(dice, &mut till, step);
            if lunch.is_some_and(|at| at <= done) && from == opened {
                let closed = later(till.at, 1);
                self.close(register, z_number, (from, closed), practice);
                (practice, z_number) = ((0, 0), z_number + 1);
                from = later(closed, 1);
                till.at = later(closed, 2);
            }
        }
        self.close(register, z_number, (from, later(till.at, 60)), practice);
    }

    fn close(
        &mut self,
        register: usize,
        number: i64,
        span: (Timestamp, Timestamp),
        practice: (i64, i64),
    ) {
        let id = REGISTERS[register];
        let within = |entry: &&BookEntry| {
            entry.register_id.as_deref() == Some(id)
                && (span.0..=span.1).contains(&entry.order_date)
        };
        let entries: Vec<&BookEntry> = self.day.entries.iter().filter(within).collect();
        let report = z::report(id, &key(register), number, span, &entries, practice);
        self.day.z_reports.push(report);
    }

    /// One sale, one return, or both halves of an exchange; how many receipts it took.
    fn serve(&mut self, dice: &mut Dice, till: &mut Till, step: i64) -> i64 {
        let next = i64::try_from(self.orders.len()).unwrap() + 1_000;
        let sales: Vec<i64> = self
            .orders
            .values()
            .filter(|order| order.original_order_id.is_none() && order.round_off.is_zero())
            .map(|order| order.reference.order_id)
            .collect();
        let fresh =
            |sold: &i64| !self.orders.values().any(|order| order.original_order_id == Some(*sold));
        let sold = if sales.is_empty() { None } else { Some(*dice.pick(&sales)).filter(fresh) };
        match sold.filter(|_| dice.once_in(5)) {
            Some(sold) if dice.once_in(2) => {
                let sold = self.orders[&sold].clone();
                let mut back = tills::back(dice, &sold, next, till.at);
                let mut sale = tills::sale(dice, next + 1, later(till.at, 1));
                exchange(&mut back, &mut sale);
                self.ring(dice, till, back, Some(&sold));
                self.ring(dice, till, sale, None);
                till.at = later(till.at, step);
                2
            }
            Some(sold) => {
                let sold = self.orders[&sold].clone();
                let back = tills::back(dice, &sold, next, till.at);
                self.ring(dice, till, back, Some(&sold));
                till.at = later(till.at, step);
                1
            }
            None => {
                let sale = tills::sale(dice, next, till.at);
                self.ring(dice, till, sale, None);
                till.at = later(till.at, step);
                1
            }
        }
    }

    fn ring(
        &mut self,
        dice: &mut Dice,
        till: &mut Till,
        mut order: TillOrder,
        sold: Option<&TillOrder>,
    ) {
        order.register_id = Some(REGISTERS[till.register].to_owned());
        order.receipt_id = Some(format!("{}{}", key(till.register), till.number));
        till.number += 1;
        let late = if dice.once_in(20) { 40 * 3_600 } else { 30 };
        let mut entry = posted(&order, sold, later(order.order_date, late));
        // Without rows to come in the posting's sense: only the Z-report keeps them apart.
        entry.to_come = entry.kind == EntryKind::Sale && dice.once_in(25);
        self.day.documents.push(document(&entry, &self.policy));
        let document = &self.day.documents.last().unwrap().document;
        entry.ledger_order_id = Some(document.order_id);
        entry.read_back = None;
        self.day.entries.push(entry);
        self.orders.insert(order.reference.order_id, order);
    }
}

/// Both halves name each other, and a virtual payment settles them.
fn exchange(back: &mut TillOrder, sale: &mut TillOrder) {
    let settled = -back.gross;
    let virtual_payment = |amount: Money| TillPayment {
        virtual_payment: true,
        ..fixtures::payment("Exchange", amount.pence())
    };
    back.payments = vec![virtual_payment(-settled)];
    back.partner_order_id = Some(sale.reference.order_id);
    sale.partner_order_id = Some(back.reference.order_id);
    let rest = (sale.gross - settled).pence();
    sale.payments = vec![virtual_payment(settled)];
    if rest > 0 {
        sale.payments.push(fixtures::payment("Card", rest));
    } else {
        back.payments.push(fixtures::payment("Card", 0));
        sale.payments[0].amount = sale.gross;
        back.payments[0].amount = -sale.gross;
        back.payments[1].amount = fixtures::pence(rest);
    }
    back.payments.retain(|payment| !payment.amount.is_zero());
}

/// An entry as the book holds it once it is posted.
pub(super) fn posted(
    order: &TillOrder,
    sold: Option<&TillOrder>,
    recorded_at: Timestamp,
) -> BookEntry {
    static MAPPING: LazyLock<Mapping> = LazyLock::new(fixtures::mapping);
    static SHELF: LazyLock<Variants> = LazyLock::new(fixtures::shelf);
    static POLICY: LazyLock<Policy> = LazyLock::new(fixtures::policy);
    let original = sold.map_or(Sale::None, |sold| {
        Sale::Known(Box::new(OriginalSale {
            state: EntryState::Posted,
            order: sold.clone(),
            returned: [].into(),
            returned_by_sku: [].into(),
        }))
    });
    let known = Known {
        mapping: &MAPPING,
        variants: &SHELF,
        original: &original,
        deliveries: None,
        waited_too_long: false,
        policy: &POLICY,
    };
    let draft = match decide(order, &known) {
        Decision::Post(draft) => draft,
        other => panic!("not posted: {other:?} {order:?}"),
    };
    let mut entry = BookEntry::of(order, recorded_at);
    entry.state = EntryState::Confirmed;
    entry.posted_at = Some(later(order.order_date, 40));
    entry.posting = Some(Posting::of(&draft));
    entry.original = sold.map(Original::of);
    entry
}

/// OrderWise's document of an entry. Its tax is the till's: no pennies.
pub(super) fn document(entry: &BookEntry, policy: &DayPolicy) -> LedgerDocument {
    let posting = entry.posting.as_ref().unwrap();
    let back = entry.kind == EntryKind::Return;
    let side = |amount: Money| if back { -amount } else { amount };
    let figures = &entry.figures;
    // What each row's tax still has to give to its lines.
    let mut owed: BTreeMap<i64, Money> = BTreeMap::new();
    let mut at = -1;
    for row in &entry.rows {
        at = if row.discount { at } else { row.index };
        *owed.entry(at).or_default() += side(row.vat);
    }
    let mut lines = Vec::new();
    for (i, line) in posting.lines.iter().enumerate() {
        let rate = policy.tax_codes[&line.tax_rate_id].rate.thousandths() / 1_000;
        let last = posting.lines.get(i + 1).is_none_or(|next| next.origin != line.origin);
        let tax = match line.origin {
            LineOrigin::Row(row) if last => owed[&row],
            LineOrigin::Row(row) => {
                let tax = fixtures::pence(tills::vat(line.gross.pence(), rate));
                *owed.get_mut(&row).unwrap() -= tax;
                tax
            }
            _ => fixtures::pence(tills::vat(line.gross.pence(), rate)),
        };
        lines.push(LedgerLine {
            number: line.number,
            sku: line.sku.clone(),
            quantity: line.quantity,
            net: line.gross - tax,
            tax,
            gross: line.gross,
            tax_code: Some(policy.tax_codes[&line.tax_rate_id].code.clone()),
            stock_location_id: line.stock_location_id,
        });
    }
    let clock = StoreClock::new("Europe/London", policy.day_begins);
    let order_id = 70_000 + entry.reference.order_id;
    LedgerDocument {
        document: Document {
            order_id,
            order_number: format!("SO-{order_id}"),
            reference: entry.reference.to_string(),
            order_type: policy.order_types.of(entry.kind),
            stored_at: None,
            net: side(figures.net + figures.round_off),
            tax: side(figures.vat),
            gross: side(figures.gross),
            status: "Completed".to_owned(),
        },
        order_date: clock.local(entry.order_date),
        lines: Some(lines),
        payments: None,
        account: Some(posting.account.clone()),
    }
}

/// What a document said when it was read back.
pub(super) fn read_back(found: &LedgerDocument, at: Timestamp) -> ReadBack {
    let document = &found.document;
    ReadBack { at, net: document.net, tax: document.tax, gross: document.gross }
}
