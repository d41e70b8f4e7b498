//! What stands still behind a paused store: the exception is about the store, the money is in the
//! entries that are not tried until it works again.

use std::collections::HashMap;

use daybook_domain::{causes::Scope, sums::Sums};

use super::Group;
use crate::{Source, StoreResult, engine::Cells, tx::Conn};

sql! {
    PAUSED_STORES = "SELECT scope FROM pause WHERE scope LIKE 'store:%'";
    /// Both conditions, so that the index of unfinished entries serves it.
    BEHIND = "SELECT warehouse_id, CAST(count(*) AS BIGINT) AS entries, \
              CAST(sum(abs(gross)) AS BIGINT) AS gross, currency \
              FROM entry WHERE state IN ('ready', 'posting', 'in-doubt') \
              AND state IN ('waiting', 'ready', 'posting', 'in-doubt', 'held', 'posted') \
              AND EXISTS (SELECT scope FROM pause \
              WHERE pause.scope = 'store:' || CAST(entry.warehouse_id AS TEXT)) \
              GROUP BY warehouse_id, currency";
}

/// What stands still behind a paused store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BehindStore {
    /// How many entries.
    pub entries: i64,
    /// Their gross without signs: what nobody has looked at yet may be in any currency.
    pub gross: Sums,
}

/// By store.
pub type Behind = HashMap<i64, BehindStore>;

/// What stands still behind paused stores.
pub async fn behind(source: impl Into<Source<'_>>) -> StoreResult<Behind> {
    of(&mut source.into().open().await?).await
}

pub(super) async fn of(conn: &mut Conn<'_>) -> StoreResult<Behind> {
    on!(conn, c => {
        if sqlx::query(PAUSED_STORES).fetch_optional(&mut *c).await?.is_none() {
            return Ok(Behind::new());
        }
        let rows = sqlx::query(BEHIND).fetch_all(&mut *c).await?;
        let mut behind = Behind::new();
        for row in &rows {
            let one = behind.entry(row.int("warehouse_id")?).or_default();
            one.entries += row.int("entries")?;
            one.gross.add(Some(&row.text("currency")?), row.money("gross")?);
        }
        Ok(behind)
    })
}

/// Tells each group about a paused store what stands still behind it; the most money first.
pub(super) fn add(groups: &mut [Group], behind: &Behind) {
    if behind.is_empty() {
        return;
    }
    for group in groups.iter_mut().filter(|group| group.cause.entry().scope == Scope::Store) {
        let store = group.subject.parse::<i64>().ok();
        if let Some(behind) = store.and_then(|store| behind.get(&store)) {
            group.behind = behind.entries;
            // One group tells one currency: that of most of it. The sums over all tell each.
            if let Some((currency, gross)) = behind.gross.most().filter(|_| group.money.is_zero()) {
                group.currency = Some(currency.to_owned());
                group.money = gross;
            }
        }
    }
    groups.sort_by_key(|group| (std::cmp::Reverse(group.money), std::cmp::Reverse(group.count)));
}
