//! Every setting with its meaning and its value, for the manual. The meaning is read from the example
//! configuration, so that it is said once.

use daybook_web::SettingLine;

use super::{DEFAULT, show::Setting};

/// Sections of free names, by their example in the file: what is set under another name has the same
/// meaning.
const NAMED: [(&str, &str); 3] = [
    ("settlement.providers.", "worldpay"),
    ("settlement.banks.", "highstreet"),
    ("alerts.channels.", "mail"),
];
/// Sections whose keys are the retailer's own words, beside those of mappings.
const FREE: [&str; 5] = [
    "catalogue.price-lists",
    "alerts.opening-hours",
    "alerts.special-days",
    "web.access.single-sign-on.roles",
    "web.access.single-sign-on.stores",
];

/// A setting of the example configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Explained {
    section: String,
    key: String,
    words: String,
}

/// Every setting of the example, with its value in force.
pub(crate) fn explained(settings: &[Setting]) -> Vec<SettingLine> {
    let mut lines = Vec::new();
    let mut rest = example().into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut section = vec![first];
        while let Some(next) = rest.next_if(|next| next.section == section[0].section) {
            section.push(next);
        }
        let name = section[0].section.clone();
        if is_free(&name) {
            lines.extend(free(&name, &section, settings));
        } else if let Some((before, example)) = named(&name) {
            for real in names(before, settings).unwrap_or_else(|| vec![example.to_owned()]) {
                let at = format!("{before}{example}");
                let real = name.replacen(&at, &format!("{before}{real}"), 1);
                lines.extend(section.iter().map(|one| line(&real, one, settings)));
            }
        } else {
            lines.extend(section.iter().map(|one| line(&name, one, settings)));
        }
    }
    lines
}

/// What each setting of the example means, by its dotted key, in the example's order.
pub(crate) fn meanings() -> Vec<(String, String)> {
    let told = example().into_iter().map(|one| match one.section.as_str() {
        "" => (one.key, one.words),
        section => (format!("{section}.{}", one.key), one.words),
    });
    told.collect()
}

/// Whether the keys of a section are the retailer's own words.
fn is_free(section: &str) -> bool {
    section.starts_with("mapping.") || FREE.contains(&section)
}

fn named(section: &str) -> Option<(&'static str, &'static str)> {
    NAMED.into_iter().find(|(before, example)| {
        let rest = section.strip_prefix(before).and_then(|rest| rest.strip_prefix(example));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// The names that are set in place of the example's; none where nothing is.
fn names(before: &str, settings: &[Setting]) -> Option<Vec<String>> {
    let set = settings.iter().filter_map(|one| one.key.strip_prefix(before)?.split('.').next());
    let mut set: Vec<String> = set.map(str::to_owned).collect();
    set.sort();
    set.dedup();
    (!set.is_empty()).then_some(set)
}

/// What is set in a section of free keys, or its examples where nothing is.
fn free(section: &str, examples: &[Explained], settings: &[Setting]) -> Vec<SettingLine> {
    let before = format!("{section}.");
    let words = examples.first().map_or("", |one| one.words.as_str());
    let set = settings.iter().filter_map(|one| {
        let key = one.key.strip_prefix(&before)?.to_owned();
        Some(Explained { section: section.to_owned(), key, words: words.to_owned() })
    });
    let set: Vec<Explained> = set.collect();
    let shown = if set.is_empty() { examples } else { &set };
    shown.iter().map(|one| line(section, one, settings)).collect()
}

fn line(section: &str, one: &Explained, settings: &[Setting]) -> SettingLine {
    let dot = if section.is_empty() { "" } else { "." };
    let full = format!("{section}{dot}{}", one.key);
    let within = format!("{full}.");
    // A table that stands on one line is one setting here.
    let found: Vec<&Setting> =
        settings.iter().filter(|set| set.key == full || set.key.starts_with(&within)).collect();
    let values: Vec<String> = found
        .iter()
        .map(|set| match set.key.strip_prefix(&within) {
            Some(inner) => format!("{inner} = {}", value(set)),
            None => value(set),
        })
        .collect();
    SettingLine {
        section: section.to_owned(),
        key: one.key.clone(),
        explained: one.words.clone(),
        value: (!found.is_empty()).then(|| values.join(", ")),
        is_ours: found.iter().any(|set| set.from != "default"),
    }
}

fn value(setting: &Setting) -> String {
    match setting.value.as_str() {
        Some(text) => text.to_owned(),
        None => serde_json::to_string(&setting.value).unwrap_or_default(),
    }
}

/// The settings of the example configuration, in its order.
fn example() -> Vec<Explained> {
    let mut all = Vec::new();
    let (mut section, mut of_section) = (String::new(), String::new());
    let (mut words, mut after_key) = (Vec::new(), false);
    for line in DEFAULT.lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            if std::mem::take(&mut after_key) || comment.starts_with("---") {
                words.clear();
            }
            if !comment.starts_with("---") {
                words.push(comment.trim());
            }
            continue;
        }
        let bare = line.strip_prefix('#').unwrap_or(line);
        if let Some(name) = bare.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            // The kinds of mappings share what stands above the first of them.
            if !(words.is_empty() && name.starts_with("mapping.")) {
                of_section = words.join(" ");
            }
            name.clone_into(&mut section);
            words.clear();
        } else if let Some(key) = key_of(bare) {
            let words = if words.is_empty() { of_section.clone() } else { words.join(" ") };
            all.push(Explained { section: section.clone(), key, words });
            after_key = true;
        } else if bare.is_empty() {
            words.clear();
            after_key = false;
        }
    }
    all
}

/// The key of a line that sets something.
fn key_of(line: &str) -> Option<String> {
    let (key, _) = line.split_once(" = ")?;
    if let Some(quoted) = key.strip_prefix('"') {
        return quoted.strip_suffix('"').map(str::to_owned);
    }
    (!key.is_empty() && !key.contains(' ')).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{super::shape_text, Explained, example, explained};

    /// Section and key of everything that can be set.
    fn keys(table: &toml::Table, above: &str, all: &mut Vec<(String, String)>) {
        for (key, value) in table {
            let inner = value.as_table().filter(|_| {
                // A table on one line is one setting.
                let renames = above.starts_with("orderwise.exports.") && key == "columns";
                let is_line = matches!(key.as_str(), "parameters" | "stores" | "kinds")
                    && above != "web.access.single-sign-on";
                let waits = above == "alerts" && key == "backoff";
                !(is_line || renames || waits || above.starts_with("mapping."))
            });
            match inner {
                Some(inner) => {
                    let dot = if above.is_empty() { "" } else { "." };
                    keys(inner, &format!("{above}{dot}{key}"), all);
                }
                None => all.push((above.to_owned(), key.clone())),
            }
        }
    }

    #[test]
    fn every_setting_has_its_line_in_the_manual_with_its_meaning() {
        let shape: toml::Table = toml::from_str(&shape_text()).unwrap();
        let mut all = Vec::new();
        keys(&shape, "", &mut all);
        assert!(all.len() > 150, "only {} settings were seen", all.len());
        let known = explained(&[]);
        for (section, key) in all {
            let line = known.iter().find(|line| line.section == section && line.key == key);
            let line = line.unwrap_or_else(|| panic!("[{section}] {key} is not in the manual"));
            assert!(!line.explained.is_empty(), "[{section}] {key} has no meaning");
        }
    }

    #[test]
    fn values_in_force_stand_beside_their_meaning_and_secrets_are_hidden() {
        let text = "[sitoo]\npassword = \"hunter2\"\n[receive]\npoll-every = \"3s\"\n\
                    [settlement.providers.adyen]\nformat = \"adyen\"\ntenders = [\"CARD\"]\n\
                    [mapping.payment]\ncash = 1\n";
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("daybook.toml");
        std::fs::write(&path, text).unwrap();
        let (_, settings) = super::super::effective(Some(&path), std::iter::empty()).unwrap();
        let lines = explained(&settings);
        let of = |section: &str, key: &str| {
            lines.iter().find(|one| one.section == section && one.key == key).unwrap()
        };
        assert!(lines.iter().all(|one| one.value.as_deref() != Some("hunter2")));
        let poll = of("receive", "poll-every");
        assert_eq!((poll.value.as_deref(), poll.is_ours), (Some("3s"), true));
        assert!(poll.explained.starts_with("Pause between two polls."));
        assert!(!of("receive", "overlap-ids").is_ours);
        assert_eq!(
            of("settlement.providers.adyen", "tenders").value.as_deref(),
            Some("[\"CARD\"]")
        );
        assert!(lines.iter().all(|one| !one.section.contains("worldpay")));
        assert_eq!(of("mapping.payment", "cash").value.as_deref(), Some("1"));
        assert_eq!(of("sitoo", "base-url").value, None);
    }

    #[test]
    fn keys_that_share_a_comment_share_it() {
        let of = |section: &str, key: &str| -> Explained {
            example().into_iter().find(|one| one.section == section && one.key == key).unwrap()
        };
        let [first, second] =
            ["missing-ask-every", "missing-age-limit"].map(|key| of("receive", key));
        assert_eq!(first.words, second.words);
        assert!(!of("orderwise.exports.variants", "id").words.is_empty());
    }
}
