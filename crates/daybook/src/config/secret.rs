//! Secrets come from the environment, from a file of their own, or from the service manager.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};

use super::ConfigError;

/// Where the service manager puts what `LoadCredential=` names: a folder that only this service's
/// processes can read.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// The secret of `key`: from the setting itself, from the file that `{key}-file` names, or from the
/// service manager's credential `{key}`.
pub(super) fn read(
    key: &str,
    value: Option<&SecretString>,
    file: Option<&PathBuf>,
    folder: &Path,
) -> Result<Option<SecretString>, ConfigError> {
    let given = given(key, value, file, folder)?;
    let credentials = std::env::var_os(CREDENTIALS).map(PathBuf::from);
    match (given, credentials) {
        (None, Some(credentials)) => credential(key, &credentials),
        (given, _) => Ok(given),
    }
}

pub(super) fn credential(
    key: &str,
    credentials: &Path,
) -> Result<Option<SecretString>, ConfigError> {
    // Credentials that come from a folder carry the name that the unit gives to it in front.
    let files = [key.to_owned(), format!("daybook_{key}")].map(|name| credentials.join(name));
    let found = files.iter().find(|file| file.exists());
    found.map(|file| read_file(key, file)).transpose()
}

fn given(
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

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::credential;

    #[test]
    fn a_credential_of_the_service_manager_is_found_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        assert!(credential("sitoo.password", folder.path()).unwrap().is_none());
        std::fs::write(folder.path().join("sitoo.password"), "hunter2\n").unwrap();
        let found = credential("sitoo.password", folder.path()).unwrap();
        assert_eq!(found.unwrap().expose_secret(), "hunter2");
        std::fs::write(folder.path().join("daybook_orderwise.password"), "\n").unwrap();
        let fault = credential("orderwise.password", folder.path()).unwrap_err();
        assert_eq!(fault.code, "config-secret-file");
    }
}
