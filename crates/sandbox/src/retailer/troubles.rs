//! What is wrong on purpose: each is something that Daybook has to notice.

use rand::{rngs::StdRng, seq::IndexedRandom};

use super::{Sku, SkuKind};

/// Troubles of the made-up retailer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Troubles {
    /// A SKU that tills spell in other ways now and then.
    pub misspelt_sku: String,
    /// Its other spellings: a stray blank, another letter case.
    pub spellings: Vec<String>,
    /// A SKU that is in Sitoo, is sold, and is not in OrderWise.
    pub missing_sku: String,
    /// A SKU that is sold, and is discontinued in OrderWise.
    pub inactive_sku: String,
    /// A tender that nobody told the ERP about.
    pub unknown_tender: String,
}

impl Troubles {
    pub(super) fn pick(skus: &[Sku], rng: &mut StdRng) -> Self {
        let clothes: Vec<&Sku> = skus
            .iter()
            .filter(|sku| sku.kind == SkuKind::Piece && sku.product.variant_parent.is_some())
            .collect();
        let mut picked = clothes.sample(rng, 3).map(|sku| sku.sku.clone());
        let mut next = || picked.next().unwrap_or_default();
        let misspelt_sku = next();
        let spellings = vec![
            format!("{misspelt_sku} "),
            misspelt_sku.to_lowercase(),
            format!(" {misspelt_sku}"),
        ];
        Self {
            misspelt_sku,
            spellings,
            missing_sku: next(),
            inactive_sku: next(),
            unknown_tender: "Pay by Link".to_owned(),
        }
    }

    /// Whether something is wrong with a SKU.
    pub fn concern(&self, sku: &str) -> bool {
        [&self.misspelt_sku, &self.missing_sku, &self.inactive_sku].into_iter().any(|it| it == sku)
    }
}
