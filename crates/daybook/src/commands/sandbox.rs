//! `daybook sandbox`

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
};

use clap::Args;
use daybook_connectors::{Clock as _, SystemClock};
use daybook_sandbox::{Sandbox, orderwise::Purpose, serve, sitoo};
use serde::Serialize;
use tokio::net::TcpListener;

use super::Ended;
use crate::{failure::Failure, printer::Printer, stop};

const EXAMPLES: &str = "\
Examples:
  daybook sandbox --write-config daybook.toml     then, in a second terminal:
  daybook check
  daybook sync sales
  curl -s localhost:9003/control/faults/orderwise

Everything is kept in memory and gone when it stops. The control interface places sales, returns
and exchanges, and injects faults; it has no password, so all of this listens on the loopback only.";

/// Where the stand-ins listen.
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
    /// The same seed gives the same retailer and the same random faults.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Write a configuration for these stand-ins to a file, instead of printing it.
    #[arg(long, value_name = "FILE")]
    write_config: Option<std::path::PathBuf>,
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
    let now: daybook_sandbox::Now = Arc::new(|| SystemClock.now().micros());
    let sandbox = Sandbox::new(now, args.seed);
    let (sitoo, at_sitoo) = listen(args.sitoo_port).await?;
    let (orderwise, at_orderwise) = listen(args.orderwise_port).await?;
    let (control, at_control) = listen(args.control_port).await?;
    let config = config(at_sitoo, at_orderwise);
    let listening =
        Listening { sitoo: at_sitoo, orderwise: at_orderwise, control: at_control, config };
    announce(args, &listening, printer)?;
    let until = || stop.clone().cancelled_owned();
    let served = tokio::try_join!(
        serve::serve(sitoo, sandbox.sitoo_router(), until()),
        serve::serve(orderwise, sandbox.orderwise_router(), until()),
        serve::serve(control, sandbox.control_router(), until()),
    );
    served.map_err(|error| Failure::new("sandbox", error.to_string(), "start it again"))?;
    Ok(Ended::Done)
}

async fn listen(port: u16) -> Result<(TcpListener, SocketAddr), Failure> {
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

/// A configuration that uses these stand-ins.
fn config(at_sitoo: SocketAddr, at_orderwise: SocketAddr) -> String {
    let exports = Purpose::ALL.iter().map(|purpose| {
        let id = purpose.default_id();
        format!("[orderwise.exports.{}]\nid = {id}\n", name(*purpose))
    });
    format!(
        "# For `daybook sandbox`. Made-up systems, made-up passwords.\n\n\
         [sitoo]\n\
         base-url = \"http://{at_sitoo}/v2/accounts/{account}\"\n\
         api-id = \"{api_id}\"\n\
         password = \"{password}\"\n\n\
         [orderwise]\n\
         base-url = \"http://{at_orderwise}/OWAPI\"\n\
         user = \"daybook\"\n\
         password = \"sandbox\"\n\
         per-second = 0\n\n\
         {exports}\n\
         [receive]\n\
         poll-every = \"2s\"\n\n\
         [posting]\n\
         settling-time = \"2s\"\n\
         confirm-after = \"1s\"\n",
        account = sitoo::ACCOUNT,
        api_id = sitoo::API_ID,
        password = sitoo::PASSWORD,
        exports = exports.collect::<String>(),
    )
}

/// The purpose's name in a configuration.
fn name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::OrderLookup => "order-lookup",
        Purpose::OrderTotals => "order-totals",
        Purpose::OrderLines => "order-lines",
        Purpose::StockLevels => "stock-levels",
        Purpose::Variants => "variants",
    }
}
