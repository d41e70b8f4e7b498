//! The files that a provider and the bank write about one trading day.

use std::{collections::HashSet, path::Path};

use super::{Batch, Booked, camt053};
use crate::sitoo::Taken;

const DAY: i64 = 86_400;

/// A settlement details report and a statement of the days after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayFiles {
    /// The report as CSV.
    pub report: String,
    /// The statement as CAMT.053.
    pub statement: String,
}

impl DayFiles {
    /// About the card payments among these: one is charged back, the last one comes in a later
    /// payout, and there are fees. None where there are too few.
    pub fn of(taken: &[Taken]) -> Option<Self> {
        let mut met = HashSet::new();
        let cards = taken.iter().filter(|one| one.external_id == "CARD");
        // What the terminal gave no reference is settled later; a refund bears that of its sale.
        let cards = cards
            .filter(|one| !one.reference.is_empty() && met.insert((&one.reference, one.pence > 0)));
        let mut cards: Vec<Taken> = cards.cloned().collect();
        let last = cards.iter().rposition(|one| one.pence > 0)?;
        let paid_at = cards.iter().map(|one| one.at).max()? + DAY;
        cards.remove(last);
        let disputed = cards.iter().find(|one| one.pence > 0)?.clone();
        let mut batch = Batch::new(7, paid_at, &cards).with_chargeback(&disputed).with_fee(1_200);
        let paid = batch.pay_out(&[]);
        let book = |at, pence, words: &str| Booked { at, pence, words: words.to_owned() };
        let booked = [
            book(paid_at + DAY, -90_000, "Rent"),
            book(paid_at + DAY, *paid.first()?, &batch.words(0)),
        ];
        Some(Self { report: batch.csv(), statement: camt053(&booked) })
    }

    /// Writes them into the folders `adyen` and `statements`, which are made where they are missing.
    pub fn write(&self, folder: &Path) -> std::io::Result<()> {
        let (adyen, bank) = (folder.join("adyen"), folder.join("statements"));
        std::fs::create_dir_all(&adyen)?;
        std::fs::create_dir_all(&bank)?;
        std::fs::write(adyen.join("settlement_detail_report_batch_7.csv"), &self.report)?;
        std::fs::write(bank.join("statement.xml"), &self.statement)
    }
}
