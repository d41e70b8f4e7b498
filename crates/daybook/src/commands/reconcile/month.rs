//! `daybook reconcile --month M`: the month-end pack.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use daybook_domain::month::{Month, pack::Pack, table::Cell};
use daybook_flows::reconcile::month;
use daybook_web::export::{self, ExportError};

use super::Ended;
use crate::{config::Need, context::Context, failure::Failure, printer, words};

/// Which month, and what is written of it.
#[derive(Debug, Args)]
pub(super) struct MonthArgs {
    /// The month-end pack of a month. Reads the book alone.
    #[arg(long, value_name = "YYYY-MM", conflicts_with = "day")]
    month: Option<Month>,
    /// Write the pack as a workbook.
    #[arg(long, value_name = "FILE", requires = "month")]
    xlsx: Option<PathBuf>,
    /// Write the pack as a page to read and print.
    #[arg(long, value_name = "FILE", requires = "month")]
    html: Option<PathBuf>,
    /// Write every table as a CSV file into this folder.
    #[arg(long, value_name = "DIR", requires = "month")]
    csv: Option<PathBuf>,
}

impl MonthArgs {
    /// Whether a month was named.
    pub(super) const fn is_asked(&self) -> bool {
        self.month.is_some()
    }
}

pub(super) async fn run(context: &Context, args: &MonthArgs) -> Result<Ended, Failure> {
    let Some(month) = args.month else { return Ok(Ended::Done) };
    context.existing_book().await?.close().await;
    let app = context.app(Need::Book).await?;
    let facts = month::facts(&app, month).await;
    app.db.close().await;
    let pack = daybook_domain::month::pack::pack(&facts?);
    let (zone, currency) = (context.zone(), context.currency());
    if let Some(path) = &args.xlsx {
        let bytes = export::xlsx::bytes(&pack.tables, &zone).map_err(fault)?;
        fs::write(path, bytes).map_err(|error| Failure::file(path, &error))?;
    }
    if let Some(path) = &args.html {
        let page = export::pack::page(&pack, &zone, currency);
        fs::write(path, page).map_err(|error| Failure::file(path, &error))?;
    }
    if let Some(folder) = &args.csv {
        write_csv(&pack, folder)?;
    }
    context.printer.result(&pack, |pack| people(context, pack))?;
    Ok(if pack.ties { Ended::Done } else { Ended::Failed })
}

/// Writes a file a table: `MONTH-TABLE.csv`.
fn write_csv(pack: &Pack, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    for table in &pack.tables {
        let path = folder.join(format!("{}-{}.csv", pack.month, table.name));
        let bytes = export::csv::bytes(table).map_err(fault)?;
        fs::write(&path, bytes).map_err(|error| Failure::file(&path, &error))?;
    }
    Ok(())
}

fn fault(error: ExportError) -> Failure {
    Failure::new(error.format, error.what, "please report it")
}

fn people(context: &Context, pack: &Pack) -> String {
    let mut text = format!("{}: {}", pack.month, pack.state);
    let shown = ["summary", "vat", "tenders"];
    for table in shown.iter().filter_map(|name| pack.table(name)) {
        let fits = |key: &str| !key.ends_with("_net") && !key.ends_with("_tax");
        let columns: Vec<usize> =
            (0..table.columns.len()).filter(|at| fits(table.columns[*at].key)).collect();
        let head: Vec<&str> = columns.iter().map(|at| table.columns[*at].title).collect();
        let texts = |row: &Vec<Cell>| columns.iter().map(|at| cell(context, &row[*at])).collect();
        let right: Vec<usize> =
            (0..columns.len()).filter(|at| table.columns[columns[*at]].summed).collect();
        let rows: Vec<Vec<String>> = table.rows.iter().map(texts).collect();
        text.extend(["\n\n", table.title, "\n"]);
        text.push_str(&printer::table(&head, &right, rows));
    }
    let wrong = pack.checks.iter().filter(|check| !check.equal).count();
    let all = words::count(pack.checks.len() as u64, "check", "checks");
    if wrong == 0 {
        text.extend(["\n\nthe control sheet ties: ", &all, ", all equal"]);
    } else {
        let wrong = wrong.to_string();
        text.extend([
            "\n\nTHE CONTROL SHEET DOES NOT TIE: ",
            &wrong,
            " of ",
            &all,
            " are not equal",
        ]);
    }
    for check in pack.checks.iter().filter(|check| !check.equal) {
        text.extend(["\n  ", check.name.as_str()]);
    }
    text
}

fn cell(context: &Context, cell: &Cell) -> String {
    match cell {
        Cell::Money(amount) => words::money(*amount, context.currency()),
        other => export::text(other, &context.zone()),
    }
}
