//! `daybook reconcile fix`: what to do about what differs, and with `--run` doing it.

use std::fmt::Write as _;

use clap::Args;
use daybook_domain::{
    Reference,
    reconcile::{DayCause, fix::Effect, witness::Day},
};
use daybook_flows::reconcile::{
    self,
    asked::{Answer, Wanted},
    fix::{Checked, FixDay, FixReport, FixStep, FixWanted},
};

use super::{Ended, beside};
use crate::{config::Need, context::Context, failure::Failure, printer, words};

const EXAMPLES: &str = "\
Examples:
  daybook reconcile fix --day 2026-11-24                       what to do, by whom, in pounds
  daybook reconcile fix --day 2026-11-24 --store 5 --run --by 'Ada Finch'
  daybook reconcile fix --day 2026-11-24 --cause posted-twice --reference S1-11513 --run

Without --run nothing is changed. With it the day is compared first, the steps that Daybook can do are
done and put on record under the name, and the day is compared again. What is a person's is told.
Exit code 3: something is still to be done.";

/// Which differences, and whether to do something about them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct FixArgs {
    /// The day, by the stores' clocks.
    #[arg(long, value_name = "YYYY-MM-DD")]
    day: Day,
    /// Only this store: its warehouse id in Sitoo.
    #[arg(long, value_name = "ID", value_parser = crate::commands::asked::store)]
    store: Option<i64>,
    /// Only differences of this cause.
    #[arg(long, value_name = "CODE")]
    cause: Option<DayCause>,
    /// Only differences of this receipt.
    #[arg(long, value_name = "REF")]
    reference: Option<Reference>,
    /// Do what Daybook can do. Name yourself with --by.
    #[arg(long)]
    run: bool,
}

pub(super) async fn run(context: &Context, args: &FixArgs) -> Result<Ended, Failure> {
    let wanted = FixWanted {
        day: args.day,
        store: args.store,
        cause: args.cause,
        reference: args.reference,
    };
    context.existing_book().await?.close().await;
    let report =
        if args.run { ran(context, wanted).await? } else { planned(context, wanted).await? };
    context.printer.result(&report, |report| text(context, report))?;
    Ok(ended(&report))
}

async fn planned(context: &Context, wanted: FixWanted) -> Result<FixReport, Failure> {
    let app = context.app(Need::Book).await?;
    let report = reconcile::fix::plan(&app, &wanted).await;
    app.db.close().await;
    Ok(report?)
}

async fn ran(context: &Context, wanted: FixWanted) -> Result<FixReport, Failure> {
    let app = beside::app(context).await?;
    let wanted = Wanted::Fix { wanted, by: context.actor.clone() };
    let answer = if reconcile::is_set_up(&app) {
        beside::answer(context, &app, &wanted).await
    } else {
        Err(super::super::sync::not_set_up("the day close", reconcile::EXPORT))
    };
    app.db.close().await;
    match answer? {
        Answer::Fixed(report) => Ok(report),
        _ => Err(super::other_answer()),
    }
}

fn ended(report: &FixReport) -> Ended {
    let nothing = |day: &FixDay| match &day.checked {
        Some(_) => day.state.is_closed(),
        None => day.steps.is_empty(),
    };
    if report.days.iter().all(nothing) { Ended::Done } else { Ended::ExceptionsOpen }
}

/// What a person reads.
pub(super) fn text(context: &Context, report: &FixReport) -> String {
    let zone = context.zone();
    let shown = Shown { currency: context.currency(), zone: &zone };
    shown.text(report)
}

/// How amounts and moments are shown.
pub(super) struct Shown<'a> {
    pub(super) currency: &'a str,
    pub(super) zone: &'a jiff::tz::TimeZone,
}

impl Shown<'_> {
    pub(super) fn text(&self, report: &FixReport) -> String {
        let mut text = String::new();
        for day in &report.days {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            self.day(&mut text, day);
        }
        if report.run_by.is_none() && report.days.iter().any(|day| !day.steps.is_empty()) {
            text.push_str("\n\nnothing was changed; --run does what is Daybook's to do");
        }
        text
    }

    fn day(&self, text: &mut String, day: &FixDay) {
        let _ = write!(text, "{} ({}), {}: {}", day.name, day.store, day.day, day.detail);
        if day.steps.is_empty() {
            let nothing = if day.checked.is_none() { "nothing to do" } else { "nothing was done" };
            let _ = write!(text, "\n  {nothing}");
        } else {
            let head = ["", "about", "cause", "who", "does", "document", "gross", "tax"];
            let rows = (1..).zip(&day.steps).map(|(number, one)| self.row(number, one));
            let table = printer::table(&head, &[0, 6, 7], rows.collect());
            let _ = write!(text, "\n{table}");
            for (number, one) in (1..).zip(&day.steps) {
                self.note(text, number, one);
            }
            for (cause, effect) in &day.by_cause {
                let _ = write!(text, "\n  {cause}: {}", self.effect(effect));
            }
            let _ = write!(text, "\n  total: {}", self.effect(&day.total));
        }
        if let Some(checked) = &day.checked {
            self.checked(text, checked, day);
        }
    }

    fn row(&self, number: i32, one: &FixStep) -> Vec<String> {
        let step = &one.step;
        let money = |amount| words::money(amount, self.currency);
        vec![
            number.to_string(),
            one.subject.clone(),
            step.cause.to_string(),
            step.doer.to_string(),
            step.act.to_string(),
            step.touches.to_string(),
            money(step.effect.gross),
            money(step.effect.tax),
        ]
    }

    fn note(&self, text: &mut String, number: i32, one: &FixStep) {
        let _ = write!(text, "\n  {number}. {}", one.step.todo);
        if let Some(outcome) = &one.outcome {
            let _ = write!(text, "\n     {}: {}", outcome.came.word(), outcome.detail);
            if let Some(again) = outcome.again {
                let _ = write!(text, " (at {})", words::moment(again, self.zone));
            }
        }
        for command in &one.commands {
            let _ = write!(text, "\n     {command}");
        }
    }

    fn effect(&self, effect: &Effect) -> String {
        let money = |amount| words::money(amount, self.currency);
        let steps = words::count(effect.steps.unsigned_abs(), "step", "steps");
        let documents = words::count(effect.documents.unsigned_abs(), "document", "documents");
        format!(
            "{steps}, {documents} more in OrderWise, {} there, {} left to sign",
            money(effect.effect.gross),
            money(effect.left.gross),
        )
    }

    fn checked(&self, text: &mut String, checked: &Checked, day: &FixDay) {
        let left = words::money(checked.left.gross, self.currency);
        if checked.compared {
            let cleared = words::count(checked.cleared, "difference", "differences");
            let state = day.state.word();
            let _ = write!(text, "\n  compared again: {cleared} gone, {left} left; {state}");
            return;
        }
        text.push_str("\n  not compared again yet: both sides have to be read anew");
        if let Some(again) = checked.again {
            let _ = write!(text, " (at {} or later)", words::moment(again, self.zone));
        }
    }
}
