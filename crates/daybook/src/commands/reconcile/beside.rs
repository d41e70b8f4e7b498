//! The day close is done by whoever is at work on the book: this process, or the `daybook serve` that
//! holds it, which is then asked by way of the book.

use std::{sync::Arc, time::Duration};

use daybook_flows::{
    App,
    reconcile::asked::{self, Answer, Wanted},
};

use crate::{config::Need, context::Context, failure::Failure, initial, stop};

/// Pause between two looks for an answer.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Looks after which it is said once more that an answer is waited for.
const SAY_EVERY: u32 = 30;

/// Opens the book for work, and stops cleanly at a signal.
pub(super) async fn app(context: &Context) -> Result<Arc<App>, Failure> {
    let app = context.app(Need::Systems).await?;
    let stopped = stop::on_signal(context.printer)?;
    let stop_app = app.stop.clone();
    tokio::spawn(async move {
        stopped.cancelled().await;
        stop_app.cancel();
    });
    Ok(app)
}

/// Does what is wanted, or has it done.
pub(super) async fn answer(
    context: &Context,
    app: &Arc<App>,
    wanted: &Wanted,
) -> Result<Answer, Failure> {
    let mut asked: Option<String> = None;
    for looks in 0_u32.. {
        if let Some(answer) = here(context, app, wanted, asked.is_some()).await? {
            return told(answer);
        }
        if asked.is_none() {
            asked = Some(asked::ask(app, wanted).await?);
            context.printer.talk(
                "another process is at work on this book (`daybook serve`): it is asked to do it",
            );
        }
        let id = asked.as_deref().unwrap_or_default();
        let (begun, answer) = asked::answered(app, id).await?;
        if let Some(answer) = answer {
            return told(answer);
        }
        if looks % SAY_EVERY == SAY_EVERY - 1 {
            context.printer.talk(if begun {
                "it is at it …"
            } else {
                "it has not begun yet …"
            });
        }
        if app.stop.is_cancelled() {
            break;
        }
        context.clock.sleep(LOOK_EVERY).await;
    }
    let hint = "what was asked is still done; see `daybook reconcile show`";
    Err(Failure::new("stopped", "stopped before there was an answer", hint))
}

/// Does it in this process, where no other one is at work. What was asked before is answered in the
/// book, so that it is done once.
async fn here(
    context: &Context,
    app: &Arc<App>,
    wanted: &Wanted,
    was_asked: bool,
) -> Result<Option<Answer>, Failure> {
    let _alone = match app.db.worker_lock() {
        Ok(lock) => lock,
        Err(error) if error.code() == "store-in-use" => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    initial::apply(context, app).await?;
    let work = async {
        if was_asked {
            asked::pass(app).await?;
            return Ok(None);
        }
        asked::answer(app, wanted).await.map(Some)
    };
    Ok(Box::pin(asked::alone(app, work)).await?.flatten())
}

fn told(answer: Answer) -> Result<Answer, Failure> {
    match answer {
        Answer::Failed { code, message, hint } => {
            Err(Failure { code, message, hint, wrong_use: false })
        }
        answer => Ok(answer),
    }
}
