//! Which product of the tills is which variant of OrderWise, found once for all questions.

use std::collections::{BTreeMap, HashMap};

use super::{Snapshot, Usage};
use crate::{
    Money, VatRate,
    catalogue::{FullVariant, Groups, TillProduct},
    sku::fold,
};

/// A product at the tills with its variant.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<'a> {
    pub(super) product: &'a TillProduct,
    pub(super) variant: &'a FullVariant,
}

/// Products and variants of both sides.
#[derive(Debug)]
pub(super) struct Pairs<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) products: &'a [TillProduct],
    pub(super) variants: &'a [FullVariant],
    pub(super) groups: Groups,
    /// Variants by folded code, those for sale first.
    by_code: HashMap<String, Vec<&'a FullVariant>>,
    /// Products by the folded code they lead to.
    by_link: BTreeMap<String, Vec<&'a TillProduct>>,
    /// Folded codes of variants by their code without any blank.
    squeezed: HashMap<String, String>,
    sold: HashMap<String, Money>,
}

impl<'a> Pairs<'a> {
    /// None unless both sides were read.
    pub(super) fn of(snapshot: &'a Snapshot) -> Option<Self> {
        let (products, variants) = (snapshot.products.as_ref()?, snapshot.variants.as_ref()?);
        let mut by_code: HashMap<String, Vec<&FullVariant>> = HashMap::new();
        for variant in variants {
            by_code.entry(fold(&variant.variant.sku)).or_default().push(variant);
        }
        for alike in by_code.values_mut() {
            alike.sort_by_key(|variant| !variant.is_wanted());
        }
        let mut by_link: BTreeMap<String, Vec<&TillProduct>> = BTreeMap::new();
        for product in products {
            by_link.entry(link(snapshot, &product.sku)).or_default().push(product);
        }
        let squeezed = by_code
            .keys()
            .filter(|code| !by_link.contains_key(*code))
            .map(|code| (squeeze(code), code.clone()))
            .collect();
        let groups = Groups {
            all: snapshot.groups.clone().unwrap_or_default(),
            mapped: snapshot.ours.mapping.groups.clone(),
        };
        let sold = snapshot.usage.as_ref().map(sold).unwrap_or_default();
        Some(Self { snapshot, products, variants, groups, by_code, by_link, squeezed, sold })
    }

    /// Products that the tills show, gift cards aside.
    pub(super) fn shown(&self) -> impl Iterator<Item = &'a TillProduct> {
        let gift = |product: &TillProduct| {
            product.vat_id.is_some_and(|vat_id| self.groups.is_gift_card(vat_id))
        };
        self.products.iter().filter(move |product| product.active_pos && !gift(product))
    }

    /// The variant of a product: one for sale before any other.
    pub(super) fn variant(&self, product: &TillProduct) -> Option<&'a FullVariant> {
        let alike = self.by_code.get(&link(self.snapshot, &product.sku))?;
        let exact = alike.iter().find(|one| one.variant.sku.trim() == product.sku.trim());
        exact.filter(|one| one.is_wanted()).or_else(|| alike.first()).copied()
    }

    /// The variant that a product's SKU would be without blanks.
    pub(super) fn squeezed(&self, product: &TillProduct) -> Option<&'a FullVariant> {
        let code = self.squeezed.get(&squeeze(&fold(&product.sku)))?;
        self.by_code.get(code)?.first().copied()
    }

    /// Products that lead to a variant.
    pub(super) fn products_of(&self, variant: &FullVariant) -> &[&'a TillProduct] {
        self.by_link.get(&fold(&variant.variant.sku)).map_or(&[], Vec::as_slice)
    }

    /// Products at the tills whose variant OrderWise sells there.
    pub(super) fn for_sale(&self) -> impl Iterator<Item = Pair<'a>> {
        self.shown().filter_map(|product| {
            let variant = self.variant(product).filter(|variant| variant.is_wanted())?;
            Some(Pair { product, variant })
        })
    }

    /// Variants that OrderWise sells at the tills.
    pub(super) fn wanted(&self) -> impl Iterator<Item = &'a FullVariant> {
        self.variants.iter().filter(|variant| variant.is_wanted())
    }

    /// Groups of variants whose codes fold alike.
    pub(super) fn alike(&self) -> impl Iterator<Item = (&str, &[&'a FullVariant])> {
        self.by_code.iter().map(|(code, alike)| (code.as_str(), alike.as_slice()))
    }

    /// Whether a product is a gift card.
    pub(super) fn is_gift_card(&self, variant: &FullVariant) -> bool {
        self.products_of(variant)
            .iter()
            .any(|product| product.vat_id.is_some_and(|vat_id| self.groups.is_gift_card(vat_id)))
    }

    /// The VAT rate that a till charges.
    pub(super) fn charged(&self, product: &TillProduct) -> Option<VatRate> {
        let group = self.groups.all.iter().find(|group| Some(group.vat_id) == product.vat_id)?;
        Some(group.percent)
    }

    /// What tills took for a SKU in the days that were read.
    pub(super) fn sold(&self, sku: &str) -> Money {
        self.sold.get(&fold(sku)).copied().unwrap_or(Money::ZERO)
    }
}

/// The folded code of the variant that a till's SKU is.
pub(super) fn link(snapshot: &Snapshot, sku: &str) -> String {
    snapshot.ours.mapping.variant_of(&fold(sku))
}

fn squeeze(folded: &str) -> String {
    folded.chars().filter(|c| !c.is_whitespace()).collect()
}

fn sold(usage: &Usage) -> HashMap<String, Money> {
    let mut sold: HashMap<String, Money> = HashMap::new();
    for (sku, used) in &usage.skus {
        *sold.entry(fold(sku)).or_default() += used.money;
    }
    sold
}
