//! Sales, returns and exchanges as JSON. Money in whole pence, VAT in hundredths of a percent,
//! fractional quantities in thousandths.

use serde::Deserialize;

use super::{
    super::{
        Sitoo,
        model::PaymentState,
        till::{Exchange, Reference, Refund, Row, Sale, Shopper, Stage, Tender, TenderKind},
    },
    Refused,
};
use crate::lock;

/// What the words refer to.
pub(super) struct Words<'a>(pub(super) &'a Sitoo);

impl Words<'_> {
    /// A register by id or key.
    pub(super) fn register(&self, name: &str) -> Result<String, Refused> {
        let state = lock(&self.0.state);
        let found = state.registers.iter().find(|one| one.id == name || one.key == name);
        let id = found.map(|register| register.id.clone());
        id.ok_or_else(|| Refused::Unknown(format!("no register {name}")))
    }
}

/// A payment; without `pence` it pays the rest.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TenderOrder {
    name: String,
    #[serde(default)]
    external_id: String,
    kind: TenderKind,
    number: Option<String>,
    pence: Option<i64>,
}

impl TenderOrder {
    pub(super) fn build(self) -> Tender {
        let tender = Tender::new(&self.name, &self.external_id, self.kind);
        match self.number {
            Some(number) => tender.numbered(&number),
            None => tender,
        }
    }
}

/// A row: a known SKU, or anything with `name`, `gross_pence` and `vat`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RowOrder {
    sku: String,
    name: Option<String>,
    #[serde(default = "one")]
    quantity: i64,
    unit_thousandths: Option<i64>,
    gross_pence: Option<i64>,
    #[serde(default)]
    discount_pence: i64,
    discount_reason: Option<String>,
    vat: Option<i64>,
    gift_card: Option<String>,
}

fn one() -> i64 {
    1
}

impl RowOrder {
    fn build(self, words: &Words) -> Row {
        let name = self.name.as_deref();
        let row = match words.0.product(&self.sku) {
            Some(product) => Row::of(&product),
            None => Row::ad_hoc(&self.sku, name.unwrap_or(&self.sku), 0, 2000),
        };
        let row =
            row.times(self.quantity).discount(self.discount_pence, self.discount_reason.as_deref());
        let row = self.unit_thousandths.into_iter().fold(row, Row::unit);
        let row = self.gross_pence.into_iter().fold(row, Row::gross);
        let row = self.vat.into_iter().fold(row, Row::vat);
        let row = name.into_iter().fold(row, Row::named);
        self.gift_card.iter().fold(row, |row, number| row.gift_card(number))
    }
}

/// How far a sale has come.
#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "kebab-case")]
enum StageOrder {
    #[default]
    Closed,
    Open,
    OpenPaid,
    Booking,
    Parked,
    Abandoned,
    PaymentPending,
    PaymentFailed,
}

/// A shopper.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct ShopperOrder {
    email: String,
    first_name: String,
    last_name: String,
    phone: String,
    address: String,
    city: String,
    zip: String,
    country: String,
    member_number: Option<String>,
}

impl From<ShopperOrder> for Shopper {
    fn from(order: ShopperOrder) -> Self {
        let ShopperOrder { email, first_name, last_name, phone, .. } = order;
        let ShopperOrder { address, city, zip, country, member_number, .. } = order;
        let names = Self { email, first_name, last_name, phone, ..Self::default() };
        Self { address, city, zip, country, member_number, ..names }
    }
}

/// A sale. `register` is an id or a key; without payments a card pays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SaleOrder {
    register: String,
    rows: Vec<RowOrder>,
    #[serde(default)]
    payments: Vec<TenderOrder>,
    #[serde(default)]
    stage: StageOrder,
    /// Unix seconds: earlier than now for an offline till that uploads late.
    orderdate: Option<i64>,
    /// Unix seconds, for a booking.
    reserved_until: Option<i64>,
    shopper: Option<ShopperOrder>,
    comment: Option<String>,
    #[serde(default)]
    round_off_to: i64,
    from_source: Option<i64>,
    /// Rows that are taken along at once of an order that is paid and open.
    #[serde(default)]
    taken: Vec<SomeOfRow>,
    currency: Option<String>,
    #[serde(default)]
    held_back: bool,
    #[serde(default)]
    unchecked: bool,
    #[serde(default)]
    additionaldata: std::collections::BTreeMap<String, String>,
}

impl SaleOrder {
    pub(super) fn build(self, words: &Words) -> Result<Sale, Refused> {
        let stage = self.stage(words);
        let mut sale = Sale::at_register(&words.register(&self.register)?)
            .stage(stage)
            .round_off_to(self.round_off_to);
        for row in self.rows {
            sale = sale.row(row.build(words));
        }
        for payment in self.payments {
            let pence = payment.pence;
            let tender = payment.build();
            sale = match pence {
                Some(pence) => sale.pay(tender, pence),
                None => sale.pay_rest(tender),
            };
        }
        sale = self.orderdate.into_iter().fold(sale, Sale::at);
        sale = self.from_source.into_iter().fold(sale, Sale::from_source);
        sale = self.comment.iter().fold(sale, |sale, text| sale.comment(text));
        sale = self.currency.iter().fold(sale, |sale, code| sale.currency(code));
        sale = self.shopper.into_iter().fold(sale, |sale, one| sale.shopper(one.into()));
        for (row, quantity) in self.taken.iter().map(SomeOfRow::pair) {
            sale = sale.taken(row, quantity);
        }
        for (key, value) in self.additionaldata {
            sale = sale.with(key, &value);
        }
        sale = if self.held_back { sale.held_back() } else { sale };
        Ok(if self.unchecked { sale.unchecked() } else { sale })
    }

    fn stage(&self, words: &Words) -> Stage {
        match self.stage {
            StageOrder::Closed => Stage::Closed,
            StageOrder::Open => Stage::Open,
            StageOrder::OpenPaid => Stage::OpenPaid,
            StageOrder::Booking => {
                let days = lock(&words.0.state).settings.days_reserved;
                let default = words.0.now().div_euclid(1_000_000) + days * 86_400;
                Stage::Booking(self.reserved_until.unwrap_or(default))
            }
            StageOrder::Parked => Stage::Parked,
            StageOrder::Abandoned => Stage::Abandoned,
            StageOrder::PaymentPending => Stage::ClosedWith(PaymentState::PENDING),
            StageOrder::PaymentFailed => Stage::ClosedWith(PaymentState::FAILED),
        }
    }
}

/// A row of a sale, and how many of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SomeOfRow {
    row: u32,
    #[serde(default = "one")]
    quantity: i64,
}

impl SomeOfRow {
    pub(super) fn pair(&self) -> (i64, i64) {
        (i64::from(self.row), self.quantity)
    }
}

/// A return: of `orderid` whole, of some of its `back` rows, or blind with `rows`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RefundOrder {
    register: String,
    orderid: Option<i64>,
    back: Option<Vec<SomeOfRow>>,
    #[serde(default)]
    rows: Vec<RowOrder>,
    #[serde(default)]
    payments: Vec<TenderOrder>,
    orderdate: Option<i64>,
    reason: Option<String>,
    #[serde(default)]
    reason_comment: String,
    row_reason: Option<String>,
    return_warehouse: Option<i64>,
    #[serde(default)]
    reference: Reference,
    #[serde(default)]
    unchecked: bool,
}

impl RefundOrder {
    pub(super) fn build(self, words: &Words) -> Result<Refund, Refused> {
        let register = words.register(&self.register)?;
        let mut refund = match (self.orderid, self.back) {
            (None, _) => {
                let rows = self.rows.into_iter().map(|row| row.build(words)).collect();
                Refund::blind(&register, rows)
            }
            (Some(order), None) => Refund::whole(&register, order),
            (Some(order), Some(back)) => {
                let place = |row: u32| usize::try_from(row).unwrap_or(usize::MAX);
                let back: Vec<_> = back.iter().map(|one| (place(one.row), one.quantity)).collect();
                Refund::rows(&register, order, &back)
            }
        };
        for payment in self.payments {
            let pence = payment.pence;
            let tender = payment.build();
            refund = match pence {
                Some(pence) => refund.pay(tender, pence.abs()),
                None => refund.pay_rest(tender),
            };
        }
        refund = self.orderdate.into_iter().fold(refund, Refund::at);
        let comment = &self.reason_comment;
        refund = self.reason.iter().fold(refund, |refund, code| refund.reason(code, comment));
        refund = self.row_reason.iter().fold(refund, |refund, code| refund.row_reason(code));
        refund = self.return_warehouse.into_iter().fold(refund, Refund::into_warehouse);
        refund = refund.reference(self.reference);
        Ok(if self.unchecked { refund.unchecked() } else { refund })
    }
}

/// Both halves of an exchange.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExchangeOrder {
    refund: RefundOrder,
    sale: SaleOrder,
}

impl ExchangeOrder {
    pub(super) fn build(self, words: &Words) -> Result<Exchange, Refused> {
        Ok(Exchange { refund: self.refund.build(words)?, sale: self.sale.build(words)? })
    }
}
