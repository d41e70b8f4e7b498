use super::{SetAside, Standing, classify, kind_of};
use crate::{
    entry::EntryKind::{self, Return, Sale},
    fixtures::{discount, full_return, order, pence, policy, row, sale},
    lookup::{NoRegister, OpenPaid, Policy},
    till::{OrderState, OrderType, PaymentState, TillOrder},
};

/// A till sale with one thing changed.
fn with(change: impl FnOnce(&mut TillOrder)) -> TillOrder {
    let mut order = sale();
    change(&mut order);
    order
}

fn for_the_ledger(order: &TillOrder) -> Option<EntryKind> {
    match classify(order, &policy()) {
        Standing::ForTheLedger(kind) => Some(kind),
        Standing::SetAside(_) => None,
    }
}

#[test]
fn closed_and_paid_is_for_the_ledger_by_the_sign_of_its_quantities() {
    assert_eq!(for_the_ledger(&sale()), Some(Sale));
    assert_eq!(for_the_ledger(&full_return(&sale())), Some(Return));
    // A discount row has an amount of the other sign, and is no goods.
    let reduced = order(1, vec![row(0, "COAT-M", 1, 1_000), discount(1, -100)]);
    assert_eq!(for_the_ledger(&reduced), Some(Sale));
}

#[test]
fn a_basket_with_both_signs_goes_by_its_amount() {
    let mixed = |out: i64, back: i64| order(1, vec![row(0, "A", 1, out), row(1, "B", -1, -back)]);
    assert_eq!(kind_of(&mixed(500, 300)), Sale);
    assert_eq!(kind_of(&mixed(300, 500)), Return);
    assert_eq!(kind_of(&mixed(300, 300)), Sale);
    assert_eq!(kind_of(&order(1, vec![])), Sale);
}

#[test]
fn nothing_to_pay_is_a_zero_value_sale_paid_or_not() {
    for state in [PaymentState::None, PaymentState::Successful] {
        let mut free = order(1, vec![row(0, "COAT-M", 1, 0)]);
        free.payments.clear();
        free.payment_state = state;
        assert_eq!(for_the_ledger(&free), Some(Sale), "{state:?}");
    }
}

#[test]
fn the_rest_is_set_aside_with_its_reason() {
    use SetAside::{
        Abandoned, Booking, Cancelled, Empty, NotFromATill, Open, Parked, UnknownKind, Unpaid,
    };
    let cases: [(TillOrder, SetAside); 17] = [
        (
            with(|o| {
                o.order_state = OrderState::Open;
                o.payment_state = PaymentState::Reserved;
            }),
            Open,
        ),
        (with(|o| o.order_type = OrderType::Booking), Booking),
        (with(|o| o.order_type = OrderType::Parked), Parked),
        (with(|o| o.order_state = OrderState::Cancelled), Cancelled),
        (with(|o| o.order_state = OrderState::Abandoned), Abandoned),
        (with(|o| o.payment_state = PaymentState::None), Unpaid),
        (with(|o| o.payment_state = PaymentState::Pending), Unpaid),
        (with(|o| o.payment_state = PaymentState::Reserved), Unpaid),
        (with(|o| o.payment_state = PaymentState::Cancelled), Unpaid),
        (with(|o| o.payment_state = PaymentState::Failed), Unpaid),
        (with(|o| o.payment_state = PaymentState::Unknown(50)), UnknownKind),
        (with(|o| o.order_type = OrderType::Unknown(20)), UnknownKind),
        (with(|o| o.order_state = OrderState::Unknown(30)), UnknownKind),
        (with(|o| (o.register_id, o.web_order) = (None, true)), NotFromATill),
        // An end is an end, and an open web order may yet be closed by a till.
        (
            with(|o| (o.order_type, o.order_state) = (OrderType::Booking, OrderState::Cancelled)),
            Cancelled,
        ),
        (
            with(|o| (o.register_id, o.web_order, o.order_state) = (None, true, OrderState::Open)),
            Open,
        ),
        (with(|o| (o.rows, o.payments, o.gross) = (vec![], vec![], pence(0))), Empty),
    ];
    for (order, reason) in cases {
        assert_eq!(classify(&order, &policy()), Standing::SetAside(reason), "{order:?}");
    }
}

#[test]
fn an_order_without_register_goes_by_the_policy() {
    use NoRegister::{Post, PostUntagged, SetAside as Aside};
    for (rule, tagged, posted) in [
        (Post, true, true),
        (Post, false, true),
        (PostUntagged, true, false),
        (PostUntagged, false, true),
        (Aside, true, false),
        (Aside, false, false),
    ] {
        let mut policy = policy();
        policy.no_register = rule;
        let order = with(|o| (o.register_id, o.web_order) = (None, tagged));
        let standing = classify(&order, &policy);
        let expected = if posted {
            Standing::ForTheLedger(Sale)
        } else {
            Standing::SetAside(SetAside::NotFromATill)
        };
        assert_eq!(standing, expected, "{rule:?} {tagged}");
        // What a till made is posted whatever its tags say.
        let from_till = with(|o| o.web_order = tagged);
        assert_eq!(classify(&from_till, &policy), Standing::ForTheLedger(Sale));
    }
}

#[test]
fn only_our_sites_are_ours() {
    let mut policy = policy();
    policy.sites = vec![2, 3];
    assert_eq!(classify(&sale(), &policy), Standing::SetAside(SetAside::OtherSite));
    policy.sites.push(1);
    assert_eq!(classify(&sale(), &policy), Standing::ForTheLedger(Sale));
}

#[test]
fn words_round_trip_and_only_what_can_change_is_read_again() {
    use SetAside::{Booking, Open, Parked, UnknownKind, Unpaid};
    for reason in SetAside::ALL {
        assert_eq!(reason.word().parse::<SetAside>().unwrap(), reason);
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.word());
        assert!(reason.sentence().ends_with('.'));
    }
    let again: Vec<_> =
        SetAside::ALL.into_iter().filter(|reason| reason.may_still_become_a_sale()).collect();
    assert_eq!(again, [Open, Booking, Parked, Unpaid, UnknownKind]);
}

#[test]
fn what_is_paid_at_a_till_is_sold_though_goods_are_to_come() {
    let open = TillOrder { order_state: OrderState::Open, ..sale() };
    assert_eq!(classify(&open, &policy()), Standing::ForTheLedger(EntryKind::Sale));
    let aside = Policy { open_paid_orders: OpenPaid::SetAside, ..policy() };
    assert_eq!(classify(&open, &aside), Standing::SetAside(SetAside::Open));
    let unpaid = TillOrder { payment_state: PaymentState::Pending, ..open.clone() };
    let of_a_web_shop = TillOrder { web_order: true, ..open.clone() };
    let of_no_till = TillOrder { register_id: None, ..open.clone() };
    let back = TillOrder { order_state: OrderState::Open, ..full_return(&sale()) };
    for order in [unpaid, of_a_web_shop, of_no_till, back] {
        assert_eq!(classify(&order, &policy()), Standing::SetAside(SetAside::Open));
    }
}
