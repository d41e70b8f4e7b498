//! Product groups: Sitoo's VAT (facts/sitoo 4.2).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::FullVariant;
use crate::VatRate;

/// `productgrouptype` of ordinary goods.
const GOODS: i64 = 10;

/// `productgrouptype` of gift cards.
const GIFT_CARD: i64 = 30;

/// A product group of Sitoo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductGroup {
    /// `vatid`.
    pub vat_id: i64,
    /// `value`.
    pub percent: VatRate,
    /// `productgrouptype`: 10 goods, 20 services, 30 gift cards.
    pub group_type: i64,
    /// `productgroupname`.
    pub name: String,
}

/// All product groups, and what was mapped by hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Groups {
    /// Sitoo's groups.
    pub all: Vec<ProductGroup>,
    /// `vatid` by OrderWise's tax rate id or tax code, folded.
    pub mapped: HashMap<String, i64>,
}

impl Groups {
    /// The group a variant belongs to.
    ///
    /// What was mapped counts first. Else any group whose percentage is the variant's serves: the
    /// one that the product is in already (a retailer may have several, for reports), else the
    /// first one of goods.
    pub fn find(&self, variant: &FullVariant, present: Option<i64>) -> Option<i64> {
        if let Some(vat_id) = self.mapped_to(variant) {
            return self.all.iter().any(|group| group.vat_id == vat_id).then_some(vat_id);
        }
        let rate = variant.tax_rate?;
        let fits = |group: &&ProductGroup| group.percent == rate;
        if let Some(present) = present
            && self.all.iter().filter(fits).any(|group| group.vat_id == present)
        {
            return Some(present);
        }
        let goods = self.all.iter().filter(fits).filter(|group| group.group_type == GOODS);
        goods.map(|group| group.vat_id).min()
    }

    /// Whether a group is one of gift cards.
    pub fn is_gift_card(&self, vat_id: i64) -> bool {
        self.all.iter().any(|group| group.vat_id == vat_id && group.group_type == GIFT_CARD)
    }

    fn mapped_to(&self, variant: &FullVariant) -> Option<i64> {
        let id = variant.variant.tax_rate_id.map(|id| id.to_string());
        let code = variant.tax_code.as_deref().map(crate::sku::fold);
        [id, code].into_iter().flatten().find_map(|key| self.mapped.get(&key).copied())
    }
}

/// How a mapping names the tax rate of a variant.
pub(super) fn rate_key(variant: &FullVariant) -> String {
    let id = variant.variant.tax_rate_id.map(|id| id.to_string());
    id.or_else(|| variant.tax_code.clone()).unwrap_or_else(|| "none".to_owned())
}
