//! What this process has used, as the system tells.

use std::{fs, time::Duration};

use crate::Fault;

/// Processor time so far, user and system.
pub(crate) fn processor_time() -> Result<Duration, Fault> {
    /// `USER_HZ`, which Linux promises to programs on every machine of ours.
    const TICKS_A_SECOND: u64 = 100;
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name may hold anything; what follows it does not.
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = rest.split_whitespace().skip(11).take(2).flat_map(str::parse::<u64>).sum();
    Ok(Duration::from_millis(ticks * 1_000 / TICKS_A_SECOND))
}

/// The most memory that was ever resident, in KiB.
pub(crate) fn peak_resident_kib() -> Result<u32, Fault> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    Ok(line.split_whitespace().next().unwrap_or_default().parse()?)
}

/// From here on the peak counts anew.
pub(crate) fn reset_peak() {
    // Where the system does not allow it, the peak is that of the whole process.
    let _ = fs::write("/proc/self/clear_refs", "5");
}
