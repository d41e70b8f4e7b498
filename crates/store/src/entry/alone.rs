//! Returns of one sale are decided on one after the other.

use crate::{StoreResult, Tx, tx::Inner};

/// Held until the transaction ends. Not the sale's row: whoever posts the sale holds that, and two
/// that wait for each other's rows would end in a deadlock. These are taken before everything else
/// that a decision needs, and in the order of their ids.
const HOLD: &str = "SELECT pg_advisory_xact_lock($1)";

/// Waits until nobody else decides on returns of these sales; from then on what others decided is
/// visible. SQLite's writer is alone already.
pub async fn decide_alone_on(tx: &mut Tx, sales: &[i64]) -> StoreResult<()> {
    let Inner::Postgres(conn) = tx.inner_mut() else { return Ok(()) };
    let mut sales = sales.to_vec();
    sales.sort_unstable();
    sales.dedup();
    for sale in sales {
        sqlx::query(HOLD).bind(sale).execute(&mut **conn).await?;
    }
    Ok(())
}
