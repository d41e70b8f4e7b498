//! Who comes in, and how: on both engines, in process.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use axum::http::StatusCode;
use common::{Cookie, desk};
use daybook_domain::access::Role;
use daybook_testkit::db::for_each_engine;

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
    })
    .await;
}
