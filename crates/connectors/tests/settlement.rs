//! Reports and statements: what is documented is read to the penny, what has changed is named.
#![allow(clippy::unwrap_used, reason = "tests may stop")]

use daybook_connectors::settlement::{
    Amounts, BankColumns, BankLayout, Columns, Layout, Placed, Style, adyen, read_report,
    read_statement, stripe,
};
use daybook_domain::settlement::{BankLine, LineKind, SettlementLine, payouts};

const ADYEN: &str = "\
Company Account,Merchant Account,Psp Reference,Merchant Reference,Payment Method,Creation Date,\
TimeZone,Type,Modification Reference,Gross Currency,Gross Debit (GC),Gross Credit (GC),\
Exchange Rate,Net Currency,Net Debit (NC),Net Credit (NC),Commission (NC),Markup (NC),\
Scheme Fees (NC),Interchange (NC),Payment Method Variant,Batch Number
Made,Shop,8836000000000001,R1,visa,2026-07-01 23:30:00,CEST,Settled,8836000000000011,GBP,,50.00,1,\
GBP,,49.4,,0.25,0.05,0.3,visaclassic,7
Made,Shop,8836000000000002,R2,mc,2026-07-02 10:00:00,CEST,Refunded,8836000000000012,GBP,10.00,,1,\
GBP,10.10,,0.1,,,,mc,7
Made,Shop,8836000000000003,R3,mc,2026-07-02 10:00:00,CEST,Chargeback,8836000000000013,GBP,20.00,,1,\
GBP,35,,15,,,,mc,7
Made,Shop,,,,2026-07-02 11:00:00,CEST,Fee,Transaction Fees July,,,,,GBP,2.00,,,,,,,7
Made,Shop,,,,2026-07-02 11:00:00,CEST,Balancetransfer,,,,,,GBP,,5.00,,,,,,7
Made,Shop,,,,2026-07-03 02:00:00,CEST,MerchantPayout,\"TX70007XT batch 7, Shop\",,,,,GBP,7.30,,,,,,,7
";

fn lines(placed: Vec<Placed<SettlementLine>>) -> Vec<SettlementLine> {
    placed.into_iter().map(|placed| placed.line).collect()
}

/// Kind, gross, fee and net in pence.
fn sums(lines: &[SettlementLine]) -> Vec<(LineKind, i64, i64, i64)> {
    let sums = lines.iter();
    sums.map(|l| (l.kind, l.gross.pence(), l.fee.pence(), l.net.pence())).collect()
}

#[test]
fn adyens_report_is_read_to_the_penny() {
    let read = read_report("adyen", ADYEN.as_bytes(), &adyen()).unwrap();
    assert_eq!((read[0].row, read[5].row), (2, 7));
    let lines = lines(read);
    let expected = [
        (LineKind::Payment, 5_000, 60, 4_940),
        (LineKind::Refund, -1_000, 10, -1_010),
        (LineKind::Chargeback, -2_000, 1_500, -3_500),
        (LineKind::Fee, 0, 200, -200),
        (LineKind::Reserve, 500, 0, 500),
        (LineKind::Payout, -730, 0, -730),
    ];
    assert_eq!(sums(&lines), expected);
    let first = &lines[0];
    assert_eq!(first.references, ["8836000000000001", "R1", "8836000000000011"]);
    assert_eq!(first.happened_at.unwrap().to_string(), "2026-07-01T21:30:00Z");
    assert_eq!((first.day.to_string(), first.account.as_str()), ("2026-07-01".to_owned(), "Shop"));
    // The payout's own line says when all of it was paid.
    assert!(lines.iter().all(|line| line.settled_on().to_string() == "2026-07-03"));
    let payout = &payouts(&lines)[0];
    assert_eq!((payout.amount.pence(), payout.difference().pence(), payout.lines), (730, 0, 5));
}

#[test]
fn more_columns_in_another_order_change_nothing() {
    let text = ADYEN.replace("Payment Method Variant,", "payment method variant,Reserved4,");
    let text = text.replace(",visaclassic,7", ",visaclassic,,7").replace(",mc,7", ",mc,,7");
    let text = text.replace(",,,,,,7", ",,,,,,,7");
    let marked = format!("\u{feff}\n{text}");
    let (one, other) = (read_report("adyen", marked.as_bytes(), &adyen()), ADYEN.as_bytes());
    let other = read_report("adyen", other, &adyen()).unwrap();
    assert_eq!(lines(one.unwrap()), lines(other));
}

const STRIPE: &str = "\
automatic_payout_id,automatic_payout_effective_at,balance_transaction_id,created_utc,currency,\
gross,fee,net,reporting_category,charge_id,payment_intent_id
po_1,2026-07-03 00:00:00,txn_1,2026-07-01 12:00:00,gbp,40.00,0.80,39.20,charge,ch_1,pi_1
po_1,2026-07-03 00:00:00,txn_2,2026-07-01 13:00:00,gbp,-5.00,0.00,-5.00,refund,ch_0,pi_0
po_1,2026-07-03 00:00:00,txn_3,2026-07-01 13:00:00,gbp,-1.50,0.00,-1.50,risk_reserved_funds,,
";

#[test]
fn stripes_report_is_read_to_the_penny() {
    let lines = lines(read_report("stripe", STRIPE.as_bytes(), &stripe()).unwrap());
    let expected = [
        (LineKind::Payment, 4_000, 80, 3_920),
        (LineKind::Refund, -500, 0, -500),
        (LineKind::Reserve, -150, 0, -150),
    ];
    assert_eq!(sums(&lines), expected);
    assert_eq!(lines[0].references, ["ch_1", "pi_1"]);
    assert_eq!((lines[0].currency.as_str(), lines[0].id.as_deref()), ("GBP", Some("txn_1")));
    assert_eq!(payouts(&lines)[0].amount.pence(), 3_270);
}

/// A report as a provider of Worldpay's kind may write it: signs by the kind, a decimal comma,
/// British dates, a title above and a total below, Windows-1252.
fn columns() -> Layout {
    let some = |text: &str| Some(text.to_owned());
    let kinds = [("sale", "payment"), ("return", "refund"), ("total", "ignore")];
    Layout {
        name: "columns of worldpay".to_owned(),
        columns: Columns {
            kind: some("Type"),
            gross: some("Amount"),
            fee: vec!["Charge".to_owned()],
            payout: some("Remittance"),
            payout_day: some("Remitted"),
            references: vec!["Reference".to_owned()],
            at: some("Date"),
            store: some("Outlet?"),
            ..Columns::default()
        },
        kinds: kinds.map(|(word, kind)| (word.to_owned(), kind.to_owned())).into(),
        currency: some("GBP"),
        style: Style {
            separator: ';',
            decimal: ',',
            thousands: Some('.'),
            dates: vec!["%d/%m/%Y".to_owned()],
            amounts: Amounts::ByKind,
            ..Style::default()
        },
    }
}

const MAPPED: &[u8] = b"Remittance advice \xa3\n\
Type;Amount;Charge;Remittance;Remitted;Reference;Date;Outlet\n\
Sale;1.200,50;12,05;R9;04/07/2026;A-1;01/07/2026;LEEDS-01\n\
Return;20,00;0,20;R9;04/07/2026;A-2;02/07/2026;LEEDS-01\n\
Total;1.180,50;;;;;;\n";

#[test]
fn any_other_report_is_read_by_its_columns() {
    let lines = lines(read_report("worldpay", MAPPED, &columns()).unwrap());
    let expected =
        [(LineKind::Payment, 120_050, 1_205, 118_845), (LineKind::Refund, -2_000, 20, -2_020)];
    assert_eq!(sums(&lines), expected);
    assert_eq!(lines[0].store.as_deref(), Some("LEEDS-01"));
    assert_eq!(
        (lines[1].day.to_string(), lines[1].settled_on().to_string()),
        ("2026-07-02".to_owned(), "2026-07-04".to_owned())
    );
}

#[test]
fn a_changed_layout_is_named_and_nothing_is_read() {
    let gone = ADYEN.replace("Batch Number", "Payout Batch").replace("Net Credit (NC)", "Net Cr");
    let cases = [
        ("a column is gone", read_report("adyen", gone.as_bytes(), &adyen())),
        ("another provider's", read_report("stripe", ADYEN.as_bytes(), &stripe())),
        ("an amount is none", {
            let text = ADYEN.replace(",50.00,", ",\"50,00\",").replace(",35,", ",35.005,");
            read_report("adyen", text.as_bytes(), &adyen())
        }),
        ("a kind that is new", {
            let text = ADYEN.replace(",Settled,", ",SettledLater,");
            read_report("adyen", text.as_bytes(), &adyen())
        }),
        ("sums that are none", {
            read_report("stripe", STRIPE.replace("39.20", "39.21").as_bytes(), &stripe())
        }),
        ("a refund that adds money", {
            read_report("stripe", STRIPE.replace("-5.00", "5.00").as_bytes(), &stripe())
        }),
        ("no date", {
            let text = STRIPE.replace("2026-07-01 12:00:00", "01.07.2026");
            read_report("stripe", text.as_bytes(), &stripe())
        }),
        ("nothing at all", read_report("stripe", b"\n\n", &stripe())),
        ("an old workbook", read_report("stripe", b"\xd0\xcf\x11\xe0rest", &stripe())),
        ("a broken workbook", read_report("stripe", b"PK\x03\x04rest", &stripe())),
    ];
    let told = cases.into_iter().map(|(what, result)| {
        let fault = result.unwrap_err();
        format!("{what}: {}\n{}\nhint: {}", fault.code, fault.what, fault.hint)
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n\n"));
}

const CAMT: &str = "<?xml version=\"1.0\"?>
<n:Document xmlns:n=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><n:BkToCstmrStmt><n:Stmt>
<n:Acct><n:Id><n:IBAN>GB33BUKB20201555555555</n:IBAN></n:Id></n:Acct>
<n:Bal><n:Tp><n:CdOrPrtry><n:Cd>OPBD</n:Cd></n:CdOrPrtry></n:Tp><n:Amt Ccy=\"GBP\">10.00</n:Amt>\
<n:CdtDbtInd>CRDT</n:CdtDbtInd></n:Bal>
<n:Bal><n:Tp><n:CdOrPrtry><n:Cd>CLBD</n:Cd></n:CdOrPrtry></n:Tp><n:Amt Ccy=\"GBP\">14.80</n:Amt>\
<n:CdtDbtInd>CRDT</n:CdtDbtInd></n:Bal>
<n:Ntry><n:Amt Ccy=\"GBP\">7.30</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd><n:Sts><n:Cd>BOOK</n:Cd></n:Sts>\
<n:BookgDt><n:Dt>2026-07-04</n:Dt></n:BookgDt><n:AcctSvcrRef>X1</n:AcctSvcrRef><n:NtryDtls><n:TxDtls>\
<n:Refs><n:EndToEndId>NOTPROVIDED</n:EndToEndId></n:Refs><n:RmtInf><n:Ustrd>TX70007XT batch 7, Shop\
</n:Ustrd></n:RmtInf></n:TxDtls></n:NtryDtls></n:Ntry>
<n:Ntry><n:Amt Ccy=\"GBP\">2.5</n:Amt><n:CdtDbtInd>DBIT</n:CdtDbtInd><n:Sts><n:Cd>BOOK</n:Cd></n:Sts>\
<n:BookgDt><n:DtTm>2026-07-04T10:00:00</n:DtTm></n:BookgDt></n:Ntry>
<n:Ntry><n:Amt Ccy=\"GBP\">99.00</n:Amt><n:CdtDbtInd>CRDT</n:CdtDbtInd><n:Sts><n:Cd>PDNG</n:Cd></n:Sts>\
</n:Ntry>
</n:Stmt></n:BkToCstmrStmt></n:Document>";

fn booked(read: Vec<Placed<BankLine>>) -> Vec<(String, i64, String)> {
    let lines = read.into_iter().map(|placed| placed.line);
    lines.map(|line| (line.day.to_string(), line.amount.pence(), line.words)).collect()
}

#[test]
fn a_camt_statement_is_read_whatever_its_version() {
    let read = read_statement(CAMT.as_bytes(), None).unwrap();
    assert_eq!((read[0].row, read[0].line.reference.as_str()), (6, "X1"));
    assert_eq!(read[0].line.account, "GB33BUKB20201555555555");
    let words = "TX70007XT batch 7, Shop".to_owned();
    let day = "2026-07-04".to_owned();
    assert_eq!(booked(read), [(day.clone(), 730, words), (day, -250, String::new())]);
    let wrong = CAMT.replace("14.80", "14.81");
    let fault = read_statement(wrong.as_bytes(), None).unwrap_err();
    assert!(fault.what.contains("opening 10.00 plus entries 4.80 is not closing 14.81"), "{fault}");
    let report = "<Document><BkToCstmrAcctRpt/></Document>";
    assert_eq!(read_statement(report.as_bytes(), None).unwrap_err().code, "settlement-layout");
    // Entities are an old way to make a parser read other files, or eat all memory.
    let entity = format!("<!DOCTYPE a [<!ENTITY x \"y\">]>{report}");
    assert_eq!(read_statement(entity.as_bytes(), None).unwrap_err().code, "file-kind");
}

#[test]
fn a_statement_as_csv_needs_its_columns() {
    let csv = b"Account,\"1234\"\nDate,Description,Paid out,Paid in\n\
        04/07/2026,TX70007XT batch 7,,\"1,207.30\"\n04/07/2026,Rent,500.00,\n";
    assert_eq!(read_statement(csv, None).unwrap_err().code, "bank-layout-missing");
    let some = |text: &str| Some(text.to_owned());
    let layout = BankLayout {
        name: "columns of highstreet".to_owned(),
        columns: BankColumns {
            day: some("Date"),
            debit: some("Paid out"),
            credit: some("Paid in"),
            words: vec!["Description".to_owned()],
            ..BankColumns::default()
        },
        currency: some("GBP"),
        account: some("1234"),
        style: Style {
            thousands: Some(','),
            dates: vec!["%d/%m/%Y".to_owned()],
            ..Style::default()
        },
    };
    let read = read_statement(csv, Some(&layout)).unwrap();
    assert_eq!(read[0].line.account, "1234");
    let day = "2026-07-04".to_owned();
    let words = "TX70007XT batch 7".to_owned();
    assert_eq!(booked(read), [(day.clone(), 120_730, words), (day, -50_000, "Rent".to_owned())]);
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
        let _ = read_report("adyen", &bytes, &adyen());
        let _ = read_statement(&bytes, None);
        let _ = read_report("adyen", &[b"PK\x03\x04", &bytes[..]].concat(), &adyen());
        let _ = read_statement(&[b"<Document>", &bytes[..]].concat(), None);
    }
}
