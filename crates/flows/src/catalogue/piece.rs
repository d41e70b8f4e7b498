//! A piece of the queue: loaded in a handful of reads, and decided.

use daybook_domain::catalogue::{Around, FullVariant, Judged, TillProduct, judge};
use daybook_store::{catalogue::Item, variant};

use super::{around::Surroundings, known::Known};
use crate::{app::App, error::FlowError};

/// One variant of a piece, and what was decided about it.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) variant: FullVariant,
    pub(super) item: Item,
    pub(super) product: Option<TillProduct>,
    pub(super) judged: Judged,
}

/// Variants that are decided together.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) works: Vec<Work>,
    /// Items whose variant OrderWise has no longer.
    pub(super) gone: Vec<String>,
}

impl Piece {
    /// Loads and decides what is due.
    pub(super) async fn load(app: &App, known: &Known, due: Vec<Item>) -> Result<Self, FlowError> {
        let skus: Vec<String> = due.iter().map(|item| item.sku.clone()).collect();
        let variants = variant::by_sku_full(&app.db, &skus).await?;
        let surroundings = Surroundings::load(app, known, &variants).await?;
        let mut items: std::collections::HashMap<String, Item> =
            due.into_iter().map(|item| (item.sku.clone(), item)).collect();
        let mut piece = Self::default();
        for variant in variants {
            let Some(item) = items.remove(&variant.variant.sku) else { continue };
            let alike = surroundings.alike(&variant);
            let product = surroundings.product(&variant, &alike).cloned();
            let holders = surroundings.holders(&variant);
            let around = Around {
                rules: &known.rules,
                groups: &known.groups,
                alike: &alike,
                product: product.as_ref(),
                holders: &holders,
            };
            let judged = judge(&variant, &around);
            piece.works.push(Work { variant, item, product, judged });
        }
        piece.gone = items.into_keys().collect();
        Ok(piece)
    }
}
