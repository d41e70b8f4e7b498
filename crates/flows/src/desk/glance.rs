//! One picture of today for everybody who looks: fifty people cost the book as much as one.

use std::{sync::Arc, time::Duration};

use daybook_domain::Timestamp;
use tokio::sync::Mutex;

use super::today::{self, Today, Usual};
use crate::{app::App, error::FlowError, status::Summary};

/// A picture is not made again sooner than this.
const FRESH: Duration = Duration::from_secs(1);
/// Making it takes at most this share of the time: a large book is looked at less often.
const SHARE: u32 = 20;
/// What is usual for this day of the week changes slowly.
const USUAL_FOR: Duration = Duration::from_hours(1);

#[derive(Debug, Default)]
pub(crate) struct Glance {
    made: Mutex<Option<Made>>,
    usual: Mutex<Option<(Timestamp, Arc<Usual>)>>,
}

#[derive(Debug)]
struct Made {
    until: Timestamp,
    today: Arc<Today>,
    summary: Arc<Summary>,
}

/// How things stand, as of a moment ago at most; `Today::at` says when.
pub async fn today(app: &App) -> Result<Arc<Today>, FlowError> {
    Ok(made(app).await?.0)
}

/// The figures behind the same picture.
pub(super) async fn summary(app: &App) -> Result<Arc<Summary>, FlowError> {
    Ok(made(app).await?.1)
}

async fn made(app: &App) -> Result<(Arc<Today>, Arc<Summary>), FlowError> {
    let mut made = app.glance.made.lock().await;
    let began = app.now();
    if let Some(made) = made.as_ref().filter(|made| began < made.until && began >= made.today.at) {
        return Ok((Arc::clone(&made.today), Arc::clone(&made.summary)));
    }
    let usual = usual(app).await?;
    let (today, summary) = today::read(app, &usual).await?;
    let (today, summary) = (Arc::new(today), Arc::new(summary));
    let took = app.now().since(began);
    let until = app.now().plus(FRESH.max(took * SHARE));
    let told = (Arc::clone(&today), Arc::clone(&summary));
    *made = Some(Made { until, today, summary });
    Ok(told)
}

async fn usual(app: &App) -> Result<Arc<Usual>, FlowError> {
    let mut kept = app.glance.usual.lock().await;
    let now = app.now();
    let day = today::start_of_day(app, now).await?;
    let fits = |(at, usual): &&(Timestamp, Arc<Usual>)| {
        usual.day == day && now >= *at && now.since(*at) < USUAL_FOR
    };
    if let Some((_, usual)) = kept.as_ref().filter(fits) {
        return Ok(Arc::clone(usual));
    }
    let usual = Arc::new(today::usual(app, day).await?);
    *kept = Some((now, Arc::clone(&usual)));
    Ok(usual)
}
