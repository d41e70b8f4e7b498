//! The book: whether it answers, can be written, and has room.

use daybook_store::{StoreResult, mapping};

use super::{CheckLine, Stops};
use crate::app::App;

pub(super) async fn look(app: &App) -> Vec<CheckLine> {
    let name = app.db.engine_name();
    if let Err(error) = app.db.ping().await {
        let hint = error.hint().unwrap_or_else(|| "correct book.url".to_owned());
        let line = CheckLine::failed("book", "reachable", error.to_string(), hint);
        return vec![line.stopping(&Stops::FLOWS)];
    }
    let mut lines = vec![CheckLine::ok("book", "reachable", name)];
    lines.push(match try_write(app).await {
        Ok(()) => CheckLine::ok("book", "writable", "a change was made and taken back"),
        Err(error) => {
            let hint = error.hint().unwrap_or_else(|| {
                "Daybook's user must own the book, its folder included; on PostgreSQL it must own \
                 the tables"
                    .to_owned()
            });
            CheckLine::failed("book", "writable", error.to_string(), hint).stopping(&Stops::FLOWS)
        }
    });
    lines.extend(room(app));
    lines
}

/// Writes, and forgets what it wrote.
async fn try_write(app: &App) -> StoreResult<()> {
    let mut tx = app.db.begin().await?;
    mapping::take_turn(&mut tx, app.now()).await
}

/// Room on the disk of a book that is a file.
fn room(app: &App) -> Option<CheckLine> {
    let (left, all) = app.db.disk().filter(|(_, all)| *all > 0)?;
    let percent = u128::from(left) * 100 / u128::from(all);
    let detail = format!("{percent} % of the disk is free, {} MiB", left >> 20);
    let least = app.settings.alerts.limits.disk_free_percent;
    if percent >= u128::from(least) {
        return Some(CheckLine::ok("book", "disk", detail));
    }
    let hint = format!(
        "make room, or move the book: below {least} % it warns, and when the disk is full nothing is \
         answered or sent"
    );
    Some(CheckLine::warning("book", "disk", detail, hint))
}
