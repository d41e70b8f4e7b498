//! Who may come in: what the book keeps, and that it keeps it once.

use std::collections::BTreeSet;

use daybook_domain::access::{Right, Role};
use daybook_store::{
    Db,
    access::{
        account::{self, Account, NewAccount},
        hash,
        invitation::{self, Invitation, Purpose},
        session::{self, Session},
        throttle::{self, Count},
        token::{self, Token},
    },
    audit,
};

use crate::{common::at, db::for_each_engine};

fn new(name: &str) -> NewAccount {
    NewAccount {
        id: format!("id-{name}"),
        login: format!("{name}@example.com"),
        name: name.to_owned(),
        roles: BTreeSet::from([Role::Finance, Role::Admin]),
        stores: Some(BTreeSet::from([5, 7])),
        subject: None,
    }
}

async fn add(db: &Db, name: &str) -> Account {
    let mut tx = db.begin().await.unwrap();
    assert!(account::add(&mut tx, at(0), &new(name), None, "Mo").await.unwrap());
    tx.commit().await.unwrap();
    account::by_name(db, name).await.unwrap().unwrap()
}

async fn actions(db: &Db) -> Vec<String> {
    let acts = audit::list(db, None, 50).await.unwrap();
    acts.into_iter().rev().map(|act| act.action).collect()
}

#[tokio::test]
async fn an_account_comes_back_as_it_was_made_and_every_change_is_on_record() {
    for_each_engine(|db| async move {
        let ada = add(&db, "ada").await;
        assert_eq!(ada.roles, BTreeSet::from([Role::Finance, Role::Admin]));
        assert_eq!(ada.stores, Some(BTreeSet::from([5, 7])));
        assert!(ada.is_open() && !ada.has_joined());
        let mut tx = db.begin().await.unwrap();
        let same_login = NewAccount { id: "x".to_owned(), name: "x".to_owned(), ..new("ada") };
        let same_name = NewAccount { id: "x".to_owned(), login: "x".to_owned(), ..new("ada") };
        for taken in [same_login, same_name] {
            assert!(!account::add(&mut tx, at(1), &taken, None, "Mo").await.unwrap());
        }
        let auditor = BTreeSet::from([Role::Auditor]);
        account::set_rights(&mut tx, at(2), &ada, (&auditor, None), "Mo").await.unwrap();
        account::set_password(&mut tx, at(3), &ada, "$argon2id$…", "ada").await.unwrap();
        account::signed_in(&mut tx, at(4), &ada).await.unwrap();
        account::set_disabled(&mut tx, at(5), &ada, true, "Mo").await.unwrap();
        tx.commit().await.unwrap();
        let ada = account::by_login(&db, "ada@example.com").await.unwrap().unwrap();
        assert_eq!((&ada.roles, &ada.stores), (&auditor, &None));
        assert_eq!((ada.password_at, ada.signed_in_at), (Some(at(3)), Some(at(4))));
        assert_eq!(ada.disabled_at, Some(at(5)));
        assert!(!format!("{ada:?}").contains("argon2"), "{ada:?}");
        let expected =
            ["account-made", "account-rights", "account-password", "sign-in", "account-disabled"];
        assert_eq!(actions(&db).await, expected);
        assert_eq!(audit::verify(&db).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn codes_of_the_second_factor_are_used_once() {
    for_each_engine(|db| async move {
        let ada = add(&db, "ada").await;
        let mut tx = db.begin().await.unwrap();
        account::set_factor_next(&mut tx, &ada, b"secret").await.unwrap();
        let codes = [hash("one"), hash("two")];
        account::set_factor(&mut tx, at(1), &ada, (b"secret", 10), &codes).await.unwrap();
        for (step, expected) in [(10, false), (9, false), (11, true), (11, false), (12, true)] {
            assert_eq!(account::use_step(&mut tx, &ada.id, step).await.unwrap(), expected);
        }
        for (code, expected) in [("one", true), ("one", false), ("three", false)] {
            let used = account::use_code(&mut tx, at(2), &ada, &hash(code)).await.unwrap();
            assert_eq!(used, expected, "{code}");
        }
        tx.commit().await.unwrap();
        assert_eq!(account::codes_left(&db, &ada.id).await.unwrap(), 1);
        let with = account::get(&db, &ada.id).await.unwrap().unwrap();
        assert_eq!((with.factor.as_deref(), with.factor_next), (Some(&b"secret"[..]), None));
        let mut tx = db.begin().await.unwrap();
        account::remove_factor(&mut tx, at(3), &ada, "Mo").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(account::codes_left(&db, &ada.id).await.unwrap(), 0);
        assert_eq!(account::get(&db, &ada.id).await.unwrap().unwrap().factor, None);
    })
    .await;
}

#[tokio::test]
async fn a_link_is_good_once_and_for_its_time() {
    for_each_engine(|db| async move {
        let ada = add(&db, "ada").await;
        let link = |account: Option<&str>, until| Invitation {
            account: account.map(str::to_owned),
            purpose: if account.is_some() { Purpose::Join } else { Purpose::First },
            expires_at: at(until),
            created_by: "Mo".to_owned(),
        };
        let mut tx = db.begin().await.unwrap();
        for secret in ["older", "newer"] {
            let own = link(Some(&ada.id), 100);
            invitation::add(&mut tx, at(0), &hash(secret), &own, "ada").await.unwrap();
            let first = link(None, 200);
            let hash = hash(&format!("first {secret}"));
            invitation::add(&mut tx, at(0), &hash, &first, "").await.unwrap();
        }
        tx.commit().await.unwrap();
        let get =
            async |secret, second| invitation::get(&db, &hash(secret), at(second)).await.unwrap();
        assert_eq!(get("older", 1).await, None, "a newer one makes it void");
        assert_eq!(get("first older", 1).await, None);
        assert_eq!(get("newer", 99).await, Some(link(Some(&ada.id), 100)));
        assert_eq!(get("newer", 100).await, None);
        assert_eq!(get("first newer", 100).await, Some(link(None, 200)));
        assert_eq!(invitation::open(&db, at(99)).await.unwrap().len(), 2);
        let mut tx = db.begin().await.unwrap();
        assert!(!invitation::take(&mut tx, &hash("newer"), at(100)).await.unwrap());
        assert!(invitation::take(&mut tx, &hash("newer"), at(99)).await.unwrap());
        assert!(!invitation::take(&mut tx, &hash("newer"), at(99)).await.unwrap());
        tx.commit().await.unwrap();
    })
    .await;
}

fn session_of(account: &str, id: &str, half: bool) -> Session {
    Session {
        id: id.to_owned(),
        account: account.to_owned(),
        half,
        created_at: at(0),
        seen_at: at(0),
        idle_until: at(30),
        ends_at: at(100),
        agent: "a browser".to_owned(),
    }
}

#[tokio::test]
async fn sessions_end_by_idleness_by_age_and_by_hand() {
    for_each_engine(|db| async move {
        let mut tx = db.begin().await.unwrap();
        for (id, half) in [("a", false), ("b", false), ("c", true), ("d", false)] {
            let new = session_of("ada", id, half);
            session::begin(&mut tx, &hash(id), &new).await.unwrap();
        }
        session::begin(&mut tx, &hash("m"), &session_of("mo", "m", false)).await.unwrap();
        tx.commit().await.unwrap();
        let get = async |id, second| session::get(&db, &hash(id), at(second)).await.unwrap();
        assert_eq!(get("a", 29).await, Some(session_of("ada", "a", false)));
        assert_eq!(get("a", 30).await, None);
        assert_eq!(get("nobody", 1).await, None);
        let mut tx = db.begin().await.unwrap();
        session::touch(&mut tx, &hash("a"), at(20), at(120)).await.unwrap();
        assert!(!session::end_one(&mut tx, "mo", "b").await.unwrap(), "not one of Mo's");
        assert!(session::end_one(&mut tx, "ada", "b").await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(get("a", 99).await.unwrap().seen_at, at(20));
        assert_eq!(get("a", 100).await, None, "it ends in any case");
        let ids = async |second| -> Vec<String> {
            let all = session::of(&db, "ada", at(second)).await.unwrap();
            all.into_iter().map(|one| one.id).collect()
        };
        assert_eq!(ids(1).await, ["a", "d"], "half a session is none");
        let mut tx = db.begin().await.unwrap();
        assert_eq!(session::end_others(&mut tx, "ada", Some("a")).await.unwrap(), 2);
        tx.commit().await.unwrap();
        assert_eq!(ids(1).await, ["a"]);
        assert!(get("m", 1).await.is_some());
    })
    .await;
}

#[tokio::test]
async fn browsers_and_guesses_are_counted_apart() {
    for_each_engine(|db| async move {
        let device = hash("browser");
        let mut tx = db.begin().await.unwrap();
        session::remember(&mut tx, &device, "ada", (at(0), at(0))).await.unwrap();
        session::remember(&mut tx, &device, "ada", (at(5), at(0))).await.unwrap();
        tx.commit().await.unwrap();
        assert!(session::is_known(&db, &device, "ada").await.unwrap());
        assert!(!session::is_known(&db, &device, "mo").await.unwrap());
        assert!(session::is_ours(&db, &device).await.unwrap());
        assert!(!session::is_ours(&db, &hash("made up")).await.unwrap());
        let mut tx = db.begin().await.unwrap();
        session::remember(&mut tx, &hash("other"), "mo", (at(9), at(6))).await.unwrap();
        assert!(!session::is_ours(&mut tx, &device).await.unwrap(), "not seen for too long");

        let none = Count { failures: 0, wait_until: daybook_domain::Timestamp::from_micros(0) };
        let three = Count { failures: 3, wait_until: at(20) };
        assert_eq!(throttle::lock(&mut tx, at(10), "source:1", at(0)).await.unwrap(), none);
        throttle::put(&mut tx, at(10), "source:1", three).await.unwrap();
        assert_eq!(throttle::lock(&mut tx, at(11), "source:1", at(9)).await.unwrap(), three);
        assert_eq!(throttle::lock(&mut tx, at(11), "source:1", at(10)).await.unwrap(), none);
        throttle::sweep(&mut tx, at(10)).await.unwrap();
        assert_eq!(throttle::lock(&mut tx, at(11), "source:1", at(0)).await.unwrap(), none);
        tx.commit().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_token_opens_something_until_it_is_over_or_taken_back() {
    for_each_engine(|db| async move {
        let new = Token {
            id: "t".to_owned(),
            prefix: "dbk_abcdef".to_owned(),
            name: "till report".to_owned(),
            rights: BTreeSet::from([Right::See, Right::CloseBooks]),
            stores: None,
            created_at: at(0),
            created_by: "Mo".to_owned(),
            expires_at: at(100),
            used_at: None,
            revoked_at: None,
        };
        let mut tx = db.begin().await.unwrap();
        assert!(token::add(&mut tx, &hash("secret"), &new).await.unwrap());
        let again = Token { id: "u".to_owned(), ..new.clone() };
        assert!(!token::add(&mut tx, &hash("other"), &again).await.unwrap(), "the name is taken");
        token::used(&mut tx, "t", at(7)).await.unwrap();
        tx.commit().await.unwrap();
        let get = async |second| token::get(&db, &hash("secret"), at(second)).await.unwrap();
        assert_eq!(get(99).await, Some(Token { used_at: Some(at(7)), ..new.clone() }));
        assert_eq!(get(100).await, None);
        let mut tx = db.begin().await.unwrap();
        assert!(token::revoke(&mut tx, at(8), "t", "Mo").await.unwrap());
        assert!(!token::revoke(&mut tx, at(9), "t", "Mo").await.unwrap());
        assert!(!token::revoke(&mut tx, at(9), "nothing", "Mo").await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(get(9).await, None);
        assert_eq!(token::list(&db).await.unwrap()[0].revoked_at, Some(at(8)));
        assert_eq!(actions(&db).await, ["token-made", "token-revoked"]);
    })
    .await;
}
