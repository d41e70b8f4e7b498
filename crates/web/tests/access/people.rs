//! Whoever looks after accounts.

use axum::http::StatusCode;
use daybook_domain::access::Role;
use daybook_flows::access::{
    link,
    people::{self, Change},
    seen,
};
use daybook_store::audit;
use daybook_testkit::db::for_each_engine;

use crate::{
    PASSWORD,
    common::{Cookie, desk},
    is_in, joined,
};

#[tokio::test]
async fn an_admin_lets_somebody_in_and_out() {
    for_each_engine(|db| {
        Box::pin(async move {
            let desk = desk(db).await;
            let admin = desk.sign_in(Role::Admin).await;
            let form = [
                ("name", "Ada Finch"),
                ("login", "ada@example.com"),
                ("role", "finance"),
                ("role", "auditor"),
                ("stores", "5, 7"),
            ];
            let (status, page) = desk.post("/people/invite", &form, &admin).await;
            assert_eq!(status, StatusCode::OK);
            let secret = page.split("/join/").nth(1).unwrap().split('<').next().unwrap();
            let (_, page) = desk.get("/people", &admin).await;
            assert!(
                page.contains("has a link until") && page.contains("only 5 (in no mapping), 7"),
                "{page}"
            );
            assert!(!page.contains("/join/"), "a link is shown once");
            let answer = desk
                .form(&format!("/join/{secret}"), &[("password", PASSWORD)], &Cookie::default())
                .await;
            let ada = answer.cookie(&Cookie::default());
            let account = people::find(&desk.world.app, "Ada Finch").await.unwrap();
            assert_eq!(account.roles, [Role::Finance, Role::Auditor].into());
            assert_eq!(account.stores, Some([5, 7].into()));
            assert_eq!(account.created_by, "admin");

            let disable = format!("/people/{}/disable", account.id);
            assert_eq!(desk.post(&disable, &[], &ada).await.0, StatusCode::FORBIDDEN);
            desk.post(&disable, &[], &admin).await;
            assert!(!is_in(&desk, &ada).await);
            let form = [("login", "ada@example.com"), ("password", PASSWORD)];
            let (status, _) = desk.post("/sign-in", &form, &Cookie::default()).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED);
            desk.post(&format!("/people/{}/enable", account.id), &[], &admin).await;
            let answer = desk.form("/sign-in", &form, &Cookie::default()).await;
            assert!(is_in(&desk, &answer.cookie(&Cookie::default())).await);
            desk.post(&format!("/people/{}/sign-out", account.id), &[], &admin).await;
            assert!(!is_in(&desk, &answer.cookie(&Cookie::default())).await);
            let (_, page) = desk.post(&format!("/people/{}/link", account.id), &[], &admin).await;
            assert!(page.contains("/join/"), "{page}");
            let acts = audit::of(&desk.world.app.db, "Ada Finch", 20).await.unwrap();
            let told: Vec<_> = acts.iter().rev().map(|act| act.action.as_str()).collect();
            let expected = [
                "account-made",
                "account-link",
                "account-password",
                "sign-in",
                "account-disabled",
                "account-enabled",
                "sign-in",
                "account-signed-out",
                "account-link",
            ];
            assert_eq!(told, expected);
        })
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_with_an_invitation_is_said_and_nothing_typed_is_lost() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let admin = desk.sign_in(Role::Admin).await;
        joined(&desk, "ada", Role::Retail).await;
        let cases = [
            (("Ada", "other", "", "retail"), "There is an account"),
            (("Other", "ADA", "", "retail"), "There is an account"),
            (("Zoe", "zoe", "", "boss"), "without a role"),
            (("Zoe", "zoe finch", "", "retail"), "cannot be used to sign in"),
            (("Daybook", "zoe", "", "retail"), "program itself"),
            (("", "zoe", "", "retail"), "no name for the record"),
            (("Zoe", "zoe", "Leeds", "retail"), "by their numbers"),
        ];
        for ((name, login, stores, role), what) in cases {
            let form = [("name", name), ("login", login), ("stores", stores), ("role", role)];
            let (status, page) = desk.post("/people/invite", &form, &admin).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.contains(what), "{what}: {page}");
            assert!(page.contains(&format!("name=\"login\" value=\"{login}\"")), "{page}");
        }
    })
    .await;
}

#[tokio::test]
async fn somebody_who_can_let_others_in_is_always_left() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let app = &desk.world.app;
        let admin = desk.sign_in(Role::Admin).await;
        let account = people::find(app, "admin").await.unwrap();
        let (status, page) =
            desk.post(&format!("/people/{}/disable", account.id), &[], &admin).await;
        assert_eq!(status, StatusCode::CONFLICT);
        assert!(page.contains("Nobody would be left"), "{page}");
        // Somebody who was invited and never came does not count.
        let other = link::Person {
            login: "mo".to_owned(),
            name: "Mo".to_owned(),
            roles: [Role::Admin].into(),
            stores: None,
        };
        link::invite(app, &other, "admin").await.unwrap();
        let no_more = Change::Rights { roles: [Role::Retail].into(), stores: None };
        let refused = people::change(app, &account.id, &no_more, "admin").await.unwrap_err();
        assert_eq!(refused.code(), "last-admin");
        joined(&desk, "zoe", Role::Admin).await;
        people::change(app, &account.id, &no_more, "zoe").await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_token_is_made_on_its_page_and_shown_once() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        let admin = desk.sign_in(Role::Admin).await;
        let form = [("name", "report"), ("right", "see"), ("days", "90")];
        let (status, page) = desk.post("/people/tokens", &form, &admin).await;
        assert_eq!(status, StatusCode::OK);
        assert!(page.contains("<code class=\"address\">dbk_"), "{page}");
        let (_, page) = desk.get("/people/tokens", &admin).await;
        assert!(page.contains("report") && !page.contains("class=\"address\""), "{page}");
        let form = [("name", "closer"), ("right", "close-books"), ("days", "90")];
        let (status, page) = desk.post("/people/tokens", &form, &admin).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.contains("You do not have the right"), "{page}");
        let (_, page) = desk.get("/people/tokens", &admin).await;
        let id = page.split("/people/tokens/").nth(1).unwrap().split("/revoke").next().unwrap();
        let answer = desk.form(&format!("/people/tokens/{id}/revoke"), &[], &admin).await;
        assert_eq!(answer.location(), "/people/tokens");
        let (_, page) = desk.get("/people/tokens", &admin).await;
        assert!(page.contains("taken back"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_look_at_a_shopper_is_on_record() {
    for_each_engine(|db| async move {
        let desk = desk(db).await;
        seen(&desk.world.app, "Ada", "S1-11513").await.unwrap();
        let acts = audit::of(&desk.world.app.db, "S1-11513", 5).await.unwrap();
        assert_eq!((acts[0].actor.as_str(), acts[0].action.as_str()), ("Ada", "shopper-seen"));
    })
    .await;
}
