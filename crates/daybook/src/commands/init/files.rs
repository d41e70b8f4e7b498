//! The files that setting up leaves: the settings, one file a password, and the draft of a run that was
//! stopped. None is written over another unless that was asked for.

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use figment::value::{Dict, Value};
use secrecy::{ExposeSecret as _, SecretString};

use super::answers::Answers;
use crate::{
    config::{self, ConfigError},
    failure::Failure,
};

/// Characters a line of a comment.
const WIDTH: usize = 96;
/// Modes of settings and of passwords; where the folder belongs to a group of its own, as the package
/// makes it, that group may read both.
const SETTINGS: u32 = 0o600;
const PASSWORD: u32 = 0o600;
const FOR_GROUP: u32 = 0o640;

/// Where files are written.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The folder of `daybook.toml`.
    pub(super) output: PathBuf,
    /// Whether files that are there may be replaced.
    pub(super) overwrite: bool,
}

impl Place {
    pub(super) fn settings(&self) -> PathBuf {
        self.output.join("daybook.toml")
    }

    pub(super) fn draft(&self) -> PathBuf {
        self.output.join("daybook-init.toml")
    }

    /// The package's folder of passwords, which the service manager reads: they need no setting.
    pub(super) fn credentials(&self) -> Option<PathBuf> {
        Some(self.output.join("credentials")).filter(|folder| folder.is_dir())
    }

    pub(super) fn secret(&self, key: &str) -> PathBuf {
        self.credentials().unwrap_or_else(|| self.output.clone()).join(key)
    }

    /// Whether the file that is named for a password must be copied: the package's service sees
    /// those of its own folder, and nobody else's.
    pub(super) fn copies(&self, named: &Path) -> bool {
        let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        self.credentials().is_some() && !real(named).starts_with(real(&self.output))
    }

    /// Where the book is, where no answer says it: as before, or where the package has it.
    pub(super) fn usual_book(&self) -> String {
        let text = fs::read_to_string(self.settings()).unwrap_or_default();
        let before = config::parse(&self.settings(), &text).unwrap_or_default();
        let before = Value::from(before).find("book.url").and_then(Value::into_string);
        let is_placed = |url: &String| {
            let path = url.strip_prefix("sqlite:").map(|path| self.output.join(path));
            path.is_none_or(|path| misplaced(&path).is_none())
        };
        before.filter(is_placed).unwrap_or_else(|| book_beside(&self.output).to_owned())
    }

    /// Settings that are there and that nobody has filled in yet: those of the package.
    pub(super) fn unfilled(&self) -> Option<Dict> {
        let path = self.settings();
        let text = fs::read_to_string(&path).ok()?;
        let dict = config::parse(&path, &text).ok()?;
        let set = |section: &str| {
            dict.get(section).and_then(|value| value.find_ref("base-url")).is_some()
        };
        (!set("sitoo") && !set("orderwise")).then_some(dict)
    }

    /// The settings to begin with: those of the package; for a person also those that are replaced.
    pub(super) fn to_begin_with(&self, asks: bool) -> Option<Dict> {
        let path = self.settings();
        if !(asks && self.overwrite) {
            return self.unfilled();
        }
        let mut dict = config::parse(&path, &fs::read_to_string(&path).ok()?).ok()?;
        // Mappings are in the book by now, where people have changed them.
        dict.remove("mapping");
        Some(dict)
    }

    /// Files that are there and would be replaced.
    pub(super) fn in_the_way(&self, secrets: &[&'static str]) -> Vec<PathBuf> {
        if self.overwrite {
            return Vec::new();
        }
        let settings = self.settings();
        let filled = (settings.exists() && self.unfilled().is_none()).then_some(settings);
        let secrets = secrets.iter().map(|key| self.secret(key)).filter(|path| path.exists());
        filled.into_iter().chain(secrets).collect()
    }

    /// Writes the settings; what the package left there is kept beside it.
    pub(super) fn write_settings(&self, text: &str) -> Result<PathBuf, Failure> {
        let path = self.settings();
        if path.exists() {
            let before = self.output.join("daybook.toml.before-init");
            fs::copy(&path, &before).map_err(|error| Failure::file(&before, &error))?;
        }
        write(&path, text, SETTINGS)?;
        Ok(path)
    }

    /// Writes a password into a file of its own.
    pub(super) fn write_secret(
        &self,
        key: &str,
        secret: &SecretString,
    ) -> Result<PathBuf, Failure> {
        let path = self.secret(key);
        write(&path, &format!("{}\n", secret.expose_secret()), PASSWORD)?;
        Ok(path)
    }

    /// Keeps what was answered, without any password.
    pub(super) fn write_draft(&self, answers: &Answers) -> Result<(), Failure> {
        let mut text =
            "# What was answered before `daybook init` was stopped; passwords are asked \
                        again.\n"
                .to_owned();
        text.push_str(&settings_text(&answers.settings_and_rows()));
        write(&self.draft(), &text, SETTINGS)
    }

    /// Forgets it.
    pub(super) fn remove_draft(&self) {
        // It may never have been written.
        let _ = fs::remove_file(self.draft());
    }
}

/// The folder of all machines' settings: no service writes there.
const SETTINGS_OF_ALL: &str = "/etc";
/// Where the package's service keeps its book.
pub(super) const PACKAGE_BOOK: &str = "sqlite:/var/lib/daybook/daybook.db";

fn book_beside(output: &Path) -> &'static str {
    let output = std::path::absolute(output).unwrap_or_else(|_| output.to_owned());
    if output.starts_with(SETTINGS_OF_ALL) { PACKAGE_BOOK } else { "sqlite:daybook.db" }
}

/// Why a book must not lie at `path`, if so.
pub(super) fn misplaced(path: &Path) -> Option<ConfigError> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.starts_with(SETTINGS_OF_ALL).then(|| {
        let what = format!(
            "the book would be {}: the service cannot write there, and a purge would take it away",
            path.display()
        );
        let hint = format!("leave book.url out, or set it to \"{PACKAGE_BOOK}\"");
        ConfigError::of_key("init-book-place", "book.url", what, hint)
    })
}

/// Writes a file whole or not at all, and gives it to whoever the folder belongs to.
fn write(path: &Path, text: &str, mode: u32) -> Result<(), Failure> {
    let fault = |error: std::io::Error| Failure::file(path, &error);
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    // What an interrupted run left.
    let _ = fs::remove_file(&beside);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(&beside)
        .map_err(fault)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(fault)?;
    fs::rename(&beside, path).map_err(fault)?;
    hand_over(path).map_err(fault)
}

/// What the superuser makes in a folder of others is theirs: the service runs as a user of its own.
pub(super) fn hand_over(path: &Path) -> std::io::Result<()> {
    const SUPERUSER: u32 = 0;
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (own, of) = (fs::metadata(path)?, fs::metadata(folder)?);
    let is_shared = of.uid() != SUPERUSER || of.gid() != SUPERUSER;
    if own.uid() != SUPERUSER || !is_shared {
        return Ok(());
    }
    std::os::unix::fs::chown(path, Some(of.uid()), Some(of.gid()))?;
    if of.uid() == SUPERUSER {
        fs::set_permissions(path, fs::Permissions::from_mode(FOR_GROUP))?;
    }
    Ok(())
}

/// What differs from the defaults.
pub(super) fn without_defaults(settings: &Dict) -> Dict {
    let defaults = config::parse(Path::new("default"), config::DEFAULT).unwrap_or_default();
    differing(settings, &defaults)
}

fn differing(settings: &Dict, defaults: &Dict) -> Dict {
    let text = |value: &Value| serde_json::to_string(value).unwrap_or_default();
    let mut kept = Dict::new();
    for (key, value) in settings {
        match (value, defaults.get(key)) {
            (Value::Dict(_, inner), Some(Value::Dict(_, usual))) => {
                let inner = differing(inner, usual);
                if !inner.is_empty() {
                    kept.insert(key.clone(), Value::from(inner));
                }
            }
            (value, Some(usual)) if text(value) == text(usual) => {}
            (value, _) => drop(kept.insert(key.clone(), value.clone())),
        }
    }
    kept
}

/// Settings as a file: in the order of the defaults, each with its meaning.
pub(super) fn settings_text(settings: &Dict) -> String {
    let meanings = config::meanings();
    let mut sections: Vec<(String, Vec<(String, &Value)>)> = Vec::new();
    collect(settings, "", &mut sections);
    let place = |section: &str| {
        let before = format!("{section}.");
        meanings.iter().position(|(key, _)| key.starts_with(&before)).unwrap_or(usize::MAX)
    };
    sections.sort_by_key(|(section, _)| place(section));
    let mut text = String::new();
    for (section, keys) in sections {
        if !section.is_empty() {
            let _ = writeln!(text, "\n[{section}]");
        }
        for (key, value) in keys {
            let full = if section.is_empty() { key.clone() } else { format!("{section}.{key}") };
            let meaning = meanings.iter().find(|(known, _)| *known == full);
            for line in meaning.map(|(_, words)| wrapped(words)).unwrap_or_default() {
                let _ = writeln!(text, "# {line}");
            }
            let _ = writeln!(text, "{} = {}", name(&key), toml(value));
        }
    }
    text
}

fn collect<'a>(
    dict: &'a Dict,
    section: &str,
    sections: &mut Vec<(String, Vec<(String, &'a Value)>)>,
) {
    let mut keys = Vec::new();
    let mut inner = Vec::new();
    for (key, value) in dict {
        match value {
            Value::Dict(_, table) if !matches!(key.as_str(), "parameters" | "columns") => {
                inner.push((key, table));
            }
            value => keys.push((key.clone(), value)),
        }
    }
    if !keys.is_empty() {
        sections.push((section.to_owned(), keys));
    }
    for (key, table) in inner {
        let key = name(key);
        let below = if section.is_empty() { key } else { format!("{section}.{key}") };
        collect(table, &below, sections);
    }
}

/// A key as TOML writes it.
fn name(key: &str) -> String {
    let is_bare = !key.is_empty()
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if is_bare { key.to_owned() } else { serde_json::Value::from(key).to_string() }
}

/// A value as TOML writes it; JSON's texts, numbers and lists are the same.
fn toml(value: &Value) -> String {
    match value {
        Value::Dict(_, table) => {
            let pairs = table.iter().map(|(key, value)| format!("{} = {}", name(key), toml(value)));
            format!("{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        Value::Array(_, all) => {
            format!("[{}]", all.iter().map(toml).collect::<Vec<_>>().join(", "))
        }
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}

fn wrapped(words: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + word.len() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::{
        os::unix::fs::{MetadataExt as _, PermissionsExt as _},
        path::Path,
    };

    use super::settings_text;
    use crate::config;

    #[test]
    fn the_book_of_the_package_does_not_lie_among_its_settings() {
        assert_eq!(super::book_beside(Path::new("/etc/daybook")), super::PACKAGE_BOOK);
        assert_eq!(super::book_beside(Path::new("live")), "sqlite:daybook.db");
        let fault = super::misplaced(Path::new("/etc/daybook/daybook.db")).unwrap();
        assert_eq!(fault.code, "init-book-place");
        assert!(super::misplaced(Path::new("/var/lib/daybook/daybook.db")).is_none());
        assert!(super::misplaced(Path::new("daybook.db")).is_none());
    }

    /// Only root can give files away; elsewhere there is nothing to see.
    #[test]
    fn what_root_makes_belongs_to_whom_the_folder_belongs_to() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str, owner: u32, group: u32| {
            let inside = folder.path().join(name);
            std::fs::create_dir(&inside).unwrap();
            std::os::unix::fs::chown(&inside, Some(owner), Some(group)).ok()?;
            let path = inside.join("sitoo.password");
            super::write(&path, "x", super::PASSWORD).unwrap();
            let meta = std::fs::metadata(&path).unwrap();
            Some((meta.uid(), meta.gid(), meta.permissions().mode() & 0o777))
        };
        let Some(of_the_service) = make("book", 1, 1) else { return };
        assert_eq!(of_the_service, (1, 1, 0o600));
        assert_eq!(make("etc", 0, 1), Some((0, 1, 0o640)));
        assert_eq!(make("own", 0, 0), Some((0, 0, 0o600)));
    }

    #[test]
    fn settings_are_written_as_they_are_read_each_with_its_meaning() {
        let text = "[book]\nurl = \"sqlite:a \\\"b\\\".db\"\n[policy]\ncurrencies = [\"GBP\"]\n\
                    [orderwise.exports.variants]\nid = 7\ncolumns = { sku = \"a b\" }\n\
                    [catalogue.price-lists]\n\"3\" = 90\n";
        let dict = config::parse(Path::new("a"), text).unwrap();
        let written = settings_text(&dict);
        assert!(written.contains("# Where the book is"), "{written}");
        assert!(written.lines().all(|line| line.len() <= 100), "{written}");
        let again = config::parse(Path::new("a"), &written).unwrap();
        let shown = |dict: &figment::value::Dict| serde_json::to_string(dict).unwrap();
        assert_eq!(shown(&again), shown(&dict));
    }
}
