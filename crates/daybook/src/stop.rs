//! A clean stop: the first signal lets what runs finish, the second does not wait.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::{failure::Failure, printer::Printer};

/// What a process that a signal ended leaves behind (128 + SIGINT).
const ENDED_BY_SIGNAL: i32 = 130;

/// Cancelled by SIGTERM or SIGINT. A second signal ends the process at once, which the book
/// survives like a crash.
pub(crate) fn on_signal(printer: Printer) -> Result<CancellationToken, Failure> {
    let listen = |kind| {
        signal(kind).map_err(|error| {
            Failure::new("signals", error.to_string(), "the system gives no signals to Daybook")
        })
    };
    let (mut term, mut int) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    tokio::spawn(async move {
        next(&mut term, &mut int).await;
        printer.talk("stopping: what is on its way is finished first; once more to stop at once");
        cancel.cancel();
        next(&mut term, &mut int).await;
        std::process::exit(ENDED_BY_SIGNAL);
    });
    Ok(stop)
}

async fn next(term: &mut Signal, int: &mut Signal) {
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
}
