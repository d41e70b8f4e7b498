use std::collections::BTreeSet;

use super::DayCause;

#[test]
fn codes_are_unique_and_the_same_everywhere() {
    let mut seen = BTreeSet::new();
    for &cause in DayCause::ALL {
        let row = cause.entry();
        assert_eq!(row.cause, cause);
        assert!(seen.insert(row.code), "{} twice", row.code);
        assert_eq!(row.code.parse::<DayCause>().unwrap(), cause);
        assert_eq!(serde_json::to_string(&cause).unwrap(), format!("\"{}\"", row.code));
        assert_eq!(cause.to_string(), row.code);
    }
    assert!("no-such-cause".parse::<DayCause>().is_err());
}

#[test]
fn every_row_speaks_to_a_person() {
    for &cause in DayCause::ALL {
        let row = cause.entry();
        for sentence in [row.sentence, row.fix, row.example] {
            assert!(sentence.ends_with('.'), "{}: {sentence}", row.code);
            assert!(!sentence.contains("  "), "{}: {sentence}", row.code);
        }
        assert!(row.sentence.starts_with(char::is_uppercase), "{}", row.code);
        assert!(!row.title.ends_with('.') && row.title.len() <= 40, "{}", row.code);
    }
}
