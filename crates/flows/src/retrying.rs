//! Two transactions may get in each other's way: the database then undoes one of them and says so.
//! What was undone is simply done once more, here and nowhere else.

use std::future::Future;

use crate::{app::App, error::FlowError};

/// Times a transaction is tried.
const TRIES: u32 = 5;

/// Runs `once`, a whole transaction from its beginning to its commit, until it is through. Nothing
/// is called inside it, and it changes nothing but the book, so it can be run again.
pub(crate) async fn retrying<T, F>(
    app: &App,
    what: &'static str,
    once: impl Fn() -> F,
) -> Result<T, FlowError>
where
    F: Future<Output = Result<T, FlowError>>,
{
    let mut tries = 1;
    loop {
        let known = app.health.known();
        match once().await {
            Err(FlowError::Book(error)) if error.is_retryable() && tries < TRIES => {
                tracing::debug!(what, tries, "done once more: {error}");
                app.health.put_back(known);
                tries += 1;
            }
            result => return result,
        }
    }
}
