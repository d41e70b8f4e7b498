//! How long one stays in.

use std::time::Duration;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use daybook_domain::access::Role;
use daybook_flows::access::people::{self, Change};
use daybook_testkit::db::for_each_engine;

use crate::{
    PASSWORD,
    common::{Cookie, Desk, desk},
    is_in, joined,
};

async fn signed_in(desk: &Desk, login: &str) -> Cookie {
    let form = [("login", login), ("password", PASSWORD)];
    let answer = desk.form("/sign-in", &form, &Cookie::default()).await;
    answer.cookie(&Cookie::default())
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let ada = desk.sign_in(Role::Retail).await;
        for _ in 0..3 {
            desk.world.clock.advance(Duration::from_mins(29));
            assert!(is_in(&desk, &ada).await);
        }
        desk.world.clock.advance(Duration::from_mins(30));
        assert!(!is_in(&desk, &ada).await);
    })
    .await;
}

#[tokio::test]
async fn a_page_that_is_left_open_keeps_no_session_alive() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let ada = desk.sign_in(Role::Retail).await;
        let news = async || {
            let request = Request::get("/account").header("sec-fetch-mode", "cors");
            desk.send(request, &ada, Body::empty()).await.status
        };
        desk.world.clock.advance(Duration::from_mins(20));
        assert_eq!(news().await, StatusCode::OK);
        desk.world.clock.advance(Duration::from_mins(10));
        assert_eq!(news().await, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_in_any_case() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let ada = desk.sign_in(Role::Retail).await;
        for _ in 0..47 {
            desk.world.clock.advance(Duration::from_mins(15));
            assert!(is_in(&desk, &ada).await);
        }
        desk.world.clock.advance(Duration::from_mins(15));
        assert!(!is_in(&desk, &ada).await);
    })
    .await;
}

#[tokio::test]
async fn every_sign_in_is_a_new_session_whatever_the_browser_brings() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let first = joined(&desk, "ada", Role::Retail).await;
        let form = [("login", "ada"), ("password", PASSWORD)];
        // Fixation: somebody put this cookie into the browser before.
        let planted = Cookie("daybook=planted".to_owned());
        let own = desk.form("/sign-in", &form, &planted).await.cookie(&planted);
        assert!(!own.0.contains("planted") && is_in(&desk, &own).await);
        assert!(!is_in(&desk, &planted).await);
        let second = desk.form("/sign-in", &form, &first).await.cookie(&first);
        assert!(!is_in(&desk, &first).await, "what the browser had is over");
        assert!(is_in(&desk, &second).await && is_in(&desk, &own).await);
        // The browser keeps its mark.
        let mark = |cookie: &Cookie| {
            cookie.0.split("; ").find(|part| part.contains("browser")).unwrap().to_owned()
        };
        assert_eq!(mark(&first), mark(&second));
    })
    .await;
}

#[tokio::test]
async fn sessions_are_ended_by_hand_one_or_all() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let here = joined(&desk, "ada", Role::Retail).await;
        let (there, elsewhere) = (signed_in(&desk, "ada").await, signed_in(&desk, "ada").await);
        let mo = joined(&desk, "mo", Role::Retail).await;
        let (_, page) = desk.get("/account", &here).await;
        let ids: Vec<&str> = page.split("/account/sessions/").skip(1).collect();
        let ids: Vec<&str> =
            ids.iter().filter_map(|rest| rest.split_once("/end\"")).map(|(id, _)| id).collect();
        assert_eq!(ids.len(), 2, "{page}");
        let path = format!("/account/sessions/{}/end", ids[0]);
        assert_eq!(desk.form(&path, &[], &mo).await.status, StatusCode::CONFLICT, "not Mo's");
        desk.form(&path, &[], &here).await;
        let left = [is_in(&desk, &there).await, is_in(&desk, &elsewhere).await];
        assert_eq!(left.iter().filter(|left| **left).count(), 1);
        desk.form("/account/sessions/end-others", &[], &here).await;
        assert!(!is_in(&desk, &there).await && !is_in(&desk, &elsewhere).await);
        assert!(is_in(&desk, &here).await && is_in(&desk, &mo).await);
        let answer = desk.form("/sign-out", &[], &here).await;
        assert_eq!(answer.location(), "/sign-in");
        assert!(!answer.cookie(&here).0.contains("daybook="), "{:?}", answer.cookie(&here));
        assert!(!is_in(&desk, &here).await);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_and_new_rights_end_what_else_is_signed_in() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let here = joined(&desk, "ada", Role::Retail).await;
        let there = signed_in(&desk, "ada").await;
        let new = "a staple for the battery";
        for (present, password, what) in
            [("wrong", new, "not your present password"), (PASSWORD, "short", "shorter than 12")]
        {
            let form = [("present", present), ("password", password)];
            let (status, page) = desk.post("/account/password", &form, &here).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.contains(what), "{page}");
        }
        let form = [("present", PASSWORD), ("password", new)];
        let (_, page) = desk.post("/account/password", &form, &here).await;
        assert!(page.contains("The password is changed"), "{page}");
        assert!(is_in(&desk, &here).await && !is_in(&desk, &there).await);

        desk.sign_in(Role::Admin).await;
        let account = people::find(&desk.world.app, "ada").await.unwrap();
        let rights = Change::Rights { roles: [Role::Auditor].into(), stores: None };
        people::change(&desk.world.app, &account.id, &rights, "Mo").await.unwrap();
        assert!(!is_in(&desk, &here).await, "rights of before are over");
    })
    .await;
}
