//! The table of causes. To add one: add a row; code, title, owner and fix are data and nothing else
//! has to change. A code never changes once released.
//!
//! `{subject}` and `{reference}` in a command stand for the fault's subject and the entry.

use super::{
    CauseRow,
    Owner::{Finance, It, Retail},
    Scope,
    Severity::{Critical, High, Normal},
};
use crate::mapping::MappingKind;

/// For entries that no setting can help: a person enters them in OrderWise and says so.
const BY_HAND: &str =
    "daybook exceptions dismiss {reference} --reason 'entered by hand as …' --actor NAME";
/// For goods whose way only a person can follow: they put it right in Sitoo and say so.
const BY_HAND_IN_SITOO: &str =
    "daybook exceptions dismiss {reference} --reason 'put right in Sitoo: …' --actor NAME";
/// For entries whose data or settings were put right elsewhere.
const RETRY: &str = "daybook exceptions retry {reference}";
/// For connections, permissions and export definitions.
const CHECK: &str = "daybook check";

catalogue! {
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
        sentence: "The transaction is in a currency that the configuration does not list.",
        owner: Finance, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Add the currency to the configuration if OrderWise's accounts are kept in it, or enter the transaction by hand.",
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

    // Returns.
    BlindReturn "blind-return" "Return without its sale" {
        sentence: "The return names no sale, and the policy is not to post such returns by themselves.",
        owner: Finance, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Enter the credit in OrderWise by hand, or change the policy for returns without a sale.",
        command: BY_HAND,
    }
    OriginalUnknown "original-unknown" "Sale of the return unknown" {
        sentence: "The return names a sale that is not in the book, and the time to wait for it is over.",
        owner: Finance, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Fetch the sale from Sitoo; if it is older than the book, enter the credit by hand or change the policy.",
        command: "daybook sync sales --from-order {subject}",
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

    // Placing the document.
    TemplateFailed "template-failed" "Body template failed" {
        sentence: "The body template of the configuration could not be rendered for this entry.",
        owner: It, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Correct the template; the check renders a sample and names the place.",
        command: CHECK,
    }
    OrderwiseRefused "orderwise-refused" "OrderWise refused the document" {
        sentence: "OrderWise refused the document; its own words are in the particulars.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Correct what OrderWise names, then try again.",
        command: RETRY,
    }
    AttemptsExhausted "attempts-exhausted" "Too many tries" {
        sentence: "The posting failed again and again, and the limit of tries or of age is reached.",
        owner: It, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Look at the last answers on the entry's timeline, clear what they name, then try again.",
        command: RETRY,
    }
    DoubtUnresolved "doubt-unresolved" "Outcome still unknown" {
        sentence: "OrderWise accepted the document and does not show it under its reference.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Look the number up in OrderWise; when it is there, or entered by hand, say so.",
        command: BY_HAND,
    }
    PostedTwice "posted-twice" "Two documents for one reference" {
        sentence: "OrderWise holds two documents with the same reference.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Cancel the document that Daybook did not adopt (its number is in the particulars), then say so.",
        command: BY_HAND,
    }
    ChangedAfterPosting "changed-after-posting" "Changed at the till after posting" {
        sentence: "Sitoo shows other amounts, rows or tenders than those that were posted.",
        owner: Finance, scope: Scope::Entry, severity: High, released_by: None,
        fix: "Compare both versions of the order, correct the document in OrderWise, then say so.",
        command: BY_HAND,
    }
    OrderIdGap "order-id-gap" "Order that never came" {
        sentence: "An order id below the watermark never came, and the time to ask for it is over.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Look the id up in Sitoo; a gap can be a transaction that was never completed. Then say so.",
        command: "daybook exceptions dismiss EX-NUMBER --reason 'never completed' --actor NAME",
    }
    OrderIdLeap "order-id-leap" "Order id far beyond the others" {
        sentence: "An order has an id far beyond those before it, so not every id in between is asked for.",
        owner: Retail, scope: Scope::System, severity: High, released_by: None,
        fix: "Look the order up in Sitoo. It is kept, and orders with lower ids go on being read; where Sitoo really numbers on from there, Daybook follows by itself. Then say so.",
        command: "daybook exceptions dismiss EX-NUMBER --reason 'numbered anew' --actor NAME",
    }
    OrderWithoutId "order-without-id" "Order that does not say which it is" {
        sentence: "Sitoo gave an order without a usable order id; it is kept as received and cannot be posted.",
        owner: It, scope: Scope::System, severity: High, released_by: None,
        fix: "Find the order in Sitoo by the particulars (`daybook entries --stray` shows it as it came) and report it; when it shows its id it is read by itself. Enter it by hand if it never does, then say so.",
        command: "daybook exceptions dismiss EX-NUMBER --reason 'entered by hand as …' --actor NAME",
    }
    OrderLeftOpen "order-left-open" "Order left open" {
        sentence: "An order was not closed or cancelled within the time that Daybook reads it again, so nobody would notice if it became a sale.",
        owner: Retail, scope: Scope::Entry, severity: Normal, released_by: None,
        fix: "Close or cancel the order at the till and have it read again; dismiss it if it stays as it is.",
        command: RETRY,
    }

    // The systems.
    OrderwiseCredentials "orderwise-credentials" "OrderWise refuses our credentials" {
        sentence: "OrderWise does not accept the user or the password, so nothing is posted.",
        owner: It, scope: Scope::System, severity: Critical, released_by: None,
        fix: "Correct the credentials, and see that the user may use the API.",
        command: CHECK,
    }
    OrderwisePermission "orderwise-permission" "OrderWise permission missing" {
        sentence: "OrderWise knows the user, but does not allow the call.",
        owner: It, scope: Scope::System, severity: Critical, released_by: None,
        fix: "Add the permission to the API user's group in OrderWise.",
        command: CHECK,
    }
    OrderwiseUnreachable "orderwise-unreachable" "OrderWise cannot be reached" {
        sentence: "OrderWise does not answer; entries are kept and wait.",
        owner: It, scope: Scope::System, severity: Critical, released_by: None,
        fix: "See whether OrderWise, its server and the line to it are up; posting goes on by itself.",
        command: CHECK,
    }
    OrderwiseExportDefinition "orderwise-export-definition" "Export definition does not fit" {
        sentence: "An export definition is missing, or lacks a parameter or column that Daybook needs.",
        owner: It, scope: Scope::System, severity: Critical, released_by: None,
        fix: "Paste the SQL that Daybook ships again, or correct its id or column names in the configuration.",
        command: CHECK,
    }
    OrderwiseContract "orderwise-contract" "OrderWise answers unexpectedly" {
        sentence: "An answer of OrderWise does not fit its contract.",
        owner: It, scope: Scope::System, severity: Critical, released_by: None,
        fix: "See whether OrderWise was updated; report the place named in the particulars.",
        command: CHECK,
    }
    SitooCredentials "sitoo-credentials" "Sitoo refuses our credentials" {
        sentence: "Sitoo does not accept the API id or the password, so nothing is received.",
        owner: It, scope: Scope::System, severity: Critical, released_by: None,
        fix: "Make a new password in Sitoo's back office, and see whether our address must be allowed there.",
        command: CHECK,
    }
    SitooUnreachable "sitoo-unreachable" "Sitoo cannot be reached" {
        sentence: "Sitoo does not answer; transactions stay in Sitoo and are fetched later.",
        owner: It, scope: Scope::System, severity: Critical, released_by: None,
        fix: "See whether the line to Sitoo is up; receiving goes on by itself.",
        command: CHECK,
    }
    SitooContract "sitoo-contract" "Sitoo answers unexpectedly" {
        sentence: "An answer of Sitoo does not fit its contract.",
        owner: It, scope: Scope::System, severity: Critical, released_by: None,
        fix: "Report the place named in the particulars.",
        command: CHECK,
    }

    // Catalogue.
    ProductNotSaleable "product-not-saleable" "Product may not be sold" {
        sentence: "The tills had products that OrderWise does not allow to be sold any more; they are hidden.",
        owner: Retail, scope: Scope::Product, severity: Normal, released_by: None,
        fix: "If they should be sold, tick them as sale variants in OrderWise; they come back by themselves.",
        command: "daybook catalogue faults --cause product-not-saleable",
    }
    ProductDiscontinued "product-discontinued" "Product is discontinued" {
        sentence: "The tills had products that are discontinued in OrderWise; they are hidden.",
        owner: Retail, scope: Scope::Product, severity: Normal, released_by: None,
        fix: "If they should be sold, make them active again in OrderWise; they come back by themselves.",
        command: "daybook catalogue faults --cause product-discontinued",
    }
    ProductGroupUnmapped "product-group-unmapped" "Tax rate has no product group" {
        sentence: "Products have a tax rate of OrderWise that no product group of Sitoo belongs to, so no till can charge it.",
        owner: Retail, scope: Scope::Product, severity: High, released_by: Some(MappingKind::Group),
        fix: "Make a product group with this percentage in Sitoo, or say which group is meant.",
        command: "daybook map set group {subject} VAT-ID",
    }
    ProductPriceMissing "product-price-missing" "Product has no price" {
        sentence: "Products have no price above zero in OrderWise.",
        owner: Retail, scope: Scope::Product, severity: Normal, released_by: None,
        fix: "Give them a price in OrderWise, or say that they are not for the tills.",
        command: "daybook catalogue faults --cause product-price-missing",
    }
    ProductPriceFraction "product-price-fraction" "Price is not whole pence" {
        sentence: "Products have a price with a fraction of a penny that a till cannot charge, and it is not rounded silently.",
        owner: Retail, scope: Scope::Product, severity: Normal, released_by: None,
        fix: "Give them a price in whole pence in OrderWise.",
        command: "daybook catalogue faults --cause product-price-fraction",
    }
    ProductSkuIllegal "product-sku-illegal" "SKU cannot stand in Sitoo" {
        sentence: "Variants have a code with a character that Sitoo does not allow in a SKU.",
        owner: Retail, scope: Scope::Product, severity: Normal, released_by: None,
        fix: "Correct the variant code in OrderWise; for blanks, see `[catalogue] replace-blanks-with`.",
        command: "daybook catalogue faults --cause product-sku-illegal",
    }
    ProductSkuClash "product-sku-clash" "SKUs clash at the till" {
        sentence: "Variants differ from each other only by blanks or letter case, so a till could not tell them apart.",
        owner: Retail, scope: Scope::Product, severity: High, released_by: None,
        fix: "Correct the codes in OrderWise, or say which of them are not for the tills.",
        command: "daybook catalogue faults --cause product-sku-clash",
    }
    ProductBarcodeMalformed "product-barcode-malformed" "Barcode is not well-formed" {
        sentence: "Products have a barcode that no scanner reads: its length or its check digit is wrong.",
        owner: Retail, scope: Scope::Product, severity: Normal, released_by: None,
        fix: "Correct the barcode in OrderWise; see `[catalogue] other-barcodes` for codes of your own.",
        command: "daybook catalogue faults --cause product-barcode-malformed",
    }
    ProductBarcodeTaken "product-barcode-taken" "Barcode belongs to another product" {
        sentence: "Products have a barcode that another product carries already, so a scan could sell the wrong one.",
        owner: Retail, scope: Scope::Product, severity: High, released_by: None,
        fix: "Correct one of the barcodes in OrderWise, or in Sitoo where the other product is not from OrderWise.",
        command: "daybook catalogue faults --cause product-barcode-taken",
    }
    ProductTitleMissing "product-title-missing" "Product has no title" {
        sentence: "Products have no description in OrderWise, so receipts and tills could not name them.",
        owner: Retail, scope: Scope::Product, severity: Normal, released_by: None,
        fix: "Give them a description in OrderWise.",
        command: "daybook catalogue faults --cause product-title-missing",
    }
    ProductUnreadable "product-unreadable" "Product cannot be read" {
        sentence: "The export definition `variants` lacks a column that products need, or holds a value that is none.",
        owner: It, scope: Scope::Product, severity: High, released_by: None,
        fix: "Paste the SQL that Daybook ships again, or correct the value in OrderWise; sales go on meanwhile.",
        command: "daybook catalogue faults --cause product-unreadable",
    }
    ProductRefused "product-refused" "Sitoo refused a product" {
        sentence: "Sitoo did not take a product, or does not show what it took; the rest of its batch was written.",
        owner: Retail, scope: Scope::Product, severity: Normal, released_by: None,
        fix: "Look at Sitoo's words; correct the product there or in OrderWise. It is tried again by itself.",
        command: "daybook catalogue show {subject}",
    }
    FamilyUnclear "family-unclear" "Style cannot be one product with choices" {
        sentence: "The SKUs of a style cannot be told apart by their attributes, or Sitoo's family of them holds something that OrderWise does not tell of; they are sold one by one, and nothing of the family is touched.",
        owner: Retail, scope: Scope::Product, severity: Normal, released_by: None,
        fix: "Complete or correct the attributes in OrderWise, or put the family right in Sitoo; it is looked at again by itself.",
        command: "daybook catalogue families",
    }
    FamilyRefused "family-refused" "Sitoo refused a family" {
        sentence: "Sitoo did not take the family of a style, or does not show what it took; its SKUs are sold all the same.",
        owner: Retail, scope: Scope::Product, severity: Normal, released_by: None,
        fix: "Look at Sitoo's words, and at the family there. It is tried again by itself.",
        command: "daybook catalogue families",
    }
    PriceNotArrived "price-not-arrived" "Prices did not arrive in time" {
        sentence: "Prices that OrderWise changed were not seen at the tills when the stores opened.",
        owner: Retail, scope: Scope::Product, severity: High, released_by: None,
        fix: "See what holds the catalogue up; it closes by itself when the prices have arrived.",
        command: "daybook catalogue prices --late",
    }
    ProductsNotHidden "products-not-hidden" "Too many products would vanish" {
        sentence: "So many products at once would be hidden from the tills that a mistake is likelier than a wish; none of them was hidden.",
        owner: Retail, scope: Scope::Product, severity: High, released_by: None,
        fix: "See why they are not ready; if it is right, let them be hidden once.",
        command: "daybook sync catalogue --hide-all",
    }

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
}
