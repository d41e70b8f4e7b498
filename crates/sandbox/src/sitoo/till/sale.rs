//! A sale, and what looks like one: bookings, parked receipts, open orders.

use std::{borrow::Cow, sync::Arc};

use super::{
    super::{
        masters::Staff,
        model::{Extras, OrderState, OrderType, PaymentState, set_extra},
    },
    Row, Tender,
};

/// A shopper that the till knows (facts/sitoo 6: copied onto the order, there is no customer id).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shopper {
    /// E-mail.
    pub email: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Phone.
    pub phone: String,
    /// Street of the delivery address.
    pub address: String,
    /// Town.
    pub city: String,
    /// Postcode.
    pub zip: String,
    /// ISO2; only written with an address.
    pub country: String,
    /// `crm-membernumber`.
    pub member_number: Option<String>,
}

impl Shopper {
    /// The order's text fields that it fills.
    pub(super) fn texts(self) -> Vec<(&'static str, Box<str>)> {
        let country = if self.address.is_empty() { String::new() } else { self.country };
        [
            ("email", self.email),
            ("namefirst", self.first_name),
            ("namelast", self.last_name),
            ("phone", self.phone),
            ("delivery_address", self.address),
            ("delivery_city", self.city),
            ("delivery_zip", self.zip),
            ("delivery_countryid", country),
        ]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| (name, text.into_boxed_str()))
        .collect()
    }
}

/// How far the transaction has come when it is uploaded (facts/sitoo 2.3, 2.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// An ordinary receipt: closed, paid, with a delivery.
    Closed,
    /// Paid but not handed over: sent from elsewhere, or collected later.
    OpenPaid,
    /// Open, nothing paid yet.
    Open,
    /// A reservation until this moment (unix seconds).
    Booking(i64),
    /// A parked receipt.
    Parked,
    /// Given up before payment.
    Abandoned,
    /// Closed, but the payment is in this state.
    ClosedWith(PaymentState),
}

impl Stage {
    /// State, payment state and type.
    pub(super) fn ids(self) -> (OrderState, PaymentState, OrderType) {
        use OrderState::{Abandoned, Closed, Open};
        match self {
            Self::Closed => (Closed, PaymentState::SUCCESSFUL, OrderType::ORDER),
            Self::OpenPaid => (Open, PaymentState::SUCCESSFUL, OrderType::ORDER),
            Self::Open => (Open, PaymentState::NONE, OrderType::ORDER),
            Self::Booking(_) => (Open, PaymentState::NONE, OrderType::BOOKING),
            Self::Parked => (Open, PaymentState::NONE, OrderType::PARKED),
            Self::Abandoned => (Abandoned, PaymentState::NONE, OrderType::ORDER),
            Self::ClosedWith(payment) => (Closed, payment, OrderType::ORDER),
        }
    }

    /// Whether money was taken.
    pub(super) fn is_paid(self) -> bool {
        self.ids().1 == PaymentState::SUCCESSFUL
    }
}

/// A sale at a till. Build it, then [`Sitoo::sell`](super::super::Sitoo::sell).
#[derive(Debug, Clone)]
pub struct Sale {
    pub(super) register: Arc<str>,
    pub(super) rows: Vec<Row>,
    pub(super) payments: Vec<(Tender, Option<i64>)>,
    pub(super) stage: Stage,
    pub(super) at: Option<i64>,
    pub(super) staff: Option<Arc<Staff>>,
    pub(super) shopper: Option<Shopper>,
    pub(super) comment: Option<Box<str>>,
    pub(super) round_off_to: i64,
    pub(super) delivery_charge: Option<(i64, i64)>,
    pub(super) currency: Option<Box<str>>,
    pub(super) extras: Extras,
    pub(super) taken: Vec<(i64, i64)>,
    pub(super) unchecked: bool,
    pub(super) held_back: bool,
}

impl Sale {
    /// An empty basket at a register (`registerid`).
    pub fn at_register(register: &str) -> Self {
        Self {
            register: register.into(),
            rows: Vec::new(),
            payments: Vec::new(),
            stage: Stage::Closed,
            at: None,
            staff: None,
            shopper: None,
            comment: None,
            round_off_to: 0,
            delivery_charge: None,
            currency: None,
            extras: Extras::new(),
            taken: Vec::new(),
            unchecked: false,
            held_back: false,
        }
    }

    /// Adds a row.
    #[must_use]
    pub fn row(mut self, row: Row) -> Self {
        self.rows.push(row);
        self
    }

    /// Adds a payment of so many pence.
    #[must_use]
    pub fn pay(mut self, tender: Tender, pence: i64) -> Self {
        self.payments.push((tender, Some(pence)));
        self
    }

    /// Pays what is left. Without any payment, a card pays.
    #[must_use]
    pub fn pay_rest(mut self, tender: Tender) -> Self {
        self.payments.push((tender, None));
        self
    }

    /// How far it has come.
    #[must_use]
    pub fn stage(mut self, stage: Stage) -> Self {
        self.stage = stage;
        self
    }

    /// The moment of the transaction (unix seconds), when it is not now: the till was offline.
    #[must_use]
    pub fn at(mut self, unix_seconds: i64) -> Self {
        self.at = Some(unix_seconds);
        self
    }

    /// Who sold it.
    #[must_use]
    pub fn staff(mut self, staff: &Arc<Staff>) -> Self {
        self.staff = Some(Arc::clone(staff));
        self
    }

    /// Who bought it.
    #[must_use]
    pub fn shopper(mut self, shopper: Shopper) -> Self {
        self.shopper = Some(shopper);
        self
    }

    /// A comment.
    #[must_use]
    pub fn comment(mut self, text: &str) -> Self {
        self.comment = Some(text.into());
        self
    }

    /// Rounds what cash pays to a multiple of so many pence (`settings.doroundoff`).
    #[must_use]
    pub fn round_off_to(mut self, pence: i64) -> Self {
        self.round_off_to = pence;
        self
    }

    /// A delivery charge: gross pence and VAT in hundredths of a percent.
    #[must_use]
    pub fn delivery_charge(mut self, gross: i64, vat: i64) -> Self {
        self.delivery_charge = Some((gross, vat));
        self
    }

    /// Another currency than the account's.
    #[must_use]
    pub fn currency(mut self, code: &str) -> Self {
        self.currency = Some(code.into());
        self
    }

    /// Comes from a parked receipt or a booking, which is closed with it.
    #[must_use]
    pub fn from_source(self, orderid: i64) -> Self {
        self.with("pos-sourceorderid", &orderid.to_string())
    }

    /// With [`Stage::OpenPaid`]: so many of a row are taken along at once, others are to come.
    #[must_use]
    pub fn taken(mut self, row: i64, quantity: i64) -> Self {
        self.taken.push((row, quantity));
        self
    }

    /// What is to come is collected in the store with this external id (facts/sitoo 8.4).
    #[must_use]
    pub fn collect_at(self, store: &str) -> Self {
        self.with("delivery-pickup-externalid", store)
    }

    /// What is to come is sent with this carrier product (facts/sitoo 8.4).
    #[must_use]
    pub fn carrier(self, product: &str) -> Self {
        self.with("delivery-carrier-productid", product)
    }

    /// A key of the order's `additionaldata`.
    #[must_use]
    pub fn with(mut self, key: impl Into<Cow<'static, str>>, value: &str) -> Self {
        set_extra(&mut self.extras, key, value);
        self
    }

    /// Takes payments that do not add up: something is wrong on purpose.
    #[must_use]
    pub fn unchecked(mut self) -> Self {
        self.unchecked = true;
        self
    }

    /// Gets an id now and becomes visible only with
    /// [`Sitoo::reveal`](super::super::Sitoo::reveal).
    #[must_use]
    pub fn held_back(mut self) -> Self {
        self.held_back = true;
        self
    }
}
