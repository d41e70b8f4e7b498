//! What a person says of one entry: the till's word stays, and this is laid over it when the entry
//! is decided on. Amounts are never laid over: they go out as they came in (promise 3).

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{VatRate, till::TillOrder};

/// What is said.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[schemars(rename = "CorrectionField")]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// The SKU of a row.
    Sku,
    /// The VAT rate of a row.
    VatRate,
    /// The way of paying of a payment.
    Tender,
    /// The reason for a return.
    Reason,
    /// Nothing is wrong with it; it shall not be posted before somebody says so.
    Hold,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Sku, Self::VatRate, Self::Tender, Self::Reason, Self::Hold];

    /// The word used in the database, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sku => "sku",
            Self::VatRate => "vat-rate",
            Self::Tender => "tender",
            Self::Reason => "reason",
            Self::Hold => "hold",
        }
    }

    /// Whether it changes what money is booked as: tax, or where it was paid in.
    pub const fn changes_money(self) -> bool {
        matches!(self, Self::VatRate | Self::Tender)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Field {
    type Err = BadCorrection;

    fn from_str(word: &str) -> Result<Self, BadCorrection> {
        let found = Self::ALL.into_iter().find(|field| field.word() == word);
        found.ok_or_else(|| BadCorrection(format!("'{word}' cannot be corrected")))
    }
}

/// How far a correction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CorrectionStage")]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It waits for a second person.
    Asked,
    /// It is laid over the till's word.
    InForce,
    /// A second person refused it.
    Refused,
    /// It was taken back.
    Withdrawn,
    /// A later one stands in its place.
    Replaced,
}

impl Stage {
    /// The word used in the database, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::InForce => "in-force",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Replaced => "replaced",
        }
    }

    /// Whether it may become this.
    pub const fn may_become(self, next: Self) -> bool {
        match self {
            Self::Asked => !matches!(next, Self::Asked),
            Self::InForce => matches!(next, Self::Withdrawn | Self::Replaced),
            Self::Refused | Self::Withdrawn | Self::Replaced => false,
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for Stage {
    type Err = BadCorrection;

    fn from_str(word: &str) -> Result<Self, BadCorrection> {
        let all = [Self::Asked, Self::InForce, Self::Refused, Self::Withdrawn, Self::Replaced];
        let found = all.into_iter().find(|stage| stage.word() == word);
        found.ok_or_else(|| BadCorrection(format!("'{word}' is no stage of a correction")))
    }
}

/// It cannot be laid over this entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadCorrection(pub String);

/// One value that is laid over the till's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Correction {
    /// What.
    pub field: Field,
    /// Of which row (`orderitemid`), or of which payment, from 0; 0 where there is only one.
    pub place: i64,
    /// As it should be.
    pub value: String,
}

impl Correction {
    /// What the till said there.
    pub fn original(&self, order: &TillOrder) -> Result<String, BadCorrection> {
        match self.field {
            Field::Sku => self.row(order).map(|row| row.sku.clone()),
            Field::VatRate => self.row(order).map(|row| row.vat_rate.to_string()),
            Field::Tender => {
                let at = usize::try_from(self.place).ok();
                let payment = at.and_then(|at| order.payments.get(at));
                payment.map(|payment| payment.name.clone()).ok_or_else(|| self.nothing("payment"))
            }
            Field::Reason => Ok(order.reason_code.clone().unwrap_or_default()),
            Field::Hold => Ok(String::new()),
        }
    }

    /// Whether it can be laid over this order, with what the till said.
    pub fn check(&self, order: &TillOrder) -> Result<String, BadCorrection> {
        let original = self.original(order)?;
        let bad = |what: &str| Err(BadCorrection(what.to_owned()));
        if self.field == Field::Hold {
            return Ok(original);
        }
        if self.value.trim().is_empty() {
            return bad("say what it should be");
        }
        if self.value.trim() == original {
            return bad("that is what the till said");
        }
        if self.field == Field::VatRate
            && let Err(fault) = self.value.trim().parse::<VatRate>()
        {
            return bad(&fault.to_string());
        }
        Ok(original)
    }

    /// Lays it over the order where the till still says what it said when this was asked for; what
    /// the till told anew since is left as it is.
    pub fn lay_over(&self, said: &str, order: &mut TillOrder) {
        if self.original(order).as_deref() != Ok(said) {
            return;
        }
        let value = self.value.trim();
        let row = order.rows.iter_mut().find(|row| row.index == self.place);
        match (self.field, row) {
            (Field::Sku, Some(row)) => value.clone_into(&mut row.sku),
            (Field::VatRate, Some(row)) => {
                if let Ok(rate) = value.parse() {
                    row.vat_rate = rate;
                }
            }
            (Field::Tender, _) => {
                let at = usize::try_from(self.place).ok();
                if let Some(payment) = at.and_then(|at| order.payments.get_mut(at)) {
                    value.clone_into(&mut payment.name);
                    payment.external_id = None;
                }
            }
            (Field::Reason, _) => {
                order.reason_code = Some(value.to_owned());
                for row in &mut order.rows {
                    row.reason_code = None;
                }
            }
            (Field::Sku | Field::VatRate, None) | (Field::Hold, _) => {}
        }
    }

    fn row<'a>(&self, order: &'a TillOrder) -> Result<&'a crate::till::TillRow, BadCorrection> {
        let row = order.rows.iter().find(|row| row.index == self.place);
        row.ok_or_else(|| self.nothing("row"))
    }

    fn nothing(&self, what: &str) -> BadCorrection {
        BadCorrection(format!("the till told no {what} {}", self.place))
    }
}

#[cfg(test)]
mod tests {
    use super::{Correction, Field};
    use crate::fixtures;

    fn correction(field: Field, place: i64, value: &str) -> Correction {
        Correction { field, place, value: value.to_owned() }
    }

    #[test]
    fn only_what_is_corrected_changes_and_no_amount_does() {
        let told = fixtures::sale();
        let (index, sku) = (told.rows[0].index, told.rows[0].sku.clone());
        let cases = [
            correction(Field::Sku, index, "OTHER"),
            correction(Field::VatRate, index, "5"),
            correction(Field::Tender, 0, "Voucher"),
            correction(Field::Reason, 0, "damaged"),
            correction(Field::Hold, 0, "asked by the store"),
        ];
        for case in cases {
            let said = case.check(&told).unwrap();
            let mut order = told.clone();
            case.lay_over(&said, &mut order);
            assert_eq!((order.net, order.vat, order.gross), (told.net, told.vat, told.gross));
            let amounts = |order: &crate::till::TillOrder| {
                let rows = order.rows.iter().map(|row| (row.quantity, row.net, row.vat));
                let paid = order.payments.iter().map(|one| one.amount);
                (rows.collect::<Vec<_>>(), paid.collect::<Vec<_>>())
            };
            assert_eq!(amounts(&order), amounts(&told), "{case:?}");
            assert_eq!(order == told, case.field == Field::Hold, "{case:?}");
        }
        assert_eq!(correction(Field::Sku, index, "OTHER").original(&told).unwrap(), sku);
    }

    #[test]
    fn what_does_not_fit_is_said_and_changes_nothing() {
        let told = fixtures::sale();
        let (index, sku) = (told.rows[0].index, told.rows[0].sku.clone());
        let cases = [
            (correction(Field::Sku, 99, "OTHER"), "no row 99"),
            (correction(Field::Tender, -1, "Cash"), "no payment -1"),
            (correction(Field::Sku, index, " "), "say what"),
            (correction(Field::Sku, index, &sku), "what the till said"),
            (correction(Field::VatRate, index, "twenty"), "'twenty'"),
        ];
        for (case, says) in cases {
            let fault = case.check(&told).unwrap_err();
            assert!(fault.to_string().contains(says), "{fault}");
        }
        let mut order = told.clone();
        correction(Field::Sku, 99, "OTHER").lay_over(&sku, &mut order);
        correction(Field::Tender, 99, "OTHER").lay_over("", &mut order);
        assert_eq!(order, told);
    }

    #[test]
    fn what_the_till_told_anew_is_not_covered() {
        let told = fixtures::sale();
        let index = told.rows[0].index;
        let cases = [
            correction(Field::Sku, index, "OTHER"),
            correction(Field::VatRate, index, "5"),
            correction(Field::Tender, 0, "Voucher"),
            correction(Field::Reason, 0, "damaged"),
        ];
        for case in cases {
            let mut order = told.clone();
            case.lay_over("what it said before", &mut order);
            assert_eq!(order, told, "{case:?}");
        }
    }
}
