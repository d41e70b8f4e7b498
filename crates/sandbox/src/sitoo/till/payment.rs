//! Tenders.

use std::{borrow::Cow, sync::Arc};

use super::super::model::{Extras, Payment};

/// What kind of tender it is; decides the references that a payment carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TenderKind {
    /// Notes and coins; the only one that is rounded off.
    Cash,
    /// A card terminal.
    Card,
    /// A gift card, named by `giftcard-cardnumber`.
    GiftCard,
    /// Anything else.
    Other,
}

/// A payment type as a till knows it (facts/sitoo 2.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tender {
    /// `name` of the payment.
    pub name: Arc<str>,
    /// `externalid` set on the payment type.
    pub external_id: Option<Arc<str>>,
    /// Kind.
    pub kind: TenderKind,
    /// Card number of a gift card, terminal reference of a card.
    pub number: Option<Arc<str>>,
    /// `adyen-pspreference`: the payment went through a terminal of Adyen (facts/sitoo 2.4).
    pub psp: Option<Arc<str>>,
}

impl Tender {
    /// A tender with an external id.
    pub fn new(name: &str, external_id: &str, kind: TenderKind) -> Self {
        Self {
            name: name.into(),
            external_id: (!external_id.is_empty()).then(|| external_id.into()),
            kind,
            number: None,
            psp: None,
        }
    }

    /// Cash.
    pub fn cash() -> Self {
        Self::new("Cash", "CASH", TenderKind::Cash)
    }

    /// A card.
    pub fn card() -> Self {
        Self::new("Card", "CARD", TenderKind::Card)
    }

    /// A gift card with its number.
    pub fn gift_card(number: &str) -> Self {
        Self::new("Gift Card", "GIFT", TenderKind::GiftCard).numbered(number)
    }

    /// A voucher.
    pub fn voucher() -> Self {
        Self::new("Voucher", "VOUCHER", TenderKind::Other)
    }

    /// With a card number or reference.
    #[must_use]
    pub fn numbered(mut self, number: &str) -> Self {
        self.number = Some(number.into());
        self
    }

    /// Through a terminal of Adyen, which gave it this reference.
    #[must_use]
    pub fn adyen(mut self, psp: &str) -> Self {
        self.psp = Some(psp.into());
        self
    }

    /// A payment with this tender.
    pub(super) fn pay(&self, amount: i64) -> Payment {
        let number = self.number.as_deref().unwrap_or_default();
        let (ref_type, ref_id, card_issuer) = match self.kind {
            TenderKind::Card => ("verifonelpp", number, "Visa"),
            _ => ("", "", ""),
        };
        let mut extras = Extras::new();
        if let (TenderKind::GiftCard, Some(number)) = (self.kind, &self.number) {
            extras.push(("giftcard-cardnumber".into(), Arc::clone(number)));
        }
        if let Some(psp) = &self.psp {
            extras.push(("adyen-pspreference".into(), Arc::clone(psp)));
        }
        Payment {
            name: Arc::clone(&self.name),
            external_id: self.external_id.clone(),
            amount,
            is_cash: self.kind == TenderKind::Cash,
            ref_type: Cow::Borrowed(ref_type),
            ref_id: ref_id.into(),
            card_issuer: Cow::Borrowed(card_issuer),
            extras,
        }
    }
}

/// The payment that balances the two halves of an exchange: not money.
pub(super) fn virtual_payment(amount: i64) -> Payment {
    Payment {
        name: "Exchange".into(),
        external_id: None,
        amount,
        is_cash: false,
        ref_type: Cow::Borrowed(""),
        ref_id: "".into(),
        card_issuer: Cow::Borrowed(""),
        extras: vec![("virtual-payment".into(), "true".into())],
    }
}
