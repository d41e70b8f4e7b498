//! An OpenID provider in this process that can be told to lie. The real one is in `e2e`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    body::Bytes,
    http::{Request, Response, header},
};
use base64::{Engine as _, prelude::*};
use daybook_connectors::{Clock, Lost, OpenId, OpenIdSettings, Transport};
use daybook_testkit::clock::TestClock;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::KeyPair;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// Its name for itself.
pub(crate) const ISSUER: &str = "https://id.example.test/company";
const CLIENT: &str = "daybook";
/// Ours there; a colon and a blank have to be encoded.
const SECRET: &str = "hush: hush";

/// What is changed of an ID token before it is signed.
type Twist = Box<dyn Fn(&mut Header, &mut Value) + Send>;

/// How it answers.
pub(crate) struct Provider {
    clock: TestClock,
    key: KeyPair,
    /// Everything that it was asked for, by path.
    pub(crate) asked: Mutex<Vec<String>>,
    /// What it was asked to sign somebody in with, by code.
    codes: Mutex<HashMap<String, HashMap<String, String>>>,
    pub(crate) twist: Mutex<Option<Twist>>,
    /// What comes instead of a signed token.
    pub(crate) forged: Mutex<Option<String>>,
    /// Claims of whoever signs in.
    pub(crate) person: Mutex<Value>,
    /// Claims that only the userinfo endpoint tells.
    pub(crate) more: Mutex<Value>,
    /// What it calls itself.
    pub(crate) name: Mutex<String>,
}

impl Provider {
    pub(crate) fn new(clock: TestClock) -> Arc<Self> {
        Arc::new(Self {
            clock,
            key: KeyPair::generate().unwrap(),
            asked: Mutex::default(),
            codes: Mutex::default(),
            twist: Mutex::default(),
            forged: Mutex::default(),
            person: Mutex::new(json!({})),
            more: Mutex::new(json!({})),
            name: Mutex::new(ISSUER.to_owned()),
        })
    }

    /// Daybook's client of it.
    pub(crate) fn client(self: &Arc<Self>) -> Arc<OpenId> {
        let settings = OpenIdSettings {
            issuer: ISSUER.to_owned(),
            client_id: CLIENT.to_owned(),
            client_secret: Some(SECRET.into()),
            scopes: vec!["profile".to_owned()],
            groups_claim: "groups".to_owned(),
            redirect_uri: "https://daybook.example.test/sign-in/company/back".to_owned(),
            timeout: Duration::from_secs(10),
        };
        let line = Arc::new(Line(Arc::clone(self)));
        Arc::new(OpenId::new(settings, line, Arc::new(self.clock.clone())).unwrap())
    }

    /// Signs somebody in with these claims. Takes the address that the browser was sent to, and
    /// returns the path and query that it comes back with.
    pub(crate) fn signs_in(&self, address: &str, person: Value) -> String {
        let url = url::Url::parse(address).unwrap();
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["scope"], "openid profile");
        assert_eq!(asked["client_id"], CLIENT);
        let state = asked["state"].clone();
        let code = format!("code-{}", self.codes.lock().unwrap().len());
        self.codes.lock().unwrap().insert(code.clone(), asked);
        *self.person.lock().unwrap() = person;
        format!("/sign-in/company/back?state={state}&code={code}")
    }

    fn answer(&self, request: &Request<Bytes>) -> (u16, Value) {
        let path = request.uri().path().to_owned();
        self.asked.lock().unwrap().push(path.clone());
        let at = |path: &str| format!("{ISSUER}{path}");
        match path.as_str() {
            "/company/.well-known/openid-configuration" => {
                let described = json!({
                    "issuer": *self.name.lock().unwrap(),
                    "authorization_endpoint": at("/auth?tenant=1"),
                    "token_endpoint": at("/token"), "jwks_uri": at("/keys"),
                    "userinfo_endpoint": at("/me"),
                    "code_challenge_methods_supported": ["S256"],
                });
                (200, described)
            }
            "/company/keys" => (200, json!({ "keys": [{ "kty": "strange" }, self.public()] })),
            "/company/token" => self.token(request),
            "/company/me" => {
                assert_eq!(request.headers()[header::AUTHORIZATION], "Bearer the-access-token");
                (200, self.more.lock().unwrap().clone())
            }
            _ => (404, json!({})),
        }
    }

    fn public(&self) -> Value {
        let point = self.key.public_key_raw();
        let (x, y) = point[1..].split_at(32);
        let text = |part: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(part);
        json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "one",
                "x": text(x), "y": text(y) })
    }

    fn token(&self, request: &Request<Bytes>) -> (u16, Value) {
        let basic = BASE64_STANDARD.encode("daybook:hush%3A+hush");
        if request.headers()[header::AUTHORIZATION] != format!("Basic {basic}") {
            return (401, json!({ "error": "invalid_client" }));
        }
        let form: HashMap<String, String> =
            url::form_urlencoded::parse(request.body()).into_owned().collect();
        let asked = self.codes.lock().unwrap().remove(&form["code"]);
        let proof = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&form["code_verifier"]));
        let Some(asked) = asked.filter(|asked| {
            asked["code_challenge"] == proof && asked["redirect_uri"] == form["redirect_uri"]
        }) else {
            return (400, json!({ "error": "invalid_grant", "error_description": "for Ada" }));
        };
        if let Some(forged) = &*self.forged.lock().unwrap() {
            return (200, json!({ "id_token": forged, "access_token": "the-access-token" }));
        }
        let now = self.clock.now().micros() / 1_000_000;
        let mut claims = json!({ "iss": ISSUER, "aud": CLIENT, "nonce": asked["nonce"],
                                 "iat": now, "exp": now + 300 });
        let person = self.person.lock().unwrap().clone();
        claims.as_object_mut().unwrap().extend(person.as_object().unwrap().clone());
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some("one".to_owned());
        if let Some(twist) = &*self.twist.lock().unwrap() {
            twist(&mut header, &mut claims);
        }
        let key = match header.alg {
            Algorithm::ES256 => EncodingKey::from_ec_der(&self.key.serialize_der()),
            // As somebody would who has only the key that everybody may read.
            _ => EncodingKey::from_secret(self.key.public_key_raw()),
        };
        let token = encode(&header, &claims, &key).unwrap();
        (200, json!({ "id_token": token, "access_token": "the-access-token" }))
    }
}

/// The way to it.
struct Line(Arc<Provider>);

#[async_trait]
impl Transport for Line {
    async fn send(&self, request: Request<Bytes>, _: Duration) -> Result<Response<Bytes>, Lost> {
        let (status, body) = self.0.answer(&request);
        Ok(Response::builder().status(status).body(Bytes::from(body.to_string())).unwrap())
    }
}
