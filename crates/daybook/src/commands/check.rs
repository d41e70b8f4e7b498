//! `daybook check`

mod here;
mod sample;
mod sense;

use std::fmt::Write as _;

use clap::Args;
use daybook_connectors::orderwise::UNVERIFIED;
use daybook_domain::mapping::MappingKind;
use daybook_flows::{
    App,
    check::{self, CheckLine, CheckState},
};
use serde::Serialize;
use serde_json::Value;

use super::Ended;
use crate::{config::Need, context::Context, failure::Failure, printer};

const EXAMPLES: &str = "\
Examples:
  daybook check                 can Daybook reach, read and write everything it needs?
  daybook check --sample        also the JSON that a sale and a return would be sent as
  daybook check --json | jq '.lines[] | select(.state != \"ok\")'

It is a doctor: each line that is not as it should be says what to do, and which flows stand still
until then; what to do is listed in the order in which to do it. Nothing is changed in either system. What is marked unverified has no public documentation: a
consultant tries it on a test company first. Exit code 1: something does not work.";

/// How much to show.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CheckArgs {
    /// Show the bodies that a sample sale and a sample return would be sent with.
    #[arg(long)]
    sample: bool,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
pub(crate) struct Checked {
    /// Everything that was tried.
    pub(crate) lines: Vec<CheckLine>,
    /// What is sent or expected without a public source that confirms it.
    pub(crate) unverified: Vec<Unverified>,
    /// Sample bodies, as they would be sent.
    pub(crate) sample: Sample,
}

/// One part that nothing public confirms.
#[derive(Debug, Serialize)]
pub(crate) struct Unverified {
    part: &'static str,
    assumed: &'static str,
}

/// Bodies of made-up documents; none where the template fails.
#[derive(Debug, Serialize)]
pub(crate) struct Sample {
    sale: Option<Value>,
    credit: Option<Value>,
}

/// Tries everything.
pub(crate) async fn run(context: &Context, args: &CheckArgs) -> Result<Ended, Failure> {
    // Settings that are not whole make no book.
    context.is_meant(&context.book_url()?)?;
    context.config.sitoo(Need::Systems)?;
    context.config.orderwise(Need::Systems)?;
    let app = context.app(Need::Systems).await?;
    let checked = Box::pin(examine(context, &app)).await?;
    app.db.close().await;
    context.printer.result(&checked, |checked| people(checked, args.sample))?;
    Ok(if checked.has_failed() { Ended::Failed } else { Ended::Done })
}

/// Everything that is tried, for `check` and at the end of `init`.
pub(crate) async fn examine(context: &Context, app: &App) -> Result<Checked, Failure> {
    let mut lines = vec![configuration(context)];
    lines.extend(here::secrets(&context.config));
    lines.extend(here::addresses(&context.config));
    lines.extend(sense::doubtful(&context.config, context.now()));
    lines.extend(Box::pin(check::run(app)).await);
    mappings(context, &mut lines)?;
    let (sample, rendered) = sample::render(app);
    lines.extend(rendered);
    lines.extend(here::events(context).await?);
    let unverified =
        UNVERIFIED.iter().map(|(part, assumed)| Unverified { part, assumed }).collect();
    Ok(Checked { lines, unverified, sample })
}

impl Checked {
    /// Whether something does not work.
    pub(crate) fn has_failed(&self) -> bool {
        self.lines.iter().any(|line| line.state == CheckState::Failed)
    }
}

/// That it could be read is known by now.
fn configuration(context: &Context) -> CheckLine {
    let file = context.config.file.as_ref();
    let detail = file.map_or_else(
        || "no file: defaults and the environment".to_owned(),
        |file| file.display().to_string(),
    );
    CheckLine::ok("configuration", "file", detail)
}

/// Mappings that the configuration brings are added at the start; they count as mapped.
fn mappings(context: &Context, lines: &mut [CheckLine]) -> Result<(), Failure> {
    let rows = context.config.initial_mapping()?;
    let kinds = [
        ("stores", MappingKind::Store),
        ("VAT rates", MappingKind::Vat),
        ("payment types", MappingKind::Payment),
    ];
    for (name, kind) in kinds {
        let count = rows.iter().filter(|row| row.kind == kind).count();
        let warned = lines.iter_mut().find(|line| {
            line.area == "mapping" && line.name == name && line.state == CheckState::Warning
        });
        if let Some(line) = warned.filter(|_| count > 0) {
            let detail = format!("{count} in the configuration, added at the start");
            *line = CheckLine::ok("mapping", name, detail);
        }
    }
    Ok(())
}

/// The lines as a table, and below it what to do, in this order.
pub(crate) fn lines_told(lines: &[CheckLine]) -> String {
    let word = |line: &CheckLine| match line.state {
        CheckState::Ok => "ok",
        CheckState::Warning => "warning",
        CheckState::Failed => "FAILED",
        CheckState::Unverified => "unverified",
    };
    let rows = lines.iter().map(|line| {
        vec![word(line).to_owned(), line.area.to_owned(), line.name.clone(), line.detail.clone()]
    });
    let mut text = printer::table(&["state", "area", "check", "found"], &[], rows.collect());
    let todo = |state| lines.iter().filter(move |line| line.state == state);
    let todo = todo(CheckState::Failed).chain(todo(CheckState::Warning)).enumerate();
    for (at, line) in todo {
        if at == 0 {
            text.push_str("\n\nWhat to do, in this order:");
        }
        let stops: Vec<&str> = line.stops.iter().map(|flow| flow.word()).collect();
        let stops =
            if stops.is_empty() { String::new() } else { format!(" (stops {})", stops.join(", ")) };
        let (number, hint) = (at + 1, line.hint.as_deref().unwrap_or_default());
        let _ =
            write!(text, "\n{number}. {} {} {}{stops}: {hint}", word(line), line.area, line.name);
    }
    text
}

fn people(checked: &Checked, show_sample: bool) -> String {
    let mut text = lines_told(&checked.lines);
    text.push_str("\n\nUnverified, because nothing public says so; try these on a test company:\n");
    for part in &checked.unverified {
        let _ = writeln!(text, "  {}: {}", part.part, part.assumed);
    }
    if show_sample {
        for (name, body) in [("sale", &checked.sample.sale), ("return", &checked.sample.credit)] {
            let body =
                body.as_ref().map(|body| serde_json::to_string_pretty(body).unwrap_or_default());
            let _ = writeln!(text, "\nA {name} would be sent as:\n{}", body.unwrap_or_default());
        }
    }
    text
}
