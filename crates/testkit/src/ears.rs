//! Whoever is told of alerts: a mail server and a receiver of webhooks, on this machine.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

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
    /// Listens on a free port.
    #[expect(clippy::expect_used, reason = "a test without its server cannot go on")]
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let at = listener.local_addr().expect("an address");
        let heard = Arc::new(Heard::default());
        let kept = Arc::clone(&heard);
        let serving = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let heard = Arc::clone(&kept);
                // Whoever hangs up has said all.
                tokio::spawn(async move { drop(talk(socket, &heard).await) });
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

/// SMTP as far as a client needs it that sends one message.
async fn talk(socket: TcpStream, heard: &Heard<Mail>) -> std::io::Result<()> {
    let mut socket = BufReader::new(socket);
    let (mut to, mut line) = (Vec::new(), String::new());
    socket.write_all(b"220 mail.test\r\n").await?;
    loop {
        line.clear();
        if socket.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let word = line.to_uppercase();
        let answer = if word.starts_with("RCPT TO:") {
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
        } else if word.starts_with("QUIT") {
            socket.write_all(b"221 bye\r\n").await?;
            return Ok(());
        } else {
            "250 ok\r\n".to_owned()
        };
        socket.write_all(answer.as_bytes()).await?;
    }
}

async fn data(socket: &mut BufReader<TcpStream>) -> std::io::Result<String> {
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
