//! Chapters made from the settings and the book when somebody reads them: they cannot drift.

mod limits;
mod owns;
mod policies;
mod schedule;
mod stores;

use std::fmt::Write as _;

use daybook_flows::{FlowError, manual::responsible};

use super::{Book, Chapter, Part, mark};
use crate::{Web, access::Who};

/// All of them, in order.
pub(super) async fn chapters(web: &Web, who: &Who) -> Result<Vec<Chapter>, FlowError> {
    let named = responsible::list(&web.app).await?;
    Ok(vec![
        chapter("here-owns", "Which system owns what here", owns::text(web)),
        chapter("here-responsible", "Who is responsible here", names(&named)),
        chapter("here-stores", "Your stores", stores::text(web, who).await?),
        chapter("here-mappings", "Your mappings", stores::mappings(web, who).await?),
        chapter("here-schedule", "When things happen here", schedule::text(web)),
        chapter("here-policies", "How it is decided here", policies::text(web)),
        chapter("here-limits", "When a person is told here", limits::text(web)),
    ])
}

fn chapter(slug: &str, title: &str, text: String) -> Chapter {
    Chapter {
        slug: slug.to_owned(),
        title: title.to_owned(),
        part: Part::Here,
        books: Book::ALL.to_vec(),
        text,
    }
}

fn names(named: &[responsible::Named]) -> String {
    let mut text = String::from(
        "Names are set at the desk: [Who is responsible](/manual/responsible). Whoever may run \
         flows may change them, and each change is on record.\n\n",
    );
    let nobody = |name: &str| if name.is_empty() { "–".to_owned() } else { mark::text(name) };
    let rows: Vec<[String; 4]> = named
        .iter()
        .map(|one| {
            [
                mark::text(one.workflow.title),
                nobody(&one.name),
                nobody(&one.deputy),
                mark::text(one.workflow.what),
            ]
        })
        .collect();
    text.push_str(&mark::table(["Workflow", "Responsible", "Stands in", "Sees to it that"], &rows));
    let free = named.iter().filter(|one| one.name.is_empty()).count();
    if free > 0 {
        let _ = writeln!(text, "**{free} have no name yet.**");
    }
    text
}
