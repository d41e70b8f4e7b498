//! Settings of the flows for tests: short, so that a simulated day holds many turns.

use std::{collections::BTreeMap, time::Duration};

use daybook_domain::{
    lookup::{NoRegister, OpenPaid, Policy, PostOrHold, TaxPolicy},
    reconcile::policy::{NotDelivered, PeriodDate, Strangers, ZDay},
    time::TimeOfDay,
};
use daybook_flows::settings::{
    Access, Alerts, Audit, BackoffSettings, Catalogue, Cutover, Despatch, Evidence, Format, Limits,
    Posting, Provider, Receive, Reconcile, Reference, Settings, Settlement, Shoppers, Stock,
    UnknownInOrderwise, Weekday,
};

/// Settings that differ from the product's only in their spans.
pub fn flows() -> Settings {
    Settings {
        receive: receive(),
        posting: posting(),
        reference: Reference {
            refresh_every: Duration::from_mins(5),
            full_every: Duration::from_hours(24),
            overlap: Duration::from_hours(2),
        },
        catalogue: catalogue(),
        stock: stock(),
        despatch: despatch(),
        settlement: settlement(),
        reconcile: reconcile(),
        audit: audit(),
        cutover: cutover(),
        evidence: Evidence { personal_data_years: 7 },
        access: access(),
        alerts: alerts(),
        keep_exchanges: Duration::from_hours(24 * 180),
    }
}

/// As the product's, but for passwords, which cost next to nothing.
fn access() -> Access {
    Access {
        public_url: None,
        secure: false,
        behind_proxy: false,
        idle: Duration::from_mins(30),
        longest: Duration::from_hours(12),
        link_life: Duration::from_hours(24),
        remember_browsers: Duration::from_hours(24 * 180),
        password_length: 12,
        password_memory_kib: 64,
        password_passes: 1,
        single_sign_on: daybook_flows::settings::SingleSignOn::default(),
    }
}

/// As the product's, without a channel and quiet hours; disks of test machines are nobody's business.
fn alerts() -> Alerts {
    Alerts {
        enabled: true,
        poll_every: Duration::from_mins(1),
        calm: Duration::from_mins(3),
        escalate_after: Duration::from_hours(1),
        escalations: 1,
        quiet_from: None,
        quiet_to: None,
        digest_at: TimeOfDay::hour(8),
        weekly_on: Weekday::Monday,
        give_up_after: Duration::from_hours(24),
        backoff: backoff(Duration::from_mins(1), Duration::from_mins(15)),
        limits: Limits {
            silence: true,
            unposted: Duration::from_mins(15),
            exceptions_age: Duration::from_hours(24),
            exceptions_money: 5_000,
            stock: Duration::from_mins(45),
            despatch: Duration::from_hours(4),
            day_closed_by: TimeOfDay::hour(11),
            unread: Duration::from_mins(10),
            disk_free_percent: 0,
        },
        opening_hours: BTreeMap::new(),
        special_days: BTreeMap::new(),
        channels: BTreeMap::new(),
    }
}

fn audit() -> Audit {
    Audit {
        enabled: true,
        every: Duration::from_hours(24 * 7),
        poll_every: Duration::from_hours(1),
        days: 30,
        open_after: Duration::from_hours(24 * 14),
        slow_export: Duration::from_secs(10),
        clock_ahead: Duration::from_mins(5),
        impossible_stock: 100_000,
        resume_within: Duration::from_hours(12),
        keep_reports: 60,
    }
}

/// Nobody else posts.
fn cutover() -> Cutover {
    Cutover {
        other_references: Vec::new(),
        look_every: Duration::from_mins(5),
        report_after: Duration::from_hours(24),
        settle_for: Duration::from_hours(1),
        look_first_for: Duration::from_hours(24 * 7),
        look_valid_for: Duration::from_mins(1),
    }
}

fn catalogue() -> Catalogue {
    Catalogue {
        enabled: true,
        poll_every: Duration::from_mins(5),
        batch: 200,
        sweep_at: TimeOfDay::hour(2),
        opening_time: TimeOfDay::hour(9),
        replace_blanks_with: None,
        titles: true,
        barcodes: true,
        other_barcodes: false,
        families: Vec::new(),
        hide_at_most_percent: 20,
        hide_always: 50,
        tell_withdrawn_for: Duration::from_hours(24 * 7),
        settling_time: Duration::from_secs(30),
        retry_refused_after: Duration::from_hours(1),
        keep_arrivals: Duration::from_hours(24 * 90),
        price_lists: BTreeMap::new(),
    }
}

fn stock() -> Stock {
    Stock {
        enabled: true,
        poll_every: Duration::from_mins(1),
        overlap: Duration::from_hours(2),
        short_overlap: Duration::from_mins(10),
        far_every: Duration::from_mins(30),
        sweep_at: night(),
        settling_time: Duration::from_secs(30),
        tie_after: Duration::from_mins(15),
        clock_margin: Duration::from_mins(2),
        dismissed_age: Duration::from_hours(72),
        category: "productCode".to_owned(),
        unknown_in_orderwise: UnknownInOrderwise::Leave,
        items_per_request: 1_000,
        keep_history: Duration::from_hours(24 * 100),
    }
}

#[expect(clippy::expect_used, reason = "a constant of ours")]
fn night() -> TimeOfDay {
    "02:30".parse().expect("a time of day")
}

fn despatch() -> Despatch {
    Despatch {
        enabled: true,
        poll_every: Duration::from_mins(2),
        overlap: Duration::from_hours(2),
        deliveries_after: Duration::from_secs(10),
        unmarked_after: Duration::from_mins(2),
        reference: "[{consignment}]".to_owned(),
        ignore_stock: true,
        settling_time: Duration::from_secs(30),
        lookups_before_resend: 2,
        lease: Duration::from_mins(3),
        follow_every: Duration::from_hours(1),
        close_after: Duration::from_mins(10),
        close_orders: true,
        cancel_orders: false,
        despatched_but_open: Duration::from_hours(12),
        paid_but_not_moving: Duration::from_hours(72),
    }
}

/// The made-up retailer's cards are settled by Adyen, its links by Stripe.
fn settlement() -> Settlement {
    let provider = |format, tender: &str| Provider {
        format,
        tenders: vec![tender.to_owned()],
        inbox: None,
        currency: None,
        stores: BTreeMap::new(),
        kinds: BTreeMap::new(),
        columns: None,
        style: None,
    };
    let providers = [
        ("adyen".to_owned(), provider(Format::Adyen, "CARD")),
        ("stripe".to_owned(), provider(Format::Stripe, "LINK")),
    ];
    Settlement {
        enabled: true,
        poll_every: Duration::from_mins(15),
        unsettled_after_days: 10,
        at_bank_after_days: 5,
        statements: None,
        look_back_ids: 1_000,
        providers: BTreeMap::from(providers),
        banks: BTreeMap::new(),
    }
}

fn reconcile() -> Reconcile {
    Reconcile {
        enabled: true,
        poll_every: Duration::from_mins(15),
        close_at: TimeOfDay::hour(5),
        stores: Vec::new(),
        overlap: Duration::from_hours(2),
        first_reports: Duration::from_hours(24 * 40),
        registers_every: Duration::from_hours(12),
        window: Duration::from_hours(1),
        look_back: Duration::from_hours(24 * 10),
        settling_time: Duration::from_mins(10),
        receipts_per_pass: 200,
        open_limit: Duration::from_hours(48),
        period_date: PeriodDate::Till,
        day_begins: TimeOfDay::hour(4),
        z_day: ZDay::Closing,
        not_delivered: NotDelivered::Beside,
        practice_takes_numbers: true,
        boundary: Duration::from_mins(15),
        rounding_per_line: 1,
        strangers: Strangers::Report,
        late: daybook_domain::month::period::LatePolicy::NextPeriod,
        tolerances: Vec::new(),
    }
}

fn receive() -> Receive {
    Receive {
        poll_every: Duration::from_secs(10),
        overlap_ids: 20,
        missing_ask_every: Duration::from_secs(30),
        missing_range_limit: 1_000,
        missing_age_limit: Duration::from_hours(3),
        open_ask_every: Duration::from_mins(5),
        open_age_limit: Duration::from_hours(24 * 60),
        ids_per_request: 200,
        first_order_id: Some(1),
        first_day: None,
    }
}

fn posting() -> Posting {
    Posting {
        in_flight: 1,
        batch: 256,
        poll_every: Duration::from_secs(2),
        settling_time: Duration::from_secs(30),
        lookups_before_resend: 2,
        lease: Duration::from_mins(3),
        backoff: backoff(Duration::from_secs(5), Duration::from_mins(15)),
        attempts_limit: 50,
        age_limit: Duration::from_hours(48),
        waiting_limit: Duration::from_hours(24),
        second_person: true,
        recheck_every: Duration::from_mins(10),
        breaker_failures: 5,
        breaker_backoff: backoff(Duration::from_secs(5), Duration::from_mins(2)),
        confirm: true,
        confirm_after: Duration::from_secs(30),
        confirm_batch: 200,
        shoppers: Shoppers::StoreAccount,
        shopper_template_customer_id: None,
    }
}

fn backoff(first: Duration, longest: Duration) -> BackoffSettings {
    BackoffSettings { first, longest, jitter_percent: 20 }
}

/// The choices of the made-up retailer.
pub fn policy() -> Policy {
    Policy {
        tax: TaxPolicy::ErpCalculates,
        blind_returns: PostOrHold::Post,
        unknown_original: PostOrHold::Hold,
        no_register: NoRegister::PostUntagged,
        open_paid_orders: OpenPaid::Post,
        currencies: vec!["GBP".to_owned()],
        restock_unmapped_reasons: true,
        default_time_zone: "Europe/London".to_owned(),
        sites: Vec::new(),
    }
}
