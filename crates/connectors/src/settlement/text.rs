//! From bytes to letters. Spreadsheets write UTF-8 with a mark in front, or Windows-1252.

use std::borrow::Cow;

use super::{Encoding, FileFault};

/// What Windows-1252 has where Latin-1 has control characters: 0x80 to 0x9F.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text of `content`, without a byte order mark.
pub(super) fn decode(content: &[u8], encoding: Encoding) -> Result<Cow<'_, str>, FileFault> {
    if content.starts_with(b"\xff\xfe") || content.starts_with(b"\xfe\xff") {
        return Err(FileFault::new(
            "file-encoding",
            "the file is written in UTF-16",
            "save it as \"CSV UTF-8\"",
        ));
    }
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    if encoding == Encoding::Windows1252 {
        return Ok(Cow::Owned(windows(content)));
    }
    match std::str::from_utf8(content) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(_) if encoding == Encoding::Auto => Ok(Cow::Owned(windows(content))),
        Err(error) => {
            let line = content[..error.valid_up_to()].split(|&b| b == b'\n').count();
            Err(FileFault::new(
                "file-encoding",
                format!("line {line} is not UTF-8"),
                "set encoding = \"windows-1252\", or save the file as \"CSV UTF-8\"",
            ))
        }
    }
}

fn windows(content: &[u8]) -> String {
    let letter = |&byte: &u8| match byte {
        0x80..=0x9f => WINDOWS[usize::from(byte - 0x80)],
        other => char::from(other),
    };
    content.iter().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::{Encoding, decode};

    #[test]
    fn letters_of_every_spreadsheet_are_read() {
        assert_eq!(decode("\u{feff}£5".as_bytes(), Encoding::Auto).unwrap(), "£5");
        assert_eq!(decode(b"\x80 \xa3 O\x92Neil", Encoding::Auto).unwrap(), "€ £ O’Neil");
        assert_eq!(decode(b"\xc2\xa3", Encoding::Windows1252).unwrap(), "Â£");
        let fault = decode(b"a\n\xa3", Encoding::Utf8).unwrap_err();
        assert_eq!((fault.code, fault.what.as_str()), ("file-encoding", "line 2 is not UTF-8"));
        assert!(decode(b"\xff\xfea\0", Encoding::Auto).is_err());
    }
}
