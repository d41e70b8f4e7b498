//! The bank's statement: CAMT.053, or CSV as a high-street bank writes it.

use super::{day, pounds};

/// A line of the statement.
#[derive(Debug, Clone)]
pub struct Booked {
    /// Unix seconds.
    pub at: i64,
    /// What came in; negative for what went out.
    pub pence: i64,
    /// What it says.
    pub words: String,
}

/// The statement as CAMT.053, with an opening and a closing balance that fit.
pub fn camt053(lines: &[Booked]) -> String {
    let opening = 100_000;
    let closing = opening + lines.iter().map(|line| line.pence).sum::<i64>();
    let balance = |code: &str, pence: i64| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"GBP\">{}</Amt>\
             <CdtDbtInd>{}</CdtDbtInd></Bal>",
            pounds(pence.abs()),
            direction(pence)
        )
    };
    let entries: Vec<String> = lines.iter().enumerate().map(entry).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\">\n<BkToCstmrStmt>\n\
         <GrpHdr><MsgId>1</MsgId></GrpHdr>\n<Stmt><Id>1</Id>\
         <Acct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id></Acct>\n{}\n{}\n{}\n\
         </Stmt>\n</BkToCstmrStmt>\n</Document>\n",
        balance("OPBD", opening),
        balance("CLBD", closing),
        entries.join("\n")
    )
}

const fn direction(pence: i64) -> &'static str {
    if pence < 0 { "DBIT" } else { "CRDT" }
}

fn entry((at, line): (usize, &Booked)) -> String {
    format!(
        "<Ntry><Amt Ccy=\"GBP\">{}</Amt><CdtDbtInd>{}</CdtDbtInd><Sts>BOOK</Sts>\
         <BookgDt><Dt>{}</Dt></BookgDt><AcctSvcrRef>R{at}</AcctSvcrRef><NtryDtls><TxDtls>\
         <Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RmtInf><Ustrd>{}</Ustrd></RmtInf>\
         </TxDtls></NtryDtls></Ntry>",
        pounds(line.pence.abs()),
        direction(line.pence),
        day(line.at),
        line.words
    )
}

/// The statement as CSV in Windows-1252: British dates, thousands with a comma, two columns.
pub fn highstreet_csv(lines: &[Booked]) -> Vec<u8> {
    let mut text =
        b"\"Account\",\"20-00-00 12345678 (\xa3)\"\r\nDate,Description,Paid out,Paid in\r\n"
            .to_vec();
    for line in lines {
        let date = day(line.at);
        let parts: Vec<&str> = date.split('-').rev().collect();
        let amount = grouped(line.pence.abs());
        let (out, paid) =
            if line.pence < 0 { (amount, String::new()) } else { (String::new(), amount) };
        let row = format!("{},\"{}\",{out},{paid}\r\n", parts.join("/"), line.words);
        text.extend_from_slice(row.as_bytes());
    }
    text
}

/// `"1,234.56"`.
fn grouped(pence: i64) -> String {
    let plain = pounds(pence);
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, "00"));
    let mut text = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("\"{text}.{fraction}\"")
}
