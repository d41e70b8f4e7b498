//! Tokens at the doors, with routes of the test's own behind them.

use std::collections::BTreeSet;

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header, request::Builder},
};
use daybook_domain::access::{Right, Role};
use daybook_flows::access::{
    SignIn, Visitor,
    link::{self, Choice, Person},
    token::{self, Maker, NewToken},
};
use daybook_testkit::{World, db::for_each_engine};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::{Who, behind_doors};
use crate::{Web, desk::Routes};

async fn name(Extension(who): Extension<Who>) -> String {
    who.name
}

fn doors(world: &World) -> Router {
    let web = Web {
        app: world.app.clone(),
        events: None,
        metrics: None,
        metrics_token: None,
        single_sign_on: None,
        manual: std::sync::Arc::default(),
        body_limit_bytes: 1 << 10,
        stop: CancellationToken::new(),
    };
    let routes = Routes::default()
        .page("/api/v1/figures", Right::See, name)
        .act("/api/v1/close", Right::CloseBooks, name)
        .page("/page", Right::See, name);
    behind_doors(routes.done().0, &web).with_state(web)
}

async fn send(doors: &Router, request: Builder) -> (StatusCode, String) {
    let response = doors.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

fn with(request: Builder, token: &str) -> Builder {
    request.header(header::AUTHORIZATION, format!("Bearer {token}"))
}

async fn make(world: &World, name: &str, rights: &[Right], days: u64) -> String {
    let own: BTreeSet<Right> = Right::ALL.into_iter().collect();
    let rights = rights.iter().copied().collect();
    let new = NewToken { name: name.to_owned(), rights, stores: None, days };
    let maker = Maker { name: "Mo", rights: &own, stores: None };
    token::make(&world.app, &new, maker).await.unwrap()
}

#[tokio::test]
async fn a_token_opens_the_calls_of_its_rights_and_no_page() {
    for_each_engine(|db| async move {
        let world = World::unmapped(1, db);
        let doors = doors(&world);
        let (figures, close) = ("/api/v1/figures", "/api/v1/close");
        let (status, text) = send(&doors, Request::get(figures)).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert!(text.contains("sign-in"), "{text}");
        let sees = make(&world, "report", &[Right::See], 1).await;
        let closes = make(&world, "closer", &[Right::See, Right::CloseBooks], 1).await;
        assert!(sees.starts_with(token::BEGINS));
        let (status, text) = send(&doors, with(Request::get(figures), &sees)).await;
        assert_eq!((status, text.as_str()), (StatusCode::OK, "token report"));
        let (status, text) = send(&doors, with(Request::post(close), &sees)).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(text.contains("close-books"), "{text}");
        // Programs send no origin: no browser adds a token by itself.
        let (status, _) = send(&doors, with(Request::post(close), &closes)).await;
        assert_eq!(status, StatusCode::OK);
        let (status, _) = send(&doors, with(Request::get("/page"), &closes)).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "a token opens no page");
        let (status, text) = send(&doors, with(Request::get(figures), "dbk_nonsense")).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert!(text.contains("\"token\""), "{text}");
    })
    .await;
}

#[tokio::test]
async fn a_token_is_over_at_its_time_and_when_it_is_taken_back() {
    for_each_engine(|db| async move {
        let world = World::unmapped(1, db);
        let doors = doors(&world);
        let get =
            async |token: &str| send(&doors, with(Request::get("/api/v1/figures"), token)).await.0;
        let short = make(&world, "short", &[Right::See], 1).await;
        let long = make(&world, "long", &[Right::See], 90).await;
        world.clock.advance(std::time::Duration::from_hours(24));
        assert_eq!(get(&short).await, StatusCode::UNAUTHORIZED);
        assert_eq!(get(&long).await, StatusCode::OK);
        let all = token::list(&world.app).await.unwrap();
        let long_row = all.iter().find(|one| one.name == "long").unwrap();
        assert!(long_row.used_at.is_some() && long.starts_with(&long_row.prefix));
        token::revoke(&world.app, &long_row.id, "Mo").await.unwrap();
        assert_eq!(get(&long).await, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn a_token_never_may_what_its_maker_may_not() {
    for_each_engine(|db| async move {
        let world = World::unmapped(1, db);
        let own = BTreeSet::from([Right::See]);
        let stores = BTreeSet::from([5]);
        let refused = async |rights: &[Right], of: Option<&[i64]>| {
            let rights = rights.iter().copied().collect();
            let of = of.map(|of| of.iter().copied().collect());
            let new = NewToken { name: "t".to_owned(), rights, stores: of, days: 1 };
            let maker = Maker { name: "Mo", rights: &own, stores: Some(&stores) };
            token::make(&world.app, &new, maker).await.err().map(|error| error.code())
        };
        assert_eq!(refused(&[], Some(&[5])).await, Some("token-rights"));
        assert_eq!(refused(&[Right::See, Right::Operate], Some(&[5])).await, Some("token-rights"));
        assert_eq!(refused(&[Right::See], None).await, Some("token-stores"));
        assert_eq!(refused(&[Right::See], Some(&[5, 6])).await, Some("token-stores"));
        assert_eq!(refused(&[Right::See], Some(&[5])).await, None);
        assert_eq!(refused(&[Right::See], Some(&[5])).await, Some("token-taken"));
    })
    .await;
}

/// A session's cookie opens the API too, but then the request must come from our own pages.
#[tokio::test]
async fn a_cookie_with_the_api_must_come_from_our_pages() {
    for_each_engine(|db| async move {
        let world = World::unmapped(1, db);
        let doors = doors(&world);
        let person = Person {
            login: "ada".to_owned(),
            name: "Ada".to_owned(),
            roles: BTreeSet::from([Role::Finance]),
            stores: None,
        };
        let link = link::open_door(&world.app, &person, "Mo").await.unwrap();
        let (choice, visitor) = (Choice::default(), Visitor::default());
        let ended = link::accept(&world.app, &link.secret, &choice, &visitor).await.unwrap();
        let SignIn::In(entered) = ended else { panic!("{ended:?}") };
        let cookie = format!("daybook={}", entered.session);
        let post = || Request::post("/api/v1/close").header(header::COOKIE, &cookie);
        let (status, text) = send(&doors, post()).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(text.contains("forged-origin"), "{text}");
        let (status, text) = send(&doors, post().header("sec-fetch-site", "same-origin")).await;
        assert_eq!((status, text.as_str()), (StatusCode::OK, "Ada"));
        // Beside a token the cookie does not count.
        let (status, _) = send(&doors, with(post(), "dbk_nonsense")).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    })
    .await;
}
