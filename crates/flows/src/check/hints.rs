//! What to do about a call that failed, by system, call and class (facts/orderwise 1.2, 1.3, 10;
//! facts/sitoo 1.2, 1.6, 1.7).

use daybook_domain::class::Failure;

/// What was called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Call {
    /// Anything of Sitoo.
    Sitoo,
    /// OrderWise's token.
    SignIn,
    /// An export definition, by its purpose.
    Export(&'static str),
    /// A value list or the customers.
    List,
}

/// What to do next.
pub(super) fn after(call: Call, failure: &Failure) -> String {
    if let Failure::Later { what, .. } | Failure::InDoubt { what } = failure {
        return no_answer(call, what);
    }
    match call {
        Call::Sitoo => sitoo(failure).to_owned(),
        Call::SignIn => sign_in(failure).to_owned(),
        Call::Export(purpose) => export(purpose, failure),
        Call::List => list(failure).to_owned(),
    }
}

/// The connection failed, or whoever answered cannot just now.
fn no_answer(call: Call, what: &str) -> String {
    let (section, name) = match call {
        Call::Sitoo => ("sitoo", "Sitoo"),
        _ => ("orderwise", "OrderWise"),
    };
    let says = |word: &str| what.to_ascii_lowercase().contains(word);
    if says("invalidcontenttype") {
        return format!(
            "{section}.base-url says https://, and what answers there does not: correct its port, or \
             write http:// where the line to it is safe"
        );
    }
    if says("certificate") || says("tls") || says("unknownissuer") {
        return format!(
            "its certificate is not trusted: correct the name in {section}.base-url, or name the \
             house's authority in {section}.ca-file"
        );
    }
    if says("too many") || says("429") {
        return format!(
            "{name} is asked too often: give Daybook an API user of its own, or lower \
             {section}.per-second"
        );
    }
    if says("dns") || says("resolve") || says("lookup") {
        return format!("this machine does not know that name: correct {section}.base-url");
    }
    format!(
        "correct {section}.base-url, and see that the server is up and no firewall stands between; \
         `curl -v` to the address shows what this machine gets"
    )
}

const fn sitoo(failure: &Failure) -> &'static str {
    match failure {
        Failure::NotAuthorised { .. } => {
            "correct sitoo.api-id and its password (Backoffice > Settings > Sitoo REST API), and see \
             that this machine's address is on the API user's list, if it has one"
        }
        Failure::NotFound { .. } => {
            "correct sitoo.base-url: host and account number as Backoffice > Settings > Sitoo REST \
             API shows them"
        }
        Failure::Refused { .. } => "correct sitoo.site: the number of the web shop, not its GUID",
        _ => {
            "the answer is none of Sitoo's: correct sitoo.base-url; if it is right, compare with \
             crates/connectors/src/sitoo/MAPPING.md"
        }
    }
}

const fn sign_in(failure: &Failure) -> &'static str {
    match failure {
        Failure::NotAuthorised { .. } => {
            "authentication failed: correct orderwise.user and its password, and see in OrderWise \
             that the user belongs to an API user group"
        }
        Failure::NotFound { .. } => {
            "nothing is there: correct the virtual directory at the end of orderwise.base-url, such \
             as /owapi (live) or /owapisb (sandbox); a browser shows its reference under /docs"
        }
        _ => {
            "what answers is not OrderWise's API: correct orderwise.base-url; a browser shows its \
             reference under /docs"
        }
    }
}

fn export(purpose: &str, failure: &Failure) -> String {
    let key = format!("orderwise.exports.{purpose}");
    match failure {
        Failure::NotAuthorised { status: 403, .. } => "give the API user's group the right to run \
             it. Where OrderWise's menu shows 'E-Commerce Export Definitions' and not 'API Export \
             Definitions', the group lacks the menu"
            .to_owned(),
        Failure::NotAuthorised { .. } => sign_in(failure).to_owned(),
        Failure::NotFound { .. } => format!(
            "export definition not found: set {key}.id to the number in column ID (E-Commerce > API \
             Export Definitions, right-click, Edit Grid Layout)"
        ),
        Failure::Refused { reasons, .. } => {
            let unknown =
                reasons.iter().any(|text| text.to_ascii_lowercase().contains("not found"));
            if unknown {
                return format!("export definition not found: correct {key}.id");
            }
            format!(
                "paste orderwise/exports/{purpose}.sql anew, or name your parameters in \
                 {key}.parameters; see that {key}.id is not another one's"
            )
        }
        _ => format!(
            "paste orderwise/exports/{purpose}.sql anew, or name your columns in {key}.columns; see \
             that {key}.id is not another one's"
        ),
    }
}

const fn list(failure: &Failure) -> &'static str {
    match failure {
        Failure::NotAuthorised { status: 403, .. } => {
            "give the API user's group the right to read it in OrderWise"
        }
        Failure::NotAuthorised { .. } => "see what the line of the sign-in says",
        Failure::NotFound { .. } => {
            "this OrderWise has another path for it: see value-list-path and customers-path in \
             [orderwise]"
        }
        _ => "try its address below orderwise.base-url by hand, and compare with the reference",
    }
}
