//! What the API users may read, and how export definitions do.

use super::{
    GapKind, Snapshot,
    gap::Found,
    snapshot::{Tried, Trouble},
};
use crate::{class::Class, exchange::System};

/// Export definitions that Daybook needs (design section 7).
pub const EXPORTS: [&str; 6] =
    ["order-lookup", "order-totals", "order-lines", "stock-levels", "variants", "despatches"];

pub(super) fn look(snapshot: &Snapshot, found: &mut Found) {
    for purpose in EXPORTS {
        if !snapshot.ours.exports.iter().any(|known| known == purpose) {
            found.add(GapKind::ExportMissing, purpose, "not set up");
            unseen_without(purpose, found);
        }
    }
    for trouble in &snapshot.troubles {
        let kind = kind_of(trouble);
        let record = trouble.export.as_ref().unwrap_or(&trouble.part);
        found.add(kind, record, &trouble.what);
        found.unseen(&trouble.part, &trouble.what);
    }
    for (purpose, row) in &snapshot.unread_rows {
        let record = format!("{purpose}: {}", row.about);
        found.add(GapKind::ExportRowUnreadable, record, &row.what);
    }
    for Tried { purpose, millis } in &snapshot.tried {
        let limit = snapshot.ours.limits.slow;
        if *millis > limit {
            let detail = format!("{millis} ms, more than {limit} ms");
            found.add(GapKind::ExportSlow, purpose, detail);
        }
    }
    let no_call = "no public call of either system tells it, and an audit tries no write";
    found.unseen("rights to write, and rights that the API users do not need", no_call);
    let no_list = "no public call lists sessions; they are judged by the mapping alone";
    found.unseen("e-commerce sessions of OrderWise", no_list);
    let path = "the path of Sitoo's list is not public; those that shoppers used are looked at";
    found.unseen("payment types that nobody used", path);
}

fn unseen_without(purpose: &str, found: &mut Found) {
    let what = match purpose {
        "variants" => "SKUs, barcodes, prices and tax rates",
        "stock-levels" => "stock of OrderWise",
        "order-totals" => "open orders and status texts of OrderWise",
        _ => return,
    };
    found.unseen(what, format!("export definition {purpose} is not set up"));
}

fn kind_of(trouble: &Trouble) -> GapKind {
    match (trouble.system, trouble.class) {
        (System::Sitoo, Class::NotAuthorised) => GapKind::SitooRightMissing,
        (System::Sitoo, _) => GapKind::SitooAnswerOdd,
        (System::Orderwise, Class::NotAuthorised) => GapKind::OrderwiseRightMissing,
        (System::Orderwise, class) if trouble.export.is_some() => match class {
            Class::NotFound => GapKind::ExportMissing,
            Class::Refused => GapKind::ExportRefused,
            _ => GapKind::ExportColumnsWrong,
        },
        (System::Orderwise, _) => GapKind::OrderwiseAnswerOdd,
    }
}
