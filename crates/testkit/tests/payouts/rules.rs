//! Rules are data: a dry run shows what a change would do to all history.

use daybook_domain::settlement::{By, Rule, built_in};
use daybook_flows::settlement::{import, pass, people, rules, show};
use daybook_testkit::story::tell;

use super::*;

#[tokio::test]
async fn a_dry_run_shows_what_a_change_matches_and_unmatches_and_writes_nothing() {
    tell(|world| async move {
        sell(&world, 0, 5_000, "8836000000000001");
        sell(&world, 0, 3_000, "8836000000000002");
        sell(&world, 0, 1_000, "8836000000000003");
        world.pass().await;
        let mut taken = cards(&world);
        taken[1].reference = "8836000000000092".to_owned();
        taken[2].reference = "8836000000000093".to_owned();
        taken[2].pence -= 1;
        import(&world, &Batch::new(7, after_days(2), &taken)).await;
        let report = run(&world).await;
        assert_eq!((report.payments.confirmed, report.payments.suggested), (1, 1));

        let rule = |name: &str| built_in().into_iter().find(|rule| rule.name == name).unwrap();
        let off = Rule { enabled: false, ..rule("reference") };
        let penny = Rule { tolerance: 1, confirms: true, ..rule("amount") };
        let plan = pass::plan(&world.app, Some(&[off, penny.clone()])).await.unwrap();
        let payments = &plan.payments;
        assert_eq!((payments.matched.len(), payments.unmatched.len()), (1, 0));
        assert_eq!(payments.matched[0].difference.pence(), 1);
        // One is matched by another rule now, and one would be confirmed.
        assert_eq!((payments.changed.len(), payments.same), (2, 0));
        let none = Rule { enabled: false, ..rule("amount") };
        let plan = pass::plan(&world.app, Some(&[none])).await.unwrap();
        assert_eq!((plan.payments.unmatched.len(), plan.payments.same), (1, 1));
        assert_eq!(matches_in(&world, MatchState::Confirmed).await.len(), 1);
        assert_eq!(matches_in(&world, MatchState::Suggested).await.len(), 1);

        // What is written is what was shown.
        rules::set(&world.app, &[penny], "Ada").await.unwrap();
        let report = Box::pin(pass::run(&world.app, Reach::AllHistory)).await.unwrap();
        assert_eq!((report.payments.confirmed, report.payments.undone), (2, 1));
        assert_eq!(balance_at(&world, 2).await.day.open, 0);
        let plan = pass::plan(&world.app, None).await.unwrap();
        assert_eq!((plan.payments.same, plan.payments.matched.len()), (3, 0));
        world
    })
    .await;
}

#[tokio::test]
async fn a_surer_rule_takes_the_place_of_a_suggestion_and_people_stand_above_rules() {
    tell(|world| async move {
        sell(&world, 0, 5_000, "8836000000000001");
        sell(&world, 0, 5_000, "8836000000000002");
        world.pass().await;
        // A line without its reference is thought to be one of them …
        let mut taken = cards(&world);
        taken[0].reference = "8836000000000091".to_owned();
        import(&world, &Batch::new(7, after_days(2), &taken[..1])).await;
        assert_eq!(run(&world).await.payments.suggested, 1);
        let suggested = matches_in(&world, MatchState::Suggested).await[0].clone();
        // … until the other file says of which it certainly is not.
        let known = suggested.parts.left[0].clone();
        let at =
            cards(&world).iter().position(|one| format!("{}:0", one.orderid) == known).unwrap();
        let sure = Batch::new(8, after_days(2), &cards(&world)[at..=at]);
        import(&world, &sure).await;
        let report = run(&world).await.payments;
        assert_eq!((report.confirmed, report.suggested, report.undone), (1, 1, 1));
        let number = matches_in(&world, MatchState::Suggested).await[0].number;
        people::confirm(&world.app, number, "Ada").await.unwrap();
        for rule in built_in().into_iter().filter(|rule| rule.by == By::Amount) {
            rules::set(&world.app, &[Rule { enabled: false, ..rule }], "Ada").await.unwrap();
        }
        let plan = pass::plan(&world.app, None).await.unwrap();
        assert_eq!((plan.payments.same, plan.payments.unmatched.len()), (1, 0));
        world
    })
    .await;
}

#[tokio::test]
async fn nothing_is_matched_across_currencies_and_it_is_said() {
    tell(|world| async move {
        let sold = sell(&world, 0, 5_000, "8836000000000001");
        sell(&world, 0, 3_000, "8836000000000002");
        world.pass().await;
        // The provider's report names another currency for one of them, and its very reference.
        let csv = Batch::new(7, after_days(2), &cards(&world)).csv();
        let euros: Vec<String> = csv
            .lines()
            .map(|line| {
                let its = line.contains("8836000000000001");
                if its { line.replace("GBP", "EUR") } else { line.to_owned() }
            })
            .collect();
        let csv = euros.join("\n") + "\n";
        import::report(&world.app, "adyen", "report.csv", csv.as_bytes(), "Ada").await.unwrap();
        let report = run(&world).await;
        assert_eq!((report.payments.confirmed, report.other_currency), (1, 1));
        let open = show::open(&world.app, "adyen", day(2), 10).await.unwrap();
        let (payment, line) = (&open.payments[0], &open.lines[0]);
        assert_eq!((payment.money.order_id, line.line.currency.as_str()), (sold, "EUR"));
        // Nor by hand: 50 pounds are not 50 euros.
        let key = (sold, payment.money.index);
        let by_hand = people::by_hand(&world.app, &[key], &[line.number], "Ada").await;
        assert_eq!(code(by_hand), "match-two-currencies");
        assert_eq!(matches_in(&world, MatchState::Confirmed).await.len(), 1);
        assert_eq!(
            matches_in(&world, MatchState::Confirmed).await[0].currency.as_deref(),
            Some("GBP")
        );
        world
    })
    .await;
}
