//! What can be wrong with a connector's settings, and how addresses are put together.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use http::{HeaderValue, Uri};
use url::Url;

/// A setting that cannot work. Its text never repeats a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {what}")]
pub struct SettingsFault {
    /// The key below the system's section, e.g. `base_url`.
    pub key: &'static str,
    /// What is wrong with it, for a person.
    pub what: String,
}

impl SettingsFault {
    pub(crate) fn new(key: &'static str, what: impl Into<String>) -> Self {
        Self { key, what: what.into() }
    }
}

/// A base address that keeps its virtual directory: `https://host/owapi` + `token/gettoken`.
#[derive(Debug, Clone)]
pub(crate) struct BaseUrl {
    /// Scheme, host and directory, without a slash at the end.
    text: String,
}

impl BaseUrl {
    /// Checks and normalises `text`; user and password in it are refused.
    pub(crate) fn new(key: &'static str, text: &str) -> Result<Self, SettingsFault> {
        let url = Url::parse(text.trim())
            .map_err(|error| SettingsFault::new(key, format!("is no address: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(SettingsFault::new(key, "must begin with https:// (or http://)"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            let what = "must not hold a user or a password; they have settings of their own";
            return Err(SettingsFault::new(key, what));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(SettingsFault::new(key, "must not hold a query"));
        }
        let text = url.as_str().trim_end_matches('/').to_owned();
        match text.parse::<Uri>() {
            Ok(_) => Ok(Self { text }),
            Err(error) => Err(SettingsFault::new(key, format!("is no address: {error}"))),
        }
    }

    /// The address of `path` below this base, as text.
    pub(crate) fn join(&self, path: &str) -> String {
        format!("{}/{}", self.text, path.trim_start_matches('/'))
    }

    /// Checks that `path` is one that can stand below this base.
    pub(crate) fn check(&self, key: &'static str, path: &str) -> Result<(), SettingsFault> {
        let usable = !path.trim().is_empty() && !path.contains(['#', ' ']) && !path.contains("://");
        match self.join(path).parse::<Uri>() {
            Ok(_) if usable => Ok(()),
            _ => {
                Err(SettingsFault::new(key, format!("'{path}' is no path below the base address")))
            }
        }
    }
}

/// The header of Basic credentials, marked as sensitive so that no one prints it.
pub(crate) fn basic_authorization(
    user_key: &'static str,
    user: &str,
    password: &str,
) -> Result<HeaderValue, SettingsFault> {
    // Whether they are given at all is the configuration's question: a command that never calls
    // needs none.
    if user.contains(':') {
        return Err(SettingsFault::new(user_key, "must not hold a colon"));
    }
    let credentials = BASE64_STANDARD.encode(format!("{user}:{password}"));
    let mut header = HeaderValue::try_from(format!("Basic {credentials}"))
        .map_err(|_| SettingsFault::new("password", "cannot be sent"))?;
    header.set_sensitive(true);
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::BaseUrl;

    #[test]
    fn keeps_the_virtual_directory() {
        for text in ["https://x.example/owapi", " https://x.example/owapi/ "] {
            let base = BaseUrl::new("base_url", text).unwrap();
            assert_eq!(base.join("/token/gettoken"), "https://x.example/owapi/token/gettoken");
        }
        let bare = BaseUrl::new("base_url", "http://10.0.0.5:8080").unwrap();
        assert_eq!(bare.join("a"), "http://10.0.0.5:8080/a");
    }

    #[test]
    fn refuses_what_cannot_work_and_repeats_no_secret() {
        for text in ["", "owapi", "ftp://x", "https://u:hush@x/owapi", "https://x/?a=b", "https://"]
        {
            let fault = BaseUrl::new("base_url", text).unwrap_err();
            assert!(fault.to_string().starts_with("base_url: "), "{fault}");
            assert!(!fault.to_string().contains("hush"), "{fault}");
        }
        assert!(BaseUrl::new("k", "https://x").unwrap().check("p", "https://evil/x").is_err());
    }
}
