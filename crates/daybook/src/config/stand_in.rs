//! Whether both systems are stand-ins: they are at home on this machine.

use super::Config;

impl Config {
    /// Whether both systems are on this machine: neither Sitoo nor OrderWise ever is.
    pub(crate) fn is_over_stand_ins(&self) -> bool {
        [&self.sitoo.base_url, &self.orderwise.base_url]
            .into_iter()
            .all(|address| address.as_deref().is_some_and(is_here))
    }
}

fn is_here(address: &str) -> bool {
    let url = url::Url::parse(address).ok();
    url.is_some_and(|url| match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::is_here;

    #[test]
    fn only_what_is_on_this_machine_is_a_stand_in() {
        for here in ["http://127.0.0.1:8081/v2/accounts/1", "http://localhost:1", "http://[::1]:1"]
        {
            assert!(is_here(here), "{here}");
        }
        for real in
            ["https://api.mysitoo.com/v2/accounts/1", "http://10.0.0.5/OWAPI", "localhost", ""]
        {
            assert!(!is_here(real), "{real}");
        }
    }
}
