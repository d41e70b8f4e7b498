//! The desk in process: sign in as a role, get pages, send forms.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]
#![allow(dead_code, reason = "every test program uses another part")]

use std::{
    collections::BTreeSet,
    net::{Ipv4Addr, SocketAddr},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header, request::Builder},
};
use daybook_domain::access::Role;
use daybook_flows::access::{
    SignIn, Visitor,
    link::{self, Choice, Person},
};
use daybook_store::Db;
use daybook_testkit::World;
use daybook_web::{Live, Web, router};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// Bodies that are larger are no pages.
const LIMIT: usize = 8 << 20;

/// A desk with a made-up world behind it.
pub(crate) struct Desk {
    /// All routes.
    pub(crate) router: Router,
    /// What is behind them.
    pub(crate) world: World,
}

/// What a browser keeps: its `Cookie` header; empty for somebody who is not signed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cookie(pub(crate) String);

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: StatusCode,
    /// Its headers.
    pub(crate) headers: HeaderMap,
    /// Its text.
    pub(crate) text: String,
}

impl Answer {
    /// Where it sends the browser; empty when it does not.
    pub(crate) fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    /// What a browser keeps after it, beside what it had.
    pub(crate) fn cookie(&self, before: &Cookie) -> Cookie {
        let parts = before.0.split("; ").filter(|part| !part.is_empty());
        let pair = |part: &str| {
            let (name, value) = part.split_once('=').unwrap();
            (name.to_owned(), value.to_owned())
        };
        let mut kept: std::collections::BTreeMap<String, String> = parts.map(pair).collect();
        for set in self.headers.get_all(header::SET_COOKIE) {
            let (name, value) = pair(set.to_str().unwrap().split(';').next().unwrap());
            kept.insert(name, value);
        }
        kept.retain(|_, value| !value.is_empty());
        let all = kept.iter().map(|(name, value)| format!("{name}={value}"));
        Cookie(all.collect::<Vec<_>>().join("; "))
    }
}

/// A desk on an empty book, with a small world.
pub(crate) async fn desk(db: Db) -> Desk {
    desk_of(World::small(1, db).await.unwrap())
}

/// A desk of this world.
pub(crate) fn desk_of(world: World) -> Desk {
    desk_with(world, |_| ())
}

/// A desk of this world, whose manual is told this.
pub(crate) fn desk_told(world: World, live: Live) -> Desk {
    desk_with(world, |web| web.manual = std::sync::Arc::new(live))
}

/// A desk of this world that is set up in its own way.
pub(crate) fn desk_with(world: World, set: impl FnOnce(&mut Web)) -> Desk {
    let mut web = Web {
        app: world.app.clone(),
        events: None,
        metrics: None,
        metrics_token: None,
        single_sign_on: None,
        manual: std::sync::Arc::default(),
        body_limit_bytes: 64 << 10,
        stop: CancellationToken::new(),
    };
    set(&mut web);
    Desk { router: router(web), world }
}

impl Desk {
    /// Somebody new with this role, signed in. What they are called is the role's word.
    pub(crate) async fn sign_in(&self, role: Role) -> Cookie {
        self.sign_in_as(role.word(), &[role], None).await
    }

    /// Somebody new, signed in.
    pub(crate) async fn sign_in_as(
        &self,
        name: &str,
        roles: &[Role],
        stores: Option<&[i64]>,
    ) -> Cookie {
        let app = &self.world.app;
        let person = Person {
            login: format!("{}@test", name.replace(' ', ".")),
            name: name.to_owned(),
            roles: roles.iter().copied().collect(),
            stores: stores.map(|stores| stores.iter().copied().collect::<BTreeSet<_>>()),
        };
        let link = link::open_door(app, &person, "test").await.unwrap();
        let visitor = Visitor { source: "test".to_owned(), ..Visitor::default() };
        let ended = link::accept(app, &link.secret, &Choice::default(), &visitor).await.unwrap();
        let SignIn::In(entered) = ended else { panic!("{ended:?}") };
        Cookie(format!("daybook={}", entered.session))
    }

    /// A page.
    pub(crate) async fn get(&self, path: &str, cookie: &Cookie) -> (StatusCode, String) {
        let answer = self.send(Request::get(path), cookie, Body::empty()).await;
        (answer.status, answer.text)
    }

    /// A form, sent as a browser sends the forms of our own pages.
    pub(crate) async fn post(
        &self,
        path: &str,
        form: &[(&str, &str)],
        cookie: &Cookie,
    ) -> (StatusCode, String) {
        let answer = self.form(path, form, cookie).await;
        (answer.status, answer.text)
    }

    /// As [`Desk::post`], with headers.
    pub(crate) async fn form(&self, path: &str, form: &[(&str, &str)], cookie: &Cookie) -> Answer {
        self.form_from(path, form, cookie, Ipv4Addr::LOCALHOST).await
    }

    /// As [`Desk::form`], from another address.
    pub(crate) async fn form_from(
        &self,
        path: &str,
        form: &[(&str, &str)],
        cookie: &Cookie,
        from: Ipv4Addr,
    ) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .extension(ConnectInfo(SocketAddr::from((from, 40_000))));
        self.send(request, cookie, Body::from(body)).await
    }

    /// A request of this method, without a body, as a page of ours would send it.
    pub(crate) async fn call(&self, method: &str, path: &str, cookie: &Cookie) -> Answer {
        let method: Method = method.parse().unwrap();
        let request =
            Request::builder().method(method).uri(path).header("sec-fetch-site", "same-origin");
        self.send(request, cookie, Body::empty()).await
    }

    /// Any request.
    pub(crate) async fn send(&self, request: Builder, cookie: &Cookie, body: Body) -> Answer {
        let request = match cookie.0.as_str() {
            "" => request,
            text => request.header(header::COOKIE, text),
        };
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        // A stream goes on for as long as somebody listens.
        let is_stream =
            parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        let body = if is_stream { Body::empty() } else { body };
        let bytes = to_bytes(body, LIMIT).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }
}
