//! What one thing that differs does to a document, with OrderWise's signs.

use crate::reconcile::{amounts::Amounts, causes::DayCause};

/// One effect: document less till.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Effect {
    pub(super) cause: DayCause,
    pub(super) amounts: Amounts,
    pub(super) row: Option<i64>,
    pub(super) line: Option<i64>,
    pub(super) tax: Option<String>,
    pub(super) detail: String,
}

impl Effect {
    pub(super) fn new(cause: DayCause, amounts: Amounts, detail: String) -> Self {
        Self { cause, amounts, row: None, line: None, tax: None, detail }
    }

    pub(super) fn at_line(self, line: i64) -> Self {
        Self { line: Some(line), ..self }
    }

    pub(super) fn of_row(self, row: Option<i64>) -> Self {
        Self { row, ..self }
    }

    pub(super) fn under(self, tax: Option<&str>) -> Self {
        Self { tax: tax.map(str::to_owned), ..self }
    }
}
