//! What a change of the mapping would do, in words.

use daybook_domain::mapping::MappingRow;
use daybook_flows::{
    FlowError,
    desk::doubts,
    sales::foresee::{Change, Concerned, Foresight, foresee},
};

use super::{say, shell, today::currency};
use crate::Web;

/// The effect before it is done.
pub(super) struct EffectTold {
    pub(super) fixes: String,
    pub(super) adopts: String,
    pub(super) breaks: String,
    pub(super) still_held: String,
    pub(super) tried_again: String,
    pub(super) looked: String,
    pub(super) breaks_something: bool,
    pub(super) examples: Vec<String>,
    /// What speaks against it, and what may be meant.
    pub(super) doubt: Option<(String, String)>,
}

/// What a row would do, and what speaks against it.
pub(super) async fn effect_of_row(web: &Web, row: MappingRow) -> Result<EffectTold, FlowError> {
    let doubt = doubts::doubt(&web.app, &row).await?;
    let told = foresee(&web.app, &Change::Set(row)).await?;
    let doubt = doubt.map(|doubt| (doubt.what, doubt.meant.unwrap_or_default()));
    Ok(EffectTold { doubt, ..effect_told(web, &told) })
}

pub(super) fn effect_told(web: &Web, told: &Foresight) -> EffectTold {
    let money = |one: &Concerned| say::money(one.money, &currency(web));
    let fixed = say::count(told.fixed.entries, "entry", "entries");
    let zone = shell::zone(web);
    let since = told.since.map(|at| say::moment(at, &zone));
    EffectTold {
        fixes: match told.fixed.entries {
            0 => "It releases no entry.".to_owned(),
            _ => format!("It releases {fixed}, {}.", money(&told.fixed)),
        },
        adopts: match told.adopted {
            0 => String::new(),
            1 => "1 of them is in OrderWise already and will be adopted.".to_owned(),
            count => format!("{count} of them are in OrderWise already and will be adopted."),
        },
        breaks: match told.broken.entries {
            0 => "It stops nothing that goes through today.".to_owned(),
            count => format!(
                "It would have stopped {}, {}, that {} through today.",
                say::count(count, "entry", "entries"),
                money(&told.broken),
                if count == 1 { "goes" } else { "go" },
            ),
        },
        still_held: match told.still_held.entries {
            0 => String::new(),
            count => format!(
                "{} held for another reason too.",
                say::count(count, "more entry stays", "more entries stay")
            ),
        },
        tried_again: match told.tried_again.entries {
            0 => String::new(),
            count => format!(
                "{}, {}, that OrderWise refused {} tried again.",
                say::count(count, "entry", "entries"),
                money(&told.tried_again),
                if count == 1 { "is" } else { "are" },
            ),
        },
        looked: match since {
            None if told.looked == 0 => "There was no entry to try it on.".to_owned(),
            None => "Tried on what is held.".to_owned(),
            Some(since) => format!(
                "Tried on {}, back to {since}{}.",
                say::count(told.looked, "entry", "entries"),
                if told.is_whole { ": all of the last 90 days" } else { "" },
            ),
        },
        breaks_something: told.broken.entries > 0,
        doubt: None,
        examples: told.fixed.examples.iter().chain(&told.broken.examples).cloned().collect(),
    }
}
