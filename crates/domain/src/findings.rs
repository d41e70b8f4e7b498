//! Differences between a till entry and the document that OrderWise made of it, found when the
//! document is read back.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Money, classify::kind_of, document::Document, entry::EntryKind, till::TillOrder};

/// What the document of an entry should say. Amounts are positive on a return too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// Sale or return.
    pub kind: EntryKind,
    /// Net, with the cash rounding: its line carries no tax.
    pub net: Money,
    /// Tax.
    pub tax: Money,
    /// The amount paid.
    pub gross: Money,
}

impl Expected {
    /// What the till's amounts say.
    pub fn of(order: &TillOrder) -> Self {
        let kind = kind_of(order);
        let side = |pence: i64| {
            let signed = if kind == EntryKind::Return { pence.saturating_neg() } else { pence };
            Money::from_pence(signed)
        };
        Self {
            kind,
            net: side(order.net.pence().saturating_add(order.round_off.pence())),
            tax: side(order.vat.pence()),
            gross: side(order.gross.pence()),
        }
    }
}

/// Where the two differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// Net total.
    Net,
    /// Tax total.
    Tax,
    /// Gross total.
    Gross,
    /// An order where a credit is due, or the other way round.
    Type,
    /// A status of OrderWise that went backwards.
    Status,
}

impl What {
    /// The word used in the database, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Net => "net",
            Self::Tax => "tax",
            Self::Gross => "gross",
            Self::Type => "type",
            Self::Status => "status",
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// One difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Where.
    pub what: What,
    /// The till's side: pence, or the order type that the entry should have.
    pub till: i64,
    /// The ledger's side: pence, or the order type that it has.
    pub ledger: i64,
}

impl Difference {
    /// How much more the ledger says than the till; nothing where it is not about an amount.
    pub const fn amount(&self) -> Money {
        match self.what {
            What::Type | What::Status => Money::ZERO,
            What::Net | What::Tax | What::Gross => {
                Money::from_pence(self.ledger.saturating_sub(self.till))
            }
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, till, ledger } = *self;
        match what {
            What::Type => write!(f, "type: should be {till}, OrderWise has {ledger}"),
            What::Status => write!(f, "status: went back from step {till} to step {ledger}"),
            What::Net | What::Tax | What::Gross => {
                let (till, ledger) = (Money::from_pence(till), Money::from_pence(ledger));
                write!(f, "{what}: till {till}, OrderWise {ledger}")
            }
        }
    }
}

/// The `systemOrderType` of a sale and of a return, as an instance is set up (facts/orderwise 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderTypes {
    /// Of a sale; 1 unless the settings say otherwise.
    pub sale: i64,
    /// Of a return; 4 unless the settings say otherwise.
    pub credit: i64,
}

impl OrderTypes {
    /// The type that a document of this kind is sent with.
    pub const fn of(self, kind: EntryKind) -> i64 {
        match kind {
            EntryKind::Return => self.credit,
            EntryKind::Sale | EntryKind::Other => self.sale,
        }
    }

    /// Whether a document's type flips its sign: what returns are sent with, 4, and 9 in the
    /// database (facts/orderwise 2.7).
    pub const fn is_credit(self, order_type: i64) -> bool {
        order_type != self.sale && (order_type == self.credit || matches!(order_type, 4 | 9))
    }
}

/// Compares what the till said with what OrderWise holds; empty when both agree to the penny.
pub fn compare(expected: &Expected, document: &Document, types: OrderTypes) -> Vec<Difference> {
    let mut differences = Vec::new();
    if types.is_credit(document.order_type) != (expected.kind == EntryKind::Return) {
        differences.push(Difference {
            what: What::Type,
            till: types.of(expected.kind),
            ledger: document.order_type,
        });
    }
    for (what, till, ledger) in [
        (What::Gross, expected.gross, document.gross),
        (What::Net, expected.net, document.net),
        (What::Tax, expected.tax, document.tax),
    ] {
        if till != ledger {
            differences.push(Difference { what, till: till.pence(), ledger: ledger.pence() });
        }
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::{Difference, Expected, OrderTypes, What};
    use crate::{
        document::Document,
        fixtures::{full_return, pence, sale, settle},
        till::TillOrder,
    };

    const USUAL: OrderTypes = OrderTypes { sale: 1, credit: 4 };

    fn compare(expected: &Expected, document: &Document) -> Vec<Difference> {
        super::compare(expected, document, USUAL)
    }

    #[test]
    fn an_instance_may_have_a_credit_type_of_its_own() {
        let types = OrderTypes { sale: 1, credit: 7 };
        let (sale, back) = (sale(), full_return(&sale()));
        let differences = |order, order_type| {
            super::compare(&Expected::of(order), &document(order, order_type), types)
        };
        for order_type in [7, 4, 9] {
            assert_eq!(differences(&back, order_type), []);
            let wrong = Difference { what: What::Type, till: 1, ledger: order_type };
            assert_eq!(differences(&sale, order_type), [wrong]);
        }
        let wrong = Difference { what: What::Type, till: 7, ledger: 1 };
        assert_eq!(differences(&back, 1), [wrong]);
        assert_eq!(differences(&sale, 1), []);
    }

    fn document(order: &TillOrder, order_type: i64) -> Document {
        let expected = Expected::of(order);
        Document {
            order_id: 1,
            order_number: "SO-1".to_owned(),
            reference: order.reference.to_string(),
            order_type,
            stored_at: None,
            net: expected.net,
            tax: expected.tax,
            gross: expected.gross,
            status: String::new(),
        }
    }

    #[test]
    fn equal_is_no_finding_on_either_side() {
        let mut sale = sale();
        sale.round_off = pence(-1);
        settle(&mut sale);
        let expected = Expected::of(&sale);
        assert_eq!(expected.net + expected.tax, expected.gross);
        assert_eq!(compare(&expected, &document(&sale, 1)), []);
        let back = full_return(&sale);
        assert!(!Expected::of(&back).gross.is_negative());
        assert_eq!(compare(&Expected::of(&back), &document(&back, 4)), []);
        assert_eq!(compare(&Expected::of(&back), &document(&back, 9)), []);
    }

    #[test]
    fn each_difference_is_named_with_both_sides() {
        let sale = sale();
        let mut document = document(&sale, 4);
        document.tax += pence(1);
        document.net -= pence(1);
        let differences = compare(&Expected::of(&sale), &document);
        let what: Vec<_> = differences.iter().map(|difference| difference.what).collect();
        assert_eq!(what, [What::Type, What::Net, What::Tax]);
        assert_eq!(differences[0], Difference { what: What::Type, till: 1, ledger: 4 });
        assert_eq!(differences[1].amount(), pence(-1));
        assert_eq!(differences[2].to_string(), "tax: till 18.32, OrderWise 18.33");
        document.gross += pence(5);
        assert_eq!(compare(&Expected::of(&sale), &document)[1].amount(), pence(5));
    }
}
