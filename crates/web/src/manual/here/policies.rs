//! The retailer's choices, in words.

use daybook_domain::{
    lookup::{NoRegister, OpenPaid, PostOrHold, TaxPolicy},
    month::period::LatePolicy,
    reconcile::policy::{PeriodDate, Strangers},
};
use daybook_flows::settings::{Shoppers, UnknownInOrderwise};

use super::mark;
use crate::Web;

pub(super) fn text(web: &Web) -> String {
    let (policy, set) = (&web.app.policy, &web.app.settings);
    let row = |what: &str, is: &str, key: &str| [what.to_owned(), is.to_owned(), mark::code(key)];
    let reason = if policy.restock_unmapped_reasons {
        "goes back into the store's stock"
    } else {
        "waits for a person"
    };
    let cancel =
        if set.despatch.cancel_orders { "is cancelled in Sitoo too" } else { "waits for a person" };
    let close = if set.despatch.close_orders { "Daybook closes it" } else { "a person is told" };
    let rows = [
        row("VAT", tax(policy.tax), "policy.tax"),
        row("A return without its sale", hold(policy.blind_returns), "policy.blind-returns"),
        row(
            "A return whose sale is unknown",
            hold(policy.unknown_original),
            "policy.unknown-original",
        ),
        row("A return for a reason that is not mapped", reason, "policy.restock-unmapped-reasons"),
        row("An order that no till made", no_register(policy.no_register), "policy.no-register"),
        row(
            "An order that is paid and still open",
            open(policy.open_paid_orders),
            "policy.open-paid-orders",
        ),
        row("Shoppers", shoppers(set.posting.shoppers), "posting.shoppers"),
        row(
            "Stock that OrderWise does not know",
            unknown(set.stock.unknown_in_orderwise),
            "stock.unknown-in-orderwise",
        ),
        row("An order that is delivered and left open in Sitoo", close, "despatch.close-orders"),
        row(
            "An order cancelled in OrderWise before anything left",
            cancel,
            "despatch.cancel-orders",
        ),
        row(
            "The date that counts for the day close",
            date(set.reconcile.period_date),
            "reconcile.period-date",
        ),
        row(
            "Documents in OrderWise without a receipt",
            strangers(set.reconcile.strangers),
            "reconcile.strangers",
        ),
        row("What arrives for a closed month", late(set.reconcile.late), "reconcile.late"),
    ];
    let table = mark::table(["About", "It is so here", "Setting"], &rows);
    let currencies = mark::text(&policy.currencies.join(", "));
    format!(
        "What this retailer has chosen. IT changes a choice in the settings; it counts from the \
         next start and only for what comes then.\n\n{table}\nCurrencies: {currencies}.\n"
    )
}

const fn tax(policy: TaxPolicy) -> &'static str {
    match policy {
        TaxPolicy::ErpCalculates => {
            "OrderWise works it out; pennies that differ are shown and compared"
        }
        TaxPolicy::PinTillTax => "the till's net and tax are sent, with a line for the odd penny",
    }
}

const fn hold(choice: PostOrHold) -> &'static str {
    match choice {
        PostOrHold::Post => "is posted as a credit",
        PostOrHold::Hold => "waits for a person",
    }
}

const fn no_register(choice: NoRegister) -> &'static str {
    match choice {
        NoRegister::PostUntagged => "is posted, unless a web shop marked it as its own",
        NoRegister::Post => "is posted",
        NoRegister::SetAside => "is set aside",
    }
}

const fn open(choice: OpenPaid) -> &'static str {
    match choice {
        OpenPaid::Post => "is posted at once: the money is in the till",
        OpenPaid::SetAside => "is set aside until it closes",
    }
}

const fn shoppers(choice: Shoppers) -> &'static str {
    match choice {
        Shoppers::StoreAccount => "every sale stands on its store's account",
        Shoppers::FindOrCreate => "a shopper who is known becomes a customer of OrderWise",
    }
}

const fn unknown(choice: UnknownInOrderwise) -> &'static str {
    match choice {
        UnknownInOrderwise::Leave => "is left and listed",
        UnknownInOrderwise::Zero => "is brought to zero and listed",
    }
}

const fn date(choice: PeriodDate) -> &'static str {
    match choice {
        PeriodDate::Till => "when it was sold",
        PeriodDate::Posting => "when OrderWise took it",
        PeriodDate::ZReport => "the day of the Z-report that counts it",
    }
}

const fn strangers(choice: Strangers) -> &'static str {
    match choice {
        Strangers::Report => "are a difference: somebody made them by hand",
        Strangers::OnlyOurReferences => "are left out: other channels use the same account",
    }
}

const fn late(choice: LatePolicy) -> &'static str {
    match choice {
        LatePolicy::NextPeriod => "counts in the next month that is closed",
        LatePolicy::Reopen => "the month has to be opened again, by two persons",
    }
}
