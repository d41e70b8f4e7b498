//! What the despatch flow tells about an entry: on its timeline, and to people.

use daybook_domain::{Money, Timestamp, causes::Cause, posting::Fault};
use daybook_store::{Tx, entry, exception, timeline::Event};

use super::DespatchReport;
use crate::{error::FlowError, sales::evaluate::DAYBOOK};

/// Puts a line on the entry's timeline.
pub(super) async fn note(
    tx: &mut Tx,
    now: Timestamp,
    order_id: i64,
    code: &str,
    detail: String,
) -> Result<(), FlowError> {
    let event = Event { actor: DAYBOOK.to_owned(), code: code.to_owned(), detail };
    entry::note(tx, now, order_id, &event).await?;
    Ok(())
}

/// Tells a person, once: what is open or was settled by a person is not told again.
pub(super) async fn raise(
    tx: &mut Tx,
    now: Timestamp,
    about: (i64, Money),
    (cause, subject, detail): (Cause, String, String),
    report: &mut DespatchReport,
) -> Result<(), FlowError> {
    let fault = Fault { cause, subject, detail };
    if exception::raise_beside(tx, now, about, &fault, DAYBOOK).await? {
        report.raised += 1;
    }
    Ok(())
}
