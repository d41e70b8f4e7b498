//! `daybook check`: the doctor. Everything is tried, in the order in which to mend it; each line that
//! is not as it should be says what to do next and which flows it stops. `daybook init` asks the same
//! questions while it goes.

mod book;
mod hints;
pub mod mapping;
mod money;
pub mod orderwise;
pub mod sitoo;

use serde::Serialize;

use crate::{app::App, reconcile};

/// How a check went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// As it should be.
    Ok,
    /// Works, but a person should know.
    Warning,
    /// Does not work.
    Failed,
    /// Cannot be known from here: verify with a test order.
    Unverified,
}

/// What a fault stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stops {
    /// Sales and returns, from the tills to OrderWise.
    Sales,
    /// Products and prices, to the tills.
    Catalogue,
    /// Stock, to the tills.
    Stock,
    /// What was sent, to Sitoo.
    Despatch,
    /// The day close.
    Reconcile,
    /// Messages to people.
    Alerts,
}

impl Stops {
    /// Every flow that talks to both systems.
    pub const FLOWS: [Self; 5] =
        [Self::Sales, Self::Catalogue, Self::Stock, Self::Despatch, Self::Reconcile];

    /// The word for people.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sales => "sales",
            Self::Catalogue => "catalogue",
            Self::Stock => "stock",
            Self::Despatch => "despatch",
            Self::Reconcile => "reconcile",
            Self::Alerts => "alerts",
        }
    }
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckLine {
    /// `configuration`, `book`, `sitoo`, `orderwise`, `mapping`, `reconcile`, `events`, `alerts`.
    pub area: &'static str,
    /// What was tried.
    pub name: String,
    /// How it went.
    pub state: CheckState,
    /// One sentence.
    pub detail: String,
    /// What to do next: there whenever it failed or warns.
    pub hint: Option<String>,
    /// The flows that it stops.
    pub stops: Vec<Stops>,
}

impl CheckLine {
    /// As it should be.
    pub fn ok(area: &'static str, name: &str, detail: impl Into<String>) -> Self {
        let (name, detail) = (name.to_owned(), detail.into());
        Self { area, name, state: CheckState::Ok, detail, hint: None, stops: Vec::new() }
    }

    /// Works, but a person should know; `hint` is what to do.
    pub fn warning(
        area: &'static str,
        name: &str,
        detail: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        let hint = Some(hint.into());
        Self { state: CheckState::Warning, hint, ..Self::ok(area, name, detail) }
    }

    /// Does not work; `hint` is what to do.
    pub fn failed(
        area: &'static str,
        name: &str,
        detail: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { state: CheckState::Failed, ..Self::warning(area, name, detail, hint) }
    }

    /// Cannot be known from here.
    pub fn unverified(area: &'static str, name: &str, detail: impl Into<String>) -> Self {
        Self { state: CheckState::Unverified, ..Self::ok(area, name, detail) }
    }

    /// The same, and it stops these flows.
    #[must_use]
    pub fn stopping(mut self, flows: &[Stops]) -> Self {
        self.stops = flows.to_vec();
        self
    }

    /// Whether somebody has to do something.
    pub const fn asks_for_something(&self) -> bool {
        matches!(self.state, CheckState::Failed | CheckState::Warning)
    }
}

/// Tries everything.
pub async fn run(app: &App) -> Vec<CheckLine> {
    let mut lines = book::look(app).await;
    let (tables, mapping_lines) = mapping::load(app).await;
    let tills = sitoo::look(&app.sitoo, &app.policy, &tables, app.now()).await;
    lines.extend(tills);
    let token = orderwise::sign_in(&app.orderwise).await;
    let signed_in = token.state == CheckState::Ok;
    lines.push(token);
    let mut lists = orderwise::Lists::new();
    if signed_in {
        let ahead = app.settings.audit.clock_ahead;
        lines.extend(orderwise::exports(&app.orderwise, app.now(), ahead).await);
        let (told, found) = orderwise::value_lists(&app.orderwise).await;
        lines.extend(told);
        lists = found;
        lines.extend(orderwise::accounts(&app.orderwise, &tables).await);
    }
    lines.extend(mapping_lines);
    lines.extend(mapping::against(&tables, &lists));
    lines.extend(money::look(app, &tables).await);
    lines.push(reconcile::ready::check(app));
    lines.extend(channels(app).await);
    lines
}

/// Ways to people: nothing is sent over them.
async fn channels(app: &App) -> Vec<CheckLine> {
    let mut lines = Vec::new();
    for name in app.settings.alerts.channels.keys() {
        lines.push(match app.notifier.check(name).await {
            Ok(detail) => CheckLine::ok("alerts", name, detail),
            Err(error) => {
                let hint = format!("see [alerts.channels.{name}] in the configuration");
                CheckLine::failed("alerts", name, error.to_string(), hint)
                    .stopping(&[Stops::Alerts])
            }
        });
    }
    lines
}
