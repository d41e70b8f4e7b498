//! Every route with every role, and with nobody.

use axum::http::StatusCode;
use daybook_domain::access::{Right, Role};
use daybook_testkit::db::for_each_engine;
use daybook_web::{Who, routes};

use crate::common::{Cookie, desk};

/// `/people/{id}/link` with something in the braces that is nobody's.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "0" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_route_asks_for_its_right() {
    let all = routes();
    assert!(all.len() > 20, "{}", all.len());
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let mut cookies = Vec::new();
        for role in Role::ALL {
            cookies.push((role, desk.sign_in(role).await));
        }
        for route in routes() {
            let (path, right) = (filled(route.path), route.right);
            let line = format!("{} {path}", route.method);
            let stranger = desk.call(route.method, &path, &Cookie::default()).await;
            if path.starts_with("/api/") {
                assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{line}, nobody");
            } else {
                assert_eq!(stranger.status, StatusCode::SEE_OTHER, "{line}, nobody");
                assert!(stranger.location().starts_with("/sign-in?next="), "{line}, nobody");
            }
            for (role, cookie) in &cookies {
                let answer = desk.call(route.method, &path, cookie).await;
                let refusal = format!("the right &#39;{right}&#39;");
                let is_refused = answer.status == StatusCode::FORBIDDEN
                    && (answer.text.contains(&refusal) || answer.text.contains("forbidden"));
                assert_eq!(!is_refused, role.rights().contains(&right), "{line}, {role}");
                assert!(!answer.status.is_server_error(), "{line}, {role}: {}", answer.text);
                assert!(!answer.location().starts_with("/sign-in"), "{line}, {role}");
            }
        }
    })
    .await;
}

/// What changes something is never open to who only reads.
#[test]
fn an_auditor_changes_nothing_but_their_own_account() {
    for route in routes().into_iter().filter(|route| route.method != "GET") {
        let is_own = route.path.starts_with("/account/");
        assert!(is_own || route.right != Right::See, "{} {}", route.method, route.path);
    }
}

#[test]
fn stores_limit_what_is_seen() {
    let with = |stores: Option<&[i64]>| Who {
        name: "Ada".to_owned(),
        roles: [Role::Retail].into(),
        rights: Role::Retail.rights().iter().copied().collect(),
        stores: stores.map(|stores| stores.iter().copied().collect()),
    };
    assert!(with(None).may_see_store(None) && with(None).may_see_store(Some(9)));
    let some = with(Some(&[5, 7]));
    assert!(some.may_see_store(Some(5)) && !some.may_see_store(Some(6)));
    assert!(!some.may_see_store(None) && !with(Some(&[])).may_see_store(Some(5)));
    assert!(some.may(Right::See) && !some.may(Right::CloseBooks));
}
