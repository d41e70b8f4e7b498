use jiff::tz::TimeZone;

use super::{alert, at};
use crate::{
    alert::{
        AlertKind, Channel, Key, Occasion, Planned, Quiet, Told, digest, of_alert, plan, weekly,
    },
    causes::Owner,
    time::TimeOfDay,
};

fn channel(name: &str, owners: &[Owner], is_for_escalations: bool) -> Channel {
    Channel {
        name: name.to_owned(),
        owners: owners.to_vec(),
        is_for_escalations,
        takes_digest: false,
    }
}

fn channels() -> Vec<Channel> {
    vec![
        channel("shops", &[Owner::Retail], false),
        channel("money", &[Owner::Finance], false),
        channel("boss", &[], true),
    ]
}

fn names(planned: &[Planned]) -> Vec<&str> {
    let name = |one: &Planned| match one {
        Planned::Send { channel, .. } => channel.clone(),
        Planned::Drop { channel } => format!("not {channel}"),
    };
    planned.iter().map(name).map(|name| &*name.leak()).collect()
}

fn told(occasion: Occasion, key: &Key, told: &[Told]) -> Vec<Planned> {
    plan(occasion, (key, key.kind.row().owner), &channels(), told, (at(0), None))
}

#[test]
fn owners_hear_of_what_is_theirs_and_age_goes_further_up() {
    let silence = Key::of_store(AlertKind::Silence, 5);
    assert_eq!(names(&told(Occasion::Opened, &silence, &[])), ["shops"]);
    assert_eq!(names(&told(Occasion::Escalated, &silence, &[])), ["boss"]);
    // Nobody listens for IT.
    let disk = Key::new(AlertKind::DiskNearlyFull, "book");
    assert_eq!(names(&told(Occasion::Opened, &disk, &[])), ["shops", "money"]);
    // A channel is not told of itself.
    let broken = Key::new(AlertKind::DeliveryFailing, "channel:shops");
    assert_eq!(names(&told(Occasion::Opened, &broken, &[])), ["money"]);
}

#[test]
fn only_who_heard_of_it_hears_that_it_is_over() {
    let silence = Key::of_store(AlertKind::Silence, 5);
    let heard = |channel: &str, has_arrived| Told { channel: channel.to_owned(), has_arrived };
    let before = [heard("shops", true), heard("boss", false), heard("gone", true)];
    assert_eq!(names(&told(Occasion::Closed, &silence, &before)), ["not boss", "shops"]);
}

#[test]
fn quiet_hours_hold_back_what_is_not_critical_until_they_are_over() {
    let quiet = Quiet {
        from: TimeOfDay::hour(20),
        to: TimeOfDay::hour(7),
        zone: "Europe/London".to_owned(),
    };
    // In October London is an hour ahead: 21:00 UTC is 22:00.
    let due = |key: &Key, minute: i64| {
        let owner = key.kind.row().owner;
        let now = at(minute);
        let planned = plan(Occasion::Opened, (key, owner), &channels(), &[], (now, Some(&quiet)));
        match &planned[0] {
            Planned::Send { due_at, .. } => *due_at,
            Planned::Drop { .. } => unreachable!(),
        }
    };
    let silence = Key::of_store(AlertKind::Silence, 5);
    let down = Key::new(AlertKind::SystemUnreachable, "orderwise");
    assert_eq!(due(&silence, 21 * 60), at(30 * 60), "until 07:00 in London");
    assert_eq!(due(&silence, 5 * 60), at(6 * 60));
    assert_eq!(due(&silence, 6 * 60), at(6 * 60));
    assert_eq!(due(&silence, 18 * 60 + 59), at(18 * 60 + 59));
    assert_eq!(due(&down, 21 * 60), at(21 * 60));
}

#[test]
fn messages_say_what_it_holds_and_what_to_do() {
    let mut one = alert(7, Key::of_store(AlertKind::Silence, 5));
    let place = ("https://desk", "GBP", &TimeZone::UTC);
    let opened = of_alert(Occasion::Opened, &one, at(1), place);
    assert_eq!(opened.subject(), "[Daybook] A store sends nothing (AL-7)");
    for part in
        ["Leeds sends nothing", "Records: 3", "Money: £45.00", "For: retail", "Ring the store"]
    {
        assert!(opened.text().contains(part), "{part} in {}", opened.text());
    }
    assert!(opened.text().ends_with("https://desk/"));
    let over = of_alert(Occasion::Closed, &one, at(23), place);
    assert_eq!(over.subject(), "[Daybook] Over: A store sends nothing (AL-7)");
    assert!(over.sentence.starts_with("It is over after 23 minutes"), "{}", over.sentence);
    let morning = digest(&[one.clone()], 2, at(60), place);
    assert_eq!(morning.sentence, "1 alert is open, 2 over since yesterday.");
    assert_eq!(morning.lines.len(), 1);
    one.closed_at = Some(at(9));
    let week = weekly(&[one], at(60), place);
    assert_eq!(week.lines, ["A store sends nothing: 1 of 1"]);
    let told: crate::alert::Notice =
        serde_json::from_str(&serde_json::to_string(&opened).unwrap()).unwrap();
    assert_eq!(told, opened);
}
