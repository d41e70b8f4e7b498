//! Guessing is slow, and locks nobody out.

use std::{net::Ipv4Addr, time::Duration};

use axum::http::{StatusCode, header};
use daybook_domain::access::Role;
use daybook_testkit::db::for_each_engine;

use crate::{
    PASSWORD,
    common::{Answer, Cookie, Desk, desk},
    joined,
};

async fn guess(desk: &Desk, login: &str, password: &str, from: u8, cookie: &Cookie) -> Answer {
    let form = [("login", login), ("password", password)];
    desk.form_from("/sign-in", &form, cookie, Ipv4Addr::new(192, 0, 2, from)).await
}

fn seconds(answer: &Answer) -> u64 {
    answer.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_source_waits_longer_each_time_and_others_do_not() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let nobody = Cookie::default();
        joined(&desk, "ada", Role::Retail).await;
        // Other names too: it is the source that guesses.
        for login in ["ada", "zoe", "mo", "ada", "eve", "ada"] {
            let status = guess(&desk, login, "wrong", 1, &nobody).await.status;
            assert_eq!(status, StatusCode::UNAUTHORIZED);
        }
        let told = guess(&desk, "ada", PASSWORD, 1, &nobody).await;
        assert_eq!(
            told.status,
            StatusCode::TOO_MANY_REQUESTS,
            "even the right one is not looked at"
        );
        assert_eq!(seconds(&told), 2);
        assert!(told.text.contains("Wait 2 seconds"), "{}", told.text);
        let elsewhere = guess(&desk, "ada", PASSWORD, 2, &nobody).await;
        assert_eq!(elsewhere.status, StatusCode::SEE_OTHER);
        desk.world.clock.advance(Duration::from_secs(2));
        assert_eq!(guess(&desk, "ada", "wrong", 1, &nobody).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(seconds(&guess(&desk, "ada", "wrong", 1, &nobody).await), 4);
        // Asking while one waits makes it no longer.
        assert_eq!(seconds(&guess(&desk, "ada", "wrong", 1, &nobody).await), 4);
        desk.world.clock.advance(Duration::from_secs(4));
        assert_eq!(guess(&desk, "ada", PASSWORD, 1, &nobody).await.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn strangers_from_everywhere_do_not_lock_the_owner_out() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let nobody = Cookie::default();
        let ada = joined(&desk, "ada", Role::Retail).await;
        let browser = ada.0.split("; ").find(|part| part.starts_with("daybook-browser="));
        let browser = Cookie(browser.unwrap().to_owned());
        let mut refused = 0;
        for from in 10..60 {
            let told = guess(&desk, "ada", "wrong", from, &nobody).await;
            if told.status == StatusCode::TOO_MANY_REQUESTS {
                refused += 1;
            }
        }
        assert!(refused >= 25, "{refused}");
        // Where she signed in before, she does not even notice.
        let own = guess(&desk, "ada", PASSWORD, 10, &browser).await;
        assert_eq!(own.status, StatusCode::SEE_OTHER);
        // In a new browser she waits for half a minute at most.
        let told = guess(&desk, "ada", PASSWORD, 200, &nobody).await;
        assert_eq!(told.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(seconds(&told) <= 30, "{}", seconds(&told));
        desk.world.clock.advance(Duration::from_secs(seconds(&told)));
        let own = guess(&desk, "ada", PASSWORD, 200, &nobody).await;
        assert_eq!(own.status, StatusCode::SEE_OTHER);
        // Her browser's count is hers: it slows down whoever guesses with it.
        for _ in 0..6 {
            guess(&desk, "ada", "wrong", 10, &browser).await;
        }
        let told = guess(&desk, "ada", PASSWORD, 10, &browser).await;
        assert_eq!(told.status, StatusCode::TOO_MANY_REQUESTS);
        // A mark that we never gave buys nothing.
        let made_up = Cookie("daybook-browser=made-up".to_owned());
        for _ in 0..6 {
            guess(&desk, "mo", "wrong", 201, &made_up).await;
        }
        let told = guess(&desk, "mo", "wrong", 201, &made_up).await;
        assert_eq!(told.status, StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}
