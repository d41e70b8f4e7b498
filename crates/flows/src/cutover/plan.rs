//! Where the cut-over stands, what is next, and what stands against it.

use daybook_domain::{
    Money,
    cutover::{
        Mode,
        plan::{self, BACK, BEGIN, Deed, Facts, PARALLEL, Pile, Plan, STOCK, SWITCH},
    },
    entry::EntryState,
    reconcile::witness::Day,
};
use daybook_store::{audit, cutover, entry, exception, reconcile::day};
use jiff::tz::TimeZone;

use super::{ELSEWHERE, deeds::action, overdue_before, rules};
use crate::{
    app::App,
    audit as audits,
    check::{self, CheckState},
    error::FlowError,
    reconcile,
};

/// Days of stores that are looked at.
const DAYS: usize = 2_000;

/// The plan. With `tries` both systems are tried as `daybook check` does; nothing is changed.
pub async fn plan(app: &App, tries: bool) -> Result<Plan, FlowError> {
    let facts = facts(app, tries).await?;
    let currency = app.policy.currencies.first().map_or("GBP", String::as_str);
    Ok(plan::plan(&facts, currency))
}

async fn facts(app: &App, tries: bool) -> Result<Facts, FlowError> {
    let state = cutover::state(&app.db).await?;
    let mut deeds = Vec::new();
    for step in [BEGIN, STOCK, PARALLEL, SWITCH, BACK] {
        let latest = audit::of_action(&app.db, &action(step), 1).await?.into_iter().next();
        deeds.extend(latest.map(|row| (step, Deed { at: row.at, by: row.actor })));
    }
    let counts = cutover::counts(&app.db, ELSEWHERE, overdue_before(app)).await?;
    let states = entry::counts(&app.db).await?;
    let posted = |state| matches!(state, EntryState::Posted | EntryState::Confirmed);
    let posted = states.iter().filter(|count| posted(count.state)).map(|count| count.entries);
    let groups = exception::open_grouped(&app.db).await?;
    let exceptions = Pile {
        entries: groups.iter().map(|group| group.count).sum(),
        money: groups.iter().map(|group| group.money).sum::<Money>(),
        oldest: None,
    };
    let stock = cutover::stock(&app.db).await?.map(|(_, compared)| compared);
    let zone = TimeZone::get(&app.policy.default_time_zone).unwrap_or(TimeZone::UTC);
    let today = Day(app.now().to_jiff().to_zoned_datetime(zone).date());
    let unclosed = day::unclosed(&app.db, today.previous(), DAYS).await?;
    let unclosed = reconcile::counted(app, unclosed).await?.len();
    Ok(Facts {
        mode: Some(state.mode).filter(|mode| *mode != Mode::Live),
        deeds,
        rules: rules(app).len(),
        adopted: counts.adopted,
        different: counts.different,
        sought: counts.waiting,
        overdue: counts.overdue,
        would_be_held: counts.would_be_held,
        exceptions,
        in_doubt: counts.doubtful,
        stock_differs: stock.map(|compared| (compared.differing(), compared.worth())),
        audit: high_gaps(app).await?,
        failed_checks: if tries { Some(failed_checks(app).await) } else { None },
        open_days: i64::try_from(unclosed).unwrap_or(i64::MAX),
        posted: posted.sum(),
    })
}

/// Kinds of gaps that would hurt most, by the latest audit.
async fn high_gaps(app: &App) -> Result<Option<i64>, FlowError> {
    let Some(latest) = audits::last(app).await? else { return Ok(None) };
    let shown = audits::show::shown(&latest);
    let high = shown.report.gaps.iter().filter(|gap| matches!(gap.severity, "critical" | "high"));
    Ok(Some(i64::try_from(high.count()).unwrap_or(i64::MAX)))
}

async fn failed_checks(app: &App) -> Vec<String> {
    let lines = Box::pin(check::run(app)).await.into_iter();
    let failed = lines.filter(|line| line.state == CheckState::Failed);
    failed.map(|line| format!("{} {}: {}", line.area, line.name, line.detail)).collect()
}
