use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::Request;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{Lost, Network, TlsSettings, Transport};

const SECOND: Duration = Duration::from_secs(1);

/// What a server does once it has read a request.
enum Does {
    Answers(Vec<u8>),
    Closes,
    Sleeps,
}

/// A server for one connection; its address.
async fn server(does: Does) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let _ = socket.read(&mut request).await.unwrap();
        match does {
            Does::Answers(bytes) => socket.write_all(&bytes).await.unwrap(),
            Does::Closes => {}
            Does::Sleeps => tokio::time::sleep(Duration::from_mins(1)).await,
        }
    });
    format!("http://{address}/owapi")
}

async fn get(url: &str, limit: usize) -> Result<(u16, Bytes), Lost> {
    let network = Network::new(&TlsSettings::default(), limit).unwrap();
    let request = Request::get(url).body(Bytes::new()).unwrap();
    let answer = network.send(request, SECOND).await?;
    Ok((answer.status().as_u16(), answer.into_body()))
}

fn answer(head: &str, body: &[u8]) -> Does {
    let head = format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n", body.len());
    Does::Answers([head.as_bytes(), body].concat())
}

#[tokio::test]
async fn an_answer_comes_whole_and_redirects_are_answers() {
    let url = server(answer("200 OK", b"[1]")).await;
    assert_eq!(get(&url, 100).await.unwrap(), (200, Bytes::from_static(b"[1]")));
    let url = server(answer("302 Found\r\nLocation: http://127.0.0.1:1/", b"")).await;
    assert_eq!(get(&url, 100).await.unwrap().0, 302);
}

#[tokio::test]
async fn what_was_never_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    for url in [format!("http://{address}/"), "http://nowhere.invalid/".to_owned()] {
        let lost = get(&url, 100).await.unwrap_err();
        assert!(matches!(lost, Lost::NotSent(_)), "{url}: {lost:?}");
    }
    let plain = server(answer("400 Bad Request", b"")).await.replace("http:", "https:");
    let lost = get(&plain, 100).await.unwrap_err();
    assert!(matches!(lost, Lost::NotSent(_)), "{lost:?}");
}

#[tokio::test]
async fn what_was_sent_and_not_answered() {
    for does in [
        Does::Closes,
        Does::Sleeps,
        Does::Answers(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc".to_vec()),
        Does::Answers(b"no HTTP at all".to_vec()),
    ] {
        let lost = get(&server(does).await, 1_000).await.unwrap_err();
        assert!(matches!(lost, Lost::NoAnswer(_)), "{lost:?}");
    }
}

#[tokio::test]
async fn an_answer_is_unpacked_and_its_size_limited() {
    // 2,000 times the letter x.
    let packed = [
        31_u8, 139, 8, 0, 0, 0, 0, 0, 2, 255, 171, 168, 24, 5, 163, 96, 20, 140, 130, 81, 48, 10,
        70, 193, 80, 7, 0, 122, 101, 8, 41, 208, 7, 0, 0,
    ];
    for (limit, fits) in [(2_000, true), (1_999, false)] {
        let url = server(answer("200 OK\r\nContent-Encoding: gzip", &packed)).await;
        let got = get(&url, limit).await;
        assert_eq!(got.is_ok_and(|(_, body)| body.len() == 2_000), fits);
    }
}

#[test]
fn a_file_of_authorities_that_holds_none_is_a_fault() {
    for file in ["/nowhere/ca.pem", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")] {
        let tls = TlsSettings { extra_ca_file: Some(file.into()) };
        let fault = Network::new(&tls, 1).unwrap_err();
        assert_eq!(fault.key, "extra_ca_file");
        assert!(fault.what.contains(file));
    }
}

/// A server inside the house: its address, and the authority that signed for it.
async fn house_server(folder: &std::path::Path) -> (String, std::path::PathBuf) {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
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
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            // Whoever does not trust us ends the handshake.
            let Ok(mut socket) = acceptor.accept(socket).await else { continue };
            let mut request = vec![0; 4096];
            let _ = socket.read(&mut request).await.unwrap();
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]";
            socket.write_all(answer).await.unwrap();
            socket.shutdown().await.unwrap();
        }
    });
    (format!("https://localhost:{port}/owapi"), file)
}

#[tokio::test]
async fn a_server_inside_the_house_is_trusted_only_with_the_authority_of_the_house() {
    let folder = tempfile::tempdir().unwrap();
    let (url, authority) = house_server(folder.path()).await;
    for (file, trusted) in [(Some(authority), true), (None, false)] {
        let network = Network::new(&TlsSettings { extra_ca_file: file }, 100).unwrap();
        let request = Request::get(&url).body(Bytes::new()).unwrap();
        match network.send(request, SECOND * 10).await {
            Ok(answer) => {
                assert!(trusted, "nobody vouches for it");
                assert_eq!(answer.body(), &Bytes::from_static(b"[1]"));
            }
            Err(Lost::NotSent(why)) => {
                assert!(!trusted && why.contains("certificate"), "{why}");
            }
            Err(lost) => panic!("{lost:?}"),
        }
    }
}
