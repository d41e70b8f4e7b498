//! The credit of a document that stands twice: the posting of its receipt, turned.

use crate::{
    Money,
    draft::Draft,
    entry::EntryKind,
    reconcile::witness::{LedgerDocument, Posting},
    sku::fold,
    till::Shopper,
};

/// Why Daybook does not credit a document itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotByDaybook {
    /// What takes a credit back is no credit.
    #[error("the second document is a credit: take it back in OrderWise")]
    OfAReturn,
    /// OrderWise may send the goods twice.
    #[error("goods are still to be sent: cancel the second document in OrderWise")]
    ToCome,
    /// It does not say what was posted.
    #[error("the second document does not say what was posted: correct it in OrderWise")]
    Differs,
}

/// The credit that takes `double` back, which stands beside the document of `posted`. Only a
/// document that says what is posted is credited: the two then come to nothing, penny by penny.
pub fn credit_of(posted: &Draft, double: &LedgerDocument) -> Result<Draft, NotByDaybook> {
    if posted.kind != EntryKind::Sale {
        return Err(NotByDaybook::OfAReturn);
    }
    if posted.has_lines_to_come() {
        return Err(NotByDaybook::ToCome);
    }
    if double.document.gross != posted.gross || !same_lines(posted, double) {
        return Err(NotByDaybook::Differs);
    }
    let number = &double.document.order_number;
    Ok(Draft {
        kind: EntryKind::Return,
        original: Some(posted.reference),
        instructions: format!("Takes back {number}, which stood twice. {}", posted.instructions),
        shopper: Shopper::default(),
        ..posted.clone()
    })
}

/// Where OrderWise tells lines, they are the lines that are posted.
fn same_lines(posted: &Draft, double: &LedgerDocument) -> bool {
    let Some(lines) = &double.lines else { return true };
    let mut there: Vec<(String, i64, Money)> = lines
        .iter()
        .map(|line| (fold(&line.sku), line.quantity.thousandths(), line.gross))
        .collect();
    let sent = Posting::of(posted).lines;
    let mut sent: Vec<(String, i64, Money)> = sent
        .iter()
        .map(|line| (fold(&line.sku), line.quantity.thousandths(), line.gross))
        .collect();
    there.sort();
    sent.sort();
    there == sent
}
