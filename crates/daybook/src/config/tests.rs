//! The example file and the types are the same thing, said twice.

use std::{collections::BTreeMap, io::Write as _};

use super::{Config, ConfigError, DEFAULT, Need, load, shape_text};

mod record;

fn with_file(text: &str, variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("daybook.toml");
    std::fs::File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
    let variables = variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    load(Some(&path), variables).map_err(|mut error| {
        // The folder has a new name at every run.
        error.place = error
            .place
            .map(|place| place.replace(&folder.path().display().to_string(), "…").into());
        error
    })
}

fn shown(error: &ConfigError) -> String {
    format!("error[{}]: {error}\nhint: {}", error.code, error.hint)
}

#[test]
fn the_example_as_it_stands_is_a_configuration() {
    let config = with_file(DEFAULT, &[]).unwrap();
    assert_eq!(config.sitoo.page_size, 1000);
    assert!(config.initial_mapping().unwrap().is_empty());
}

#[test]
fn every_key_of_the_types_is_in_the_example_and_the_other_way_round() {
    let example: toml::Value = toml::from_str(&shape_text()).unwrap();
    let recorded: BTreeMap<String, _> = record::fields_of::<Config>(&example);
    let mut sections = 0;
    for (section, fields) in recorded {
        let table =
            section.split('.').filter(|part| !part.is_empty()).fold(&example, |at, key| &at[key]);
        let written: Vec<&str> = table.as_table().unwrap().keys().map(String::as_str).collect();
        let mut known: Vec<&str> = fields.iter().copied().collect();
        known.sort_unstable();
        assert_eq!(written, known, "[{section}]");
        sections += 1;
    }
    assert!(sections > 15, "only {sections} sections were seen");
}

#[test]
fn every_setting_of_the_example_is_explained() {
    let lines: Vec<&str> = DEFAULT.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        // Sections of free keys and of exports are explained by their heading.
        let setting = line.trim_start_matches('#').split_once(" = ").map(|(key, _)| key);
        let Some(key) = setting.filter(|key| !key.contains(' ') && !key.starts_with('"')) else {
            continue;
        };
        let above = lines[..at]
            .iter()
            .rev()
            .find(|line| line.starts_with("# ") || line.is_empty() || line.starts_with('['));
        let explained = above.is_some_and(|line| line.starts_with("# ") || line.starts_with('['));
        assert!(explained, "line {}: {key} stands without a word", at + 1);
    }
}

#[test]
fn the_example_with_every_optional_setting_is_read() {
    let example: toml::Value = toml::from_str(&shape_text()).unwrap();
    let config: Config = example.try_into().unwrap();
    let rows = config.initial_mapping().unwrap();
    assert!(rows.iter().any(|row| row.to_string().starts_with("store 5 account=LEEDS")));
    assert_eq!(config.orderwise.exports.order_lookup.id, Some(101));
}

#[test]
fn the_environment_lies_over_the_file() {
    let variables = [
        ("DAYBOOK_RECEIVE__POLL_EVERY", "2s"),
        ("DAYBOOK_SITOO__PASSWORD", "0123"),
        ("DAYBOOK_SITOO__PAGE_SIZE", "10"),
        ("DAYBOOK_POLICY__SITES", "[1, 2]"),
        ("DAYBOOK_ORDERWISE__EXPORTS__ORDER_LOOKUP__ID", "7"),
        ("DAYBOOK_CONFIG", "elsewhere.toml"),
        ("PATH", "/bin"),
    ];
    let text =
        "[receive]\npoll-every = \"3s\"\n[sitoo]\nbase-url = \"https://s\"\napi-id = \"1\"\n";
    let config = with_file(text, &variables).unwrap();
    assert_eq!(config.receive.poll_every.as_secs(), 2);
    assert_eq!(config.sitoo.page_size, 10);
    assert_eq!(config.policy.sites, [1, 2]);
    assert_eq!(config.orderwise.exports.order_lookup.id, Some(7));
    // A password of digits keeps its leading zero.
    let password = config.sitoo(Need::Systems).unwrap().password;
    assert_eq!(secrecy::ExposeSecret::expose_secret(&password), "0123");
}

#[test]
fn mistakes_are_named_with_file_key_and_hint() {
    let cases = [
        ("unknown-key", "[receive]\npol-every = \"2s\""),
        ("unknown-section", "[recieve]\npoll-every = \"2s\""),
        ("wrong-type", "[sitoo]\npage-size = \"many\""),
        ("wrong-duration", "[receive]\npoll-every = 10"),
        ("wrong-word", "[policy]\nblind-returns = \"maybe\""),
        ("secret-of-wrong-type", "[sitoo]\npassword = 12345"),
        ("syntax", "[sitoo\n"),
        ("mapping-field", "[mapping.store]\n\"5\" = { acount = \"LEEDS\" }"),
        ("mapping-kind", "[mapping.shop]\n\"5\" = \"LEEDS\""),
        ("page-size", "[sitoo]\npage-size = 5000"),
        ("lease", "[posting]\nlease = \"10s\""),
        ("zone", "[orderwise]\ntime-zone = \"Europe/Leeds\""),
    ];
    let all: Vec<_> = cases
        .iter()
        .map(|(name, text)| format!("{name}\n{}", shown(&with_file(text, &[]).unwrap_err())))
        .collect();
    insta::assert_snapshot!(all.join("\n\n"));
}

#[test]
fn mistakes_in_the_environment_name_the_variable() {
    let cases = [("DAYBOOK_RECEIVE__POL_EVERY", "2s"), ("DAYBOOK_SITOO__PAGE_SIZE", "many")];
    let all: Vec<_> =
        cases.iter().map(|case| shown(&with_file("", &[*case]).unwrap_err())).collect();
    insta::assert_snapshot!(all.join("\n\n"));
}

#[test]
fn what_is_missing_to_reach_a_system_is_an_error_only_for_commands_that_need_it() {
    let config = with_file("", &[]).unwrap();
    let missing = config.sitoo(Need::Systems).unwrap_err();
    assert_eq!(
        (missing.code, missing.key.as_deref()),
        ("config-missing-key", Some("sitoo.base-url"))
    );
    assert!(config.sitoo(Need::Book).is_ok());
    let text = "[orderwise]\nbase-url = \"https://o\"\nuser = \"u\"";
    let missing = with_file(text, &[]).unwrap().orderwise(Need::Systems).unwrap_err();
    assert_eq!(missing.code, "config-missing-secret");
    assert!(missing.hint.contains("DAYBOOK_ORDERWISE__PASSWORD"), "{}", missing.hint);
}

#[test]
fn secrets_come_from_one_place() {
    let twice = "[sitoo]\nbase-url = \"https://s\"\napi-id = \"1\"\npassword = \"a\"\npassword-file = \"b\"";
    let error = with_file(twice, &[]).unwrap().sitoo(Need::Systems).unwrap_err();
    assert_eq!(error.code, "config-secret-twice");
    let nowhere = "[sitoo]\nbase-url = \"https://s\"\napi-id = \"1\"\npassword-file = \"/nowhere\"";
    let error = with_file(nowhere, &[]).unwrap().sitoo(Need::Systems).unwrap_err();
    assert_eq!(error.code, "config-secret-file");
}

#[test]
fn what_is_shown_hides_secrets() {
    let text = "[sitoo]\npassword = \"hunter2\"\n[book]\nurl = \"postgres://d:hunter2@h/b\"";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("daybook.toml");
    std::fs::write(&path, text).unwrap();
    let (_, settings) = super::effective(Some(&path), std::iter::empty()).unwrap();
    let all = serde_json::to_string(&settings).unwrap();
    assert!(!all.contains("hunter2"), "{all}");
    let password = settings.iter().find(|setting| setting.key == "sitoo.password").unwrap();
    assert!(password.from.ends_with("daybook.toml"));
    assert!(settings.iter().any(|s| s.key == "receive.poll-every" && s.from == "default"));
}
