//! Causes that keep a product, or its price, from the tills. How the tables become one: `make.rs`.

/// Adds its rows to those before it, and hands them on.
macro_rules! products {
    ($next:ident $($then:ident)* { $($before:tt)* }) => { $next! { $($then)* {
    $($before)*

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
        fix: "If they should be sold, make them active again in OrderWise; they come back by themselves. If not, nothing is left to do: dismiss it.",
        command: "daybook catalogue faults --cause product-discontinued",
    }
    ProductGroupUnmapped "product-group-unmapped" "Tax rate has no product group" {
        sentence: "Products have a tax rate of OrderWise that no product group of Sitoo belongs to, so no till can charge it.",
        owner: Retail, scope: Scope::Product, severity: High, released_by: Some(MappingKind::Group),
        fix: "Make a product group with this percentage in Sitoo, or say which group is meant. Where the particulars name no percentage, give the variants another tax rate in OrderWise.",
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
    } } };
}
