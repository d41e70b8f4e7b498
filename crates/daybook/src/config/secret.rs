//! Secrets come from the environment or from a file of their own.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use super::ConfigError;

/// The secret of `key`, from the setting itself or from the file that `{key}-file` names.
pub(super) fn read(
    key: &str,
    value: Option<&SecretString>,
    file: Option<&PathBuf>,
    folder: &Path,
) -> Result<Option<SecretString>, ConfigError> {
    match (value, file) {
        (Some(_), Some(_)) => {
            let hint = format!("keep one of {key} and {key}-file");
            Err(ConfigError::of_key("config-secret-twice", key, "is given in two ways", hint))
        }
        (Some(value), None) if value.expose_secret().is_empty() => Ok(None),
        (Some(value), None) => Ok(Some(value.clone())),
        (None, Some(file)) => read_file(key, &folder.join(file)).map(Some),
        (None, None) => Ok(None),
    }
}

fn read_file(key: &str, file: &Path) -> Result<SecretString, ConfigError> {
    let key = format!("{key}-file");
    let fault = |what: String| {
        let hint = "the file holds the password and nothing else, readable by Daybook alone";
        ConfigError::of_key("config-secret-file", key.clone(), what, hint)
    };
    let text = std::fs::read_to_string(file)
        .map_err(|error| fault(format!("{}: {error}", file.display())))?;
    // Editors end a file with a line break; no password begins or ends with one.
    let secret = text.trim_matches(['\r', '\n']);
    if secret.is_empty() {
        return Err(fault(format!("{}: is empty", file.display())));
    }
    Ok(SecretString::from(secret))
}
