use std::{collections::BTreeMap, sync::Arc, time::Duration};

use bytes::Bytes;
use daybook_domain::{Timestamp, alert};
use http::{Request, Response};
use serde_json::Value;

use super::{Encryption, MailSettings, Notifier, Shape, WaySettings, WebhookSettings};
use crate::{Lost, Transport};

/// Keeps what is sent, and answers with a status.
struct Ear(u16, std::sync::Mutex<Vec<Request<Bytes>>>);

#[async_trait::async_trait]
impl Transport for Ear {
    async fn send(&self, request: Request<Bytes>, _: Duration) -> Result<Response<Bytes>, Lost> {
        self.1.lock().unwrap().push(request);
        Ok(Response::builder().status(self.0).body(Bytes::new()).unwrap())
    }
}

async fn sent(shape: Shape, status: u16) -> (Result<(), super::NotTaken>, Request<Bytes>) {
    let ear = Arc::new(Ear(status, std::sync::Mutex::default()));
    let settings = WebhookSettings {
        shape,
        url: "https://hooks.example/T0/hush".into(),
        secret: (shape == Shape::Json).then(|| "whsec".into()),
        timeout: Duration::from_secs(5),
    };
    let ways = BTreeMap::from([("hook".to_owned(), WaySettings::Webhook(settings))]);
    let transport: Arc<dyn Transport> = Arc::clone(&ear) as _;
    let notifier = Notifier::new(ways, &transport).unwrap();
    let notice = alert::test_notice("<hook> & co", Timestamp::from_seconds(9), "https://desk");
    let result = notifier.send("hook", "id-1", &notice, Timestamp::from_seconds(1_000)).await;
    let request = ear.1.lock().unwrap().remove(0);
    (result, request)
}

#[tokio::test]
async fn our_json_is_signed_over_time_and_body() {
    let (result, request) = sent(Shape::Json, 204).await;
    assert_eq!(result, Ok(()));
    assert_eq!(request.headers()["x-daybook-delivery"], "id-1");
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!((body["id"].as_str(), body["occasion"].as_str()), (Some("id-1"), Some("test")));
    let signed = request.headers()["x-daybook-signature"].to_str().unwrap();
    let text = std::str::from_utf8(request.body()).unwrap();
    assert_eq!(signed, format!("t=1000,v1={}", super::webhook::sign("whsec", 1_000, text)));
}

#[test]
fn the_signature_is_the_one_that_everybody_makes() {
    // RFC 4231, case 2, whose text is ours from the point on.
    let mac = super::webhook::sign("Jefe", 0, "");
    assert_eq!(mac.len(), 64);
    assert_ne!(mac, super::webhook::sign("Jefe", 1, ""));
    assert_ne!(mac, super::webhook::sign("jefe", 0, ""));
}

#[tokio::test]
async fn slack_and_teams_get_their_shapes() {
    let (_, request) = sent(Shape::Slack, 200).await;
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    assert_eq!(body["text"], "[Daybook] Test");
    let text = body["blocks"][0]["text"]["text"].as_str().unwrap();
    assert!(text.contains("&lt;hook&gt; &amp; co"), "{text}");
    assert!(text.contains("<https://desk/alerts|Open the desk>"), "{text}");
    let (_, request) = sent(Shape::Teams, 200).await;
    let body: Value = serde_json::from_slice(request.body()).unwrap();
    let card = &body["attachments"][0]["content"];
    assert_eq!(
        (body["type"].as_str(), card["type"].as_str()),
        (Some("message"), Some("AdaptiveCard"))
    );
    assert_eq!(card["actions"][0]["url"], "https://desk/alerts");
}

#[tokio::test]
async fn a_refusal_is_told_by_its_code_and_without_the_address() {
    let (result, _) = sent(Shape::Slack, 404).await;
    let error = result.unwrap_err().to_string();
    assert_eq!(error, "webhook-refused: it was answered with 404");
}

#[test]
fn settings_that_cannot_work_are_named_without_their_secret() {
    let transport: Arc<dyn Transport> = Arc::new(Ear(200, std::sync::Mutex::default()));
    let fault = |way| {
        let made = Notifier::new(BTreeMap::from([("x".to_owned(), way)]), &transport);
        let (name, fault) = made.err().unwrap();
        assert_eq!(name, "x");
        fault.to_string()
    };
    let hook = |url: &str, secret: Option<&str>| {
        WaySettings::Webhook(WebhookSettings {
            shape: Shape::Json,
            url: url.to_owned().into(),
            secret: secret.map(|text| text.to_owned().into()),
            timeout: Duration::from_secs(1),
        })
    };
    assert_eq!(fault(hook("hush", Some("s"))), "url: must begin with https:// (or http://)");
    assert!(fault(hook("https://x/hush", None)).starts_with("secret: is missing"));
    let mail = |from: &str, to: &[&str]| {
        WaySettings::Mail(MailSettings {
            host: "mail.example".to_owned(),
            port: 587,
            encryption: Encryption::StartTls,
            login: Some(("daybook".to_owned(), "hush".into())),
            from: from.to_owned(),
            to: to.iter().map(|text| (*text).to_owned()).collect(),
            timeout: Duration::from_secs(1),
            ca_file: None,
        })
    };
    assert_eq!(fault(mail("a@example.com", &[])), "to: names nobody");
    assert!(fault(mail("nobody", &["a@example.com"])).starts_with("from: is no mail address"));
}
