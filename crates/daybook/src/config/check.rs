//! What no single type can check.

use std::time::Duration;

use daybook_connectors::settlement::IGNORE;
use daybook_domain::{
    Timestamp,
    settlement::{LineKind, fold},
};
use daybook_flows::settings::Shoppers;

use super::{Config, ConfigError};

/// A call may need a new token and a second try, and begins within a quarter of the lease.
const LEASE_TIMEOUTS: u32 = 6;
/// Shorter passwords are guessed whatever is done about it.
const LEAST_PASSWORD: usize = 8;
/// Less memory argon2 cannot work with.
const LEAST_MEMORY: u32 = 8;

impl Config {
    /// Sign-in.
    fn check_access(&self) -> Result<(), ConfigError> {
        let own = &self.web.access;
        let is_address = |url: &String| url.starts_with("https://") || url.starts_with("http://");
        if own.public_url.as_ref().is_some_and(|url| !is_address(url)) {
            let hint = "use \"https://daybook.example.com\"";
            return Err(ConfigError::invalid("web.access.public-url", "is no address", hint));
        }
        if own.idle.is_zero() || own.longest < own.idle {
            let (what, hint) = ("is 0, or longer than web.access.longest", "use \"30m\"");
            return Err(ConfigError::invalid("web.access.idle", what, hint));
        }
        if own.password_length < LEAST_PASSWORD {
            let (what, hint) = ("is less than 8", "use 12");
            return Err(ConfigError::invalid("web.access.password-length", what, hint));
        }
        if own.password_memory_kib < LEAST_MEMORY || own.password_passes == 0 {
            let (what, hint) = ("is less than 8, or password-passes is 0", "use 19456 and 2");
            return Err(ConfigError::invalid("web.access.password-memory-kib", what, hint));
        }
        self.check_single_sign_on()
    }

    fn check_single_sign_on(&self) -> Result<(), ConfigError> {
        let own = &self.web.access.single_sign_on;
        let key = |name: &str| format!("web.access.single-sign-on.{name}");
        if own.issuer.is_none() {
            if own.local_accounts {
                return Ok(());
            }
            let hint = "set issuer and client-id too, or leave local-accounts at true";
            let what = "is false, and there is no other way in";
            return Err(ConfigError::invalid(&key("local-accounts"), what, hint));
        }
        if own.client_id.is_none() {
            return Err(ConfigError::missing(&key("client-id")));
        }
        if self.web.access.public_url.is_none() {
            return Err(ConfigError::missing("web.access.public-url"));
        }
        if own.roles.values().all(Vec::is_empty) {
            let hint = "write \"GROUP\" = [\"finance\"] for each group that may use Daybook";
            return Err(ConfigError::invalid(&key("roles"), "let nobody in", hint));
        }
        if own.groups_claim.is_empty() || own.timeout.is_zero() {
            let (what, hint) = ("is empty, or timeout is 0", "use \"groups\" and \"10s\"");
            return Err(ConfigError::invalid(&key("groups-claim"), what, hint));
        }
        Ok(())
    }

    /// Addresses of both systems.
    fn check_addresses(&self) -> Result<(), ConfigError> {
        let addresses = [
            ("sitoo.base-url", &self.sitoo.base_url),
            ("orderwise.base-url", &self.orderwise.base_url),
        ];
        for (key, address) in addresses {
            let Some(address) = address.as_deref().map(str::trim).filter(|it| !it.is_empty())
            else {
                continue;
            };
            if !address.starts_with("https://") && !address.starts_with("http://") {
                let hint = "write it with https:// in front";
                return Err(ConfigError::invalid(key, "is no address", hint));
            }
        }
        Ok(())
    }

    fn check_currencies(&self) -> Result<(), ConfigError> {
        let is_code =
            |code: &&String| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
        match self.policy.currencies.iter().find(|code| !is_code(code)) {
            Some(code) => Err(ConfigError::invalid(
                "policy.currencies",
                format!("'{code}' is no currency"),
                "write three capital letters, as in [\"GBP\"]",
            )),
            None => Ok(()),
        }
    }

    /// Settings that fit their types, and still cannot work.
    pub(super) fn check(&self) -> Vec<ConfigError> {
        let mut results = vec![
            self.check_counts(),
            self.check_addresses(),
            self.check_currencies(),
            self.check_lease(),
            self.check_access(),
            self.check_shoppers(),
            self.check_price_lists(),
            self.check_references(),
            self.check_pauses(),
            zone("orderwise.time-zone", &self.orderwise.time_zone),
            zone("policy.default-time-zone", &self.policy.default_time_zone),
            self.check_first_day(),
            self.check_settlement(),
            self.check_alerts(),
        ];
        results.extend(self.initial_rows().map(|row| row.map(drop)));
        results.into_iter().filter_map(Result::err).collect()
    }

    /// What must not be none at all.
    fn check_counts(&self) -> Result<(), ConfigError> {
        let least_one = [
            ("sitoo.in-flight", self.sitoo.in_flight),
            ("orderwise.reads-in-flight", self.orderwise.reads_in_flight),
            ("posting.in-flight", self.posting.in_flight),
            ("posting.batch", self.posting.batch),
            ("posting.confirm-batch", self.posting.confirm_batch),
            ("receive.ids-per-request", self.receive.ids_per_request),
            ("catalogue.batch", self.catalogue.batch),
        ];
        if let Some((key, _)) = least_one.iter().find(|(_, value)| *value == 0) {
            return Err(ConfigError::invalid(key, "is 0", "the least is 1"));
        }
        if !(1..=1000).contains(&self.sitoo.page_size) {
            return Err(ConfigError::invalid(
                "sitoo.page-size",
                "is not from 1 to 1000",
                "use 1000",
            ));
        }
        Ok(())
    }

    fn check_lease(&self) -> Result<(), ConfigError> {
        let least = self.orderwise.timeout.saturating_mul(LEASE_TIMEOUTS);
        if self.posting.lease >= least {
            return Ok(());
        }
        Err(ConfigError::invalid(
            "posting.lease",
            "is shorter than six times orderwise.timeout",
            format!(
                "a worker must keep its entry while its call is on its way, with a new token and a \
                 second try: use \"{}\"",
                humantime::format_duration(least)
            ),
        ))
    }

    fn check_shoppers(&self) -> Result<(), ConfigError> {
        let is_made = self.posting.shoppers == Shoppers::FindOrCreate;
        if is_made && self.posting.shopper_template_customer_id.is_none() {
            return Err(ConfigError::missing("posting.shopper-template-customer-id"));
        }
        Ok(())
    }

    fn check_price_lists(&self) -> Result<(), ConfigError> {
        let list = |id: &&String| id.parse::<i64>().ok().is_none_or(|id| id < 2);
        let Some(id) = self.catalogue.price_lists.keys().find(list) else { return Ok(()) };
        Err(ConfigError::invalid(
            "catalogue.price-lists",
            format!("'{id}' is no id of a further price list"),
            "name lists by their number in Sitoo, from 2: list 1 always has the price itself",
        ))
    }

    fn check_references(&self) -> Result<(), ConfigError> {
        let rules = self.settings().cutover.rules();
        rules.map(drop).map_err(|(text, bad)| {
            let what = format!("'{text}': {bad}");
            let hint = "write it as \"SIT-{order-id}\"";
            ConfigError::invalid("cutover.other-references", what, hint)
        })
    }

    fn check_pauses(&self) -> Result<(), ConfigError> {
        let pauses = [
            ("receive.poll-every", self.receive.poll_every),
            ("receive.missing-ask-every", self.receive.missing_ask_every),
            ("receive.open-ask-every", self.receive.open_ask_every),
            ("posting.poll-every", self.posting.poll_every),
            ("posting.recheck-every", self.posting.recheck_every),
            ("reference.refresh-every", self.reference.refresh_every),
            ("reference.full-every", self.reference.full_every),
            ("catalogue.poll-every", self.catalogue.poll_every),
            ("stock.poll-every", self.stock.poll_every),
            ("despatch.poll-every", self.despatch.poll_every),
            ("alerts.poll-every", self.alerts.poll_every),
            ("cutover.look-every", self.cutover.look_every),
            ("cutover.look-valid-for", self.cutover.look_valid_for),
            ("sitoo.timeout", self.sitoo.timeout),
            ("orderwise.timeout", self.orderwise.timeout),
        ];
        if let Some((key, _)) = pauses.iter().find(|(_, pause)| *pause == Duration::ZERO) {
            return Err(ConfigError::invalid(key, "is no time at all", "use \"1s\", or \"50ms\""));
        }
        Ok(())
    }

    fn check_first_day(&self) -> Result<(), ConfigError> {
        if let Some(day) = &self.receive.first_day {
            Timestamp::from_day(day).map_err(|_| {
                let what = format!("'{day}' is no day");
                ConfigError::invalid("receive.first-day", what, "write it as \"2026-11-24\"")
            })?;
        }
        Ok(())
    }

    /// Payment providers and banks.
    fn check_settlement(&self) -> Result<(), ConfigError> {
        let mut tenders = std::collections::BTreeMap::new();
        for (name, provider) in &self.settlement.providers {
            let key = |rest: &str| format!("settlement.providers.{name}.{rest}");
            if name.is_empty() || name.contains(char::is_whitespace) {
                let hint = "use a name such as \"worldpay\"";
                return Err(ConfigError::invalid(&key(""), "has a blank in its name", hint));
            }
            for tender in &provider.tenders {
                if let Some(other) = tenders.insert(fold(tender), name) {
                    let what = format!("'{tender}' is settled by {other} already");
                    let hint = "a payment type belongs to one provider";
                    return Err(ConfigError::invalid(&key("tenders"), what, hint));
                }
            }
            let layout = provider.layout(name);
            let strange = layout
                .kinds
                .values()
                .find(|kind| *kind != IGNORE && kind.parse::<LineKind>().is_err());
            if let Some(kind) = strange {
                let what = format!("'{kind}' is not a kind of line");
                let words: Vec<&str> = LineKind::ALL.iter().map(|kind| kind.word()).collect();
                let hint = format!("use {} or {IGNORE}", words.join(", "));
                return Err(ConfigError::invalid(&key("kinds"), what, hint));
            }
            let c = &layout.columns;
            let pair =
                |one: &Option<String>, other: &Option<String>| one.is_some() && other.is_some();
            let gross = c.gross.is_some() || pair(&c.gross_debit, &c.gross_credit);
            let net = c.net.is_some() || pair(&c.net_debit, &c.net_credit);
            if !(gross || net) || c.at.is_none() && c.payout_day.is_none() {
                let what = "name no amount, or no date";
                let hint = "gross or net is needed, and at or payout-day";
                return Err(ConfigError::invalid(&key("columns"), what, hint));
            }
            zone(&key("style.zone"), &layout.style.zone)?;
        }
        for (name, bank) in &self.settlement.banks {
            let key = |rest: &str| format!("settlement.banks.{name}.{rest}");
            let c = &bank.columns;
            let amount = c.amount.is_some() || c.debit.is_some() && c.credit.is_some();
            if !amount || c.day.is_none() {
                let hint = "day is needed, and amount, or debit and credit";
                return Err(ConfigError::invalid(
                    &key("columns"),
                    "name no amount or no day",
                    hint,
                ));
            }
            zone(&key("style.zone"), &bank.style.zone)?;
        }
        Ok(())
    }
}

fn zone(key: &str, zone: &str) -> Result<(), ConfigError> {
    jiff::tz::TimeZone::get(zone).map(drop).map_err(|_| {
        let what = format!("'{zone}' is no time zone");
        ConfigError::invalid(key, what, "use a name like \"Europe/London\"")
    })
}
