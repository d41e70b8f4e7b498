//! Returns and exchanges.

use std::sync::Arc;

use super::{super::masters::Staff, Row, Sale, Tender};

/// How a return names the sale (facts/sitoo 10, question 9: both ways are documented).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reference {
    /// `creditorderid` and `pos-originalsales-orderid`.
    #[default]
    Both,
    /// Only `creditorderid`.
    CreditOnly,
    /// Only the key in `additionaldata`.
    ExtraOnly,
}

/// What comes back.
#[derive(Debug, Clone)]
pub(super) enum Goods {
    /// All that is left of a sale.
    Whole(i64),
    /// Some rows of a sale: row and quantity.
    Some(i64, Vec<(usize, i64)>),
    /// Without a receipt ("swipe return", facts/sitoo 2.9).
    Blind(Vec<Row>),
}

/// A return at a till. Build it, then [`Sitoo::refund`](super::super::Sitoo::refund).
#[derive(Debug, Clone)]
pub struct Refund {
    pub(super) register: Arc<str>,
    pub(super) goods: Goods,
    pub(super) payments: Vec<(Tender, Option<i64>)>,
    pub(super) at: Option<i64>,
    pub(super) staff: Option<Arc<Staff>>,
    pub(super) reason: Option<(Box<str>, Box<str>)>,
    pub(super) row_reason: Option<Arc<str>>,
    pub(super) return_warehouse: Option<i64>,
    pub(super) reference: Reference,
    pub(super) unchecked: bool,
}

impl Refund {
    fn new(register: &str, goods: Goods) -> Self {
        Self {
            register: register.into(),
            goods,
            payments: Vec::new(),
            at: None,
            staff: None,
            reason: None,
            row_reason: None,
            return_warehouse: None,
            reference: Reference::Both,
            unchecked: false,
        }
    }

    /// Everything that is left of a sale, its cash round-off included.
    pub fn whole(register: &str, orderid: i64) -> Self {
        Self::new(register, Goods::Whole(orderid))
    }

    /// Some rows of a sale: row numbers and quantities.
    pub fn rows(register: &str, orderid: i64, rows: &[(usize, i64)]) -> Self {
        Self::new(register, Goods::Some(orderid, rows.to_vec()))
    }

    /// Goods without a receipt, rows as on a sale.
    pub fn blind(register: &str, rows: Vec<Row>) -> Self {
        Self::new(register, Goods::Blind(rows))
    }

    /// Pays back so many pence.
    #[must_use]
    pub fn pay(mut self, tender: Tender, pence: i64) -> Self {
        self.payments.push((tender, Some(-pence)));
        self
    }

    /// Pays back what is left. Without any, the first tender of the sale; else a card.
    #[must_use]
    pub fn pay_rest(mut self, tender: Tender) -> Self {
        self.payments.push((tender, None));
        self
    }

    /// The moment of the transaction (unix seconds), when it is not now.
    #[must_use]
    pub fn at(mut self, unix_seconds: i64) -> Self {
        self.at = Some(unix_seconds);
        self
    }

    /// Who took it back.
    #[must_use]
    pub fn staff(mut self, staff: &Arc<Staff>) -> Self {
        self.staff = Some(Arc::clone(staff));
        self
    }

    /// Reason of the whole return: code and comment.
    #[must_use]
    pub fn reason(mut self, code: &str, comment: &str) -> Self {
        self.reason = Some((code.into(), comment.into()));
        self
    }

    /// Reason on each row.
    #[must_use]
    pub fn row_reason(mut self, code: &str) -> Self {
        self.row_reason = Some(code.into());
        self
    }

    /// The goods go to another warehouse than the register's.
    #[must_use]
    pub fn into_warehouse(mut self, warehouse: i64) -> Self {
        self.return_warehouse = Some(warehouse);
        self
    }

    /// How it names the sale.
    #[must_use]
    pub fn reference(mut self, reference: Reference) -> Self {
        self.reference = reference;
        self
    }

    /// May return more than was sold, and take payments that do not add up.
    #[must_use]
    pub fn unchecked(mut self) -> Self {
        self.unchecked = true;
        self
    }

    /// The sale it names.
    pub fn original(&self) -> Option<i64> {
        match self.goods {
            Goods::Whole(order) | Goods::Some(order, _) => Some(order),
            Goods::Blind(_) => None,
        }
    }
}

/// A return and a sale in one go: two orders that name each other. What one side is worth to the
/// other is a virtual payment; the payments of the larger half settle the difference.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// What comes back.
    pub refund: Refund,
    /// What goes out.
    pub sale: Sale,
}

/// Both order ids of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExchangePlaced {
    /// The return.
    pub refund: i64,
    /// The sale.
    pub sale: i64,
}
