//! The steps from one integration to the other, which are done, what is next, and what stands
//! against it.

use serde::Serialize;

use super::Mode;
use crate::{Money, Timestamp, words};

/// A deed that is on record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deed {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
}

/// So many entries, what they are worth, and since when the oldest waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Pile {
    /// How many.
    pub entries: i64,
    /// Their gross, without signs.
    pub money: Money,
    /// When the oldest was recorded.
    pub oldest: Option<Timestamp>,
}

/// What the plan is made of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Who posts; none is a book without a cut-over.
    pub mode: Option<Mode>,
    /// The deeds, by the word of their step.
    pub deeds: Vec<(&'static str, Deed)>,
    /// Rules for the other integration's references.
    pub rules: usize,
    /// Documents of the other integration that were adopted.
    pub adopted: i64,
    /// Of them with other totals than the till's.
    pub different: i64,
    /// Not found in OrderWise yet.
    pub sought: Pile,
    /// Of them older than the setting allows.
    pub overdue: Pile,
    /// What Daybook would have held, had it been its turn.
    pub would_be_held: i64,
    /// Open exceptions.
    pub exceptions: Pile,
    /// Postings whose outcome is not known.
    pub in_doubt: i64,
    /// SKUs in places that differ, by the stored comparison.
    pub stock_differs: Option<(i64, Money)>,
    /// Critical and high findings of the latest audit; none where there is no audit.
    pub audit: Option<i64>,
    /// Failed lines of `daybook check`; none where it was not run.
    pub failed_checks: Option<Vec<String>>,
    /// Days of stores that are not closed.
    pub open_days: i64,
    /// What is posted already by this book.
    pub posted: i64,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Progress {
    /// On record.
    Done,
    /// To be done now.
    Next,
    /// Not yet.
    Later,
}

/// A step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Stable word.
    pub step: &'static str,
    /// What it is.
    pub title: &'static str,
    /// How far it is.
    pub progress: Progress,
    /// When and by whom, where it is done.
    pub done: Option<Deed>,
    /// What there is to say about it.
    pub detail: String,
    /// How it is done.
    pub command: &'static str,
}

/// What would go wrong if the switch were made now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Obstacle {
    /// Stable word.
    pub code: &'static str,
    /// One sentence.
    pub detail: String,
    /// What to do.
    pub fix: &'static str,
}

/// The plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// Who posts.
    pub mode: Mode,
    /// Whether Daybook posts.
    pub posts: bool,
    /// The steps, in their order.
    pub steps: Vec<Step>,
    /// The command that comes next; none when all is done.
    pub next: Option<&'static str>,
    /// What stands against the switch.
    pub obstacles: Vec<Obstacle>,
}

/// Words of the steps.
pub const BEGIN: &str = "begin";
/// The stock is compared.
pub const STOCK: &str = "stock";
/// The parallel run.
pub const PARALLEL: &str = "parallel";
/// The switch.
pub const SWITCH: &str = "switch";
/// Back to the other integration.
pub const BACK: &str = "back";

const STEPS: [(&str, &str, &str); 4] = [
    (BEGIN, "Opening watermark: the order that Daybook begins with", "daybook cutover begin"),
    (STOCK, "Opening stock comparison", "daybook cutover stock"),
    (PARALLEL, "Parallel run beside the other integration", "daybook cutover parallel"),
    (SWITCH, "Switch: Daybook posts", "daybook cutover switch"),
];

/// Makes the plan.
pub fn plan(facts: &Facts, currency: &str) -> Plan {
    let mode = facts.mode.unwrap_or(Mode::Live);
    let deed = |step: &str| facts.deeds.iter().find(|(word, _)| *word == step);
    let is_done = |step: &str| match step {
        BEGIN => mode != Mode::Live,
        STOCK => deed(STOCK).is_some(),
        PARALLEL => matches!(mode, Mode::Parallel | Mode::Switched | Mode::Back),
        _ => mode == Mode::Switched,
    };
    let mut next = None;
    let mut steps = Vec::new();
    for (step, title, command) in STEPS {
        let done = is_done(step);
        let progress = match (done, next) {
            (true, _) => Progress::Done,
            (false, None) => {
                next = Some(command);
                Progress::Next
            }
            (false, Some(_)) => Progress::Later,
        };
        let done = deed(step).filter(|_| done).map(|(_, deed)| deed.clone());
        let detail = detail(step, mode, facts, currency);
        steps.push(Step { step, title, progress, done, detail, command });
    }
    if let Some((_, back)) = deed(BACK) {
        steps.push(Step {
            step: BACK,
            title: "Back to the other integration",
            progress: if mode == Mode::Back { Progress::Done } else { Progress::Later },
            done: Some(back.clone()),
            detail: String::new(),
            command: "daybook cutover back --reason REASON",
        });
    }
    let posts_for_long = mode == Mode::Live && facts.posted > 0;
    Plan {
        mode,
        posts: mode.posts(),
        steps,
        next: next.filter(|_| !posts_for_long),
        obstacles: if mode.posts() { Vec::new() } else { obstacles(facts, currency) },
    }
}

fn detail(step: &str, mode: Mode, facts: &Facts, currency: &str) -> String {
    let money = |money| words::money(money, currency);
    match step {
        BEGIN if mode == Mode::Live && facts.posted > 0 => {
            "this book posts already: there is nothing to cut over to".to_owned()
        }
        STOCK => match facts.stock_differs {
            None => String::new(),
            Some((0, _)) => "both sides are equal".to_owned(),
            Some((rows, worth)) => {
                format!("{} SKUs in places differ, {}", words::grouped(rows), money(worth))
            }
        },
        PARALLEL if facts.adopted + facts.sought.entries > 0 => format!(
            "{} adopted, {} of them with other totals; {} not found yet, {}",
            words::grouped(facts.adopted),
            words::grouped(facts.different),
            words::grouped(facts.sought.entries),
            money(facts.sought.money),
        ),
        PARALLEL if facts.rules == 0 => {
            "needs [cutover] other-references: how the other integration names its documents"
                .to_owned()
        }
        _ => String::new(),
    }
}

fn obstacles(facts: &Facts, currency: &str) -> Vec<Obstacle> {
    let money = |money| words::money(money, currency);
    let mut found = Vec::new();
    let mut add = |code, detail: String, fix| found.push(Obstacle { code, detail, fix });
    if facts.rules == 0 {
        let fix = "set [cutover] other-references in the configuration";
        add(
            "no-references",
            "nothing says how the other integration's documents are named".into(),
            fix,
        );
    }
    if facts.stock_differs.is_none() {
        add("stock-not-compared", "stock was never compared".into(), "daybook cutover stock");
    }
    if facts.mode == Some(Mode::Begun) {
        let detail = "no parallel run was made: nothing shows what Daybook would post";
        add("no-parallel-run", detail.into(), "daybook cutover parallel");
    }
    let open = &facts.exceptions;
    if open.entries > 0 {
        let detail = format!("{} exceptions are open, {}", open.entries, money(open.money));
        add("exceptions-open", detail, "daybook exceptions list");
    }
    if facts.would_be_held > 0 {
        let detail = format!(
            "Daybook would hold {} of what the other integration posts",
            words::count(facts.would_be_held.unsigned_abs(), "entry", "entries"),
        );
        add("would-be-held", detail, "daybook cutover report: clear the faults it names");
    }
    let late = &facts.overdue;
    if late.entries > 0 {
        let detail = format!(
            "{}, {}, are not in OrderWise after all this time",
            words::count(late.entries.unsigned_abs(), "entry", "entries"),
            money(late.money),
        );
        add("not-found", detail, "daybook cutover report: ask whoever runs the other integration");
    }
    if facts.in_doubt > 0 {
        let detail = format!("{} postings of Daybook are in doubt", facts.in_doubt);
        add("in-doubt", detail, "wait until they are looked up");
    }
    match facts.audit {
        None => add("no-audit", "this book has no audit".into(), "daybook audit"),
        Some(0) => {}
        Some(gaps) => {
            let detail = format!("the latest audit has {gaps} critical or high kinds of gaps");
            add("audit-findings", detail, "daybook audit --last");
        }
    }
    for failed in facts.failed_checks.iter().flatten() {
        add("check-failed", failed.clone(), "daybook check");
    }
    if facts.open_days > 0 {
        let detail = format!(
            "{} of stores are not closed",
            words::count(facts.open_days.unsigned_abs(), "day", "days"),
        );
        add("days-open", detail, "daybook reconcile --day DAY");
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(mode: Mode) -> Facts {
        Facts {
            mode: Some(mode),
            rules: 1,
            audit: Some(0),
            stock_differs: Some((0, Money::ZERO)),
            ..Facts::default()
        }
    }

    fn progress(plan: &Plan) -> Vec<(&'static str, Progress)> {
        plan.steps.iter().map(|step| (step.step, step.progress)).collect()
    }

    #[test]
    fn one_step_is_next_and_says_how() {
        let new = plan(&Facts::default(), "GBP");
        assert_eq!(new.next, Some("daybook cutover begin"));
        assert_eq!(new.obstacles, [], "a book that posts has nothing to switch");
        let begun = plan(&facts(Mode::Begun), "GBP");
        assert_eq!(begun.next, Some("daybook cutover stock"));
        let codes: Vec<_> = begun.obstacles.iter().map(|one| one.code).collect();
        assert_eq!(codes, ["no-parallel-run"]);
        let deed = Deed { at: Timestamp::default(), by: "ada".to_owned() };
        let mut parallel = facts(Mode::Parallel);
        parallel.deeds = vec![(STOCK, deed.clone()), (BEGIN, deed)];
        let parallel = plan(&parallel, "GBP");
        assert_eq!(parallel.next, Some("daybook cutover switch"));
        let wanted = [
            (BEGIN, Progress::Done),
            (STOCK, Progress::Done),
            (PARALLEL, Progress::Done),
            (SWITCH, Progress::Next),
        ];
        assert_eq!(progress(&parallel), wanted);
        assert_eq!(parallel.obstacles, []);
    }

    #[test]
    fn everything_that_would_go_wrong_is_named_at_once() {
        let pile = Pile { entries: 2, money: Money::from_pence(500), oldest: None };
        let all = Facts {
            mode: Some(Mode::Parallel),
            sought: pile,
            overdue: pile,
            would_be_held: 1,
            exceptions: pile,
            in_doubt: 1,
            failed_checks: Some(vec!["orderwise token: refused".to_owned()]),
            open_days: 3,
            ..Facts::default()
        };
        let codes: Vec<_> = plan(&all, "GBP").obstacles.iter().map(|one| one.code).collect();
        let wanted = [
            "no-references",
            "stock-not-compared",
            "exceptions-open",
            "would-be-held",
            "not-found",
            "in-doubt",
            "no-audit",
            "check-failed",
            "days-open",
        ];
        assert_eq!(codes, wanted);
    }

    #[test]
    fn a_book_that_posts_already_is_not_begun() {
        let live = Facts { posted: 9, ..facts(Mode::Live) };
        assert_eq!(plan(&live, "GBP").next, None);
    }
}
