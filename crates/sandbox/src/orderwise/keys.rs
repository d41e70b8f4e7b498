//! ASP.NET binds property names in any letter case (facts/orderwise 1.6). The stand-in reads a
//! body after turning its keys to lower case.

/// The JSON text with all keys in lower-case ASCII; values are left alone.
pub(super) fn lower(json: &[u8]) -> Vec<u8> {
    let mut out = json.to_vec();
    let mut at = 0;
    while at < out.len() {
        if out[at] == b'"' {
            let end = end_of_string(&out, at);
            if is_followed_by_colon(&out, end) {
                out[at..end].make_ascii_lowercase();
            }
            at = end;
        } else {
            at += 1;
        }
    }
    out
}

/// The index behind the closing quote of the string that opens at `open`.
fn end_of_string(json: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while at < json.len() {
        match json[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len()
}

fn is_followed_by_colon(json: &[u8], from: usize) -> bool {
    json[from.min(json.len())..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
}

#[cfg(test)]
mod tests {
    use super::lower;

    #[test]
    fn only_keys_change() {
        let given = br#"{"OrderLines" : [{"VariantCode":"ABC","Note":"\"Key\": X\\"}],"A\"B":"C"}"#;
        let expected =
            br#"{"orderlines" : [{"variantcode":"ABC","note":"\"Key\": X\\"}],"a\"b":"C"}"#;
        assert_eq!(lower(given), expected);
    }

    #[test]
    fn broken_text_is_left_to_the_parser() {
        for given in ["", "\"", "\"A", "\"A\\", "{\"A\"", "\"A\\\""] {
            assert_eq!(lower(given.as_bytes()).len(), given.len());
        }
    }
}
