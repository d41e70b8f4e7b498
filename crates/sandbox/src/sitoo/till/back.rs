//! What comes back: the rows, the references and the money of a return.

use std::sync::Arc;

use super::{
    super::{
        model::{Item, Order, set_extra},
        state::State,
    },
    Reference, Refund, Tender, TenderKind, TillError,
    place::blank,
    refund::Goods,
    settle::{Bill, settle},
};

/// Rows of a return, and what they take from which row of the sale.
type Taken = (Vec<Item>, Vec<(usize, i64)>);

impl State {
    pub(super) fn prepare_refund(
        &self,
        refund: Refund,
        covered: Option<i64>,
        now: i64,
    ) -> Result<(Order, Vec<(usize, i64)>), TillError> {
        let register = self.register(&refund.register)?;
        let (mut rows, taken) = self.goods(&refund)?;
        if rows.is_empty() {
            return Err(TillError::Empty);
        }
        mark_rows(&mut rows, &refund);
        let mut order = blank(register, rows, refund.at, now);
        order.staff = refund.staff;
        let mut payments = refund.payments;
        let original = match refund.goods {
            Goods::Whole(id) | Goods::Some(id, _) => self.any(id).cloned(),
            Goods::Blind(_) => None,
        };
        if let Some(original) = &original {
            name_original(&mut order, original, refund.reference);
            if covered.is_none() && self.is_all_of(original, &taken) {
                order.roundoff = -original.roundoff;
                order.delivery_charge = original.delivery_charge.map(|(gross, vat)| (-gross, vat));
            }
            if payments.is_empty() {
                payments.extend(back_to(original).map(|tender| (tender, None)));
            }
        }
        give_reason(&mut order, refund.reason);
        let bill = Bill {
            due: order.gross(),
            covered: covered.unwrap_or(0),
            round_off_to: 0,
            unchecked: refund.unchecked,
        };
        (order.payments, _) = settle(&bill, payments)?;
        if original.is_some() {
            mark_payments(&mut order);
        }
        Ok((order, taken))
    }

    /// What a return is worth, as a positive amount.
    pub(super) fn worth(&self, refund: &Refund) -> Result<i64, TillError> {
        Ok(-self.goods(refund)?.0.iter().map(|row| row.gross).sum::<i64>())
    }

    /// The rows of a return.
    fn goods(&self, refund: &Refund) -> Result<Taken, TillError> {
        match &refund.goods {
            Goods::Blind(rows) => {
                let rows = rows.iter().map(|row| row.clone().item(-1)).collect::<Result<_, _>>()?;
                Ok((rows, Vec::new()))
            }
            Goods::Whole(id) => {
                let sale = self.any(*id).ok_or(TillError::UnknownOrder(*id))?;
                let left = |(row, item): (usize, &Item)| (row, item.quantity - self.back(*id, row));
                let wanted: Vec<_> = sale.rows.iter().enumerate().map(left).collect();
                let wanted: Vec<_> = wanted.into_iter().filter(|(_, left)| *left > 0).collect();
                self.parts(sale, &wanted, refund.unchecked)
            }
            Goods::Some(id, wanted) => {
                let sale = self.any(*id).ok_or(TillError::UnknownOrder(*id))?;
                self.parts(sale, wanted, refund.unchecked)
            }
        }
    }

    fn parts(
        &self,
        sale: &Order,
        wanted: &[(usize, i64)],
        unchecked: bool,
    ) -> Result<Taken, TillError> {
        let mut rows = Vec::with_capacity(wanted.len());
        for &(row, quantity) in wanted {
            let item = sale.rows.get(row).ok_or(TillError::UnknownRow(row))?;
            let back = self.back(sale.id, row);
            if quantity <= 0 || item.quantity <= 0 {
                return Err(TillError::BadRow);
            }
            if back + quantity > item.quantity && !unchecked {
                return Err(TillError::OverReturn(row));
            }
            let mut part = item.returned(back, quantity);
            set_extra(&mut part.extras, "pos-originalsales-orderitemid", row.to_string());
            rows.push(part);
        }
        Ok((rows, wanted.to_vec()))
    }

    /// How much of a row came back so far.
    fn back(&self, order: i64, row: usize) -> i64 {
        self.returned.get(&(order, row)).copied().unwrap_or(0)
    }

    fn is_all_of(&self, sale: &Order, taken: &[(usize, i64)]) -> bool {
        sale.rows.iter().enumerate().all(|(row, item)| {
            self.back(sale.id, row) == 0 && taken.contains(&(row, item.quantity))
        })
    }

    pub(super) fn take(&mut self, sale: Option<i64>, taken: &[(usize, i64)]) {
        for (row, quantity) in taken {
            if let Some(sale) = sale {
                *self.returned.entry((sale, *row)).or_insert(0) += quantity;
            }
        }
    }
}

impl Order {
    /// The sale that a return names, in whichever way.
    pub(super) fn credit_source(&self) -> Option<i64> {
        let named = self.extras.iter().find(|(key, _)| key == "pos-originalsales-orderid");
        self.credit_of.or_else(|| named.and_then(|(_, id)| id.parse().ok()))
    }
}

fn mark_rows(rows: &mut [Item], refund: &Refund) {
    for row in rows {
        if let Some(reason) = &refund.row_reason {
            set_extra(&mut row.extras, "reasoncode-return", Arc::clone(reason));
        }
        if let Some(warehouse) = refund.return_warehouse {
            set_extra(&mut row.extras, "return-warehouseid", warehouse.to_string());
        }
    }
}

fn give_reason(order: &mut Order, reason: Option<(Box<str>, Box<str>)>) {
    if let Some((code, comment)) = reason {
        set_extra(&mut order.extras, "refundreasoncode-reasoncode", Arc::<str>::from(code));
        set_extra(&mut order.extras, "refundreasoncode-comment", Arc::<str>::from(comment));
    }
}

fn name_original(order: &mut Order, original: &Order, reference: Reference) {
    if reference != Reference::ExtraOnly {
        order.credit_of = Some(original.id);
    }
    if reference != Reference::CreditOnly {
        let id = original.id.to_string();
        set_extra(&mut order.extras, "pos-originalsales-orderid", id);
    }
    order.currency.clone_from(&original.currency);
    let is_shopper = |name: &str| ["email", "namefirst", "namelast"].contains(&name);
    let known = original.texts.iter().filter(|(name, _)| is_shopper(name));
    order.texts = known.cloned().collect();
}

fn mark_payments(order: &mut Order) {
    for payment in &mut order.payments {
        if !payment.is_virtual() {
            set_extra(&mut payment.extras, "pos-originalsales-payment-index", "0");
        }
    }
}

/// The tender that money goes back to: the sale's first.
fn back_to(original: &Order) -> Option<Tender> {
    let paid = original.payments.iter().find(|payment| !payment.is_virtual())?;
    let number = paid.extras.iter().find(|(key, _)| key == "giftcard-cardnumber");
    let kind = match (&*paid.ref_type, number) {
        _ if paid.is_cash => TenderKind::Cash,
        ("", Some(_)) => TenderKind::GiftCard,
        ("", None) => TenderKind::Other,
        _ => TenderKind::Card,
    };
    let reference = (!paid.ref_id.is_empty()).then(|| Arc::from(&*paid.ref_id));
    Some(Tender {
        name: Arc::clone(&paid.name),
        external_id: paid.external_id.clone(),
        kind,
        number: number.map(|(_, number)| Arc::clone(number)).or(reference),
        // A refund gets a reference of its own.
        psp: None,
    })
}
