//! Whoever is told of alerts: a mail server and a receiver of webhooks, on this machine.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

/// A message as a mail server took it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Recipients of the envelope.
    pub to: Vec<String>,
    /// Headers and body.
    pub text: String,
}

impl Mail {
    /// A header on one line; empty where it is missing.
    pub fn header(&self, name: &str) -> &str {
        let start = format!("{name}: ");
        self.text.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default()
    }
}

/// A webhook as it came in.
#[derive(Debug, Clone)]
pub struct Hook {
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

#[derive(Debug)]
struct Heard<T> {
    taken: Mutex<Vec<T>>,
    refusals: Mutex<VecDeque<u16>>,
}

impl<T> Default for Heard<T> {
    fn default() -> Self {
        Self { taken: Mutex::default(), refusals: Mutex::default() }
    }
}

impl<T: Clone> Heard<T> {
    fn take(&self, one: T) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).push(one);
    }

    fn refusal(&self) -> Option<u16> {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    fn refuse(&self, codes: &[u16]) {
        self.refusals.lock().unwrap_or_else(PoisonError::into_inner).extend(codes);
    }

    fn drain(&self) -> Vec<T> {
        std::mem::take(&mut *self.taken.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What a mail server insists on. The default insists on nothing.
#[derive(Clone, Default)]
pub struct Door {
    /// TLS from the first byte.
    pub wrapped: Option<TlsAcceptor>,
    /// TLS once it was asked for; nothing is taken before.
    pub upgraded: Option<TlsAcceptor>,
    /// User and password without which nothing is taken.
    pub login: Option<(String, String)>,
}

/// A mail server that takes everything it is not told to refuse.
#[derive(Debug)]
pub struct MailServer {
    /// Where it listens.
    pub at: SocketAddr,
    heard: Arc<Heard<Mail>>,
    serving: JoinHandle<()>,
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl MailServer {
    /// Listens on a free port, and insists on nothing.
    pub async fn start() -> Self {
        Self::behind(Door::default()).await
    }

    /// Listens on a free port, and insists on what `door` says.
    #[expect(clippy::expect_used, reason = "a test without its server cannot go on")]
    pub async fn behind(door: Door) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        let heard = Arc::new(Heard::default());
        let kept = Arc::clone(&heard);
        let serving = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (heard, door) = (Arc::clone(&kept), door.clone());
                // Whoever hangs up has said all.
                tokio::spawn(async move { drop(answer(socket, &door, &heard).await) });
            }
        });
        Self { at, heard, serving }
    }

    /// The next messages are refused with these codes.
    pub fn refuse(&self, codes: &[u16]) {
        self.heard.refuse(codes);
    }

    /// What came in since it was last asked.
    pub fn taken(&self) -> Vec<Mail> {
        self.heard.drain()
    }
}

/// One client, over the line that the door wants.
async fn answer(
    socket: tokio::net::TcpStream,
    door: &Door,
    heard: &Heard<Mail>,
) -> std::io::Result<()> {
    if let Some(tls) = &door.wrapped {
        let socket = BufReader::new(tls.accept(socket).await?);
        return talk(socket, door, heard, true).await.map(drop);
    }
    let is_open = door.upgraded.is_none();
    let left = talk(BufReader::new(socket), door, heard, is_open).await?;
    let (Some(socket), Some(tls)) = (left, &door.upgraded) else { return Ok(()) };
    // The client begins anew on the private line, without another greeting.
    let socket = BufReader::new(tls.accept(socket.into_inner()).await?);
    commands(socket, door, heard, true).await.map(drop)
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    mut socket: BufReader<S>,
    door: &Door,
    heard: &Heard<Mail>,
    is_private: bool,
) -> std::io::Result<Option<BufReader<S>>> {
    socket.write_all(b"220 mail.test\r\n").await?;
    commands(socket, door, heard, is_private).await
}

/// SMTP as far as a client needs it that sends one message; gives the line back where the client
/// asked for a private one.
async fn commands<S: AsyncRead + AsyncWrite + Unpin>(
    mut socket: BufReader<S>,
    door: &Door,
    heard: &Heard<Mail>,
    is_private: bool,
) -> std::io::Result<Option<BufReader<S>>> {
    let (mut to, mut line) = (Vec::new(), String::new());
    let mut is_in = door.login.is_none();
    loop {
        line.clear();
        if socket.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let word = line.to_uppercase();
        let answer = if word.starts_with("EHLO") {
            hello(door, is_private)
        } else if word.starts_with("STARTTLS") && !is_private {
            socket.write_all(b"220 go on\r\n").await?;
            return Ok(Some(socket));
        } else if let Some(given) = word.starts_with("AUTH PLAIN ").then(|| line[11..].trim()) {
            is_in = is_private && is_known(door, given);
            if is_in { "235 in\r\n" } else { "535 not in\r\n" }.to_owned()
        } else if word.starts_with("QUIT") {
            socket.write_all(b"221 bye\r\n").await?;
            return Ok(None);
        } else if !(is_private && is_in) {
            "530 not before\r\n".to_owned()
        } else if word.starts_with("RCPT TO:") {
            to.push(line[8..].trim().trim_matches(['<', '>']).to_owned());
            "250 ok\r\n".to_owned()
        } else if word.starts_with("DATA") {
            socket.write_all(b"354 go on\r\n").await?;
            let text = data(&mut socket).await?;
            if let Some(code) = heard.refusal() {
                format!("{code} not today\r\n")
            } else {
                heard.take(Mail { to: std::mem::take(&mut to), text });
                "250 taken\r\n".to_owned()
            }
        } else {
            "250 ok\r\n".to_owned()
        };
        socket.write_all(answer.as_bytes()).await?;
    }
}

/// What the server can, as far as a client has to know.
fn hello(door: &Door, is_private: bool) -> String {
    let mut can = vec!["mail.test"];
    if !is_private {
        can.push("STARTTLS");
    }
    if is_private && door.login.is_some() {
        can.push("AUTH PLAIN");
    }
    let last = can.len() - 1;
    let line =
        |(at, what): (usize, &&str)| format!("250{}{what}\r\n", if at == last { ' ' } else { '-' });
    can.iter().enumerate().map(line).collect()
}

/// RFC 4616: an empty name, the user and the password, each behind a zero.
fn is_known(door: &Door, given: &str) -> bool {
    let Some((user, password)) = &door.login else { return true };
    STANDARD.decode(given).is_ok_and(|said| said == format!("\0{user}\0{password}").as_bytes())
}

async fn data<S: AsyncRead + Unpin>(socket: &mut BufReader<S>) -> std::io::Result<String> {
    let (mut text, mut line) = (String::new(), String::new());
    while socket.read_line(&mut line).await? > 0 {
        if line == ".\r\n" {
            break;
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
        line.clear();
    }
    Ok(text)
}

/// A receiver of webhooks.
#[derive(Debug)]
pub struct HookServer {
    /// Its address.
    pub url: String,
    heard: Arc<Heard<Hook>>,
    serving: JoinHandle<()>,
}

impl Drop for HookServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl HookServer {
    /// Listens on a free port.
    #[expect(clippy::expect_used, reason = "a test without its server cannot go on")]
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let heard = Arc::new(Heard::default());
        let router = Router::new().route("/hook", post(hear)).with_state(Arc::clone(&heard));
        let serving = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Self { url, heard, serving }
    }

    /// The next messages are answered with these codes.
    pub fn refuse(&self, codes: &[u16]) {
        self.heard.refuse(codes);
    }

    /// What came in since it was last asked.
    pub fn taken(&self) -> Vec<Hook> {
        self.heard.drain()
    }
}

async fn hear(
    State(heard): State<Arc<Heard<Hook>>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    if let Some(code) = heard.refusal() {
        return StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    }
    heard.take(Hook { headers, body });
    StatusCode::NO_CONTENT
}
