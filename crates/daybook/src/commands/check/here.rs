//! What a doctor sees of this machine: the files of passwords, how addresses are reached, and whether
//! Sitoo's events can come in.

use std::{net::SocketAddr, os::unix::fs::PermissionsExt as _, time::Duration};

use daybook_connectors::{Lost, Network, TlsSettings, Transport as _};
use daybook_flows::check::{CheckLine, Stops};
use http::Request;
use tokio::net::TcpListener;

use crate::{
    commands::serve::cannot_listen_hint, config::Config, context::Context, failure::Failure,
};

const AREA: &str = "configuration";
/// Bits of a file's mode that let everybody on the machine in.
const OTHERS: u32 = 0o007;
/// How long a desk may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Largest answer of a desk about its health.
const ANSWER: usize = 1 << 16;

/// Files of passwords that others on this machine may read.
pub(super) fn secrets(config: &Config) -> Vec<CheckLine> {
    let files = config.secret_files();
    let open: Vec<_> = files
        .iter()
        .filter(|(_, file)| {
            std::fs::metadata(file).is_ok_and(|meta| meta.permissions().mode() & OTHERS != 0)
        })
        .collect();
    if open.is_empty() {
        let detail = match files.len() {
            0 => "from the environment or the service's credentials".to_owned(),
            count => format!("{count} in files that others cannot read"),
        };
        return vec![CheckLine::ok(AREA, "passwords", detail)];
    }
    let line = |(key, file): &&(&str, std::path::PathBuf)| {
        let file = file.display();
        let detail = format!("{file} ({key}) can be read by others on this machine");
        CheckLine::warning(AREA, "passwords", detail, format!("chmod 600 {file}"))
    };
    open.iter().map(line).collect()
}

/// Passwords and shoppers' data that would travel in the clear.
pub(super) fn addresses(config: &Config) -> Vec<CheckLine> {
    let of = [
        ("sitoo", config.sitoo.base_url.as_deref()),
        ("orderwise", config.orderwise.base_url.as_deref()),
    ];
    let in_the_clear = of.into_iter().filter(|(_, url)| url.is_some_and(is_in_the_clear));
    in_the_clear
        .map(|(section, _)| {
            let detail = format!("{section}.base-url is plain http: passwords travel in the clear");
            let hint = format!(
                "use https, with {section}.ca-file for a certificate of the house; or a VPN that \
                 ends on both machines"
            );
            CheckLine::warning(AREA, "TLS", detail, hint)
        })
        .collect()
}

/// Plain http to another machine.
fn is_in_the_clear(address: &str) -> bool {
    let Ok(url) = url::Url::parse(address) else { return false };
    let here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => true,
    };
    url.scheme() == "http" && !here
}

/// Whether the desk can be reached, and Sitoo's events are taken.
pub(super) async fn events(context: &Context) -> Result<Vec<CheckLine>, Failure> {
    let mut lines = vec![desk(context.config.web.listen).await];
    if context.config.events()?.is_none() {
        let detail = "not set up: new orders are found by polling alone";
        let hint = "set web.events-user and web.events-password-file, and give both to Sitoo";
        lines.push(CheckLine::warning(AREA, "events", detail, hint));
    }
    if let Some(public) = &context.config.web.access.public_url {
        lines.push(outside(public).await);
    }
    Ok(lines)
}

/// The desk at the address that it listens at.
async fn desk(listen: SocketAddr) -> CheckLine {
    let at = if listen.ip().is_unspecified() {
        format!("http://127.0.0.1:{}", listen.port())
    } else {
        format!("http://{listen}")
    };
    match health(&at).await {
        Ok(true) => CheckLine::ok("events", "desk", format!("`daybook serve` answers at {listen}")),
        Ok(false) => CheckLine::failed(
            "events",
            "desk",
            format!("another program answers at {listen}"),
            "set web.listen to a port that is free",
        )
        .stopping(&Stops::FLOWS),
        Err(_) => could_listen(listen).await,
    }
}

/// Whether `daybook serve` could listen there: nothing answers now.
async fn could_listen(listen: SocketAddr) -> CheckLine {
    match TcpListener::bind(listen).await {
        Ok(_) => CheckLine::unverified(
            "events",
            "desk",
            format!("nothing listens at {listen}: `daybook serve` does not run"),
        ),
        Err(error) => {
            let hint = cannot_listen_hint(&error);
            CheckLine::failed("events", "desk", format!("{listen}: {error}"), hint)
                .stopping(&Stops::FLOWS)
        }
    }
}

/// The desk at the address by which people, and Sitoo, reach it.
async fn outside(public: &str) -> CheckLine {
    let public = public.trim_end_matches('/');
    match health(public).await {
        Ok(true) => {
            CheckLine::ok("events", "public address", format!("{public} leads to the desk"))
        }
        Ok(false) => CheckLine::warning(
            "events",
            "public address",
            format!("what answers at {public} is no desk, or its `daybook serve` does not run"),
            "let the proxy pass everything on to web.listen, and start `daybook serve`",
        ),
        Err(lost) => CheckLine::warning(
            "events",
            "public address",
            format!("{public}: {lost}"),
            "see that the name leads to the proxy, its certificate is good, and it runs",
        ),
    }
}

/// Whether a Daybook answers there.
async fn health(address: &str) -> Result<bool, Lost> {
    let line = Network::new(&TlsSettings::default(), ANSWER)
        .map_err(|fault| Lost::NotSent(fault.to_string()))?;
    let request = Request::get(format!("{address}/healthz"))
        .body(Vec::new().into())
        .map_err(|error| Lost::NotSent(error.to_string()))?;
    Ok(line.send(request, PATIENCE).await?.status().is_success())
}

#[cfg(test)]
mod tests {
    use daybook_flows::check::CheckState;

    use super::*;

    #[tokio::test]
    async fn a_port_that_another_program_holds_is_told_before_serve_finds_out() {
        let held = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let at = held.local_addr().unwrap();
        let line = could_listen(at).await;
        assert_eq!(line.state, CheckState::Failed, "{line:?}");
        assert!(line.hint.as_deref().is_some_and(|hint| hint.contains("web.listen")), "{line:?}");

        drop(held);
        assert_eq!(could_listen(at).await.state, CheckState::Unverified);
    }
}
