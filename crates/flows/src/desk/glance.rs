//! One picture for everybody who looks: fifty people cost the book as much as one.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use daybook_domain::Timestamp;
use tokio::sync::Mutex as Turn;

use super::{
    health::{self, Machine},
    today::{self, Today, Usual},
};
use crate::{app::App, error::FlowError, status::Summary};

/// A picture is not made again sooner than this.
const FRESH: Duration = Duration::from_secs(1);
/// While somebody makes the next one, one of this age is still shown.
const SHOWN: Duration = Duration::from_secs(5);
/// Making it takes at most this share of the time: a large book is looked at less often.
const SHARE: u32 = 20;
/// What is usual for this day of the week changes slowly.
const USUAL_FOR: Duration = Duration::from_hours(1);

#[derive(Debug, Default)]
pub(crate) struct Glance {
    picture: Shared<Picture>,
    machine: Shared<Machine>,
    usual: Turn<Option<(Timestamp, Arc<Usual>)>>,
}

/// Today, and the figures behind it.
#[derive(Debug)]
struct Picture {
    today: Arc<Today>,
    summary: Summary,
    fingerprint: u64,
}

/// How things stand, as of a moment ago at most; `Today::at` says when.
pub async fn today(app: &App) -> Result<Arc<Today>, FlowError> {
    Ok(Arc::clone(&picture(app).await?.today))
}

/// Changes whenever anything in the picture of today has moved.
pub async fn fingerprint(app: &App) -> Result<u64, FlowError> {
    Ok(picture(app).await?.fingerprint)
}

/// The figures behind the same picture.
pub(super) async fn summary(app: &App) -> Result<Summary, FlowError> {
    Ok(picture(app).await?.summary.clone())
}

/// What the machine room shows beside it.
pub(super) async fn machine(app: &App) -> Result<Arc<Machine>, FlowError> {
    app.glance.machine.get(app, || health::machine(app)).await
}

async fn picture(app: &App) -> Result<Arc<Picture>, FlowError> {
    let make = || async {
        let usual = usual(app).await?;
        let (today, summary) = today::read(app, &usual).await?;
        let fingerprint = today.fingerprint();
        Ok(Picture { today: Arc::new(today), summary, fingerprint })
    };
    app.glance.picture.get(app, make).await
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

/// Something that one makes and all look at.
#[derive(Debug)]
struct Shared<T> {
    kept: Mutex<Option<Kept<T>>>,
    /// Whose turn it is to make the next one.
    turn: Turn<()>,
}

#[derive(Debug)]
struct Kept<T> {
    at: Timestamp,
    /// So long it is fresh.
    until: Timestamp,
    what: Arc<T>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self { kept: Mutex::new(None), turn: Turn::new(()) }
    }
}

impl<T> Shared<T> {
    async fn get<F: Future<Output = Result<T, FlowError>>>(
        &self,
        app: &App,
        make: impl FnOnce() -> F,
    ) -> Result<Arc<T>, FlowError> {
        if let Some(fresh) = self.kept(app.now(), |kept| kept.until) {
            return Ok(fresh);
        }
        let turn = if let Ok(turn) = self.turn.try_lock() {
            turn
        } else {
            // Somebody is at it. Only where there is nothing to show until then is it waited for.
            if let Some(shown) = self.kept(app.now(), |kept| kept.at.plus(SHOWN)) {
                return Ok(shown);
            }
            self.turn.lock().await
        };
        let began = app.now();
        if let Some(fresh) = self.kept(began, |kept| kept.until) {
            return Ok(fresh);
        }
        let what = Arc::new(make().await?);
        let ended = app.now();
        let until = ended.plus(FRESH.max(ended.since(began) * SHARE));
        let next = Kept { at: began, until, what: Arc::clone(&what) };
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(next);
        drop(turn);
        Ok(what)
    }

    /// What there is, if it may be shown until after `now`.
    fn kept(&self, now: Timestamp, until: impl Fn(&Kept<T>) -> Timestamp) -> Option<Arc<T>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.as_ref().filter(|kept| now >= kept.at && now < until(kept))?;
        Some(Arc::clone(&kept.what))
    }
}
