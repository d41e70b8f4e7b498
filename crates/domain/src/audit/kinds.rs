//! What an audit can find: word, sentence, owner, severity and fix. Data, not `if`s. A word never
//! changes once released.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::causes::{
    Owner::{self, Finance, It, Retail},
    Severity::{self, Critical, High, Normal},
};

/// What is said about a kind of gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct KindRow {
    /// Stable word: in JSON, in CSV, in exceptions.
    pub word: &'static str,
    /// What the gap is about.
    pub theme: &'static str,
    /// One sentence: what is the matter.
    pub sentence: &'static str,
    /// Who closes it.
    pub owner: Owner,
    /// How much it would hurt.
    pub severity: Severity,
    /// One sentence: what to do.
    pub fix: &'static str,
}

/// Makes the enum and its table from the same rows, so that they cannot drift apart.
macro_rules! kinds {
    ($($theme:literal { $($kind:ident $word:literal $owner:ident $severity:ident
        $sentence:literal $fix:literal)* })*) => {
        /// A kind of gap.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
            JsonSchema,
        )]
        #[serde(rename_all = "kebab-case")]
        pub enum GapKind {
            $($(#[doc = $sentence] $kind,)*)*
        }

        impl GapKind {
            /// All kinds, theme by theme.
            pub const ALL: &'static [Self] = &[$($(Self::$kind,)*)*];
        }

        static KINDS: &[KindRow] = &[$($(KindRow {
            word: $word,
            theme: $theme,
            sentence: $sentence,
            owner: $owner,
            severity: $severity,
            fix: $fix,
        },)*)*];
    };
}

impl GapKind {
    /// What is said about it.
    pub fn row(self) -> &'static KindRow {
        // The enum and the table come from the same list, so the number is always a row.
        &KINDS[self as usize]
    }

    /// Its stable word.
    pub fn word(self) -> &'static str {
        self.row().word
    }
}

impl fmt::Display for GapKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The word is not a kind of gap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a kind of gap")]
pub struct NotGapKind(pub String);

impl FromStr for GapKind {
    type Err = NotGapKind;

    fn from_str(word: &str) -> Result<Self, NotGapKind> {
        let found = Self::ALL.iter().copied().find(|kind| kind.word() == word);
        found.ok_or_else(|| NotGapKind(word.to_owned()))
    }
}

kinds! {
    "access" {
        SitooRightMissing "sitoo-right-missing" It Critical
            "Sitoo refuses the API user a read that Daybook needs."
            "Give the API user of Sitoo the right for this, then run `daybook check`."
        OrderwiseRightMissing "orderwise-right-missing" It Critical
            "OrderWise refuses the API user a read that Daybook needs."
            "Give the API user's group the permission for this in OrderWise, then run `daybook check`."
        SitooAnswerOdd "sitoo-answer-odd" It High
            "Sitoo answered a read in a way that the reference does not know."
            "Compare the answer with crates/connectors/src/sitoo/MAPPING.md and ask Sitoo's support."
        OrderwiseAnswerOdd "orderwise-answer-odd" It High
            "OrderWise answered a read in a way that the reference does not know."
            "Compare the answer with crates/connectors/src/orderwise/MAPPING.md; look at path and version of the API."
        ExportMissing "export-missing" It Critical
            "An export definition is not set up, or OrderWise does not know its number."
            "Paste the SQL of orderwise/exports into a new export definition and set its id in the configuration."
        ExportColumnsWrong "export-columns-wrong" It Critical
            "An export definition lacks a column, or the column holds something else."
            "Paste the SQL of orderwise/exports again, or name the columns in orderwise.exports.*.columns."
        ExportRefused "export-refused" It Critical
            "OrderWise refuses to run an export definition."
            "Compare the definition's parameters with the pack, or name them in orderwise.exports.*.parameters."
        ExportRowUnreadable "export-row-unreadable" It High
            "A row of an export definition cannot be read, so what it is about is left out."
            "Correct the record in OrderWise, or the SQL of the export definition; until then the flows go on without it."
        ExportSlow "export-slow" It Normal
            "An export definition takes longer than the flows can bear."
            "Have the SQL looked at: an index on the date it asks for, or a smaller set of variants."
    }
    "settings" {
        CurrencyDiffers "currency-differs" Finance Critical
            "The currency of the Sitoo site is none of those that OrderWise's accounts are kept in."
            "Correct policy.currencies, or let each currency's site go to accounts of its own."
        TimeZoneDiffers "time-zone-differs" It High
            "The Sitoo site and OrderWise are set to different time zones, so days end at different moments."
            "Correct the time zone of the site, or orderwise.time-zone."
        PricesBasisDiffers "prices-basis-differs" Finance Critical
            "Sitoo says that prices are stored with VAT and holds prices without it, or the other way round."
            "Correct the site's setting for prices with VAT, or write all prices anew (`daybook sync catalogue`)."
        RoundOffUnmapped "round-off-unmapped" Finance High
            "The tills round cash off, and no item of OrderWise is named for the difference."
            "Make a variant for roundings and map it: daybook map set item round-off code=CODE rate-id=ID."
        GiftCardUnmapped "gift-card-unmapped" Finance High
            "Gift cards are sold at the tills, and the tax rate for them is not mapped."
            "Map it: daybook map set vat gift-card RATE-ID."
        ItemUnknown "item-unknown" Finance High
            "An item that the mapping names for a special line is not a variant of OrderWise."
            "Make the variant in OrderWise, or correct the mapping: daybook map list item."
        MappingRowUnusable "mapping-row-unusable" It High
            "A row of the mapping cannot be used."
            "Correct the row: daybook map list, then daybook map set."
        SkuMappingAstray "sku-mapping-astray" Retail Normal
            "The mapping leads a SKU of the tills to a code that OrderWise does not have."
            "Correct the row or take it out: daybook map list sku."
    }
    "clock" {
        OrderwiseClockAhead "orderwise-clock-ahead" It High
            "OrderWise wrote down moments that have not come yet: its clock or its time zone is wrong."
            "Set the clock of OrderWise's server by a time server, and check orderwise.time-zone."
        TillClockAhead "till-clock-ahead" It High
            "A till wrote down sales at moments that have not come yet: its clock is wrong."
            "Set the clock of the till by a time server."
    }
    "skus" {
        SkuOnlyInSitoo "sku-only-in-sitoo" Retail High
            "The tills sell a SKU that OrderWise does not have, so its sales cannot be posted."
            "Make the variant in OrderWise, hide the product in Sitoo, or map it: daybook map set sku SKU CODE."
        SkuOnlyInOrderwise "sku-only-in-orderwise" Retail High
            "OrderWise has a variant for sale at the tills, and the tills do not have it."
            "Let `daybook sync catalogue` bring it to the tills, or say in OrderWise that it is not for them."
        SkuHidden "sku-hidden" Retail Normal
            "OrderWise has a variant for sale at the tills, and its product is hidden there."
            "Let `daybook sync catalogue` show it, or say in OrderWise that it is not for the tills."
        SkuSpelling "sku-spelling" Retail Normal
            "A SKU is spelt with other letter case or blanks at its ends on the two sides."
            "Spell it alike; Daybook finds it all the same, other programs may not."
        SkuBlanks "sku-blanks" Retail High
            "A SKU of the tills and a code of OrderWise are equal but for blanks inside, so neither finds the other."
            "Take the blanks out of the code, or map it: daybook map set sku SKU 'CODE'."
        SkuTwiceInSitoo "sku-twice-in-sitoo" Retail High
            "Two products of the tills have SKUs that differ only by letter case or blanks."
            "Merge the products in Sitoo, or give one of them another SKU."
        SkuTwiceInOrderwise "sku-twice-in-orderwise" Retail High
            "Two variants for sale have codes that differ only by letter case or blanks."
            "Correct one of the codes in OrderWise, or say which is not for the tills."
        SkuIllegal "sku-illegal" Retail High
            "A variant for sale at the tills has a code that cannot be a SKU of Sitoo."
            "Correct the code in OrderWise; for blanks see catalogue.replace-blanks-with."
        DiscontinuedOnTills "discontinued-on-tills" Retail High
            "The tills sell what is discontinued in OrderWise, so its sales cannot be posted."
            "Hide the product in Sitoo, or make the variant active again in OrderWise."
        NotSaleableOnTills "not-saleable-on-tills" Retail High
            "The tills sell what OrderWise does not allow to be sold, so its sales cannot be posted."
            "Tick the variant as a sale variant in OrderWise, or hide the product in Sitoo."
        NotForTillsOnTills "not-for-tills-on-tills" Retail Normal
            "The tills show what OrderWise says is not for them."
            "Hide the product in Sitoo, or correct the onTills column."
        SoldUnknown "sold-unknown" Retail High
            "Tills sold a SKU that neither side has any more; a return of it cannot be posted."
            "Map it to the variant it became: daybook map set sku SKU CODE."
        ProductUnreadable "product-unreadable" It Normal
            "A product of Sitoo cannot be read."
            "Look at the product in Sitoo's back office: a field holds what it should not."
        VariantUnreadable "variant-unreadable" It Normal
            "A variant's row has columns that cannot be read, so its product is left alone."
            "Correct the value in OrderWise, or the SQL of the export definition."
    }
    "barcodes" {
        BarcodeMissing "barcode-missing" Retail Normal
            "A product at the tills has no barcode on either side, so it cannot be scanned."
            "Give the variant a barcode in OrderWise."
        BarcodeMissingInOrderwise "barcode-missing-in-orderwise" Retail Normal
            "A product has a barcode at the tills and none in OrderWise, which owns it."
            "Copy the barcode into OrderWise."
        BarcodeDiffers "barcode-differs" Retail Normal
            "The tills do not know the barcode that OrderWise has."
            "Let `daybook sync catalogue` write it, or correct it in OrderWise."
        BarcodeMalformedInOrderwise "barcode-malformed-in-orderwise" Retail Normal
            "A barcode in OrderWise has a wrong length or check digit."
            "Correct the barcode in OrderWise; for codes of your own see catalogue.other-barcodes."
        BarcodeMalformedInSitoo "barcode-malformed-in-sitoo" Retail Normal
            "A barcode at the tills has a wrong length or check digit."
            "Correct the barcode in Sitoo; OrderWise's own is written by `daybook sync catalogue`."
        BarcodeTwiceOnProduct "barcode-twice-on-product" Retail Normal
            "A product carries the same barcode twice, as its own and as an alias."
            "Take the alias away in Sitoo."
        BarcodeSharedInOrderwise "barcode-shared-in-orderwise" Retail High
            "Two variants for sale have the same barcode, so a scan may sell the wrong one."
            "Correct one of the barcodes in OrderWise."
        BarcodeSharedInSitoo "barcode-shared-in-sitoo" Retail High
            "Two products of the tills have the same barcode, so a scan may sell the wrong one."
            "Correct one of the barcodes in Sitoo."
        BarcodeOfAnother "barcode-of-another" Retail High
            "A product carries the barcode that OrderWise has on another variant, so a scan sells the wrong one."
            "Take the barcode away in Sitoo; then let `daybook sync catalogue` write the right ones."
    }
    "prices" {
        PriceDiffers "price-differs" Finance High
            "A till asks another price than OrderWise has."
            "Correct the price in OrderWise, then let `daybook sync catalogue` bring it to the tills."
        PriceMissing "price-missing" Finance High
            "A variant for sale at the tills has no price above zero in OrderWise."
            "Give it a price in OrderWise, or say that it is not for the tills."
        PriceFraction "price-fraction" Finance Normal
            "A price in OrderWise is not whole pence, so no till can ask it."
            "Give it a price in whole pence in OrderWise."
        PriceZeroOnTill "price-zero-on-till" Finance High
            "A till asks nothing for a product that has a price in OrderWise."
            "Let `daybook sync catalogue` write the price."
        PriceVatContradicts "price-vat-contradicts" Finance Normal
            "The prices with and without VAT in OrderWise do not belong together at the variant's tax rate."
            "Correct one of the two prices, or the tax rate, in OrderWise."
    }
    "vat" {
        VatDiffers "vat-differs" Finance Critical
            "A till charges another VAT rate than OrderWise has for the variant."
            "Find out which is right; correct the product group in Sitoo or the tax rate in OrderWise."
        TaxRateMissing "tax-rate-missing" Finance High
            "A variant for sale at the tills has no tax rate in OrderWise."
            "Give it a tax rate in OrderWise."
        TaxRateWithoutGroup "tax-rate-without-group" Finance High
            "OrderWise sells at a tax rate that no product group of Sitoo has."
            "Make a product group with this percentage in Sitoo, or map one: daybook map set group RATE VAT-ID."
        GroupWithoutTaxRate "group-without-tax-rate" Finance Normal
            "A product group of Sitoo in use has a percentage at which OrderWise sells nothing."
            "Move its products to another group, or make the tax rate in OrderWise."
        ProductWithoutGroup "product-without-group" Finance High
            "A product at the tills belongs to no product group, so its VAT is not known."
            "Give it a product group in Sitoo."
        VatUnmapped "vat-unmapped" Finance Critical
            "Tills charge a VAT rate that has no tax rate of OrderWise in the mapping."
            "Map it: daybook map set vat PERCENT RATE-ID."
        VatMappedWrong "vat-mapped-wrong" Finance Critical
            "The mapping leads a VAT rate to a tax rate of OrderWise with another percentage."
            "Correct it: daybook map set vat PERCENT RATE-ID."
        VatMappedAstray "vat-mapped-astray" Finance High
            "The mapping leads a VAT rate to a tax rate that OrderWise does not have."
            "Correct it: daybook map set vat PERCENT RATE-ID."
    }
    "payments" {
        PaymentUnmapped "payment-unmapped" Finance Critical
            "Shoppers pay with a payment type that has no payment method of OrderWise in the mapping."
            "Map it: daybook map set payment TYPE METHOD-ID (or exclude=yes)."
        PaymentMappedAstray "payment-mapped-astray" Finance High
            "The mapping leads a payment type to a payment method that OrderWise does not have."
            "Correct it: daybook map set payment TYPE METHOD-ID."
    }
    "places" {
        WarehouseUnmapped "warehouse-unmapped" Retail Critical
            "Tills sell from a warehouse that is not mapped to an account of OrderWise."
            "Map it: daybook map set store WAREHOUSE account=… session=… location=…"
        StoreMappedAstray "store-mapped-astray" Retail High
            "The mapping names a warehouse that Sitoo does not have."
            "Correct the row or take it out: daybook map list store, daybook map list warehouse."
        StoreWithoutWarehouse "store-without-warehouse" Retail Normal
            "A store of Sitoo has no warehouse, so nothing can be sold there."
            "Connect a warehouse to the store in Sitoo, or remove the store."
        StoreWithoutExternalId "store-without-external-id" Retail Normal
            "A store of Sitoo has no external id, by which Z-reports and collections name it."
            "Give it an external id in Sitoo's back office."
        StoreExternalIdShared "store-external-id-shared" Retail High
            "Two stores of Sitoo have the same external id, so their Z-reports cannot be told apart."
            "Give each an external id of its own in Sitoo's back office."
        RegisterAstray "register-astray" Retail High
            "A cash register has no warehouse, or one that belongs to no store."
            "Connect the register's warehouse to a store in Sitoo."
        WarehouseTypeUnknown "warehouse-type-unknown" It High
            "A mapped warehouse is of a type that nobody knows, so its stock cannot be set."
            "Ask Sitoo what the type means, or take the warehouse out of the mapping."
        StoreWithoutLocation "store-without-location" Retail High
            "A mapped store has no stock location, so its sales take goods from the wrong shelf."
            "Name it: daybook map set store WAREHOUSE location=LOCATION-ID."
        StoreWithoutSession "store-without-session" It Normal
            "A mapped store has no e-commerce session of its own."
            "Make a session in OrderWise and name it: daybook map set store WAREHOUSE session=ID."
        SessionShared "session-shared" It High
            "Several stores share one e-commerce session, so their order numbers can collide."
            "Make a session for each store in OrderWise: daybook map set store WAREHOUSE session=ID."
        LocationAstray "location-astray" Retail Critical
            "The mapping names a stock location that OrderWise does not have."
            "Correct it: daybook map set store WAREHOUSE location=LOCATION-ID."
        LocationShared "location-shared" Retail High
            "Several warehouses are mapped to one stock location, so only one can be told its stock."
            "Give each warehouse a stock location of its own."
        LocationWithoutPartner "location-without-partner" Retail Normal
            "A stock location of OrderWise has goods to sell and no warehouse of the tills is mapped to it."
            "Map it, if its goods should be seen at the tills: daybook map set warehouse ID location=LOCATION-ID."
        DeliveryMappedAstray "delivery-mapped-astray" Retail High
            "The mapping names a delivery method that OrderWise does not have."
            "Correct it: daybook map list store, daybook map list delivery."
        CarrierUnmapped "carrier-unmapped" Retail High
            "Shoppers choose a carrier at the tills that has no delivery method of OrderWise."
            "Map it: daybook map set delivery CARRIER METHOD-ID."
        PickupUnmapped "pickup-unmapped" Retail High
            "Goods are sold for collection in a store that is not mapped."
            "Map it: daybook map set pickup STORE location=LOCATION-ID."
    }
    "accounts" {
        AccountMissing "account-missing" Finance Critical
            "A store is mapped to a customer account that OrderWise does not have."
            "Open the account in OrderWise, or correct the mapping: daybook map list store."
        AccountOnHold "account-on-hold" Finance Critical
            "The customer account of a store is on hold, so OrderWise may refuse its sales."
            "Take the hold off in OrderWise."
        AccountOverTerms "account-over-terms" Finance High
            "The customer account of a store is over its credit terms and will be held."
            "Settle the account in OrderWise, or lift its terms: tills are paid at once."
    }
    "stock" {
        StockNegativeInOrderwise "stock-negative-in-orderwise" Retail Normal
            "OrderWise says that less than nothing is free of a SKU."
            "Count the goods and adjust the stock in OrderWise, or find the orders that promise them."
        StockNegativeInSitoo "stock-negative-in-sitoo" Retail Normal
            "The tills have less than nothing of a SKU."
            "Count the goods; the figure follows OrderWise once the stock flow runs."
        StockImpossible "stock-impossible" Retail Normal
            "A stock figure is too large to be true."
            "Look for a barcode typed into the quantity, and adjust the stock."
        StockFraction "stock-fraction" Retail Normal
            "There is a fraction of a piece of a SKU that is sold whole."
            "Adjust the stock in OrderWise, or allow decimals for the product in Sitoo."
        StockDiffers "stock-differs" Retail High
            "A store has another stock of a SKU at the tills than OrderWise has free for it."
            "Count what matters before the switch; `daybook sync stock` then sets the tills to OrderWise's figures."
        StockReserved "stock-reserved" Retail Normal
            "Goods are reserved in Sitoo for bookings that OrderWise knows nothing of."
            "Close or cancel old bookings at the tills."
        StockNotCounted "stock-not-counted" Retail Normal
            "OrderWise has stock of a SKU for which Sitoo keeps none."
            "Turn stock on for the product in Sitoo, if tills should show it."
        StockNeverCalculated "stock-never-calculated" It Normal
            "OrderWise has a stock figure that was never calculated, so nobody knows what it contains."
            "Run OrderWise's stock calculation for it."
    }
    "reasons" {
        ReasonUnmapped "reason-unmapped" Retail Normal
            "Goods come back for a reason whose treatment is not mapped, so nobody says whether they can be sold again."
            "Map it: daybook map set reason CODE restock=yes (or no)."
        ReasonUnknown "reason-unknown" Retail Normal
            "Goods come back for a reason that is not in Sitoo's list."
            "Add the code to the list in Sitoo's back office, or map it all the same."
    }
    "orders" {
        OrderOpenInSitoo "order-open-in-sitoo" Retail Normal
            "An order of Sitoo has been open for a long time."
            "Deliver it, or cancel it, before the switch."
        OrderOpenInOrderwise "order-open-in-orderwise" Retail Normal
            "An order of OrderWise has been open for a long time."
            "Despatch it, or cancel it, before the switch."
        OrderUnreadable "order-unreadable" It High
            "An order of Sitoo cannot be read, so it cannot be posted."
            "Look at the order in Sitoo, and compare it with crates/connectors/src/sitoo/MAPPING.md."
        StatusUnknown "status-unknown" Retail Normal
            "OrderWise shows orders with a status text that nobody has explained."
            "Say what it means: daybook map set status TEXT MEANING."
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{GapKind, KINDS};

    #[test]
    fn words_are_unique_and_lead_back() {
        let words: BTreeSet<&str> = KINDS.iter().map(|row| row.word).collect();
        assert_eq!(words.len(), GapKind::ALL.len());
        for kind in GapKind::ALL {
            let row = kind.row();
            assert_eq!(row.word.parse(), Ok(*kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), row.word);
            assert!(row.sentence.ends_with('.') && row.fix.len() > 20, "{kind}");
        }
    }
}
