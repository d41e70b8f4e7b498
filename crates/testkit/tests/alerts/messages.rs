//! Messages: told, tried again, held back, told further up, ended.

use std::fmt::Write as _;

use daybook_domain::{alert::AlertKind, causes::Owner};
use daybook_flows::alerts::{self, AlertsReport, show};
use daybook_testkit::db::for_each_engine;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use crate::{SECRET, Scene};

const DOWN: Option<&str> = Some("orderwise-unreachable");

#[tokio::test]
async fn a_cause_is_told_once_and_its_end_too() {
    for_each_engine(|db| async move {
        let scene = Scene::new(db).await;
        assert_eq!(scene.pass().await, AlertsReport::default());
        scene.pause(DOWN).await;
        let report = scene.after(1).await;
        assert_eq!((report.opened, report.sent), (1, 1));
        assert_eq!(scene.after(1).await, AlertsReport::default());
        let mails = scene.mail.taken();
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].to, ["finance@example.com", "it@example.com"]);
        assert_eq!(mails[0].header("Subject"), "[Daybook] A system does not answer (AL-1)");
        assert!(mails[0].text.contains("OrderWise cannot be reached"), "{}", mails[0].text);
        assert!(mails[0].text.contains("text/html"), "{}", mails[0].text);
        scene.pause(None).await;
        // What comes and goes by the minute is not over at once.
        assert_eq!(scene.after(1).await, AlertsReport::default());
        assert_eq!(scene.after(3).await.closed, 1);
        assert_eq!(scene.subjects(), ["[Daybook] Over: A system does not answer (AL-1)"]);
        assert!(scene.hook.taken().is_empty(), "it was never old");
    })
    .await;
}

#[tokio::test]
async fn age_goes_further_up_signed_and_a_look_gives_time() {
    for_each_engine(|db| async move {
        let scene = Scene::new(db).await;
        scene.pause(DOWN).await;
        scene.pass().await;
        assert_eq!(scene.after(59).await.escalated, 0);
        assert_eq!(scene.after(1).await.escalated, 1);
        let hooks = scene.hook.taken();
        assert_eq!(hooks.len(), 1);
        let body: Value = serde_json::from_slice(&hooks[0].body).unwrap();
        assert_eq!(body["occasion"], "escalated");
        assert_eq!(body["kind"], "system-unreachable");
        let given = hooks[0].headers["x-daybook-signature"].to_str().unwrap();
        let (time, signature) = given.split_once(",v1=").unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(format!("{}.", time.strip_prefix("t=").unwrap()).as_bytes());
        mac.update(&hooks[0].body);
        let mut ours = String::new();
        for byte in mac.finalize().into_bytes() {
            write!(ours, "{byte:02x}").unwrap();
        }
        assert_eq!(signature, ours);
        assert_eq!(body["id"], hooks[0].headers["x-daybook-delivery"].to_str().unwrap());
        // Whoever heard of it hears of its end.
        scene.pause(None).await;
        scene.after(5).await;
        let hooks = scene.hook.taken();
        let body: Value = serde_json::from_slice(&hooks[0].body).unwrap();
        assert_eq!((hooks.len(), body["occasion"].as_str()), (1, Some("closed")));
        // Seen after half an hour: an hour from then on.
        scene.pause(DOWN).await;
        scene.pass().await;
        scene.after(30).await;
        assert_eq!(show::look_at(&scene.world.app, 2, None, "Ann").await.unwrap(), Some(true));
        assert_eq!(show::look_at(&scene.world.app, 9, None, "Ann").await.unwrap(), None);
        assert_eq!(scene.after(30).await.escalated, 0);
        assert_eq!(scene.after(30).await.escalated, 1);
    })
    .await;
}

#[tokio::test]
async fn a_broken_mail_server_is_tried_again_and_is_an_alert_itself() {
    for_each_engine(|db| async move {
        let mut scene = Scene::new(db).await;
        scene.world.settings.alerts.channels.get_mut("hook").unwrap().escalations = false;
        scene.owners("hook", &[Owner::Finance]);
        scene.world.restart();
        scene.mail.refuse(&[451, 550, 451]);
        scene.pause(DOWN).await;
        assert_eq!(scene.pass().await.failed, 1);
        let mut tries = 1;
        while tries < 3 {
            tries += scene.after(5).await.failed;
        }
        assert!(scene.mail.taken().is_empty());
        // Three in a row: told over whatever else there is, though nobody there is of IT.
        scene.after(0).await;
        let kinds: Vec<Value> = scene
            .hook
            .taken()
            .iter()
            .map(|hook| serde_json::from_slice::<Value>(&hook.body).unwrap()["kind"].clone())
            .collect();
        assert_eq!(kinds, ["delivery-failing"]);
        let all = show::overview(&scene.world.app, None, None, 10).await.unwrap();
        let mail = all.channels.iter().find(|one| one.name == "mail").unwrap();
        assert_eq!(mail.failures, 3);
        assert_eq!(mail.error.as_deref(), Some("mail-refused: the mail server refused (451)"));
        // It works again: the message arrives late but once, and the alert about it ends.
        scene.after(15).await;
        assert_eq!(scene.subjects(), ["[Daybook] A system does not answer (AL-1)"]);
        assert_eq!(scene.after(1).await.closed, 1);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_critical_waits_for_the_morning_unless_it_is_over_by_then() {
    for_each_engine(|db| async move {
        let mut scene = Scene::new(db).await;
        let alerts = &mut scene.world.settings.alerts;
        alerts.quiet_from = "20:00".parse().ok();
        alerts.quiet_to = "07:00".parse().ok();
        alerts.limits.exceptions_money = -1;
        alerts.escalations = 0;
        scene.world.restart();
        // From nine in the morning to nine in the evening.
        let report = scene.after(12 * 60).await;
        assert_eq!((report.opened, report.sent), (1, 0), "an alert of high severity");
        scene.pause(DOWN).await;
        assert_eq!(scene.after(1).await.sent, 1, "critical: told at once");
        assert_eq!(scene.subjects(), ["[Daybook] A system does not answer (AL-2)"]);
        let report = scene.after(9 * 60).await;
        assert_eq!(report.sent, 0, "{report:?}");
        scene.after(60).await;
        let told = scene.subjects();
        assert!(
            told.contains(&"[Daybook] Exceptions hold much money (AL-1)".to_owned()),
            "{told:?}"
        );
    })
    .await;
}

#[tokio::test]
async fn the_morning_tells_what_is_open_and_mondays_what_nobody_needed() {
    for_each_engine(|db| async move {
        let scene = Scene::new(db).await;
        scene.pause(DOWN).await;
        scene.pass().await;
        scene.pause(None).await;
        scene.after(5).await;
        scene.subjects();
        scene.pause(Some("orderwise-credentials")).await;
        scene.after(22 * 60 + 56).await;
        let mails = scene.mail.taken();
        let digest = mails.iter().find(|mail| mail.header("Subject") == "[Daybook] Good morning");
        assert!(digest.unwrap().text.contains("1 alert is open, 1 over since yesterday."));
        assert_eq!(scene.after(10).await.sent, 0, "once a morning");
        for _ in 0..6 {
            scene.after(24 * 60).await;
        }
        let mails = scene.mail.taken();
        let week = |mail: &&daybook_testkit::ears::Mail| mail.header("Subject").contains("nobody");
        let week: Vec<_> = mails.iter().filter(week).collect();
        assert_eq!(week.len(), 1);
        assert!(week[0].text.contains("A system does not answer: 1 of 1"), "{}", week[0].text);
    })
    .await;
}

#[tokio::test]
async fn a_channel_is_tried_by_name() {
    for_each_engine(|db| async move {
        let scene = Scene::new(db).await;
        let app = &scene.world.app;
        assert_eq!(alerts::test(app, "mail", "Ann").await.unwrap(), Ok(()));
        assert_eq!(scene.subjects(), ["[Daybook] Test"]);
        scene.hook.refuse(&[500]);
        let told = alerts::test(app, "hook", "Ann").await.unwrap().unwrap_err();
        assert_eq!(told.to_string(), "webhook-refused: it was answered with 500");
        assert_eq!(alerts::test(app, "chat", "Ann").await.unwrap_err().code(), "channel-unknown");
        // Nothing of it is sent a second time.
        scene.after(30).await;
        assert!(scene.mail.taken().is_empty() && scene.hook.taken().is_empty());
        let open = show::overview(app, None, None, 10).await.unwrap().open;
        assert!(open.iter().all(|one| one.alert.key.kind != AlertKind::DeliveryFailing));
    })
    .await;
}
