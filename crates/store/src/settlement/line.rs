//! Lines of settlement reports.

use std::collections::HashMap;

use daybook_domain::settlement::SettlementLine;
use serde::Serialize;
use sqlx::QueryBuilder;

use super::matched;
use super::{from_json, opt_word, to_json};
use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, one, padded, pieces},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT number, file, row_number, provider, account, payout, kind, gross, fee, net, \
             currency, net_currency, refs, happened_at, day, payout_day, store, own_id, \
             match_number FROM settlement_line ",
            $rest
        )
    };
}

sql! {
    GET = select!("WHERE number = $1");
    OPEN = select!("WHERE provider = $1 AND match_number IS NULL \
                    AND kind IN ('payment', 'refund') ORDER BY day, number");
    OPEN_PAGE = select!("WHERE provider = $1 AND match_number IS NULL \
                         AND kind IN ('payment', 'refund') ORDER BY day, number LIMIT $2");
    /// What only a suggestion holds; with 1, also what a rule has confirmed.
    HELD = select!("WHERE provider = $1 AND match_number IN (SELECT number FROM money_match WHERE subject = 'payments' AND (state = 'suggested' \
                    OR $2 = 1 AND state = 'confirmed' AND decided_by = 'daybook')) \
                    ORDER BY day, number");
    DISPUTES = select!("WHERE kind IN ('chargeback', 'chargeback-reversed') ORDER BY number");
    OF_PAYOUT = select!("WHERE provider = $1 AND payout = $2 ORDER BY number");
    OF_MATCH = select!("WHERE match_number = $1 ORDER BY number");
    ATTACH = "UPDATE settlement_line SET match_number = $2 WHERE number = $1 \
              AND match_number IS NULL";
    DETACH = "UPDATE settlement_line SET match_number = NULL WHERE match_number = $1";
}

const KNOWN: &str = "SELECT key, content FROM settlement_line WHERE key IN (";
const INSERT: &str = "INSERT INTO settlement_line (key, content, file, row_number, provider, \
    account, payout, kind, gross, fee, net, currency, net_currency, refs, happened_at, day, \
    payout_day, store, own_id) ";

/// A line that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLine {
    /// By which it is known again.
    pub key: String,
    /// Name of everything that it says.
    pub content: String,
    /// Its row in the file.
    pub row: i64,
    /// What it says.
    pub line: SettlementLine,
}

/// A line as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredLine {
    /// `L-12`.
    pub number: i64,
    /// The file that brought it.
    pub file: String,
    /// Its row there.
    pub row: i64,
    /// What it says.
    #[serde(flatten)]
    pub line: SettlementLine,
    /// The match that it belongs to.
    pub match_number: Option<i64>,
}

impl FromCells for StoredLine {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let line = SettlementLine {
            provider: row.text("provider")?,
            account: row.text("account")?,
            payout: row.text("payout")?,
            kind: row.word("kind")?,
            gross: row.money("gross")?,
            fee: row.money("fee")?,
            net: row.money("net")?,
            currency: row.text("currency")?,
            net_currency: row.text("net_currency")?,
            references: from_json(&row.text("refs")?)?,
            happened_at: row.opt_time("happened_at")?,
            day: row.word("day")?,
            payout_day: opt_word(row, "payout_day")?,
            store: row.opt_text("store")?,
            id: row.opt_text("own_id")?,
        };
        Ok(Self {
            number: row.int("number")?,
            file: row.text("file")?,
            row: row.int("row_number")?,
            line,
            match_number: row.opt_int("match_number")?,
        })
    }
}

/// What is known under these keys: key → name of its content.
pub async fn known(
    source: impl Into<Source<'_>>,
    keys: &[&str],
) -> StoreResult<HashMap<String, String>> {
    let mut conn = source.into().open().await?;
    let mut found = HashMap::new();
    for keys in keys.chunks(256) {
        on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(KNOWN);
            let mut list = query.separated(", ");
            for key in padded(keys) {
                list.push_bind(key.to_owned());
            }
            for row in query.push(")").build().fetch_all(c).await? {
                found.insert(row.text("key")?, row.text("content")?);
            }
        });
    }
    Ok(found)
}

/// Writes lines that are not known yet.
pub async fn insert(tx: &mut Tx, file: &str, lines: &[NewLine]) -> StoreResult<()> {
    let refs: Vec<String> =
        lines.iter().map(|new| to_json(&new.line.references)).collect::<StoreResult<_>>()?;
    for piece in pieces(lines.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(INSERT);
            let piece = lines[piece.clone()].iter().zip(&refs[piece]);
            query.push_values(piece, |mut row, (new, refs)| {
                let line = &new.line;
                row.push_bind(new.key.as_str()).push_bind(new.content.as_str());
                row.push_bind(file.to_owned()).push_bind(new.row);
                row.push_bind(line.provider.as_str()).push_bind(line.account.as_str());
                row.push_bind(line.payout.as_str()).push_bind(line.kind.word());
                row.push_bind(line.gross.pence()).push_bind(line.fee.pence());
                row.push_bind(line.net.pence()).push_bind(line.currency.as_str());
                row.push_bind(line.net_currency.as_str()).push_bind(refs.as_str());
                row.push_bind(line.happened_at.map(daybook_domain::Timestamp::micros));
                row.push_bind(line.day.to_string());
                row.push_bind(line.payout_day.map(|day| day.to_string()));
                row.push_bind(line.store.as_deref()).push_bind(line.id.as_deref());
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

/// One line.
pub async fn get(source: impl Into<Source<'_>>, number: i64) -> StoreResult<Option<StoredLine>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => one(sqlx::query(GET).bind(number).fetch_optional(c).await?.as_ref()))
}

/// What rules may match: payments and refunds that no match holds, and what only a suggestion
/// holds; with `redo`, also what a rule has confirmed.
pub async fn free(
    source: impl Into<Source<'_>>,
    provider: &str,
    redo: bool,
) -> StoreResult<Vec<StoredLine>> {
    matched::free(source.into(), (OPEN, HELD), Some(provider), redo).await
}

/// The oldest payments and refunds that no match holds.
pub async fn oldest_open(
    source: impl Into<Source<'_>>,
    provider: &str,
    limit: usize,
) -> StoreResult<Vec<StoredLine>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        let query = sqlx::query(OPEN_PAGE).bind(provider).bind(engine::limit(limit));
        all(&query.fetch_all(c).await?)
    })
}

/// Chargebacks, and those that were won.
pub async fn disputes(source: impl Into<Source<'_>>) -> StoreResult<Vec<StoredLine>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(DISPUTES).fetch_all(c).await?))
}

/// The lines of a payout.
pub async fn of_payout(
    source: impl Into<Source<'_>>,
    provider: &str,
    payout: &str,
) -> StoreResult<Vec<StoredLine>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => {
        all(&sqlx::query(OF_PAYOUT).bind(provider).bind(payout).fetch_all(c).await?)
    })
}

/// The lines of a match.
pub async fn of_match(source: impl Into<Source<'_>>, number: i64) -> StoreResult<Vec<StoredLine>> {
    matched::of_match(source.into(), OF_MATCH, number).await
}

/// Makes a line part of a match; false if another one has it.
pub async fn attach(tx: &mut Tx, line: i64, number: i64) -> StoreResult<bool> {
    matched::attach(tx, ATTACH, line, number).await
}

/// Frees the lines of a match.
pub async fn detach(tx: &mut Tx, number: i64) -> StoreResult<()> {
    matched::detach(tx, DETACH, number).await
}
