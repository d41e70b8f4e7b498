//! Settings that can be read and do what hardly anybody means.

use daybook_domain::Timestamp;
use daybook_flows::check::CheckLine;

use crate::config::Config;

const AREA: &str = "configuration";

/// What a person should look at once more.
pub(super) fn doubtful(config: &Config, now: Timestamp) -> Vec<CheckLine> {
    let lines = [first_day(config, now), two_beginnings(config), desk_in_the_clear(config)];
    lines.into_iter().flatten().chain(folders(config)).collect()
}

/// Nothing is received until a day that is yet to come.
fn first_day(config: &Config, now: Timestamp) -> Option<CheckLine> {
    let day = config.receive.first_day.as_ref()?;
    let begins = Timestamp::from_day(day).ok()?;
    (begins > now).then(|| {
        let detail = format!("receive.first-day is {day}: no sale is received before it");
        let hint = "set the day of the first sale that Daybook is to post; once the book has begun, \
                    another day has no effect";
        CheckLine::warning(AREA, "first day", detail, hint)
    })
}

/// The order id wins; whoever set both may think otherwise.
fn two_beginnings(config: &Config) -> Option<CheckLine> {
    let (day, id) = (config.receive.first_day.as_ref()?, config.receive.first_order_id?);
    let detail = format!("receive.first-order-id {id} is in force, not receive.first-day {day}");
    Some(CheckLine::warning(AREA, "first order", detail, "take one of the two away"))
}

/// Passwords on the network of a shop.
fn desk_in_the_clear(config: &Config) -> Option<CheckLine> {
    let (web, access) = (&config.web, &config.web.access);
    let is_open = !web.listen.ip().is_loopback() && !access.secure && !access.behind_proxy;
    is_open.then(|| {
        let detail = format!(
            "the desk listens at {} without HTTPS: passwords travel in the clear",
            web.listen
        );
        let hint = "let web.listen be 127.0.0.1 with a proxy that speaks HTTPS in front, and set \
                    web.access.secure, behind-proxy and public-url";
        CheckLine::warning(AREA, "desk", detail, hint)
    })
}

/// Folders of payment providers and banks that are not there: no payout would ever be read.
fn folders(config: &Config) -> Vec<CheckLine> {
    let settlement = &config.settlement;
    let providers = settlement
        .providers
        .iter()
        .map(|(name, one)| (format!("settlement.providers.{name}.inbox"), one.inbox.as_ref()));
    let banks = settlement
        .banks
        .iter()
        .map(|(name, one)| (format!("settlement.banks.{name}.inbox"), one.inbox.as_ref()));
    let statements = [("settlement.statements".to_owned(), settlement.statements.as_ref())];
    let all = providers.chain(banks).chain(statements);
    all.filter_map(|(key, folder)| {
        let folder = folder.filter(|folder| !folder.is_dir())?;
        let detail = format!("{key}: there is no folder {}", folder.display());
        let hint = "make the folder and let Daybook's user read it, or correct the setting";
        Some(CheckLine::warning(AREA, "settlement", detail, hint))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use daybook_domain::Timestamp;

    use std::path::Path;

    use crate::config;

    fn told(text: &str) -> Vec<String> {
        let dict = config::parse(Path::new("a"), text).unwrap();
        let config = config::of_dict(dict, Path::new("/"), std::iter::empty()).unwrap();
        let now = Timestamp::from_day("2026-11-24").unwrap();
        super::doubtful(&config, now).into_iter().map(|line| line.name).collect()
    }

    #[test]
    fn what_hardly_anybody_means_is_told() {
        assert_eq!(told("[receive]\nfirst-day = \"2026-11-24\""), [""; 0]);
        assert_eq!(told("[receive]\nfirst-day = \"2027-11-24\""), ["first day"]);
        let both = "[receive]\nfirst-day = \"2026-11-24\"\nfirst-order-id = 5";
        assert_eq!(told(both), ["first order"]);
        assert_eq!(told("[web]\nlisten = \"0.0.0.0:8080\""), ["desk"]);
        let proxied = "[web]\nlisten = \"0.0.0.0:8080\"\n[web.access]\nsecure = true";
        assert_eq!(told(proxied), [""; 0]);
        assert_eq!(told("[settlement]\nstatements = \"/nowhere-at-all\""), ["settlement"]);
    }
}
