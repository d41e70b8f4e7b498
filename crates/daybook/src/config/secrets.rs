//! The passwords that setting up asks for, and the files that passwords stand in.

use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::{Config, ConfigError, secret};

/// Passwords that `daybook init` may ask for.
pub(crate) const SECRETS: [&str; 4] =
    ["sitoo.password", "orderwise.password", "book.password", "web.events-password"];

impl Config {
    fn given(&self, key: &str) -> (Option<&SecretString>, Option<&PathBuf>) {
        let web = &self.web;
        match key {
            "sitoo.password" => (self.sitoo.password.as_ref(), self.sitoo.password_file.as_ref()),
            "orderwise.password" => {
                (self.orderwise.password.as_ref(), self.orderwise.password_file.as_ref())
            }
            "book.password" => (self.book.password.as_ref(), self.book.password_file.as_ref()),
            "web.metrics-token" => (web.metrics_token.as_ref(), web.metrics_token_file.as_ref()),
            _ => (web.events_password.as_ref(), web.events_password_file.as_ref()),
        }
    }

    /// A password, wherever it is given.
    pub(crate) fn secret(&self, key: &str) -> Result<Option<SecretString>, ConfigError> {
        let (value, file) = self.given(key);
        secret::read(key, value, file, &self.folder)
    }

    /// Puts a password in the place of whatever is given for it.
    pub(crate) fn put_secret(&mut self, key: &str, secret: SecretString) {
        let (value, file) = match key {
            "sitoo.password" => (&mut self.sitoo.password, &mut self.sitoo.password_file),
            "orderwise.password" => {
                (&mut self.orderwise.password, &mut self.orderwise.password_file)
            }
            "book.password" => (&mut self.book.password, &mut self.book.password_file),
            _ => (&mut self.web.events_password, &mut self.web.events_password_file),
        };
        *value = Some(secret);
        *file = None;
    }

    /// Takes passwords that are given nowhere from a folder of credentials, as the service manager
    /// gives them.
    pub(crate) fn take_credentials(&mut self, folder: &Path) -> Result<(), ConfigError> {
        for key in SECRETS {
            if self.secret(key)?.is_none()
                && let Some(secret) = secret::credential(key, folder)?
            {
                self.put_secret(key, secret);
            }
        }
        Ok(())
    }

    /// The files that passwords are read from, with the setting that each is for.
    pub(crate) fn secret_files(&self) -> Vec<(&'static str, PathBuf)> {
        let keys = SECRETS.into_iter().chain(["web.metrics-token"]);
        let files = keys.filter_map(|key| Some((key, self.folder.join(self.given(key).1?))));
        files.collect()
    }
}
