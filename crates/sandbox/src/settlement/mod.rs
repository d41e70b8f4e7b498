//! Payment providers and the bank, made up: the files that they write about what the tills took.
//!
//! Column names are those of the providers' public documentation; nothing is shared with the code
//! that reads them.

mod adyen;
mod bank;
mod day;
mod stripe;
mod workbook;

pub use adyen::Batch;
pub use bank::{Booked, camt053, highstreet_csv};
pub use day::DayFiles;
pub use stripe::StripePayout;
pub use workbook::{Cell, workbook};

/// `1234` is `12.34`.
fn pounds(pence: i64) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    let pence = pence.unsigned_abs();
    format!("{sign}{}.{:02}", pence / 100, pence % 100)
}

/// `2026-10-05 09:00:00`, UTC.
fn moment(unix: i64) -> String {
    let moment = jiff::Timestamp::from_second(unix).unwrap_or_default();
    moment.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `2026-10-05`, UTC.
fn day(unix: i64) -> String {
    moment(unix).chars().take(10).collect()
}

/// What a provider keeps of a payment: 1 % and five pence.
fn fee(pence: i64) -> i64 {
    pence.abs() / 100 + 5
}
