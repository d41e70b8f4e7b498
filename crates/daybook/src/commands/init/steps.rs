//! The steps of setting up: what each asks, and how its answers are tried on the real systems.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use daybook_connectors::{Clock, Sitoo};
use daybook_domain::{Timestamp, mapping::Mapping};
use daybook_flows::check::{self, CheckLine, CheckState};
use daybook_store::{Db, DbUrl, OpenOptions, entry};
use figment::value::Value;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use super::{answers::Answers, files};
use crate::{
    commands::serve::cannot_listen_hint,
    config::{Config, Need},
    context,
    failure::Failure,
};

/// A step, in the order in which they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Step {
    Sitoo,
    Orderwise,
    Exports,
    Book,
    Policy,
    Start,
    Web,
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// A password: never shown, never written into the settings.
    Secret,
    /// Texts, with commas between.
    List,
}

/// A question about one setting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Question {
    pub(super) key: &'static str,
    pub(super) asks: &'static str,
    pub(super) kind: Kind,
    /// What Enter means; empty: nothing is set.
    pub(super) usual: &'static str,
}

const fn text(key: &'static str, asks: &'static str, usual: &'static str) -> Question {
    Question { key, asks, kind: Kind::Text, usual }
}

const fn number(key: &'static str, asks: &'static str, usual: &'static str) -> Question {
    Question { key, asks, kind: Kind::Number, usual }
}

const fn secret(key: &'static str, asks: &'static str) -> Question {
    Question { key, asks, kind: Kind::Secret, usual: "" }
}

const SITOO: &[Question] = &[
    text("sitoo.base-url", "Address, as Backoffice > Settings > Sitoo REST API shows it", ""),
    text("sitoo.api-id", "API id of Daybook's own API user", ""),
    secret("sitoo.password", "Its password"),
    number("sitoo.site", "Number of the web shop (eshopid)", "1"),
];
const ORDERWISE: &[Question] = &[
    text("orderwise.base-url", "Address of its API, with the virtual directory", ""),
    text("orderwise.user", "API user", ""),
    secret("orderwise.password", "Its password"),
    text("orderwise.time-zone", "Time zone of its server", "Europe/London"),
];
const EXPORTS: &[Question] = &[
    number("orderwise.exports.order-lookup.id", "Id of order-lookup (needed for posting)", ""),
    number("orderwise.exports.variants.id", "Id of variants (SKUs and products)", ""),
    number("orderwise.exports.order-totals.id", "Id of order-totals (day close)", ""),
    number("orderwise.exports.order-lines.id", "Id of order-lines (day close, line by line)", ""),
    number("orderwise.exports.stock-levels.id", "Id of stock-levels (stock)", ""),
    number("orderwise.exports.despatches.id", "Id of despatches (what was sent)", ""),
];
const BOOK: &[Question] = &[
    text("book.url", "Where: sqlite:PATH or postgres://user@host/database", "sqlite:daybook.db"),
    secret("book.password", "Password of the PostgreSQL user (Enter: none)"),
];
const POLICY: &[Question] = &[
    Question {
        key: "policy.currencies",
        asks: "Currency that the accounts in OrderWise are kept in",
        kind: Kind::List,
        usual: "GBP",
    },
    text("policy.default-time-zone", "Time zone of the tills", "Europe/London"),
];
const START: &[Question] =
    &[text("receive.first-day", "First day to take orders of (UTC; Enter: today)", "")];
const WEB: &[Question] = &[
    text("web.listen", "Address and port that the desk listens at", "127.0.0.1:8080"),
    text("web.access.public-url", "Address by which people reach it (Enter: as above)", ""),
    text("web.events-user", "User that Sitoo sends with events (Enter: no events)", ""),
    secret("web.events-password", "Password that Sitoo sends with them (Enter: one is made up)"),
];

impl Step {
    /// All of them, in order.
    pub(super) const ALL: [Self; 7] = [
        Self::Sitoo,
        Self::Orderwise,
        Self::Exports,
        Self::Book,
        Self::Policy,
        Self::Start,
        Self::Web,
    ];

    /// Its heading.
    pub(super) const fn heading(self) -> &'static str {
        match self {
            Self::Sitoo => "Sitoo",
            Self::Orderwise => "OrderWise",
            Self::Exports => "Export definitions of OrderWise",
            Self::Book => "The book",
            Self::Policy => "Money and time",
            Self::Start => "Where to begin",
            Self::Web => "The desk and Sitoo's events",
        }
    }

    pub(super) const fn questions(self) -> &'static [Question] {
        match self {
            Self::Sitoo => SITOO,
            Self::Orderwise => ORDERWISE,
            Self::Exports => EXPORTS,
            Self::Book => BOOK,
            Self::Policy => POLICY,
            Self::Start => START,
            Self::Web => WEB,
        }
    }

    /// Settings that have no usual value and must be answered.
    pub(super) const fn needed(self) -> &'static [&'static str] {
        match self {
            Self::Sitoo => &["sitoo.base-url", "sitoo.api-id"],
            Self::Orderwise => &["orderwise.base-url", "orderwise.user"],
            _ => &[],
        }
    }

    /// Tries what was answered, in the words of `daybook check`.
    pub(super) async fn try_out(
        self,
        answers: &Answers,
        folder: &Path,
        clock: &Arc<dyn Clock>,
    ) -> Vec<CheckLine> {
        let config = match answers.config(folder) {
            Ok(config) => config,
            Err(fault) => {
                let name = fault.key.clone().unwrap_or_else(|| "answers".to_owned());
                let (what, hint) = (fault.what, fault.hint);
                return vec![CheckLine::failed("configuration", &name, what, hint)];
            }
        };
        let tried = match self {
            Self::Sitoo => sitoo(&config, clock).await,
            Self::Orderwise => orderwise(&config, clock).await,
            Self::Exports => exports(&config, clock).await,
            Self::Book => book(&config, answers.init.keep_book).await,
            Self::Policy => policy(&config, &answers.init.skip, clock).await,
            Self::Start => start(&config, &answers.init.skip, clock).await,
            Self::Web => Ok(vec![web(&config).await]),
        };
        tried.unwrap_or_else(|failure| {
            let hint = failure.hint.unwrap_or_default();
            vec![CheckLine::failed("configuration", self.heading(), failure.message, hint)]
        })
    }
}

async fn sitoo(config: &Config, clock: &Arc<dyn Clock>) -> Result<Vec<CheckLine>, Failure> {
    let client = context::sitoo(config, Need::Systems, clock)?.reading_only();
    let now = clock.now();
    // Currency and zone have a step of their own.
    let mut policy = config.policy();
    policy.currencies.clear();
    policy.default_time_zone.clear();
    Ok(check::sitoo::look(&client, &policy, &Mapping::default(), now).await)
}

/// The tills, only to be read; none where their step was left out.
fn tills(
    config: &Config,
    skipped: &BTreeSet<Step>,
    clock: &Arc<dyn Clock>,
) -> Result<Option<Sitoo>, Failure> {
    if skipped.contains(&Step::Sitoo) {
        return Ok(None);
    }
    Ok(Some(context::sitoo(config, Need::Systems, clock)?.reading_only()))
}

/// Currency and zone of the site, if it can be asked.
async fn policy(
    config: &Config,
    skipped: &BTreeSet<Step>,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<CheckLine>, Failure> {
    let Some(client) = tills(config, skipped, clock)? else { return Ok(Vec::new()) };
    Ok(check::sitoo::site_agrees(&client, &config.policy()).await.into_iter().collect())
}

/// What the beginning that was chosen means; whether it can be used was seen when it was read.
async fn start(
    config: &Config,
    skipped: &BTreeSet<Step>,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<CheckLine>, Failure> {
    let Some(client) = tills(config, skipped, clock)? else { return Ok(Vec::new()) };
    let receive = &config.receive;
    let day = receive.first_day.as_ref().and_then(|day| Timestamp::from_day(day).ok());
    let since = day.unwrap_or_else(|| clock.now().start_of_day());
    Ok(vec![check::sitoo::beginning(&client, receive.first_order_id, since).await])
}

async fn orderwise(config: &Config, clock: &Arc<dyn Clock>) -> Result<Vec<CheckLine>, Failure> {
    let client = context::orderwise(config, Need::Systems, clock)?.reading_only();
    let mut lines = vec![check::orderwise::sign_in(&client).await];
    if lines.iter().all(|line| line.state == CheckState::Ok) {
        lines.extend(check::orderwise::value_lists(&client).await.0);
    }
    Ok(lines)
}

async fn exports(config: &Config, clock: &Arc<dyn Clock>) -> Result<Vec<CheckLine>, Failure> {
    let client = context::orderwise(config, Need::Systems, clock)?.reading_only();
    Ok(check::orderwise::exports(&client, clock.now(), config.audit.clock_ahead).await)
}

/// A new book does not know what the old one has posted.
const IN_USE: &str = "keep it, and write only its settings again: `daybook init --keep-book \
    --overwrite`. A book that is in use is never set up anew, and a new one over days that were \
    posted can post them twice: begin it with a day that nobody has posted (receive.first-day), or go through `daybook \
    cutover`";

/// A book is only made where there is none; one that holds entries is left alone.
async fn book(config: &Config, is_kept: bool) -> Result<Vec<CheckLine>, Failure> {
    let url = book_url(config)?;
    if let DbUrl::Sqlite(path) = &url
        && !path.exists()
    {
        if is_kept {
            let what = format!("there is no book at {}", path.display());
            let hint = "correct book.url, or leave --keep-book out to make a new one";
            return Ok(vec![CheckLine::failed("book", "kept", what, hint)]);
        }
        return Ok(vec![files::misplaced(path).map_or_else(
            || room_for(path),
            |fault| CheckLine::failed("book", "folder", fault.what, fault.hint),
        )]);
    }
    let db = match Db::open(&url, OpenOptions::default()).await {
        Ok(db) => db,
        Err(error) => {
            let hint = error.hint().unwrap_or_else(|| {
                "correct book.url and its password; the database must exist, and its user own it"
                    .to_owned()
            });
            return Ok(vec![CheckLine::failed("book", "reachable", error.to_string(), hint)]);
        }
    };
    let entries: i64 = entry::counts(&db).await?.iter().map(|state| state.entries).sum();
    db.close().await;
    let line = match entries {
        0 => CheckLine::ok("book", "reachable", format!("{url}, empty")),
        _ if is_kept => CheckLine::ok(
            "book",
            "kept",
            format!("{url} holds {entries} entries and stays as it is"),
        ),
        _ => CheckLine::failed("book", "in use", format!("{url} holds {entries} entries"), IN_USE),
    };
    Ok(vec![line])
}

/// Where the book is.
pub(super) fn book_url(config: &Config) -> Result<DbUrl, Failure> {
    let url = config.book_url()?;
    url.expose_secret().parse::<DbUrl>().map_err(Failure::from)
}

/// Whether a file can be made at `path`.
fn room_for(path: &Path) -> CheckLine {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let trial = folder.join(".daybook-init-trial");
    match std::fs::write(&trial, "").and_then(|()| std::fs::remove_file(&trial)) {
        Ok(()) => CheckLine::ok("book", "folder", format!("{} can be written", folder.display())),
        Err(error) => CheckLine::failed(
            "book",
            "folder",
            format!("{}: {error}", folder.display()),
            "make the folder and let this user write to it, or correct book.url",
        ),
    }
}

/// Whether the port is free.
async fn web(config: &Config) -> CheckLine {
    let listen = config.web.listen;
    match tokio::net::TcpListener::bind(listen).await {
        Ok(_) => CheckLine::ok("events", "desk", format!("{listen} is free")),
        Err(error) => CheckLine::warning(
            "events",
            "desk",
            format!("{listen}: {error}"),
            cannot_listen_hint(&error),
        ),
    }
}

impl Question {
    /// The answer as a setting; an error says what it should be.
    pub(super) fn value(self, text: &str) -> Result<Value, String> {
        match self.kind {
            Kind::Text | Kind::Secret => Ok(Value::from(text)),
            Kind::Number => {
                text.parse::<i64>().map(Value::from).map_err(|_| "is no whole number".to_owned())
            }
            Kind::List => {
                let all = text.split(',').map(str::trim).filter(|one| !one.is_empty());
                Ok(Value::from(all.map(Value::from).collect::<Vec<_>>()))
            }
        }
    }
}
