//! The company's own sign-in: whom it lets in, as what, and which answers nobody believes.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::http::StatusCode;
use base64::{Engine as _, prelude::*};
use daybook_domain::access::Role;
use daybook_flows::access::{link, people};
use daybook_store::Db;
use daybook_testkit::{World, db::for_each_engine};
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};

use crate::{
    PASSWORD,
    common::{Answer, Cookie, Desk, desk_with},
    is_in, joined, person,
    provider::{ISSUER, Provider},
};

async fn company(db: Db, local: bool) -> (Desk, Arc<Provider>) {
    let mut world = World::small(1, db).await.unwrap();
    let own = &mut world.settings.access.single_sign_on;
    own.issuer = Some(ISSUER.to_owned());
    "Sign in with the company's account".clone_into(&mut own.label);
    own.local_accounts = local;
    own.roles = BTreeMap::from([
        ("books".to_owned(), vec![Role::Finance]),
        ("shops".to_owned(), vec![Role::Retail]),
    ]);
    own.stores = BTreeMap::from([("leeds".to_owned(), vec![5])]);
    world.restart();
    let provider = Provider::new(world.clock.clone());
    let client = provider.client();
    (desk_with(world, |web| web.single_sign_on = Some(client)), provider)
}

fn ada() -> Value {
    json!({ "sub": "248289", "name": "Ada Finch", "email": "ada@example.com", "groups": ["books"] })
}

/// Goes to the provider: where the browser is sent, and what it keeps.
async fn begin(desk: &Desk, before: &Cookie, next: &str) -> (String, Cookie) {
    let answer = desk.call("GET", &format!("/sign-in/company?next={next}"), before).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    assert!(answer.location().starts_with("https://id.example.test/company/auth?tenant=1&"));
    (answer.location().to_owned(), answer.cookie(before))
}

/// The whole way, as somebody with these claims.
async fn comes(desk: &Desk, provider: &Provider, person: Value) -> (Answer, Cookie) {
    let (address, kept) = begin(desk, &Cookie::default(), "/books").await;
    let back = provider.signs_in(&address, person);
    let answer = desk.call("GET", &back, &kept).await;
    let cookie = answer.cookie(&kept);
    (answer, cookie)
}

fn refused(answer: &Answer, status: StatusCode, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert!(answer.text.contains(code), "{}", answer.text);
    assert!(!answer.text.contains("Ada") && !answer.text.contains("248289"), "{}", answer.text);
    assert!(!answer.cookie(&Cookie::default()).0.contains("daybook="));
}

#[tokio::test]
async fn the_groups_there_say_what_one_is_here() {
    for_each_engine(|db| async move {
        let (desk, provider) = company(db, true).await;
        let (_, page) = desk.get("/sign-in?next=/books", &Cookie::default()).await;
        assert!(page.contains("href=\"/sign-in/company?next=%2Fbooks\""), "{page}");
        let (answer, cookie) = comes(&desk, &provider, ada()).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/books"));
        assert!(is_in(&desk, &cookie).await);
        assert!(!cookie.0.contains("sign-on"), "the attempt is over: {}", cookie.0);
        let (_, account) = desk.get("/account", &cookie).await;
        assert!(account.contains("<h1>Ada Finch</h1>") && account.contains("finance"));
        assert!(!account.contains("Present password"), "{account}");
        assert_eq!(desk.get("/people", &cookie).await.0, StatusCode::FORBIDDEN);

        let moved = json!({ "sub": "248289", "groups": ["shops", "leeds", "else"] });
        let (_, newer) = comes(&desk, &provider, moved).await;
        assert!(!is_in(&desk, &cookie).await, "what was open as finance is over");
        let (_, account) = desk.get("/account", &newer).await;
        assert!(account.contains("<h1>Ada Finch</h1>") && account.contains("retail"));
        assert!(account.contains("only 5"), "{account}");
        assert_eq!(people::list(&desk.world.app).await.unwrap().len(), 1);

        let out = json!({ "sub": "248289", "groups": ["else"] });
        let (answer, _) = comes(&desk, &provider, out).await;
        refused(&answer, StatusCode::FORBIDDEN, "sign-on-no-role");
        assert!(!is_in(&desk, &newer).await, "the last group is gone, and so is what was open");
    })
    .await;
}

#[tokio::test]
async fn an_address_joins_nobody_to_an_account_of_ours() {
    for_each_engine(|db| async move {
        let (desk, provider) = company(db, true).await;
        let app = &desk.world.app;
        let own = joined(&desk, "ada@example.com", Role::Admin).await;
        let (_, cookie) = comes(&desk, &provider, ada()).await;
        assert_eq!(desk.get("/people", &cookie).await.0, StatusCode::FORBIDDEN);
        assert_eq!(desk.get("/people", &own).await.0, StatusCode::OK);
        let all = people::list(app).await.unwrap();
        assert_eq!(all.len(), 2);
        let theirs = all.iter().find(|one| one.single_sign_on).unwrap();
        assert!(theirs.login.starts_with("ada@example.com#"), "{}", theirs.login);
        // A second person of that name is another person on the record.
        let twin = json!({ "sub": "9", "name": "ada finch", "groups": ["books"] });
        let (_, cookie) = comes(&desk, &provider, twin).await;
        assert!(desk.get("/account", &cookie).await.1.contains("<h1>ada finch ("));
        for name in ["daybook", "token nightly", "Single sign-on", ""] {
            let odd = json!({ "sub": name, "name": name, "groups": ["books"] });
            let sub = if name.is_empty() { StatusCode::BAD_GATEWAY } else { StatusCode::SEE_OTHER };
            assert_eq!(comes(&desk, &provider, odd).await.0.status, sub, "{name}");
        }
        let all = people::list(app).await.unwrap();
        assert!(all.iter().all(|one| !one.name.eq_ignore_ascii_case("daybook")));
        assert!(all.iter().all(|one| one.name != "token nightly"), "{all:?}");
        // What the groups say nobody changes here, and there is no password to be had.
        let id = &theirs.id;
        let form = [("role", "admin")];
        let (status, page) = desk.post(&format!("/people/{id}/rights"), &form, &own).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(page.contains("account-of-the-company"), "{page}");
        assert!(link::reset(app, id, false, "test").await.is_err());
        // But who is closed here stays out.
        desk.post(&format!("/people/{id}/disable"), &[], &own).await;
        let (answer, _) = comes(&desk, &provider, ada()).await;
        refused(&answer, StatusCode::FORBIDDEN, "sign-on-closed");
    })
    .await;
}

#[tokio::test]
async fn groups_may_be_told_at_the_userinfo_endpoint() {
    for_each_engine(|db| async move {
        let (desk, provider) = company(db, true).await;
        *provider.more.lock().unwrap() = json!({ "sub": "1", "groups": "shops" });
        let (answer, _) = comes(&desk, &provider, json!({ "sub": "1", "name": "Mo" })).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let (answer, _) = comes(&desk, &provider, json!({ "sub": "2" })).await;
        refused(&answer, StatusCode::BAD_GATEWAY, "sign-on-answer");
    })
    .await;
}

#[tokio::test]
async fn no_token_is_believed_that_is_not_ours_and_of_now() {
    for_each_engine(|db| async move {
        let (desk, provider) = company(db, true).await;
        let set = |name: &'static str, value: Value| {
            move |_: &mut jsonwebtoken::Header, claims: &mut Value| claims[name] = value.clone()
        };
        let now = desk.world.app.now().micros() / 1_000_000;
        let claims = [
            ("iss", json!("https://id.example.test/other")),
            ("aud", json!("another")),
            ("aud", json!(["daybook", "another"])),
            ("aud", json!(null)),
            ("azp", json!("another")),
            ("nonce", json!("another")),
            ("nonce", json!(null)),
            ("exp", json!(now - 61)),
            ("exp", json!(null)),
            ("exp", json!(-1)),
            ("iat", json!(now + 3600)),
            ("nbf", json!(now + 3600)),
            ("sub", json!(7)),
        ];
        for (name, value) in claims {
            let told = format!("{name}: {value}");
            *provider.twist.lock().unwrap() = Some(Box::new(set(name, value)));
            let (answer, cookie) = comes(&desk, &provider, ada()).await;
            refused(&answer, StatusCode::BAD_GATEWAY, "sign-on-answer");
            assert!(!is_in(&desk, &cookie).await, "{told}");
        }
        // Signed with what everybody knows, or with a key that nobody named.
        *provider.twist.lock().unwrap() = Some(Box::new(|header, _| header.alg = Algorithm::HS256));
        refused(&comes(&desk, &provider, ada()).await.0, StatusCode::BAD_GATEWAY, "sign-on-answer");
        *provider.twist.lock().unwrap() =
            Some(Box::new(|header, _| header.kid = Some("two".to_owned())));
        refused(&comes(&desk, &provider, ada()).await.0, StatusCode::BAD_GATEWAY, "sign-on-answer");
        *provider.twist.lock().unwrap() = None;
        // Not signed at all.
        let part = |value: Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let (header, body) = (part(json!({ "alg": "none" })), part(ada()));
        for forged in [format!("{header}.{body}."), format!("{header}.{body}"), String::new()] {
            *provider.forged.lock().unwrap() = Some(forged);
            let answer = comes(&desk, &provider, ada()).await.0;
            refused(&answer, StatusCode::BAD_GATEWAY, "sign-on-answer");
        }
        *provider.forged.lock().unwrap() = None;
        assert!(people::list(&desk.world.app).await.unwrap().is_empty());
        assert_eq!(comes(&desk, &provider, ada()).await.0.status, StatusCode::SEE_OTHER);
        let keys =
            provider.asked.lock().unwrap().iter().filter(|path| path.ends_with("keys")).count();
        assert_eq!(keys, 1, "a strange key does not make us ask at every token");
    })
    .await;
}

#[tokio::test]
async fn a_description_of_another_provider_is_not_followed() {
    for_each_engine(|db| async move {
        let (desk, provider) = company(db, true).await;
        *provider.name.lock().unwrap() = format!("{ISSUER}/");
        let answer = desk.call("GET", "/sign-in/company", &Cookie::default()).await;
        refused(&answer, StatusCode::BAD_GATEWAY, "sign-on-answer");
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_for_the_browser_that_asked_and_for_once() {
    for_each_engine(|db| async move {
        let (desk, provider) = company(db, true).await;
        let (address, kept) = begin(&desk, &Cookie::default(), "//evil.example").await;
        let back = provider.signs_in(&address, ada());
        let over = (StatusCode::BAD_REQUEST, "sign-on-over");
        // Another browser: without the secret, and with one of its own.
        let stranger = desk.call("GET", &back, &Cookie::default()).await;
        refused(&stranger, over.0, over.1);
        let (_, other) = begin(&desk, &Cookie::default(), "/").await;
        refused(&desk.call("GET", &back, &other).await, over.0, over.1);
        let wrong = back.replacen("state=", "state=x", 1);
        refused(&desk.call("GET", &wrong, &kept).await, over.0, over.1);
        let twice = format!("{back}&state=x");
        assert_eq!(desk.call("GET", &twice, &kept).await.status, StatusCode::BAD_REQUEST);
        // The one that asked, where it may go, with a session that nobody knew before.
        let fixed = Cookie(format!("{}; daybook=known", kept.0));
        let answer = desk.call("GET", &back, &fixed).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/"));
        let cookie = answer.cookie(&kept);
        assert!(is_in(&desk, &cookie).await && !cookie.0.contains("daybook=known"));
        refused(&desk.call("GET", &back, &kept).await, over.0, over.1);

        let (address, kept) = begin(&desk, &Cookie::default(), "/").await;
        let back = provider.signs_in(&address, ada());
        let elsewhere = format!("{back}&iss=https%3A%2F%2Fid.example.test%2Fother");
        let answer = desk.call("GET", &elsewhere, &kept).await;
        refused(&answer, StatusCode::BAD_GATEWAY, "sign-on-answer");

        let (address, kept) = begin(&desk, &Cookie::default(), "/").await;
        let back = provider.signs_in(&address, ada());
        desk.world.clock.advance(Duration::from_mins(10));
        refused(&desk.call("GET", &back, &kept).await, over.0, over.1);

        let (address, kept) = begin(&desk, &Cookie::default(), "/").await;
        let back = provider.signs_in(&address, ada());
        let given_up = back.replace("&code=", "&error=access_denied&error_description=%3Cb%3E&x=");
        let answer = desk.call("GET", &given_up, &kept).await;
        refused(&answer, StatusCode::UNAUTHORIZED, "sign-on-refused");
    })
    .await;
}

#[tokio::test]
async fn where_there_are_no_accounts_of_ours_no_password_opens_anything() {
    for_each_engine(|db| async move {
        let (mut desk, provider) = company(db, true).await;
        let own = joined(&desk, "ada", Role::Admin).await;
        desk.world.settings.access.single_sign_on.local_accounts = false;
        desk.world.restart();
        let client = provider.client();
        let desk = desk_with(desk.world, |web| web.single_sign_on = Some(client));
        assert!(!is_in(&desk, &own).await, "what was open is over");
        let (_, page) = desk.get("/sign-in", &Cookie::default()).await;
        assert!(page.contains("/sign-in/company?next=") && !page.contains("type=\"password\""));
        let form = [("login", "ada"), ("password", PASSWORD)];
        let (status, page) = desk.post("/sign-in", &form, &Cookie::default()).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(page.contains("local-accounts-off"), "{page}");
        let app = &desk.world.app;
        assert!(link::invite(app, &person("mo", Role::Retail), "test").await.is_err());
        assert_eq!(link::first(app).await.unwrap(), None);
        let (_, cookie) = comes(&desk, &provider, ada()).await;
        assert!(is_in(&desk, &cookie).await);
    })
    .await;
}

#[tokio::test]
async fn without_a_provider_there_is_no_such_door() {
    for_each_engine(|db| async move {
        let desk = crate::common::desk(db).await;
        for path in ["/sign-in/company", "/sign-in/company/back?state=x&code=y"] {
            assert_eq!(desk.get(path, &Cookie::default()).await.0, StatusCode::NOT_FOUND);
        }
        let (_, page) = desk.get("/sign-in", &Cookie::default()).await;
        assert!(!page.contains("/sign-in/company"), "{page}");
    })
    .await;
}
