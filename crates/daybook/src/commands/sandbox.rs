//! `daybook sandbox`

pub(super) mod config;
pub(super) mod events;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use clap::Args;
use daybook_connectors::{Clock as _, SystemClock};
use daybook_domain::Timestamp;
use daybook_sandbox::{
    Now, Sandbox,
    day::TradingDay,
    retailer::{Retailer, gaps::Gaps},
    serve,
    settlement::DayFiles,
};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::Ended;
use crate::{failure::Failure, printer::Printer, stop};

const EXAMPLES: &str = "\
Examples:
  daybook sandbox --write-config daybook.toml     then, in a second terminal:
  daybook check
  daybook sync sales
  daybook exceptions list
  curl -s localhost:9003/control                  how to make a sale, a return, a fault
  daybook sandbox --gaps                          also gaps, for `daybook audit` to find
  daybook sandbox --settlement inbox              also what a provider and the bank write

Everything is kept in memory and gone when it stops. The control interface places sales, returns
and exchanges, and injects faults; it has no password, so all of this listens on the loopback only.";

/// Where the stand-ins listen, and what happens in them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct SandboxArgs {
    /// Port of Sitoo's stand-in; 0 takes any that is free.
    #[arg(long, default_value_t = 9001, value_name = "PORT")]
    sitoo_port: u16,
    /// Port of OrderWise's stand-in.
    #[arg(long, default_value_t = 9002, value_name = "PORT")]
    orderwise_port: u16,
    /// Port of the control interface.
    #[arg(long, default_value_t = 9003, value_name = "PORT")]
    control_port: u16,
    /// The same seed makes the same retailer, the same day and the same random faults.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Transactions at the tills before it begins; 0 for empty tills.
    #[arg(long, default_value_t = 200, value_name = "N")]
    transactions: usize,
    /// How many days ago that was; the tills were closed in the evening.
    #[arg(long, default_value_t = 0, value_name = "N")]
    days_ago: u16,
    /// Write a configuration for these stand-ins to a file, instead of printing it.
    #[arg(long, value_name = "FILE")]
    write_config: Option<PathBuf>,
    /// Write a settlement report and a bank statement about the day into this folder, and name it in
    /// the configuration.
    #[arg(long, value_name = "DIR")]
    settlement: Option<PathBuf>,
    /// Plant gaps between both systems, for `daybook audit` to find.
    #[arg(long)]
    gaps: bool,
    /// Send Sitoo's events to this address, e.g. http://127.0.0.1:8080/events.
    #[arg(long, value_name = "URL")]
    events_to: Option<String>,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Listening {
    sitoo: SocketAddr,
    orderwise: SocketAddr,
    control: SocketAddr,
    config: String,
}

/// Serves until a signal.
pub(crate) async fn run(args: &SandboxArgs, printer: Printer) -> Result<Ended, Failure> {
    let stop = stop::on_signal(printer)?;
    let (sandbox, retailer) = made_up(args);
    let (sitoo, at_sitoo) = listen(args.sitoo_port).await?;
    let (orderwise, at_orderwise) = listen(args.orderwise_port).await?;
    let (control, at_control) = listen(args.control_port).await?;
    let listening = Listening {
        sitoo: at_sitoo,
        orderwise: at_orderwise,
        control: at_control,
        config: config::text(at_sitoo, at_orderwise, &retailer)? + &settlement(args, &sandbox)?,
    };
    announce(args, &listening, printer)?;
    if let Some(to) = &args.events_to {
        events::send(Arc::clone(&sandbox.sitoo), to, stop.clone(), printer)?;
    }
    serve_all(&sandbox, sitoo, orderwise, control, &stop)
        .await
        .map_err(|error| Failure::new("sandbox", error.to_string(), "start it again"))?;
    Ok(Ended::Done)
}

/// Writes the files about the day; gives what the configuration says of them.
fn settlement(args: &SandboxArgs, sandbox: &Sandbox) -> Result<String, Failure> {
    let Some(folder) = &args.settlement else { return Ok(String::new()) };
    let folder = std::path::absolute(folder).map_err(|error| Failure::file(folder, &error))?;
    if let Some(files) = DayFiles::of(&sandbox.sitoo.taken()) {
        files.write(&folder).map_err(|error| Failure::file(&folder, &error))?;
    }
    let path = |name: &str| serde_json::Value::from(folder.join(name).display().to_string());
    Ok(format!(
        "\n[settlement]\nstatements = {}\n[settlement.providers.adyen]\nformat = \"adyen\"\n\
         tenders = [\"CARD\"]\ninbox = {}\n",
        path("statements"),
        path("adyen"),
    ))
}

/// Both systems with the retailer in them, and a trading day that has just ended.
fn made_up(args: &SandboxArgs) -> (Sandbox, Retailer) {
    let now: Now = Arc::new(|| SystemClock.now().micros());
    let sandbox = Sandbox::new(now, args.seed);
    let retailer = Retailer::made_up(args.seed);
    retailer.install_sitoo(&sandbox.sitoo);
    retailer.install_orderwise(&sandbox.orderwise);
    if args.transactions > 0 {
        let opening = opening(SystemClock.now(), args.days_ago);
        TradingDay::plan(args.seed, &retailer, args.transactions)
            .starting(opening)
            .closing_tills()
            .play_all(&sandbox.sitoo);
    }
    if args.gaps {
        Gaps::begin(&sandbox, &retailer).plant_rest();
    }
    (sandbox, retailer)
}

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

/// When the tills of a retailer open, seconds after midnight UTC.
const OPENS: i64 = 9 * 60 * 60;

/// When the tills opened, unix seconds: today so long ago that they are closed now, on another day
/// in its morning.
fn opening(now: Timestamp, days_ago: u16) -> i64 {
    let now = now.micros() / 1_000_000;
    match i64::from(days_ago) {
        0 => now - daybook_sandbox::day::LENGTH,
        days => now - now.rem_euclid(DAY) - days * DAY + OPENS,
    }
}

async fn serve_all(
    sandbox: &Sandbox,
    sitoo: TcpListener,
    orderwise: TcpListener,
    control: TcpListener,
    stop: &CancellationToken,
) -> std::io::Result<()> {
    let until = || stop.clone().cancelled_owned();
    tokio::try_join!(
        serve::serve(sitoo, sandbox.sitoo_router(), until()),
        serve::serve(orderwise, sandbox.orderwise_router(), until()),
        serve::serve(control, sandbox.control_router(), until()),
    )?;
    Ok(())
}

/// A port on the loopback; 0 takes any that is free.
pub(super) async fn listen(port: u16) -> Result<(TcpListener, SocketAddr), Failure> {
    let address = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
    let fault = |error: std::io::Error| {
        let hint = "another program may hold the port: choose another, or 0 for any";
        Failure::new("sandbox-listen", format!("{address}: {error}"), hint)
    };
    let listener = TcpListener::bind(address).await.map_err(fault)?;
    let address = listener.local_addr().map_err(fault)?;
    Ok((listener, address))
}

fn announce(args: &SandboxArgs, listening: &Listening, printer: Printer) -> Result<(), Failure> {
    if let Some(file) = &args.write_config {
        std::fs::write(file, &listening.config).map_err(|error| Failure::file(file, &error))?;
        printer.talk(&format!("configuration written to {}", file.display()));
    }
    printer.talk(&format!("Sitoo      http://{}", listening.sitoo));
    printer.talk(&format!("OrderWise  http://{}/OWAPI", listening.orderwise));
    printer.talk(&format!("control    http://{}/control", listening.control));
    printer.result(listening, |listening| match args.write_config {
        Some(_) => String::new(),
        None => listening.config.clone(),
    })
}
