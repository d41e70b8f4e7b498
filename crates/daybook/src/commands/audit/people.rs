//! An audit on the screen.

use std::fmt::Write as _;

use daybook_domain::audit::{Change, Changes, Gap};
use daybook_flows::audit::Audited;
use daybook_web::export::audit as words_of;

use crate::{context::Context, printer, words};

/// Records shown of a gap.
const SHOWN: usize = 3;

/// What a person reads.
pub(super) fn show(context: &Context, audited: &Audited, since_last: bool) -> String {
    let (report, zone) = (&audited.report, context.zone());
    let mut text = format!("{}\n{}", words_of::read(report), words_of::total(report));
    if let Some(changes) = &audited.changes {
        let _ = write!(text, "\n{}", words_of::changed(changes, &zone));
        if since_last {
            changed(&mut text, changes);
            return text;
        }
    }
    for gap in &report.gaps {
        one(&mut text, gap, context.currency());
    }
    text.push_str("\n\nNot looked at:\n");
    let rows = report.unseen.iter().map(|one| vec![one.what.clone(), one.why.clone()]);
    text.push_str(&printer::rows(&[], rows.collect()));
    text
}

fn one(text: &mut String, gap: &Gap, currency: &str) {
    let row = gap.kind.row();
    let records = words::count(gap.records as u64, "record", "records");
    let money = if gap.money.is_zero() {
        String::new()
    } else {
        format!(", {}", words::money(gap.money, currency))
    };
    let (severity, owner) = (row.severity.word(), row.owner.word());
    let _ = write!(text, "\n\n{severity}  {}  ({owner}: {records}{money})\n", row.word);
    let _ = write!(text, "  {}\n  To do: {}\n", row.sentence, row.fix);
    let rows = gap.evidence.iter().take(SHOWN);
    let rows = rows.map(|one| vec![format!("    {}", one.record), one.detail.clone()]);
    text.push_str(&printer::rows(&[], rows.collect()));
    if gap.records > SHOWN {
        let _ = write!(text, "\n    and {} more", gap.records - SHOWN);
    }
}

fn changed(text: &mut String, changes: &Changes) {
    for (name, list) in [("New", &changes.new), ("Gone", &changes.gone)] {
        if list.is_empty() {
            continue;
        }
        let row = |one: &Change| {
            let (record, detail) = (one.evidence.record.clone(), one.evidence.detail.clone());
            vec![format!("  {}", one.kind), record, detail]
        };
        let rows = printer::rows(&[], list.iter().map(row).collect());
        let _ = write!(text, "\n\n{name}:\n{rows}");
    }
}
