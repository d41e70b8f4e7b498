//! What no single type can check.

use std::time::Duration;

use daybook_domain::Timestamp;
use daybook_flows::settings::Shoppers;

use super::{Config, ConfigError};

/// A call may need a new token and a second try, and begins within a quarter of the lease.
const LEASE_TIMEOUTS: u32 = 6;

impl Config {
    /// Settings that fit their types, and still cannot work.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
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
        let least = self.orderwise.timeout.saturating_mul(LEASE_TIMEOUTS);
        if self.posting.lease < least {
            return Err(ConfigError::invalid(
                "posting.lease",
                "is shorter than six times orderwise.timeout",
                format!(
                    "a worker must keep its entry while its call is on its way, with a new token \
                     and a second try: use \"{}\"",
                    humantime::format_duration(least)
                ),
            ));
        }
        if self.posting.shoppers == Shoppers::FindOrCreate
            && self.posting.shopper_template_customer_id.is_none()
        {
            return Err(ConfigError::missing("posting.shopper-template-customer-id"));
        }
        let list = |id: &&String| id.parse::<i64>().ok().is_none_or(|id| id < 2);
        if let Some(id) = self.catalogue.price_lists.keys().find(list) {
            return Err(ConfigError::invalid(
                "catalogue.price-lists",
                format!("'{id}' is no id of a further price list"),
                "name lists by their number in Sitoo, from 2: list 1 always has the price itself",
            ));
        }
        self.check_moments()?;
        self.initial_mapping().map(drop)
    }

    /// Pauses, zones and days.
    fn check_moments(&self) -> Result<(), ConfigError> {
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
            ("sitoo.timeout", self.sitoo.timeout),
            ("orderwise.timeout", self.orderwise.timeout),
        ];
        if let Some((key, _)) = pauses.iter().find(|(_, pause)| *pause == Duration::ZERO) {
            return Err(ConfigError::invalid(key, "is no time at all", "use \"1s\", or \"50ms\""));
        }
        let zones = [
            ("orderwise.time-zone", &self.orderwise.time_zone),
            ("policy.default-time-zone", &self.policy.default_time_zone),
        ];
        for (key, zone) in zones {
            jiff::tz::TimeZone::get(zone).map_err(|error| {
                ConfigError::invalid(key, error.to_string(), "use a name like \"Europe/London\"")
            })?;
        }
        if let Some(day) = &self.receive.first_day {
            Timestamp::from_day(day).map_err(|error| {
                ConfigError::invalid("receive.first-day", error.to_string(), "use \"2026-11-24\"")
            })?;
        }
        Ok(())
    }
}
