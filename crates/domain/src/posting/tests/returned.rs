use super::{Decision, World, lines};
use crate::{
    Quantity,
    causes::Cause,
    entry::{EntryKind, EntryState},
    fixtures::{full_return, known, posted, row, sale, settle},
    lookup::{Original, OriginalSale, PostOrHold},
    till::TillOrder,
};

fn original(change: impl FnOnce(&mut OriginalSale)) -> Original {
    let Original::Known(mut sale) = posted(&sale()) else { unreachable!() };
    change(&mut sale);
    known(*sale)
}

#[test]
fn a_full_return_is_the_sale_turned_round() {
    let sale = sale();
    let back = full_return(&sale);
    let sold = World::new().draft(&sale);
    let draft = World::after(posted(&sale)).draft(&back);
    assert_eq!(draft.kind, EntryKind::Return);
    assert_eq!(draft.original, Some(sale.reference));
    assert_eq!(lines(&draft), lines(&sold));
    assert_eq!((draft.net, draft.tax, draft.gross), (sold.net, sold.tax, sold.gross));
    assert_eq!(draft.payments, sold.payments);
    assert!(draft.lines.iter().all(|line| line.return_to_stock));
}

#[test]
fn a_return_waits_for_its_sale() {
    let back = full_return(&sale());
    let waits = Decision::Wait { for_order_id: 100 };
    for state in EntryState::ALL {
        let mut world = World::after(original(|sale| sale.state = state));
        let decision = world.decide(&back);
        if state.is_in_ledger() {
            assert!(matches!(decision, Decision::Post(_)), "{state}: {decision:?}");
            continue;
        }
        assert_eq!(decision, waits, "{state}");
        world.waited_too_long = true;
        let gone = matches!(state, EntryState::SetAside | EntryState::Dismissed);
        let expected = if gone {
            (Cause::OriginalUnknown, "100".to_owned())
        } else {
            (Cause::OriginalNotPosted, "S1-100".to_owned())
        };
        assert_eq!(world.held(&back), [expected], "{state}");
    }
}

#[test]
fn an_unknown_sale_is_waited_for_and_then_goes_by_the_policy() {
    let back = full_return(&sale());
    // A sale that is named and was not looked up counts as not found.
    for original in [Original::Unknown { order_id: 100 }, Original::None] {
        let mut world = World::after(original);
        assert_eq!(world.decide(&back), Decision::Wait { for_order_id: 100 });
        world.waited_too_long = true;
        assert_eq!(world.held(&back), [(Cause::OriginalUnknown, "100".to_owned())]);
        world.policy.unknown_original = PostOrHold::Post;
        assert_eq!(world.draft(&back).original, None);
    }
}

#[test]
fn waiting_hides_no_fault() {
    let mut world = World::after(Original::Unknown { order_id: 100 });
    world.mapping.vat.clear();
    assert_eq!(world.held(&full_return(&sale())), [(Cause::VatRateUnmapped, "20".to_owned())]);
}

#[test]
fn a_blind_return_goes_by_the_policy() {
    let mut back = full_return(&sale());
    back.original_order_id = None;
    let mut world = World::new();
    assert_eq!(world.draft(&back).original, None);
    world.policy.blind_returns = PostOrHold::Hold;
    assert_eq!(world.held(&back), [(Cause::BlindReturn, "S1-101".to_owned())]);
}

/// One row of the sale given back, named by its index or not.
fn one_back(sku: &str, units: i64, index: Option<i64>) -> TillOrder {
    let mut back = full_return(&sale());
    back.rows = vec![row(0, sku, -units, -500 * units)];
    back.rows[0].original_index = index;
    settle(&mut back);
    back
}

#[test]
fn never_more_back_than_was_sold() {
    let units = Quantity::from_units;
    let untouched = || World::after(original(|_| {}));
    let partly = || {
        World::after(original(|sale| {
            sale.returned.insert(1, units(1));
        }))
    };
    let by_sku = || {
        // Whichever sign and spelling the other returns were summed under.
        World::after(original(|sale| {
            sale.returned_by_sku.insert(" socks".to_owned(), units(-1));
        }))
    };
    let too_much = [(Cause::ReturnedMoreThanSold, "SOCKS".to_owned())];
    for index in [Some(1), None] {
        untouched().draft(&one_back("SOCKS", 2, index));
        assert_eq!(untouched().held(&one_back("SOCKS", 3, index)), too_much);
        for world in [partly(), by_sku()] {
            world.draft(&one_back("SOCKS", 1, index));
            assert_eq!(world.held(&one_back("SOCKS", 2, index)), too_much, "{index:?}");
        }
    }
    let mut twice = one_back("SOCKS", 2, Some(1));
    twice.rows.push(row(1, "socks", -1, -1));
    settle(&mut twice);
    assert_eq!(
        untouched().faults(&twice)[0].detail,
        "Of 'SOCKS', 2 were sold, 0 came back before and 3 come back now."
    );
}

#[test]
fn the_rows_it_gives_back_are_on_the_sale() {
    let world = World::after(posted(&sale()));
    let unknown = |sku: &str| [(Cause::OriginalRowUnknown, sku.to_owned())];
    assert_eq!(world.held(&one_back("SOCKS", 1, Some(7))), unknown("SOCKS"));
    assert_eq!(world.held(&one_back("SOCKS", 1, Some(0))), unknown("SOCKS"));
    assert_eq!(world.held(&one_back("GIFT", 1, None)), unknown("GIFT"));
    // Its faults show while it waits, too.
    let waiting = World::after(original(|sale| sale.state = EntryState::Ready));
    assert_eq!(waiting.held(&one_back("GIFT", 1, None)), unknown("GIFT"));
}

#[test]
fn reasons_say_whether_goods_can_be_sold_again() {
    let mut back = full_return(&sale());
    back.reason_code = Some(" FAULTY ".to_owned());
    back.rows[1].reason_code = Some("unmapped".to_owned());
    let mut world = World::after(posted(&sale()));
    let draft = world.draft(&back);
    let shelves: Vec<_> =
        draft.lines.iter().map(|l| (l.stock_location_id, l.return_to_stock)).collect();
    assert_eq!(shelves, [(Some(99), false), (Some(4), true), (Some(4), true)]);
    assert!(draft.instructions.ends_with("; Reason FAULTY; Reason of row 1 unmapped"));
    world.policy.restock_unmapped_reasons = false;
    assert_eq!(world.held(&back), [(Cause::ReasonUnmapped, "unmapped".to_owned())]);
}

#[test]
fn goods_go_where_the_till_says() {
    let at = |warehouse_id: i64, reason: Option<&str>| {
        let mut back = full_return(&sale());
        back.rows[0].return_warehouse_id = Some(warehouse_id);
        back.rows[0].reason_code = reason.map(str::to_owned);
        World::after(posted(&sale())).decide(&back)
    };
    let location = |decision| match decision {
        Decision::Post(draft) => draft.lines[0].stock_location_id,
        other => panic!("{other:?}"),
    };
    assert_eq!(location(at(5, None)), Some(4), "the store's own");
    assert_eq!(location(at(7, None)), Some(70), "a mapped warehouse");
    assert_eq!(location(at(6, None)), Some(40), "another store's");
    assert_eq!(location(at(5, Some("faulty"))), Some(99), "the reason's");
    assert_eq!(location(at(7, Some("faulty"))), Some(70), "before the reason's");
    let Decision::Hold(faults) = at(8, None) else { panic!("not held") };
    assert_eq!(
        (faults[0].cause, faults[0].subject.as_str()),
        (Cause::ReturnWarehouseUnmapped, "8")
    );
}

#[test]
fn a_return_in_another_store_names_the_sale_all_the_same() {
    let mut back = full_return(&sale());
    back.warehouse_id = Some(6);
    let draft = World::after(posted(&sale())).draft(&back);
    assert_eq!((draft.session_id, draft.original), (Some(4), Some(sale().reference)));
    assert_eq!(draft.lines[0].stock_location_id, Some(40));
}
