//! Every call of the API answers what the document says, and nothing else.

mod check;
mod filled;
mod validate;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use daybook_domain::access::Role;
use daybook_flows::reconcile::asked;
use daybook_testkit::db::for_each_engine;
use serde_json::{Value, json};

use crate::{
    common::{Answer, Cookie},
    reference,
};
use check::Judge;
use filled::{Filled, compared, filled};

/// A filled shop, somebody who may do anything, and the judge of answers.
struct Scene {
    filled: Filled,
    who: Cookie,
    second: Cookie,
    judge: Judge,
    keys: u32,
}

impl Scene {
    /// Two persons who may do anything.
    async fn sign_in(&mut self, when: &str) {
        let roles = [Role::Finance, Role::Retail, Role::Admin];
        let desk = &self.filled.desk;
        self.who = desk.sign_in_as(&format!("Ada {when}"), &roles, None).await;
        self.second = desk.sign_in_as(&format!("Bob {when}"), &roles, None).await;
    }

    async fn read(&mut self, path: &str) -> Value {
        let path = format!("/api/v1/{path}");
        let answer = self.filled.desk.call("GET", &path, &self.who).await;
        self.judge.judge("GET", &path, &answer);
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        serde_json::from_str(&answer.text).unwrap_or_default()
    }

    async fn send(&mut self, path: &str, body: &Value, who: &Cookie) -> Answer {
        self.keys += 1;
        let path = format!("/api/v1/{path}");
        let request = Request::post(&path)
            .header(header::CONTENT_TYPE, "application/json")
            .header("sec-fetch-site", "same-origin")
            .header("idempotency-key", self.keys.to_string());
        let answer = self.filled.desk.send(request, who, Body::from(body.to_string())).await;
        self.judge.judge("POST", &path, &answer);
        answer
    }

    async fn write(&mut self, path: &str, body: Value) -> Value {
        let who = self.who.clone();
        let answer = self.send(path, &body, &who).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
        serde_json::from_str(&answer.text).unwrap()
    }

    /// A write that cannot be done, with the code that says why.
    async fn refused(&mut self, path: &str, body: Value) -> String {
        let who = self.who.clone();
        let answer = self.send(path, &body, &who).await;
        assert!(!answer.status.is_success(), "{path}: {}", answer.text);
        let problem: Value = serde_json::from_str(&answer.text).unwrap();
        problem["code"].as_str().unwrap().to_owned()
    }

    async fn reads(&mut self) {
        let (sold, held, sent) = (self.filled.sold, self.filled.held, self.filled.sent);
        let world = &self.filled.desk.world;
        let (store, day) = (world.shop(0).warehouse_id, self.filled.day);
        let (sku, oversold) = (world.goods(0).sku.clone(), world.goods(2).sku.clone());
        let missing = self.filled.missing.clone();
        for order in [sold, held[0], sent] {
            let path = format!("entries/{}", reference(order));
            self.read(&path).await;
            self.read(&format!("{path}/exchanges")).await;
        }
        for path in [
            "today",
            "exceptions",
            "entries",
            "entries?q=12.50",
            "entries?state=held",
            "stock",
            "stock-buffers",
            "catalogue",
            "audit",
            "audit.html",
            "despatches",
            "mappings",
            "mappings/sku",
            "mappings/vat",
            "mappings/payment/row?key=CARD",
            "activity",
            "activity/verify",
            "alerts",
            "health",
            "payouts",
            "months/2026-10",
            "months/2026-10/pack",
            "months/2026-10/pack.html",
            "months/2026-10/pack.xlsx",
            "routines",
            "responsible",
            "manual",
            "manual?q=stock",
            "manual/finance/words",
            "account",
            "people",
            "tokens",
            "asked/nobody",
        ] {
            self.read(path).await;
        }
        self.read(&format!("exceptions/sku-unmapped?about={missing}")).await;
        for sku in [sku, oversold] {
            self.read(&format!("stock/{sku}")).await;
            self.read(&format!("stock/{sku}/decisions")).await;
            self.read(&format!("catalogue/{sku}")).await;
        }
        self.read(&format!("days/{day}/{store}/entries")).await;
        let till = self.filled.desk.world.till(0).to_owned();
        let till: String = url::form_urlencoded::byte_serialize(till.as_bytes()).collect();
        let mut way = String::new();
        for more in [String::new(), format!("store={store}"), format!("register={till}")] {
            way = format!("{way}&{more}");
            self.read(&format!("months/2026-10/drill?{way}")).await;
        }
        self.read(&format!("days/{day}/{store}")).await;
        self.read(&format!("days/{day}/{store}/plan")).await;
    }

    /// Every list as a file.
    async fn files(&mut self) {
        let (store, day) = (self.filled.desk.world.shop(0).warehouse_id, self.filled.day);
        for ending in ["csv", "xlsx"] {
            for list in [
                "activity",
                "alerts",
                "audit",
                "catalogue",
                "despatches",
                "entries",
                "exceptions",
                "payouts",
                "stock",
                "stock-buffers",
            ] {
                self.read(&format!("{list}.{ending}")).await;
            }
            self.read(&format!("mappings/store/{ending}")).await;
            self.read(&format!("days/{day}/{store}/entries.{ending}")).await;
        }
    }

    async fn exceptions(&mut self) {
        let about = self.filled.missing.clone();
        let act = |text: &str| json!({ "about": about, "text": text });
        self.write("exceptions/sku-unmapped/comment", act("asked the buyer")).await;
        self.write("exceptions/sku-unmapped/assign", act("Ada")).await;
        self.write("exceptions/sku-unmapped/retry", act("")).await;
        let open = self.read("exceptions").await;
        for group in open["groups"].as_array().unwrap() {
            let subject: String =
                url::form_urlencoded::byte_serialize(group["subject"].as_str().unwrap().as_bytes())
                    .collect();
            let cause = group["cause"].as_str().unwrap();
            self.read(&format!("exceptions/{cause}?about={subject}")).await;
        }
        self.read("alerts").await;
        self.write("alerts/1/seen", json!({})).await;
        let code = self.refused("alerts/999/seen", json!({})).await;
        assert_eq!(code, "not-found");
    }

    async fn entries(&mut self) {
        let [first, second, third] = self.filled.held.map(reference);
        let path = format!("entries/{first}");
        let right = self.filled.desk.world.goods(0).sku.clone();
        let sku = json!({ "field": "sku", "value": right, "reason": "an old label" });
        self.write(&format!("{path}/correct"), sku).await;
        let tender = json!({ "field": "tender", "value": "Cash", "reason": "keyed wrong" });
        self.write(&format!("{path}/correct"), tender).await;
        let code =
            self.refused(&format!("{path}/corrections/2"), json!({ "decided": "approve" })).await;
        assert_eq!(code, "second-person-needed");
        self.write(&format!("{path}/corrections/2"), json!({ "decided": "withdraw" })).await;
        self.read(&path).await;
        self.write(&format!("entries/{second}/hold"), json!({ "reason": "a gift?" })).await;
        self.write(&format!("entries/{second}/retry"), json!({})).await;
        self.write(&format!("entries/{third}/dismiss"), json!({ "reason": "a training" })).await;
        let sold = reference(self.filled.sold);
        let code = self.refused(&format!("entries/{sold}/retry"), json!({})).await;
        assert_eq!(code, "entry-not-stopped");
        let sent = reference(self.filled.sent);
        self.write(&format!("entries/{sent}/shopper"), json!({})).await;
    }

    async fn mappings(&mut self) {
        let (right, missing) =
            (self.filled.desk.world.goods(0).sku.clone(), self.filled.missing.clone());
        let row = json!({ "key": missing, "value": { "code": right } });
        self.write("mappings/sku/foresee", row.clone()).await;
        let csv = json!({ "csv": format!("key,code\n{missing},{right}\n") });
        self.write("mappings/sku/import", csv).await;
        self.write("mappings/sku/set", row).await;
        self.read(&format!("mappings/sku/row?key={missing}")).await;
        let wrong = json!({ "csv": "key,what\n1,2\n" });
        assert_eq!(self.refused("mappings/sku/import", wrong).await, "mapping-csv");
        let wrong = json!({ "key": "20", "value": {} });
        assert_eq!(self.refused("mappings/vat/set", wrong).await, "mapping");
        let rule = json!({ "scope": "default", "key": "", "store": "", "amount": "10%>=2" });
        self.write("stock-buffers/set", rule.clone()).await;
        let units = json!({ "scope": "sku", "key": right, "store": "", "amount": "2" });
        self.write("stock-buffers/set", units).await;
        self.read("stock-buffers").await;
        self.write("stock-buffers/remove", rule).await;
        let wrong = json!({ "scope": "all" });
        assert_eq!(self.refused("stock-buffers/set", wrong).await, "stock-buffer-rule");
    }

    async fn days(&mut self) {
        let store = self.filled.desk.world.shop(0).warehouse_id;
        let path = format!("days/{}/{store}", self.filled.day);
        for deed in ["compare", "fix"] {
            let asked = self.write(&format!("{path}/{deed}"), json!({})).await;
            Box::pin(asked::pass(&self.filled.desk.world.app)).await.unwrap();
            let id = asked["asked"].as_str().unwrap().to_owned();
            let answered = self.read(&format!("asked/{id}")).await;
            assert!(answered["answer"].is_object(), "{answered}");
        }
        let why = json!({ "reason": "a goodwill gesture" });
        let code = self.refused("months/2026-10/close", why.clone()).await;
        assert_eq!(code, "period-not-complete");
        self.write(&format!("{path}/sign"), why.clone()).await;
        self.read(&path).await;
        for _ in 0..5 {
            self.filled.desk.world.after(std::time::Duration::from_hours(24 * 6)).await;
            compared(&self.filled.desk.world).await;
        }
        self.sign_in("later").await;
        let month = self.read("months/2026-10").await;
        for day in month["days"].as_array().unwrap().iter().filter(|day| day["state"] == "differs")
        {
            let path =
                format!("days/{}/{}/sign", day["day"].as_str().unwrap(), day["warehouse_id"]);
            self.write(&path, why.clone()).await;
        }
        self.write("months/2026-10/close", why.clone()).await;
        self.write("months/2026-10/reopen", why.clone()).await;
        let second = self.second.clone();
        let answer = self.send("months/2026-10/approve", &why, &second).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    }

    async fn the_rest(&mut self) {
        self.write("flows/posting/pause", json!({ "reason": "stock-take" })).await;
        self.read("health").await;
        self.read("today").await;
        self.write("flows/posting/resume", json!({})).await;
        assert_eq!(self.refused("flows/tea/pause", json!({ "reason": "x" })).await, "flow-unknown");
        let routines = self.read("routines").await;
        let lines = routines["routines"][0]["lines"].as_array().unwrap();
        let line = lines.iter().find(|line| line["by_hand"] == true).unwrap();
        let tick = json!({ "routine": "daily", "line": line["code"], "remark": "all well" });
        self.write("routines/tick", tick.clone()).await;
        self.read("routines").await;
        self.write("routines/untick", tick).await;
        let nothing = json!({ "routine": "daily", "line": "tea" });
        assert_eq!(self.refused("routines/tick", nothing).await, "line-unknown");
        let workflow = json!({ "workflow": "exceptions-retail", "name": "Ada", "deputy": "Mo" });
        self.write("responsible/set", workflow).await;
        self.read("responsible").await;
        let sent = reference(self.filled.sent);
        let whose = json!({ "entry": sent, "reason": "asked by letter" });
        self.write("shoppers/erase", whose).await;
        assert_eq!(self.refused("shoppers/erase", json!({})).await, "erase-whose");
    }

    async fn people(&mut self) {
        let person = json!({ "name": "Mo Reed", "login": "mo", "roles": ["retail"] });
        self.write("people/invite", person.clone()).await;
        assert_eq!(self.refused("people/invite", person).await, "account-taken");
        let people = self.read("people").await;
        let all = people["people"].as_array().unwrap();
        let mo = all.iter().find(|one| one["name"] == "Mo Reed").unwrap();
        let path = format!("people/{}", mo["id"].as_str().unwrap());
        self.write(&format!("{path}/rights"), json!({ "roles": ["finance"], "stores": [5] })).await;
        for deed in ["link", "disable", "enable", "sign-out", "remove-factor"] {
            self.write(&format!("{path}/{deed}"), json!({})).await;
        }
        let wanted = json!({ "name": "nightly", "rights": ["see"], "days": 3 });
        self.write("tokens/make", wanted).await;
        let tokens = self.read("tokens").await;
        let id = tokens["tokens"][0]["id"].as_str().unwrap().to_owned();
        self.write(&format!("tokens/{id}/revoke"), json!({})).await;
        self.read("account").await;
    }
}

/// Calls whose answer is not looked at here, and why.
const NOT_TRIED: &[&str] = &[
    // Its siblings belong to entries; what belongs to none is left by alerts and settlement.
    "POST /api/v1/exceptions/{cause}/dismiss",
];
/// Shapes that the book of this test does not hold: it has no week of alerts behind it, no family, no
/// process beside it, no fault in a product, no till that was closed a day late, and nothing under way. `cargo xtask api-fuzz` asks a demo
/// that has most of them.
const NOT_SEEN: &[&str] = &[
    "AlertWeek",
    "Attribute",
    "AuditChange",
    "BoardLine",
    "CatalogueFault",
    "Confidence",
    "FindingRow",
    "LeaseRow",
    "MappingSuggestion",
    "NotErased",
    "OtherDay",
    "PauseLine",
    "Progress",
];

#[tokio::test]
async fn every_call_answers_what_is_described() {
    for_each_engine(|db| async move {
        let (filled, judge) = (Box::pin(filled(db)).await, Judge::new());
        let (who, second) = (Cookie::default(), Cookie::default());
        let mut scene = Scene { filled, who, second, judge, keys: 0 };
        scene.sign_in("early").await;
        Box::pin(scene.reads()).await;
        Box::pin(scene.files()).await;
        Box::pin(scene.exceptions()).await;
        Box::pin(scene.entries()).await;
        Box::pin(scene.mappings()).await;
        Box::pin(scene.the_rest()).await;
        Box::pin(scene.people()).await;
        Box::pin(scene.days()).await;
        Box::pin(scene.reads()).await;
        let left: Vec<_> = scene.judge.described().into_iter().collect();
        let left: Vec<_> = left.iter().filter(|call| !scene.judge.calls.contains(*call)).collect();
        assert_eq!(left, NOT_TRIED, "no answer of these was looked at");
        let mut unseen = scene.judge.all_shapes();
        unseen.retain(|name| {
            !scene.judge.shapes.contains(name) && !NOT_SEEN.contains(&name.as_str())
        });
        assert!(unseen.is_empty(), "no answer held one of these: {unseen:?}");
    })
    .await;
}

/// Something in each brace that is nobody's.
fn with_nobody(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "0" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_status_that_can_be_tried_is_described_and_no_other_is_answered() {
    for_each_engine(|db| async move {
        let desk = crate::common::desk(db).await;
        let all = desk.sign_in_as("Ada", &[Role::Finance, Role::Retail, Role::Admin], None).await;
        let few = desk.sign_in(Role::Auditor).await;
        let nobody = Cookie::default();
        let mut judge = Judge::new();
        let calls: Vec<String> = judge.described().into_iter().collect();
        for (nth, call) in calls.iter().enumerate() {
            let (method, path) = call.split_once(' ').unwrap();
            let to = with_nobody(path);
            let answer = desk.call(method, &to, &nobody).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{call}");
            judge.judge(method, &to, &answer);
            if method == "GET" {
                judge.judge(method, &to, &desk.call(method, &to, &all).await);
                let nul = format!("{to}?x=%00");
                let answer = desk.call(method, &nul, &all).await;
                assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{call}");
                judge.judge(method, &nul, &answer);
                continue;
            }
            let answer = desk.call(method, &to, &few).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{call}");
            judge.judge(method, &to, &answer);
            let answer = desk.call(method, &to, &all).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{call} without a key");
            judge.judge(method, &to, &answer);
            let kinds = [
                ("text/plain", "{}".to_owned(), 415),
                ("application/json", "{".to_owned(), 400),
                ("application/json", "\"x\"".to_owned(), 422),
                ("application/json", "{\"a\":\"\\u0000\"}".to_owned(), 422),
                ("application/json", " ".repeat(65 << 10), 413),
            ];
            for (turn, (kind, body, expected)) in kinds.into_iter().enumerate() {
                let request = Request::post(&to)
                    .header(header::CONTENT_TYPE, kind)
                    .header("sec-fetch-site", "same-origin")
                    .header("idempotency-key", format!("{nth}-{turn}"));
                let answer = desk.send(request, &all, Body::from(body)).await;
                judge.judge(method, &to, &answer);
                let takes_a_body = judge.may(method, &to, 415);
                // What does not look at its body does not refuse it either.
                if takes_a_body || expected == 413 {
                    assert_eq!(answer.status.as_u16(), expected, "{call}: {}", answer.text);
                }
            }
        }
    })
    .await;
}
