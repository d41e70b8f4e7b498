//! One message in the shapes that receivers take.

use std::fmt::Write as _;

use daybook_domain::alert::Notice;
use serde::Serialize;
use serde_json::{Value, json};

#[derive(Serialize)]
struct Envelope<'a> {
    id: &'a str,
    #[serde(flatten)]
    notice: &'a Notice,
}

/// Our own.
pub(super) fn json(id: &str, notice: &Notice) -> String {
    serde_json::to_string(&Envelope { id, notice }).unwrap_or_default()
}

/// Whether an address can be followed from outside the desk.
fn link(notice: &Notice) -> Option<&str> {
    Some(notice.link.as_str()).filter(|link| link.starts_with("http"))
}

/// What follows the sentence, as text.
fn rest(notice: &Notice) -> String {
    let facts = notice.facts.iter().map(|(name, text)| format!("{name}: {text}"));
    let facts = facts.collect::<Vec<_>>().join(" · ");
    let lines = notice.lines.iter().map(|line| format!("• {line}"));
    let todo = Some(&notice.todo).filter(|todo| !todo.is_empty());
    let parts = [facts].into_iter().chain(lines).chain(todo.cloned());
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Slack reads `&`, `<` and `>` as marks.
fn for_slack(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Slack's incoming webhooks: text for notifications, blocks for the screen.
pub(super) fn slack(notice: &Notice) -> String {
    let subject = for_slack(&notice.subject());
    let mut text = format!("*{subject}*\n{}", for_slack(&notice.sentence));
    if let Some(link) = link(notice) {
        let _ = write!(text, "\n<{link}|Open the desk>");
    }
    let mut blocks = vec![json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } })];
    let rest = for_slack(&rest(notice));
    if !rest.is_empty() {
        // No block takes more than 3,000 characters.
        let rest: String = rest.chars().take(2_900).collect();
        blocks.push(json!({ "type": "section", "text": { "type": "mrkdwn", "text": rest } }));
    }
    json!({ "text": subject, "blocks": blocks }).to_string()
}

/// What a Teams workflow takes: an adaptive card.
pub(super) fn teams(notice: &Notice) -> String {
    let block = |text: &str, weight: &str| json!({ "type": "TextBlock", "wrap": true, "weight": weight, "text": text });
    let mut body = vec![block(&notice.subject(), "Bolder"), block(&notice.sentence, "Default")];
    let facts = notice.facts.iter();
    let facts: Vec<Value> =
        facts.map(|(name, text)| json!({ "title": name, "value": text })).collect();
    if !facts.is_empty() {
        body.push(json!({ "type": "FactSet", "facts": facts }));
    }
    body.extend(notice.lines.iter().map(|line| block(&format!("- {line}"), "Default")));
    if !notice.todo.is_empty() {
        body.push(block(&notice.todo, "Default"));
    }
    let open =
        |url: &str| json!({ "type": "Action.OpenUrl", "title": "Open the desk", "url": url });
    let card = json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": link(notice).map(open).into_iter().collect::<Vec<_>>(),
    });
    let kind = "application/vnd.microsoft.card.adaptive";
    json!({
        "type": "message",
        "attachments": [{ "contentType": kind, "contentUrl": null, "content": card }],
    })
    .to_string()
}

fn for_html(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;")
}

/// A mail as simple HTML: no picture, nothing loaded from anywhere.
pub(super) fn html(notice: &Notice) -> String {
    let mut page = String::from("<!doctype html><html lang=\"en-GB\"><body>");
    let _ = write!(page, "<h1 style=\"font-size:1.2em\">{}</h1>", for_html(&notice.title));
    let _ = write!(page, "<p>{}</p>", for_html(&notice.sentence));
    if !notice.facts.is_empty() {
        page.push_str("<table>");
        for (name, text) in &notice.facts {
            let (name, text) = (for_html(name), for_html(text));
            let _ = write!(page, "<tr><th align=\"left\">{name}</th><td>{text}</td></tr>");
        }
        page.push_str("</table>");
    }
    if !notice.lines.is_empty() {
        page.push_str("<ul>");
        for line in &notice.lines {
            let _ = write!(page, "<li>{}</li>", for_html(line));
        }
        page.push_str("</ul>");
    }
    if !notice.todo.is_empty() {
        let _ = write!(page, "<p><strong>What to do:</strong> {}</p>", for_html(&notice.todo));
    }
    if let Some(link) = link(notice) {
        let _ = write!(page, "<p><a href=\"{}\">Open the desk</a></p>", for_html(link));
    }
    page.push_str("</body></html>");
    page
}
