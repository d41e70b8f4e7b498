//! What somebody who means harm would send.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use daybook_domain::access::Role;
use daybook_testkit::{World, db::for_each_engine};

use crate::{
    PASSWORD,
    common::{Cookie, desk, desk_of},
    joined,
};

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn forms_of_other_sites_are_refused() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let ada = joined(&desk, "ada", Role::Retail).await;
        let post = |path: &str| Request::post(path).header(header::CONTENT_TYPE, FORM);
        for path in ["/account/sessions/end-others", "/sign-out", "/sign-in", "/join/x"] {
            let forged = [
                post(path),
                post(path).header("sec-fetch-site", "cross-site"),
                post(path).header(header::ORIGIN, "https://evil.example"),
                post(path).header(header::ORIGIN, "null").header(header::HOST, "desk:8080"),
            ];
            for request in forged {
                let answer = desk.send(request, &ada, Body::empty()).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
                assert!(answer.text.contains("forged-origin"), "{}", answer.text);
            }
        }
        let own = post("/sign-out").header(header::ORIGIN, "http://desk:8080");
        let answer = desk.send(own.header(header::HOST, "desk:8080"), &ada, Body::empty()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn every_answer_tells_browsers_what_to_keep_to() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let ada = desk.sign_in(Role::Retail).await;
        for path in ["/", "/account", "/sign-in", "/people", "/join/x", "/nowhere", "/healthz"] {
            let answer = desk.call("GET", path, &ada).await;
            let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
            assert!(!policy.contains("unsafe"), "{policy}");
            assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
            assert_eq!(answer.headers[header::REFERRER_POLICY], "same-origin");
            assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{path}");
            assert!(!answer.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
            let inline = ["<script>", " style=", " onclick=", "javascript:"];
            assert!(!inline.iter().any(|text| answer.text.contains(text)), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn behind_tls_cookies_are_for_https_and_this_host_alone() {
    for_each_engine(|db| async move {
        let mut world = World::unmapped(1, db);
        world.settings.access.secure = true;
        world.restart();
        let desk = desk_of(world);
        joined(&desk, "ada", Role::Retail).await;
        let form = [("login", "ada"), ("password", PASSWORD)];
        let answer = desk.form("/sign-in", &form, &Cookie::default()).await;
        assert_eq!(answer.headers[header::STRICT_TRANSPORT_SECURITY], "max-age=63072000");
        let set: Vec<_> = answer.headers.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(set.len(), 2);
        for cookie in set {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.starts_with("__Host-daybook"), "{cookie}");
            assert!(cookie.contains("; Path=/; HttpOnly; SameSite=Lax; Secure"), "{cookie}");
            assert!(!cookie.contains("Domain"), "{cookie}");
        }
        // A cookie without the prefix could have been written by any page of a neighbour.
        let own = answer.cookie(&Cookie::default());
        assert_eq!(desk.get("/account", &own).await.0, StatusCode::OK);
        let plain = Cookie(own.0.replace("__Host-", ""));
        assert_eq!(desk.get("/account", &plain).await.0, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn names_are_shown_and_never_run() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let name = "<script>alert(1)</script>";
        let admin = desk.sign_in_as(name, &[Role::Admin], None).await;
        for path in ["/account", "/people", "/people/tokens"] {
            let (_, page) = desk.get(path, &admin).await;
            assert!(!page.contains("<script>alert") && page.contains("&#60;script&#62;"), "{page}");
        }
        let form = [("login", "\"><img src=x onerror=alert(1)>"), ("password", "x")];
        let (_, page) = desk.post("/sign-in", &form, &Cookie::default()).await;
        assert!(!page.contains("<img src=x"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn broken_and_huge_requests_are_refused_politely() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let nobody = Cookie::default();
        let admin = desk.sign_in(Role::Admin).await;
        let post = |path: &str, kind: &str| {
            let request = Request::post(path).header("sec-fetch-site", "same-origin");
            request.header(header::CONTENT_TYPE, kind)
        };
        let cases = [
            (FORM, b"login=%".to_vec()),
            (FORM, b"login=a%00b&password=x".to_vec()),
            (FORM, vec![0xff; 40]),
            ("application/json", b"{}".to_vec()),
        ];
        for (kind, body) in cases {
            let answer = desk.send(post("/sign-in", kind), &nobody, Body::from(body)).await;
            let status = answer.status;
            assert!(
                matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED),
                "{status} {}",
                answer.text
            );
        }
        let huge = Body::from(format!("login={}", "a".repeat(70 << 10)));
        let answer = desk.send(post("/sign-in", FORM), &nobody, huge).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        let long = "a".repeat(5_000);
        let (status, _) =
            desk.post("/sign-in", &[("login", &long), ("password", &long)], &nobody).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        for path in ["/people/%00/link", "/account/sessions/%00/end"] {
            let (status, _) = desk.post(path, &[], &admin).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{path}");
        }
        for path in ["/assets/../Cargo.toml", "/assets/%2e%2e%2fCargo.toml", "//evil.example/"] {
            let (status, _) = desk.get(path, &admin).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn nobody_is_sent_to_another_site_after_signing_in() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let ada = joined(&desk, "ada", Role::Retail).await;
        for next in ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil"] {
            let form = [("login", "ada"), ("password", PASSWORD), ("next", next)];
            let answer = desk.form("/sign-in", &form, &Cookie::default()).await;
            assert_eq!(answer.location(), "/", "{next}");
            let query: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
            let answer = desk.call("GET", &format!("/sign-in?next={query}"), &ada).await;
            assert_eq!(answer.location(), "/", "{next}");
        }
    })
    .await;
}
