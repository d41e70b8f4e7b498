//! Lines of the bank's statements.

use std::collections::HashSet;

use daybook_domain::settlement::{BankLine, Day};
use serde::Serialize;
use sqlx::QueryBuilder;

use super::matched;
use crate::{
    Source, StoreResult, Tx,
    engine::{self, Cells, FromCells, all, padded, pieces},
};

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT number, file, row_number, account, day, amount, currency, reference, words, \
             match_number FROM bank_line ",
            $rest
        )
    };
}

sql! {
    LAST_DAY = "SELECT max(day) AS day FROM bank_line";
    /// What only a suggestion holds; with 1, also what a rule has confirmed.
    HELD = select!("WHERE match_number IN (SELECT number FROM money_match WHERE subject = 'bank' AND (state = 'suggested' \
                    OR $1 = 1 AND state = 'confirmed' AND decided_by = 'daybook')) \
                    ORDER BY day, number");
    LATEST = select!("ORDER BY number DESC LIMIT $1");
    OPEN = select!("WHERE match_number IS NULL ORDER BY day, number");
    OF_MATCH = select!("WHERE match_number = $1 ORDER BY number");
    ATTACH = "UPDATE bank_line SET match_number = $2 WHERE number = $1 AND match_number IS NULL";
    DETACH = "UPDATE bank_line SET match_number = NULL WHERE match_number = $1";
}

const KNOWN: &str = "SELECT key FROM bank_line WHERE key IN (";
const INSERT: &str = "INSERT INTO bank_line (key, file, row_number, account, day, amount, \
    currency, reference, words) ";

/// A line that is to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBankLine {
    /// By which it is known again.
    pub key: String,
    /// Its row in the file.
    pub row: i64,
    /// What it says.
    pub line: BankLine,
}

/// A line as the book holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoredBankLine {
    /// `B-12`.
    pub number: i64,
    /// The file that brought it.
    pub file: String,
    /// Its row there.
    pub row: i64,
    /// What it says.
    #[serde(flatten)]
    pub line: BankLine,
    /// The match that it belongs to.
    pub match_number: Option<i64>,
}

impl FromCells for StoredBankLine {
    fn read(row: &impl Cells) -> StoreResult<Self> {
        let line = BankLine {
            account: row.text("account")?,
            day: row.word("day")?,
            amount: row.money("amount")?,
            currency: row.text("currency")?,
            reference: row.text("reference")?,
            words: row.text("words")?,
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

/// Which of these keys are known.
pub async fn known(source: impl Into<Source<'_>>, keys: &[&str]) -> StoreResult<HashSet<String>> {
    let mut conn = source.into().open().await?;
    let mut found = HashSet::new();
    for keys in keys.chunks(256) {
        on!(conn, c => {
            let mut query = QueryBuilder::<Sql>::new(KNOWN);
            let mut list = query.separated(", ");
            for key in padded(keys) {
                list.push_bind(key.to_owned());
            }
            for row in query.push(")").build().fetch_all(c).await? {
                found.insert(row.text("key")?);
            }
        });
    }
    Ok(found)
}

/// Writes lines that are not known yet.
pub async fn insert(tx: &mut Tx, file: &str, lines: &[NewBankLine]) -> StoreResult<()> {
    for piece in pieces(lines.len()) {
        on!(tx, c => {
            let mut query = QueryBuilder::<Sql>::new(INSERT);
            query.push_values(&lines[piece], |mut row, new| {
                let line = &new.line;
                row.push_bind(new.key.as_str()).push_bind(file.to_owned()).push_bind(new.row);
                row.push_bind(line.account.as_str()).push_bind(line.day.to_string());
                row.push_bind(line.amount.pence()).push_bind(line.currency.as_str());
                row.push_bind(line.reference.as_str()).push_bind(line.words.as_str());
            });
            query.build().execute(c).await?;
        });
    }
    Ok(())
}

/// The lines that were imported last.
pub async fn latest(
    source: impl Into<Source<'_>>,
    limit: usize,
) -> StoreResult<Vec<StoredBankLine>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => all(&sqlx::query(LATEST).bind(engine::limit(limit)).fetch_all(c).await?))
}

/// What rules may match: what no match holds, and what only a suggestion holds; with `redo`, also
/// what a rule has confirmed.
pub async fn free(source: impl Into<Source<'_>>, redo: bool) -> StoreResult<Vec<StoredBankLine>> {
    matched::free(source.into(), (OPEN, HELD), None, redo).await
}

/// The lines of a match.
pub async fn of_match(
    source: impl Into<Source<'_>>,
    number: i64,
) -> StoreResult<Vec<StoredBankLine>> {
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

/// How far the statements reach; none where there are none.
pub async fn last_day(source: impl Into<Source<'_>>) -> StoreResult<Option<Day>> {
    let mut conn = source.into().open().await?;
    on!(conn, c => super::opt_word(&sqlx::query(LAST_DAY).fetch_one(c).await?, "day"))
}
