//! Causes about stock, and about goods that are to come. How the tables become one: `make.rs`.

/// Adds its rows to those before it, and hands them on.
macro_rules! goods {
    ($next:ident $($then:ident)* { $($before:tt)* }) => { $next! { $($then)* {
    $($before)*

    // Stock.
    Oversold "oversold" "Sold at a till, and not there" {
        sentence: "Tills sold more of a SKU than OrderWise has left at their stock location.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Find the goods or tell the shoppers, put OrderWise's stock right, and think about a buffer.",
        command: "daybook stock show {subject}",
    }
    StockLocationShared "stock-location-shared" "Two warehouses on one stock location" {
        sentence: "Several warehouses of Sitoo are mapped to one stock location, so only one of them is told its stock.",
        owner: Retail, scope: Scope::Store, severity: Normal, released_by: None,
        fix: "Give each warehouse a stock location of its own, or leave this one unmapped.",
        command: "daybook map list",
    }
    StockWriteRefused "stock-write-refused" "Sitoo refuses a stock change" {
        sentence: "Sitoo does not take the stock of a SKU in a store, so the till shows an old figure.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "See in Sitoo's back office what is wrong with the product; it is tried again at each change and each night.",
        command: "daybook stock show {subject}",
    }
    StockInDoubtUnresolved "stock-in-doubt-unresolved" "A stock change stays in doubt" {
        sentence: "A stock change was sent to Sitoo, and Sitoo's journal could not be read since to see whether it arrived.",
        owner: It, scope: Scope::Store, severity: High, released_by: None,
        fix: "See whether the line to Sitoo is up and the API user may read stock; the rest goes on by itself.",
        command: CHECK,
    }
    SitooWarehouseMissing "sitoo-warehouse-missing" "Mapped warehouse not in Sitoo" {
        sentence: "A warehouse that is mapped to a stock location does not exist in Sitoo, or is of a type that nobody knows.",
        owner: Retail, scope: Scope::Store, severity: Normal, released_by: None,
        fix: "Correct the warehouse id in the mapping, or take the row away.",
        command: "daybook map list",
    }

    // Despatch.
    DeliveryWarehouseUnmapped "delivery-warehouse-unmapped" "Warehouse of the goods not mapped" {
        sentence: "The till handed goods over from another warehouse than its own, and that has no stock location of OrderWise yet.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: Some(MappingKind::Warehouse),
        fix: "Map the warehouse to a stock location.",
        command: "daybook map set warehouse {subject} LOCATION-ID",
    }
    ShipsFromUnmapped "ships-from-unmapped" "Source of home deliveries not mapped" {
        sentence: "Goods of the sale are to be sent, and it is not said which stock location they leave from.",
        owner: Retail, scope: Scope::Entry, severity: High, released_by: Some(MappingKind::Store),
        fix: "Say which stock location home deliveries sold in this store leave from.",
        command: "daybook map set store {subject} ships-from=LOCATION-ID",
    }
    PickupUnmapped "pickup-unmapped" "Collecting store not mapped" {
        sentence: "Goods of the sale are to be collected in another store, and it is not said which stock location they leave from.",
        owner: Retail, scope: Scope::Entry, severity: High, released_by: Some(MappingKind::Pickup),
        fix: "Map the collecting store to the stock location that its goods leave from.",
        command: "daybook map set pickup {subject} location=LOCATION-ID",
    }
    CarrierUnmapped "carrier-unmapped" "Carrier not mapped" {
        sentence: "The shopper chose a carrier that has no delivery method of OrderWise yet.",
        owner: Retail, scope: Scope::Entry, severity: High, released_by: Some(MappingKind::Delivery),
        fix: "Map the carrier product of the till to a delivery method.",
        command: "daybook map set delivery {subject} METHOD-ID",
    }
    DeliveryAddressMissing "delivery-address-missing" "No address to send to" {
        sentence: "Goods of the sale are to be sent, and the order names neither a delivery address nor an invoice address.",
        owner: Retail, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Ask the shopper for the address and add it to the order in Sitoo; it is read again by itself.",
        command: RETRY,
    }
    StatusUnknown "status-unknown" "Status text of OrderWise unknown" {
        sentence: "OrderWise shows orders with a status text that nobody has explained yet, so it cannot be said how far they are.",
        owner: Retail, scope: Scope::System, severity: High, released_by: Some(MappingKind::Status),
        fix: "Say what the text means: open, on-hold, partly-despatched, despatched or cancelled.",
        command: "daybook map set status {subject} MEANING",
    }
    DespatchLineUnknown "despatch-line-unknown" "OrderWise sent what was not to come" {
        sentence: "A delivery of OrderWise holds a line that is no open row of the till's order: a kit's component, a replacement, or a quantity that Sitoo cannot say.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Compare the delivery with the order; deliver in Sitoo by hand what is still open there, then say so.",
        command: BY_HAND_IN_SITOO,
    }
    DespatchBeyondOrder "despatch-beyond-order" "OrderWise sent more than is to come" {
        sentence: "A delivery of OrderWise holds more of a row than is still to come: the shop handed it over, or it was sent twice.",
        owner: Retail, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Find out which of the goods the shopper has; have what was sent twice returned, then say so.",
        command: BY_HAND_IN_SITOO,
    }
    DespatchCorrected "despatch-corrected" "Delivery changed after Sitoo was told" {
        sentence: "OrderWise cancelled or corrected a delivery that already stands in Sitoo. Sitoo has no call that takes a delivery back.",
        owner: Retail, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Correct the delivery in Sitoo's Backoffice, then say so.",
        command: BY_HAND_IN_SITOO,
    }
    DeliveryRefused "delivery-refused" "Sitoo refused a delivery" {
        sentence: "Sitoo refused the delivery of what OrderWise sent; its own words are in the particulars.",
        owner: Retail, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Look at the order in Sitoo: it may be cancelled, or delivered already. It is tried again now and then.",
        command: BY_HAND_IN_SITOO,
    }
    CancelledInOrderwise "cancelled-in-orderwise" "Cancelled in OrderWise, paid at the till" {
        sentence: "OrderWise cancelled an order, or what was left of it, that the shopper has paid at the till and that is still open there.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Give the shopper the money back at a till, or have the goods sent after all; then cancel or deliver the order in Sitoo.",
        command: BY_HAND_IN_SITOO,
    }
    CancelledInSitoo "cancelled-in-sitoo" "Cancelled in Sitoo, not in OrderWise" {
        sentence: "The order was cancelled in Sitoo after it had been posted, and OrderWise still means to send it. OrderWise has no call that cancels an order.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Cancel the order in OrderWise; this closes by itself once its status says so.",
        command: "daybook despatches show {reference}",
    }
    HandedOverElsewhere "handed-over-elsewhere" "Handed over, and still to be sent" {
        sentence: "A till handed over goods that OrderWise still means to send.",
        owner: Retail, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Take the rows out of the order in OrderWise, or complete it there; then say so.",
        command: BY_HAND_IN_SITOO,
    }
    OrderNotClosed "order-not-closed" "All is sent, the order is still open" {
        sentence: "All rows of the order are delivered in Sitoo, but it did not close.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Close the order in Sitoo, or allow Daybook to do it (`[despatch] close-orders`).",
        command: "daybook despatches show {reference}",
    }
    DespatchedButOpen "despatched-but-open" "Despatched in OrderWise, open in Sitoo" {
        sentence: "OrderWise says that all has left, and names no deliveries for rows that are still to come in Sitoo.",
        owner: Retail, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Look at the order in OrderWise, and deliver in Sitoo by hand what has left; this closes by itself.",
        command: "daybook despatches show {reference}",
    }
    PaidButNotMoving "paid-but-not-moving" "Paid, not moving in OrderWise" {
        sentence: "The shopper paid for goods that are to come, and nothing has left OrderWise for a long time.",
        owner: Retail, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Look at the order in OrderWise: its stock, its hold, its status; this closes by itself when something leaves.",
        command: "daybook despatches show {reference}",
    }
    } } };
}
