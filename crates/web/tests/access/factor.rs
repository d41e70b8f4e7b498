//! The second factor: set up, asked for, used once.

use std::time::Duration;

use axum::http::StatusCode;
use daybook_domain::access::Role;
use daybook_flows::access::{people, totp};
use daybook_testkit::db::for_each_engine;

use crate::{
    PASSWORD,
    common::{Answer, Cookie, Desk, desk},
    is_in, joined,
};

/// Sets a second factor up, as its owner does; the secret and the recovery codes.
async fn set_up(desk: &Desk, cookie: &Cookie) -> (Vec<u8>, Vec<String>) {
    let answer = desk.form("/account/factor", &[], cookie).await;
    assert_eq!(answer.location(), "/account/factor");
    let account = people::find(&desk.world.app, "ada").await.unwrap();
    let secret = account.factor_next.unwrap();
    let (_, page) = desk.get("/account/factor", cookie).await;
    assert!(page.contains("<svg") && page.contains("otpauth://totp/Daybook:ada?secret="), "{page}");
    let typed = page.split("Secret: <code>").nth(1).unwrap().split('<').next().unwrap();
    assert_eq!(typed.replace(' ', ""), totp::base32(&secret));
    let (status, page) = desk.post("/account/factor/confirm", &[("code", "000000")], cookie).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("That is not the code"), "{page}");
    let code = code(desk, &secret);
    let (status, page) = desk.post("/account/factor/confirm", &[("code", &code)], cookie).await;
    assert_eq!(status, StatusCode::OK);
    let codes = page.split("<li><code>").skip(1);
    let codes: Vec<String> = codes.map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    (secret, codes)
}

fn code(desk: &Desk, secret: &[u8]) -> String {
    totp::code(secret, totp::step_at(desk.world.app.now()))
}

async fn password(desk: &Desk) -> Cookie {
    let form = [("login", "ada"), ("password", PASSWORD), ("next", "/account")];
    let answer = desk.form("/sign-in", &form, &Cookie::default()).await;
    assert_eq!(answer.location(), "/sign-in/code?next=%2Faccount");
    answer.cookie(&Cookie::default())
}

async fn second(desk: &Desk, code: &str, cookie: &Cookie) -> Answer {
    desk.form("/sign-in/code", &[("code", code), ("next", "/account")], cookie).await
}

#[tokio::test]
async fn a_code_is_asked_for_and_good_once() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let ada = joined(&desk, "ada", Role::Retail).await;
        let (secret, codes) = set_up(&desk, &ada).await;
        assert_eq!(codes.len(), 10);
        assert!(is_in(&desk, &ada).await, "who set it up stays in");
        let used = code(&desk, &secret);

        let half = password(&desk).await;
        assert!(!is_in(&desk, &half).await, "half a session opens nothing");
        assert_eq!(desk.get("/sign-in/code", &half).await.0, StatusCode::OK);
        for wrong in [used.as_str(), "123456", "", "no code at all"] {
            let answer = second(&desk, wrong, &half).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{wrong}");
        }
        desk.world.clock.advance(Duration::from_secs(30));
        let fresh = code(&desk, &secret);
        let answer = second(&desk, &format!("{} {}", &fresh[..3], &fresh[3..]), &half).await;
        assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/account"));
        let whole = answer.cookie(&half);
        assert!(is_in(&desk, &whole).await);
        assert!(!is_in(&desk, &half).await, "the half is over");
        let again = password(&desk).await;
        assert_eq!(second(&desk, &fresh, &again).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_is_good_once_and_guessing_is_slow() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let ada = joined(&desk, "ada", Role::Retail).await;
        let (_, codes) = set_up(&desk, &ada).await;
        let half = password(&desk).await;
        let answer = second(&desk, &codes[3].to_uppercase(), &half).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let (_, page) = desk.get("/account", &answer.cookie(&half)).await;
        assert!(page.contains("9 of your recovery codes"), "{page}");
        let half = password(&desk).await;
        for _ in 0..6 {
            let answer = second(&desk, &codes[3], &half).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        }
        let answer = second(&desk, &codes[4], &half).await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
        desk.world.clock.advance(Duration::from_secs(2));
        assert_eq!(second(&desk, &codes[4], &half).await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn the_second_step_has_its_time() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let ada = joined(&desk, "ada", Role::Retail).await;
        let (secret, _) = set_up(&desk, &ada).await;
        let half = password(&desk).await;
        desk.world.clock.advance(Duration::from_mins(10));
        let answer = second(&desk, &code(&desk, &secret), &half).await;
        assert_eq!(answer.location(), "/sign-in?next=%2Faccount");
        let answer = desk.call("GET", "/sign-in/code", &Cookie::default()).await;
        assert_eq!(answer.location(), "/sign-in?next=%2F");
    })
    .await;
}

#[tokio::test]
async fn removing_it_and_new_codes_need_the_password() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let ada = joined(&desk, "ada", Role::Retail).await;
        let (_, codes) = set_up(&desk, &ada).await;
        for path in ["/account/factor/remove", "/account/factor/codes"] {
            let (status, page) = desk.post(path, &[("present", "wrong")], &ada).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.contains("That is not your present password"), "{page}");
        }
        let form = [("present", PASSWORD)];
        let (_, page) = desk.post("/account/factor/codes", &form, &ada).await;
        assert!(page.contains("<li><code>") && !page.contains(&codes[0]), "{page}");
        let half = password(&desk).await;
        assert_eq!(second(&desk, &codes[0], &half).await.status, StatusCode::UNAUTHORIZED);
        let answer = desk.form("/account/factor/remove", &form, &ada).await;
        assert_eq!(answer.location(), "/account");
        let form = [("login", "ada"), ("password", PASSWORD)];
        let answer = desk.form("/sign-in", &form, &Cookie::default()).await;
        assert_eq!(answer.location(), "/", "one step again");
    })
    .await;
}
