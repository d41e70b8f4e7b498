//! Styles whose variants may be a family at the tills: which are to be looked at, what was sent and
//! not answered yet, and what keeps one from being a family.

use daybook_domain::{Timestamp, catalogue::Standing, causes::Cause};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::QueryBuilder;

use crate::{
    Source, StoreResult, Tx,
    by_keys::by_keys,
    engine::{self, Cells, FromCells, all, pieces},
};

sql! {
    DUE = "SELECT style, intent_at, tries, main, cause, detail, since, marks FROM catalogue_family \
           WHERE intent_at IS NULL AND due_at IS NOT NULL AND due_at <= $1 \
           ORDER BY due_at, style LIMIT $2";
    INTENDED = "SELECT style, intent_at, tries, main, cause, detail, since, marks FROM catalogue_family \
                WHERE intent_at IS NOT NULL ORDER BY style";
    TOLD = "SELECT style, intent_at, tries, main, cause, detail, since, marks FROM catalogue_family \
            WHERE cause IS NOT NULL AND style > $1 ORDER BY style LIMIT $2";
    GROUPS = "SELECT cause, CAST(count(*) AS BIGINT) AS styles, min(detail) AS example \
              FROM catalogue_family WHERE cause IS NOT NULL GROUP BY cause ORDER BY cause";
    COUNT = "SELECT CAST(count(main) AS BIGINT) AS known, CAST(count(due_at) AS BIGINT) AS due, \
             CAST(count(cause) AS BIGINT) AS faulty FROM catalogue_family";
    INTEND = "UPDATE catalogue_family SET intent_at = $2 WHERE style = $1";
    AGAIN = "UPDATE catalogue_family SET intent_at = NULL, tries = tries + 1, due_at = $2 \
             WHERE style = $1";
    POSTPONE = "UPDATE catalogue_family SET intent_at = NULL, due_at = $2 WHERE style = $1";
    /// What was asked for meanwhile stays due: it was decided without it.
    SETTLE = "UPDATE catalogue_family SET intent_at = NULL, tries = 0, main = $3, \
              due_at = CASE WHEN marks = $7 THEN CAST($2 AS BIGINT) \
              ELSE COALESCE(due_at, CAST($6 AS BIGINT)) END, \
              since = CASE WHEN CAST($4 AS TEXT) IS NULL THEN NULL WHEN cause = $4 THEN since \
              ELSE $6 END, \
              cause = $4, detail = $5 WHERE style = $1";
}

const QUEUE: &str = "INSERT INTO catalogue_family (style, due_at, tries) ";
const QUEUE_UP: &str = " ON CONFLICT (style) DO UPDATE SET marks = catalogue_family.marks + 1, \
    due_at = CASE WHEN catalogue_family.due_at < excluded.due_at THEN catalogue_family.due_at \
    ELSE excluded.due_at END";
const MEMBERS: &str = "SELECT v.product_code AS style, v.sku, i.standing, i.product_id \
    FROM variant AS v JOIN catalogue_item AS i ON i.sku = v.sku \
    WHERE i.product_id IS NOT NULL AND v.product_code IN ";

/// A style that is, or may become, a family.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FamilyItem {
    /// The style's code in OrderWise.
    pub style: String,
    /// Something was sent then, and its outcome is not known.
    pub intent_at: Option<Timestamp>,
    /// Doubts in a row.
    #[serde(skip)]
    pub tries: i64,
    /// `productid` of its main variant, where it is a family.
    #[serde(rename = "product_id")]
    pub main: Option<i64>,
    /// What keeps it, or one of its variants, from being a family.
    pub cause: Option<Cause>,
    /// The same in a sentence.
    pub detail: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// How often a look was asked for.
    #[serde(skip)]
    pub marks: i64,
}

impl FromCells for FamilyItem {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let cause = row.opt_text("cause")?.map(|code| code.parse::<Cause>());
        Ok(Self {
            style: row.text("style")?,
            intent_at: row.opt_time("intent_at")?,
            tries: row.int("tries")?,
            main: row.opt_int("main")?,
            cause: cause.transpose().map_err(crate::StoreError::unreadable)?,
            detail: row.opt_text("detail")?,
            since: row.opt_time("since")?,
            marks: row.int("marks")?,
        })
    }
}

/// A variant of a style that has a product in Sitoo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StyleMember {
    /// The style's code.
    pub style: String,
    /// The variant's SKU.
    pub sku: String,
    /// Its product.
    pub product_id: i64,
    /// Whether it is ready for the tills.
    pub published: bool,
}

impl FromCells for StyleMember {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let standing = row.opt_text("standing")?;
        Ok(Self {
            style: row.text("style")?,
            sku: row.text("sku")?,
            product_id: row.int("product_id")?,
            published: standing.as_deref() == Some(Standing::Published.word()),
        })
    }
}

/// Styles that the same thing keeps from being families.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyGroup {
    /// The cause.
    pub cause: Cause,
    /// How many styles.
    pub styles: i64,
    /// What is told of one of them.
    pub example: String,
}

impl FromCells for FamilyGroup {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        Ok(Self {
            cause: row.word("cause")?,
            styles: row.int("styles")?,
            example: row.text("example")?,
        })
    }
}

/// How many styles are where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FamilyCounts {
    /// Families that are at the tills.
    pub families: i64,
    /// Styles that are to be looked at.
    pub pending: i64,
    /// Styles that something keeps, whole or in part, from being a family.
    pub faulty: i64,
}

/// Asks for a look at the styles of these variants, by their exact SKUs.
pub async fn queue_of(tx: &mut Tx, due_at: Timestamp, skus: &[String]) -> StoreResult<()> {
    for piece in pieces(skus.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(QUEUE);
            query.push("SELECT DISTINCT product_code, CAST(").push_bind(due_at.micros());
            query.push(" AS BIGINT), 0 FROM variant WHERE product_code <> '' AND sku IN (");
            let mut list = query.separated(", ");
            for sku in &skus[piece] {
                list.push_bind(sku.as_str());
            }
            query.push(") ORDER BY product_code").push(QUEUE_UP).build().execute(c).await?;
        });
    }
    Ok(())
}

/// Asks for a look at styles.
pub async fn queue(tx: &mut Tx, due_at: Timestamp, styles: &[String]) -> StoreResult<()> {
    let styles: Vec<&String> = styles.iter().filter(|style| !style.is_empty()).collect();
    for piece in pieces(styles.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(QUEUE);
            query.push_values(&styles[piece], |mut row, style| {
                row.push_bind(style.as_str()).push_bind(due_at.micros()).push_bind(0_i64);
            });
            query.push(QUEUE_UP).build().execute(c).await?;
        });
    }
    Ok(())
}

/// Styles that are to be looked at, the oldest first.
pub async fn due(
    source: impl Into<Source<'_>>,
    now: Timestamp,
    limit: usize,
) -> StoreResult<Vec<FamilyItem>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(DUE).bind(now.micros()).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// Families that were sent and have no outcome.
pub async fn intended(source: impl Into<Source<'_>>) -> StoreResult<Vec<FamilyItem>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(INTENDED).fetch_all(c).await?))
}

/// Styles that something keeps from being families, after a style.
pub async fn faulty(
    source: impl Into<Source<'_>>,
    after: &str,
    limit: usize,
) -> StoreResult<Vec<FamilyItem>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(TOLD).bind(after).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// The same by cause.
pub async fn told(source: impl Into<Source<'_>>) -> StoreResult<Vec<FamilyGroup>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(GROUPS).fetch_all(c).await?))
}

/// How many styles are where.
pub async fn counts(source: impl Into<Source<'_>>) -> StoreResult<FamilyCounts> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let row = sqlx::query(COUNT).fetch_one(c).await?;
        let (families, pending) = (row.int("known")?, row.int("due")?);
        Ok(FamilyCounts { families, pending, faulty: row.int("faulty")? })
    })
}

/// The variants of styles that have products, in order of their SKUs within a piece.
pub async fn members(
    source: impl Into<Source<'_>>,
    styles: &[String],
) -> StoreResult<Vec<StyleMember>> {
    by_keys(source.into(), (MEMBERS, " ORDER BY v.product_code, v.sku"), styles).await
}

/// Notes, before the call, that this family is being sent.
pub async fn intend(tx: &mut Tx, now: Timestamp, style: &str) -> StoreResult<()> {
    mark(tx, INTEND, style, now).await
}

/// The outcome of what was sent is not to be had; the style is looked at again then.
pub async fn doubted(tx: &mut Tx, due_at: Timestamp, style: &str) -> StoreResult<()> {
    mark(tx, AGAIN, style, due_at).await
}

/// Looks at it again then; what was sent of it certainly came to nothing.
pub async fn postpone(tx: &mut Tx, due_at: Timestamp, style: &str) -> StoreResult<()> {
    mark(tx, POSTPONE, style, due_at).await
}

async fn mark(tx: &mut Tx, text: &'static str, style: &str, at: Timestamp) -> StoreResult<()> {
    on!(tx, c => {
        sqlx::query(text).bind(style).bind(at.micros()).execute(c).await?;
    });
    Ok(())
}

/// What became of a style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The style's code.
    pub style: String,
    /// Its main variant, where it is a family.
    pub main: Option<i64>,
    /// What keeps it, or one of its variants, from being a family.
    pub fault: Option<(Cause, String)>,
    /// When it is looked at again, though nothing changes.
    pub again_at: Option<Timestamp>,
    /// [`FamilyItem::marks`] when it was taken from the queue.
    pub marks: i64,
}

/// Takes styles out of the queue. A look that was asked for since they were taken is still due.
pub async fn settle(tx: &mut Tx, now: Timestamp, settled: &[Settled]) -> StoreResult<()> {
    for one in settled {
        let (cause, detail) = match &one.fault {
            Some((cause, detail)) => (Some(cause.code()), Some(detail.as_str())),
            None => (None, None),
        };
        on!(tx, c => {
            let query = sqlx::query(SETTLE).bind(one.style.as_str());
            let query = query.bind(one.again_at.map(Timestamp::micros)).bind(one.main);
            let query = query.bind(cause).bind(detail).bind(now.micros());
            query.bind(one.marks).execute(c).await?;
        });
    }
    Ok(())
}
