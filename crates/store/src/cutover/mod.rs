//! From another integration to Daybook, and back: who posts, what the other one posted, what was
//! looked for, and what is watched.

mod elsewhere;
mod report;
mod watch;

use std::str::FromStr as _;

use daybook_domain::{
    Timestamp,
    cutover::{Cutover, Flow, Mode, stock::Compared},
};
use sqlx::QueryBuilder;

pub use self::{
    elsewhere::{ElsewhereRow, NewElsewhere, adopt, of_documents, of_entries},
    report::{
        Counts, FoundCells, OursRow, SoughtRow, asked, begin_to_seek, counts, first_open, looked,
        looked_at, lowest, ours_since, sought, still_open, theirs_after, unsettled,
    },
    watch::{WatchRow, due as watch_due, forget, put_off, watch},
};
use crate::{
    Source, StoreError, StoreResult, Tx,
    engine::{Cells, FromCells, one},
    supply::{from_json, to_json},
};

/// Every statement of this folder, by name.
pub(crate) const ALL_STATEMENTS: &[&[(&str, &str)]] =
    &[STATEMENTS, elsewhere::STATEMENTS, report::STATEMENTS, watch::STATEMENTS];

sql! {
    STATE = "SELECT mode, since, first_order_id, point, also FROM cutover WHERE id = 1";
    SET = "UPDATE cutover SET mode = $1, since = $2, first_order_id = $3, point = $4, also = $5 \
           WHERE id = 1";
    STOCK = "SELECT at, summary FROM cutover_stock WHERE id = 1";
    SET_STOCK = "INSERT INTO cutover_stock (id, at, summary) VALUES (1, $1, $2) \
                 ON CONFLICT (id) DO UPDATE SET at = excluded.at, summary = excluded.summary";
}

/// That Daybook may post, said by [`gate`] in the transaction that writes the intent. Nothing else
/// makes one, and no intent to write into OrderWise is written without it.
#[derive(Debug, Clone, Copy)]
pub struct Leave(());

struct Row(Cutover);

impl FromCells for Row {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let also = row.text("also")?;
        let flows = also.split(' ').filter(|word| !word.is_empty());
        Ok(Self(Cutover {
            mode: row.word::<Mode>("mode")?,
            since: row.time("since")?,
            first_order_id: row.opt_int("first_order_id")?,
            point: row.opt_int("point")?,
            also: flows
                .map(|word| Flow::from_str(word).map_err(StoreError::unreadable))
                .collect::<StoreResult<_>>()?,
        }))
    }
}

/// How the cut-over stands.
pub async fn state(source: impl Into<Source<'_>>) -> StoreResult<Cutover> {
    let mut conn = source.into().open().await?;
    let row: Option<Row> = on!(conn, c => {
        one(sqlx::query(STATE).fetch_optional(c).await?.as_ref())?
    });
    row.map(|row| row.0).ok_or_else(headless)
}

/// How it stands until this transaction has ended: a switch waits for it, and it for a switch. With
/// it the leave to post, where Daybook may.
pub async fn gate(tx: &mut Tx) -> StoreResult<(Cutover, Option<Leave>)> {
    let lock = tx.for_share();
    let row: Option<Row> = on!(tx, c => {
        let mut query = QueryBuilder::<Sql>::new(STATE);
        one(query.push(lock).build().fetch_optional(c).await?.as_ref())?
    });
    let cutover = row.map(|row| row.0).ok_or_else(headless)?;
    let leave = cutover.mode.posts().then_some(Leave(()));
    Ok((cutover, leave))
}

fn headless() -> StoreError {
    StoreError::unreadable("the row that says who posts is missing")
}

/// How it stands, for whoever is about to change it: two do so one after the other.
pub async fn for_update(tx: &mut Tx) -> StoreResult<Cutover> {
    let lock = tx.for_update();
    let row: Option<Row> = on!(tx, c => {
        let mut query = QueryBuilder::<Sql>::new(STATE);
        one(query.push(lock).build().fetch_optional(c).await?.as_ref())?
    });
    row.map(|row| row.0).ok_or_else(headless)
}

/// Changes how it stands.
pub async fn set(tx: &mut Tx, new: &Cutover) -> StoreResult<()> {
    let also: Vec<&str> = new.also.iter().map(|flow| flow.word()).collect();
    on!(tx, c => {
        let query = sqlx::query(SET).bind(new.mode.word()).bind(new.since.micros());
        let query = query.bind(new.first_order_id).bind(new.point).bind(also.join(" "));
        query.execute(c).await?;
    });
    Ok(())
}

/// Keeps the summary of a comparison of stock in the place of the one before.
pub async fn set_stock(tx: &mut Tx, now: Timestamp, summary: &Compared) -> StoreResult<()> {
    let summary = to_json(summary)?;
    on!(tx, c => {
        sqlx::query(SET_STOCK).bind(now.micros()).bind(summary).execute(c).await?;
    });
    Ok(())
}

struct StockRow(Timestamp, String);

impl FromCells for StockRow {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self(row.time("at")?, row.text("summary")?))
    }
}

/// The latest comparison of stock, without its rows.
pub async fn stock(source: impl Into<Source<'_>>) -> StoreResult<Option<(Timestamp, Compared)>> {
    let mut conn = source.into().open().await?;
    let row: Option<StockRow> = on!(conn, c => {
        one(sqlx::query(STOCK).fetch_optional(c).await?.as_ref())?
    });
    row.map(|StockRow(at, summary)| Ok((at, from_json(&summary)?))).transpose()
}
