//! `GET /metrics`: the figures of this process and of its book, for Prometheus.

use axum::{
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use daybook_flows::status;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::{Web, auth, problem::Problem};

/// Prometheus' text format.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Upper ends of the ranges in which durations of calls are counted, in seconds.
const CALL_SECONDS: &[f64] = &[0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// Collects figures from now on, once a process.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), CALL_SECONDS)?
        .install_recorder()?;
    describe();
    Ok(handle)
}

fn describe() {
    metrics::describe_gauge!("daybook_entries", "Entries by state");
    metrics::describe_gauge!("daybook_exceptions", "Open exceptions by cause");
    metrics::describe_gauge!(
        "daybook_oldest_unposted_seconds",
        "Age of the oldest entry that is owed to OrderWise"
    );
    metrics::describe_gauge!(
        "daybook_watermark_age_seconds",
        "Time since orders were last read from Sitoo"
    );
    metrics::describe_gauge!("daybook_missing_orders", "Order ids that Sitoo has not shown yet");
    metrics::describe_gauge!("daybook_products", "Variants by where they stand towards the tills");
    metrics::describe_gauge!("daybook_products_pending", "Variants that wait for the catalogue");
    metrics::describe_gauge!("daybook_products_refused", "Products that Sitoo refused");
    metrics::describe_gauge!("daybook_prices_pending", "Prices on their way to the tills");
    metrics::describe_gauge!(
        "daybook_catalogue_swept_age_seconds",
        "Time since the catalogue was last compared as a whole"
    );
    metrics::describe_counter!("daybook_events_received_total", "Events written down");
    metrics::describe_histogram!(
        "daybook_call_duration_seconds",
        "Calls to both systems, by purpose and class"
    );
}

/// Shows the figures as they are at this moment.
pub(crate) async fn show(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Problem> {
    if web.metrics_token.as_ref().is_some_and(|token| !auth::is_bearer(&headers, token)) {
        return Err(Problem::TOKEN);
    }
    let Some(handle) = &web.metrics else { return Err(Problem::NOT_FOUND) };
    // With the book away the figures of this process are still worth having.
    if let Err(error) = status::publish(&web.app).await {
        tracing::warn!(code = error.code(), "figures of the book could not be read: {error}");
    }
    handle.run_upkeep();
    Ok(([(header::CONTENT_TYPE, FORMAT)], handle.render()).into_response())
}
