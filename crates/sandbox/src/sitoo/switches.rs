//! What the facts leave open, and the quirks that a test wants on demand.

use serde::{Deserialize, Serialize};

/// Switches of the stand-in. The defaults behave as the facts say, with no trouble.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is turned by itself")]
pub struct Switches {
    /// Two requests in flight on the same credentials give 429 `Too many connections`
    /// (facts/sitoo 1.7).
    pub one_at_a_time: bool,
    /// `Retry-After` of that 429, seconds.
    pub retry_after_s: i64,
    /// A limit on requests in a time slot, per credentials; the numbers are not known.
    pub rate_limit: Option<RateLimit>,
    /// How long a request takes to be processed (tokio time).
    pub service_ms: u64,
    /// `num` above 1000 gives 400 instead of being cut to 1000 (facts/sitoo 10, question 2).
    pub refuse_large_pages: bool,
    /// About one in so many orders becomes visible late, so that its id is a gap that is filled
    /// afterwards (facts/sitoo 2.8). 0 is never.
    pub late_commit_every: u64,
    /// How much later, microseconds.
    pub late_commit_us: i64,
    /// About one in so many order ids is never used. 0 is never.
    pub skip_id_every: u64,
    /// Events are made for what happens to orders (facts/sitoo 7).
    pub events: bool,
    /// With `events`: also `order-delivery` and `warehouse-transaction`. Which types a receiver
    /// gets is configured in Sitoo.
    pub stock_events: bool,
    /// What tills do moves stock and is in the journal. Off, tills are a little faster.
    pub stock: bool,
    /// A hidden or late order moves its stock when it is made, not when it appears.
    pub stock_moves_before_visible: bool,
    /// Sales and returns change the level of a virtual warehouse (facts/sitoo 10, question 5).
    pub virtual_counts_sales: bool,
    /// A movement whose `externalid` is known already is refused (facts/sitoo 10, question 7).
    pub unique_transaction_ids: bool,
    /// Levels and products are listed by their last change, the newest first, so that rows shift
    /// between the pages of a client while others change them.
    pub newest_first: bool,
    /// SKUs that differ only in case are the same (facts/sitoo 10, question 17).
    pub sku_ignores_case: bool,
    /// No barcode on two products, aliases included (facts/sitoo 4.1: probably).
    pub unique_barcodes: bool,
    /// Elements in a batch of products or prices; more give 400 (facts/sitoo 10, question 3).
    pub largest_batch: usize,
    /// A batch of one element is answered with an envelope (facts/sitoo 10, question 21).
    pub envelope_always: bool,
    /// A receipt in practice mode takes a number, which no order has then.
    pub practice_takes_numbers: bool,
    /// What balances the two halves of an exchange is among the payments of a Z-report.
    pub exchange_is_tender: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            one_at_a_time: false,
            retry_after_s: 1,
            rate_limit: None,
            service_ms: 0,
            refuse_large_pages: false,
            late_commit_every: 0,
            late_commit_us: 5_000_000,
            skip_id_every: 0,
            events: false,
            stock_events: false,
            stock: true,
            stock_moves_before_visible: false,
            virtual_counts_sales: true,
            unique_transaction_ids: false,
            newest_first: false,
            sku_ignores_case: false,
            unique_barcodes: true,
            largest_batch: 250,
            envelope_always: false,
            practice_takes_numbers: true,
            exchange_is_tender: true,
        }
    }
}

/// So many requests in each time slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimit {
    /// Requests that are answered in one slot.
    pub requests: u32,
    /// Length of a slot, microseconds; slots start at multiples of it.
    pub window_us: i64,
}
