//! A mail server that wants a private line and a password, as those of companies do.

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use daybook_connectors::{
    Network, TlsSettings, Transport,
    notify::{Encryption, MailSettings, Notifier, WaySettings},
};
use daybook_domain::{Timestamp, alert::test_notice};
use daybook_testkit::ears::{Door, MailServer};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio_rustls::TlsAcceptor;

const USER: &str = "daybook@example.com";
const PASSWORD: &str = "correct-horse";

/// A server's side of TLS, and the file of the authority that vouches for it.
fn house(folder: &Path) -> (TlsAcceptor, std::path::PathBuf) {
    let key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let file = folder.join("house-ca.pem");
    std::fs::write(&file, authority.self_signed(&key).unwrap().pem()).unwrap();
    let issuer = Issuer::new(authority, key);
    let key = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = own.signed_by(&key, &issuer).unwrap();
    let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.into())
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), file)
}

/// What comes of one message.
async fn sent(settings: MailSettings) -> Result<(), String> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let ways = BTreeMap::from([("mail".to_owned(), WaySettings::Mail(settings))]);
    let transport: Arc<dyn Transport> =
        Arc::new(Network::new(&TlsSettings { extra_ca_file: None }, 100).unwrap());
    let notifier = Notifier::new(ways, &transport).unwrap();
    let notice = test_notice("mail", Timestamp::from_seconds(9), "https://desk");
    let sent = notifier.send("mail", "id-1", &notice, Timestamp::from_seconds(1_000)).await;
    sent.map_err(|error| error.code.to_owned())
}

fn settings(server: &MailServer, encryption: Encryption, ca_file: Option<&Path>) -> MailSettings {
    MailSettings {
        host: "localhost".to_owned(),
        port: server.at.port(),
        encryption,
        login: Some((USER.to_owned(), PASSWORD.into())),
        from: USER.to_owned(),
        to: vec!["finance@example.com".to_owned()],
        timeout: Duration::from_secs(10),
        ca_file: ca_file.map(Path::to_owned),
    }
}

#[tokio::test]
async fn a_message_goes_over_a_private_line_with_a_password_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let (tls, authority) = house(folder.path());
    let login = || Some((USER.to_owned(), PASSWORD.to_owned()));
    for encryption in [Encryption::Tls, Encryption::StartTls] {
        let door = match encryption {
            Encryption::Tls => Door { wrapped: Some(tls.clone()), upgraded: None, login: login() },
            _ => Door { wrapped: None, upgraded: Some(tls.clone()), login: login() },
        };
        let server = MailServer::behind(door).await;
        let known = settings(&server, encryption, Some(&authority));
        assert_eq!(sent(known.clone()).await, Ok(()), "{encryption:?}");
        assert_eq!(server.taken().len(), 1);
        let wrong = MailSettings { login: Some((USER.to_owned(), "guess".into())), ..known };
        assert_eq!(sent(wrong).await, Err("mail-credentials".to_owned()), "{encryption:?}");
        let stranger = sent(settings(&server, encryption, None)).await;
        assert_eq!(stranger, Err("mail-tls".to_owned()), "nobody vouches for it: {encryption:?}");
        assert_eq!(server.taken(), []);
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_private_gets_neither_password_nor_message() {
    let server = MailServer::start().await;
    let told = sent(settings(&server, Encryption::StartTls, None)).await;
    assert_eq!(told, Err("mail-client".to_owned()));
    assert_eq!(server.taken(), []);
}
