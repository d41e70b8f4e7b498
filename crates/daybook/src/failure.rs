//! Why a command did not do what it was asked: one shape for every error that reaches a person.

use std::{fmt, io};

use daybook_connectors::SettingsFault;
use daybook_flows::FlowError;
use daybook_store::StoreError;
use serde::Serialize;

use crate::config::{self, ConfigError};

/// A command's failure: stable code, sentence, next step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Failure {
    /// Stable code.
    pub(crate) code: String,
    /// What is the matter.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) hint: Option<String>,
    /// Whether the use or the configuration is wrong, rather than the work.
    #[serde(skip)]
    pub(crate) wrong_use: bool,
}

impl Failure {
    /// The work failed.
    pub(crate) fn new(
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        let (message, hint) = (message.into(), Some(hint.into()));
        Self { code: code.to_owned(), message, hint, wrong_use: false }
    }

    /// The command was used wrongly.
    pub(crate) fn wrong_use(
        code: &'static str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { wrong_use: true, ..Self::new(code, message, hint) }
    }

    /// The command line cannot be understood; `text` is what its parser says.
    pub(crate) fn usage(text: &str) -> Self {
        let text = text.strip_prefix("error: ").unwrap_or(text);
        let (message, _) = text.split_once("\n\nFor more").unwrap_or((text, ""));
        // The environment sets these: to the parser they belong to the call then.
        let message = message.replace(" --config <FILE>", "").replace(" --actor <NAME>", "");
        Self::wrong_use("usage", message.trim_end(), "`--help` shows how it is used, with examples")
    }

    /// A file that could not be read or written.
    pub(crate) fn file(path: &std::path::Path, error: &io::Error) -> Self {
        let message = format!("{}: {error}", path.display());
        let is_denied = error.kind() == io::ErrorKind::PermissionDenied;
        let hint = match std::env::var_os(config::COMMAND).filter(|_| is_denied) {
            // The package's command works as the service's user.
            Some(_) => "name a file in /var/lib/daybook: the command works as the user daybook",
            None => "check the path and its permissions",
        };
        Self::new("file", message, hint)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error[{}]: {}", self.code, self.message)?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, "\nhint: {hint}"))
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let also = |other: &ConfigError| format!("\nalso: {other} ({})", other.hint);
        let message = error.to_string() + &error.and.iter().map(also).collect::<String>();
        Self::wrong_use(error.code, message, error.hint)
    }
}

impl From<FlowError> for Failure {
    fn from(error: FlowError) -> Self {
        let (code, hint) = (error.code().to_owned(), error.hint());
        Self { code, message: error.to_string(), hint, wrong_use: false }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        FlowError::from(error).into()
    }
}

/// A connector refused a setting; `section` is where it stands in the file.
pub(crate) fn setting(section: &str, fault: &SettingsFault) -> Failure {
    let key = format!("{section}.{}", fault.key.replace('_', "-"));
    let hint = "`daybook config --default` shows every setting with its meaning";
    Failure::wrong_use("config-invalid-value", format!("{key}: {}", fault.what), hint)
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new("output", error.to_string(), "the output could not be written")
    }
}
