//! Which system owns what here, and whether what brings it over is at work.

use daybook_flows::reconcile;

use super::mark;
use crate::Web;

/// Whether a flow is at work here.
fn at_work(enabled: bool, is_set_up: bool) -> String {
    match (enabled, is_set_up) {
        (true, true) => "at work",
        (true, false) => "not set up",
        (false, _) => "switched off here",
    }
    .to_owned()
}

pub(super) fn text(web: &Web) -> String {
    let (app, set) = (&web.app, &web.app.settings);
    let has = |export: &str| app.orderwise.has_export(export);
    let row = |what: &str, owner: &str, way: &str, work: String, page: &str| {
        [mark::text(what), owner.to_owned(), way.to_owned(), work, format!("[look]({page})")]
    };
    let sales = at_work(true, true);
    let stock = at_work(set.stock.enabled, has("stock-levels"));
    let catalogue = at_work(set.catalogue.enabled, has("variants"));
    let despatch = at_work(set.despatch.enabled, has("despatches"));
    let close = at_work(set.reconcile.enabled, reconcile::is_set_up(app));
    let money = at_work(set.settlement.enabled, !set.settlement.providers.is_empty());
    let (to_erp, to_tills) = ("Sitoo → OrderWise", "OrderWise → Sitoo");
    let rows = [
        row("Sales, returns, payments", "Sitoo", to_erp, sales.clone(), "/"),
        row("Z-reports", "Sitoo", "Sitoo → Daybook", close.clone(), "/books"),
        row("The shopper on a sale", "Sitoo", to_erp, sales, "/find"),
        row("Stock and buffers", "OrderWise", to_tills, stock, "/stock"),
        row("Products, barcodes, prices", "OrderWise", to_tills, catalogue, "/catalogue"),
        row("Despatches and tracking", "OrderWise", to_tills, despatch, "/despatch"),
        row("The ledger: tax and totals", "OrderWise", "compared", close, "/books"),
        row("Card money", "the provider and the bank", "compared", money, "/books/payouts"),
        row("Mappings", "Daybook", "kept here", "at work".to_owned(), "/mappings"),
        row(
            "Exceptions and day closes",
            "Daybook",
            "kept here",
            "at work".to_owned(),
            "/exceptions",
        ),
    ];
    let mut text = String::from(
        "Each record has one owner. Daybook never writes against the owner: what is wrong is put \
         right there, and comes over by itself.\n\n",
    );
    let head = ["Record", "Owner", "Way", "Here", "Page"];
    text.push_str(&mark::table(head, &rows));
    text.push_str(
        "“Switched off here” means that this service does not run it by itself; a command, or \
         another process on the same book, may. A flow that somebody has paused is on \
         [Health](/health).\n",
    );
    text
}
