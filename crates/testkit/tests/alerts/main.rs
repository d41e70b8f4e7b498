//! Alerts from a cause in the book to a message at a mail server or webhook, on both databases.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

mod causes;
mod goods;
mod messages;
mod private;
mod silent;

use std::{collections::BTreeMap, time::Duration};

use daybook_connectors::notify::{Encryption, MailSettings, Shape, WaySettings, WebhookSettings};
use daybook_domain::causes::Owner;
use daybook_flows::{
    alerts::{self, AlertsReport},
    settings::{ChannelKind, ChannelSettings},
};
use daybook_store::{
    Db,
    pause::{self, NewPause},
    watermark,
};
use daybook_testkit::{
    World,
    ears::{HookServer, Mail, MailServer},
};

/// What the webhook is signed with.
const SECRET: &str = "whsec-of-a-test";

/// A world with a mail server for everybody and a webhook for what is old.
struct Scene {
    world: World,
    mail: MailServer,
    hook: HookServer,
}

fn channel(kind: ChannelKind) -> ChannelSettings {
    ChannelSettings {
        kind,
        owners: Vec::new(),
        escalations: false,
        digest: false,
        host: None,
        port: None,
        encryption: None,
        user: None,
        password: None,
        password_file: None,
        from: None,
        to: Vec::new(),
        url: None,
        url_file: None,
        secret: None,
        secret_file: None,
        ca_file: None,
    }
}

impl Scene {
    async fn new(db: Db) -> Self {
        let (mail, hook) = (MailServer::start().await, HookServer::start().await);
        let mut world = Box::pin(World::small(1, db)).await.unwrap();
        let to_mail = WaySettings::Mail(MailSettings {
            host: mail.at.ip().to_string(),
            port: mail.at.port(),
            encryption: Encryption::None,
            login: None,
            from: "Daybook <daybook@example.com>".to_owned(),
            to: vec!["finance@example.com".to_owned(), "it@example.com".to_owned()],
            timeout: Duration::from_secs(10),
            ca_file: None,
        });
        let to_hook = WaySettings::Webhook(WebhookSettings {
            shape: Shape::Json,
            url: hook.url.clone().into(),
            secret: Some(SECRET.into()),
            timeout: Duration::from_secs(10),
        });
        let ways = [("mail".to_owned(), to_mail), ("hook".to_owned(), to_hook)];
        world.ways = BTreeMap::from(ways);
        let digest = ChannelSettings { digest: true, ..channel(ChannelKind::Mail) };
        let old = ChannelSettings { escalations: true, ..channel(ChannelKind::Webhook) };
        let channels = [("mail".to_owned(), digest), ("hook".to_owned(), old)];
        world.settings.alerts.channels = BTreeMap::from(channels);
        world.restart();
        Self { world, mail, hook }
    }

    /// One look around; Sitoo was read a moment ago.
    async fn pass(&self) -> AlertsReport {
        let app = &self.world.app;
        let mut tx = app.db.begin().await.unwrap();
        watermark::set(&mut tx, app.now(), "orders", 1).await.unwrap();
        tx.commit().await.unwrap();
        self.look().await
    }

    /// One look around, whatever was read.
    async fn look(&self) -> AlertsReport {
        let mut report = AlertsReport::default();
        Box::pin(alerts::pass(&self.world.app, &mut report)).await.unwrap();
        report
    }

    async fn after(&self, minutes: u64) -> AlertsReport {
        self.world.clock.advance(Duration::from_mins(minutes));
        self.pass().await
    }

    /// OrderWise is paused with a cause, or not any more.
    async fn pause(&self, cause: Option<&str>) {
        let (app, scope) = (&self.world.app, "orderwise");
        let mut tx = app.db.begin().await.unwrap();
        match cause {
            None => drop(pause::resume(&mut tx, scope).await.unwrap()),
            Some(cause) => {
                let (now, detail) = (app.now(), "a test");
                let new = NewPause { scope, cause, detail, probe_at: now, failures: 5 };
                pause::pause(&mut tx, now, &new).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
    }

    fn subjects(&self) -> Vec<String> {
        let subject = |mail: &Mail| mail.header("Subject").to_owned();
        self.mail.taken().iter().map(subject).collect()
    }

    fn owners(&mut self, channel: &str, owners: &[Owner]) {
        let channels = &mut self.world.settings.alerts.channels;
        channels.get_mut(channel).unwrap().owners = owners.to_vec();
    }
}
