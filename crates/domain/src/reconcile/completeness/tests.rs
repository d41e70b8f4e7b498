use super::number_of;

#[test]
fn a_receipt_id_is_a_key_and_a_number() {
    for (id, key, expected) in [
        ("SII000000150000110009", Some("SII0000001500001"), Some(10_009)),
        ("SII000000150000110009", None, Some(10_009)),
        (" SIE000015010002310000 ", None, Some(10_000)),
        ("SII000000150000110009", Some("SII0000001500002"), None),
        ("T1-42", Some("T1-"), Some(42)),
        ("SII0000001500001", None, None),
        ("SII0000001500001ABC", None, None),
        ("", None, None),
        ("£££££££££££", None, None),
    ] {
        assert_eq!(number_of(id, key).map(|(_, number)| number), expected, "{id}");
    }
}
