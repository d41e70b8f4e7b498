//! What a command works with, made from the configuration when it is needed.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use daybook_connectors::{
    Clock, Network, OpenId, Orderwise, Sitoo, TlsSettings, Transport, notify::Notifier,
};
use daybook_domain::Timestamp;
use daybook_flows::{App, AppParts};
use daybook_store::{Db, DbUrl, OpenOptions, StoreError};
use daybook_web::Live;
use jiff::tz::TimeZone;
use secrecy::ExposeSecret as _;
use tokio_util::sync::CancellationToken;

use crate::{
    config::{self, Config, Need},
    failure::{self, Failure},
    ids::RandomIds,
    printer::{self, Printer},
};

/// The settings that the package's service has.
const PACKAGE_SETTINGS: &str = "/etc/daybook/daybook.toml";
/// Largest answer of the company's own sign-in; its lists of keys are a few KiB.
const SIGN_ON_ANSWER: usize = 1 << 20;

/// The configuration and the terminal.
pub(crate) struct Context {
    /// Settings in force.
    pub(crate) config: Config,
    /// The terminal.
    pub(crate) printer: Printer,
    /// Who does this, for the record.
    pub(crate) actor: String,
    /// Time.
    pub(crate) clock: Arc<dyn Clock>,
}

impl Context {
    /// The book. One that is only read or mended must exist: a wrong folder would otherwise look
    /// like an empty book.
    pub(crate) async fn existing_book(&self) -> Result<Db, Failure> {
        let url = self.book_url()?;
        self.is_meant(&url)?;
        if let DbUrl::Sqlite(path) = &url
            && !path.exists()
        {
            let message = format!("there is no book at {}", path.display());
            let hint =
                "name the configuration with --config FILE; `daybook serve` makes a new book";
            return Err(Failure::new("book-not-found", message, hint));
        }
        Ok(self.open(&url).await?)
    }

    /// The book, made if it is new.
    pub(crate) async fn book(&self) -> Result<Db, Failure> {
        let url = self.book_url()?;
        self.is_meant(&url)?;
        Ok(self.open(&url).await?)
    }

    /// The book, as soon as its database server is there: one that starts with the same machine, or is
    /// being patched, is waited for. Nothing if the wait was stopped.
    pub(crate) async fn book_once_there(
        &self,
        stop: &CancellationToken,
    ) -> Result<Option<Db>, Failure> {
        const LONGEST: Duration = Duration::from_secs(30);
        let url = self.book_url()?;
        self.is_meant(&url)?;
        let mut wait = Duration::from_secs(1);
        loop {
            let error = match self.open(&url).await {
                Ok(book) => return Ok(Some(book)),
                Err(error) if matches!(url, DbUrl::Postgres(_)) && error.is_retryable() => error,
                Err(error) => return Err(error.into()),
            };
            tracing::warn!(code = error.code(), again_in = ?wait, "the book is waited for: {error}");
            tokio::select! {
                () = stop.cancelled() => return Ok(None),
                () = tokio::time::sleep(wait) => {}
            }
            wait = (wait * 2).min(LONGEST);
        }
    }

    /// Refuses a book that would be made only because nobody said where the real one is.
    pub(crate) fn is_meant(&self, url: &DbUrl) -> Result<(), Failure> {
        let DbUrl::Sqlite(path) = url else { return Ok(()) };
        let is_said =
            self.config.file.is_some() || std::env::var_os(config::variable("book.url")).is_some();
        if is_said || path.exists() {
            return Ok(());
        }
        let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let message =
            format!("there are no settings here, and there is no book at {}", path.display());
        let hint = if Path::new(PACKAGE_SETTINGS).exists() {
            "on this machine say `sudo daybook-admin …` with the same words"
        } else {
            "name the settings with --config FILE, or go to their folder; `daybook init` makes them"
        };
        Err(Failure::wrong_use("book-none", message, hint))
    }

    /// Everything that the flows need.
    pub(crate) async fn app(&self, need: Need) -> Result<Arc<App>, Failure> {
        let book = self.book().await?;
        self.app_on(book, need)
    }

    /// Everything that the flows need, on an open book.
    pub(crate) fn app_on(&self, db: Db, need: Need) -> Result<Arc<App>, Failure> {
        let clock = Arc::clone(&self.clock);
        let notifier = self.notifier()?;
        Ok(App::new(AppParts {
            db,
            notifier,
            sitoo: sitoo(&self.config, need, &clock)?,
            orderwise: orderwise(&self.config, need, &clock)?,
            clock,
            ids: Arc::new(RandomIds),
            settings: self.config.settings(),
            policy: self.config.policy(),
        }))
    }

    /// Ways to people.
    fn notifier(&self) -> Result<Notifier, Failure> {
        /// Nobody answers a message with more.
        const ANSWER: usize = 1 << 20;
        let ways = self.config.ways()?;
        if ways.is_empty() {
            return Ok(Notifier::default());
        }
        let line = Network::new(&TlsSettings::default(), ANSWER);
        let line: Arc<dyn Transport> = Arc::new(line.map_err(|f| failure::setting("alerts", &f))?);
        Notifier::new(ways, &line)
            .map_err(|(name, fault)| failure::setting(&format!("alerts.channels.{name}"), &fault))
    }

    /// The company's own sign-in, where there is one; it is not called yet.
    pub(crate) fn single_sign_on(&self) -> Result<Option<Arc<OpenId>>, Failure> {
        let Some((settings, tls)) = self.config.single_sign_on()? else { return Ok(None) };
        let wrong = |fault| failure::setting("web.access.single-sign-on", &fault);
        let line = Network::new(&tls, SIGN_ON_ANSWER).map_err(wrong)?;
        let provider = OpenId::new(settings, Arc::new(line), Arc::clone(&self.clock));
        Ok(Some(Arc::new(provider.map_err(wrong)?)))
    }

    /// This moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The zone in which moments are shown to people.
    pub(crate) fn zone(&self) -> TimeZone {
        // The configuration was checked: the zone exists.
        TimeZone::get(&self.config.policy.default_time_zone).unwrap_or(TimeZone::UTC)
    }

    /// What addresses of the desk begin with.
    pub(crate) fn desk_address(&self, listen: SocketAddr) -> String {
        let web = &self.config.web;
        web.access.public_url.clone().unwrap_or_else(|| {
            let scheme = if web.access.secure { "https" } else { "http" };
            match listen {
                // Listening everywhere is no address to go to.
                all if all.ip().is_unspecified() => format!("{scheme}://localhost:{}", all.port()),
                one => format!("{scheme}://{one}"),
            }
        })
    }

    /// What the manual at the desk is told of this process, read as the configuration was.
    pub(crate) fn manual(
        &self,
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<Arc<Live>, Failure> {
        let (_, settings) = config::effective(self.config.file.as_deref(), variables)?;
        let settings = config::explained(&settings);
        // What its exercises ask for must reach no real system.
        let training = self.config.web.training && self.config.is_over_stand_ins();
        Ok(Arc::new(Live { settings, training, said_here: printer::on_pages() }))
    }

    /// The currency of sums over several entries.
    pub(crate) fn currency(&self) -> &str {
        self.config.policy.currencies.first().map_or("GBP", String::as_str)
    }

    /// Where the book is.
    pub(crate) fn book_url(&self) -> Result<DbUrl, Failure> {
        let url = self.config.book_url()?;
        url.expose_secret().parse().map_err(|error| {
            let error: StoreError = error;
            Failure { wrong_use: true, ..Failure::from(error) }
        })
    }

    async fn open(&self, url: &DbUrl) -> Result<Db, StoreError> {
        let options = OpenOptions {
            copy_before_upgrade: self.config.book.copy_before_upgrade,
            ..OpenOptions::default()
        };
        Db::open(url, options).await
    }
}

/// A client of Sitoo.
pub(crate) fn sitoo(config: &Config, need: Need, clock: &Arc<dyn Clock>) -> Result<Sitoo, Failure> {
    let wrong = |fault| failure::setting("sitoo", &fault);
    let settings = config.sitoo(need)?;
    let line = Network::new(&config.tls().0, settings.body_limit_bytes).map_err(wrong)?;
    Sitoo::new(settings, Arc::new(line), Arc::clone(clock)).map_err(wrong)
}

/// A client of OrderWise.
pub(crate) fn orderwise(
    config: &Config,
    need: Need,
    clock: &Arc<dyn Clock>,
) -> Result<Orderwise, Failure> {
    let wrong = |fault| failure::setting("orderwise", &fault);
    let settings = config.orderwise(need)?;
    let line = Network::new(&config.tls().1, settings.body_limit_bytes).map_err(wrong)?;
    Orderwise::new(settings, Arc::new(line), Arc::clone(clock)).map_err(wrong)
}

/// Who is at the keyboard: `--actor`, `DAYBOOK_ACTOR`, or the user of this machine.
pub(crate) fn actor(named: Option<&str>) -> String {
    let user = || ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    let named = named.map(str::to_owned).or_else(user).map(|name| name.trim().to_owned());
    named.filter(|name| !name.is_empty()).unwrap_or_else(|| "unknown".to_owned())
}

/// The file that a command was told to read or write; `-` is the terminal.
pub(crate) fn is_terminal(path: &Path) -> bool {
    path.as_os_str() == "-"
}
