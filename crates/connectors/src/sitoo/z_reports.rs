//! Z-reports and the registers that make them (facts/sitoo 5.2, 5.3).

use daybook_domain::{
    Money, Timestamp, VatRate,
    class::Failure,
    exchange::Called,
    reconcile::witness::{
        ZCash, ZDiscount, ZGrandTotals, ZPayment, ZPractice, ZReport, ZSide, ZVatGroup,
    },
};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    call::{Answer, Keep, read_json},
    mask::{cut, mask_body},
    number::Num,
    text::Text,
};

use super::{
    Sitoo, StrayOrder,
    client::one,
    stock::encoded,
    translate::{drift, need, positive, within},
    wire::read,
};

/// The most reports in one answer.
pub const Z_REPORTS_A_PAGE: usize = 500;
/// Characters that are shown of a report that does not say which it is.
const SHOWN: usize = 600;
/// The last second that is believed to be a date: the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

/// Which Z-reports to ask for. They come in the order in which they reached Sitoo.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ZReportsQuery {
    /// Those that reached Sitoo in this second or later.
    pub added_from: Option<Timestamp>,
    /// Those that reached Sitoo in this second or earlier.
    pub added_to: Option<Timestamp>,
    /// Only of this register.
    pub register_id: Option<String>,
}

/// A page of Z-reports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ZReportsPage {
    /// Elements that the answer had.
    pub elements: usize,
    /// Those that say which report they are, in the order in which they came.
    pub reports: Vec<ReceivedZReport>,
    /// The others.
    pub strays: Vec<StrayOrder>,
}

/// One element of a page. An element that cannot be read does not spoil its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedZReport {
    /// `registerid`.
    pub register_id: String,
    /// `zreportid`, which counts per register.
    pub number: i64,
    /// `dateadded`, else `datecreated`, where either can be read.
    pub added_at: Option<Timestamp>,
    /// The element's exact text as it came.
    pub payload: String,
    /// The report in our words, or where it does not fit the contract ([`Failure::Drift`]).
    pub report: Result<ZReport, Failure>,
}

/// A cash register (facts/sitoo 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CashRegister {
    /// `registerid`.
    pub id: String,
    /// `registerkey`: a receipt's id is this and the receipt's number.
    pub key: Option<String>,
    /// `warehouseid`, by which it belongs to a store.
    pub warehouse_id: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireKey<'a> {
    #[serde(borrow)]
    registerid: Text<'a>,
    zreportid: Num<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireTimes {
    dateadded: Num<i64>,
    datecreated: Num<i64>,
}

/// The fields that are compared; all others stay in the payload.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireReport<'a> {
    #[serde(borrow)]
    registerid: Text<'a>,
    zreportid: Num<i64>,
    registerkey: Text<'a>,
    datecreated: Num<i64>,
    dateopened: Num<i64>,
    dateadded: Num<i64>,
    store_id: Text<'a>,
    store_name: Text<'a>,
    currencycode: Text<'a>,
    moneysalestotal: Num<Money>,
    moneysalestotalnet: Num<Money>,
    numsales: Num<i64>,
    numsalesitems: Num<i64>,
    vatgroupssales: Option<Vec<WireVatGroup>>,
    moneysalesnotdeliveredtotal: Num<Money>,
    moneysalesnotdeliveredtotalnet: Num<Money>,
    numsalesnotdelivered: Num<i64>,
    numsalesnotdelivereditems: Num<i64>,
    vatgroupssalesnotdelivered: Option<Vec<WireVatGroup>>,
    moneyrefundtotal: Num<Money>,
    moneyrefundtotalnet: Num<Money>,
    numrefund: Num<i64>,
    numrefunditems: Num<i64>,
    vatgroupsrefund: Option<Vec<WireVatGroup>>,
    moneyroundoff: Num<Money>,
    paymentssales: Option<Vec<WirePayment<'a>>>,
    paymentsrefund: Option<Vec<WirePayment<'a>>>,
    discountssales: Option<Vec<WireDiscount<'a>>>,
    discountssalesnotdelivered: Option<Vec<WireDiscount<'a>>>,
    discountsrefund: Option<Vec<WireDiscount<'a>>>,
    moneycash_in: Num<Money>,
    moneycash_salesrefunds: Num<Money>,
    moneycash_petty: Num<Money>,
    moneycash_bank: Num<Money>,
    moneycash_expected: Num<Money>,
    moneycash_counted: Num<Money>,
    moneycash_diff: Num<Money>,
    moneycash_bankfinal: Num<Money>,
    moneycash_out: Num<Money>,
    numreceipts: Num<i64>,
    numpractice: Num<i64>,
    moneypractice: Num<Money>,
    moneygrandtotalsales: Num<Money>,
    moneygrandtotalrefund: Num<Money>,
    moneygrandtotalnet: Num<Money>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireVatGroup {
    vatvalue: Num<VatRate>,
    moneytotal: Num<Money>,
    moneytotalnet: Num<Money>,
    moneytotalvat: Num<Money>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WirePayment<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    moneytotal: Num<Money>,
    moneycaptured: Num<Money>,
    moneyinadvance: Num<Money>,
    moneyreserved: Num<Money>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireDiscount<'a> {
    #[serde(borrow)]
    vouchercode: Text<'a>,
    moneytotal: Num<Money>,
    moneytotalnet: Num<Money>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WireRegister<'a> {
    #[serde(borrow)]
    registerid: Text<'a>,
    registerkey: Text<'a>,
    warehouseid: Num<i64>,
}

impl Sitoo {
    /// The first [`Z_REPORTS_A_PAGE`] Z-reports that fit the question.
    pub async fn z_reports(&self, query: &ZReportsQuery) -> Called<ZReportsPage> {
        let second = |moment: &Timestamp| moment.micros().div_euclid(1_000_000);
        let mut path = format!("pos-z-reports?eshopid={}", self.site);
        for (name, moment) in
            [("dateaddedfrom", &query.added_from), ("dateaddedto", &query.added_to)]
        {
            if let Some(moment) = moment {
                path.extend([format!("&{name}={}", second(moment))]);
            }
        }
        if let Some(register) = &query.register_id {
            path.extend([format!("&registerid={}", encoded(register))]);
        }
        one(self.get("z-reports", &path, Keep::Failures, read_page).await)
    }

    /// All registers of a site, also those that are not in use any more.
    pub async fn cash_registers(&self, site: i64) -> Called<Vec<CashRegister>> {
        let path = format!("sites/{site}/cashregisters.json?includenotregistered=true");
        self.list("cash-registers", &path, register).await
    }
}

fn register(json: &str) -> Result<CashRegister, Failure> {
    let wire: WireRegister<'_> = read(json)?;
    Ok(CashRegister {
        id: need(wire.registerid.some(), "registerid")?,
        key: wire.registerkey.some(),
        warehouse_id: wire.warehouseid.0,
    })
}

fn read_page(answer: &Answer<'_>) -> Result<ZReportsPage, Failure> {
    let elements: Vec<&RawValue> = read_json(answer)?;
    let mut page = ZReportsPage { elements: elements.len(), ..ZReportsPage::default() };
    for (place, raw) in elements.iter().enumerate() {
        let payload = raw.get();
        match received(payload) {
            Ok(received) => page.reports.push(received),
            Err(fault) => page.strays.push(StrayOrder {
                payload: payload.to_owned(),
                masked: cut(&mask_body(payload), SHOWN),
                fault: at(place)(fault),
            }),
        }
    }
    Ok(page)
}

/// Where in a bare array a fault is.
fn at(place: usize) -> impl Fn(Failure) -> Failure {
    within("", place)
}

fn received(payload: &str) -> Result<ReceivedZReport, Failure> {
    let key: WireKey<'_> = read(payload)?;
    let register_id = need(key.registerid.some(), "registerid")?;
    let number = positive(need(key.zreportid.0, "zreportid")?, "zreportid")?;
    let times = read::<WireTimes>(payload).unwrap_or_default();
    let added_at = times.dateadded.0.or(times.datecreated.0);
    Ok(ReceivedZReport {
        register_id,
        number,
        added_at: added_at.and_then(|seconds| moment(seconds, "dateadded").ok()),
        payload: payload.to_owned(),
        report: parse_z_report(payload),
    })
}

/// Reads one Z-report as Sitoo writes it.
pub fn parse_z_report(payload: &str) -> Result<ZReport, Failure> {
    let wire: WireReport<'_> = read(payload)?;
    let closed_at = moment(need(wire.datecreated.0, "datecreated")?, "datecreated")?;
    let optional = |seconds: Num<i64>, path: &str| {
        seconds.0.filter(|seconds| *seconds != 0).map(|seconds| moment(seconds, path)).transpose()
    };
    let grand_totals = match (
        wire.moneygrandtotalsales.0,
        wire.moneygrandtotalrefund.0,
        wire.moneygrandtotalnet.0,
    ) {
        (Some(sales), Some(refunds), Some(net)) => Some(ZGrandTotals { sales, refunds, net }),
        _ => None,
    };
    Ok(ZReport {
        register_id: need(wire.registerid.some(), "registerid")?,
        number: positive(need(wire.zreportid.0, "zreportid")?, "zreportid")?,
        register_key: wire.registerkey.some(),
        store_external_id: wire.store_id.some(),
        store_name: wire.store_name.some(),
        opened_at: optional(wire.dateopened, "dateopened")?,
        closed_at,
        added_at: optional(wire.dateadded, "dateadded")?.unwrap_or(closed_at),
        currency: wire.currencycode.owned(),
        sales: sales(&wire)?,
        not_delivered: not_delivered(&wire)?,
        refunds: upright(refunds(&wire)?),
        round_off: wire.moneyroundoff.0.unwrap_or_default(),
        receipts: wire.numreceipts.0,
        practice: ZPractice {
            count: wire.numpractice.0.unwrap_or_default(),
            gross: wire.moneypractice.0.unwrap_or_default(),
        },
        cash: cash(&wire),
        grand_totals,
    })
}

fn moment(seconds: i64, path: &str) -> Result<Timestamp, Failure> {
    if (0..=LAST_SECOND).contains(&seconds) {
        Ok(Timestamp::from_seconds(seconds))
    } else {
        Err(drift(path, "is no date"))
    }
}

fn sales(wire: &WireReport<'_>) -> Result<ZSide, Failure> {
    Ok(ZSide {
        gross: need(wire.moneysalestotal.0, "moneysalestotal")?,
        net: need(wire.moneysalestotalnet.0, "moneysalestotalnet")?,
        count: wire.numsales.0.unwrap_or_default(),
        items: wire.numsalesitems.0.unwrap_or_default(),
        vat_groups: vat_groups(wire.vatgroupssales.as_deref(), "vatgroupssales")?,
        payments: payments(wire.paymentssales.as_deref(), "paymentssales")?,
        discounts: discounts(wire.discountssales.as_deref(), "discountssales")?,
    })
}

fn not_delivered(wire: &WireReport<'_>) -> Result<ZSide, Failure> {
    let groups = wire.vatgroupssalesnotdelivered.as_deref();
    let taken_off = wire.discountssalesnotdelivered.as_deref();
    Ok(ZSide {
        gross: wire.moneysalesnotdeliveredtotal.0.unwrap_or_default(),
        net: wire.moneysalesnotdeliveredtotalnet.0.unwrap_or_default(),
        count: wire.numsalesnotdelivered.0.unwrap_or_default(),
        items: wire.numsalesnotdelivereditems.0.unwrap_or_default(),
        vat_groups: vat_groups(groups, "vatgroupssalesnotdelivered")?,
        payments: Vec::new(),
        discounts: discounts(taken_off, "discountssalesnotdelivered")?,
    })
}

fn refunds(wire: &WireReport<'_>) -> Result<ZSide, Failure> {
    Ok(ZSide {
        gross: need(wire.moneyrefundtotal.0, "moneyrefundtotal")?,
        net: need(wire.moneyrefundtotalnet.0, "moneyrefundtotalnet")?,
        count: wire.numrefund.0.unwrap_or_default(),
        items: wire.numrefunditems.0.unwrap_or_default(),
        vat_groups: vat_groups(wire.vatgroupsrefund.as_deref(), "vatgroupsrefund")?,
        payments: payments(wire.paymentsrefund.as_deref(), "paymentsrefund")?,
        discounts: discounts(wire.discountsrefund.as_deref(), "discountsrefund")?,
    })
}

/// Subtotal = sales − refund says that returns are positive; a till that writes them negative
/// means the same.
fn upright(mut side: ZSide) -> ZSide {
    if side.gross >= Money::ZERO {
        return side;
    }
    (side.gross, side.net) = (-side.gross, -side.net);
    side.items = side.items.saturating_abs();
    side.count = side.count.saturating_abs();
    for group in &mut side.vat_groups {
        (group.gross, group.net, group.vat) = (-group.gross, -group.net, -group.vat);
    }
    for paid in &mut side.payments {
        (paid.total, paid.captured) = (-paid.total, -paid.captured);
        (paid.in_advance, paid.reserved) = (-paid.in_advance, -paid.reserved);
    }
    for discount in &mut side.discounts {
        (discount.gross, discount.net) = (-discount.gross, -discount.net);
    }
    side
}

fn vat_groups(
    groups: Option<&[WireVatGroup]>,
    list: &'static str,
) -> Result<Vec<ZVatGroup>, Failure> {
    each(groups, list, |group| {
        let gross = need(group.moneytotal.0, "moneytotal")?;
        let (net, vat) = match (group.moneytotalnet.0, group.moneytotalvat.0) {
            (Some(net), vat) => (net, vat.unwrap_or(gross - net)),
            (None, Some(vat)) => (gross - vat, vat),
            (None, None) => return Err(drift("moneytotalnet", "is missing")),
        };
        Ok(ZVatGroup { rate: need(group.vatvalue.0, "vatvalue")?, gross, net, vat })
    })
}

fn payments(
    paid: Option<&[WirePayment<'_>]>,
    list: &'static str,
) -> Result<Vec<ZPayment>, Failure> {
    each(paid, list, |paid| {
        let total = need(paid.moneytotal.0, "moneytotal")?;
        Ok(ZPayment {
            name: paid.name.owned(),
            total,
            captured: paid.moneycaptured.0.unwrap_or(total),
            in_advance: paid.moneyinadvance.0.unwrap_or_default(),
            reserved: paid.moneyreserved.0.unwrap_or_default(),
        })
    })
}

fn discounts(
    taken_off: Option<&[WireDiscount<'_>]>,
    list: &'static str,
) -> Result<Vec<ZDiscount>, Failure> {
    each(taken_off, list, |discount| {
        let gross = need(discount.moneytotal.0, "moneytotal")?;
        let net = discount.moneytotalnet.0.unwrap_or(gross);
        Ok(ZDiscount { code: discount.vouchercode.owned(), gross, net })
    })
}

/// Every element of a list that may be missing.
fn each<W, T>(
    elements: Option<&[W]>,
    list: &'static str,
    make: impl Fn(&W) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let elements = elements.unwrap_or_default().iter().enumerate();
    elements.map(|(place, element)| make(element).map_err(within(list, place))).collect()
}

fn cash(wire: &WireReport<'_>) -> ZCash {
    let money = |amount: Num<Money>| amount.0.unwrap_or_default();
    ZCash {
        opening: money(wire.moneycash_in),
        sales_less_refunds: money(wire.moneycash_salesrefunds),
        petty: money(wire.moneycash_petty),
        banked: money(wire.moneycash_bank),
        expected: money(wire.moneycash_expected),
        counted: money(wire.moneycash_counted),
        difference: money(wire.moneycash_diff),
        banked_at_close: money(wire.moneycash_bankfinal),
        closing: money(wire.moneycash_out),
    }
}
