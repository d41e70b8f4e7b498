//! A cut-over in words.

use std::fmt::Write as _;

use daybook_domain::{
    Money,
    cutover::{
        Cutover,
        plan::{Plan, Progress, SWITCH},
    },
};
use daybook_flows::cutover::{
    Comparison, Report,
    deeds::{HandedBack, Proposal},
};

use crate::{context::Context, printer, words};

/// Rows of a list that a terminal shows; the table has them all.
const SHOWN: usize = 40;

pub(super) fn plan(context: &Context, plan: &Plan) -> String {
    let zone = context.zone();
    let is_begun = plan.steps.iter().any(|step| step.done.is_some());
    let mut text = if plan.posts && !is_begun {
        format!(
            "No cut-over was begun: where Daybook runs, it posts ({}). Begin one before it runs, if \
             another integration posts.\n",
            plan.mode
        )
    } else if plan.posts {
        format!("Daybook posts ({}).\n", plan.mode)
    } else {
        format!("Daybook posts NOTHING ({}).\n", plan.mode)
    };
    let rows = plan.steps.iter().map(|step| {
        let sign = match step.progress {
            Progress::Done => "done",
            Progress::Next => "next",
            Progress::Later => "",
        };
        let when = step
            .done
            .as_ref()
            .map(|deed| format!("{} by {}", words::moment(deed.at, &zone), deed.by));
        vec![sign.to_owned(), step.title.to_owned(), when.unwrap_or_default(), step.detail.clone()]
    });
    text.push_str(&printer::rows(&[], rows.collect()));
    if !plan.obstacles.is_empty() {
        text.push_str("\n\nWhat stands against the switch:\n");
        let rows = plan.obstacles.iter();
        let rows = rows.map(|one| vec![format!("  {}", one.detail), one.fix.to_owned()]);
        text.push_str(&printer::rows(&[], rows.collect()));
    }
    if let Some(next) = plan.next {
        let is_switch = plan.steps.iter().any(|it| it.step == SWITCH && it.command == next);
        let first = if is_switch && !plan.obstacles.is_empty() { "clear these, then " } else { "" };
        let _ = write!(text, "\n\nNext: {first}{next}");
    }
    text
}

pub(super) fn proposal(proposal: &Proposal) -> String {
    let id = |id: Option<i64>| id.map_or_else(|| "none".to_owned(), |id| id.to_string());
    let mut text =
        format!("Sitoo's newest order                            {}\n", id(proposal.newest));
    let _ = writeln!(
        text,
        "newest that the other integration has posted     {}",
        id(proposal.last_posted)
    );
    let _ = writeln!(
        text,
        "first of the last {} that it has not posted      {}",
        proposal.asked,
        id(proposal.first_not_posted),
    );
    if let Some(from) = proposal.from_order {
        let _ =
            write!(text, "\nNothing is set yet. Next: daybook cutover begin --from-order {from}");
    }
    text
}

pub(super) fn begun(state: &Cutover) -> String {
    let first = state.first_order_id.unwrap_or_default();
    format!(
        "Daybook begins with order {first}, receives from there on, and posts nothing.\n\
         Next: daybook cutover stock, and daybook serve"
    )
}

pub(super) fn parallel(state: &Cutover) -> String {
    let also: Vec<&str> = state.also.iter().map(|flow| flow.word()).collect();
    let writes = match also.as_slice() {
        [] => "nothing is written to the tills: stock, catalogue and despatch rest".to_owned(),
        some => format!("{} write to the tills, the other flows rest", some.join(", ")),
    };
    format!(
        "The other integration posts; Daybook looks for its documents and adopts them. Of Daybook \
         {writes}.\nNext: daybook cutover report, until daybook cutover plan has nothing against \
         the switch"
    )
}

pub(super) fn switched(state: &Cutover) -> String {
    let point = state.point.map_or_else(|| "the first".to_owned(), |id| id.to_string());
    format!(
        "Daybook posts from order {point} on. What was sold before is looked for, and posted by \
         Daybook only when the other integration has had its time.\n\
         Stop the other integration now, if it still runs. The way back: daybook cutover back \
         --reason WHY"
    )
}

pub(super) fn stock(context: &Context, compared: &Comparison) -> String {
    let currency = context.currency();
    let mut text = format!("{} places compared\n", compared.compared.places);
    if !compared.unmapped.is_empty() {
        let ids: Vec<String> = compared.unmapped.iter().map(ToString::to_string).collect();
        let _ = writeln!(text, "without a stock location, and not compared: {}", ids.join(", "));
    }
    let rows = compared.compared.totals.iter().map(|total| {
        vec![
            total.bucket.name().to_owned(),
            total.rows.to_string(),
            total.units.to_string(),
            words::money(total.worth, currency),
        ]
    });
    let head = ["", "skus in places", "units", "worth"];
    text.push_str(&printer::table(&head, &[1, 2, 3], rows.collect()));
    let all = &compared.compared.rows;
    if !all.is_empty() {
        let or_none = |units: Option<daybook_domain::Quantity>| {
            units.map_or_else(|| "–".to_owned(), |units| units.to_string())
        };
        let rows = all.iter().take(SHOWN).map(|row| {
            vec![
                row.place.clone(),
                row.sku.clone(),
                or_none(row.at_tills),
                or_none(row.free),
                row.difference.to_string(),
                words::money(row.worth, currency),
                row.bucket.name().to_owned(),
            ]
        });
        let head = ["place", "sku", "tills", "free", "difference", "worth", ""];
        text.push_str("\n\n");
        text.push_str(&printer::table(&head, &[2, 3, 4, 5], rows.collect()));
        more(&mut text, all.len());
    }
    text
}

pub(super) fn report(context: &Context, report: &Report) -> String {
    let currency = context.currency();
    let mut text = format!(
        "{} adopted, {} of them with other totals, {} with other lines; {} not found yet, {}{}; {} of them overdue, {}; \
         Daybook would have held {}",
        report.adopted,
        report.different,
        report.different_lines,
        report.not_found,
        words::money(report.not_found_money, currency),
        if report.not_looked_for > 0 {
            format!(" ({} of them not looked for yet)", report.not_looked_for)
        } else {
            String::new()
        },
        report.overdue,
        words::money(report.overdue_money, currency),
        report.would_be_held,
    );
    // Where gross agrees, a penny of VAT is what differs.
    let both = |gross: Money, tax: Money| {
        format!("{} ({})", words::money(gross, currency), words::money(tax, currency))
    };
    let telling: Vec<_> = report
        .lines
        .iter()
        .filter(|line| {
            let differs = line.line_differences.as_ref().is_some_and(|all| !all.is_empty());
            line.outcome != "adopted" || differs || !line.would_hold.is_empty()
        })
        .collect();
    if !telling.is_empty() {
        let rows = telling.iter().take(SHOWN).map(|line| {
            let found = line.found.first();
            vec![
                line.reference.clone(),
                line.outcome.to_owned(),
                both(line.till_gross, line.till_tax),
                found.map_or_else(|| "–".to_owned(), |one| both(one.gross, one.tax)),
                found.map(|one| one.reference.clone()).unwrap_or_default(),
                line.would_hold.join("; "),
                super::other_lines(line),
            ]
        });
        let head = [
            "reference",
            "outcome",
            "till (vat)",
            "other (vat)",
            "its reference",
            "would be held for",
            "lines that differ",
        ];
        text.push_str("\n\n");
        text.push_str(&printer::table(&head, &[2, 3], rows.collect()));
        more(&mut text, telling.len());
    }
    text
}

pub(super) fn handed_back(context: &Context, handed: &HandedBack) -> String {
    let zone = context.zone();
    let from = handed.from_order.map_or_else(|| "the next order".to_owned(), |id| id.to_string());
    let mut text = format!(
        "Daybook posts nothing since {}.\nThe other integration goes on with order {from}. It must \
         not post these {}{}:\n\n",
        words::moment(handed.stopped_at, &zone),
        handed.posted.len() + handed.posted_by_it.len(),
        match handed.posted_by_it.len() {
            0 => String::new(),
            its => format!(", of which it has posted {its} itself"),
        },
    );
    let posted = handed.posted.iter().chain(&handed.posted_by_it);
    let lines = posted.chain(&handed.unsettled);
    let rows = lines.take(SHOWN).map(|line| {
        vec![
            line.row.order_id.to_string(),
            line.row.reference.clone(),
            line.other_references.join(" "),
            line.row.erp_order_number.clone().unwrap_or_default(),
            line.row.state.to_string(),
        ]
    });
    let head = ["order", "reference", "other references", "number", "state"];
    text.push_str(&printer::table(&head, &[0], rows.collect()));
    let all = [&handed.posted, &handed.posted_by_it, &handed.unsettled];
    more(&mut text, all.iter().map(|lines| lines.len()).sum());
    if !handed.still_open.is_empty() {
        let ids: Vec<String> = handed.still_open.iter().take(SHOWN).map(i64::to_string).collect();
        let _ = write!(
            text,
            "\n\nStill open at a till, or not shown yet: {}{}. What of these becomes a sale, the \
             other integration posts too.",
            ids.join(", "),
            if handed.still_open.len() > SHOWN { ", …" } else { "" },
        );
    }
    if !handed.unsettled.is_empty() {
        let _ = write!(
            text,
            "\n\nOf {} it is not known yet whether OrderWise has them. Keep Daybook running, and \
             ask again before the other integration posts: daybook cutover back",
            handed.unsettled.len()
        );
    }
    text
}

fn more(text: &mut String, rows: usize) {
    if rows > SHOWN {
        let _ = write!(text, "\n… and {} more: --csv FILE has them all", rows - SHOWN);
    }
}
