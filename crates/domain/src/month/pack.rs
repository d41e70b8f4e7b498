//! The month-end pack: tables in a fixed order, the control sheet first.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    Month,
    control::{self, Check},
    facts::Facts,
    figures, lists,
    period::{LatePolicy, PeriodState},
    table::Table,
    unsettled,
};
use crate::Timestamp;

/// What finance gets at the end of a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Pack {
    /// The month.
    pub month: Month,
    /// How it stands.
    pub state: PeriodState,
    /// What happens to what comes late.
    pub late_policy: LatePolicy,
    /// When it was made.
    pub made_at: Timestamp,
    /// Whether every check of the control sheet is equal.
    pub ties: bool,
    /// The control sheet.
    pub checks: Vec<Check>,
    /// All tables, the control sheet among them.
    pub tables: Vec<Table>,
}

impl Pack {
    /// A table by its name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.name == name)
    }
}

/// Makes the pack. A new table is one more line here, and its ties are more checks in [`control`].
pub fn pack(facts: &Facts) -> Pack {
    let tables = vec![
        figures::summary(facts),
        figures::stores(facts),
        figures::vat(facts),
        figures::tenders(facts),
        unsettled::balance(facts),
        unsettled::open(facts),
        lists::differences(facts),
        lists::tolerated(facts),
        lists::sign_offs(facts),
        figures::late(facts),
        figures::after(facts),
        lists::obstacles(facts),
        lists::acts(facts),
        figures::days(facts),
    ];
    let mut pack = Pack {
        month: facts.month,
        state: facts.state,
        late_policy: facts.late_policy,
        made_at: facts.now,
        ties: true,
        checks: Vec::new(),
        tables,
    };
    pack.checks = control::checks(&pack, facts);
    pack.ties = pack.checks.iter().all(|check| check.equal);
    pack.tables.insert(0, control::table(&pack.checks));
    pack
}
