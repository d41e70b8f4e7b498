//! Today: is all well?

use askama::Template;
use axum::{Extension, extract::State, response::Response};

use super::{PageError, Section, Shell, shell};
use crate::{Web, access::Who};

#[derive(Template)]
#[template(path = "today.html")]
struct TodayPage {
    shell: Shell,
}

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
) -> Result<Response, PageError> {
    shell::show(&TodayPage { shell: Shell::new(&web, &who, Section::Today, "Today") })
}
