use super::{Dice, Shop, damage::Scene, kinds::all, result, shop::Plan};
use crate::{
    Money, Timestamp,
    reconcile::{
        causes::DayCause,
        certificate::{Broken, Certificate, Fix, SignOff, Standing, key_of, verify},
        fix::{Act, Plan as FixPlan},
        result::{Outcome, Stale},
        tolerance::{RunningTotals, Tolerance},
    },
};

fn day(seed: u64, kind: Option<&str>) -> Shop {
    let mut shop = Shop::open(Plan { seed, receipts: 8 });
    if let Some(name) = kind {
        let kind = all().find(|kind| kind.name == name).unwrap();
        let mut dice = Dice::new(seed);
        let claims = super::damage::Claims::new();
        let mut scene = Scene { shop: &mut shop, dice: &mut dice, register: 0, claims };
        (kind.apply)(&mut scene).unwrap();
    }
    shop
}

fn certify(shop: &Shop, sign_offs: Vec<SignOff>, before: Option<&Certificate>) -> Certificate {
    let running = before.map(|before| before.body.running.clone()).unwrap_or_default();
    let previous = before.map(|before| before.hash.clone());
    Certificate::new(result(&shop.day, &shop.policy), sign_offs, &running, previous)
}

#[test]
fn a_day_is_equal_or_open_or_signed() {
    assert_eq!(certify(&day(1, None), Vec::new(), None).body.standing, Standing::Equal);
    let shop = day(1, Some("price up"));
    let open = certify(&shop, Vec::new(), None);
    assert_eq!(open.body.standing, Standing::Open);
    let keys: Vec<String> = open.body.result.open().map(key_of).collect();
    let sign = |differences| SignOff {
        at: Timestamp::from_seconds(1_800_000_000),
        by: "Ada".to_owned(),
        reason: "agreed with the store".to_owned(),
        differences,
    };
    let signed = certify(&shop, vec![sign(keys.clone())], Some(&open));
    assert_eq!(signed.body.standing, Standing::Signed);
    // A signature covers what was seen, and nothing else.
    let mut other = day(1, Some("price up"));
    let documents = other.day.documents.iter_mut();
    documents.into_iter().for_each(|found| found.document.gross += Money::from_pence(1));
    let again = certify(&other, vec![sign(keys)], Some(&signed));
    assert_eq!(again.body.standing, Standing::Open);
}

#[test]
fn a_tolerated_penny_is_listed_and_its_sum_is_watched() {
    let mut shop = day(3, Some("tax a penny up"));
    let each = Money::from_pence(1);
    let tolerance = |a_day| Tolerance { cause: DayCause::TaxRounding, tax: None, each, a_day };
    shop.policy.tolerances = vec![tolerance(None)];
    let first = certify(&shop, Vec::new(), None);
    assert_eq!(first.body.standing, Standing::Tolerated);
    assert_eq!(first.body.result.differences.len(), 1);
    let second = certify(&shop, Vec::new(), Some(&first));
    let running: &RunningTotals = &second.body.running;
    let (_, of_code) = running.0.iter().next().unwrap();
    assert_eq!((of_code.count, of_code.turnover), (2, Money::from_pence(2)));
    assert_eq!(of_code.sum.tax.abs(), Money::from_pence(2));
    assert_eq!(running.above(Money::from_pence(1)).count(), 1);
    assert_eq!(running.above(Money::from_pence(2)).count(), 0);
    shop.policy.tolerances = vec![tolerance(Some(Money::ZERO))];
    assert_eq!(certify(&shop, Vec::new(), None).body.standing, Standing::Open);
}

#[test]
fn a_chain_shows_what_was_changed_taken_out_or_put_in() {
    let mut chain: Vec<Certificate> = Vec::new();
    for seed in 0..5 {
        chain.push(certify(&day(seed, None), Vec::new(), chain.last()));
    }
    assert_eq!(verify(&chain), Ok(()));
    let mut changed = chain.clone();
    changed[2].body.result.late += 1;
    assert!(matches!(verify(&changed), Err(Broken::Changed { at: 2, .. })));
    changed[2] = Certificate { hash: changed[2].hash.clone(), ..changed[2].clone() };
    let body = changed[2].body.clone();
    changed[2] =
        Certificate::new(body.result, Vec::new(), &RunningTotals::default(), body.previous);
    assert!(matches!(verify(&changed), Err(Broken::Unlinked { at: 3, .. })));
    let mut shorter = chain.clone();
    shorter.remove(1);
    assert!(matches!(verify(&shorter), Err(Broken::Unlinked { at: 1, .. })));
    chain.remove(0);
    assert!(matches!(verify(&chain), Err(Broken::Unlinked { at: 0, .. })));
}

#[test]
fn data_of_different_age_is_no_difference() {
    let mut shop = day(4, Some("deleted"));
    let end = shop.day.ages.orders.minus(std::time::Duration::from_hours(2));
    let outcome = |shop: &Shop| crate::reconcile::reconcile(&shop.day, &shop.policy);
    shop.day.ages.z_reports = None;
    shop.day.ages.orders = end.minus(std::time::Duration::from_secs(1));
    let stale = vec![Stale::Orders { until: end }, Stale::ZReports { until: end }];
    assert_eq!(outcome(&shop), Outcome::NotYetFresh(stale));
    (shop.day.ages.z_reports, shop.day.ages.orders) = (Some(end), end);
    shop.day.ages.ledger = Some(end);
    assert!(matches!(outcome(&shop), Outcome::Fresh(_)));
    // Posted just before OrderWise was read: its exports need not show it yet.
    shop.day.entries.iter_mut().for_each(|entry| entry.posted_at = Some(end));
    let until = end.plus(shop.policy.settling);
    let stale = vec![Stale::JustPosted { entries: 1, until }];
    assert_eq!(outcome(&shop), Outcome::NotYetFresh(stale));
}

#[test]
fn a_plan_says_what_it_does_in_documents_and_pounds() {
    for (name, documents, clears) in [
        ("held", 1, true),
        ("posted twice", 1, true),
        ("price up", 0, true),
        ("T1 became T0", 0, true),
        ("edited in Sitoo", 0, false),
    ] {
        let shop = (0..40).map(|seed| std::panic::catch_unwind(|| day(seed, Some(name))).ok());
        let shop = shop.flatten().next().unwrap();
        let result = result(&shop.day, &shop.policy);
        let plan = FixPlan::of([&result]);
        assert_eq!(plan.total.documents, documents, "{name}");
        assert_eq!(plan.total.left.is_zero(), clears, "{name}");
        let off = result.explained(crate::reconcile::Measure::Ledger);
        assert_eq!(plan.total.left, off + plan.total.effect, "{name}");
    }
}

#[test]
fn a_certificate_says_what_was_done_and_an_old_one_keeps_its_hash() {
    let plain = certify(&day(1, Some("posted twice")), Vec::new(), None);
    assert!(!String::from_utf8(plain.body.canonical()).unwrap().contains("fixes"));
    let fix = Fix {
        at: Timestamp::from_seconds(1_800_000_000),
        by: "Ada".to_owned(),
        act: Act::Credit,
        cause: DayCause::PostedTwice,
        subject: "S1-100".to_owned(),
    };
    let (result, running) = (plain.body.result.clone(), RunningTotals::default());
    let fixed = Certificate::with_fixes(result, (Vec::new(), vec![fix]), &running, None);
    assert_ne!(fixed.hash, plain.hash);
    let text = serde_json::to_string(&fixed).unwrap();
    assert_eq!(serde_json::from_str::<Certificate>(&text).unwrap(), fixed);
    assert!(text.contains(r#""act":"credit","cause":"posted-twice""#), "{text}");
}
