//! CAMT.053, the bank's statement of ISO 20022. Elements are found by their local names, so that
//! every version and every bank's prefix is read alike.

use daybook_domain::{Money, settlement::BankLine};
use roxmltree::{Document, Node};

use super::{Encoding, FileFault, Placed, Style, cells, text};

/// Whether the file is XML at all.
pub(super) fn looks_like_xml(content: &[u8]) -> bool {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    content.trim_ascii_start().starts_with(b"<")
}

/// Reads every booked entry of every statement.
pub(super) fn read(content: &[u8]) -> Result<Vec<Placed<BankLine>>, FileFault> {
    let text = text::decode(content, Encoding::Auto)?;
    let document = Document::parse(&text).map_err(|error| {
        let what = format!("the file is not readable as XML: {error}");
        FileFault::new("file-kind", what, "download the statement again")
    })?;
    let root = document.root_element();
    let statements: Vec<Node<'_, '_>> =
        root.descendants().filter(|node| is(*node, "Stmt")).collect();
    if statements.is_empty() {
        let what = format!(
            "this is not a CAMT.053 statement: line 1 has '{}' and no BkToCstmrStmt/Stmt",
            root.tag_name().name()
        );
        let hint = "ask the bank for statements (camt.053), not for reports or advices (camt.052, \
                    camt.054); nothing was imported";
        return Err(FileFault::new("settlement-layout", what, hint));
    }
    let (mut lines, mut faults) = (Vec::new(), Vec::new());
    for statement in statements {
        let before = lines.len();
        for entry in children(statement, "Ntry") {
            let row = row(&document, entry);
            match line(statement, entry) {
                Ok(Some(line)) => lines.push(Placed { row, line }),
                Ok(None) => {}
                Err(what) => faults.push(format!("line {row}, Ntry: {what}")),
            }
        }
        let sum: Money = lines[before..].iter().map(|placed| placed.line.amount).sum();
        // Balances say nothing once an entry could not be read.
        if let (true, Err(what)) = (faults.is_empty(), ties(statement, sum)) {
            faults.push(format!("line {}, Stmt: {what}", row(&document, statement)));
        }
    }
    super::columns::settled(lines, &faults)
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn children<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children().filter(move |child| is(*child, name))
}

/// The element at the end of a path.
fn at<'a, 'i: 'a>(node: Node<'a, 'i>, path: &[&'static str]) -> Option<Node<'a, 'i>> {
    path.iter().try_fold(node, |node, name| children(node, name).next())
}

fn text_at<'a, 'i: 'a>(node: Node<'a, 'i>, path: &[&'static str]) -> Option<&'a str> {
    at(node, path)?.text().map(str::trim).filter(|text| !text.is_empty())
}

fn row(document: &Document<'_>, node: Node<'_, '_>) -> usize {
    usize::try_from(document.text_pos_at(node.range().start).row).unwrap_or(usize::MAX)
}

/// An entry that is booked; none for one that is only expected.
fn line(statement: Node<'_, '_>, entry: Node<'_, '_>) -> Result<Option<BankLine>, String> {
    let status = text_at(entry, &["Sts", "Cd"]).or_else(|| text_at(entry, &["Sts"]));
    if status.is_some_and(|status| status != "BOOK") {
        return Ok(None);
    }
    let (amount, currency) = signed(entry)?;
    let date = ["BookgDt", "ValDt"]
        .into_iter()
        .find_map(|name| text_at(entry, &[name, "Dt"]).or_else(|| text_at(entry, &[name, "DtTm"])));
    let date = date.ok_or("it has no BookgDt")?;
    let when = cells::when(date, "", &Style::default())?.ok_or("it has no BookgDt")?;
    let account = text_at(statement, &["Acct", "Id", "IBAN"])
        .or_else(|| text_at(statement, &["Acct", "Id", "Othr", "Id"]));
    let reference =
        text_at(entry, &["AcctSvcrRef"]).or_else(|| text_at(entry, &["NtryRef"])).unwrap_or("");
    Ok(Some(BankLine {
        account: account.unwrap_or("").to_owned(),
        day: when.day,
        amount,
        currency,
        reference: reference.to_owned(),
        words: words(entry),
    }))
}

/// Amount and currency, with the sign that `CdtDbtInd` tells.
fn signed(node: Node<'_, '_>) -> Result<(Money, String), String> {
    let element = at(node, &["Amt"]).ok_or("it has no Amt")?;
    let currency = element.attribute("Ccy").unwrap_or("").to_owned();
    let amount = cells::amount(element.text().unwrap_or(""), &Style::default())?;
    let amount = amount.ok_or("its Amt is empty")?;
    match text_at(node, &["CdtDbtInd"]) {
        Some("CRDT") => Ok((amount, currency)),
        Some("DBIT") => Ok((-amount, currency)),
        _ => Err("its CdtDbtInd is neither CRDT nor DBIT".to_owned()),
    }
}

/// What the bank passes on: references and free text, each once.
fn words(entry: Node<'_, '_>) -> String {
    const TOLD: [&str; 6] = ["EndToEndId", "InstrId", "TxId", "Ustrd", "Ref", "AddtlNtryInf"];
    let mut words: Vec<&str> = Vec::new();
    for node in entry.descendants().filter(Node::is_element) {
        let text = node.text().map(str::trim).filter(|text| !text.is_empty());
        let told = TOLD.contains(&node.tag_name().name());
        let Some(text) = text.filter(|text| told && *text != "NOTPROVIDED") else { continue };
        if !words.contains(&text) {
            words.push(text);
        }
    }
    words.join(" ")
}

/// Opening balance plus entries is the closing balance, where the statement has both.
fn ties(statement: Node<'_, '_>, entries: Money) -> Result<(), String> {
    let balance = |code: &str| {
        let of = |balance: &Node<'_, '_>| {
            text_at(*balance, &["Tp", "CdOrPrtry", "Cd"]).is_some_and(|known| known == code)
        };
        children(statement, "Bal").find(of).and_then(|balance| signed(balance).ok())
    };
    let (Some((opening, _)), Some((closing, _))) = (balance("OPBD"), balance("CLBD")) else {
        return Ok(());
    };
    if opening + entries == closing {
        return Ok(());
    }
    Err(format!("opening {opening} plus entries {entries} is not closing {closing}"))
}
