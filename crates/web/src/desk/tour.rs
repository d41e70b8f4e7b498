//! The training tour: ten exercises that check themselves.

use askama::Template;
use axum::{
    Extension,
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use daybook_domain::access::Right;
use daybook_flows::manual::tour::{self, ExerciseView};
use serde::Deserialize;

use super::{PageError, Section, Shell, say, shell};
use crate::{
    Web,
    access::Who,
    take::{Asked, Given},
};

#[derive(Template)]
#[template(path = "tour.html")]
struct TourPage {
    shell: Shell,
    done: usize,
    exercises: Vec<ExerciseTold>,
    can_answer: bool,
    wrong: String,
}

struct ExerciseTold {
    code: &'static str,
    title: &'static str,
    story: &'static str,
    steps: &'static [&'static str],
    link: String,
    question: Option<&'static str>,
    asked: String,
    about: String,
    done: Option<String>,
}

fn told(one: ExerciseView, zone: &jiff::tz::TimeZone) -> ExerciseTold {
    let text = one.exercise.text();
    ExerciseTold {
        code: text.code,
        title: text.title,
        story: text.story,
        steps: text.steps,
        link: one.link.unwrap_or_else(|| text.link.to_owned()),
        question: text.question,
        asked: one.asked,
        about: one.about,
        done: one.done.map(|(by, at)| format!("{by}, {}", say::short(at, zone))),
    }
}

/// It is for training only.
fn only_in_training(web: &Web) -> Result<(), PageError> {
    if web.manual.training {
        return Ok(());
    }
    Err(PageError::not_found(
        "The tour is for the demo and for stand-ins: it is not shown over real systems",
    ))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TourQuery {
    wrong: String,
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Asked(query): Asked<TourQuery>,
) -> Result<Response, PageError> {
    only_in_training(&web)?;
    // Its questions are about any store.
    who.sees_all_stores()?;
    let zone = shell::zone(&web);
    let exercises: Vec<ExerciseTold> =
        tour::read(&web.app).await?.into_iter().map(|one| told(one, &zone)).collect();
    let page = TourPage {
        shell: Shell::new(&web, &who, Section::Manual, "Tour"),
        done: exercises.iter().filter(|one| one.done.is_some()).count(),
        exercises,
        can_answer: who.may(Right::ClearExceptions),
        wrong: query.wrong,
    };
    shell::show(&page)
}

#[derive(Debug, Deserialize)]
pub(super) struct Attempt {
    exercise: String,
    #[serde(default)]
    about: String,
    #[serde(default)]
    answer: String,
}

pub(super) async fn answer(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    Given(given): Given<Attempt>,
) -> Result<Response, PageError> {
    only_in_training(&web)?;
    who.sees_all_stores()?;
    let said = (given.about.as_str(), given.answer.as_str());
    let is_right = tour::answer(&web.app, &given.exercise, said, &who.name).await?;
    let code = &given.exercise;
    let to = if is_right {
        format!("/manual/tour#{code}")
    } else {
        format!("/manual/tour?wrong={code}#{code}")
    };
    Ok(Redirect::to(&to).into_response())
}
