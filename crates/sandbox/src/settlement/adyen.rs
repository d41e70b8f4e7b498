//! Adyen's settlement details report: a batch a file.

use super::{Cell, fee, moment, pounds, workbook};
use crate::sitoo::Taken;

const HEAD: &str = "Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,\
Creation Date,TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),\
Gross Credit (GC),Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),Commission (NC),\
Markup (NC),Scheme Fees (NC),Interchange (NC),Payment Method Variant,\
Modification Merchant Reference,Batch Number,Reserved4";

#[derive(Debug, Clone)]
struct Row {
    psp: String,
    at: i64,
    kind: &'static str,
    modification: String,
    /// None where the report has none: fees and payouts.
    gross: Option<i64>,
    net: i64,
}

/// A batch: what was settled, and its payout.
#[derive(Debug, Clone)]
pub struct Batch {
    number: u32,
    paid_at: i64,
    rows: Vec<Row>,
    payouts: Vec<i64>,
}

impl Batch {
    /// A batch of these payments and refunds, paid at a moment (unix seconds).
    pub fn new(number: u32, paid_at: i64, taken: &[Taken]) -> Self {
        let row = |taken: &Taken| Row {
            psp: taken.reference.clone(),
            at: taken.at,
            kind: if taken.pence < 0 { "Refunded" } else { "Settled" },
            modification: format!("M{}", taken.orderid),
            gross: Some(taken.pence),
            net: taken.pence - fee(taken.pence),
        };
        Self { number, paid_at, rows: taken.iter().map(row).collect(), payouts: Vec::new() }
    }

    /// One payment is not in it: it will be settled later, or never.
    #[must_use]
    pub fn without(mut self, reference: &str) -> Self {
        self.rows.retain(|row| row.psp != reference);
        self
    }

    /// A payment that no till knows.
    #[must_use]
    pub fn with_unknown(self, reference: &str, pence: i64) -> Self {
        let at = self.paid_at - 86_400;
        self.row(reference, at, "Settled", Some(pence), pence - fee(pence))
    }

    /// A shopper's bank takes a payment back, and the provider a fee of £15.
    #[must_use]
    pub fn with_chargeback(self, taken: &Taken) -> Self {
        let at = self.paid_at - 3_600;
        self.row(&taken.reference, at, "Chargeback", Some(-taken.pence), -taken.pence - 1_500)
    }

    /// A fee that stands alone.
    #[must_use]
    pub fn with_fee(self, pence: i64) -> Self {
        let at = self.paid_at;
        self.row("", at, "Fee", None, -pence)
    }

    /// Money that is held back for later batches (negative), or comes from an earlier one.
    #[must_use]
    pub fn with_transfer(self, pence: i64) -> Self {
        let at = self.paid_at;
        self.row("", at, "Balancetransfer", None, pence)
    }

    fn row(mut self, psp: &str, at: i64, kind: &'static str, gross: Option<i64>, net: i64) -> Self {
        let modification = format!("X{}-{}", self.number, self.rows.len());
        self.rows.push(Row { psp: psp.to_owned(), at, kind, modification, gross, net });
        self
    }

    /// What is paid out.
    pub fn net(&self) -> i64 {
        self.rows.iter().map(|row| row.net).sum()
    }

    /// Pays it out: in one piece, or with these pieces first and the rest last. Gives the pieces.
    pub fn pay_out(&mut self, pieces: &[i64]) -> Vec<i64> {
        let rest = self.net() - pieces.iter().sum::<i64>();
        self.payouts = pieces.iter().copied().chain([rest]).collect();
        self.payouts.clone()
    }

    /// What the bank's statement says about a piece.
    pub fn words(&self, piece: usize) -> String {
        format!("TX{:05}{piece}XT batch {}, DaybookShops", 70_000 + self.number, self.number)
    }

    fn cells(&self) -> Vec<Vec<String>> {
        let payouts = self.payouts.iter().enumerate().map(|(piece, pence)| Row {
            psp: String::new(),
            at: self.paid_at,
            kind: "MerchantPayout",
            modification: self.words(piece),
            gross: None,
            net: -pence,
        });
        self.rows.iter().cloned().chain(payouts).map(|row| self.line(&row)).collect()
    }

    fn line(&self, row: &Row) -> Vec<String> {
        let two = |pence: Option<i64>| match pence {
            None => [String::new(), String::new()],
            Some(pence) if pence < 0 => [pounds(-pence), String::new()],
            Some(pence) => [String::new(), pounds(pence)],
        };
        let [gross_debit, gross_credit] = two(row.gross);
        let [net_debit, net_credit] = two(Some(row.net));
        let kept = row.gross.map_or(0, |gross| gross - row.net);
        let fees = if row.gross.is_some() {
            [String::new(), pounds(kept / 2), pounds(0), pounds(kept - kept / 2)]
        } else {
            Default::default()
        };
        let card = if row.psp.is_empty() { "" } else { "visa" };
        let gross_currency = if row.gross.is_some() { "GBP" } else { "" };
        let mut cells: Vec<String> = vec![
            "DaybookShopsCompany".to_owned(),
            "DaybookShops".to_owned(),
            row.psp.clone(),
            String::new(),
            card.to_owned(),
            moment(row.at),
            "UTC".to_owned(),
            row.kind.to_owned(),
            row.modification.clone(),
            gross_currency.to_owned(),
            gross_debit,
            gross_credit,
            if row.gross.is_some() { "1" } else { "" }.to_owned(),
            "GBP".to_owned(),
            net_debit,
            net_credit,
        ];
        cells.extend(fees);
        cells.extend([String::new(), String::new(), self.number.to_string(), String::new()]);
        cells
    }

    /// The report as CSV.
    pub fn csv(&self) -> String {
        let quoted = |cell: &String| {
            if cell.contains(',') { format!("\"{cell}\"") } else { cell.clone() }
        };
        let rows = self.cells().into_iter();
        let rows = rows.map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(","));
        std::iter::once(HEAD.to_owned()).chain(rows).collect::<Vec<_>>().join("\r\n") + "\r\n"
    }

    /// The report as a workbook, with its amounts as numbers.
    pub fn xlsx(&self) -> Vec<u8> {
        let head: Vec<Cell> = HEAD.split(',').map(|text| Cell::Text(text.to_owned())).collect();
        let amounts = [10, 11, 14, 15, 16, 17, 18, 19];
        let rows = self.cells().into_iter().map(|row| {
            let cells = row.into_iter().enumerate();
            let cell = cells.map(|(at, text)| match text {
                text if text.is_empty() => Cell::Empty,
                text if amounts.contains(&at) => Cell::Number(text),
                text => Cell::Text(text),
            });
            cell.collect()
        });
        workbook("Settlement", &std::iter::once(head).chain(rows).collect::<Vec<_>>())
    }
}
