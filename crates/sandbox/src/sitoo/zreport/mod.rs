//! Z-reports (facts/sitoo 5.3): what a till counted between opening and closing. The figures are
//! the till's own arithmetic over what it sold, uploaded or not.

mod json;
mod sums;

use std::{collections::HashMap, sync::Arc};

use serde_json::{Value, json};

use self::sums::Sums;
use super::{
    SITE, Sitoo,
    masters::Register,
    model::{Order, OrderType, PaymentState},
    state::State,
    till::TillError,
};
use crate::lock;

/// What is in the drawer of a till that was never closed.
const FLOAT: i64 = 10_000;

/// How a till is closed. The default: now, everything counted right, nothing banked, the report
/// arrives at once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Closing {
    /// `datecreated`, unix seconds, when it is not now.
    pub at: Option<i64>,
    /// How much more was counted than expected, pence.
    pub difference: i64,
    /// Taken to the bank during the day, pence.
    pub banked: i64,
    /// Spent from the drawer, pence.
    pub petty: i64,
    /// The backend gets the report so many seconds later.
    pub late: i64,
    /// The backend never gets it; its number is used up.
    pub lost: bool,
    /// An old till, which does not say when it was opened.
    pub without_opening: bool,
    /// A comment.
    pub comment: String,
}

/// What a till has counted since it was last closed.
#[derive(Debug, Default)]
struct Shift {
    opened: Option<i64>,
    orders: Vec<i64>,
    practice: Practice,
    cash_in: Option<i64>,
}

/// Practice receipts: how many, and what they came to.
#[derive(Debug, Clone, Copy, Default)]
struct Practice {
    count: i64,
    gross: i64,
}

/// The drawer, pence.
#[derive(Debug, Clone, Copy, Default)]
struct Drawer {
    at_first: i64,
    petty: i64,
    bank: i64,
    difference: i64,
}

#[derive(Debug)]
struct Report {
    id: i64,
    register: Arc<Register>,
    opened: Option<i64>,
    created: i64,
    added: i64,
    is_lost: bool,
    is_told: bool,
    orders: Vec<i64>,
    practice: Practice,
    drawer: Drawer,
    comment: String,
    sums: Sums,
    /// Fields that are written as given here, whatever the till counted; null leaves one out.
    spoilt: Vec<(String, Value)>,
}

/// The tills of an account, and their reports in the order in which they were closed.
#[derive(Debug, Default)]
pub(super) struct Tills {
    shifts: HashMap<u32, Shift>,
    reports: Vec<Report>,
}

impl Report {
    fn is_of(&self, register: &str) -> bool {
        self.register.id == register
    }

    /// What is left in the drawer.
    fn left(&self) -> i64 {
        self.expected() + self.drawer.difference
    }

    fn expected(&self) -> i64 {
        let drawer = &self.drawer;
        drawer.at_first + self.sums.cash - drawer.petty - drawer.bank
    }

    fn is_visible(&self, now: i64) -> bool {
        !self.is_lost && self.added <= now
    }
}

/// Which reports a list shows.
#[derive(Default)]
pub(super) struct Wanted<'a> {
    pub(super) stores: Option<Vec<&'a str>>,
    pub(super) registers: Option<Vec<&'a str>>,
    /// `dateadded`, unix seconds, both ends included.
    pub(super) added: (Option<i64>, Option<i64>),
    /// `datecreated`, likewise.
    pub(super) created: (Option<i64>, Option<i64>),
}

impl Wanted<'_> {
    fn fits(&self, report: &Report) -> bool {
        let within = |(from, to): (Option<i64>, Option<i64>), at: i64| {
            from.is_none_or(|from| at >= from) && to.is_none_or(|to| at <= to)
        };
        let store = report.register.store.as_ref().map_or("", |store| store.external_id.as_str());
        within(self.added, report.added)
            && within(self.created, report.created)
            && self.stores.as_ref().is_none_or(|ids| ids.contains(&store))
            && self.registers.as_ref().is_none_or(|ids| ids.contains(&report.register.id.as_str()))
    }
}

impl State {
    /// A till counts an order for which money was taken at this moment (unix seconds). What is
    /// uploaded after the till was closed was counted before.
    pub(super) fn ring_up(&mut self, order: &Order, at: i64) {
        let Some(register) = &order.register else { return };
        if order.kind != OrderType::ORDER || order.payment_state != PaymentState::SUCCESSFUL {
            return;
        }
        let index = register.index;
        let reports = &mut self.tills.reports;
        let closed =
            reports.iter().position(|report| report.register.index == index && at < report.created);
        if let Some(place) = closed {
            if let Some(report) = reports.get_mut(place) {
                report.orders.push(order.id);
            }
            self.count_again(place);
            return;
        }
        let shift = self.tills.shifts.entry(index).or_default();
        shift.opened = Some(shift.opened.map_or(at, |opened| opened.min(at)));
        shift.orders.push(order.id);
    }

    fn count_again(&mut self, place: usize) {
        let orders = self.tills.reports.get(place).map(|report| report.orders.clone());
        let sums = Sums::of(self, &orders.unwrap_or_default());
        if let Some(report) = self.tills.reports.get_mut(place) {
            report.sums = sums;
        }
    }

    fn close_till(&mut self, register: &Arc<Register>, closing: Closing, now: i64) -> i64 {
        let now = now.div_euclid(1_000_000);
        let shift = self.tills.shifts.remove(&register.index).unwrap_or_default();
        let last = self.tills.reports.iter().rfind(|one| one.is_of(&register.id));
        let (id, left) = last.map_or((1, FLOAT), |last| (last.id + 1, last.left()));
        let created = closing.at.unwrap_or(now);
        let opened = shift.opened.filter(|_| !closing.without_opening);
        let report = Report {
            id,
            register: Arc::clone(register),
            opened,
            created,
            added: now.max(created) + closing.late.max(0),
            is_lost: closing.lost,
            is_told: false,
            sums: Sums::of(self, &shift.orders),
            orders: shift.orders,
            practice: shift.practice,
            drawer: Drawer {
                at_first: shift.cash_in.unwrap_or(left),
                petty: closing.petty,
                bank: closing.banked,
                difference: closing.difference,
            },
            comment: closing.comment,
            spoilt: Vec::new(),
        };
        self.tills.reports.push(report);
        self.tell_reports(now);
        id
    }

    /// Tells of the reports that have arrived. Ids only, which is our guess (facts/sitoo 7).
    pub(super) fn tell_reports(&mut self, now: i64) {
        let mut told = Vec::new();
        for report in &mut self.tills.reports {
            if !report.is_told && report.is_visible(now) {
                report.is_told = true;
                told.push((report.register.id.clone(), report.id));
            }
        }
        if !self.switches.events {
            return;
        }
        for (register, id) in told {
            let data = json!({ "eshop_id": SITE, "register_id": register, "z_report_id": id });
            self.queue_event("z-report", data, now * 1_000_000);
        }
    }

    /// Reports that have arrived, by `dateadded`.
    pub(super) fn reports(&self, wanted: &Wanted<'_>, now: i64) -> Vec<Value> {
        let now = now.div_euclid(1_000_000);
        let fits = |report: &&Report| report.is_visible(now) && wanted.fits(report);
        let mut found: Vec<_> = self.tills.reports.iter().filter(fits).collect();
        found.sort_by_key(|report| report.added);
        found.into_iter().map(|report| json::report(self, report)).collect()
    }

    /// One report that has arrived.
    pub(super) fn report(&self, register: &str, id: i64, now: i64) -> Option<Value> {
        let now = now.div_euclid(1_000_000);
        let mut all = self.tills.reports.iter();
        let found = all.find(|one| one.id == id && one.is_of(register) && one.is_visible(now))?;
        Some(json::report(self, found))
    }
}

impl Sitoo {
    /// Opens a till with so much in the drawer. A till that is not opened opens with its first
    /// receipt.
    pub fn open_register(&self, register: &str, cash_in: Option<i64>) -> Result<(), TillError> {
        let now = self.now().div_euclid(1_000_000);
        let mut state = lock(&self.state);
        let index = state.register(register)?.index;
        let shift = state.tills.shifts.entry(index).or_default();
        shift.opened = Some(shift.opened.unwrap_or(now));
        shift.cash_in = cash_in.or(shift.cash_in);
        Ok(())
    }

    /// Closes a till; gives the number of its Z-report.
    pub fn close_register(&self, register: &str, closing: Closing) -> Result<i64, TillError> {
        let now = self.now();
        let mut state = lock(&self.state);
        let register = state.register(register)?;
        Ok(state.close_till(&register, closing, now))
    }

    /// Closes every till that has counted something; gives how many those were.
    pub fn close_registers(&self) -> usize {
        self.close_registers_at(self.now().div_euclid(1_000_000))
    }

    /// The same, at a moment (unix seconds) that has come already: what the tills tell arrives now.
    pub fn close_registers_at(&self, at: i64) -> usize {
        let now = self.now();
        let at = at.min(now.div_euclid(1_000_000));
        let mut state = lock(&self.state);
        let open = |one: &&Arc<Register>| state.tills.shifts.contains_key(&one.index);
        let open: Vec<_> = state.registers.iter().filter(open).cloned().collect();
        for register in &open {
            let closing = Closing { at: Some(at), ..Closing::default() };
            state.close_till(register, closing, now);
        }
        open.len()
    }

    /// A receipt in practice mode: no order, only counted; it takes a receipt number where the
    /// switch says so. Gives that number.
    pub fn practise(&self, register: &str, gross: i64) -> Result<Option<u32>, TillError> {
        let now = self.now().div_euclid(1_000_000);
        let mut state = lock(&self.state);
        let index = state.register(register)?.index;
        let shift = state.tills.shifts.entry(index).or_default();
        shift.opened = Some(shift.opened.unwrap_or(now));
        shift.practice.count += 1;
        shift.practice.gross += gross;
        let numbered = state.switches.practice_takes_numbers;
        Ok(numbered.then(|| state.next_receipt(index)))
    }

    /// Uses up receipt numbers of a till for nothing.
    pub fn skip_receipts(&self, register: &str, numbers: u32) -> Result<(), TillError> {
        let mut state = lock(&self.state);
        let index = state.register(register)?.index;
        (0..numbers).for_each(|_| {
            state.next_receipt(index);
        });
        Ok(())
    }

    /// All reports, also those that have not arrived, in the order in which tills were closed.
    pub fn z_reports(&self) -> Vec<Value> {
        let state = lock(&self.state);
        state.tills.reports.iter().map(|report| json::report(&state, report)).collect()
    }

    /// Writes a field of a report as this, whatever the till counted; null leaves it out. False
    /// without such a report.
    pub fn spoil_report(&self, register: &str, id: i64, field: &str, value: Value) -> bool {
        let mut state = lock(&self.state);
        let mut all = state.tills.reports.iter_mut();
        let found = all.find(|report| report.id == id && report.is_of(register));
        let Some(report) = found else { return false };
        report.spoilt.retain(|(known, _)| known != field);
        report.spoilt.push((field.to_owned(), value));
        true
    }
}
