//! Folders that `daybook serve` looks into, and what a person is told about payouts.

use std::{fs, path::Path, time::Duration};

use daybook_flows::settlement::{self, SettlementReport, inbox::Seen, people};
use daybook_store::{
    exception,
    settlement::{file, line},
};
use daybook_testkit::story::tell;
use tokio::sync::Mutex;

use super::*;

/// A world whose provider and bank leave their files in this folder.
fn with_folder(world: &mut World, folder: &Path) {
    fs::create_dir_all(folder.join("adyen")).unwrap();
    fs::create_dir_all(folder.join("bank")).unwrap();
    let settlement = &mut world.settings.settlement;
    settlement.providers.get_mut("adyen").unwrap().inbox = Some(folder.join("adyen"));
    settlement.statements = Some(folder.join("bank"));
    world.restart();
}

async fn pass(world: &World, seen: &Mutex<Seen>) -> SettlementReport {
    let mut report = SettlementReport::default();
    Box::pin(settlement::pass(&world.app, seen, &mut report)).await.unwrap();
    report
}

/// What is told about payouts: cause, subject, particulars, pence.
async fn told(world: &World) -> Vec<(&'static str, String, String, i64)> {
    let filter = exception::ExceptionFilter {
        scope: Some("settlement".to_owned()),
        ..exception::ExceptionFilter::default()
    };
    let rows = exception::list(&world.app.db, &filter, 99).await.unwrap();
    let of = |row: exception::ExceptionRow| {
        (row.cause.code(), row.subject, row.detail, row.money.pence())
    };
    rows.into_iter().map(of).collect()
}

async fn causes(world: &World) -> Vec<&'static str> {
    told(world).await.into_iter().map(|one| one.0).collect()
}

#[tokio::test]
async fn a_file_in_a_folder_is_imported_once_and_a_bad_one_stays_and_is_told() {
    tell(|mut world| async move {
        let folder = tempfile::tempdir().unwrap();
        with_folder(&mut world, folder.path());
        let (adyen, bank) = (folder.path().join("adyen"), folder.path().join("bank"));
        sell(&world, 0, 5_000, "8836000000000001");
        sell(&world, 0, 1_250, "8836000000000002");
        world.pass().await;
        let mut batch = Batch::new(7, after_days(2), &cards(&world));
        let paid = batch.pay_out(&[]);
        let csv = batch.csv();
        fs::write(adyen.join("batch_7.csv"), &csv).unwrap();
        fs::write(adyen.join("batch_8.csv.part"), "half").unwrap();
        fs::write(adyen.join("cut.csv"), &csv[..csv.len() / 2 - 7]).unwrap();
        let words = batch.words(0);
        let booked = [Booked { at: after_days(3), pence: paid[0], words }];
        fs::write(bank.join("statement.xml"), camt053(&booked)).unwrap();
        let seen = Mutex::new(Seen::default());
        let report = pass(&world, &seen).await;
        assert_eq!((report.imported, report.bad), (2, 1), "{report:?}");
        assert_eq!((report.matched.payments.confirmed, report.matched.bank.confirmed), (2, 1));
        let wrong = told(&world).await;
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        assert_eq!((wrong[0].0, wrong[0].1.as_str()), ("settlement-file", "adyen/cut.csv"));
        assert!(wrong[0].2.contains("cut.csv: line"), "{wrong:?}");
        // Again, and after a restart: the same files are nothing new, and nothing was half imported.
        assert_eq!(pass(&world, &seen).await.imported, 0);
        let again = pass(&world, &Mutex::new(Seen::default())).await;
        assert_eq!((again.imported, again.bad), (0, 1));
        assert_eq!(file::latest(&world.app.db, 9).await.unwrap().len(), 2);
        assert_eq!(line::of_payout(&world.app.db, "adyen", "7").await.unwrap().len(), 3);
        assert_eq!(fs::read_dir(&adyen).unwrap().count(), 3, "nothing is moved");
        // The whole file under the same name, and it closes by itself.
        fs::write(adyen.join("cut.csv"), &csv).unwrap();
        pass(&world, &seen).await;
        assert_eq!(causes(&world).await, [""; 0]);
        // A folder that is gone is told as well.
        fs::remove_dir_all(&adyen).unwrap();
        pass(&world, &seen).await;
        assert_eq!(causes(&world).await, ["settlement-file"]);
        fs::create_dir(&adyen).unwrap();
        pass(&world, &seen).await;
        assert_eq!(causes(&world).await, [""; 0]);
        world
    })
    .await;
}

#[tokio::test]
async fn what_does_not_arrive_is_told_with_its_pounds_and_closes_by_itself() {
    tell(|mut world| async move {
        let folder = tempfile::tempdir().unwrap();
        with_folder(&mut world, folder.path());
        let (adyen, bank) = (folder.path().join("adyen"), folder.path().join("bank"));
        let first = sell(&world, 0, 5_000, "8836000000000001");
        let lost = sell(&world, 0, 999, "8836000000000002");
        sell(&world, 0, 20_000, "8836000000000003");
        world.pass().await;
        let taken = cards(&world);
        let mut batch = Batch::new(7, after_days(2), &taken)
            .without("8836000000000002")
            .with_chargeback(&taken[0]);
        let paid = batch.pay_out(&[])[0];
        fs::write(adyen.join("7.csv"), batch.csv()).unwrap();
        let rent = Booked { at: after_days(1), pence: -90_000, words: "Rent".to_owned() };
        fs::write(bank.join("1.xml"), camt053(std::slice::from_ref(&rent))).unwrap();
        let seen = Mutex::new(Seen::default());
        pass(&world, &seen).await;
        assert_eq!(causes(&world).await, ["chargeback"], "the rest has time yet");
        world.clock.advance(Duration::from_hours(24 * 12));
        pass(&world, &seen).await;
        let mut wrong = told(&world).await;
        wrong.sort();
        let short: Vec<(&str, i64)> = wrong.iter().map(|one| (one.0, one.3)).collect();
        assert_eq!(
            short,
            [("chargeback", -6_500), ("payment-unsettled", 999), ("payout-not-at-bank", paid)]
        );
        assert!(wrong[0].2.contains(&format!("order {first} ")), "{wrong:?}");
        assert_eq!(wrong[1].1, "adyen GBP 2026-10");
        assert_eq!(wrong[2].1, "adyen 7 GBP");
        // The bank has it, the payment is written off, and a person has seen to the chargeback.
        let booked = [Booked { at: after_days(3), pence: paid, words: batch.words(0) }, rent];
        fs::write(bank.join("2.xml"), camt053(&booked)).unwrap();
        people::write_off(&world.app, &[(lost, 0)], "Ada", "never paid").await.unwrap();
        let filter = exception::ExceptionFilter::default();
        let open = exception::list(&world.app.db, &filter, 9).await.unwrap();
        let number = open.iter().find(|one| one.cause.code() == "chargeback").unwrap().number;
        let seen_to = daybook_flows::people::dismiss_exception;
        seen_to(&world.app, number, "Ada", "accepted").await.unwrap();
        pass(&world, &seen).await;
        assert_eq!(causes(&world).await, [""; 0]);
        assert_eq!(balance_at(&world, 20).await.day.open, 0);
        world
    })
    .await;
}

#[tokio::test]
async fn the_engine_looks_into_the_folders_by_itself() {
    tell(|mut world| async move {
        let folder = tempfile::tempdir().unwrap();
        with_folder(&mut world, folder.path());
        sell(&world, 0, 5_000, "8836000000000001");
        world.pass().await;
        let batch = Batch::new(7, after_days(2), &cards(&world));
        fs::write(folder.path().join("adyen/7.csv"), batch.csv()).unwrap();
        let stop = tokio_util::sync::CancellationToken::new();
        let running = tokio::spawn(daybook_flows::engine::run(
            std::sync::Arc::clone(&world.app),
            stop.clone(),
        ));
        while file::latest(&world.app.db, 9).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        stop.cancel();
        running.await.unwrap().unwrap();
        world.restart();
        run(&world).await;
        assert_eq!(balance_at(&world, 3).await.day.closing.pence(), 0);
        world
    })
    .await;
}
