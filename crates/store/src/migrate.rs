//! Bringing the book up to date. Both folders hold the same numbers and names; a test compares
//! what they lead to.

use sqlx::{
    PgPool, SqlSafeStr, SqlitePool,
    migrate::{Migration, MigrationType, Migrator},
};

use crate::StoreResult;

/// Whether a book was ever brought up to date; the name is SQLx's.
const HAS_VERSION: &str =
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
const VERSION: &str = "SELECT max(version) FROM _sqlx_migrations WHERE success";

/// Lists the migrations once for both engines. Append only: what a book has run never changes.
macro_rules! migrations {
    ($($version:literal $name:literal)+) => {
        const SQLITE: &[(i64, &str, &str)] = &[$((
            $version,
            $name,
            include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
        )),+];
        const POSTGRES: &[(i64, &str, &str)] = &[$((
            $version,
            $name,
            include_str!(concat!("../migrations/postgres/", $name, ".sql")),
        )),+];
    };
}

migrations! {
    1 "0001_entries"
    2 "0002_input"
    3 "0003_people"
    4 "0004_engine"
    5 "0005_catalogue"
    6 "0006_stock"
    7 "0007_despatch"
    8 "0008_stray"
    9 "0009_products"
    10 "0010_reconcile"
    11 "0011_settlement"
    12 "0012_period"
    13 "0013_fix"
    14 "0014_months"
    15 "0015_sent_and_sums"
    16 "0016_marks"
    17 "0017_access"
    18 "0018_family_marks"
    19 "0019_desk"
    20 "0020_alerts"
    21 "0021_sso"
    22 "0022_audit"
    23 "0023_correction"
    24 "0024_manual"
    25 "0025_cutover"
    26 "0026_exception_currency"
    27 "0027_stock_unexplained"
    28 "0028_entry_time_zone"
    29 "0029_match_currency"
    30 "0030_sought_asked"
}

fn migrator(list: &'static [(i64, &'static str, &'static str)]) -> Migrator {
    let migration = |&(version, name, text): &(i64, &'static str, &'static str)| {
        Migration::new(version, name.into(), MigrationType::Simple, text.into_sql_str(), false)
    };
    Migrator::with_migrations(list.iter().map(migration).collect())
}

/// The version of a book that an older Daybook left; none for a new book, and for one that is up
/// to date.
pub(crate) async fn outdated(pool: &SqlitePool) -> StoreResult<Option<i64>> {
    if sqlx::query(HAS_VERSION).fetch_optional(pool).await?.is_none() {
        return Ok(None);
    }
    let version: Option<i64> = sqlx::query_scalar(VERSION).fetch_one(pool).await?;
    let newest = SQLITE.last().map(|(version, _, _)| *version);
    Ok(version.filter(|version| Some(*version) < newest))
}

pub(crate) async fn sqlite(pool: &SqlitePool) -> StoreResult<()> {
    Ok(migrator(SQLITE).run(pool).await?)
}

pub(crate) async fn postgres(pool: &PgPool) -> StoreResult<()> {
    Ok(migrator(POSTGRES).run(pool).await?)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    #[test]
    fn both_folders_hold_exactly_the_listed_migrations() {
        let listed: BTreeSet<String> =
            super::SQLITE.iter().map(|(_, name, _)| format!("{name}.sql")).collect();
        for engine in ["sqlite", "postgres"] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
            let found: BTreeSet<String> = fs::read_dir(folder)
                .unwrap()
                .map(|file| file.unwrap().file_name().into_string().unwrap())
                .collect();
            assert_eq!(found, listed, "{engine}");
        }
        for (version, name, _) in super::SQLITE {
            assert!(name.starts_with(&format!("{version:04}_")), "{name}");
        }
    }
}
