//! Causes that lie in a receipt and in its mappings. How the tables become one: `make.rs`.

/// Adds its rows to those before it, and hands them on.
macro_rules! receipts {
    ($next:ident $($then:ident)* { $($before:tt)* }) => { $next! { $($then)* {
    $($before)*

    // Products.
    SkuUnmapped "sku-unmapped" "SKU unknown to OrderWise" {
        sentence: "The till sold a SKU that is not an OrderWise variant.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: Some(MappingKind::Sku),
        fix: "Create the variant in OrderWise, or map the till's SKU to an existing variant.",
        command: "daybook map set sku {subject} CODE",
    }
    SkuAmbiguous "sku-ambiguous" "SKU fits several variants" {
        sentence: "Several OrderWise variants differ from the till's SKU only by blanks or letter case.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: Some(MappingKind::Sku),
        fix: "Say which variant is meant.",
        command: "daybook map set sku {subject} CODE",
    }
    SkuNotSaleable "sku-not-saleable" "Variant cannot be sold" {
        sentence: "OrderWise has the variant, but does not allow it to be sold.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: Some(MappingKind::Sku),
        fix: "Make the variant saleable in OrderWise, or map the SKU to the variant that replaced it.",
        command: "daybook map set sku {subject} CODE",
    }
    SkuDiscontinued "sku-discontinued" "Variant is discontinued" {
        sentence: "OrderWise has the variant, but it is discontinued.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: Some(MappingKind::Sku),
        fix: "Make the variant active again in OrderWise, or map the SKU to the variant that replaced it.",
        command: "daybook map set sku {subject} CODE",
    }
    VariantRefused "variant-refused" "OrderWise refused a variant" {
        sentence: "OrderWise refused the document because it does not know a variant code, or the variant is inactive.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: Some(MappingKind::Sku),
        fix: "Make the variant active in OrderWise, or map the till's SKU to an active variant.",
        command: "daybook map set sku {subject} CODE",
    }

    // Tax.
    VatRateUnmapped "vat-rate-unmapped" "VAT rate not mapped" {
        sentence: "The till used a VAT rate that has no tax rate of OrderWise yet.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: Some(MappingKind::Vat),
        fix: "Map the rate to a tax rate id of OrderWise.",
        command: "daybook map set vat {subject} RATE-ID",
    }
    GiftCardWithVat "gift-card-with-vat" "Gift card sold with VAT" {
        sentence: "A gift card is a liability and carries no VAT until it is used, but the till charged VAT on it.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Give the gift card product a zero rate in Sitoo for the sales to come, and enter this one by hand.",
        command: BY_HAND,
    }
    TaxRateRefused "tax-rate-refused" "OrderWise refused a tax rate" {
        sentence: "OrderWise refused the document because of a tax rate id.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: Some(MappingKind::Vat),
        fix: "Map the VAT rate to a tax rate id that exists in OrderWise.",
        command: "daybook map list vat",
    }

    // Money.
    TenderUnmapped "tender-unmapped" "Payment type not mapped" {
        sentence: "The till took a payment type that has no payment method of OrderWise yet.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: Some(MappingKind::Payment),
        fix: "Map the payment type to a payment method, or exclude it if its money reaches OrderWise another way.",
        command: "daybook map set payment {subject} METHOD-ID",
    }
    PaymentMethodRefused "payment-method-refused" "OrderWise refused a payment method" {
        sentence: "OrderWise refused the document because of a payment method id.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: Some(MappingKind::Payment),
        fix: "Map the payment type to a payment method that exists in OrderWise.",
        command: "daybook map list payment",
    }
    TenderAgainst "tender-against" "Payment runs the wrong way" {
        sentence: "A payment moves money against the transaction, and nothing of the same method can set it off.",
        owner: Finance, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Enter the transaction in OrderWise by hand.",
        command: BY_HAND,
    }
    CurrencyNotOurs "currency-not-ours" "Currency not kept in OrderWise" {
        sentence: "The transaction is in a currency that its store's account is not kept in.",
        owner: Finance, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "If the store's account is kept in it, list the currency in policy.currencies and map the store with currency=CODE; else enter the transaction by hand.",
        command: RETRY,
    }
    RowsDoNotAddUp "rows-do-not-add-up" "Rows do not add up" {
        sentence: "The rows, charges and rounding of the transaction do not sum to the amount to pay.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Compare the receipt with the order in Sitoo, and enter the transaction by hand.",
        command: BY_HAND,
    }
    PaymentsDoNotAddUp "payments-do-not-add-up" "Payments do not add up" {
        sentence: "The payments of the transaction do not sum to the amount to pay.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Compare the receipt with the order in Sitoo, and enter the transaction by hand.",
        command: BY_HAND,
    }
    DraftDoesNotAddUp "draft-does-not-add-up" "Posting does not add up" {
        sentence: "The document that Daybook made would not sum to the till's amount, so it was not sent.",
        owner: It, scope: Scope::Entry, severity: High, released_by: None,
        fix: "This is a fault of Daybook: report it with the entry's timeline, and enter the transaction by hand.",
        command: BY_HAND,
    }

    // The basket.
    MixedBasket "mixed-basket" "Sale and return in one basket" {
        sentence: "The transaction sells and takes back at once; OrderWise needs a document for each.",
        owner: Finance, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Enter an order and a credit in OrderWise by hand; have the tills make exchanges as two transactions.",
        command: BY_HAND,
    }
    RowAmountSign "row-amount-sign" "Amount runs the wrong way" {
        sentence: "A row or charge has an amount of the opposite sign to its quantity.",
        owner: Finance, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Compare the receipt with the order in Sitoo, and enter the transaction by hand.",
        command: BY_HAND,
    }
    QuantityNotAllowed "quantity-not-allowed" "Quantity not allowed" {
        sentence: "A row has a quantity that no document can have, such as zero.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Compare the receipt with the order in Sitoo, and enter the transaction by hand.",
        command: BY_HAND,
    }
    RowCannotBeSplit "row-cannot-be-split" "Row cannot be priced exactly" {
        sentence: "No unit prices in pennies give the row's amount exactly.",
        owner: Finance, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Enter the transaction in OrderWise by hand.",
        command: BY_HAND,
    }
    RowTypeUnknown "row-type-unknown" "Unknown kind of row" {
        sentence: "A row is neither a product nor the discount of the product above it.",
        owner: It, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Report the kind of row, so that Daybook learns it; enter the transaction by hand meanwhile.",
        command: BY_HAND,
    }
    OrderKindUnknown "order-kind-unknown" "Unknown kind of order" {
        sentence: "The order has a type or state number that Daybook does not know, so it is not posted.",
        owner: It, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Look the order up in Sitoo; report the number, so that Daybook learns it.",
        command: RETRY,
    }
    PayloadUnreadable "payload-unreadable" "Order cannot be read" {
        sentence: "Sitoo's order does not fit its contract; it is kept as received and nothing was posted.",
        owner: It, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Look at the place named in the particulars; report it, then try again.",
        command: RETRY,
    }

    // Stores and special lines.
    StoreUnmapped "store-unmapped" "Store not mapped" {
        sentence: "The transaction comes from a warehouse that has no customer account of OrderWise yet.",
        owner: Finance, scope: Scope::Store, severity: High, released_by: Some(MappingKind::Store),
        fix: "Map the warehouse to its account, session and stock location.",
        command: "daybook map set store {subject} account=NUMBER session=ID location=ID",
    }
    StoreNotNamed "store-not-named" "No store named" {
        sentence: "The transaction names no warehouse, so its store is not known.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Give the register a warehouse in Sitoo, and enter the transaction by hand.",
        command: BY_HAND,
    }
    ReturnWarehouseUnmapped "return-warehouse-unmapped" "Return warehouse not mapped" {
        sentence: "Goods came back into a warehouse that has no stock location of OrderWise yet.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: Some(MappingKind::Warehouse),
        fix: "Map the warehouse to a stock location.",
        command: "daybook map set warehouse {subject} LOCATION-ID",
    }
    ReasonUnmapped "reason-unmapped" "Return reason not mapped" {
        sentence: "It is not known whether goods returned for this reason can be sold again.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: Some(MappingKind::Reason),
        fix: "Say whether the reason puts goods back into stock.",
        command: "daybook map set reason {subject} yes",
    }
    SpecialItemUnmapped "special-item-unmapped" "Special line has no item" {
        sentence: "Cash rounding, a fee or a tax penny needs a line of its own, and no OrderWise item is named for it.",
        owner: Finance, scope: Scope::System, severity: High, released_by: Some(MappingKind::Item),
        fix: "Map the special line to a non-stock item with its tax rate.",
        command: "daybook map set item {subject} code=CODE rate-id=RATE-ID",
    }
    AccountUnknown "account-unknown" "Customer account unknown" {
        sentence: "OrderWise does not know the customer account of the store.",
        owner: Finance, scope: Scope::Store, severity: High, released_by: Some(MappingKind::Store),
        fix: "Map the store to an account that exists in OrderWise.",
        command: "daybook map set store {subject} account=NUMBER",
    }
    SessionUnknown "session-unknown" "E-commerce session unknown" {
        sentence: "OrderWise does not know the e-commerce session of the store.",
        owner: It, scope: Scope::Store, severity: High, released_by: Some(MappingKind::Store),
        fix: "Map the store to a session that exists in OrderWise, one session a store.",
        command: "daybook map set store {subject} session=ID",
    }
    DeliveryMethodRefused "delivery-method-refused" "OrderWise refused a delivery method" {
        sentence: "OrderWise refused the document because of the store's delivery method.",
        owner: Retail, scope: Scope::Store, severity: High, released_by: Some(MappingKind::Store),
        fix: "Map the store to a delivery method that exists in OrderWise.",
        command: "daybook map set store {subject} delivery=ID",
    }
    StockLocationRefused "stock-location-refused" "OrderWise refused a stock location" {
        sentence: "OrderWise refused the document because of a stock location.",
        owner: Retail, scope: Scope::Store, severity: High, released_by: Some(MappingKind::Store),
        fix: "Map the store to a stock location that exists in OrderWise.",
        command: "daybook map set store {subject} location=ID",
    }

    // Said by a person.
    HeldByHand "held-by-hand" "Held by a person" {
        sentence: "A person asked that this transaction is not posted before somebody says so.",
        owner: Finance, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Try it again when it may go to OrderWise: that ends the hold. Or dismiss it.",
        command: "daybook exceptions retry {reference} --actor NAME",
    }
    CorrectionAsked "correction-asked" "Correction waits for a second person" {
        sentence: "A correction that changes how money is booked waits for somebody else to approve it.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Look at the correction on the transaction's page, and approve it or refuse it there.",
        command: "daybook entry {reference}",
    }

    // Returns.
    BlindReturn "blind-return" "Return without its sale" {
        sentence: "The return names no sale, and the policy is not to post such returns by themselves.",
        owner: Finance, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Enter the credit in OrderWise by hand, or change the policy for returns without a sale.",
        command: BY_HAND,
    }
    OriginalUnknown "original-unknown" "Sale of the return unknown" {
        sentence: "The return names a sale that is not in the book: it is older than the book, or the time to wait for it is over.",
        owner: Finance, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Where nobody has posted the sale, fetch it from Sitoo. Where another system has, enter the credit by hand and dismiss the return, or change the policy.",
        command: "daybook sync sales --order {subject}",
    }
    OriginalNotPosted "original-not-posted" "Sale of the return not posted" {
        sentence: "The sale that the return gives back is still not in OrderWise, and the time to wait for it is over.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Clear what holds the sale; the return follows it.",
        command: "daybook entry {subject}",
    }
    OriginalRowUnknown "original-row-unknown" "Row of the sale unknown" {
        sentence: "A row gives back something that its sale does not contain.",
        owner: Finance, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Compare both receipts, and enter the credit in OrderWise by hand.",
        command: BY_HAND,
    }
    ReturnedMoreThanSold "returned-more-than-sold" "More returned than sold" {
        sentence: "With the returns before it, this return gives back more than was sold.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Look at the sale and its returns: one of them may be a double; then post by hand or dismiss.",
        command: BY_HAND,
    }
    } } };
}
