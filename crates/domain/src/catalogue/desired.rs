//! What a product should be, and what has to be written so that it is.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Around, FullVariant, TillProduct,
    ready::{Barcode, Gate},
};
use crate::{Money, posting::Fault};

/// Where a variant stands towards the tills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CatalogueStanding")]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The tills sell it, or will once this is written.
    Published,
    /// Sitoo has it, and the tills do not show it.
    Hidden,
    /// Not ready, and never was at the tills.
    Withheld,
    /// OrderWise does not want it at the tills.
    NotForTills,
}

impl Standing {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Published, Self::Hidden, Self::Withheld, Self::NotForTills];

    /// The word used in the database, on screens and in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Hidden => "hidden",
            Self::Withheld => "withheld",
            Self::NotForTills => "not-for-tills",
        }
    }
}

impl std::fmt::Display for Standing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.word())
    }
}

impl std::str::FromStr for Standing {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|standing| standing.word() == word);
        found.ok_or_else(|| format!("'{word}' is no standing of a product"))
    }
}

/// A product that Sitoo does not have yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProduct {
    /// `sku`.
    pub sku: String,
    /// `title`.
    pub title: String,
    /// `moneyprice`.
    pub price: Money,
    /// `vatid`.
    pub vat_id: i64,
    /// `barcode`.
    pub barcode: Option<String>,
}

/// The fields of a product that differ; what is none is left alone. Everything that is not here
/// belongs to Sitoo.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Patch {
    /// `title`.
    pub title: Option<String>,
    /// `moneyprice`.
    pub price: Option<Money>,
    /// `vatid`.
    pub vat_id: Option<i64>,
    /// `barcode`; empty takes it away.
    pub barcode: Option<String>,
    /// `activepos`.
    pub active_pos: Option<bool>,
}

impl Patch {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether this gives a barcode up: such patches go first, so that another can have it.
    pub const fn frees_barcode(&self, product: &TillProduct) -> bool {
        self.barcode.is_some() && !product.barcode.is_empty()
    }

    /// The names of the fields, as Sitoo calls them, that `product` still lacks.
    pub fn missing_in(&self, product: &TillProduct) -> Vec<&'static str> {
        let differs = |wanted: bool, name| wanted.then_some(name);
        [
            differs(self.title.as_ref().is_some_and(|title| *title != product.title), "title"),
            differs(self.price.is_some_and(|price| price != product.price), "moneyprice"),
            differs(self.vat_id.is_some() && self.vat_id != product.vat_id, "vatid"),
            differs(self.barcode.as_ref().is_some_and(|b| *b != product.barcode), "barcode"),
            differs(self.active_pos.is_some_and(|on| on != product.active_pos), "activepos"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// What has to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Nothing: it is as it should be, or must not be.
    Nothing,
    /// A new product.
    Create(NewProduct),
    /// These fields of the product.
    Update {
        /// `productid`.
        product_id: i64,
        /// What differs.
        patch: Patch,
    },
}

/// The decision about one variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Where it stands once the action is done.
    pub standing: Standing,
    /// Everything that keeps it from the tills.
    pub faults: Vec<Fault>,
    /// What has to be written.
    pub action: Action,
}

/// Decides about one variant. Nothing reaches the tills while a fault is open; what is there
/// already is hidden, and comes back by itself.
pub fn judge(variant: &FullVariant, around: &Around<'_>) -> Judged {
    if !variant.on_tills {
        let standing = Standing::NotForTills;
        return Judged { standing, faults: Vec::new(), action: hide(variant, around) };
    }
    let mut gate = Gate::default();
    gate.state(variant);
    let title = gate.title(variant);
    let sku = gate.sku(variant, around);
    let group = gate.group(variant, around);
    let price = if group.is_some_and(|group| around.groups.is_gift_card(group)) {
        // A gift card costs what the shopper pays in: its price is none of OrderWise's.
        Some(around.product.map_or(Money::ZERO, |product| product.price))
    } else {
        gate.price(variant, around)
    };
    let barcode = gate.barcode(variant, around);
    let whole = match (title, sku, group, price) {
        (Some(title), Some(sku), Some(vat_id), Some(price)) if gate.faults.is_empty() => {
            Some(NewProduct { sku, title, price, vat_id, barcode: barcode.clone().written() })
        }
        _ => None,
    };
    match (whole, around.product) {
        (None, None) => withheld(gate),
        // What cannot be read is not judged: a broken export must not empty the tills.
        (None, Some(product)) if !variant.unreadable.is_empty() => Judged {
            standing: if product.active_pos { Standing::Published } else { Standing::Hidden },
            faults: gate.faults,
            action: Action::Nothing,
        },
        (None, Some(_)) => Judged {
            standing: Standing::Hidden,
            faults: gate.faults,
            action: hide(variant, around),
        },
        (Some(new), None) => Judged {
            standing: Standing::Published,
            faults: Vec::new(),
            action: Action::Create(new),
        },
        (Some(new), Some(product)) => Judged {
            standing: Standing::Published,
            faults: Vec::new(),
            action: update(&new, barcode, product, around),
        },
    }
}

fn withheld(gate: Gate) -> Judged {
    Judged { standing: Standing::Withheld, faults: gate.faults, action: Action::Nothing }
}

/// Away from the tills. A barcode that its variant has no more is given up, for others to have.
fn hide(variant: &FullVariant, around: &Around<'_>) -> Action {
    let Some(product) = around.product else { return Action::Nothing };
    let lost = around.rules.barcodes
        && !product.barcode.is_empty()
        && variant.ean.as_deref().map(str::trim) != Some(product.barcode.as_str());
    let patch = Patch {
        active_pos: product.active_pos.then_some(false),
        barcode: lost.then(String::new),
        ..Patch::default()
    };
    if patch.is_empty() {
        Action::Nothing
    } else {
        Action::Update { product_id: product.product_id, patch }
    }
}

/// What differs. A SKU that differs only by blanks or letter case is left as the tills know it.
fn update(
    new: &NewProduct,
    barcode: Barcode,
    product: &TillProduct,
    around: &Around<'_>,
) -> Action {
    let differs = |yes: bool| yes.then_some(());
    let patch = Patch {
        title: differs(around.rules.titles && new.title != product.title)
            .map(|()| new.title.clone()),
        price: differs(new.price != product.price).map(|()| new.price),
        vat_id: differs(Some(new.vat_id) != product.vat_id).map(|()| new.vat_id),
        barcode: barcode.differing_from(&product.barcode),
        active_pos: differs(!product.active_pos).map(|()| true),
    };
    if patch.is_empty() {
        Action::Nothing
    } else {
        Action::Update { product_id: product.product_id, patch }
    }
}
