//! The table of causes of a difference. To add one: add a row, raise it where the difference is
//! found, and give it a kind of damage in `reconcile/tests`. A code never changes once released.

use super::{
    DayCauseRow,
    Remedy::{Correct, Credit, Fetch, Map, Post, Release, SignOff, Wait},
};
use crate::causes::Owner::{Finance, It, Retail};

day_causes! {
    // The till has it, OrderWise does not.
    NotPostedReady "not-posted-ready" "On its way to OrderWise" {
        sentence: "The receipt is in Daybook and has not been posted yet.",
        example: "A sale of £60.00 was taken while OrderWise was down: OrderWise has £60.00 less.",
        owner: It, remedy: Wait,
        fix: "Nothing, unless posting stands still: then see why with `daybook check`.",
    }
    NotPostedOpen "not-posted-open" "Waits for its goods' deliveries" {
        sentence: "The order is paid and still open, and it is not known yet what was handed over.",
        example: "A sofa of £900.00 was paid and is to be sent: OrderWise has £900.00 less.",
        owner: Retail, remedy: Wait,
        fix: "Look at the order in Sitoo: it is posted as soon as its deliveries are known.",
    }
    NotPostedWaiting "not-posted-waiting" "Return waits for its sale" {
        sentence: "The return gives back a sale that is not posted yet.",
        example: "A coat of £60.00 was bought and brought back; the sale is held, so the £60.00 that \
                  were given back are not in OrderWise either.",
        owner: Finance, remedy: Wait,
        fix: "Clear what stops the sale; the return follows by itself.",
    }
    NotPostedHeld "not-posted-held" "Held by an exception" {
        sentence: "The receipt cannot be posted before a person has cleared its exception.",
        example: "A sale of £24.00 has a SKU that OrderWise does not know: OrderWise has £24.00 less.",
        owner: Finance, remedy: Release,
        fix: "Clear the exception; the receipt is then posted by itself.",
    }
    InDoubt "in-doubt" "Sent, outcome unknown" {
        sentence: "The posting was sent and OrderWise's answer was lost; Daybook is looking it up.",
        example: "A sale of £60.00 was sent as the line was cut, and OrderWise does not show it yet.",
        owner: It, remedy: Wait,
        fix: "Nothing: it is looked up by its reference and then adopted or posted.",
    }
    SetAsideWrongly "set-aside-wrongly" "Set aside, and yet a sale" {
        sentence: "The till took money for the order, but Daybook set it aside.",
        example: "A sale of £35.00 was set aside as a parked receipt and paid later: OrderWise has £35.00 less.",
        owner: Finance, remedy: Post,
        fix: "Read the order again in Sitoo; if it is a sale, let it be posted.",
    }
    Dismissed "dismissed" "Not posted by a person's decision" {
        sentence: "A person decided, with a reason, that the receipt is not posted.",
        example: "A sale of £12.00 was dismissed as entered by hand, and no document has its reference.",
        owner: Finance, remedy: SignOff,
        fix: "Check the reason. Give a document made by hand the receipt's reference, or sign off.",
    }
    GoneFromOrderwise "gone-from-orderwise" "Gone from OrderWise" {
        sentence: "OrderWise took the document, and does not have it any more.",
        example: "Order SO-3622 over £60.00 was deleted in OrderWise after it was posted.",
        owner: Finance, remedy: Post,
        fix: "Ask who deleted it. Let Daybook post it again (`daybook reconcile fix`), or sign off with the reason.",
    }
    CancelledInOrderwise "cancelled-in-orderwise" "Cancelled in OrderWise only" {
        sentence: "The receipt's document is cancelled in OrderWise, so its money is in no ledger.",
        example: "Order SO-3622 over £60.00 has the status Cancelled: OrderWise has £60.00 less.",
        owner: Finance, remedy: Correct,
        fix: "Ask who cancelled it, and whether the shopper has the money back. Where the sale stands, take the cancelling back in OrderWise, or enter it anew under the receipt's reference; else sign off with the reason.",
    }
    // OrderWise has it, the till does not.
    PostedTwice "posted-twice" "Twice in OrderWise" {
        sentence: "OrderWise has more than one document with the receipt's reference.",
        example: "A sale of £60.00 stands on SO-3622 and on SO-3623: OrderWise has £60.00 more.",
        owner: Finance, remedy: Credit,
        fix: "Let Daybook credit the second document (`daybook reconcile fix`), or do it in OrderWise under the same reference.",
    }
    CreditedInOrderwise "credited-in-orderwise" "Credited in OrderWise only" {
        sentence: "A document of the other kind carries the receipt's reference and takes it back.",
        example: "The sale of £60.00 was credited in OrderWise, and no return was made at a till.",
        owner: Finance, remedy: Credit,
        fix: "Ask who credited it. Take the credit back, or sign off with the reason.",
    }
    InOrderwiseOnly "in-orderwise-only" "In OrderWise only" {
        sentence: "The document belongs to no receipt: someone made it by hand.",
        example: "Order SO-4001 over £20.00 was typed in for the store: OrderWise has £20.00 more.",
        owner: Finance, remedy: Credit,
        fix: "Give it the reference of its receipt if it stands for one; else credit it or sign off.",
    }
    // The document as a whole.
    WrongType "wrong-type" "Order instead of credit" {
        sentence: "A return stands in OrderWise as an order, or a sale as a credit.",
        example: "A return of £60.00 was posted as an order: OrderWise has £120.00 more.",
        owner: Finance, remedy: Correct,
        fix: "Change the type in OrderWise, and check the order types in the settings.",
    }
    WrongAccount "wrong-account" "On another account" {
        sentence: "The document stands on another customer account than the store's.",
        example: "A sale of £60.00 of Leeds stands on the account of York.",
        owner: Finance, remedy: Map,
        fix: "Check the store's mapping, then move the document in OrderWise.",
    }
    Currency "currency" "Another currency" {
        sentence: "The receipt is in a currency that the store's account is not kept in.",
        example: "A sale of 60.00 EUR stands beside an account in GBP.",
        owner: Finance, remedy: SignOff,
        fix: "Enter it by hand at the rate of the day, and sign off.",
    }
    DayBoundary "day-boundary" "On another day" {
        sentence: "Both sides have it, but on different days.",
        example: "A sale of £60.00 at 23:58 stands in OrderWise on the day after: £60.00 less today, £60.00 more tomorrow.",
        owner: Finance, remedy: SignOff,
        fix: "Nothing if the month is the same: the day beside shows the opposite. Else correct the date.",
    }
    DocumentDoesNotAddUp "document-does-not-add-up" "Net and tax are not gross" {
        sentence: "In OrderWise net and tax of a line or a document do not make its gross.",
        example: "A line says net £50.00, tax £10.00, gross £60.01.",
        owner: Finance, remedy: Correct,
        fix: "Correct the line in OrderWise.",
    }
    // Lines.
    LineMissing "line-missing" "Line missing" {
        sentence: "A row of the receipt has no line in OrderWise.",
        example: "Socks of £10.01 were sold and are not on the order: OrderWise has £10.01 less.",
        owner: Finance, remedy: Correct,
        fix: "Add the line in OrderWise, or credit the document and post it again.",
    }
    LineAdded "line-added" "Line added" {
        sentence: "OrderWise has a line that stands for no row of the receipt.",
        example: "A bag of £2.00 is on the order and was not sold: OrderWise has £2.00 more.",
        owner: Finance, remedy: Correct,
        fix: "Remove the line in OrderWise.",
    }
    WrongItem "wrong-item" "Another item" {
        sentence: "A line has the amounts of the receipt's row, but another item.",
        example: "A blue coat of £60.00 was sold, OrderWise has a red one: same money, wrong stock.",
        owner: Retail, remedy: Map,
        fix: "Check the SKU's mapping, then correct the line in OrderWise.",
    }
    WrongLocation "wrong-location" "Another stock location" {
        sentence: "A line stands at another stock location than it was sent with.",
        example: "A coat sold in Leeds left the stock of York: same money, wrong stock.",
        owner: Retail, remedy: Map,
        fix: "Check the store's mapping, then correct the line in OrderWise.",
    }
    Quantity "quantity" "Another quantity" {
        sentence: "A line has another quantity than the receipt's row.",
        example: "Three pairs of socks were sold at £5.00, OrderWise has two: £5.00 less.",
        owner: Finance, remedy: Correct,
        fix: "Correct the quantity in OrderWise.",
    }
    Price "price" "Another price" {
        sentence: "A line has another price than the till took.",
        example: "The coat was sold for £60.00, OrderWise has £65.00: £5.00 more.",
        owner: Finance, remedy: Correct,
        fix: "Correct the price in OrderWise; check that the session does not price lines itself.",
    }
    Discount "discount" "Another discount" {
        sentence: "A discount stands on one side only.",
        example: "The till took £10.00 off a coat of £60.00, and OrderWise has the full price: £10.00 more.",
        owner: Finance, remedy: Correct,
        fix: "Correct the line in OrderWise; check that the session gives no discount of its own.",
    }
    WrongTaxCode "wrong-tax-code" "Wrong tax code" {
        sentence: "A line has another tax code than the till's VAT rate is mapped to.",
        example: "A book at 0 % stands under T1: of £12.00, £2.00 are tax in OrderWise, nothing at the till.",
        owner: Finance, remedy: Map,
        fix: "Check the VAT mapping and the session's tax settings, then correct the code in OrderWise.",
    }
    TaxRounding "tax-rounding" "Tax rounded differently" {
        sentence: "Both sides use the same rate and round it differently, by a penny or so.",
        example: "VAT of £10.00 gross is £1.67 at the till and £1.66 in OrderWise.",
        owner: Finance, remedy: SignOff,
        fix: "Set a tolerance for it, or send the till's tax (tax policy `pin-till-tax`).",
    }
    TaxAmount "tax-amount" "Another tax amount" {
        sentence: "The tax code is right, and yet the tax differs by more than rounding can explain.",
        example: "£60.00 at 20 % hold £10.00 tax at the till and £9.00 in OrderWise.",
        owner: Finance, remedy: Correct,
        fix: "See whether the tax was typed over in OrderWise, or the rate behind the code has changed.",
    }
    RoundOff "round-off" "Cash rounding" {
        sentence: "The cash rounding is not the same on both sides.",
        example: "£9.98 were paid with £10.00 in cash, and OrderWise has no line for the 2p.",
        owner: Finance, remedy: Correct,
        fix: "Check the item for cash rounding (`daybook map list item`), then correct the document.",
    }
    DeliveryCharge "delivery-charge" "Delivery charge" {
        sentence: "The delivery charge is not the same on both sides.",
        example: "The till took £4.95 for delivery, OrderWise has nothing: £4.95 less.",
        owner: Finance, remedy: Correct,
        fix: "Correct the charge in OrderWise; check that the delivery method has no charge of its own.",
    }
    CheckoutFee "checkout-fee" "Fee of the way of paying" {
        sentence: "The fee that the till took for the way of paying is not the same on both sides.",
        example: "The till took a fee of £1.00, OrderWise has no line for it.",
        owner: Finance, remedy: Correct,
        fix: "Check the item for the fee (`daybook map list item`), then correct the document.",
    }
    PostedDifferently "posted-differently" "Sent otherwise than taken" {
        sentence: "What was sent to OrderWise is not what the till says.",
        example: "The lines that were sent come to £59.00, the receipt to £60.00.",
        owner: It, remedy: Correct,
        fix: "Correct the document in OrderWise, and report it with the entry's timeline.",
    }
    CreditedDifferently "credited-differently" "Credited otherwise than sold" {
        sentence: "The till gave back another amount than it had taken, and OrderWise credited what was sold.",
        example: "A coat sold for £60.00 was taken back for £59.99; OrderWise credited £60.00.",
        owner: Finance, remedy: SignOff,
        fix: "Decide which amount is right; correct the credit in OrderWise or sign off.",
    }
    // Edits.
    EditedInOrderwise "edited-in-orderwise" "Edited in OrderWise after posting" {
        sentence: "OrderWise had it right when it was read back, and someone has changed it since.",
        example: "SO-3622 was £60.00 at 10:31 and is £55.00 now.",
        owner: Finance, remedy: Correct,
        fix: "Ask who changed it. Change it back, or sign off with the reason.",
    }
    EditedInSitoo "edited-in-sitoo" "Edited in Sitoo after closing" {
        sentence: "Sitoo tells other amounts today than when the receipt was posted.",
        example: "The receipt was £60.00 when it was posted, and Sitoo tells £50.00 today.",
        owner: Finance, remedy: SignOff,
        fix: "Ask who changed it. Correct OrderWise, or sign off with the reason.",
    }
    // Tenders and drawer.
    TenderDiffers "tender-differs" "Another tender" {
        sentence: "The same money stands under another way of paying, or is not all there.",
        example: "£60.00 were card in the receipt and cash in the Z-report: £60.00 less, £60.00 more.",
        owner: Finance, remedy: SignOff,
        fix: "Compare with the card terminal; correct the payment in OrderWise or sign off.",
    }
    CashCounted "cash-counted" "Drawer counted otherwise" {
        sentence: "The cash that was counted at closing is not the cash that should be in the drawer.",
        example: "£498.86 expected, £498.00 counted: 86p short.",
        owner: Retail, remedy: SignOff,
        fix: "Count again, look for a wrong change or a payment out, and sign off.",
    }
    // Completeness.
    ReceiptMissing "receipt-missing" "Receipt missing in Daybook" {
        sentence: "The till counts a receipt that Daybook does not have.",
        example: "Receipts 10008 and 10010 are there, and the Z-report is £60.00 above the book: 10009 is missing.",
        owner: It, remedy: Fetch,
        fix: "Nothing: it is fetched from Sitoo by its number. If Sitoo does not have it, look for a till that is offline.",
    }
    NumberGap "number-gap" "Receipt number not accounted for" {
        sentence: "A receipt number is missing, and no money with it: a receipt that was begun and cancelled, or practice.",
        example: "10009 is missing between 10008 and 10010, and the Z-report is equal to the book.",
        owner: Retail, remedy: Fetch,
        fix: "Nothing: it is asked for in Sitoo. If there is no such receipt, sign off.",
    }
    NoZReport "no-z-report" "Till without Z-report" {
        sentence: "A till sold, and no Z-report of it counts that.",
        example: "Till 2 sold for £340.00 and was not closed.",
        owner: Retail, remedy: Fetch,
        fix: "Close the till, or wait until it is online; sign off if it never had a Z-report.",
    }
    ZReportMissing "z-report-missing" "Z-report missing" {
        sentence: "The numbers of a till's Z-reports have a gap, or its grand totals have a jump.",
        example: "Z-reports 41 and 43 are there, 42 is not.",
        owner: It, remedy: Fetch,
        fix: "Nothing: it is asked for in Sitoo. If Sitoo does not have it, look for a till that is offline.",
    }
    NotInZReport "not-in-z-report" "Not in the Z-report" {
        sentence: "Daybook has a receipt from the hours of a Z-report that does not count it.",
        example: "A sale of £60.00 at 14:03 is in Sitoo, and the Z-report is £60.00 below the book.",
        owner: Retail, remedy: SignOff,
        fix: "Look at the till's clock and at its journal; sign off with what was found.",
    }
    ZVatGroup "z-vat-group" "VAT rate differs in the Z-report" {
        sentence: "Z-report and receipts have the same total under different VAT rates.",
        example: "£12.00 stand under 0 % in the receipts and under 20 % in the Z-report.",
        owner: Finance, remedy: SignOff,
        fix: "Compare the product's VAT group with the receipt; correct it in Sitoo and sign off.",
    }
    ZReportDoesNotAddUp "z-report-does-not-add-up" "Z-report does not add up" {
        sentence: "The Z-report's own parts do not make its total.",
        example: "The VAT groups come to £400.00, the total is £401.00.",
        owner: Finance, remedy: SignOff,
        fix: "Compare with the till's printed report, and sign off.",
    }
    Unexplained "unexplained" "Unexplained" {
        sentence: "No rule explains the difference.",
        example: "OrderWise has £3.17 more than the receipts, and no line says where.",
        owner: Finance, remedy: SignOff,
        fix: "Compare the receipt with the document by eye; sign off with what was found.",
    }
}
