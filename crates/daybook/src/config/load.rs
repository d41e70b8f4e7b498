//! Puts the layers together: the defaults, the user's file, the environment.

use std::{
    io,
    path::{Path, PathBuf},
};

use figment::{
    Error, Figment, Metadata, Profile, Provider, Source,
    providers::{Format as _, Toml},
    value::{Dict, Map, Value},
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
    let file = match read_file(named)? {
        Some((path, text)) => Some(File { dict: parse(&path, &text)?, path }),
        None => None,
    };
    let path = file.as_ref().map(|file| file.path.clone());
    let dict = file.as_ref().map(|file| file.dict.clone());
    let (mut config, layers) = assemble(file, variables).map_err(|first| {
        let all = dict.as_ref().map(faults).unwrap_or_default().into_iter();
        let file = path.as_ref().map(|path| Box::from(path.display().to_string()));
        let placed = all.map(|fault| ConfigError { place: file.clone(), ..fault });
        // Where a variable is at fault the file may be set right by another one.
        let is_of_file = first.place == file;
        let others = placed.filter(|fault| is_of_file && fault.key != first.key).collect();
        ConfigError { and: others, ..first }
    })?;
    config.folder = path.as_deref().and_then(Path::parent).map(Path::to_owned).unwrap_or_default();
    config.file = path;
    checked(&config, &layers)?;
    Ok((config, layers))
}

/// The settings that `dict` would make as a file in `folder`, with the environment over it.
pub(crate) fn of_dict(
    dict: Dict,
    folder: &Path,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let path = PathBuf::from("answers");
    let (mut config, layers) = assemble(Some(File { path, dict }), variables)?;
    folder.clone_into(&mut config.folder);
    checked(&config, &layers)?;
    Ok(config)
}

/// What is wrong with each setting of `dict` by itself: all of it at once.
pub(crate) fn faults(dict: &Dict) -> Vec<ConfigError> {
    let mut paths = Vec::new();
    list(dict, &mut Vec::new(), &mut paths);
    let fault = |(keys, value): &(Vec<String>, Value)| {
        let mut value = value.clone();
        for key in keys.iter().skip(1).rev() {
            value = Value::from(Dict::from([(key.clone(), value)]));
        }
        let dict = Dict::from([(keys.first()?.clone(), value)]);
        let file = File { path: PathBuf::from("answers"), dict };
        assemble(Some(file), std::iter::empty()).err()
    };
    paths.iter().filter_map(fault).collect()
}

/// Every setting with its path.
fn list(dict: &Dict, path: &mut Vec<String>, all: &mut Vec<(Vec<String>, Value)>) {
    for (key, value) in dict {
        path.push(key.clone());
        // These are set as a whole.
        let is_whole = matches!(key.as_str(), "parameters" | "columns" | "channels")
            || path.first().is_some_and(|first| first == "settlement");
        match value {
            Value::Dict(_, inner) if !is_whole => list(inner, path, all),
            value => all.push((path.clone(), value.clone())),
        }
        path.pop();
    }
}

/// The layers, one over the other, and the settings that they make.
fn assemble(
    file: Option<File>,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<(Config, Figment), ConfigError> {
    let builtin = Path::new(BUILTIN);
    let mut layers =
        Figment::from(File { path: builtin.to_owned(), dict: parse(builtin, DEFAULT)? });
    if let Some(file) = file {
        layers = layers.merge(file);
    }
    let shape = parse(builtin, &shape_text())?;
    for variable in env::layers(variables, &shape)? {
        layers = layers.merge(variable);
    }
    let config: Config = layers.extract().map_err(ConfigError::from_figment)?;
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

/// Everything that fits its type and cannot work, each with where it came from.
fn checked(config: &Config, layers: &Figment) -> Result<(), ConfigError> {
    let faults = config.check().into_iter().map(|fault| located(fault, layers));
    ConfigError::of_all(faults.collect()).map_or(Ok(()), Err)
}

/// Adds the file or variable that a wrong value came from.
fn located(mut error: ConfigError, layers: &Figment) -> ConfigError {
    let found = error.key.as_deref().and_then(|key| layers.find_metadata(key));
    error.place = error.place.or_else(|| found.map(|found| super::error::place_of(found).into()));
    error
}

/// What a file's text sets.
pub(crate) fn parse(path: &Path, text: &str) -> Result<Dict, ConfigError> {
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
