//! Who is responsible for each workflow here: names that people set at the desk.

use daybook_domain::{
    Timestamp,
    manual::workflow::{WORKFLOWS, Workflow, find},
};
use daybook_store::{
    audit,
    manual::{self, Responsible},
};

use crate::{app::App, error::FlowError};

/// The longest name, in characters.
const LONGEST: usize = 100;

/// A workflow and who is responsible for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The workflow.
    pub workflow: &'static Workflow,
    /// Who; empty where nobody is named.
    pub name: String,
    /// Who stands in; may be empty.
    pub deputy: String,
    /// When that was said, and by whom.
    pub said: Option<(Timestamp, String)>,
}

/// Every workflow, in the order of the day's work.
pub async fn list(app: &App) -> Result<Vec<Named>, FlowError> {
    let known = manual::responsible(&app.db).await?;
    let named = |workflow: &'static Workflow| {
        let found = known.iter().find(|one| one.workflow == workflow.code);
        Named {
            workflow,
            name: found.map_or_else(String::new, |one| one.name.clone()),
            deputy: found.map_or_else(String::new, |one| one.deputy.clone()),
            said: found.map(|one| (one.at, one.actor.clone())),
        }
    };
    Ok(WORKFLOWS.iter().map(named).collect())
}

/// Writes down who is responsible, and who stands in. An empty name says that nobody is.
pub async fn set(
    app: &App,
    workflow: &str,
    (name, deputy): (&str, &str),
    actor: &str,
) -> Result<(), FlowError> {
    let Some(workflow) = find(workflow) else {
        let what = format!("there is no workflow '{workflow}'");
        return Err(FlowError::request("workflow-unknown", what, "choose one of the page"));
    };
    if [name, deputy].iter().any(|one| one.trim().chars().count() > LONGEST) {
        let hint = format!("a name has at most {LONGEST} characters");
        return Err(FlowError::request("name-too-long", "the name is too long", hint));
    }
    let new = Responsible {
        workflow: workflow.code.to_owned(),
        name: name.trim().to_owned(),
        deputy: deputy.trim().to_owned(),
        at: app.now(),
        actor: actor.to_owned(),
    };
    let mut tx = app.db.begin().await?;
    manual::set_responsible(&mut tx, &new).await?;
    let detail = serde_json::json!({ "name": new.name, "deputy": new.deputy }).to_string();
    audit::append(&mut tx, new.at, actor, "responsible-set", workflow.code, &detail).await?;
    tx.commit().await?;
    Ok(())
}
