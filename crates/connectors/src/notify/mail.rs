//! E-mail by SMTP.

use std::{path::PathBuf, time::Duration};

use daybook_domain::alert::Notice;
use lettre::{
    AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{Mailbox, MultiPart, header::ContentType},
    transport::smtp::{
        Error,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
    },
};
use secrecy::{ExposeSecret as _, SecretString};

use super::{NotTaken, shape};
use crate::SettingsFault;

/// How the line to the mail server is kept private.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// TLS from the first byte (port 465).
    Tls,
    /// TLS once the server was asked for it (port 587); without it nothing is sent.
    StartTls,
    /// None: only for a server on this machine.
    None,
}

/// A mail server, and whom it is to tell.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is kept private.
    pub encryption: Encryption,
    /// User and password, where it asks for them.
    pub login: Option<(String, SecretString)>,
    /// Sender.
    pub from: String,
    /// Recipients.
    pub to: Vec<String>,
    /// How long one step may take.
    pub timeout: Duration,
    /// PEM file with a further authority to trust.
    pub ca_file: Option<PathBuf>,
}

pub(super) struct Mail {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    to: Vec<Mailbox>,
}

impl Mail {
    pub(super) fn new(settings: &MailSettings) -> Result<Self, SettingsFault> {
        if settings.host.trim().is_empty() {
            return Err(SettingsFault::new("host", "is missing"));
        }
        let tls = match settings.encryption {
            Encryption::Tls => Tls::Wrapper(parameters(settings)?),
            Encryption::StartTls => Tls::Required(parameters(settings)?),
            Encryption::None => Tls::None,
        };
        let mut server = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&*settings.host)
            .port(settings.port)
            .tls(tls)
            .timeout(Some(settings.timeout));
        if let Some((user, password)) = &settings.login {
            let password = password.expose_secret().to_owned();
            server = server.credentials(Credentials::new(user.clone(), password));
        }
        if settings.to.is_empty() {
            return Err(SettingsFault::new("to", "names nobody"));
        }
        let to = settings.to.iter().map(|text| mailbox("to", text)).collect::<Result<_, _>>()?;
        Ok(Self { server: server.build(), from: mailbox("from", &settings.from)?, to })
    }

    pub(super) async fn send(&self, id: &str, notice: &Notice) -> Result<(), NotTaken> {
        let mut message = Message::builder()
            .from(self.from.clone())
            .message_id(Some(format!("<{id}@daybook>")))
            .subject(notice.subject());
        for to in &self.to {
            message = message.to(to.clone());
        }
        let plain = lettre::message::SinglePart::builder()
            .header(ContentType::TEXT_PLAIN)
            .body(notice.text());
        let html = lettre::message::SinglePart::builder()
            .header(ContentType::TEXT_HTML)
            .body(shape::html(notice));
        let parts = MultiPart::alternative().singlepart(plain).singlepart(html);
        let unfit = |_| NotTaken::new("mail-message", "the message could not be put together");
        let message = message.multipart(parts).map_err(unfit)?;
        self.server.send(message).await.map(|_| ()).map_err(|error| not_taken(&error))
    }

    pub(super) async fn check(&self) -> Result<(), NotTaken> {
        match self.server.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(NotTaken::new("mail-refused", "the mail server does not answer NOOP")),
            Err(error) => Err(not_taken(&error)),
        }
    }
}

fn mailbox(key: &'static str, text: &str) -> Result<Mailbox, SettingsFault> {
    text.parse().map_err(|_| {
        SettingsFault::new(key, "is no mail address; write \"Daybook <daybook@example.com>\"")
    })
}

fn parameters(settings: &MailSettings) -> Result<TlsParameters, SettingsFault> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(file) = &settings.ca_file {
        let fault =
            |what: String| SettingsFault::new("ca-file", format!("{}: {what}", file.display()));
        let pem = std::fs::read(file).map_err(|error| fault(error.to_string()))?;
        let authority = Certificate::from_pem(&pem)
            .map_err(|_| fault("holds no PEM certificate".to_owned()))?;
        builder = builder.add_root_certificate(authority);
    }
    builder.build().map_err(|error| SettingsFault::new("encryption", error.to_string()))
}

/// Whether the handshake failed: a certificate that nobody vouches for reaches us as a broken line.
fn is_about_tls(error: &Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(one) = cause {
        let inner = one.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if one.is::<rustls::Error>()
            || inner.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>)
        {
            return true;
        }
        cause = one.source();
    }
    false
}

/// A server's own words may repeat addresses; its code says enough.
fn not_taken(error: &Error) -> NotTaken {
    if let Some(code) = error.status() {
        let code = u16::from(code);
        let what = match code {
            530 | 534 | 535 | 538 => "the mail server does not let Daybook in",
            550..=553 => "the mail server does not take sender or recipient",
            _ => "the mail server refused",
        };
        let kind =
            if matches!(code, 530 | 534 | 535 | 538) { "mail-credentials" } else { "mail-refused" };
        return NotTaken::new(kind, format!("{what} ({code})"));
    }
    if error.is_timeout() {
        return NotTaken::new("mail-unreachable", "the mail server did not answer in time");
    }
    if error.is_tls() || is_about_tls(error) {
        return NotTaken::new("mail-tls", "no private line to the mail server could be made");
    }
    if error.is_client() {
        return NotTaken::new("mail-client", "the mail server cannot what the settings ask for");
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    NotTaken::new("mail-unreachable", format!("the mail server could not be reached: {cause}"))
}
