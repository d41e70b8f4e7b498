//! `daybook payouts rules`

use std::path::{Path, PathBuf};

use clap::Subcommand;
use csv::{ReaderBuilder, Trim, Writer};
use daybook_domain::settlement::{Rule, built_in};
use daybook_flows::settlement::rules::{self, RuleInForce};
use serde::Serialize;

use super::content;
use crate::{commands::Ended, config::Need, context::Context, failure::Failure, printer, words};

const EXAMPLES: &str = "\
Examples:
  daybook payouts rules list
  daybook payouts rules set amount days=2 enabled=no
  daybook payouts rules set late by=amount days=10 tolerance=2 priority=45
  daybook payouts rules unset late
  daybook payouts rules export > rules.csv
  daybook payouts match --dry-run --rules rules.csv    what these rules would change
  daybook payouts rules import rules.csv

Fields:
  subject     payments (tills with reports) or bank (payouts with statements)
  priority    lower ones go first
  by          reference, amount, or total (several of one side are one of the other)
  provider    only for this one; empty for all
  tolerance   pence by which both sides may differ
  days        days by which both sides may be apart; any for all (only by=reference)
  same-store  yes or no
  many        most of one side for one of the other
  confirms    yes: what it is sure of is confirmed at once; no: it only suggests
  enabled     yes or no";

/// What to do with rules.
#[derive(Debug, Subcommand)]
#[command(after_help = EXAMPLES)]
pub(crate) enum What {
    /// The rules in force, in the order in which they have their turn.
    List,
    /// Change a rule, or write a new one.
    #[command(after_help = EXAMPLES)]
    Set {
        /// Its name.
        name: String,
        /// field=value; fields that are not named stay as they are.
        #[arg(required = true, value_name = "FIELD=VALUE")]
        fields: Vec<String>,
    },
    /// Take a rule away; a built-in one of that name is in force again.
    Unset {
        /// Its name.
        name: String,
    },
    /// Read rules from CSV; nothing is changed unless every row is right.
    Import {
        /// The file; - for stdin.
        file: PathBuf,
    },
    /// Write the rules in force as CSV.
    Export,
}

/// What `list --json` prints.
#[derive(Debug, Serialize)]
struct Listed {
    rules: Vec<RuleInForce>,
}

/// What `set` and `import` print with `--json`.
#[derive(Debug, Serialize)]
struct Written {
    rules: Vec<Rule>,
    changed: u64,
}

/// What `unset` prints with `--json`.
#[derive(Debug, Serialize)]
struct Unset {
    name: String,
    removed: bool,
}

/// Does it.
pub(super) async fn run(context: &Context, what: What) -> Result<Ended, Failure> {
    match what {
        What::List => list(context).await?,
        What::Set { name, fields } => set(context, &name, &fields).await?,
        What::Unset { name } => unset(context, &name).await?,
        What::Import { file } => write(context, from_file(&file)?).await?,
        What::Export => export(context).await?,
    }
    Ok(Ended::Done)
}

async fn in_force(context: &Context) -> Result<Vec<RuleInForce>, Failure> {
    let app = context.app(Need::Book).await?;
    let rules = rules::in_force(&app).await;
    app.db.close().await;
    Ok(rules?)
}

async fn list(context: &Context) -> Result<(), Failure> {
    let listed = Listed { rules: in_force(context).await? };
    context.printer.result(&listed, |listed| {
        let rows = listed.rules.iter().map(|one| {
            let mut cells = vec![one.rule.name.clone()];
            cells.extend(one.rule.fields().into_iter().map(|(field, value)| match field {
                "days" if value.is_empty() => "any".to_owned(),
                _ => words::or_dash(Some(value)),
            }));
            cells.push(one.updated_by.clone().unwrap_or_else(|| "built-in".to_owned()));
            cells
        });
        let head = [&["name"][..], &names(), &["by whom"]].concat();
        printer::table(&head, &[2, 5, 6, 8], rows.collect())
    })
}

/// Names of the fields, in their order.
fn names() -> Vec<&'static str> {
    Rule::new("any").fields().into_iter().map(|(field, _)| field).collect()
}

async fn set(context: &Context, name: &str, fields: &[String]) -> Result<(), Failure> {
    let known = in_force(context).await?.into_iter().map(|one| one.rule);
    let begin = known.into_iter().find(|rule| rule.name == name);
    let rule =
        fields.iter().try_fold(begin.unwrap_or_else(|| Rule::new(name)), |rule, field| {
            let Some((field, value)) = field.split_once('=') else {
                return Err(wrong(&format!("'{field}' is not field=value")));
            };
            rule.with(field, value).map_err(|fault| wrong(&fault.to_string()))
        })?;
    write(context, vec![rule]).await
}

async fn write(context: &Context, rules: Vec<Rule>) -> Result<(), Failure> {
    let app = context.app(Need::Book).await?;
    let changed = rules::set(&app, &rules, &context.actor).await;
    app.db.close().await;
    let changed = changed.map_err(|error| Failure { wrong_use: true, ..Failure::from(error) })?;
    context.printer.result(&Written { rules, changed }, |written| {
        let told = words::count(written.changed, "rule", "rules");
        format!("{told} changed\nnext: `daybook payouts match --dry-run`")
    })
}

async fn unset(context: &Context, name: &str) -> Result<(), Failure> {
    let app = context.app(Need::Book).await?;
    let removed = rules::unset(&app, name, &context.actor).await;
    app.db.close().await;
    if !removed? {
        let message = format!("nobody has written a rule {name}");
        let hint = "a built-in rule is turned off: `daybook payouts rules set NAME enabled=no`";
        return Err(Failure::new("match-rule-unknown", message, hint));
    }
    let built_in = built_in().iter().any(|rule| rule.name == name);
    context.printer.result(&Unset { name: name.to_owned(), removed: true }, |unset| {
        let now = if built_in { "; the built-in rule is in force again" } else { "" };
        format!("{} removed{now}", unset.name)
    })
}

async fn export(context: &Context) -> Result<(), Failure> {
    let fault = |error: csv::Error| Failure::new("csv", error.to_string(), "please report it");
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record([&["name"][..], &names()].concat()).map_err(fault)?;
    for one in in_force(context).await? {
        let fields = one.rule.fields().into_iter().map(|(_, value)| value);
        let cells: Vec<String> = std::iter::once(one.rule.name.clone()).chain(fields).collect();
        writer.write_record(&cells).map_err(fault)?;
    }
    let text = writer
        .into_inner()
        .map_err(|error| Failure::new("csv", error.to_string(), "please report it"))?;
    printer::data(&String::from_utf8_lossy(&text))
}

/// Rules from CSV. Every fault is named with its line.
pub(super) fn from_file(file: &Path) -> Result<Vec<Rule>, Failure> {
    let text = content(file)?;
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    let mut reader = ReaderBuilder::new().trim(Trim::All).flexible(true).from_reader(text);
    let head = reader.headers().map_err(|error| wrong(&format!("line 1: {error}")))?.clone();
    let (mut rules, mut faults) = (Vec::new(), Vec::new());
    for (at, record) in (2..).zip(reader.records()) {
        let rule = record.map_err(|error| error.to_string()).and_then(|cells| {
            let mut named = head.iter().zip(cells.iter());
            let name = named.clone().find(|(field, _)| *field == "name").map(|(_, name)| name);
            let name = name.filter(|name| !name.is_empty()).ok_or("there is no name")?;
            let rule = named.try_fold(Rule::new(name), |rule, (field, value)| match field {
                "name" => Ok(rule),
                _ => rule.with(field, value),
            });
            rule.and_then(|rule| rule.check().map(|()| rule)).map_err(|fault| fault.to_string())
        });
        match rule {
            Ok(rule) => rules.push(rule),
            Err(what) => faults.push(format!("line {at}: {what}")),
        }
    }
    if faults.is_empty() { Ok(rules) } else { Err(wrong(&faults.join("\n"))) }
}

fn wrong(what: &str) -> Failure {
    let hint = format!("nothing was changed; fields of a rule: {}", Rule::FIELDS);
    Failure::wrong_use("match-rule", what, hint)
}
