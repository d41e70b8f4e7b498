//! Every statement of this crate, so that a test can prepare each one on both engines.

use crate::{
    access, alert, asked, attempt, audit, audit_run, catalogue, correction, count, customer,
    cutover, despatch, entry, erase, evidence, exception, exchange, finding, idempotency, inbox,
    lease, list_price, manual, mapping, pause, period, price_arrival, reconcile, settlement, stock,
    stray, supply, till_movement, till_product, timeline, value_list, variant, watermark,
};

/// Name and text of every statement. Bulk statements are built from pieces and are not in it;
/// the tests of their modules run them.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    let single = [
        asked::STATEMENTS,
        attempt::STATEMENTS,
        audit::STATEMENTS,
        audit_run::STATEMENTS,
        correction::STATEMENTS,
        count::STATEMENTS,
        customer::STATEMENTS,
        erase::STATEMENTS,
        exchange::STATEMENTS,
        finding::STATEMENTS,
        idempotency::STATEMENTS,
        inbox::STATEMENTS,
        lease::STATEMENTS,
        list_price::STATEMENTS,
        manual::STATEMENTS,
        mapping::STATEMENTS,
        pause::STATEMENTS,
        period::STATEMENTS,
        price_arrival::STATEMENTS,
        stray::STATEMENTS,
        supply::STATEMENTS,
        till_movement::STATEMENTS,
        till_product::STATEMENTS,
        value_list::STATEMENTS,
        variant::STATEMENTS,
        watermark::STATEMENTS,
    ];
    let folders = [
        access::STATEMENTS,
        alert::STATEMENTS,
        catalogue::STATEMENTS,
        cutover::ALL_STATEMENTS,
        despatch::STATEMENTS,
        entry::STATEMENTS,
        evidence::ALL_STATEMENTS,
        exception::STATEMENTS,
        settlement::STATEMENTS,
        reconcile::STATEMENTS,
        stock::STATEMENTS,
        timeline::ALL_STATEMENTS,
    ];
    let folders = folders.into_iter().flatten().copied();
    single.into_iter().chain(folders).flatten().copied()
}
