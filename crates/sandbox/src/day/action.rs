//! One action at a till, and how it is played.

use crate::sitoo::{
    Sitoo,
    till::{Exchange, Refund, Sale, Stage, Tender, TillError},
};

/// A booking reserves stock for 14 days (`numdaysreserved`, facts/sitoo 5.4).
const RESERVED: i64 = 14 * 86_400;

/// An action that a till refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Number of the action in the plan.
    pub number: usize,
    /// Why.
    pub error: TillError,
}

/// An action with its times, in seconds after opening.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// Number in the plan; others refer to it.
    pub(super) number: usize,
    /// When it happens at the till.
    pub(super) happens: i64,
    /// When Sitoo gets it; later when the till is offline.
    pub(super) arrives: i64,
    pub(super) action: Action,
}

/// What happens. `of` is the number of the step that made the order.
#[derive(Debug, Clone)]
pub(super) enum Action {
    Sell(Box<Sale>),
    /// A booking: it reserves stock for a while from its moment on.
    Book(Box<Sale>),
    /// A return without a receipt.
    Blind(Box<Refund>),
    Return {
        of: usize,
        back: Back,
    },
    Exchange {
        of: usize,
        back: Back,
        sale: Box<Sale>,
    },
    /// A parked receipt or a booking becomes a sale.
    Collect {
        of: usize,
        sale: Box<Sale>,
    },
    Close {
        of: usize,
        tender: Tender,
    },
    Cancel {
        of: usize,
    },
}

/// What comes back of a sale: all of it, or some rows; and how the return is decorated.
#[derive(Debug, Clone)]
pub(super) struct Back {
    pub(super) register: String,
    pub(super) rows: Option<Vec<(usize, i64)>>,
    pub(super) reason: (String, String),
    /// Another warehouse than the register's.
    pub(super) into: Option<i64>,
    pub(super) reference: crate::sitoo::till::Reference,
}

impl Back {
    /// The return of this order.
    pub(super) fn of(self, orderid: i64) -> Refund {
        let refund = match &self.rows {
            None => Refund::whole(&self.register, orderid),
            Some(rows) => Refund::rows(&self.register, orderid, rows),
        };
        let refund = refund
            .reason(&self.reason.0, &self.reason.1)
            .row_reason(&self.reason.0)
            .reference(self.reference);
        match self.into {
            Some(warehouse) => refund.into_warehouse(warehouse),
            None => refund,
        }
    }
}

impl Step {
    /// Plays it; gives the id of the order that it made or changed (the sale of an exchange).
    pub(super) fn play(
        self,
        opening: i64,
        placed: &[Option<i64>],
        sitoo: &Sitoo,
    ) -> Result<i64, TillError> {
        let at = opening + self.happens;
        // Order 0 does not exist: what it depends on was refused, so it is refused too.
        let id = |of: usize| placed.get(of).copied().flatten().unwrap_or(0);
        match self.action {
            Action::Sell(sale) => sitoo.sell(sale.at(at)),
            Action::Book(sale) => sitoo.sell(sale.stage(Stage::Booking(at + RESERVED)).at(at)),
            Action::Blind(refund) => sitoo.refund(refund.at(at)),
            Action::Return { of, back } => sitoo.refund(back.of(id(of)).at(at)),
            Action::Exchange { of, back, sale } => {
                let exchange = Exchange { refund: back.of(id(of)).at(at), sale: sale.at(at) };
                sitoo.exchange(exchange).map(|placed| placed.sale)
            }
            Action::Collect { of, sale } => sitoo.sell(sale.from_source(id(of)).at(at)),
            Action::Close { of, tender } => sitoo.close(id(of), Some(tender)).map(|()| id(of)),
            Action::Cancel { of } => sitoo.cancel(id(of)).map(|()| id(of)),
        }
    }
}
