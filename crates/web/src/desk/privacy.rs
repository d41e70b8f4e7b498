//! Shoppers' data: what would be erased, then it is erased. Amounts, ids and references stay.

use askama::Template;
use axum::{
    Extension,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::{Reference, words};
use daybook_flows::{
    desk::health,
    erase::{self, Erasure, Whose},
};
use serde::Deserialize;

use super::{PageError, Section, Shell, say, shell};
use crate::{
    Web,
    access::Who,
    take::{Asked, Given},
};

/// Acts that the page looks through for earlier erasures.
const ACTS: usize = 20;

#[derive(Template)]
#[template(path = "privacy.html")]
struct PrivacyPage {
    shell: Shell,
    years: i64,
    given: WhoseGiven,
    told: Option<Told>,
    wrong: Option<String>,
    done: Option<&'static str>,
    earlier: Vec<(String, String, String)>,
}

struct Told {
    figures: Vec<(&'static str, String)>,
    left: Vec<(i64, String)>,
    is_something: bool,
}

/// Whose data, as a form or a program tells it: one of the three.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WhoseGiven {
    entry: String,
    email: String,
    before: String,
    reason: String,
    pub(crate) run: Option<String>,
}

impl WhoseGiven {
    /// Why, as it was given.
    pub(crate) fn reason(&self) -> &str {
        self.reason.trim()
    }

    /// Whose data is meant.
    pub(crate) fn whose(&self, web: &Web) -> Result<Whose, PageError> {
        let wrong = |what: String| {
            let hint = "name an entry, an e-mail address or a day: one of them";
            PageError::new(StatusCode::UNPROCESSABLE_ENTITY, "erase-whose", what, hint)
        };
        match (self.entry.trim(), self.email.trim(), self.before.trim()) {
            (entry, "", "") if !entry.is_empty() => {
                let reference = entry.to_uppercase().parse::<Reference>();
                Ok(Whose::Order(reference.map_err(|fault| wrong(fault.to_string()))?))
            }
            ("", email, "") if email.contains('@') => Ok(Whose::Email(email.to_owned())),
            ("", email, "") if !email.is_empty() => {
                Err(wrong("That is no e-mail address".to_owned()))
            }
            ("", "", day) if !day.is_empty() => {
                let day: jiff::civil::Date = day
                    .parse()
                    .map_err(|_| wrong(format!("'{day}' is no day; write 2019-11-24")))?;
                let begin = shell::zone(web).to_timestamp(day.at(0, 0, 0, 0));
                let begin = begin.map_err(|fault| wrong(fault.to_string()))?;
                Ok(Whose::Before(begin.into()))
            }
            ("", "", "") => Err(wrong("Nobody is named".to_owned())),
            _ => Err(wrong("More than one is named".to_owned())),
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Done {
    done: Option<String>,
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<Done>,
) -> Result<Response, PageError> {
    let begun = query.done.map(|_| {
        "It is being erased, also when you leave this page; it is listed below once it is done."
    });
    show(&web, &who, WhoseGiven::default(), None, None, begun).await
}

/// Says what would go; with `run`, begins it and does not wait: years of entries take their time.
pub(super) async fn erase(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Given(given): Given<WhoseGiven>,
) -> Result<Response, PageError> {
    let whose = match given.whose(&web) {
        Ok(whose) if !given.reason().is_empty() => whose,
        Ok(_) => {
            let wrong = Some("Say why: it is kept on record".to_owned());
            return show(&web, &who, given, None, wrong, None).await;
        }
        Err(fault) => {
            let wrong = Some(fault.parts().2);
            return show(&web, &who, given, None, wrong, None).await;
        }
    };
    if given.run.is_some() {
        begin(&web, &who, whose, given.reason());
        return Ok(Redirect::to("/privacy?done=begun").into_response());
    }
    let told = erase::erase(&web.app, &whose, false, (&who.name, given.reason())).await;
    match told {
        Ok(told) => show(&web, &who, given, Some(told_of(&told)), None, None).await,
        Err(error) => show(&web, &who, given, None, Some(error.to_string()), None).await,
    }
}

/// Erases in the background. Cut off, it is begun anew by whoever asks again: what is gone is gone.
pub(crate) fn begin(web: &Web, who: &Who, whose: Whose, reason: &str) {
    let (app, actor, reason) = (web.app.clone(), who.name.clone(), reason.to_owned());
    tokio::spawn(async move {
        if let Err(error) = erase::erase(&app, &whose, true, (&actor, &reason)).await {
            tracing::error!(code = error.code(), "shoppers' data could not be erased: {error}");
        }
    });
}

fn told_of(told: &Erasure) -> Told {
    let count = |count: u64| words::grouped(i64::try_from(count).unwrap_or(i64::MAX));
    Told {
        figures: vec![
            ("Entries", count(told.entries)),
            ("What the tills sent", count(told.payloads)),
            ("Other texts", count(told.texts)),
            ("Orders without an id", count(told.strays)),
            ("Left, because they are not at their end", count(told.refused)),
        ],
        left: told.left.iter().map(|one| (one.order_id, one.why.clone())).collect(),
        is_something: told.entries + told.strays > 0,
    }
}

async fn show(
    web: &Web,
    who: &Who,
    given: WhoseGiven,
    told: Option<Told>,
    wrong: Option<String>,
    done: Option<&'static str>,
) -> Result<Response, PageError> {
    let zone = shell::zone(web);
    let acts = health::acts_of(&web.app, erase::ACTION, ACTS).await?;
    let earlier = acts.into_iter().map(|act| {
        let detail: serde_json::Value = serde_json::from_str(&act.detail).unwrap_or_default();
        let entries = detail["entries"].as_i64().unwrap_or_default();
        let what = format!("{}: {}", act.subject, say::count(entries, "entry", "entries"));
        (say::moment(act.at, &zone), act.actor, what)
    });
    let page = PrivacyPage {
        shell: Shell::new(web, who, Section::Privacy, "Shoppers' data"),
        years: web.app.settings.evidence.personal_data_years,
        given,
        told,
        wrong,
        done,
        earlier: earlier.collect(),
    };
    shell::show(&page)
}
