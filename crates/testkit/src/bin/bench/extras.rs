//! What is measured once: the machine, events, backlogs and starts.

use std::{fs::File, io::Write, time::Instant};

use crate::{
    Fault,
    args::Args,
    cells::{peers, sandbox},
    child,
};

/// Entries posted out of a backlog whose length is compared.
const POSTED: u32 = 5_000;
/// The short backlog.
const SHORT: u32 = 10_000;

/// Processors and what a sync to the disk takes: without these the figures say little.
pub(crate) fn machine() -> Result<(), Fault> {
    const SYNCS: u32 = 200;
    let folder = tempfile::tempdir()?;
    let mut file = File::create(folder.path().join("sync"))?;
    let began = Instant::now();
    for _ in 0..SYNCS {
        file.write_all(&[7; 4_096])?;
        file.sync_data()?;
    }
    let millis = began.elapsed().as_secs_f64() * 1_000.0 / f64::from(SYNCS);
    let load = std::fs::read_to_string("/proc/loadavg")?;
    let load = load.split_whitespace().next().unwrap_or_default();
    let cores = std::thread::available_parallelism()?;
    println!(
        "{cores} cores, load {load} before the start, a sync to the disk takes {millis:.2} ms\n"
    );
    Ok(())
}

pub(crate) async fn events() -> Result<(), Fault> {
    for engine in ["sqlite", "postgres"] {
        let said = child::finish("events", &[("engine", engine.to_owned())]).await?;
        let (direct, http) = (said.number::<f64>("direct")?, said.number::<f64>("http")?);
        println!("\nevents, {engine}: {direct:.0} orders/s written, {http:.0} orders/s over HTTP");
    }
    Ok(())
}

pub(crate) async fn backlog(args: &Args) -> Result<(), Fault> {
    let long = args.number("entries").unwrap_or(1_000_000);
    println!("\nbacklog    posted   ms/entry  CPU s/1000  peak MiB  start ms");
    of_length(SHORT, SHORT, POSTED).await?;
    of_length(long, SHORT, POSTED).await?;
    if !args.has("quick") {
        of_length(100_000, 100_000, 100_000).await?;
    }
    Ok(())
}

async fn of_length(entries: u32, recorded: u32, posted: u32) -> Result<(), Fault> {
    let sandbox = sandbox(recorded, 0).await?;
    let mut args = peers(&sandbox, 16)?;
    args.push(("recorded", recorded.to_string()));
    args.push(("entries", entries.to_string()));
    args.push(("orders", posted.to_string()));
    let said = child::finish("backlog", &args).await?;
    let done = f64::from(said.number::<u32>("orders")?);
    println!(
        "{entries:8}  {done:7}  {:8.3}  {:10.3}  {:8.1}  {:8.1}",
        said.number::<f64>("seconds")? * 1_000.0 / done,
        said.number::<f64>("cpu")? * 1_000.0 / done,
        f64::from(said.number::<u32>("kib")?) / 1_024.0,
        said.number::<f64>("start-ms")?,
    );
    Ok(())
}
