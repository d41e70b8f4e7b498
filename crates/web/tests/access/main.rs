//! Who comes in, how, and what they may then: on both engines, in process.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
mod common;
mod company;
mod doors;
mod factor;
mod guesses;
mod hostile;
mod people;
mod provider;
mod rights;
mod sessions;

use std::collections::BTreeSet;

use axum::http::StatusCode;
use common::{Cookie, Desk};
use daybook_domain::access::Role;
use daybook_flows::access::link::{self, Person};

/// A password as people are advised to choose one.
const PASSWORD: &str = "correct horse battery";

/// Who signs in with `login`, and is called the same.
fn person(login: &str, role: Role) -> Person {
    Person {
        login: login.to_owned(),
        name: login.to_owned(),
        roles: BTreeSet::from([role]),
        stores: None,
    }
}

/// Somebody who was invited and chose [`PASSWORD`]; what their browser keeps.
async fn joined(desk: &Desk, login: &str, role: Role) -> Cookie {
    let link = link::invite(&desk.world.app, &person(login, role), "test").await.unwrap();
    let path = format!("/join/{}", link.secret);
    let answer = desk.form(&path, &[("password", PASSWORD)], &Cookie::default()).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"), "{}", answer.text);
    answer.cookie(&Cookie::default())
}

/// Whether this cookie opens pages.
async fn is_in(desk: &Desk, cookie: &Cookie) -> bool {
    desk.get("/account", cookie).await.0 == StatusCode::OK
}
