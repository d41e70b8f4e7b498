//! Search: every word must be there; titles count more.

use pulldown_cmark::{Event, TagEnd};

use super::{Book, Chapter, render};

/// Most hits that are shown.
const MOST: usize = 30;
/// Letters around the first word that was found.
const AROUND: usize = 90;
/// What a word in the title is worth.
const TITLE: usize = 20;
/// More of the same word in a text says nothing more.
const ENOUGH: usize = 10;

/// A chapter that holds all of the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    /// Its name in addresses.
    pub(crate) slug: String,
    /// Its title.
    pub(crate) title: String,
    /// The books that it is in.
    pub(crate) books: Vec<Book>,
    /// The text around the first word.
    pub(crate) around: String,
}

/// The text of a chapter, without its marks.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for event in render::events(text) {
        match event {
            Event::Text(text) | Event::Code(text) => plain.push_str(&text),
            Event::SoftBreak | Event::HardBreak => plain.push(' '),
            Event::End(
                TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::TableCell | TagEnd::Item,
            ) => {
                plain.push(' ');
            }
            _ => {}
        }
    }
    plain
}

/// Chapters that hold all of these words, the best first.
pub(super) fn search(chapters: &[Chapter], words: &str) -> Vec<Hit> {
    let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
    if words.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(usize, Hit)> = Vec::new();
    for chapter in chapters {
        let text = plain(&chapter.text);
        let (title, lower) = (chapter.title.to_lowercase(), text.to_lowercase());
        let weight = |word: &String| {
            let in_text = lower.matches(word.as_str()).count().min(ENOUGH);
            in_text + if title.contains(word.as_str()) { TITLE } else { 0 }
        };
        let weights: Vec<usize> = words.iter().map(weight).collect();
        if weights.contains(&0) {
            continue;
        }
        let hit = Hit {
            slug: chapter.slug.clone(),
            title: chapter.title.clone(),
            books: chapter.books.clone(),
            around: around(&text, &words),
        };
        found.push((weights.iter().sum(), hit));
    }
    found.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    found.into_iter().take(MOST).map(|(_, hit)| hit).collect()
}

fn around(text: &str, words: &[String]) -> String {
    let letters: Vec<char> = text.chars().collect();
    // Letter by letter: what is lower case may be longer than what is not.
    let lower: Vec<char> = letters.iter().map(|c| c.to_lowercase().next().unwrap_or(*c)).collect();
    let at = words.iter().filter_map(|word| {
        let word: Vec<char> = word.chars().collect();
        lower.windows(word.len()).position(|part| part == word)
    });
    let at = at.min().unwrap_or(0);
    let (from, to) = (at.saturating_sub(AROUND), (at + AROUND).min(letters.len()));
    let part: String = letters[from..to].iter().collect();
    let before = if from > 0 { "… " } else { "" };
    let after = if to < letters.len() { " …" } else { "" };
    format!("{before}{}{after}", part.trim())
}
