//! The summary as a shop person reads it.

use std::fmt::Write as _;

use daybook_domain::Money;

use super::{
    close::DayLine,
    goods::Goods,
    money::CardMoney,
    proof::{Line, Proof},
    summary::{Group, Summary},
    troubles,
};
use crate::{printer, words};

const CURRENCY: &str = "GBP";

/// A column of the proof.
type Amount = fn(&Line) -> Money;

fn money(amount: Money) -> String {
    words::money(amount, CURRENCY)
}

fn number(number: impl TryInto<i64>) -> String {
    words::grouped(number.try_into().unwrap_or(i64::MAX))
}

/// All of it.
pub(super) fn text(summary: &Summary) -> String {
    let mut text = head(summary);
    if !summary.exceptions.is_empty() {
        let _ = write!(text, "\nWhat waits for a person\n\n{}\n", exceptions(&summary.exceptions));
    }
    if !summary.faults.is_empty() {
        let _ = write!(text, "\nWhat went wrong on the lines, and cost nothing\n\n");
        for (fault, count) in &summary.faults {
            let _ = writeln!(text, "{count:>5} x  {}", troubles::in_words(fault));
        }
    }
    let _ = write!(text, "\nBack to the tills\n\n{}", goods(&summary.goods));
    if !summary.days.is_empty() {
        let _ = write!(text, "\nThe day close\n\n{}\n", days(&summary.days));
        text.push_str(&by_hand(&summary.days));
    }
    let _ = write!(text, "\nThe proof\n\n{}\n\n{}", stores(&summary.proof), verdict(summary));
    text
}

/// One line: where the card money is.
fn cards(cards: &CardMoney) -> String {
    let CardMoney { taken, at_bank, fees, charged_back, on_its_way, open, unexplained } = cards;
    let payments = words::count(open.unsigned_abs(), "payment", "payments");
    let mut text = format!(
        "cards {} = bank {} + fees {} + charged back {} + on its way {} ({payments})",
        money(*taken),
        money(*at_bank),
        money(*fees),
        money(*charged_back),
        money(*on_its_way),
    );
    if unexplained.is_zero() {
        text.push_str(", to the penny");
    } else {
        let _ = write!(text, " + UNEXPLAINED {}", money(*unexplained));
    }
    text
}

/// Products, stock, parcels.
fn goods(goods: &Goods) -> String {
    let Goods { stock, parcels, published, hidden } = goods;
    let mut text = String::new();
    let mut row = |name: &str, what: String| {
        let _ = writeln!(text, "  {name:<14}{what}");
    };
    let off = words::count(hidden.unsigned_abs(), "was", "were");
    row("products", format!("{} at the tills, {off} taken off them", number(*published)));
    let mut levels = format!(
        "{} of {} levels are OrderWise's free stock, less what is on its way, less the buffer",
        number(stock.equal),
        number(stock.compared),
    );
    for (count, what) in [(stock.below, "below it"), (stock.above, "ABOVE IT")] {
        if count > 0 {
            let _ = write!(levels, ", {} {what}", number(count));
        }
    }
    row("stock", levels);
    let twice = format!("{} shown twice", parcels.doubled);
    row(
        "parcels",
        format!(
            "{} left OrderWise, {} shown on their orders, {twice}",
            parcels.sent, parcels.shown
        ),
    );
    text
}

/// A line a store: its certificate.
fn days(days: &[DayLine]) -> String {
    let rows = days.iter().map(|day| {
        let standing = day.standing.map_or_else(|| "not fresh".to_owned(), |one| one.to_string());
        let mut hash = day.certificate.clone().unwrap_or_default();
        hash.truncate(12);
        vec![
            day.store.clone(),
            number(day.receipts),
            money(day.tills),
            money(day.z_reports),
            money(day.orderwise),
            number(day.differences),
            standing,
            hash,
        ]
    });
    let head = [
        "store",
        "receipts",
        "tills",
        "Z-reports",
        "OrderWise",
        "differences",
        "standing",
        "certificate",
    ];
    printer::table(&head, &[1, 2, 3, 4, 5], rows.collect())
}

/// A line where OrderWise holds what no till has sold: the two tables below each other differ by it.
fn by_hand(days: &[DayLine]) -> String {
    let documents = days.iter().map(|day| day.by_hand.documents).sum();
    if documents == 0 {
        return String::new();
    }
    let gross = money(days.iter().map(|day| day.by_hand.gross).sum());
    let (many, them) = match documents {
        1 => ("belongs", "it"),
        _ => ("belong", "them"),
    };
    let documents = words::count(documents, "document", "documents");
    format!(
        "\nOrderWise's totals hold {documents} over {gross} that {many} to no receipt \
         (in-orderwise-only);\nthe proof goes by receipts and leaves {them} out of the stores' lines.\n"
    )
}

fn head(summary: &Summary) -> String {
    let Summary { retailer, day, tills, received, posted, confirmed, waiting, held, .. } = summary;
    let mut text = format!("{retailer}, {day}\n\n");
    let mut row = |name: &str, what: String| {
        let _ = writeln!(text, "  {name:<14}{what}");
    };
    let (sales, returns) = (number(tills.sales), number(tills.returns));
    row("at the tills", format!("{sales} sales and {returns} returns, {}", money(tills.gross)));
    row("written down", format!("{} orders", number(*received)));
    let read_back = number(*confirmed);
    row("in OrderWise", format!("{} documents, {read_back} of them read back", number(*posted)));
    let at_risk = money(summary.exceptions.iter().map(|group| group.money).sum());
    let entries = words::count(held.unsigned_abs(), "entry waits", "entries wait");
    row("exceptions", format!("{entries} for a person, {at_risk}"));
    if *waiting > 0 {
        let returns = words::count(waiting.unsigned_abs(), "return waits", "returns wait");
        let amount = money(summary.proof.total.waiting);
        row("waiting", format!("{returns} until the sale is posted, {amount}"));
    }
    let reasons: Vec<_> =
        summary.set_aside.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    let count: u64 = summary.set_aside.values().sum();
    row("set aside", format!("{count} are no sales: {}", reasons.join(", ")));
    if summary.on_its_way > 0 {
        row("on their way", number(summary.on_its_way));
    }
    if summary.tax.documents > 0 {
        let documents = number(summary.tax.documents);
        let difference = money(summary.tax.difference);
        let what = "OrderWise works it out by itself: pennies of rounding on";
        row("VAT", format!("{what} {documents} documents, {difference} in all"));
    }
    text
}

fn exceptions(groups: &[Group]) -> String {
    let rows = groups.iter().map(|group| {
        vec![
            group.title.to_owned(),
            group.subject.clone(),
            group.entries.to_string(),
            money(group.money),
            group.owner.to_string(),
            group.command.clone(),
        ]
    });
    printer::table(&["cause", "about", "count", "money", "owner", "fix"], &[2, 3], rows.collect())
}

/// A line a store; columns of nothing are left out, but for the one that has to be nothing.
fn stores(proof: &Proof) -> String {
    let lines: Vec<&Line> = proof.stores.iter().chain([&proof.total]).collect();
    let columns: [(&str, Amount); 7] = [
        ("tills", |line| line.till),
        ("OrderWise", |line| line.ledger),
        ("difference", |line| line.difference),
        ("exceptions", |line| line.exceptions),
        ("waiting", |line| line.waiting),
        ("other", |line| line.other),
        ("unexplained", |line| line.unexplained),
    ];
    let needed = |name: &str, of: Amount| {
        !matches!(name, "waiting" | "other") || lines.iter().any(|line| !of(line).is_zero())
    };
    let columns: Vec<_> = columns.into_iter().filter(|(name, of)| needed(name, *of)).collect();
    let head: Vec<&str> = ["store"].into_iter().chain(columns.iter().map(|one| one.0)).collect();
    let row = |line: &&Line| {
        let amounts = columns.iter().map(|(_, of)| money(of(line)));
        [line.store.clone()].into_iter().chain(amounts).collect()
    };
    let right: Vec<usize> = (1..head.len()).collect();
    printer::table(&head, &right, lines.iter().map(row).collect())
}

/// The sentence that counts, and what is wrong if it does not hold.
fn verdict(summary: &Summary) -> String {
    let proof = &summary.proof;
    let total = &proof.total;
    let mut text = equation(total);
    if let Some(known) = &summary.cards {
        let _ = write!(text, "\n{}", cards(known));
    }
    let _ = write!(
        text,
        "\nposted twice: {}   lost: {}   altered: {}   made up: {}   breaks in the record: {}\n",
        proof.doubles.len(),
        proof.lost.len(),
        proof.altered.len(),
        proof.made_up.len(),
        proof.record_breaks,
    );
    if proof.holds {
        text.push_str("\nThe proof holds.\n");
        return text;
    }
    text.push_str("\nTHE PROOF FAILS.\n");
    for (what, which) in [
        ("posted twice", proof.doubles.clone()),
        ("lost", proof.lost.iter().map(ToString::to_string).collect()),
        ("altered", proof.altered.clone()),
        ("made up", proof.made_up.clone()),
    ] {
        if !which.is_empty() {
            let _ = writeln!(text, "{what}: {}", which.join(", "));
        }
    }
    if !summary.quiet {
        text.push_str("Entries were still on their way; give the day more --seconds.\n");
    }
    text
}

/// Till total = ledger total + what the book names.
fn equation(total: &Line) -> String {
    let named = [
        (total.exceptions, "exceptions"),
        (total.waiting, "waiting returns"),
        (total.other, "others not in the ledger"),
        (total.unexplained, "UNEXPLAINED"),
    ];
    let mut text = format!("tills {} = OrderWise {}", money(total.till), money(total.ledger));
    for (amount, what) in named.iter().filter(|(amount, _)| !amount.is_zero()) {
        let sign = if amount.is_negative() { '-' } else { '+' };
        let _ = write!(text, " {sign} {what} {}", money(amount.abs()));
    }
    text.push_str(if total.unexplained.is_zero() { ", to the penny" } else { "" });
    text
}
