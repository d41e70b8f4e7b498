//! Every setting with what it means and what it is now. What they mean stands once, in the example
//! configuration; what they are is what this process was started with.

use std::fmt::Write as _;

use super::{Book, Chapter, Part, mark};

/// A setting as this process runs with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingLine {
    /// Its section: `orderwise.exports.variants`; empty for what stands above all of them.
    pub section: String,
    /// Its key in the section.
    pub key: String,
    /// What it means, as the example configuration says it.
    pub explained: String,
    /// What it is now, secrets hidden; none where it is not set.
    pub value: Option<String>,
    /// Whether somebody set it: it is not the default.
    pub is_ours: bool,
}

/// What the manual is told about the running process.
#[derive(Debug, Clone, Default)]
pub struct Live {
    /// Every setting, in the order of the example configuration.
    pub settings: Vec<SettingLine>,
    /// Whether the training tour is shown: on the demo, and where `[web] training` says so over
    /// stand-ins.
    pub training: bool,
    /// How this machine says what pages call `daybook …` and `docs/…`; none where it says the same.
    pub said_here: Option<fn(&str) -> String>,
}

/// The chapter of all settings.
pub(super) fn chapter(known: &[SettingLine]) -> Chapter {
    let mut text = String::from(
        "What is set here now, read from the running service. Settings are changed in the \
         configuration file, by IT, and count from the next start. Passwords are never shown. A \
         value in **bold** was set here; the others are the defaults.\n\n",
    );
    if known.is_empty() {
        text.push_str("This process was not told its settings.\n");
    }
    let mut section = None;
    let mut rows: Vec<[String; 3]> = Vec::new();
    for line in known {
        if section != Some(&line.section) {
            flush(&mut text, &mut rows);
            section = Some(&line.section);
            let name = if line.section.is_empty() { "general" } else { &line.section };
            let _ = write!(text, "## {}\n\n", mark::text(name));
        }
        let value = match &line.value {
            Some(value) if line.is_ours => format!("**{}**", mark::code(value)),
            Some(value) => mark::code(value),
            None => "not set".to_owned(),
        };
        rows.push([mark::code(&line.key), value, mark::text(&line.explained)]);
    }
    flush(&mut text, &mut rows);
    Chapter {
        slug: "settings".to_owned(),
        title: "Every setting, as it is now".to_owned(),
        part: Part::Reference,
        books: Book::ALL.to_vec(),
        text,
    }
}

fn flush(text: &mut String, rows: &mut Vec<[String; 3]>) {
    if !rows.is_empty() {
        text.push_str(&mark::table(["Setting", "Now", "What it means"], rows));
        rows.clear();
    }
}
