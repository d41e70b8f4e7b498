//! Rows of OrderWise's exports that cannot be read: each is told about whom it is about, and is over by
//! itself.

use std::collections::{BTreeMap, BTreeSet};

use daybook_connectors::orderwise::OddRow;
use daybook_domain::{Timestamp, causes::Cause};
use daybook_store::{
    Source, Tx,
    exception::{self, ExceptionFilter, ExceptionRow},
};

use crate::{error::FlowError, sales::evaluate::DAYBOOK};

/// What is wrong with them: the SQL, or a value in OrderWise.
pub(crate) const CAUSE: Cause = Cause::OrderwiseExportDefinition;
/// Exceptions read at a time.
const MANY: usize = 100_000;

/// Rows that could not be read: whom they are about, and what is wrong.
pub(crate) type Odd = BTreeMap<String, String>;

/// Names rows by whom they are about.
pub(crate) fn named<'r>(
    rows: impl IntoIterator<Item = &'r OddRow>,
    name: impl Fn(&OddRow) -> String,
) -> Odd {
    rows.into_iter().map(|row| (name(row), row.to_string())).collect()
}

/// What is open about such rows, in one scope or in all of them.
pub(crate) async fn open(
    source: impl Into<Source<'_>>,
    scope: Option<&str>,
) -> Result<Vec<ExceptionRow>, FlowError> {
    let filter = ExceptionFilter {
        cause: Some(CAUSE),
        scope: scope.map(str::to_owned),
        ..ExceptionFilter::default()
    };
    Ok(exception::list(source, &filter, MANY).await?)
}

/// Whom the open ones of a scope are about.
pub(crate) async fn open_names(
    source: impl Into<Source<'_>>,
    scope: &str,
) -> Result<BTreeSet<String>, FlowError> {
    Ok(open(source, Some(scope)).await?.into_iter().map(|row| row.subject).collect())
}

/// Tells of those that are new, and closes those of which `is_over` says that they can be read, or are
/// there no more.
pub(crate) async fn tell(
    tx: &mut Tx,
    now: Timestamp,
    scope: &str,
    odd: &Odd,
    is_over: impl Fn(&str) -> bool,
) -> Result<(), FlowError> {
    let known = open_names(&mut *tx, scope).await?;
    for name in known.iter().filter(|name| !odd.contains_key(*name) && is_over(name)) {
        let about = (scope, CAUSE, name.as_str());
        exception::close_subject(tx, now, about, DAYBOOK, "it can be read now").await?;
    }
    for (name, what) in odd.iter().filter(|(name, _)| !known.contains(*name)) {
        tracing::warn!(scope, name, "a row cannot be read: {what}");
        exception::raise_scoped(tx, now, scope, CAUSE, name, what).await?;
    }
    Ok(())
}
