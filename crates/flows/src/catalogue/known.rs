//! What the whole pass knows: how the site stores prices, its product groups, the mapping, the
//! retailer's choices. When any of it changes, every product is looked at again.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use daybook_domain::{
    catalogue::{Blanks, Groups, Rules},
    class::Failure,
    exchange::Called,
    mapping::Mapping,
    priority::Priority,
    sku::fold,
};
use daybook_store::{catalogue, mapping, variant, watermark};

use super::sitoo;
use crate::{
    app::App, error::FlowError, exchanges, mirror::Mirror, retrying::retrying, sales::load,
};

/// Of what everything was judged with.
const RULES: &str = "catalogue-rules";
/// Variants that are asked for in one transaction.
const PIECE: usize = 2_000;

/// What the whole pass knows.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) rules: Rules,
    pub(super) groups: Groups,
    pub(super) mapping: Arc<Mapping>,
    /// Names of the attributes that make families.
    families: Vec<String>,
    version: i64,
}

impl Known {
    /// The folded code of the variant that a till's SKU belongs to.
    pub(super) fn link(&self, sku: &str) -> String {
        self.mapping.variant_of(&fold(sku))
    }

    /// Reads Sitoo's products for this flow.
    pub(super) fn mirror<'a>(&'a self, app: &'a App) -> Mirror<'a> {
        Mirror { app, mapping: &self.mapping, priority: Priority::Catalogue }
    }

    /// A number that differs when anything differs that products are judged with.
    fn fingerprint(&self) -> i64 {
        let mut hasher = DefaultHasher::new();
        format!("{:?} {:?}", self.rules, self.groups.all).hash(&mut hasher);
        (self.version, &self.families).hash(&mut hasher);
        // Any bits will do; SQLite and PostgreSQL hold signed numbers.
        hasher.finish().cast_signed()
    }
}

/// Asks Sitoo how it stores prices and which groups it has.
pub(super) async fn load(app: &App) -> Result<Known, FlowError> {
    let Called { outcome, exchanges } = app.sitoo.settings(app.sitoo.site()).await;
    exchanges::keep(app, None, exchanges).await?;
    let prices_with_vat = outcome.map_err(sitoo)?.prices_with_vat.ok_or_else(|| {
        sitoo(Failure::Drift {
            path: "pricesstoredwithvat".to_owned(),
            what: "the site does not say whether its prices hold VAT".to_owned(),
        })
    })?;
    let Called { outcome, exchanges } = app.sitoo.at(Priority::Catalogue).product_groups().await;
    exchanges::keep(app, None, exchanges).await?;
    let mut all = outcome.map_err(sitoo)?;
    all.sort_unstable_by_key(|group| group.vat_id);
    let mut tx = app.db.begin().await?;
    let version = mapping::version(&mut tx).await?;
    let mapping = load::current_mapping(app, &mut tx).await?;
    tx.rollback().await?;
    let settings = &app.settings.catalogue;
    Ok(Known {
        rules: Rules {
            blanks: settings.replace_blanks_with.map_or(Blanks::Fault, Blanks::Replace),
            titles: settings.titles,
            barcodes: settings.barcodes,
            other_barcodes: settings.other_barcodes,
            prices_with_vat,
        },
        groups: Groups { all, mapped: mapping.groups.clone() },
        mapping,
        families: settings.families.clone(),
        version,
    })
}

/// Looks at everything again where it was judged with something else.
pub(super) async fn requeue_if_changed(app: &App, known: &Known) -> Result<(), FlowError> {
    let fingerprint = known.fingerprint();
    let before = watermark::get(&app.db, RULES).await?;
    if before == Some(fingerprint) {
        return Ok(());
    }
    if before.is_some() {
        // A mapping of SKUs may have given products to other variants.
        known.mirror(app).relink().await?;
        queue_everything(app).await?;
    }
    let note = || async {
        let mut tx = app.db.begin().await?;
        watermark::set(&mut tx, app.now(), RULES, fingerprint).await?;
        Ok(tx.commit().await?)
    };
    retrying(app, "watermarks", note).await
}

/// Asks for a look at every variant, in transactions that keep nobody waiting.
pub(super) async fn queue_everything(app: &App) -> Result<(), FlowError> {
    let mut after = String::new();
    loop {
        let skus = variant::after(&app.db, &after, PIECE).await?;
        let Some(last) = skus.last() else { return Ok(()) };
        after.clone_from(last);
        let queue = || async {
            let mut tx = app.db.begin().await?;
            catalogue::queue_some(&mut tx, app.now(), &skus).await?;
            Ok(tx.commit().await?)
        };
        retrying(app, "the queue", queue).await?;
    }
}
