//! What people do to documents behind Daybook's back: a corrected price, a deleted line, an order
//! written by hand. Stock stays as it is.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::{
    Document, Line, OrderWise,
    exact::{pence, pounds},
    order::tax::from_gross,
    state::State,
};
use crate::lock;

/// What somebody changes of a line. A quantity takes the amounts with it, a gross amount and a tax
/// rate take net and tax, unless they are given too.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineEdit {
    /// Variant code.
    pub sku: Option<String>,
    /// Quantity.
    pub quantity: Option<Decimal>,
    /// Net, pence.
    pub net: Option<i64>,
    /// Tax, pence.
    pub tax: Option<i64>,
    /// Gross, pence.
    pub gross: Option<i64>,
    /// Tax rate id.
    pub tax_rate_id: Option<i64>,
    /// Stock location.
    pub location: Option<i64>,
}

/// A document written by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its reference.
    pub reference: String,
    /// `systemOrderType`.
    pub order_type: u8,
    /// Order date (wall clock, microseconds); now without one.
    pub order_date: Option<i64>,
    /// Customer id.
    pub customer: i64,
    /// Lines: code, quantity, gross pence, tax rate id, location.
    pub lines: Vec<LineEdit>,
}

impl LineEdit {
    fn apply(self, state: &State, line: &mut Line) {
        let before = line.quantity;
        if let Some(quantity) = self.quantity {
            line.quantity = quantity;
            if !before.is_zero() {
                let scaled = pounds(line.gross).checked_mul(quantity);
                let scaled = scaled.and_then(|gross| gross.checked_div(before));
                line.gross = scaled.and_then(pence).unwrap_or(line.gross);
            }
        }
        if let Some(sku) = self.sku {
            line.sku = Arc::from(sku);
        }
        line.gross = self.gross.unwrap_or(line.gross);
        line.tax_rate_id = self.tax_rate_id.unwrap_or(line.tax_rate_id);
        line.location = self.location.unwrap_or(line.location);
        let is_taxed_anew =
            self.quantity.is_some() || self.gross.is_some() || self.tax_rate_id.is_some();
        let rate = state.tax_rates.get(&line.tax_rate_id);
        if is_taxed_anew && let Some(rate) = rate {
            let amounts = from_gross(line.gross, rate.percent).unwrap_or_default();
            (line.net, line.tax) = (amounts.net, amounts.tax);
        }
        line.net = self.net.unwrap_or(line.net);
        line.tax = self.tax.unwrap_or(line.tax);
    }

    /// A line with these values and no others.
    fn line(self, state: &State) -> Line {
        let mut line = Line {
            sku: Arc::from(""),
            quantity: Decimal::ZERO,
            net: 0,
            tax: 0,
            gross: 0,
            tax_rate_id: 1,
            location: 0,
            return_to_stock: true,
        };
        self.apply(state, &mut line);
        line
    }
}

/// Net, tax and gross of all lines.
fn sums(lines: &[Line]) -> [i64; 3] {
    lines.iter().fold([0; 3], |[net, tax, gross], line| {
        [net + line.net, tax + line.tax, gross + line.gross]
    })
}

/// Changes the lines of a document; its totals follow by the difference.
fn change_lines(document: &mut Document, change: impl FnOnce(&mut Vec<Line>)) {
    let mut lines = document.lines.to_vec();
    let before = sums(&lines);
    change(&mut lines);
    let after = sums(&lines);
    document.net += after[0] - before[0];
    document.tax += after[1] - before[1];
    document.gross += after[2] - before[2];
    document.lines = lines.into_boxed_slice();
}

impl OrderWise {
    /// Changes whatever of a document: its date, its type, its totals, its payments. False without
    /// it.
    pub fn edit_document(&self, order_id: i64, change: impl FnOnce(&mut Document)) -> bool {
        lock(&self.state).documents.change(order_id, change)
    }

    /// Changes a line, counted from 1; the document's totals follow. False without it.
    pub fn edit_line(&self, order_id: i64, number: usize, edit: LineEdit) -> bool {
        self.with_lines(order_id, |state, lines| {
            let line = number.checked_sub(1).and_then(|place| lines.get_mut(place));
            line.map(|line| edit.apply(state, line)).is_some()
        })
    }

    /// Deletes a line, counted from 1; the document's totals follow. False without it.
    pub fn delete_line(&self, order_id: i64, number: usize) -> bool {
        self.with_lines(order_id, |_, lines| {
            let place = number.checked_sub(1).filter(|place| *place < lines.len());
            place.map(|place| lines.remove(place)).is_some()
        })
    }

    /// Adds a line at the end; the document's totals follow. False without the document.
    pub fn add_line(&self, order_id: i64, line: LineEdit) -> bool {
        self.with_lines(order_id, |state, lines| {
            lines.push(line.line(state));
            true
        })
    }

    fn with_lines(
        &self,
        order_id: i64,
        change: impl FnOnce(&State, &mut Vec<Line>) -> bool,
    ) -> bool {
        let mut state = lock(&self.state);
        let Some(mut document) = state.documents.by_id(order_id).cloned() else { return false };
        let mut is_done = false;
        change_lines(&mut document, |lines| is_done = change(&state, lines));
        is_done && state.documents.change(order_id, |stored| *stored = document)
    }

    /// Deletes a document; false without it.
    pub fn delete_document(&self, order_id: i64) -> bool {
        lock(&self.state).documents.delete(order_id)
    }

    /// Stores a document once more, under a number of its own; gives its id.
    pub fn double_document(&self, order_id: i64) -> Option<i64> {
        let now = (self.now)();
        let mut state = lock(&self.state);
        let mut double = state.documents.by_id(order_id)?.clone();
        double.order_id = state.documents.next_id();
        (double.stored_at, double.visible_from) = (now, now);
        let id = double.order_id;
        state.documents.push(double);
        Some(id)
    }

    /// Stores a document that somebody wrote by hand; gives its id.
    pub fn write_document(&self, written: Written) -> i64 {
        let (now, wall) = ((self.now)(), self.wall());
        let mut state = lock(&self.state);
        let lines: Vec<Line> = written.lines.into_iter().map(|line| line.line(&state)).collect();
        let [net, tax, gross] = sums(&lines);
        let order_id = state.documents.next_id();
        let status = state.new_order_status();
        state.documents.push(Document {
            order_id,
            order_type: written.order_type,
            session: 0,
            number: written.reference.into(),
            other_reference: None,
            original: None,
            customer: written.customer,
            order_date: written.order_date.unwrap_or(wall),
            stored_at: now,
            visible_from: now,
            delivery: 0,
            net,
            tax,
            gross,
            lines: lines.into_boxed_slice(),
            payments: Box::default(),
            status,
            body: None,
        });
        order_id
    }
}
