//! Where each variant stands towards the tills: the queue of those to be looked at, what was sent
//! and not answered yet, and everything that keeps one away.

pub mod family;
mod fault;
mod queue;
mod show;

use daybook_domain::{Timestamp, catalogue::Standing};
use schemars::JsonSchema;
use serde::Serialize;

pub use self::{
    fault::{FaultFilter, FaultGroup, FaultRow, faults, set_faults, told},
    queue::{
        Settled, doubted, due, forget_gone, intend, intended, postpone, queue_barcodes,
        queue_folded, queue_some, refused, settle,
    },
    show::{Counts, counts, item, refusals},
};
use crate::{
    StoreResult,
    engine::{Cells, FromCells},
};

/// Every statement, for the test that prepares them.
pub(crate) const STATEMENTS: &[&[(&str, &str)]] =
    &[family::STATEMENTS, fault::STATEMENTS, queue::STATEMENTS, show::STATEMENTS];

/// The columns of an [`Item`].
const COLUMNS: &str = "SELECT sku, standing, product_id, due_at, tries, intent_at, refusal, \
    decided_at, marks FROM catalogue_item ";

/// Where a variant stands towards the tills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "CatalogueItem")]
pub struct Item {
    /// The variant's SKU, in OrderWise's spelling.
    pub sku: String,
    /// Where it stands; none until it was looked at for the first time.
    pub standing: Option<Standing>,
    /// Its product in Sitoo.
    pub product_id: Option<i64>,
    /// When it is looked at next; none while nothing is to do.
    pub due_at: Option<Timestamp>,
    /// Refusals and doubts in a row.
    pub tries: i64,
    /// Something was sent then, and its outcome is not known.
    pub intent_at: Option<Timestamp>,
    /// Why Sitoo refused it.
    pub refusal: Option<String>,
    /// When it was last decided about.
    pub decided_at: Option<Timestamp>,
    /// How often a look was asked for; it tells whoever is at work, and nobody else.
    #[serde(skip)]
    pub marks: i64,
}

impl FromCells for Item {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let standing = row.opt_text("standing")?;
        let standing = standing.map(|word| word.parse().map_err(crate::StoreError::unreadable));
        Ok(Self {
            sku: row.text("sku")?,
            standing: standing.transpose()?,
            product_id: row.opt_int("product_id")?,
            due_at: row.opt_time("due_at")?,
            tries: row.int("tries")?,
            intent_at: row.opt_time("intent_at")?,
            refusal: row.opt_text("refusal")?,
            decided_at: row.opt_time("decided_at")?,
            marks: row.int("marks")?,
        })
    }
}
