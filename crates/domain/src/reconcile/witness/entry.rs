//! What the book holds of one till transaction, as far as it is compared. Nothing about the
//! shopper: it goes into certificates.

use serde::{Deserialize, Serialize};

use crate::{
    Money, Quantity, Reference, Timestamp, VatRate,
    causes::Cause,
    classify::{SetAside, kind_of},
    draft::{Draft, LineOrigin},
    entry::{EntryKind, EntryState},
    mapping::Account,
    split::line_amount,
    till::{OrderState, OrderType, PaymentState, TillOrder},
};

/// One entry. Amounts keep the till's signs: a return is negative throughout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookEntry {
    /// Its key in both systems.
    pub reference: Reference,
    /// Sale or return, as the goods and the money say; also while it is set aside.
    pub kind: EntryKind,
    /// Where it is.
    pub state: EntryState,
    /// Why it is set aside.
    pub set_aside: Option<SetAside>,
    /// What it is held for.
    pub held_for: Vec<Cause>,
    /// Whether the till took (or gave) money for it, so that it belongs into a Z-report: paid,
    /// neither cancelled nor abandoned, no booking and no parked receipt.
    pub taken: bool,
    /// Whether goods of it are still to be handed over: the Z-report's part "not delivered".
    pub to_come: bool,
    /// `warehouseid`.
    pub warehouse_id: Option<i64>,
    /// `registerid`; none means that no till made it.
    pub register_id: Option<String>,
    /// `pos-receiptid`.
    pub receipt_id: Option<String>,
    /// The moment at the till.
    pub order_date: Timestamp,
    /// When it reached the book; late, where the till was offline.
    pub recorded_at: Timestamp,
    /// When OrderWise took it.
    pub posted_at: Option<Timestamp>,
    /// Whether Sitoo shows it as cancelled today.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub void_today: bool,
    /// `orderId` of the document that the posting was answered with, or was adopted.
    pub ledger_order_id: Option<i64>,
    /// `currencycode`.
    pub currency: String,
    /// The till's totals, as they were posted.
    pub figures: Figures,
    /// The till's totals as Sitoo tells them today, where they are not `figures` any more.
    pub figures_today: Option<Figures>,
    /// `moneytotal_gross_delivery`, part of the gross.
    pub delivery: Money,
    /// `moneytotal_gross_checkout`, part of the gross.
    pub checkout_fee: Money,
    /// Tenders, in order.
    pub tenders: Vec<Tender>,
    /// Rows, in order.
    pub rows: Vec<EntryRow>,
    /// What was sent to OrderWise, or would be.
    pub posting: Option<Posting>,
    /// What OrderWise said when it was read back.
    pub read_back: Option<ReadBack>,
    /// The sale that a return gives back, where it is known.
    pub original: Option<Original>,
}

/// Totals of an entry.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Net, without the cash rounding.
    pub net: Money,
    /// VAT.
    pub vat: Money,
    /// Cash rounding, part of the gross.
    pub round_off: Money,
    /// The amount paid.
    pub gross: Money,
}

impl Figures {
    /// What the till says.
    pub const fn of(order: &TillOrder) -> Self {
        Self { net: order.net, vat: order.vat, round_off: order.round_off, gross: order.gross }
    }
}

/// One way in which an entry was paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tender {
    /// Display name, by which the Z-report knows it.
    pub name: String,
    /// Signed amount.
    pub amount: Money,
    /// It settles the two halves of an exchange; no money moved.
    pub virtual_payment: bool,
}

/// One row of the basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryRow {
    /// `orderitemid`.
    pub index: i64,
    /// `sku`, as sold.
    pub sku: String,
    /// Signed quantity.
    pub quantity: Quantity,
    /// Signed number of pieces, which a Z-report counts.
    pub pieces: Option<i64>,
    /// `vatvalue`.
    pub vat_rate: VatRate,
    /// Signed net.
    pub net: Money,
    /// Signed VAT.
    pub vat: Money,
    /// A gift card was sold or taken back.
    pub gift_card: bool,
    /// It is the discount of the product row above it.
    pub discount: bool,
    /// Gross amount before what the till took off, signed, where the till tells it.
    pub before_discount: Option<Money>,
    /// The row of the original that is given back.
    pub original_index: Option<i64>,
}

/// What was sent. All amounts are positive, also on a credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// The customer account (number, else id).
    pub account: String,
    /// Delivery charge, on the document and on no line.
    pub delivery: Money,
    /// Lines.
    pub lines: Vec<SentLine>,
    /// Payments by method id, in order.
    pub payments: Vec<(i64, Money)>,
}

/// A line as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentLine {
    /// `itemNumber`.
    pub number: i64,
    /// `variantCode`.
    pub sku: String,
    /// Quantity.
    pub quantity: Quantity,
    /// Gross price of one unit.
    pub unit_gross: Money,
    /// Gross amount of the line.
    pub gross: Money,
    /// Net amount of the line, where the tax policy pins it.
    pub net: Option<Money>,
    /// `taxRateId`.
    pub tax_rate_id: i64,
    /// `stockLocationId`.
    pub stock_location_id: Option<i64>,
    /// The row, or the special line, that it stands for.
    pub origin: LineOrigin,
}

/// What a document said when it was read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadBack {
    /// When.
    pub at: Timestamp,
    /// `net`.
    pub net: Money,
    /// `tax`.
    pub tax: Money,
    /// `gross`.
    pub gross: Money,
}

/// The sale of a return, as the till sold it: positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// The sale.
    pub reference: Reference,
    /// Its rows, discounts taken into the row that they belong to.
    pub rows: Vec<SoldRow>,
}

/// A row of the sale that is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoldRow {
    /// `orderitemid`.
    pub index: i64,
    /// Quantity sold.
    pub quantity: Quantity,
    /// Net.
    pub net: Money,
    /// VAT.
    pub vat: Money,
}

impl BookEntry {
    /// What `order` says. State, times and what is known of OrderWise are left for the book to fill
    /// in: the entry is as if it had just been recorded.
    pub fn of(order: &TillOrder, recorded_at: Timestamp) -> Self {
        Self {
            reference: order.reference,
            kind: kind_of(order),
            state: EntryState::Ready,
            set_aside: None,
            held_for: Vec::new(),
            taken: is_taken(order),
            to_come: order.order_state == OrderState::Open,
            warehouse_id: order.warehouse_id,
            register_id: order.register_id.clone(),
            receipt_id: order.receipt_id.clone(),
            order_date: order.order_date,
            recorded_at,
            posted_at: None,
            ledger_order_id: None,
            currency: order.currency.clone(),
            figures: Figures::of(order),
            figures_today: None,
            delivery: order.delivery_gross,
            checkout_fee: order.checkout_gross,
            tenders: tenders(order),
            rows: rows(order),
            posting: None,
            void_today: false,
            read_back: None,
            original: None,
        }
    }
}

impl BookEntry {
    /// Whether it belongs into the ledger.
    pub fn counts(&self) -> bool {
        match self.state {
            EntryState::SetAside => {
                let not_ours = matches!(
                    self.set_aside,
                    Some(SetAside::NotFromATill | SetAside::OtherSite | SetAside::Empty)
                );
                self.taken && !not_ours
            }
            _ => self.kind != EntryKind::Other,
        }
    }

    /// How it was paid: the tender's name, `split` for several, `none` for nothing.
    pub fn main_tender(&self) -> &str {
        let mut real = self.tenders.iter().filter(|tender| !tender.amount.is_zero());
        let Some(first) = real.next() else { return "none" };
        if real.all(|tender| tender.name == first.name) { &first.name } else { "split" }
    }
}

/// Whether money moved at the till, or would have had there been something to pay.
fn is_taken(order: &TillOrder) -> bool {
    let free = order.gross.is_zero() && order.payments.is_empty() && !order.rows.is_empty();
    let paid = order.payment_state == PaymentState::Successful
        || order.payment_state == PaymentState::None && free;
    let alive = matches!(order.order_state, OrderState::Open | OrderState::Closed);
    order.order_type == OrderType::Order && alive && paid && order.register_id.is_some()
}

fn tenders(order: &TillOrder) -> Vec<Tender> {
    let tender = |payment: &crate::till::TillPayment| Tender {
        name: payment.name.clone(),
        amount: payment.amount,
        virtual_payment: payment.virtual_payment,
    };
    order.payments.iter().map(tender).collect()
}

fn rows(order: &TillOrder) -> Vec<EntryRow> {
    let row = |row: &crate::till::TillRow| EntryRow {
        index: row.index,
        sku: row.sku.clone(),
        quantity: row.quantity,
        pieces: row.pieces,
        vat_rate: row.vat_rate,
        net: row.net,
        vat: row.vat,
        gift_card: row.gift_card,
        discount: row.is_discount(),
        before_discount: None,
        original_index: row.original_index,
    };
    order.rows.iter().map(row).collect()
}

impl Original {
    /// The sale as the till told it.
    pub fn of(sale: &TillOrder) -> Self {
        let mut rows: Vec<SoldRow> = Vec::with_capacity(sale.rows.len());
        for row in &sale.rows {
            match rows.last_mut().filter(|_| row.is_discount()) {
                Some(above) => {
                    above.net += row.net;
                    above.vat += row.vat;
                }
                None => rows.push(SoldRow {
                    index: row.index,
                    quantity: row.quantity,
                    net: row.net,
                    vat: row.vat,
                }),
            }
        }
        Self { reference: sale.reference, rows }
    }
}

impl Posting {
    /// What `draft` sends.
    pub fn of(draft: &Draft) -> Self {
        let lines = draft.lines.iter().map(|line| SentLine {
            number: line.number,
            sku: line.variant_code.clone(),
            quantity: line.quantity,
            unit_gross: line.unit_gross,
            gross: line_amount(line.quantity, line.unit_gross).unwrap_or_default(),
            net: line.unit_net.and_then(|unit| line_amount(line.quantity, unit)),
            tax_rate_id: line.tax_rate_id,
            stock_location_id: line.stock_location_id,
            origin: line.origin,
        });
        let payments = draft.payments.iter().map(|paid| (paid.payment_method_id, paid.amount));
        Self {
            account: match &draft.account {
                Account::Id(id) => id.to_string(),
                Account::Number(number) => number.clone(),
            },
            delivery: draft.delivery_gross,
            lines: lines.collect(),
            payments: payments.collect(),
        }
    }
}
