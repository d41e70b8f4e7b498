//! The elements of a JSON array, one by one as its bytes come in: an export of millions of rows is
//! never held whole.

/// An element larger than this is none of an export.
const LARGEST: usize = 1 << 20;

/// What is wrong with the array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// It is no JSON.
    NotJson,
    /// An element is larger than any that makes sense.
    TooLarge,
}

/// Where in the array the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the bracket.
    Before,
    /// After the bracket: an element, or the end.
    First,
    /// After an element: a comma, or the end.
    Between,
    /// After a comma: an element.
    Wanted,
    Element,
    /// After the end.
    After,
}

/// Splits an array. Only the shape is looked at: whether an element is sound shows when it is read.
#[derive(Debug)]
pub(crate) struct Elements {
    place: Place,
    /// The beginning of an element whose end has not come yet.
    partial: Vec<u8>,
    /// Open brackets of the element.
    depth: u32,
    in_text: bool,
    escaped: bool,
}

impl Elements {
    /// Nothing has come yet.
    pub(crate) const fn new() -> Self {
        Self { place: Place::Before, partial: Vec::new(), depth: 0, in_text: false, escaped: false }
    }

    /// Takes more bytes; `each` gets every element that is whole now, and may end the reading.
    pub(crate) fn feed<E: From<Broken>>(
        &mut self,
        bytes: &[u8],
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        // Where the element begins in these bytes, or goes on.
        let mut begin = 0;
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match self.place {
                Place::Element => {
                    let Some(end) = self.end(bytes, &mut at) else { break };
                    self.place = Place::Between;
                    let rest = bytes.get(begin..end).unwrap_or_default();
                    if self.partial.is_empty() {
                        each(rest)?;
                    } else {
                        self.partial.extend_from_slice(rest);
                        each(&self.partial)?;
                        self.partial.clear();
                    }
                    // The byte that ended a number belongs to the array.
                    at = at.max(end);
                    continue;
                }
                _ if byte.is_ascii_whitespace() => {}
                Place::Before if byte == b'[' => self.place = Place::First,
                Place::First | Place::Between if byte == b']' => self.place = Place::After,
                Place::Between if byte == b',' => self.place = Place::Wanted,
                Place::First | Place::Wanted if !b",]}:".contains(&byte) => {
                    (begin, self.place) = (at, Place::Element);
                    (self.depth, self.in_text, self.escaped) = (0, false, false);
                    continue;
                }
                _ => return Err(Broken::NotJson.into()),
            }
            at += 1;
        }
        if self.place == Place::Element {
            self.partial.extend_from_slice(bytes.get(begin..).unwrap_or_default());
            if self.partial.len() > LARGEST {
                return Err(Broken::TooLarge.into());
            }
        }
        Ok(())
    }

    /// Where the element ends; none if it goes on behind these bytes. `at` is then the byte that
    /// ended it.
    fn end(&mut self, bytes: &[u8], at: &mut usize) -> Option<usize> {
        let (mut depth, mut in_text, mut escaped) = (self.depth, self.in_text, self.escaped);
        let mut end = None;
        for (place, &byte) in bytes.iter().enumerate().skip(*at) {
            *at = place;
            if in_text {
                if escaped {
                    escaped = false;
                } else if byte == b'\\' {
                    escaped = true;
                } else if byte == b'"' {
                    in_text = false;
                    end = (depth == 0).then_some(place + 1);
                }
            } else {
                match byte {
                    b'"' => in_text = true,
                    b'{' | b'[' => depth += 1,
                    // A number or a word ends with the array.
                    b',' | b']' if depth == 0 => end = Some(place),
                    b'}' | b']' => {
                        depth = depth.saturating_sub(1);
                        end = (depth == 0).then_some(place + 1);
                    }
                    _ if depth == 0 && byte.is_ascii_whitespace() => end = Some(place),
                    _ => {}
                }
            }
            if end.is_some() {
                break;
            }
        }
        (self.depth, self.in_text, self.escaped) = (depth, in_text, escaped);
        end
    }

    /// Whether the array is at its end.
    pub(crate) fn is_whole(&self) -> bool {
        self.place == Place::After
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Broken, Elements, LARGEST};

    fn split(pieces: &[&[u8]]) -> Result<(Vec<String>, bool), Broken> {
        let (mut elements, mut found) = (Elements::new(), Vec::new());
        for piece in pieces {
            elements.feed(piece, |element| {
                found.push(String::from_utf8_lossy(element).into_owned());
                Ok::<(), Broken>(())
            })?;
        }
        Ok((found, elements.is_whole()))
    }

    #[test]
    fn elements_of_every_kind() {
        let json = r#" [ {"a":[1,{"b":"]}\"\\"}]} , "x,]" ,1, true ,null,[[],{}] ] "#;
        let (found, whole) = split(&[json.as_bytes()]).unwrap();
        let expected = [r#"{"a":[1,{"b":"]}\"\\"}]}"#, r#""x,]""#, "1", "true", "null", "[[],{}]"];
        assert_eq!((found.as_slice(), whole), (&expected.map(str::to_owned)[..], true));
        assert_eq!(split(&[b"[]"]).unwrap(), (Vec::new(), true));
    }

    #[test]
    fn what_is_no_array_and_what_is_cut() {
        for text in ["{", "1", "[,1]", "[1 2]", "[1,]", "[1]]", "[1]x", "[}"] {
            assert_eq!(split(&[text.as_bytes()]), Err(Broken::NotJson), "{text}");
        }
        for text in ["", " ", "[", "[1", "[1,", "[{\"a\":1}"] {
            assert!(!split(&[text.as_bytes()]).unwrap().1, "{text}");
        }
        let endless = "[".repeat(LARGEST + 3);
        assert_eq!(split(&[endless.as_bytes()]), Err(Broken::TooLarge));
    }

    proptest! {
        #[test]
        fn wherever_it_is_cut(
            rows in proptest::collection::vec(("[a-z\"\\\\,\\]{}é]{0,9}", any::<i32>()), 0..6),
            cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..5),
        ) {
            let json = serde_json::to_string(&rows).unwrap();
            let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(json.len())).collect();
            places.extend([0, json.len()]);
            places.sort_unstable();
            let pieces: Vec<&[u8]> =
                places.windows(2).map(|pair| &json.as_bytes()[pair[0]..pair[1]]).collect();
            let (found, whole) = split(&pieces).unwrap();
            let expected: Vec<String> =
                rows.iter().map(|row| serde_json::to_string(row).unwrap()).collect();
            prop_assert!(whole);
            prop_assert_eq!(found, expected);
        }
    }
}
