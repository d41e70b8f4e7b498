//! Folders that are looked into: what a provider or a bank leaves there is imported once, and what
//! cannot be read stays where it is and is told. Nothing is moved, written or removed there.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::SystemTime,
};

use serde::Serialize;

use super::import;
use crate::{app::App, error::FlowError, sales::evaluate::DAYBOOK};

/// Endings of files that are still being written.
const UNFINISHED: [&str; 5] = ["part", "tmp", "filepart", "crdownload", "partial"];

/// A file or folder that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BadFile {
    /// Whose folder, and the file's name in it.
    pub subject: String,
    /// What is wrong, and what to do.
    pub what: String,
}

/// What a look into all folders came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Looked {
    /// Files that were imported now.
    pub imported: u64,
    /// What cannot be read, now or since an earlier look.
    pub bad: Vec<BadFile>,
}

/// Files that were looked at, as they were then: an unchanged one is not read again.
#[derive(Debug, Default)]
pub struct Seen(HashMap<PathBuf, (Stamp, Option<String>)>);

type Stamp = (u64, Option<SystemTime>);

/// Whose files stand in a folder.
#[derive(Debug, Clone, Copy)]
enum Whose<'a> {
    Provider(&'a str),
    Bank(&'a str),
    /// Statements that say themselves whose they are.
    Camt,
}

impl Whose<'_> {
    fn name(self) -> String {
        match self {
            Self::Provider(name) | Self::Bank(name) => name.to_owned(),
            Self::Camt => "statements".to_owned(),
        }
    }
}

/// Looks into every folder of the settings, and imports what is new.
pub async fn look(app: &App, seen: &mut Seen) -> Result<Looked, FlowError> {
    let settings = &app.settings.settlement;
    let providers =
        settings.providers.iter().map(|(name, one)| (Whose::Provider(name), &one.inbox));
    let banks = settings.banks.iter().map(|(name, one)| (Whose::Bank(name), &one.inbox));
    let statements = [(Whose::Camt, &settings.statements)];
    let all = providers.chain(banks).chain(statements);
    let mut looked = Looked::default();
    let mut there = Vec::new();
    for (whose, folder) in all.filter_map(|(whose, folder)| Some((whose, folder.as_ref()?))) {
        match files(folder).await {
            Ok(files) => {
                for (path, stamp) in files {
                    one(app, seen, whose, (&path, stamp), &mut looked).await?;
                    there.push(path);
                }
            }
            Err(error) => looked.bad.push(BadFile {
                subject: whose.name(),
                what: format!("the folder {} cannot be read: {error}", folder.display()),
            }),
        }
    }
    seen.0.retain(|path, _| there.contains(path));
    Ok(looked)
}

/// The files of a folder in the order of their names; folders in it, and what is hidden or still
/// being written, are left alone.
async fn files(folder: &Path) -> std::io::Result<Vec<(PathBuf, Stamp)>> {
    let mut files = Vec::new();
    let mut list = tokio::fs::read_dir(folder).await?;
    while let Some(entry) = list.next_entry().await? {
        let path = entry.path();
        let Ok(about) = tokio::fs::metadata(&path).await else { continue };
        if about.is_file() && is_finished(&path) {
            files.push((path, (about.len(), about.modified().ok())));
        }
    }
    files.sort();
    Ok(files)
}

fn is_finished(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    !name.starts_with(['.', '~']) && !UNFINISHED.contains(&ending.as_str())
}

async fn one(
    app: &App,
    seen: &mut Seen,
    whose: Whose<'_>,
    (path, stamp): (&Path, Stamp),
    looked: &mut Looked,
) -> Result<(), FlowError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let known = seen.0.get(path).filter(|(then, _)| *then == stamp);
    let fault = match known {
        Some((_, fault)) => fault.clone(),
        None => match tokio::fs::read(path).await {
            Ok(bytes) => import(app, whose, &name, &bytes, looked).await?,
            // It may be gone, or locked by whoever writes it: the next look sees.
            Err(error) => Some(format!("it cannot be read: {error}")),
        },
    };
    if let Some(what) = &fault {
        let subject = format!("{}/{name}", whose.name());
        looked.bad.push(BadFile { subject, what: what.clone() });
    }
    seen.0.insert(path.to_owned(), (stamp, fault));
    Ok(())
}

/// Imports a file; gives what is wrong with it.
async fn import(
    app: &App,
    whose: Whose<'_>,
    name: &str,
    bytes: &[u8],
    looked: &mut Looked,
) -> Result<Option<String>, FlowError> {
    let done = match whose {
        Whose::Provider(of) => import::report(app, of, name, bytes, DAYBOOK).await,
        Whose::Bank(of) => import::statement(app, Some(of), name, bytes, DAYBOOK).await,
        Whose::Camt => import::statement(app, None, name, bytes, DAYBOOK).await,
    };
    match done {
        Ok(imported) => {
            looked.imported += u64::from(!imported.known);
            Ok(None)
        }
        Err(FlowError::Request { what, hint, .. }) => Ok(Some(format!("{what}; {hint}"))),
        Err(error) => Err(error),
    }
}
