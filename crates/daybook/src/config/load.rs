//! Puts the layers together: the defaults, the user's file, the environment.

use std::{
    io,
    path::{Path, PathBuf},
};

use figment::{
    Error, Figment, Metadata, Profile, Provider, Source,
    providers::{Format as _, Toml},
    value::{Dict, Map},
};

use super::{Config, ConfigError, DEFAULT, env, shape_text};

/// The file that is read when none is named.
const USUAL_FILE: &str = "daybook.toml";

/// What stands for a file's name where a value is a default.
pub(super) const BUILTIN: &str = "default";

/// A file's settings, with the file's name for error messages.
struct File {
    path: PathBuf,
    dict: Dict,
}

impl Provider for File {
    fn metadata(&self) -> Metadata {
        Metadata::from("configuration file", Source::File(self.path.clone()))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Ok(Profile::Default.collect(self.dict.clone()))
    }
}

/// Reads the settings. `named` is the file of `--config` or `DAYBOOK_CONFIG`.
pub(crate) fn load(
    named: Option<&Path>,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    read(named, variables).map(|(config, _)| config)
}

/// The settings together with the layers they came from.
pub(super) fn read(
    named: Option<&Path>,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<(Config, Figment), ConfigError> {
    let builtin = Path::new(BUILTIN);
    let mut layers =
        Figment::from(File { path: builtin.to_owned(), dict: parse(builtin, DEFAULT)? });
    let file = read_file(named)?;
    if let Some((path, text)) = &file {
        layers = layers.merge(File { path: path.clone(), dict: parse(path, text)? });
    }
    let shape = parse(builtin, &shape_text())?;
    for variable in env::layers(variables, &shape)? {
        layers = layers.merge(variable);
    }
    let mut config: Config = layers.extract().map_err(ConfigError::from_figment)?;
    let path = file.map(|(path, _)| path);
    config.folder = path.as_deref().and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
    config.file = path;
    config.check().map_err(|error| located(error, &layers))?;
    Ok((config, layers))
}

fn read_file(named: Option<&Path>) -> Result<Option<(PathBuf, String)>, ConfigError> {
    let path = named.unwrap_or(Path::new(USUAL_FILE));
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some((path.to_owned(), text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(ConfigError::of_file(
            "config-not-found",
            path,
            "there is no such file",
            "`daybook config --default > daybook.toml` makes one with every setting explained",
        )),
        Err(error) => Err(ConfigError::of_file(
            "config-unreadable",
            path,
            error.to_string(),
            "Daybook's user must be able to read it, as UTF-8 text",
        )),
    }
}

/// Adds the file or variable that a wrong value came from.
fn located(mut error: ConfigError, layers: &Figment) -> ConfigError {
    let found = error.key.as_deref().and_then(|key| layers.find_metadata(key));
    error.place = error.place.or_else(|| found.map(super::error::place_of));
    error
}

fn parse(path: &Path, text: &str) -> Result<Dict, ConfigError> {
    Toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
        let at = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        let hint = "texts stand in quotes, a [section] on a line of its own";
        ConfigError::of_file(
            "config-syntax",
            path,
            format!("{at}{}", error.message().replace('\n', ", ")),
            hint,
        )
    })
}
