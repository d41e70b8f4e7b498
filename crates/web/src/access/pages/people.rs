//! People: who may come in, and what they are.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use daybook_domain::access::Role;
use daybook_flows::{
    FlowError,
    access::{
        link::{self, Link, Person},
        people::{self, PersonView},
    },
    desk::find,
};

use super::{
    super::{Who, fields::Fields},
    account::{stores, words},
    bare::Trouble,
};
use crate::{
    Web,
    desk::{PageError, Section, Shell, say, shell},
};

#[derive(Template)]
#[template(path = "access-people.html")]
struct PeoplePage {
    shell: Shell,
    people: Vec<Line>,
    roles: [(&'static str, &'static str); 4],
    /// The stores that are mapped, with their numbers.
    known: String,
    /// A link that was just made: told once.
    link: Option<Told>,
    typed: Typed,
    trouble: Option<Trouble>,
}

/// A person.
struct Line {
    id: String,
    name: String,
    login: String,
    roles: String,
    stores: String,
    store_ids: String,
    standing: String,
    second_factor: bool,
    /// Known by the company's own sign-in.
    is_company: bool,
    is_disabled: bool,
    ticked: Ticked,
}

/// A link, as it is told.
struct Told {
    name: String,
    address: String,
    until: String,
}

/// Boxes that are ticked.
#[derive(Default)]
struct Ticked(BTreeSet<Role>);

impl Ticked {
    fn has(&self, role: &str) -> bool {
        self.0.iter().any(|one| one.word() == role)
    }
}

/// What was typed into the invitation, to be typed no second time.
#[derive(Default)]
struct Typed {
    name: String,
    login: String,
    stores: String,
    ticked: Ticked,
}

/// What each role is for, in the words of the desk.
const ROLES: [(&str, &str); 4] = [
    ("finance", "closes the books; does not see shoppers"),
    ("retail", "runs the stores; sees shoppers where needed"),
    ("admin", "runs Daybook and decides who may do what"),
    ("auditor", "reads everything but shoppers, changes nothing"),
];

pub(super) async fn page(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
) -> Result<Response, PageError> {
    show(&web, &who, None, (Typed::default(), None)).await
}

async fn show(
    web: &Web,
    who: &Who,
    link: Option<Told>,
    (typed, trouble): (Typed, Option<Trouble>),
) -> Result<Response, PageError> {
    let has_trouble = trouble.is_some();
    let people = people::list(&web.app).await?;
    let known = find::stores(&web.app).await?;
    let page = PeoplePage {
        shell: Shell::new(web, who, Section::People, "People"),
        people: people.into_iter().map(|one| line(web, one, &known)).collect(),
        roles: ROLES,
        known: known.iter().map(|(id, name)| format!("{id} {name}")).collect::<Vec<_>>().join(", "),
        link,
        typed,
        trouble,
    };
    let mut response = shell::show(&page)?;
    if has_trouble {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn line(web: &Web, one: PersonView, known: &[(i64, String)]) -> Line {
    let (now, zone) = (web.app.now(), shell::zone(web));
    let standing = match (one.disabled_at, one.signed_in_at, one.link_until) {
        (Some(at), ..) => format!("disabled {}", say::ago(at, now)),
        (None, _, Some(until)) => format!("has a link until {}", say::moment(until, &zone)),
        (None, Some(at), None) => format!("signed in {}", say::ago(at, now)),
        (None, None, None) if one.joined => "has not signed in yet".to_owned(),
        (None, None, None) => "invited; the link is over".to_owned(),
    };
    Line {
        roles: words(&one.roles),
        ticked: Ticked(one.roles),
        stores: stores(one.stores.as_ref(), known),
        store_ids: one.stores.as_ref().map(words).unwrap_or_default(),
        is_disabled: one.disabled_at.is_some(),
        id: one.id,
        name: one.name,
        login: one.login,
        second_factor: one.second_factor,
        is_company: one.single_sign_on,
        standing,
    }
}

/// Page with a link that was just made.
pub(super) async fn show_link(
    web: &Web,
    who: &Who,
    headers: &HeaderMap,
    link: &Link,
) -> Result<Response, PageError> {
    let told = Told {
        name: link.name.clone(),
        address: link.address(&base(web, headers)),
        until: say::moment(link.expires_at, &shell::zone(web)),
    };
    show(web, who, Some(told), (Typed::default(), None)).await
}

/// What addresses of the desk begin with: as it was set, or as this request came.
pub(crate) fn base(web: &Web, headers: &HeaderMap) -> String {
    let settings = &web.app.settings.access;
    settings.public_url.clone().unwrap_or_else(|| {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let scheme = if settings.secure { "https" } else { "http" };
        format!("{scheme}://{}", host.unwrap_or("localhost"))
    })
}

/// The boxes that were ticked.
pub(super) fn roles(fields: &Fields) -> BTreeSet<Role> {
    fields.all("role").filter_map(|word| word.parse().ok()).collect()
}

/// `5, 7`: those; nothing: all.
pub(super) fn stores_of(fields: &Fields) -> Result<Option<BTreeSet<i64>>, FlowError> {
    let text = fields.get("stores").replace(',', " ");
    if text.trim().is_empty() {
        return Ok(None);
    }
    let ids: Result<BTreeSet<i64>, _> = text.split_whitespace().map(str::parse).collect();
    ids.map(Some).map_err(|_| FlowError::Request {
        code: "stores-invalid",
        what: "Stores are given by their numbers".to_owned(),
        hint: "write them as in 5, 7; leave it empty for all stores".to_owned(),
    })
}

pub(super) async fn invite(
    State(web): State<Web>,
    Extension(who): Extension<Who>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, PageError> {
    let invited = async {
        let person = Person {
            login: fields.get("login").to_owned(),
            name: fields.get("name").to_owned(),
            roles: roles(&fields),
            stores: stores_of(&fields)?,
        };
        link::invite(&web.app, &person, &who.name).await
    };
    match invited.await {
        Ok(link) => show_link(&web, &who, &headers, &link).await,
        Err(error) => {
            let typed = Typed {
                name: fields.get("name").to_owned(),
                login: fields.get("login").to_owned(),
                stores: fields.get("stores").to_owned(),
                ticked: Ticked(roles(&fields)),
            };
            show(&web, &who, None, (typed, Some(Trouble::of(error)?))).await
        }
    }
}
