//! `daybook init`: from nothing to a working configuration and an empty book.

mod accept;
mod answers;
mod exports;
mod files;
mod interview;
mod report;
mod steps;
mod talk;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use daybook_connectors::{Clock, SystemClock};
use daybook_domain::propose::propose;
use daybook_flows::{
    check::{CheckLine, CheckState},
    people, sales, setup,
};
use daybook_store::mapping;
use secrecy::SecretString;

use self::{
    accept::{Accepted, Table},
    answers::{Answers, EXAMPLE},
    files::Place,
    report::{FaultTold, Report},
    steps::Step,
    talk::Talk,
};
use super::{Ended, check};
use crate::{
    config::{self, ConfigError, Need, SECRETS},
    context::{self, Context},
    failure::Failure,
    printer::{self, Printer},
};

const EXAMPLES: &str = "\
Examples:
  daybook init                                     asks, and tries each answer on the real systems
  daybook init --output /etc/daybook               the settings are written there
  daybook init --answers-example > answers.toml    everything it asks, as a file to fill in
  daybook init --answers answers.toml              asks nothing
  daybook init --answers answers.toml --json | jq '.left'
  daybook init --keep-book                         settings for a book that is in use

It reads both systems and writes to neither. Mappings are proposed from what it reads, each with how
sure it is and why; none is accepted by itself. It ends with `daybook check`. Nothing that is there
is written over without --overwrite, and a book that holds entries is never touched. Exit code 3: set
up, and no sale can be posted before something is mapped.";

/// Where answers come from, and where the result goes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct InitArgs {
    /// A file of answers: nothing is asked.
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// Print a commented file of answers to fill in.
    #[arg(long, conflicts_with = "answers")]
    answers_example: bool,
    /// The folder that daybook.toml and the passwords' files are written to.
    #[arg(long, value_name = "DIR", default_value = ".")]
    output: PathBuf,
    /// Replace daybook.toml and passwords' files that are there.
    #[arg(long)]
    overwrite: bool,
    /// The book is there and in use: write only its settings, and leave it as it is.
    #[arg(long)]
    keep_book: bool,
}

/// Sets up.
pub(crate) async fn run(
    args: &InitArgs,
    named_actor: Option<&str>,
    printer: Printer,
) -> Result<Ended, Failure> {
    if args.answers_example {
        printer::data(EXAMPLE)?;
        return Ok(Ended::Done);
    }
    let place = Place { output: args.output.clone(), overwrite: args.overwrite };
    if !place.output.is_dir() {
        let message = format!("{} is no folder", place.output.display());
        return Err(Failure::wrong_use("init-output", message, "make it, or name another"));
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let by_file = args.answers.is_some();
    let (actor, keep_book) = (context::actor(named_actor), args.keep_book);
    let run = Run { place, clock, printer, actor, by_file, keep_book };
    match &args.answers {
        Some(file) => Box::pin(run.by_file(file)).await,
        None => Box::pin(run.by_person()).await,
    }
}

/// One setting up.
struct Run {
    place: Place,
    clock: Arc<dyn Clock>,
    printer: Printer,
    actor: String,
    /// Whether nothing is asked.
    by_file: bool,
    /// Whether only the settings are written.
    keep_book: bool,
}

impl Run {
    /// Asks nothing.
    async fn by_file(&self, file: &Path) -> Result<Ended, Failure> {
        let read = Answers::read(file).map_err(|fault| self.refuse(&[fault]));
        let (mut answers, mut faults) = read?;
        self.begin_with_what_is_there(&mut answers);
        // What is there and wrong is not missing.
        let known: Vec<_> = faults.iter().filter_map(|fault| fault.key.clone()).collect();
        let missing = answers.missing(&self.place.output).into_iter();
        let is_new = |fault: &ConfigError| !fault.key.as_ref().is_some_and(|it| known.contains(it));
        faults.extend(missing.filter(is_new));
        if !faults.is_empty() {
            return Err(self.refuse(&faults));
        }
        self.free_way(&answers)?;
        let mut checked = Vec::new();
        let mut found = Vec::new();
        let skip = answers.init.skip.clone();
        for step in Step::ALL.into_iter().filter(|step| !skip.contains(step)) {
            if step == Step::Exports && !has_failed(&checked) {
                found = exports::find_by_file(&self.place, &mut answers, &self.clock).await?;
            }
            checked.extend(step.try_out(&answers, &self.place.output, &self.clock).await);
        }
        let mut report = empty(checked);
        report.exports = found;
        if has_failed(&report.checked) {
            self.printer.result(&report, report::told)?;
            return Ok(Ended::Failed);
        }
        let mut accepted = Accepted::default();
        if !answers.init.keep_book {
            let (seen, unread) = self.read(&answers).await?;
            report.unread = unread;
            let table =
                Table::new(propose(&seen), &answers).map_err(|faults| self.refuse(&faults))?;
            accepted = table.by_file(&answers.init);
        }
        Box::pin(self.write(&answers, accepted, report)).await
    }

    /// Asks a person.
    async fn by_person(&self) -> Result<Ended, Failure> {
        let Some(talk) = Talk::new() else {
            let message = "nobody can answer: the input is no terminal";
            let hint = "give the answers in a file: `daybook init --answers-example > \
                        answers.toml`, fill it in, then `daybook init --answers answers.toml`";
            return Err(Failure::wrong_use("init-no-terminal", message, hint));
        };
        let mut answers = self.draft(talk)?;
        self.begin_with_what_is_there(&mut answers);
        self.free_way(&answers)?;
        let asked = interview::ask(talk, &self.place, &mut answers, &self.clock);
        let checked = Box::pin(asked).await?;
        let mut report = empty(checked);
        let mut accepted = Accepted::default();
        if !answers.init.keep_book {
            let (seen, unread) = self.read(&answers).await?;
            for what in &unread {
                talk.say(&format!("could not be read: {what}"));
            }
            if !unread.is_empty() {
                talk.say("What was not read cannot be proposed. To correct it, stop (Ctrl-D) and begin again.");
            }
            report.unread = unread;
            let table =
                Table::new(propose(&seen), &answers).map_err(|faults| self.refuse(&faults))?;
            let mut kept = answers.clone();
            accepted = table.by_person(talk, |rows| {
                kept.rows = rows;
                self.place.write_draft(&kept)
            })?;
        }
        let asks = format!("\nWrite {} and the book: (y)es, (n)o", self.place.settings().display());
        if talk.choose(&asks, &['y', 'n'])? == 'n' {
            return Err(talk::stopped());
        }
        Box::pin(self.write(&answers, accepted, report)).await
    }

    /// What an earlier run was told.
    fn draft(&self, talk: Talk) -> Result<Answers, Failure> {
        let path = self.place.draft();
        if !path.exists() {
            return Ok(Answers::default());
        }
        let asks = format!(
            "{} holds what was answered before: (g)o on with it, (f)orget it",
            path.display()
        );
        if talk.choose(&asks, &['g', 'f'])? == 'f' {
            self.place.remove_draft();
            return Ok(Answers::default());
        }
        let (answers, faults) = Answers::read(&path).map_err(|fault| self.refuse(&[fault]))?;
        if faults.is_empty() { Ok(answers) } else { Err(self.refuse(&faults)) }
    }

    /// The package's settings, such as where the book is, stay where no answer says otherwise.
    fn begin_with_what_is_there(&self, answers: &mut Answers) {
        if let Some(before) = self.place.to_begin_with(!self.by_file) {
            let over = std::mem::take(&mut answers.settings);
            answers.settings = before;
            merge(&mut answers.settings, over);
        }
        answers.init.keep_book |= self.keep_book;
        if answers.get("book.url").is_none() && !answers::from_variable("book.url") {
            answers.set("book.url", figment::value::Value::from(self.place.usual_book()));
        }
    }

    /// Refuses to write over anything.
    fn free_way(&self, answers: &Answers) -> Result<(), Failure> {
        let given = |key: &&'static str| self.named(answers, key).is_none() && !self.is_there(key);
        let secrets: Vec<&'static str> = SECRETS.into_iter().filter(given).collect();
        let there = self.place.in_the_way(&secrets);
        let Some(first) = there.first() else { return Ok(()) };
        let message = format!("{} is there already", first.display());
        let over = "say --overwrite to replace the settings and the passwords' files; a book that \
                    holds entries is kept in any case";
        // The package's command names the folder itself.
        let hint = match std::env::var_os(config::COMMAND) {
            Some(_) => over.to_owned(),
            None => format!("name another folder with --output, or {over}"),
        };
        Err(Failure::wrong_use("init-exists", message, hint))
    }

    /// The file of a password that the settings go on naming.
    fn named(&self, answers: &Answers, key: &str) -> Option<String> {
        let file = answers.get(&format!("{key}-file"))?;
        (!self.place.copies(Path::new(&file))).then_some(file)
    }

    /// A password that was put into the package's folder by hand is used as it is by a run that
    /// asks nothing.
    fn is_there(&self, key: &str) -> bool {
        let is_read = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        self.by_file
            && self.place.credentials().is_some()
            && self.place.credentials() == is_read
            && !answers::from_variable(key)
    }

    /// Tells every fault at once.
    fn refuse(&self, faults: &[ConfigError]) -> Failure {
        let told: Vec<FaultTold> = faults.iter().map(FaultTold::of).collect();
        // The failure below says the same to people.
        let _ = self.printer.result(&serde_json::json!({ "faults": told }), |_| String::new());
        let lines = told
            .iter()
            .map(|one| format!("\n  error[{}]: {}\n    hint: {}", one.code, one.what, one.hint));
        let message = match told.len() {
            1 => format!("an answer is wrong or missing{}", lines.collect::<String>()),
            count => format!("{count} answers are wrong or missing{}", lines.collect::<String>()),
        };
        let hint = "`daybook init --answers-example` explains every answer";
        Failure::wrong_use("init-answers", message, hint)
    }

    /// Reads both systems for proposals.
    async fn read(
        &self,
        answers: &Answers,
    ) -> Result<(daybook_domain::propose::Seen, Vec<String>), Failure> {
        // A fault that a person left has no say in what can be read now.
        let skips = |step| self.by_file && answers.init.skip.contains(&step);
        let config = answers.config(&self.place.output)?;
        let has_all =
            config.sitoo(Need::Systems).is_ok() && config.orderwise(Need::Systems).is_ok();
        if skips(Step::Sitoo) || skips(Step::Orderwise) || !has_all {
            let what = "nothing was read, because a system was left out".to_owned();
            return Ok((daybook_domain::propose::Seen::default(), vec![what]));
        }
        let sitoo = context::sitoo(&config, Need::Systems, &self.clock)?.reading_only();
        let orderwise = context::orderwise(&config, Need::Systems, &self.clock)?.reading_only();
        let question = setup::Question {
            sitoo: &sitoo,
            orderwise: &orderwise,
            policy: &config.policy(),
            days: answers.init.days,
            now: self.clock.now(),
            known: daybook_domain::mapping::Mapping::default(),
        };
        let tell = |what: &str| self.printer.talk(&format!("reading {what}"));
        let read = setup::read(&question, &tell).await;
        Ok((read.seen, read.unread))
    }

    /// Writes everything, and ends with `check`.
    async fn write(
        &self,
        answers: &Answers,
        accepted: Accepted,
        mut report: Report,
    ) -> Result<Ended, Failure> {
        let config = answers.config(&self.place.output)?;
        let mut settings = answers.clone();
        for key in SECRETS {
            let is_named = self.named(answers, key).is_some();
            let Some(secret) = secret_of(answers, &config, key)?.filter(|_| !is_named) else {
                continue;
            };
            report.files.push(self.place.write_secret(key, &secret)?);
            settings.unset(&format!("{key}-file"));
            // The service manager gives what lies in the package's folder.
            if self.place.credentials().is_none() {
                settings.set(&format!("{key}-file"), figment::value::Value::from(key));
            }
        }
        let text = format!(
            "# Daybook's settings, written by `daybook init`: what differs from the defaults.\n\
             # `daybook config --default` explains every setting; mappings are in the book.\n{}",
            files::settings_text(&files::without_defaults(&settings.settings))
        );
        let file = self.place.write_settings(&text)?;
        // What stands in a file now does not come from the environment too.
        let written: Vec<String> = SECRETS
            .into_iter()
            .filter(|key| report.files.contains(&self.place.secret(key)))
            .map(config::variable)
            .collect();
        let variables = std::env::vars().filter(|(name, _)| !written.contains(name));
        let mut loaded = config::load(Some(&file), variables)?;
        report.next.extend(
            written
                .iter()
                .filter(|name| std::env::var_os(name).is_some())
                .map(|name| format!("unset {name}    # it stands in a file now")),
        );
        if let Some(folder) = self.place.credentials() {
            loaded.take_credentials(&folder)?;
        }
        report.files.push(file);
        let context = Context {
            config: loaded,
            printer: self.printer,
            actor: self.actor.clone(),
            clock: Arc::clone(&self.clock),
        };
        report.kept_book = answers.init.keep_book;
        report.check = Some(Box::pin(self.book(&context, &accepted, &mut report)).await?);
        report.files.extend(interview::book_file(&context));
        self.place.remove_draft();
        report.set_up = true;
        report.mapped = accepted.rows.len();
        report.proposed = accepted.told;
        report.left = accepted.left;
        report.next.extend(self.next(&context));
        self.printer.result(&report, report::told)?;
        Ok(report.ended())
    }

    /// The book with the mappings in it, and what `check` says.
    async fn book(
        &self,
        context: &Context,
        accepted: &Accepted,
        report: &mut Report,
    ) -> Result<check::Checked, Failure> {
        let has_all = context.config.sitoo(Need::Systems).is_ok()
            && context.config.orderwise(Need::Systems).is_ok();
        let need = if has_all { Need::Systems } else { Need::Book };
        let app = context.app(need).await?;
        let there = mapping::load(&app.db).await?.rows;
        let is_new = |row: &&daybook_domain::mapping::MappingRow| {
            !there.iter().any(|known| known.kind == row.kind && known.key == row.key)
        };
        let new: Vec<_> = accepted.rows.iter().filter(is_new).cloned().collect();
        if !new.is_empty() {
            people::set_mapping(&app, &new, &self.actor).await?;
        }
        let checked = Box::pin(check::examine(context, &app)).await?;
        // A book that is kept knows what it posted.
        if has_all && !report.kept_book {
            match sales::posted_already(&app, &self.actor).await {
                Ok(posted) => report.posted_already = Some(posted),
                Err(error) => report.posted_unknown = Some(error.to_string()),
            }
        }
        app.db.close().await;
        if let Some(path) = interview::book_file(context) {
            hand_over_book(&path)?;
        }
        Ok(checked)
    }

    fn next(&self, context: &Context) -> Vec<String> {
        let file = self.place.settings();
        let is_usual = file.starts_with(".") || self.place.credentials().is_some();
        let config = if is_usual { String::new() } else { format!(" --config {}", file.display()) };
        let program = match self.place.credentials() {
            Some(_) => "sudo daybook-admin".to_owned(),
            None => "daybook".to_owned(),
        };
        let start = match self.place.credentials() {
            Some(_) => "sudo systemctl enable --now daybook".to_owned(),
            None => format!("daybook serve{config}"),
        };
        let page = match self.place.credentials() {
            // The service's user writes there, and hardly anywhere else.
            Some(_) => "/var/lib/daybook/gaps.html",
            None => "gaps.html",
        };
        let address = context.desk_address(context.config.web.listen);
        let audit =
            format!("{program} audit --report {page}{config}    # what would hurt, with its fix");
        if !context.config.cutover.other_references.is_empty() {
            let begin = format!(
                "{program} cutover{config}    # another integration posts (cutover.other-references): \
                 begin here, and start nothing before"
            );
            return vec![audit, begin];
        }
        let mut next = vec![
            audit,
            format!("{program} sync sales{config}    # one pass: what is sold reaches OrderWise"),
        ];
        next.extend(also_written(&context.config).map(|what| {
            format!(
                "# The service, which the next line starts, also writes {what} to the tills. To \
                 begin with sales alone set [stock] enabled = false and [catalogue] enabled = false in {}.",
                file.display()
            )
        }));
        next.push(format!("{start}    # for good; the desk is at {address}"));
        next
    }
}

/// What the service writes to the tills beside the sales that it takes from them.
fn also_written(config: &config::Config) -> Option<&'static str> {
    let exports = &config.orderwise.exports;
    let stock = config.stock.enabled && exports.stock_levels.id.is_some();
    let catalogue = config.catalogue.enabled && exports.variants.id.is_some();
    match (stock, catalogue) {
        (true, true) => Some("stock, products and prices"),
        (true, false) => Some("stock figures"),
        (false, true) => Some("products and prices"),
        (false, false) => None,
    }
}

fn empty(checked: Vec<CheckLine>) -> Report {
    Report {
        set_up: false,
        kept_book: false,
        checked,
        exports: Vec::new(),
        proposed: Vec::new(),
        left: Vec::new(),
        unread: Vec::new(),
        mapped: 0,
        posted_already: None,
        posted_unknown: None,
        files: Vec::new(),
        check: None,
        next: Vec::new(),
    }
}

fn has_failed(lines: &[CheckLine]) -> bool {
    lines.iter().any(|line| line.state == CheckState::Failed)
}

fn secret_of(
    answers: &Answers,
    config: &config::Config,
    key: &str,
) -> Result<Option<SecretString>, Failure> {
    match answers.secrets.get(key) {
        Some(secret) => Ok(Some(secret.clone())),
        None => Ok(config.secret(key)?),
    }
}

/// A book that the superuser made in a folder of the service's user is that user's.
fn hand_over_book(path: &Path) -> Result<(), Failure> {
    for end in ["", "-wal", "-shm", ".lock"] {
        let mut file = path.as_os_str().to_owned();
        file.push(end);
        let file = PathBuf::from(file);
        if file.exists() {
            files::hand_over(&file).map_err(|error| Failure::file(&file, &error))?;
        }
    }
    Ok(())
}

/// Lays `over` over `dict`.
fn merge(dict: &mut figment::value::Dict, over: figment::value::Dict) {
    use figment::value::Value;
    for (key, value) in over {
        match (dict.get_mut(&key), value) {
            (Some(Value::Dict(_, inner)), Value::Dict(_, value)) => merge(inner, value),
            (_, value) => drop(dict.insert(key, value)),
        }
    }
}
