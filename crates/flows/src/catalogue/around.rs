//! What surrounds the variants of a piece: others that are spelled alike, their products, and who
//! carries their barcodes.

use std::collections::{BTreeSet, HashMap};

use daybook_domain::{
    catalogue::{Blanks, FullVariant, Holder, TillProduct, till_sku},
    sku::fold,
};
use daybook_store::{
    till_product::{self, Held},
    variant::{self, Carrier},
};

use super::known::Known;
use crate::{app::App, error::FlowError};

#[derive(Debug)]
pub(super) struct Surroundings {
    blanks: Blanks,
    /// Wanted variants by the folded SKU that they would have at a till.
    by_till: HashMap<String, Vec<String>>,
    /// Products by the folded code of their variant.
    products: HashMap<String, Vec<TillProduct>>,
    /// Who has a barcode in OrderWise.
    carriers: HashMap<String, Vec<Carrier>>,
    /// Who has it in Sitoo.
    held: HashMap<String, Vec<Held>>,
    /// Barcodes of the variants that hold one in Sitoo, by their folded SKU.
    eans: HashMap<String, Vec<Option<String>>>,
}

impl Surroundings {
    pub(super) async fn load(
        app: &App,
        known: &Known,
        variants: &[FullVariant],
    ) -> Result<Self, FlowError> {
        let blanks = known.rules.blanks;
        let near: BTreeSet<String> =
            variants.iter().flat_map(|full| spellings(&full.variant.sku, blanks)).collect();
        let near: Vec<String> = near.into_iter().collect();
        let mut by_till: HashMap<String, Vec<String>> = HashMap::new();
        for full in variant::by_folded_full(&app.db, &near).await? {
            if full.is_wanted() {
                by_till
                    .entry(at_till(&full.variant.sku, blanks))
                    .or_default()
                    .push(full.variant.sku);
            }
        }
        let links: Vec<String> = variants.iter().map(|full| fold(&full.variant.sku)).collect();
        let mut products: HashMap<String, Vec<TillProduct>> = HashMap::new();
        for linked in till_product::by_links(&app.db, &links).await? {
            products.entry(linked.link).or_default().push(linked.product);
        }
        let codes: BTreeSet<String> = variants.iter().filter_map(code).map(str::to_owned).collect();
        let codes: Vec<String> = codes.into_iter().collect();
        let (mut carriers, mut held) = (HashMap::new(), HashMap::new());
        for carrier in variant::carriers(&app.db, &codes).await? {
            let list: &mut Vec<Carrier> = carriers.entry(carrier.ean.clone()).or_default();
            list.push(carrier);
        }
        let found = till_product::holders(&app.db, &codes).await?;
        let theirs: Vec<String> = found.iter().map(|holder| holder.link.clone()).collect();
        for holder in found {
            let list: &mut Vec<Held> = held.entry(holder.barcode.clone()).or_default();
            list.push(holder);
        }
        let mut eans: HashMap<String, Vec<Option<String>>> = HashMap::new();
        for full in variant::by_folded_full(&app.db, &theirs).await? {
            eans.entry(fold(&full.variant.sku)).or_default().push(full.ean);
        }
        Ok(Self { blanks, by_till, products, carriers, held, eans })
    }

    /// SKUs of other wanted variants that would be the same at a till.
    pub(super) fn alike(&self, full: &FullVariant) -> Vec<String> {
        let at_till = at_till(&full.variant.sku, self.blanks);
        let others = self.by_till.get(&at_till).into_iter().flatten();
        others.filter(|sku| **sku != full.variant.sku).cloned().collect()
    }

    /// The variant's product: of exactly its SKU, or the only one spelled alike. Where several
    /// variants are spelled alike, only the exact spelling tells whose it is.
    pub(super) fn product(&self, full: &FullVariant, alike: &[String]) -> Option<&TillProduct> {
        let found = self.products.get(&fold(&full.variant.sku))?;
        let sku = till_sku(&full.variant.sku, self.blanks).unwrap_or_default();
        let exact = found.iter().find(|product| product.sku == sku);
        exact.or_else(|| found.first().filter(|_| alike.is_empty()))
    }

    /// Others that carry its barcode.
    pub(super) fn holders(&self, full: &FullVariant) -> Vec<Holder> {
        let Some(code) = code(full) else { return Vec::new() };
        let link = fold(&full.variant.sku);
        let in_sitoo = self.held.get(code).into_iter().flatten();
        let in_sitoo = in_sitoo.filter(|held| held.link != link).map(|held| Holder {
            sku: held.sku.clone(),
            gives_up: self
                .eans
                .get(&held.link)
                .is_some_and(|eans| eans.iter().flatten().all(|ean| ean.trim() != code)),
        });
        let carriers = self.carriers.get(code).into_iter().flatten();
        let in_orderwise = carriers
            .filter(|carrier| carrier.wanted && carrier.folded != link)
            .map(|carrier| Holder { sku: carrier.sku.clone(), gives_up: false });
        in_sitoo.chain(in_orderwise).collect()
    }
}

fn code(full: &FullVariant) -> Option<&str> {
    full.ean.as_deref().map(str::trim).filter(|code| !code.is_empty())
}

/// The folded SKU at a till; where there can be none, the folded code.
fn at_till(sku: &str, blanks: Blanks) -> String {
    till_sku(sku, blanks).map_or_else(|_| fold(sku), |sku| fold(&sku))
}

/// Folded codes that could become the same SKU at a till.
fn spellings(sku: &str, blanks: Blanks) -> Vec<String> {
    let mut all = vec![fold(sku), at_till(sku, blanks)];
    if let Blanks::Replace(with) = blanks {
        all.push(fold(sku).replace(with, " "));
    }
    all
}
