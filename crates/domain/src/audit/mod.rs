//! The audit: every gap between both systems that would hurt, each with evidence, the records and
//! pounds it touches, an owner, a severity and the fix. Pure: the flow reads both sides piece by
//! piece, [`look`] judges what was read.

mod access;
mod accounts;
mod barcodes;
mod gap;
mod kinds;
mod orders;
mod pairs;
mod payments;
mod places;
mod prices;
mod settings;
mod skus;
mod snapshot;
mod stock;
#[cfg(test)]
mod tests;
mod usage;
mod vat;

pub use self::{
    access::EXPORTS,
    accounts::is as is_account,
    gap::{Change, Changes, Counted, EVIDENCE, Evidence, Gap, Report, Unseen},
    kinds::{GapKind, KindRow, NotGapKind},
    snapshot::{
        AccountState, ErpOrder, Figure, Level, Limits, OpenOrder, Ours, Piece, Register, Site,
        Snapshot, Store, Tried, Trouble, UnreadRow, Warehouse,
    },
    usage::{Usage, Used},
};
use self::{gap::Found, pairs::Pairs};

/// Judges what was read.
pub fn look(snapshot: &Snapshot) -> Report {
    let mut found = Found::default();
    access::look(snapshot, &mut found);
    settings::look(snapshot, &mut found);
    let pairs = Pairs::of(snapshot);
    if let Some(pairs) = &pairs {
        skus::look(pairs, &mut found);
        if pairs.snapshot.ours.rules.barcodes {
            barcodes::look(pairs, &mut found);
        }
        prices::look(pairs, &mut found);
        vat::look(pairs, &mut found);
        stock::look(pairs, &mut found);
    }
    vat::mapping(snapshot, pairs.as_ref(), &mut found);
    payments::look(snapshot, &mut found);
    places::look(snapshot, &mut found);
    accounts::look(snapshot, &mut found);
    orders::look(snapshot, &mut found);
    let (gaps, unseen) = found.into_gaps();
    Report {
        began_at: snapshot.began_at,
        finished_at: snapshot.read_at,
        days: snapshot.ours.limits.days,
        counted: snapshot.counted(),
        gaps,
        unseen,
    }
}
