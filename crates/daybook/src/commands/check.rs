//! `daybook check`

mod sample;

use std::fmt::Write as _;

use clap::Args;
use daybook_connectors::orderwise::UNVERIFIED;
use daybook_domain::mapping::MappingKind;
use daybook_flows::check::{self, CheckLine, CheckState};
use serde::Serialize;
use serde_json::Value;

use super::Ended;
use crate::{config::Need, context::Context, failure::Failure, printer};

const EXAMPLES: &str = "\
Examples:
  daybook check                 can Daybook reach, read and write everything it needs?
  daybook check --sample        also the JSON that a sale and a return would be sent as
  daybook check --json | jq '.lines[] | select(.state != \"ok\")'

Nothing is changed in either system. What is marked unverified has no public documentation: a
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
    let app = context.app(Need::Systems).await?;
    let mut lines = vec![configuration(context)];
    lines.extend(events(context)?);
    lines.extend(check::run(&app).await);
    mappings(context, &mut lines)?;
    let (sample, rendered) = sample::render(&app);
    lines.extend(rendered);
    app.db.close().await;
    let unverified =
        UNVERIFIED.iter().map(|(part, assumed)| Unverified { part, assumed }).collect();
    let checked = Checked { lines, unverified, sample };
    context.printer.result(&checked, |checked| people(checked, args.sample))?;
    let failed = checked.lines.iter().any(|line| line.state == CheckState::Failed);
    Ok(if failed { Ended::Failed } else { Ended::Done })
}

/// That it could be read is known by now.
fn configuration(context: &Context) -> CheckLine {
    let file = context.config.file.as_ref();
    CheckLine {
        area: "configuration",
        name: "file".to_owned(),
        state: CheckState::Ok,
        detail: file.map_or_else(
            || "no file: defaults and the environment".to_owned(),
            |file| file.display().to_string(),
        ),
        hint: None,
    }
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
            line.state = CheckState::Ok;
            line.detail = format!("{count} in the configuration, added at the start");
            line.hint = None;
        }
    }
    Ok(())
}

fn events(context: &Context) -> Result<Option<CheckLine>, Failure> {
    let closed = context.config.events()?.is_none();
    Ok(closed.then(|| CheckLine {
        area: "configuration",
        name: "events".to_owned(),
        state: CheckState::Warning,
        detail: "not set up: new orders are found by polling alone".to_owned(),
        hint: Some("set web.events-user and web.events-password-file".to_owned()),
    }))
}

fn people(checked: &Checked, show_sample: bool) -> String {
    let rows = checked.lines.iter().map(|line| {
        let state = match line.state {
            CheckState::Ok => "ok",
            CheckState::Warning => "warning",
            CheckState::Failed => "FAILED",
            CheckState::Unverified => "unverified",
        };
        vec![state.to_owned(), line.area.to_owned(), line.name.clone(), line.detail.clone()]
    });
    let mut text = printer::table(&["state", "area", "check", "found"], &[], rows.collect());
    let hints = checked.lines.iter().filter_map(|line| Some((line, line.hint.as_ref()?)));
    for (at, (line, hint)) in hints.enumerate() {
        let gap = if at == 0 { "\n\n" } else { "\n" };
        let _ = write!(text, "{gap}hint: {} {}: {hint}", line.area, line.name);
    }
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
