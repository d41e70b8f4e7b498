//! What the manual keeps: who is responsible for each workflow, and what people ticked off.

use daybook_domain::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all},
};

sql! {
    RESPONSIBLE = "SELECT workflow, name, deputy, at, actor FROM responsible ORDER BY workflow";
    SET_RESPONSIBLE = "INSERT INTO responsible (workflow, name, deputy, at, actor) \
                       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (workflow) DO UPDATE SET \
                       name = excluded.name, deputy = excluded.deputy, at = excluded.at, \
                       actor = excluded.actor";
    /// Who ticked first stays on record.
    TICK = "INSERT INTO tick (period, line, at, actor, remark) VALUES ($1, $2, $3, $4, $5) \
            ON CONFLICT (period, line) DO NOTHING";
    UNTICK = "DELETE FROM tick WHERE period = $1 AND line = $2";
    TICKS = "SELECT period, line, at, actor, remark FROM tick WHERE period = $1 ORDER BY line";
    LATEST = "SELECT period, line, at, actor, remark FROM tick \
              ORDER BY at DESC, period, line LIMIT $1";
}

/// Who is responsible for a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Responsible {
    /// Its stable code.
    pub workflow: String,
    /// Who; empty when nobody is any more.
    pub name: String,
    /// Who stands in; may be empty.
    pub deputy: String,
    /// Since when it says so.
    pub at: Timestamp,
    /// Who said so.
    pub actor: String,
}

impl FromCells for Responsible {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            workflow: row.text("workflow")?,
            name: row.text("name")?,
            deputy: row.text("deputy")?,
            at: row.time("at")?,
            actor: row.text("actor")?,
        })
    }
}

/// A line of a routine that a person ticked off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "RoutineTick")]
pub struct Tick {
    /// The day, week or month.
    pub period: String,
    /// The line's stable code.
    pub line: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What they remarked; may be empty.
    pub remark: String,
}

impl FromCells for Tick {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            period: row.text("period")?,
            line: row.text("line")?,
            at: row.time("at")?,
            actor: row.text("actor")?,
            remark: row.text("remark")?,
        })
    }
}

/// Who is responsible, by workflow.
pub async fn responsible(source: impl Into<Source<'_>>) -> StoreResult<Vec<Responsible>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(RESPONSIBLE).fetch_all(c).await?))
}

/// Writes down who is.
pub async fn set_responsible(tx: &mut Tx, new: &Responsible) -> StoreResult<()> {
    on!(tx, c => {
        let query = sqlx::query(SET_RESPONSIBLE).bind(&new.workflow).bind(&new.name);
        query.bind(&new.deputy).bind(new.at.micros()).bind(&new.actor).execute(c).await?;
    });
    Ok(())
}

/// Ticks a line off; false when somebody has before.
pub async fn tick(tx: &mut Tx, new: &Tick) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(TICK).bind(&new.period).bind(&new.line).bind(new.at.micros());
        query.bind(&new.actor).bind(&new.remark).execute(c).await?.rows_affected() > 0
    }))
}

/// Takes a tick back; false when there is none.
pub async fn untick(tx: &mut Tx, period: &str, line: &str) -> StoreResult<bool> {
    Ok(on!(tx, c => {
        let query = sqlx::query(UNTICK).bind(period).bind(line);
        query.execute(c).await?.rows_affected() > 0
    }))
}

/// What was ticked off in a period, by line.
pub async fn ticks(source: impl Into<Source<'_>>, period: &str) -> StoreResult<Vec<Tick>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(TICKS).bind(period).fetch_all(c).await?))
}

/// The latest ticks of all periods, the newest first.
pub async fn latest(source: impl Into<Source<'_>>, limit: usize) -> StoreResult<Vec<Tick>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(LATEST).bind(engine::limit(limit)).fetch_all(c).await?))
}
