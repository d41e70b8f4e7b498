//! The trading day, replayed at speed, until everything is quiet again.

use std::time::{Duration, Instant};

use daybook_domain::{
    Timestamp,
    causes::{Cause, Scope},
    entry::EntryState,
};
use daybook_flows::status::{self, ExceptionLine, Summary};
use daybook_sandbox::day::{LENGTH, TradingDay};
use tokio_util::sync::CancellationToken;

use super::{
    DemoArgs, goods,
    progress::Progress,
    proof,
    troubles::{self, Timetable},
    warehouse,
    world::World,
};
use crate::failure::Failure;

/// How often the tills and the display move on.
const TICK: Duration = Duration::from_millis(100);
/// How long Daybook gets to finish, in real time, once the tills have closed.
const PATIENCE: Duration = Duration::from_mins(3);

/// How the day ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Nothing was left to do.
    Quiet,
    /// Something was still on its way when patience ended.
    Busy,
    /// A person stopped it.
    Stopped,
}

/// Plays the day and waits until Daybook has caught up.
pub(super) async fn play(
    world: &World,
    args: &DemoArgs,
    stop: &CancellationToken,
    progress: &mut Progress,
) -> Result<Ended, Failure> {
    let opening = world.opening.micros() / 1_000_000;
    let day = TradingDay::plan(args.seed, &world.retailer, args.transactions);
    let mut day = day.starting(opening).closing_tills();
    let times = u64::try_from(LENGTH).unwrap_or_default() / u64::from(args.seconds.max(1));
    let times = u32::try_from(times).unwrap_or(u32::MAX).max(1);
    let timetable = Timetable::new(world.opening, times);
    timetable.arrange(&world.sandbox, args.seed);
    progress.opens(day.left(), timetable);
    world.clock.run(world.opening, times);
    while day.next_at().is_some() {
        if stop.is_cancelled() {
            return Ok(Ended::Stopped);
        }
        fail_if_ended(world)?;
        let now = world.clock.now().micros();
        day.play_until(now, &world.sandbox.sitoo);
        warehouse::send(&world.sandbox, &world.retailer, now);
        progress.show(world, &status::summary(&world.app).await?, day.left());
        tokio::time::sleep(TICK).await;
    }
    finish(world, stop, progress).await
}

/// The tills are closed: waits until nothing is on its way.
async fn finish(
    world: &World,
    stop: &CancellationToken,
    progress: &mut Progress,
) -> Result<Ended, Failure> {
    troubles::are_over(&world.sandbox);
    world.clock.catch_up();
    progress.closes();
    let closed = Instant::now();
    loop {
        fail_if_ended(world)?;
        let summary = status::summary(&world.app).await?;
        progress.show(world, &summary, 0);
        if stop.is_cancelled() {
            return Ok(Ended::Stopped);
        }
        // The warehouse has an evening shift: everything that was sold leaves today.
        warehouse::send(&world.sandbox, &world.retailer, i64::MAX);
        if is_quiet(world, &summary)
            && proof::is_complete(world).await?
            && goods::gather(world).await?.is_settled()
        {
            return Ok(Ended::Quiet);
        }
        if closed.elapsed() > PATIENCE {
            return Ok(Ended::Busy);
        }
        tokio::time::sleep(TICK).await;
    }
}

/// Whether everything that the tills have is in the book, and everything in the book that can go
/// on by itself has arrived.
fn is_quiet(world: &World, summary: &Summary) -> bool {
    let on_its_way =
        [EntryState::Ready, EntryState::Posting, EntryState::InDoubt, EntryState::Posted];
    let sitoo = &world.sandbox.sitoo;
    sitoo.events_waiting() == 0
        && summary.watermark.is_some_and(|id| id >= sitoo.last_orderid())
        && on_its_way.iter().all(|state| summary.count(*state) == 0)
        && summary.pauses.is_empty()
        && !summary.exceptions.iter().any(is_alert)
}

/// Alerts about a whole system close by themselves, once it has answered again.
fn is_alert(line: &ExceptionLine) -> bool {
    line.cause.parse().is_ok_and(|cause: Cause| cause.entry().scope == Scope::System)
}

fn fail_if_ended(world: &World) -> Result<(), Failure> {
    if world.has_ended() {
        let hint = "please report it, with what was said above";
        return Err(Failure::new("demo-engine", "Daybook ended in the middle of the day", hint));
    }
    Ok(())
}

/// A time of day where the shops are.
pub(super) fn time_of_day(at: Timestamp) -> String {
    let zone = jiff::tz::TimeZone::get(super::world::ZONE).unwrap_or(jiff::tz::TimeZone::UTC);
    at.to_jiff().to_zoned_datetime(zone).strftime("%H:%M").to_string()
}
