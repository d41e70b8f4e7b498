//! Whether the record of a period is still as it was written.

use daybook_domain::month::Month;

use super::{acts, beginning, fingerprint, get, pinned};
use crate::{Db, StoreResult};

/// Checks a period's chain and the days that each act counted. The number of the first act that is
/// not as it was written, if any; the number after the last one when the end was cut off.
pub async fn verify(db: &Db, month: Month) -> StoreResult<Option<i64>> {
    // The end first: what is added while we read lies behind it.
    let end = get(db, month).await?;
    let all = acts(db, month).await?;
    let (mut seq, mut hash) = (0, beginning(month));
    for act in &all {
        if end.as_ref().is_some_and(|end| act.seq > end.seq) {
            break;
        }
        let days = pinned(db, month, act.seq).await?;
        let is_whole = act.seq == seq + 1
            && act.prev == hash
            && act.hash == act.seal()
            && act.pinned == fingerprint(&days);
        if !is_whole {
            return Ok(Some(seq + 1));
        }
        (seq, hash) = (act.seq, act.hash);
    }
    let Some(end) = end else { return Ok(Some(seq + 1)) };
    let last = all.iter().find(|act| act.seq == end.seq);
    let says = last.is_none_or(|act| act.act.leads_to() == end.state && act.at == end.changed_at);
    Ok((end.seq != seq || end.hash != hash || !says).then_some(seq + 1))
}
