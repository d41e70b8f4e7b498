//! `daybook people`: who may sign in to the desk; the way back in for who cannot.

use clap::{Args, Subcommand};
use daybook_domain::{Timestamp, access::Role, mapping::MappingKind};
use daybook_flows::{
    App, FlowError,
    access::{
        link::{self, Link, Person},
        people::{self, Change, PersonView},
    },
};
use daybook_store::mapping;
use serde::Serialize;

use super::Ended;
use crate::{config::Need, context::Context, failure::Failure, printer, words};

const EXAMPLES: &str = "\
Examples:
  daybook people list
  daybook people invite --name 'Ada Finch' --login ada@example.com --role finance
  daybook people invite --name 'Mo Reed' --login mo --role retail --store 5 --store 7
  daybook people reset 'Ada Finch'                    a link to a new password
  daybook people reset 'Ada Finch' --second-factor    and her telephone is lost too
  daybook people disable 'Mo Reed'

A link is shown once, is good once, and ends after [web.access] link-life.";

/// What to do with whom.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct PeopleArgs {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Everybody who may sign in, or might.
    List,
    /// Make an account, and a link with which its owner chooses a password.
    Invite(InviteArgs),
    /// Make a link with which the owner of an account chooses a new password.
    Reset {
        /// Name, or what they sign in with.
        name: String,
        /// Take the second factor away too.
        #[arg(long)]
        second_factor: bool,
    },
    /// Sign somebody out and let them in no more.
    Disable {
        /// Name, or what they sign in with.
        name: String,
    },
    /// Let somebody in again.
    Enable {
        /// Name, or what they sign in with.
        name: String,
    },
}

#[derive(Debug, Args)]
struct InviteArgs {
    /// As the record names them.
    #[arg(long)]
    name: String,
    /// What they sign in with: an e-mail address, or a short name.
    #[arg(long)]
    login: String,
    /// finance, retail, admin or auditor; more than once for several.
    #[arg(long, required = true)]
    role: Vec<Role>,
    /// Only this store (Sitoo's warehouse id); more than once for several.
    #[arg(long, value_name = "ID")]
    store: Vec<i64>,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Shown {
    people: Vec<PersonView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<ShownLink>,
}

/// A link, the once that it is shown.
#[derive(Debug, Serialize)]
struct ShownLink {
    name: String,
    address: String,
    expires_at: Timestamp,
}

/// Lists, invites, resets.
pub(crate) async fn run(context: &Context, args: &PeopleArgs) -> Result<Ended, Failure> {
    let app = context.app(Need::Book).await?;
    let done = async {
        let shown = act(context, &app, &args.action).await?;
        Ok::<_, FlowError>((shown, unknown_stores(&app, &args.action).await?))
    }
    .await;
    app.db.close().await;
    let (shown, unknown) = done?;
    context.printer.result(&shown, |shown| for_people(context, shown))?;
    if !unknown.is_empty() {
        context.printer.talk(&format!(
            "no mapping knows store {}: nothing of it is shown until one does (daybook map \
             list store)",
            unknown.join(", ")
        ));
    }
    if shown.people.is_empty() {
        context.printer.talk(
            "there is no account yet: daybook people invite --name 'YOUR NAME' --login \
             YOU@EXAMPLE.COM --role admin",
        );
    }
    Ok(Ended::Done)
}

/// Stores of an invitation that no mapping has: a slip of the keyboard shows an empty desk.
async fn unknown_stores(app: &App, action: &Action) -> Result<Vec<String>, FlowError> {
    let Action::Invite(InviteArgs { store, .. }) = action else { return Ok(Vec::new()) };
    let rows = mapping::load(&app.db).await?.rows;
    let is_known =
        |id: &&String| rows.iter().any(|row| row.kind == MappingKind::Store && row.key == **id);
    let named: Vec<String> = store.iter().map(i64::to_string).collect();
    Ok(named.iter().filter(|id| !is_known(id)).cloned().collect())
}

async fn act(context: &Context, app: &App, action: &Action) -> Result<Shown, FlowError> {
    let by = context.actor.as_str();
    let link = match action {
        Action::List => None,
        Action::Invite(args) => {
            let person = Person {
                login: args.login.clone(),
                name: args.name.clone(),
                roles: args.role.iter().copied().collect(),
                stores: (!args.store.is_empty()).then(|| args.store.iter().copied().collect()),
            };
            Some(link::invite(app, &person, by).await?)
        }
        Action::Reset { name, second_factor } => {
            let account = people::find(app, name).await?;
            Some(link::reset(app, &account.id, *second_factor, by).await?)
        }
        Action::Disable { name } => {
            let account = people::find(app, name).await?;
            people::change(app, &account.id, &Change::Disable, by).await?;
            None
        }
        Action::Enable { name } => {
            let account = people::find(app, name).await?;
            people::change(app, &account.id, &Change::Enable, by).await?;
            None
        }
    };
    let people = people::list(app).await?;
    let people = match (&link, action) {
        (Some(link), _) => people.into_iter().filter(|one| one.name == link.name).collect(),
        (None, Action::Disable { name } | Action::Enable { name }) => {
            let id = people::find(app, name).await?.id;
            people.into_iter().filter(|one| one.id == id).collect()
        }
        (None, _) => people,
    };
    let link = link.as_ref().map(|link| shown_link(context, link));
    Ok(Shown { people, link })
}

fn shown_link(context: &Context, link: &Link) -> ShownLink {
    ShownLink {
        name: link.name.clone(),
        address: link.address(&context.desk_address(context.config.web.listen)),
        expires_at: link.expires_at,
    }
}

fn for_people(context: &Context, shown: &Shown) -> String {
    let zone = context.zone();
    let rows = shown.people.iter().map(|one| {
        let stores = one.stores.as_ref().map_or_else(
            || "all".to_owned(),
            |stores| stores.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        );
        let standing = match (one.disabled_at, one.signed_in_at, one.link_until) {
            (Some(at), ..) => format!("disabled {}", words::moment(at, &zone)),
            (None, _, Some(until)) => format!("link until {}", words::moment(until, &zone)),
            (None, Some(at), None) => format!("signed in {}", words::moment(at, &zone)),
            (None, None, None) if one.joined => "has not signed in yet".to_owned(),
            (None, None, None) => "invited; the link is over".to_owned(),
        };
        vec![
            one.name.clone(),
            one.login.clone(),
            one.roles.iter().map(|role| role.word()).collect::<Vec<_>>().join(" "),
            stores,
            if one.second_factor { "yes" } else { "no" }.to_owned(),
            standing,
        ]
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let head = ["name", "signs in as", "is", "stores", "2nd factor", "now"];
    let mut text = if rows.is_empty() { String::new() } else { printer::table(&head, &[], rows) };
    if let Some(link) = &shown.link {
        text.extend(["\nFor ", &link.name, " alone, once: ", &link.address, "\n"]);
    }
    text
}
