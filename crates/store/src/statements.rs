//! Every statement of this crate, so that a test can prepare each one on both engines.

use crate::{
    attempt, audit, count, customer, despatch, entry, exception, exchange, finding, inbox, lease,
    mapping, pause, supply, timeline, value_list, variant, watermark,
};

/// Name and text of every statement. Bulk statements are built from pieces and are not in it;
/// the tests of their modules run them.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    let single = [
        attempt::STATEMENTS,
        audit::STATEMENTS,
        count::STATEMENTS,
        customer::STATEMENTS,
        exchange::STATEMENTS,
        finding::STATEMENTS,
        inbox::STATEMENTS,
        lease::STATEMENTS,
        mapping::STATEMENTS,
        pause::STATEMENTS,
        supply::STATEMENTS,
        value_list::STATEMENTS,
        variant::STATEMENTS,
        watermark::STATEMENTS,
    ];
    let folders =
        [despatch::STATEMENTS, entry::STATEMENTS, exception::STATEMENTS, timeline::ALL_STATEMENTS];
    let folders = folders.into_iter().flatten().copied();
    single.into_iter().chain(folders).flatten().copied()
}
