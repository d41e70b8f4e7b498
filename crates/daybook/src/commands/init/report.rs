//! What setting up tells at its end.

use std::{fmt::Write as _, path::PathBuf};

use daybook_domain::propose::{ExportOffer, Open};
use daybook_flows::{
    check::{CheckLine, CheckState, Stops},
    sales::PostedAlready,
};
use serde::Serialize;

use super::accept::ProposalTold;
use crate::{
    commands::{
        Ended,
        check::{Checked, lines_told},
    },
    config::ConfigError,
};

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// Whether anything was written.
    pub(super) set_up: bool,
    /// Whether the book was in use already and was left as it is.
    pub(super) kept_book: bool,
    /// What each answer met on the real systems.
    pub(super) checked: Vec<CheckLine>,
    /// Export definitions that were found.
    pub(super) exports: Vec<ExportOffer>,
    /// Every mapping that was proposed, and whether it was accepted.
    pub(super) proposed: Vec<ProposalTold>,
    /// What needs a row and has none.
    pub(super) left: Vec<Open>,
    /// What could not be read for proposals.
    pub(super) unread: Vec<String>,
    /// Rows that are in the book now.
    pub(super) mapped: usize,
    /// Of the orders that the book begins with, and of the latest, those that OrderWise has under
    /// Daybook's references; none where nothing could be asked.
    pub(super) posted_already: Option<PostedAlready>,
    /// Why that could not be asked.
    pub(super) posted_unknown: Option<String>,
    /// Files that were written.
    pub(super) files: Vec<PathBuf>,
    /// What `daybook check` says of it; none where nothing was written.
    pub(super) check: Option<Checked>,
    /// What to do next.
    pub(super) next: Vec<String>,
}

impl Report {
    /// How a run that wrote everything ends.
    pub(super) fn ended(&self) -> Ended {
        let mut lines = self.check.iter().flat_map(|check| &check.lines);
        if self.check.as_ref().is_some_and(Checked::has_failed) {
            return Ended::Failed;
        }
        if lines.any(every_sale_waits) { Ended::ExceptionsOpen } else { Ended::Done }
    }
}

/// Whether a whole table is empty that every sale needs.
fn every_sale_waits(line: &CheckLine) -> bool {
    line.area == "mapping"
        && line.state == CheckState::Warning
        && line.stops.contains(&Stops::Sales)
}

/// A fault of the answers.
#[derive(Debug, Serialize)]
pub(super) struct FaultTold {
    pub(super) code: &'static str,
    pub(super) what: String,
    pub(super) hint: String,
}

impl FaultTold {
    pub(super) fn of(fault: &ConfigError) -> Self {
        Self { code: fault.code, what: fault.to_string(), hint: fault.hint.clone() }
    }
}

/// For people.
pub(super) fn told(report: &Report) -> String {
    if !report.set_up {
        let mut text = lines_told(&report.checked);
        text.push_str("\n\nNothing was written.\n");
        return text;
    }
    let mut text = String::new();
    for offer in &report.exports {
        let ExportOffer { purpose, id, confidence, reason } = offer;
        let _ = writeln!(text, "export {purpose}: {id} ({confidence}: {reason})");
    }
    for one in &report.proposed {
        let mark = if one.accepted { "accepted" } else { "left    " };
        let ProposalTold { kind, key, name, value, confidence, reason, .. } = one;
        let _ = writeln!(text, "{mark}  {kind} {key} ({name}) → {value}");
        let _ = writeln!(text, "          {confidence}: {reason}");
    }
    if !report.proposed.is_empty() {
        text.push('\n');
    }
    for what in &report.unread {
        let _ = writeln!(text, "could not be read: {what}");
    }
    if !report.left.is_empty() {
        let _ = writeln!(text, "Left open, {} (nothing is mapped by itself):", report.left.len());
        for one in &report.left {
            let _ = writeln!(text, "  {} {}: {}", one.kind, one.key, one.why);
        }
    }
    if report.kept_book {
        text.push_str("The book is kept as it was, with its own mappings.\nWritten:\n");
    } else {
        let _ = writeln!(text, "{} mappings are in the book.\nWritten:", report.mapped);
    }
    for file in &report.files {
        let _ = writeln!(text, "  {}", file.display());
    }
    if let Some(check) = &report.check {
        let _ = writeln!(text, "\n{}", lines_told(&check.lines));
    }
    if let Some(PostedAlready { asked, found }) = report.posted_already.filter(|it| it.found > 0) {
        let _ = writeln!(
            text,
            "\n{found} of {asked} orders, the first and the latest, are in OrderWise under Daybook's references: another \
             book posted them. What the tills have at the first start is therefore looked up before it \
             is sent. Stop whatever posts from that other book."
        );
    }
    if let Some(why) = &report.posted_unknown {
        let _ = writeln!(
            text,
            "\nWhether another book has posted what the tills have could not be looked up: {why}. If \
             one did, look first: `daybook sync sales --look-up-first`."
        );
    }
    text.push_str("\nNext:\n");
    for command in &report.next {
        let _ = writeln!(text, "  {command}");
    }
    text
}
