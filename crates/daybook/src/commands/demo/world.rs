//! The whole demo in one process: both stand-ins on sockets, the retailer in them, and a Daybook
//! that is set up by a configuration file like any other.

use std::{
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use daybook_connectors::{Clock as _, SystemClock};
use daybook_domain::{Timestamp, access::Role};
use daybook_flows::{
    App, FlowError, Ids as _,
    access::link::{self, Person},
    engine,
};
use daybook_sandbox::{Now, Sandbox, retailer::Retailer, serve};
use daybook_store::WorkerLock;
use daybook_web::{Events, Web};
use jiff::{ToSpan as _, tz::TimeZone};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    DemoArgs,
    clock::ShopClock,
    config::{self, Addresses},
};
use crate::{
    commands::sandbox::{events, listen},
    config::{self as settings, Need},
    context::Context,
    failure::Failure,
    ids::RandomIds,
    initial,
    printer::Printer,
    telemetry,
};

/// When the shops open.
const OPENING_HOUR: i8 = 9;
/// The zone of all of them.
pub(super) const ZONE: &str = "Europe/London";

/// Everything.
pub(super) struct World {
    pub(super) sandbox: Sandbox,
    pub(super) retailer: Retailer,
    pub(super) clock: Arc<ShopClock>,
    /// When the shops open.
    pub(super) opening: Timestamp,
    pub(super) app: Arc<App>,
    pub(super) at: Addresses,
    /// Opens the desk, for whoever sees this terminal.
    pub(super) door: String,
    /// The configuration file, for a second terminal.
    pub(super) config_file: PathBuf,
    engine: JoinHandle<Result<(), FlowError>>,
    folder: Folder,
    /// Daybook and the sender of events stop first,
    daybook: CancellationToken,
    /// and the stand-ins when nobody calls them any more.
    outside: CancellationToken,
    tasks: TaskTracker,
    _alone: WorkerLock,
}

/// Sockets that are bound and not served yet.
struct Listeners {
    sitoo: TcpListener,
    orderwise: TcpListener,
    control: TcpListener,
    daybook: TcpListener,
}

impl World {
    /// Sets everything up; the clock stands at the opening.
    pub(super) async fn new(args: &DemoArgs, printer: Printer) -> Result<Self, Failure> {
        let opening = yesterday(OPENING_HOUR)?;
        let clock = Arc::new(ShopClock::at(opening));
        let (sandbox, retailer) = made_up(args.seed, &clock);
        let (listeners, at) = bind().await?;
        let folder = Folder::new(args.book.as_deref())?;
        let config_file = folder.config_file();
        let inbox = folder.inbox().display().to_string();
        let text = config::text(&at, (&folder.book().display().to_string(), &inbox), &retailer)?;
        std::fs::write(&config_file, text).map_err(|error| Failure::file(&config_file, &error))?;
        let context = context(&config_file, printer)?;
        let app = context.app(Need::Systems).await?;
        let alone = app.db.worker_lock()?;
        initial::apply(&context, &app).await?;
        let door = door(&context, &app).await?;

        let (daybook, outside) = (CancellationToken::new(), CancellationToken::new());
        let tasks = TaskTracker::new();
        let web = web(&context, &app, &daybook)?;
        start_serving(&tasks, &sandbox, listeners, web, &outside);
        let to = format!("http://{}/events", at.daybook);
        events::send(Arc::clone(&sandbox.sitoo), &to, daybook.clone(), printer)?;
        let engine = tokio::spawn(Box::pin(engine::run(Arc::clone(&app), daybook.clone())));
        Ok(Self {
            sandbox,
            retailer,
            clock,
            opening,
            app,
            at,
            door,
            config_file,
            engine,
            folder,
            daybook,
            outside,
            tasks,
            _alone: alone,
        })
    }

    /// Where providers and the bank leave their files.
    pub(super) fn inbox(&self) -> PathBuf {
        self.folder.inbox()
    }

    /// Whether Daybook has ended by itself, which it should not.
    pub(super) fn has_ended(&self) -> bool {
        self.engine.is_finished()
    }

    /// Stops everything and removes what need not stay.
    pub(super) async fn end(self) -> Result<(), Failure> {
        self.daybook.cancel();
        let worked = self.engine.await;
        self.app.db.close().await;
        self.outside.cancel();
        self.tasks.close();
        self.tasks.wait().await;
        match worked {
            Ok(worked) => Ok(worked?),
            Err(error) => {
                Err(Failure::new("demo-engine", error.to_string(), "please report this fault"))
            }
        }
    }
}

/// Both stand-ins on the shop's clock, with the retailer in them.
fn made_up(seed: u64, clock: &Arc<ShopClock>) -> (Sandbox, Retailer) {
    let clock = Arc::clone(clock);
    let now: Now = Arc::new(move || clock.now().micros());
    let sandbox = Sandbox::new(now, seed);
    let retailer = Retailer::made_up(seed);
    retailer.install_sitoo(&sandbox.sitoo);
    retailer.install_orderwise(&sandbox.orderwise);
    sandbox.sitoo.switch(|switches| switches.stock_events = true);
    (sandbox, retailer)
}

/// A link that needs no password, for somebody who may do everything.
async fn door(context: &Context, app: &App) -> Result<String, Failure> {
    let person = Person {
        login: "demo".to_owned(),
        name: "Demo".to_owned(),
        roles: [Role::Finance, Role::Retail, Role::Admin].into(),
        stores: None,
    };
    let link = link::open_door(app, &person, "demo").await?;
    Ok(link.address(&context.desk_address(context.config.web.listen)))
}

async fn bind() -> Result<(Listeners, Addresses), Failure> {
    let (sitoo, at_sitoo) = listen(0).await?;
    let (orderwise, at_orderwise) = listen(0).await?;
    let (control, at_control) = listen(0).await?;
    let (daybook, at_daybook) = listen(0).await?;
    let at = Addresses {
        sitoo: at_sitoo,
        orderwise: at_orderwise,
        control: at_control,
        daybook: at_daybook,
    };
    Ok((Listeners { sitoo, orderwise, control, daybook }, at))
}

/// The file's settings and nothing else: the environment must not bend the demo.
fn context(file: &Path, printer: Printer) -> Result<Context, Failure> {
    let config = settings::load(Some(file), std::iter::empty())?;
    telemetry::start(&config, "error")?;
    let clock = Arc::new(SystemClock);
    Ok(Context { config, printer, actor: "demo".to_owned(), clock })
}

fn web(context: &Context, app: &Arc<App>, stop: &CancellationToken) -> Result<Web, Failure> {
    let metrics = daybook_web::metrics::install().map_err(|error| {
        Failure::new("metrics", error.to_string(), "this is a fault in Daybook; please report it")
    })?;
    let events = context.config.events()?;
    Ok(Web {
        app: Arc::clone(app),
        events: events.map(|(user, password)| Events { user, password }),
        metrics: Some(metrics),
        metrics_token: context.config.metrics_token()?,
        single_sign_on: context.single_sign_on()?,
        manual: context.manual(std::iter::empty())?,
        body_limit_bytes: context.config.web.body_limit_kib << 10,
        stop: stop.clone(),
    })
}

fn start_serving(
    tasks: &TaskTracker,
    sandbox: &Sandbox,
    listeners: Listeners,
    web: Web,
    outside: &CancellationToken,
) {
    let stand_ins = [
        (listeners.sitoo, sandbox.sitoo_router()),
        (listeners.orderwise, sandbox.orderwise_router()),
        (listeners.control, sandbox.control_router()),
    ];
    for (listener, router) in stand_ins {
        tasks.spawn(serve::serve(listener, router, outside.clone().cancelled_owned()));
    }
    tasks.spawn(daybook_web::serve(web, listeners.daybook));
}

/// An hour of yesterday, where the shops are: the day is over, and its evening is still to come.
fn yesterday(hour: i8) -> Result<Timestamp, Failure> {
    let moment = || {
        let zone = TimeZone::get(ZONE)?;
        let today = SystemClock.now().to_jiff().to_zoned_datetime(zone.clone()).date();
        today.checked_sub(1.day())?.at(hour, 0, 0, 0).to_zoned_datetime(zone)
    };
    let moment: Result<jiff::ZonedDateTime, jiff::Error> = moment();
    moment.map(|moment| moment.timestamp().into()).map_err(|error| {
        Failure::new("demo-day", error.to_string(), "check the clock of this machine")
    })
}

/// Where the book and its configuration lie.
#[derive(Debug)]
enum Folder {
    /// A new folder, gone with the demo.
    Fresh(PathBuf),
    /// A book that stays.
    Named(PathBuf),
}

impl Folder {
    fn new(book: Option<&Path>) -> Result<Self, Failure> {
        if let Some(book) = book {
            let book = std::path::absolute(book).map_err(|error| Failure::file(book, &error))?;
            let taken =
                [book.clone(), book.with_extension("toml")].into_iter().find(|it| it.exists());
            return match taken {
                None => Ok(Self::Named(book)),
                Some(taken) => {
                    let message = format!("{} exists", taken.display());
                    let hint = "the demo writes a new book and a configuration (.toml) beside it: \
                                choose another name";
                    Err(Failure::wrong_use("demo-book-exists", message, hint))
                }
            };
        }
        let name = format!("daybook-demo-{:08x}", RandomIds.dice());
        let folder = std::env::temp_dir().join(name);
        // The book of a real shop would hold shoppers' data; keep the habit.
        let made = DirBuilder::new().mode(0o700).create(&folder);
        made.map(|()| Self::Fresh(folder.clone())).map_err(|error| Failure::file(&folder, &error))
    }

    fn book(&self) -> PathBuf {
        match self {
            Self::Fresh(folder) => folder.join("daybook.db"),
            Self::Named(book) => book.clone(),
        }
    }

    fn inbox(&self) -> PathBuf {
        match self {
            Self::Fresh(folder) => folder.join("inbox"),
            Self::Named(book) => book.with_extension("inbox"),
        }
    }

    fn config_file(&self) -> PathBuf {
        match self {
            Self::Fresh(folder) => folder.join("daybook.toml"),
            Self::Named(book) => book.with_extension("toml"),
        }
    }
}

impl Drop for Folder {
    /// A folder of temporary files that cannot be removed is the system's to clear.
    fn drop(&mut self) {
        if let Self::Fresh(folder) = self {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}
