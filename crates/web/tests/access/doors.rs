//! Links, passwords, and where they lead.

use std::time::Duration;

use axum::http::StatusCode;
use daybook_domain::access::Role;
use daybook_flows::access::{link, people};
use daybook_testkit::db::for_each_engine;

use crate::{
    PASSWORD,
    common::{Cookie, desk},
    is_in, joined, person,
};

#[tokio::test]
async fn pages_are_for_people_who_signed_in() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let stranger = desk.call("GET", "/account?x=1", &Cookie::default()).await;
        assert_eq!(stranger.status, StatusCode::SEE_OTHER);
        assert_eq!(stranger.location(), "/sign-in?next=%2Faccount%3Fx%3D1");
        let cookie = desk.sign_in(Role::Finance).await;
        let (status, page) = desk.get("/account", &cookie).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("<h1>finance</h1>"), "{page}");
        let there = desk.call("GET", "/sign-in?next=/account", &cookie).await;
        assert_eq!(there.location(), "/account", "who is in needs no door");
    })
    .await;
}

#[tokio::test]
async fn the_first_account_is_made_by_a_link_and_there_is_no_second_such_link() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let app = &desk.world.app;
        let older = link::first(app).await.unwrap().unwrap();
        let link = link::first(app).await.unwrap().unwrap();
        let nobody = Cookie::default();
        let (status, _) = desk.get(&format!("/join/{}", older.secret), &nobody).await;
        assert_eq!(status, StatusCode::GONE, "a newer start makes it void");
        let path = format!("/join/{}", link.secret);
        let (_, page) = desk.get(&path, &nobody).await;
        assert!(page.contains("There is no account yet"), "{page}");
        let form = [("name", "Ada  Finch"), ("login", "Ada@Example.com"), ("password", PASSWORD)];
        let spare = link::first(app).await.unwrap().unwrap();
        let path = format!("/join/{}", spare.secret);
        let answer = desk.form(&path, &form, &nobody).await;
        let ada = answer.cookie(&nobody);
        assert_eq!(desk.get("/people", &ada).await.0, StatusCode::OK);
        assert_eq!(link::first(app).await.unwrap(), None);
        let all = people::list(app).await.unwrap();
        assert_eq!((all[0].name.as_str(), all[0].login.as_str()), ("Ada Finch", "ada@example.com"));
        let form = [("login", " ADA@example.com "), ("password", PASSWORD), ("next", "/people")];
        let answer = desk.form("/sign-in", &form, &nobody).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/people"));
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_good_once_and_for_a_day() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let nobody = Cookie::default();
        let invite = async |login| {
            let person = person(login, Role::Retail);
            link::invite(&desk.world.app, &person, "test").await.unwrap()
        };
        let path = format!("/join/{}", invite("ada").await.secret);
        // Programs that preview links look twice, and use nothing up.
        for _ in 0..2 {
            let (status, page) = desk.get(&path, &nobody).await;
            assert_eq!(status, StatusCode::OK);
            assert!(page.contains("<strong>ada</strong>"), "{page}");
        }
        for (password, what) in [("short", "shorter than 12"), ("", "shorter than 12")] {
            let (status, page) = desk.post(&path, &[("password", password)], &nobody).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.contains(what), "{page}");
        }
        let form = [("password", PASSWORD)];
        let answer = desk.form(&path, &form, &nobody).await;
        assert!(is_in(&desk, &answer.cookie(&nobody)).await);
        let (status, page) = desk.post(&path, &form, &nobody).await;
        assert_eq!(status, StatusCode::GONE);
        assert!(page.contains("link-over"), "{page}");

        let path = format!("/join/{}", invite("mo").await.secret);
        desk.world.clock.advance(Duration::from_hours(24));
        assert_eq!(desk.get(&path, &nobody).await.0, StatusCode::GONE);
        assert_eq!(desk.post(&path, &form, &nobody).await.0, StatusCode::GONE);
        assert_eq!(desk.get("/join/nonsense", &nobody).await.0, StatusCode::GONE);
    })
    .await;
}

#[tokio::test]
async fn a_password_is_not_the_name_itself() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let person = person("maximilian.finch", Role::Retail);
        let link = link::invite(&desk.world.app, &person, "test").await.unwrap();
        let path = format!("/join/{}", link.secret);
        let form = [("password", "Maximilian.Finch")];
        let (status, page) = desk.post(&path, &form, &Cookie::default()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("the name itself"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_not_told() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let nobody = Cookie::default();
        joined(&desk, "ada", Role::Retail).await;
        let invited = person("mo", Role::Retail);
        link::invite(&desk.world.app, &invited, "test").await.unwrap();
        let mut pages = Vec::new();
        for login in ["ada", "mo", "zoe"] {
            let form = [("login", login), ("password", "wrong, and long enough")];
            let answer = desk.form("/sign-in", &form, &nobody).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
            assert_eq!(answer.cookie(&nobody), nobody);
            pages.push(answer.text.replace(&format!("\"{login}\""), "\"\""));
        }
        assert!(pages[0].contains("The name or the password is not right"), "{}", pages[0]);
        assert!(pages.windows(2).all(|two| two[0] == two[1]));
    })
    .await;
}

#[tokio::test]
async fn a_reset_link_ends_what_was_signed_in() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let app = &desk.world.app;
        let ada = joined(&desk, "ada", Role::Retail).await;
        let account = people::find(app, "ADA").await.unwrap();
        let link = link::reset(app, &account.id, false, "Mo").await.unwrap();
        assert!(is_in(&desk, &ada).await, "nothing happens before it is used");
        let path = format!("/join/{}", link.secret);
        let (_, page) = desk.get(&path, &ada).await;
        assert!(page.contains("A new password"), "{page}");
        let form = [("password", "another horse battery")];
        let answer = desk.form(&path, &form, &Cookie::default()).await;
        assert!(is_in(&desk, &answer.cookie(&Cookie::default())).await);
        assert!(!is_in(&desk, &ada).await);
        let form = [("login", "ada"), ("password", PASSWORD)];
        let (status, _) = desk.post("/sign-in", &form, &Cookie::default()).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "the old password is void");
    })
    .await;
}

/// A link of the first start that is still about does not open the desk a second time.
#[tokio::test]
async fn the_first_link_is_void_once_somebody_manages() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let link = link::first(&desk.world.app).await.unwrap().unwrap();
        joined(&desk, "ada", Role::Admin).await;
        let form = [("name", "Eve"), ("login", "eve"), ("password", PASSWORD)];
        let path = format!("/join/{}", link.secret);
        let (status, page) = desk.post(&path, &form, &Cookie::default()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("used already"), "{page}");
        assert!(people::find(&desk.world.app, "Eve").await.is_err());
    })
    .await;
}
