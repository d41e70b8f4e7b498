//! The operating manual: two books from one source. Chapters are written (`docs/manual`), told by
//! the tables of causes and alerts, or made from the settings and the book at the moment somebody
//! reads them. All are CommonMark, so that pages, print and search treat them alike.

mod alerts;
mod causes;
mod mark;
mod pages;
mod render;
mod search;
mod settings;
mod written;

mod here;
#[cfg(test)]
mod tests;

use daybook_domain::causes::Owner;
use daybook_flows::FlowError;

pub use self::settings::{Live, SettingLine};
pub(crate) use self::{render::Links, search::Hit};
use crate::{Web, access::Who};

/// A book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Book {
    /// For finance.
    Finance,
    /// For retail operations.
    Retail,
}

impl Book {
    pub(crate) const ALL: [Self; 2] = [Self::Finance, Self::Retail];

    /// The word used in addresses and front matter.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Finance => "finance",
            Self::Retail => "retail",
        }
    }

    /// On its cover.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Finance => "Finance",
            Self::Retail => "Retail operations",
        }
    }

    pub(crate) fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|book| book.word() == word)
    }

    /// The books in which what this owner clears stands; what IT clears concerns both.
    pub(crate) const fn of(owner: Owner) -> &'static [Self] {
        match owner {
            Owner::Finance => &[Self::Finance],
            Owner::Retail => &[Self::Retail],
            Owner::It => &[Self::Finance, Self::Retail],
        }
    }
}

/// A part of a book.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// How the work is done.
    Work,
    /// This retailer, as it is set up now.
    Here,
    /// What can be the matter.
    Causes,
    /// To look things up.
    Reference,
}

impl Part {
    pub(crate) const ALL: [Self; 4] = [Self::Work, Self::Here, Self::Causes, Self::Reference];

    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Work => "The work",
            Self::Here => "As it is here",
            Self::Causes => "What can be the matter",
            Self::Reference => "To look things up",
        }
    }
}

/// A chapter, in CommonMark, without its title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chapter {
    /// Its name in addresses.
    pub(crate) slug: String,
    /// Its title.
    pub(crate) title: String,
    /// Where it stands.
    pub(crate) part: Part,
    /// In which books.
    pub(crate) books: Vec<Book>,
    /// Its text.
    pub(crate) text: String,
}

/// The whole manual at one moment.
pub(crate) struct Manual {
    chapters: Vec<Chapter>,
}

impl Manual {
    /// As it is now, for whoever reads it.
    pub(crate) async fn read(web: &Web, who: &Who) -> Result<Self, FlowError> {
        let made = here::chapters(web, who).await?;
        Ok(Self::of(made, &web.manual.settings))
    }

    /// Written and told chapters, and these.
    fn of(made: Vec<Chapter>, known: &[SettingLine]) -> Self {
        let written = written::chapters().iter().cloned();
        let told = causes::chapters().into_iter().chain([alerts::chapter(), pages::chapter()]);
        let settings = settings::chapter(known);
        let mut chapters: Vec<Chapter> =
            written.chain(made).chain(told).chain([settings]).collect();
        // Stable: within a part they stay in the order of their lists.
        chapters.sort_by_key(|chapter| chapter.part);
        Self { chapters }
    }

    /// Every chapter.
    #[cfg(test)]
    pub(crate) fn all(&self) -> &[Chapter] {
        &self.chapters
    }

    /// The chapters of a book, in its order.
    pub(crate) fn of_book(&self, book: Book) -> impl Iterator<Item = &Chapter> {
        self.chapters.iter().filter(move |chapter| chapter.books.contains(&book))
    }

    /// One chapter.
    pub(crate) fn chapter(&self, book: Book, slug: &str) -> Option<&Chapter> {
        self.of_book(book).find(|chapter| chapter.slug == slug)
    }

    /// A chapter as HTML, with its links as they lead in this book.
    pub(crate) fn html(&self, chapter: &Chapter, links: Links) -> String {
        let book_of = |slug: &str| {
            let found = self.chapters.iter().find(|one| one.slug == slug)?;
            let here = found.books.contains(&links.book);
            Some(if here { links.book } else { *found.books.first()? })
        };
        render::html(&chapter.text, &chapter.slug, links, &book_of)
    }

    /// Every chapter, as search tells of one.
    pub(crate) fn contents(&self) -> Vec<Hit> {
        let hit = |chapter: &Chapter| Hit {
            slug: chapter.slug.clone(),
            title: chapter.title.clone(),
            books: chapter.books.clone(),
            around: String::new(),
        };
        self.chapters.iter().map(hit).collect()
    }

    /// What holds all of these words, the best first.
    pub(crate) fn search(&self, words: &str) -> Vec<Hit> {
        search::search(&self.chapters, words)
    }
}

/// The slug of a cause's chapter.
pub(crate) fn cause_slug(code: &str) -> String {
    format!("cause-{code}")
}
