//! `daybook serve`

use std::{net::SocketAddr, sync::Arc};

use clap::Args;
use daybook_flows::{App, access::link, engine, sales};
use daybook_web::{Events, Web};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Ended;
use crate::{config::Need, context::Context, failure::Failure, initial, stop};

/// How to begin.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// After an older copy of the book was put back: look every order that the tills have now up in
    /// OrderWise before it is sent. Needed once; the book remembers it.
    #[arg(long)]
    look_up_first: bool,
}

/// Receives and posts until a signal.
pub(crate) async fn run(context: &Context, args: &ServeArgs) -> Result<Ended, Failure> {
    let stop = stop::on_signal(context.printer)?;
    let Some(book) = context.book_once_there(&stop).await? else { return Ok(Ended::Done) };
    let listener = listen(context).await?;
    let metrics = daybook_web::metrics::install().map_err(|error| {
        Failure::new("metrics", error.to_string(), "this is a fault in Daybook; please report it")
    })?;
    let app = context.app_on(book, Need::Systems)?;
    let _alone = app.db.worker_lock()?;
    initial::apply(context, &app).await?;
    sales::look_up_first_if(&app, args.look_up_first).await?;
    let events = context.config.events()?;
    let web = Web {
        app: Arc::clone(&app),
        events: events.map(|(user, password)| Events { user, password }),
        metrics: Some(metrics),
        metrics_token: context.config.metrics_token()?,
        single_sign_on: context.single_sign_on()?,
        manual: context.manual(std::env::vars())?,
        body_limit_bytes: context.config.web.body_limit_kib << 10,
        stop: stop.clone(),
    };
    told(context, &app);
    let at = listener.local_addr().unwrap_or(context.config.web.listen);
    first_account(context, &app, at).await?;
    let ended = both(web, listener, &app, &stop).await;
    app.db.close().await;
    tracing::info!("stopped");
    ended
}

async fn listen(context: &Context) -> Result<TcpListener, Failure> {
    let address = context.config.web.listen;
    TcpListener::bind(address).await.map_err(|error| {
        Failure::new("web-listen", format!("{address}: {error}"), cannot_listen_hint(&error))
    })
}

/// What to do when the desk cannot listen where it should.
pub(crate) fn cannot_listen_hint(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => {
            "ports below 1024 are the system's: set web.listen to a higher one, and put a proxy \
             before it"
        }
        std::io::ErrorKind::AddrNotAvailable => {
            "no network of this machine has that address: set web.listen to one that it has, or to \
             127.0.0.1 behind a proxy"
        }
        _ => "another program may hold the port: change web.listen",
    }
}

fn told(context: &Context, app: &App) {
    let book = context.book_url().map(|url| url.to_string()).unwrap_or_default();
    let listen = context.config.web.listen;
    tracing::info!(%book, %listen, worker = app.worker, "daybook {}", env!("CARGO_PKG_VERSION"));
}

/// While nobody can let others in, whoever starts the program may: the link is the way in, so it is
/// told here, and only here.
async fn first_account(context: &Context, app: &App, listen: SocketAddr) -> Result<(), Failure> {
    if let Some(link) = link::first(app).await? {
        context.printer.talk(&format!(
            "There is no account for the desk yet. Make the first one, an admin's, with this link; \
             it is good once:\n{}",
            link.address(&context.desk_address(listen))
        ));
    }
    Ok(())
}

/// The flows and HTTP: when one of them ends, so does the other.
async fn both(
    web: Web,
    listener: TcpListener,
    app: &Arc<App>,
    stop: &CancellationToken,
) -> Result<Ended, Failure> {
    let served = async {
        let served = daybook_web::serve(web, listener).await;
        stop.cancel();
        served
    };
    let worked = async {
        let worked = Box::pin(engine::run(Arc::clone(app), stop.clone())).await;
        stop.cancel();
        worked
    };
    let (served, worked) = tokio::join!(served, worked);
    worked?;
    served.map_err(|error| {
        Failure::new("web", error.to_string(), "see the log for what happened before")
    })?;
    Ok(Ended::Done)
}
