//! From a posting to the document that OrderWise holds today, step by step: quantity, price, code,
//! rounding. Each step is one effect, and the effects sum to the difference.

use super::{
    effect::Effect,
    groups::{CHARGES, Groups, ROUND_OFF},
    pairs::pair,
    split::evened,
    tax::{Rounded, part_of, share},
};
use crate::{
    Money, VatRate,
    draft::LineOrigin,
    reconcile::{
        amounts::Amounts,
        causes::DayCause,
        policy::DayPolicy,
        witness::{BookEntry, LedgerDocument, LedgerLine, Posting, SentLine},
    },
    sku::fold,
    split::line_amount,
};

/// One entry beside its document, all amounts positive.
pub(super) struct Comparison<'a> {
    pub(super) posting: &'a Posting,
    pub(super) document: &'a LedgerDocument,
    pub(super) lines: &'a [LedgerLine],
    pub(super) policy: &'a DayPolicy,
    groups: Groups,
    effects: Vec<Effect>,
}

/// What differs between `entry` and `document`, line by line.
pub(super) fn effects(
    entry: &BookEntry,
    posting: &Posting,
    document: &LedgerDocument,
    lines: &[LedgerLine],
    policy: &DayPolicy,
) -> Vec<Effect> {
    let groups = Groups::of(entry);
    let (sent, found) = evened(&posting.lines, lines);
    let posting = &Posting { lines: sent, ..posting.clone() };
    let lines = found.as_slice();
    let mut it = Comparison { posting, document, lines, policy, groups, effects: Vec::new() };
    let pairs = pair(&posting.lines, lines);
    for line in &posting.lines {
        it.take_sent(line);
    }
    it.what_was_sent();
    for &(sent, line) in &pairs.both {
        let place = it.groups.place(posting.lines[sent].origin);
        let group = &mut it.groups.all[place];
        group.ledger += lines[line].gross;
        group.ledger_tax += lines[line].tax;
    }
    for &(sent, line) in &pairs.both {
        it.pair(&posting.lines[sent], &lines[line]);
    }
    for &sent in &pairs.missing {
        it.missing(&posting.lines[sent]);
    }
    for &line in &pairs.added {
        it.added(&lines[line]);
    }
    it.header();
    it.pools();
    it.effects
}

impl Comparison<'_> {
    fn rate(&self, line: &SentLine) -> VatRate {
        let group = &self.groups.all[self.groups.place(line.origin)];
        let known = self.policy.tax_codes.get(&line.tax_rate_id).map(|code| code.rate);
        known.or(group.rate).unwrap_or(VatRate::ZERO)
    }

    fn code(&self, line: &SentLine) -> Option<&str> {
        self.policy.tax_codes.get(&line.tax_rate_id).map(|code| code.code.as_str())
    }

    /// Tax of a line as it was sent: pinned, or what OrderWise makes of the gross.
    fn sent_tax(&self, line: &SentLine) -> Money {
        line.net.map_or_else(|| part_of(line.gross, self.rate(line)), |net| line.gross - net)
    }

    fn take_sent(&mut self, line: &SentLine) {
        let tax = self.sent_tax(line);
        let code = self.code(line).map(str::to_owned);
        let place = self.groups.place(line.origin);
        let group = &mut self.groups.all[place];
        group.sent += line.gross;
        group.sent_tax += tax;
        group.lines += 1;
        group.code = group.code.take().or(code);
    }

    /// What was sent should be what the till says (promise 3). Tax that was rounded otherwise goes
    /// into the group's pool.
    fn what_was_sent(&mut self) {
        let mut effects = Vec::new();
        let delivery = self.posting.delivery;
        for (place, group) in self.groups.all.iter_mut().enumerate() {
            let beyond = if place == CHARGES { delivery } else { Money::ZERO };
            let gross = group.sent + beyond - group.till.gross;
            let rate = group.rate.unwrap_or(VatRate::ZERO);
            let tax = part_of(group.sent, rate) - part_of(group.till.gross, rate);
            let tax = if gross.is_zero() { Money::ZERO } else { tax };
            if !gross.is_zero() {
                let cause = match place {
                    ROUND_OFF => DayCause::RoundOff,
                    CHARGES if delivery.is_zero() => DayCause::CheckoutFee,
                    CHARGES => DayCause::DeliveryCharge,
                    _ => DayCause::PostedDifferently,
                };
                let text = format!("the till says {}, {} was sent", group.till.gross, group.sent);
                let effect = Effect::new(cause, Amounts::of_gross(gross, tax), text);
                effects.push(effect.of_row(group.row).under(group.code.as_deref()));
            }
            // Delivery stands on no line: its tax is looked at with the header.
            if place != CHARGES {
                group.pool = group.sent_tax - tax - group.till.tax;
            }
        }
        self.effects.append(&mut effects);
    }

    fn pair(&mut self, sent: &SentLine, line: &LedgerLine) {
        let place = self.groups.place(sent.origin);
        let (rate, code) = (self.rate(sent), self.code(sent).map(str::to_owned));
        let row = self.groups.all[place].row;
        let place_it =
            |effect: Effect| effect.at_line(line.number).of_row(row).under(code.as_deref());
        let mut gross_so_far = sent.gross;
        if line.quantity != sent.quantity {
            let priced = line_amount(line.quantity, sent.unit_gross).unwrap_or(sent.gross);
            let amounts = step(gross_so_far, priced, rate);
            let text = format!("{} sold, OrderWise has {}", sent.quantity, line.quantity);
            self.effects.push(place_it(Effect::new(DayCause::Quantity, amounts, text)));
            gross_so_far = priced;
        }
        if line.gross != gross_so_far {
            let cause = self.price_cause(sent, place);
            let amounts = step(gross_so_far, line.gross, rate);
            let text = format!("{gross_so_far} at the till, OrderWise has {}", line.gross);
            self.effects.push(place_it(Effect::new(cause, amounts, text)));
        }
        for effect in places(sent, line) {
            self.effects.push(place_it(effect));
        }
        let expected = self.sent_tax(sent) + part_of(line.gross, rate) - part_of(sent.gross, rate);
        let other_code = match (&code, &line.tax_code) {
            (Some(expected), Some(found)) => fold(expected) != fold(found),
            _ => false,
        };
        let shift = line.tax - expected;
        if other_code {
            let (expected, found) = (code.as_deref(), line.tax_code.as_deref());
            let text = format!(
                "{} at the till, OrderWise has {}",
                expected.unwrap_or_default(),
                found.unwrap_or_default()
            );
            let effect = Effect::new(DayCause::WrongTaxCode, Amounts::shift(shift), text);
            self.effects.push(place_it(effect));
        } else {
            let shape = Rounded {
                gross: line.gross,
                unit_gross: sent.unit_gross,
                quantity: line.quantity,
                rate,
            };
            let group = &mut self.groups.all[place];
            group.pool += shift;
            group.rule = group.rule.or_else(|| shape.rule(line.tax));
        }
        if let Some(effect) = uneven(line.net, line.tax, line.gross) {
            self.effects.push(place_it(effect));
        }
    }

    /// Why a line costs another amount.
    fn price_cause(&self, sent: &SentLine, place: usize) -> DayCause {
        let group = &self.groups.all[place];
        match sent.origin {
            LineOrigin::RoundOff => DayCause::RoundOff,
            LineOrigin::CheckoutFee => DayCause::CheckoutFee,
            LineOrigin::TaxRounding => DayCause::TaxRounding,
            LineOrigin::Row(_) => {
                let of_sale = group.sold.map(|sold| {
                    let gross = sold.of.net + sold.of.vat;
                    share(gross, sold.quantity, sold.of.quantity)
                });
                if of_sale == Some(group.ledger) && of_sale != Some(group.till.gross) {
                    DayCause::CreditedDifferently
                } else if group.before_discount == Some(group.ledger) {
                    DayCause::Discount
                } else {
                    DayCause::Price
                }
            }
        }
    }

    fn missing(&mut self, sent: &SentLine) {
        let cause = match sent.origin {
            LineOrigin::RoundOff => DayCause::RoundOff,
            LineOrigin::CheckoutFee => DayCause::CheckoutFee,
            LineOrigin::TaxRounding => DayCause::TaxRounding,
            LineOrigin::Row(_) => DayCause::LineMissing,
        };
        let amounts = -Amounts::of_gross(sent.gross, self.sent_tax(sent));
        let text = format!("{} of '{}' at {} is not there", sent.quantity, sent.sku, sent.gross);
        let row = self.groups.all[self.groups.place(sent.origin)].row;
        let effect = Effect::new(cause, amounts, text).of_row(row).under(self.code(sent));
        self.effects.push(effect);
    }

    fn added(&mut self, line: &LedgerLine) {
        let round_off = self.policy.round_off_sku.as_deref();
        let cause = if round_off.is_some_and(|sku| fold(sku) == fold(&line.sku)) {
            DayCause::RoundOff
        } else if line.gross.is_negative() {
            DayCause::Discount
        } else {
            DayCause::LineAdded
        };
        let amounts = Amounts::new(line.net, line.tax, line.gross);
        let text = format!("{} of '{}' at {} was not sold", line.quantity, line.sku, line.gross);
        let effect = Effect::new(cause, amounts, text).at_line(line.number);
        self.effects.push(effect.under(line.tax_code.as_deref()));
    }

    /// What stands on the document and on no line: the delivery charge and its tax.
    fn header(&mut self) {
        let document = &self.document.document;
        let totals = Amounts::new(document.net, document.tax, document.gross);
        let of_lines = |line: &LedgerLine| Amounts::new(line.net, line.tax, line.gross);
        let rest = totals - self.lines.iter().map(of_lines).sum::<Amounts>();
        let delivery = self.posting.delivery;
        let charges = &self.groups.all[CHARGES];
        let mut expected_tax = charges.till.tax - charges.sent_tax;
        let beyond = rest.gross - delivery;
        if !beyond.is_zero() {
            let so_far: Money = self.effects.iter().map(|effect| effect.amounts.gross).sum();
            let cause = if so_far == -beyond {
                DayCause::DocumentDoesNotAddUp
            } else if delivery.is_zero() && beyond.is_negative() {
                DayCause::Discount
            } else {
                DayCause::DeliveryCharge
            };
            let tax = if delivery.is_zero() {
                rest.tax - expected_tax
            } else {
                let scaled = i128::from(expected_tax.pence()) * i128::from(beyond.pence());
                let part = scaled / i128::from(delivery.pence());
                Money::from_pence(i64::try_from(part).unwrap_or_default())
            };
            let text = format!("{delivery} at the till, OrderWise has {}", rest.gross);
            self.effects.push(Effect::new(cause, Amounts::of_gross(beyond, tax), text));
            expected_tax += tax;
        }
        let charges = &mut self.groups.all[CHARGES];
        charges.pool += rest.tax - expected_tax;
        charges.lines = i64::try_from(self.lines.len()).unwrap_or(i64::MAX).saturating_add(1);
        charges.rule = charges.rule.or(Some("by document"));
        self.effects.extend(uneven(rest.net, rest.tax, rest.gross));
    }

    /// Where a line is gone or has another code, nobody can tell a penny of its own tax from one of
    /// rounding: it goes with the line.
    fn fold_pools(&mut self) {
        for group in self.groups.all.iter_mut().filter(|group| group.row.is_some()) {
            let most = self.policy.rounding_per_line.saturating_mul(group.lines.max(1));
            let whole = [DayCause::LineMissing, DayCause::WrongTaxCode];
            let mut effects = self.effects.iter_mut();
            let found = effects.find(|e| e.row == group.row && whole.contains(&e.cause));
            if let Some(effect) = found.filter(|_| group.pool.pence().abs() <= most) {
                effect.amounts += Amounts::shift(std::mem::take(&mut group.pool));
            }
        }
    }

    /// Tax that is left: rounding where it is small, another amount where it is not.
    fn pools(&mut self) {
        self.fold_pools();
        for (place, group) in self.groups.all.iter().enumerate() {
            if group.pool.is_zero() {
                continue;
            }
            let most = self.policy.rounding_per_line.saturating_mul(group.lines.max(1));
            let of_sale = group.sold.map(|sold| {
                let tax = share(sold.of.vat, sold.quantity, sold.of.quantity);
                tax == group.ledger_tax && tax != group.till.tax
            });
            let cause = if of_sale == Some(true) {
                DayCause::CreditedDifferently
            } else if group.pool.pence().abs() <= most {
                DayCause::TaxRounding
            } else if place == CHARGES && !self.posting.delivery.is_zero() {
                DayCause::DeliveryCharge
            } else {
                DayCause::TaxAmount
            };
            let rule = group.rule.filter(|_| cause == DayCause::TaxRounding);
            let tax = match place {
                CHARGES => self.document.document.tax,
                _ => group.ledger_tax,
            };
            let text = match rule {
                Some(rule) => format!("{} of tax, rounded {rule}", group.pool),
                None => format!("{} of tax beyond the till's, OrderWise has {tax}", group.pool),
            };
            let effect = Effect::new(cause, Amounts::shift(group.pool), text);
            self.effects.push(effect.of_row(group.row).under(group.code.as_deref()));
        }
    }
}

/// From one gross amount to another, each with its own rounded tax.
fn step(from: Money, to: Money, rate: VatRate) -> Amounts {
    Amounts::of_gross(to - from, part_of(to, rate) - part_of(from, rate))
}

/// Another item, or another place: no money.
fn places(sent: &SentLine, line: &LedgerLine) -> Vec<Effect> {
    let mut effects = Vec::new();
    if fold(&sent.sku) != fold(&line.sku) {
        let text = format!("'{}' sold, OrderWise has '{}'", sent.sku, line.sku);
        effects.push(Effect::new(DayCause::WrongItem, Amounts::ZERO, text));
    }
    if let (Some(sent), Some(found)) = (sent.stock_location_id, line.stock_location_id)
        && sent != found
    {
        let text = format!("location {sent} sent, OrderWise has {found}");
        effects.push(Effect::new(DayCause::WrongLocation, Amounts::ZERO, text));
    }
    effects
}

fn uneven(net: Money, tax: Money, gross: Money) -> Option<Effect> {
    let beyond = net + tax - gross;
    (!beyond.is_zero()).then(|| {
        let amounts = Amounts::new(beyond, Money::ZERO, Money::ZERO);
        let text = format!("net {net} and tax {tax} are not {gross}");
        Effect::new(DayCause::DocumentDoesNotAddUp, amounts, text)
    })
}
