//! Opening hours, as people write them.

use std::str::FromStr;

use super::silence::Hours;
use crate::time::TimeOfDay;

/// Days of the week as they are written, Monday first.
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// When a store is open, by day of the week.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Opening([Option<Hours>; 7]);

impl Opening {
    /// From lines such as `mon-sat 09:00-17:30` and `sun 11:00-17:00`; days without a line are
    /// closed.
    pub fn parse<'a>(lines: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        let mut week = [None; 7];
        for line in lines {
            let wrong = || format!("'{line}' is no line of opening hours");
            let (days, hours) = line.trim().split_once(' ').ok_or_else(wrong)?;
            let hours = hours_of(hours).ok_or_else(wrong)?;
            let (first, last) = days.split_once('-').unwrap_or((days, days));
            let of = |word: &str| DAYS.iter().position(|day| *day == word.to_lowercase());
            let (first, last) = of(first).zip(of(last)).ok_or_else(wrong)?;
            if first > last {
                return Err(wrong());
            }
            week[first..=last].fill(Some(hours));
        }
        Ok(Self(week))
    }

    /// Hours on a day of the week, Monday is 0; none where it is closed.
    pub fn on(&self, weekday: usize) -> Option<Hours> {
        self.0.get(weekday).copied().flatten()
    }
}

/// A day that is not like others, for every store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Special {
    /// Nobody opens.
    Closed,
    /// These are the hours.
    Open(Hours),
}

impl FromStr for Special {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.trim() == "closed" {
            return Ok(Self::Closed);
        }
        let hours = hours_of(text);
        hours.map(Self::Open).ok_or_else(|| format!("'{text}' is neither closed nor 09:00-16:00"))
    }
}

fn hours_of(text: &str) -> Option<Hours> {
    let (from, to) = text.trim().split_once('-')?;
    let second = |text: &str| {
        let time = text.parse::<TimeOfDay>().ok()?.time();
        Some(i64::from(time.hour()) * 3_600 + i64::from(time.minute()) * 60)
    };
    let (from, to) = (second(from)?, second(to)?);
    (from < to).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::{Opening, Special};

    #[test]
    fn hours_are_read_as_people_write_them() {
        let week = Opening::parse(["mon-sat 09:00-17:30", "sun 11:00-17:00"]).unwrap();
        assert_eq!(week.on(0), Some((32_400, 63_000)));
        assert_eq!(week.on(6), Some((39_600, 61_200)));
        assert_eq!(Opening::parse(["tue 09:00-12:00"]).unwrap().on(0), None);
        for line in
            ["", "mon", "mon 9-5", "sat-mon 09:00-10:00", "mon 10:00-09:00", "day 09:00-10:00"]
        {
            assert!(Opening::parse([line]).is_err(), "{line}");
        }
        assert_eq!("closed".parse(), Ok(Special::Closed));
        assert_eq!("09:00-16:00".parse(), Ok(Special::Open((32_400, 57_600))));
        assert!("shut".parse::<Special>().is_err());
    }
}
