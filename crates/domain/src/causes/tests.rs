use std::collections::BTreeSet;

use super::{Cause, Scope};
use crate::mapping::MappingKind;

#[test]
fn codes_are_unique_and_the_same_everywhere() {
    let mut seen = BTreeSet::new();
    for &cause in Cause::ALL {
        let row = cause.entry();
        assert_eq!(row.cause, cause);
        assert!(seen.insert(row.code), "{} twice", row.code);
        assert_eq!(row.code.parse::<Cause>().unwrap(), cause);
        assert_eq!(serde_json::to_string(&cause).unwrap(), format!("\"{}\"", row.code));
        assert_eq!(cause.to_string(), row.code);
    }
    assert!("no-such-cause".parse::<Cause>().is_err());
}

#[test]
fn every_row_speaks_to_a_person() {
    for &cause in Cause::ALL {
        let row = cause.entry();
        for sentence in [row.sentence, row.fix] {
            assert!(sentence.ends_with('.'), "{}: {sentence}", row.code);
            assert!(sentence.starts_with(char::is_uppercase), "{}: {sentence}", row.code);
        }
        assert!(!row.title.ends_with('.') && row.title.len() <= 40, "{}", row.code);
        assert!(row.command.starts_with("daybook "), "{}", row.code);
        let filled = row.command_for("SUBJECT", "S1-1");
        assert!(!filled.contains(['{', '}']), "{filled}");
    }
}

#[test]
fn a_cause_that_a_mapping_releases_names_the_command_that_maps() {
    for &cause in Cause::ALL {
        let row = cause.entry();
        if let Some(kind) = row.released_by {
            // OrderWise's refusal does not say which of the rows it means.
            let list = format!("daybook map list {kind}");
            let set = format!("daybook map set {kind} {{subject}} ");
            let maps = row.command == list || row.command.starts_with(&set);
            assert!(maps, "{}: {}", row.code, row.command);
            assert!(cause.is_released_by(kind));
        }
    }
    assert!(Cause::ReturnWarehouseUnmapped.is_released_by(MappingKind::Store));
    assert!(!Cause::SkuUnmapped.is_released_by(MappingKind::Vat));
    assert_eq!(Cause::OrderwiseCredentials.entry().scope, Scope::System);
}

#[test]
fn commands_can_be_pasted_whatever_the_till_wrote() {
    let row = Cause::SkuUnmapped.entry();
    assert_eq!(row.command_for("ABC-1", ""), "daybook map set sku ABC-1 CODE");
    assert_eq!(row.command_for("A'B; rm", ""), r"daybook map set sku 'A'\''B; rm' CODE");
    assert_eq!(row.command_for("{subject}", ""), "daybook map set sku '{subject}' CODE");
    assert_eq!(row.command_for("-x", ""), "daybook map set sku '-x' CODE");
}
