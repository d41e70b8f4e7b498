//! How people sign in to the desk.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use daybook_domain::access::Role;
use secrecy::SecretString;
use serde::Deserialize;

/// How people sign in to the desk.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Access {
    /// Address by which people reach the desk.
    pub public_url: Option<String>,
    /// Whether they reach it by HTTPS.
    pub secure: bool,
    /// Whether a proxy names the sender of a request.
    pub behind_proxy: bool,
    /// A session that is not used ends after this time.
    #[serde(with = "humantime_serde")]
    pub idle: Duration,
    /// Every session ends after this time.
    #[serde(with = "humantime_serde")]
    pub longest: Duration,
    /// How long a one-time link is good.
    #[serde(with = "humantime_serde")]
    pub link_life: Duration,
    /// How long a browser is remembered.
    #[serde(with = "humantime_serde")]
    pub remember_browsers: Duration,
    /// Least number of characters of a password.
    pub password_length: usize,
    /// Memory that one try of a password needs.
    pub password_memory_kib: u32,
    /// Passes over it.
    pub password_passes: u32,
    /// The company's own sign-in.
    pub single_sign_on: SingleSignOn,
}

impl Access {
    /// Whether people may come in with a password of ours.
    pub fn has_local_accounts(&self) -> bool {
        self.single_sign_on.local_accounts || self.single_sign_on.issuer.is_none()
    }
}

/// The company's own sign-in: an OpenID provider.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SingleSignOn {
    /// The provider's address; none turns it off.
    pub issuer: Option<String>,
    /// Daybook's name there.
    pub client_id: Option<String>,
    /// Daybook's password there.
    pub client_secret: Option<SecretString>,
    /// The file that holds it.
    pub client_secret_file: Option<PathBuf>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that lists somebody's groups.
    pub groups_claim: String,
    /// What stands on the button.
    pub label: String,
    /// Whether people may also come in with a password of ours.
    pub local_accounts: bool,
    /// How long a call to the provider may take.
    #[serde(with = "humantime_serde")]
    pub timeout: Duration,
    /// Further certificate authorities.
    pub ca_file: Option<PathBuf>,
    /// What the members of a group are.
    pub roles: BTreeMap<String, Vec<Role>>,
    /// The stores that the members of a group look after; of nobody's group: all.
    pub stores: BTreeMap<String, Vec<i64>>,
}
