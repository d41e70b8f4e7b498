//! A day's takings, until the bank has them.

use daybook_domain::settlement::BY_HAND;
use daybook_flows::settlement::{
    import, people,
    show::{self, Standing},
};
use daybook_sandbox::settlement::StripePayout;
use daybook_testkit::story::tell;

use super::*;

#[tokio::test]
async fn a_days_takings_arrive_at_the_bank_to_the_penny() {
    tell(|world| async move {
        let first = sell(&world, 0, 5_000, "8836000000000001");
        sell(&world, 0, 1_250, "8836000000000002");
        sell(&world, 1, 999, "8836000000000003");
        let returned = sell(&world, 0, 2_000, "8836000000000004");
        give_back(&world, returned, "8836000000000005");
        // Cash is nobody's to settle.
        let row = Row::of(&world.goods(1).product).gross(700);
        world.sell(Sale::at_register(world.till(0)).row(row).pay_rest(Tender::cash()));
        world.pass().await;
        let taken = cards(&world);
        let mut batch = Batch::new(7, after_days(2), &taken)
            .without("8836000000000003")
            .with_unknown("8836000000000099", 4_200)
            .with_chargeback(&taken[0])
            .with_fee(35)
            .with_transfer(-100);
        let parts = batch.pay_out(&[1_000]);
        let imported = import(&world, &batch).await;
        assert_eq!((imported.file.lines, imported.file.added), (10, 10));
        let report = run(&world).await;
        assert_eq!((report.collected.payments, report.payments.confirmed), (6, 4));
        assert_eq!(report.payments.suggested, 0);

        // The missing payment is open, and the balance says so of every day.
        let evening = balance_at(&world, 0).await;
        assert_eq!((evening.day.taken.pence(), evening.day.closing.pence()), (7_249, 7_249));
        let paid = balance_at(&world, 2).await;
        assert_eq!((paid.day.opening.pence(), paid.day.settled.pence()), (7_249, 6_250));
        assert_eq!((paid.day.closing.pence(), paid.day.open), (999, 1));
        let later = balance_at(&world, 9).await;
        assert_eq!((later.day.opening.pence(), later.day.closing.pence()), (999, 999));
        let open = show::open(&world.app, "adyen", day(9), 9).await.unwrap();
        assert_eq!(open.payments.len(), 1);
        assert_eq!(open.lines[0].line.references[0], "8836000000000099");

        // The bank has both parts of the payout, and rent.
        let book = |at, pence, words: &str| Booked { at, pence, words: words.to_owned() };
        let booked = [
            book(after_days(3), parts[0], &batch.words(0)),
            book(after_days(3), -90_000, "Rent"),
            book(after_days(4), parts[1], &batch.words(1)),
        ];
        statement(&world, &booked).await;
        assert_eq!(run(&world).await.bank.confirmed, 1);
        let whole = show::payout(&world.app, "adyen", "7").await.unwrap();
        let payout = &whole.payouts[0];
        assert_eq!((payout.standing, payout.difference.pence()), (Standing::Arrived, 0));
        assert_eq!(payout.stored.payout.amount.pence(), batch.net());
        assert_eq!(whole.bank.len(), 2);
        // A chargeback names its payment and is matched with none.
        let chargeback =
            whole.lines.iter().find(|view| view.stored.line.kind.word() == "chargeback");
        let chargeback = chargeback.unwrap();
        assert_eq!(chargeback.payments[0].money.order_id, first);
        assert_eq!(chargeback.state, None);
        world
    })
    .await;
}

#[tokio::test]
async fn the_same_file_twice_is_once_and_a_longer_one_brings_only_what_is_new() {
    tell(|world| async move {
        sell(&world, 0, 5_000, "8836000000000001");
        sell(&world, 0, 5_000, "8836000000000002");
        world.pass().await;
        let taken = cards(&world);
        let short = Batch::new(7, after_days(2), &taken[..1]);
        let long = Batch::new(7, after_days(2), &taken);
        assert!(!import(&world, &short).await.known);
        assert!(import(&world, &short).await.known);
        assert_eq!(import(&world, &long).await.file.added, 1);
        let whole = show::payout(&world.app, "adyen", "7").await.unwrap();
        assert_eq!(whole.payouts[0].stored.payout.amount.pence(), long.net());
        // As a workbook it is another file, and the same lines.
        let sheet = import::report(&world.app, "adyen", "r.xlsx", &long.xlsx(), "Ada").await;
        assert_eq!(sheet.unwrap().file.added, 0);
        assert_eq!(run(&world).await.payments.confirmed, 2);
        assert_eq!(run(&world).await, MatchReport::default());
        let nobody = import::report(&world.app, "paypal", "r.csv", b"x", "Ada").await;
        assert_eq!(code(nobody), "settlement-provider-unknown");
        let csv = long.csv();
        let wrong = import::report(&world.app, "stripe", "r.csv", csv.as_bytes(), "Ada");
        assert_eq!(code(wrong.await), "settlement-file-known");
        let csv = format!("{csv}\n");
        let wrong = import::report(&world.app, "stripe", "r.csv", csv.as_bytes(), "Ada");
        assert_eq!(code(wrong.await), "settlement-layout");
        world
    })
    .await;
}

#[tokio::test]
async fn stripes_payout_has_no_line_of_its_own_and_a_line_told_otherwise_is_refused() {
    tell(|world| async move {
        let row = Row::of(&world.goods(0).product).gross(4_000);
        let link =
            Tender::new("Pay by Link", "LINK", daybook_sandbox::sitoo::till::TenderKind::Other);
        let card = Tender { psp: Some("pi_1".into()), ..link };
        let sale = Sale::at_register(world.till(0)).row(row).pay_rest(card);
        world.sell(sale);
        world.pass().await;
        let mut taken = world.sandbox.sitoo.taken();
        taken.retain(|taken| taken.external_id == "LINK");
        let payout = StripePayout::new("po_1AbC", after_days(2), &taken).with_reserve(150);
        let csv = payout.csv();
        let done = import::report(&world.app, "stripe", "s.csv", csv.as_bytes(), "Ada").await;
        assert_eq!(done.unwrap().payouts, ["po_1AbC"]);
        statement(
            &world,
            &[Booked { at: after_days(3), pence: payout.net(), words: payout.words() }],
        )
        .await;
        let report = run(&world).await;
        assert_eq!((report.payments.confirmed, report.bank.confirmed), (1, 1));
        let other = csv.replace("39.55", "39.50").replace(",0.45,", ",0.50,");
        assert_ne!(other, csv);
        let other = import::report(&world.app, "stripe", "t.csv", other.as_bytes(), "Ada").await;
        assert_eq!(code(other), "settlement-line-changed");
        world
    })
    .await;
}

#[tokio::test]
async fn people_confirm_undo_and_pair_and_the_record_says_who() {
    tell(|world| async move {
        let lost = sell(&world, 0, 5_000, "8836000000000001");
        let shifted = sell(&world, 0, 3_000, "8836000000000002");
        world.pass().await;
        // The terminal's references never reached the till.
        let mut taken = cards(&world);
        taken[0].reference = "8836000000000091".to_owned();
        taken[1].reference = "8836000000000092".to_owned();
        taken[1].pence -= 100;
        import(&world, &Batch::new(7, after_days(2), &taken)).await;
        let report = run(&world).await;
        assert_eq!((report.payments.suggested, report.payments.confirmed), (1, 0));
        assert_eq!(balance_at(&world, 2).await.day.closing.pence(), 8_000, "only suggested");
        let number = matches_in(&world, MatchState::Suggested).await[0].number;
        let confirmed = people::confirm(&world.app, number, "Ada").await.unwrap();
        assert_eq!(confirmed.decided_by.as_deref(), Some("Ada"));
        assert_eq!(balance_at(&world, 2).await.day.closing.pence(), 3_000);
        assert_eq!(code(people::confirm(&world.app, number, "Ada").await), "match-not-open");

        people::undo(&world.app, number, "Bob", "another receipt").await.unwrap();
        assert_eq!(balance_at(&world, 2).await.day.closing.pence(), 8_000);
        assert_eq!(run(&world).await.payments.suggested, 0, "no rule makes it again");
        assert_eq!(code(people::undo(&world.app, number, "Bob", "again").await), "match-not-open");
        assert_eq!(code(people::undo(&world.app, number, "Bob", " ").await), "reason-missing");

        let pair = people::by_hand(&world.app, &[(shifted, 0)], &[2], "Ada").await.unwrap();
        assert_eq!((pair.difference.pence(), pair.rule.as_str()), (100, BY_HAND));
        let twice = people::by_hand(&world.app, &[(shifted, 0)], &[1], "Ada").await;
        assert_eq!(code(twice), "match-part-taken");
        people::by_hand(&world.app, &[(lost, 0)], &[1], "Ada").await.unwrap();
        assert_eq!(balance_at(&world, 2).await.day.open, 0);
        let acts =
            daybook_store::audit::of(&world.app.db, &format!("M-{number}"), 9).await.unwrap();
        let acts: Vec<&str> = acts.iter().map(|act| act.action.as_str()).collect();
        assert_eq!(acts, ["match-undo", "match-confirm"]);
        world
    })
    .await;
}
