//! The tour: ten exercises on the demo retailer that check themselves.

use serde::Serialize;

/// An exercise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Exercise {
    /// Find a receipt, and say which document it is in OrderWise.
    LostReceipt,
    /// Map the SKU that OrderWise does not know.
    UnmappedSku,
    /// Map the payment type that nobody told OrderWise about.
    UnmappedPayment,
    /// Say which sale a return gives back.
    WhoseReturn,
    /// Name the cause of a penny.
    ExplainPenny,
    /// Sign what stays of a day.
    SignDifference,
    /// See who bought, on record.
    SeeShopper,
    /// Take an exception, and leave a word.
    TakeOn,
    /// Pause a flow and let it go on.
    PauseAndResume,
    /// Say who is responsible for despatch.
    NameResponsible,
}

/// What an exercise says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExerciseText {
    /// Stable code.
    pub code: &'static str,
    /// A heading.
    pub title: &'static str,
    /// What happened.
    pub story: &'static str,
    /// What to do, step by step.
    pub steps: &'static [&'static str],
    /// Where it begins.
    pub link: &'static str,
    /// What is asked, where it ends with an answer.
    pub question: Option<&'static str>,
}

impl Exercise {
    /// All ten, the easiest first.
    pub const ALL: [Self; 10] = [
        Self::LostReceipt,
        Self::WhoseReturn,
        Self::UnmappedSku,
        Self::UnmappedPayment,
        Self::TakeOn,
        Self::ExplainPenny,
        Self::SignDifference,
        Self::SeeShopper,
        Self::PauseAndResume,
        Self::NameResponsible,
    ];

    /// The exercise of this code.
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.text().code == code)
    }

    /// What it says of itself.
    pub const fn text(self) -> &'static ExerciseText {
        match self {
            Self::LostReceipt => &LOST_RECEIPT,
            Self::UnmappedSku => &UNMAPPED_SKU,
            Self::UnmappedPayment => &UNMAPPED_PAYMENT,
            Self::WhoseReturn => &WHOSE_RETURN,
            Self::ExplainPenny => &EXPLAIN_PENNY,
            Self::SignDifference => &SIGN_DIFFERENCE,
            Self::SeeShopper => &SEE_SHOPPER,
            Self::TakeOn => &TAKE_ON,
            Self::PauseAndResume => &PAUSE_AND_RESUME,
            Self::NameResponsible => &NAME_RESPONSIBLE,
        }
    }
}

const LOST_RECEIPT: ExerciseText = ExerciseText {
    code: "lost-receipt",
    title: "Find the lost receipt",
    story: "A shopper has lost the receipt and knows only the amount and the shop.",
    steps: &[
        "Type the amount into the box on top of any page, as £12.50.",
        "Where several sales have it, choose the one of that shop and time.",
        "On its page, read which document it is in OrderWise.",
    ],
    link: "/find",
    question: Some("The number of the document in OrderWise"),
};

const WHOSE_RETURN: ExerciseText = ExerciseText {
    code: "whose-return",
    title: "Say what was brought back",
    story: "Goods came back, and somebody asks which sale they belong to.",
    steps: &[
        "Open the return: its reference is in the question.",
        "Look at what belongs to it: the sale that it gives back is named.",
    ],
    link: "/find?kind=return",
    question: Some("The reference of the sale, as S1-11513"),
};

const UNMAPPED_SKU: ExerciseText = ExerciseText {
    code: "unmapped-sku",
    title: "Clear the SKU that OrderWise does not know",
    story: "The tills sold something that is no product of OrderWise under that code.",
    steps: &[
        "Open Exceptions, and the one that is called “SKU unknown to OrderWise”.",
        "Fill in the code of a product, or press a suggestion, and “Show what it would do”.",
        "Read what it releases, then press “Set the mapping and release”.",
        "Wait a moment: the exception closes by itself.",
    ],
    link: "/exceptions?owner=retail",
    question: None,
};

const UNMAPPED_PAYMENT: ExerciseText = ExerciseText {
    code: "unmapped-payment",
    title: "Map the new way to pay",
    story: "A shop took a payment by a type that nobody has mapped.",
    steps: &[
        "Open Exceptions, and the one that is called “Payment type not mapped”.",
        "Fill in the payment method of OrderWise, and look at what it would do.",
        "Press “Set the mapping and release”.",
    ],
    link: "/exceptions?owner=finance",
    question: None,
};

const TAKE_ON: ExerciseText = ExerciseText {
    code: "take-on",
    title: "Take an exception, and leave a word",
    story: "Two people look at the same list. Each should know what the other is doing.",
    steps: &[
        "Open any exception.",
        "Press “I see to it”: your name stands beside it.",
        "Write a comment for whoever comes next.",
    ],
    link: "/exceptions",
    question: None,
};

const EXPLAIN_PENNY: ExerciseText = ExerciseText {
    code: "explain-penny",
    title: "Explain the penny",
    story: "A store's day differs from OrderWise by pennies of VAT.",
    steps: &[
        "Open Books, and the day that the question names.",
        "Look at what differs, by cause, and find the one that is about pennies of VAT.",
        "Its name, or its code, is the answer.",
    ],
    link: "/books",
    question: Some("The cause of the pennies"),
};

const SIGN_DIFFERENCE: ExerciseText = ExerciseText {
    code: "sign-difference",
    title: "Sign a difference",
    story: "What differs was looked into, and stays. Somebody has to stand up for it.",
    steps: &[
        "Open Books, and a day that differs (≠).",
        "Under a cause that was looked into, write why its differences may stay.",
        "Press “Sign off these differences”. The day is signed once nothing else is open.",
    ],
    link: "/books",
    question: None,
};

const SEE_SHOPPER: ExerciseText = ExerciseText {
    code: "see-shopper",
    title: "See who bought, and that it is on record",
    story: "Goods are to be sent, and somebody must call the shopper.",
    steps: &[
        "Open a sale. Who bought is not shown.",
        "Press “Show the shopper”. You need the right to see shoppers.",
        "Open Activity: that you looked is written down.",
    ],
    link: "/despatch",
    question: None,
};

const PAUSE_AND_RESUME: ExerciseText = ExerciseText {
    code: "pause-and-resume",
    title: "Pause a flow, and let it go on",
    story: "OrderWise will be taken down for an hour, and nothing should be sent meanwhile.",
    steps: &[
        "Open Health, and pause a flow with a reason.",
        "Open Today: the sentence on top says so.",
        "Open Health again and resume it. Nothing was lost meanwhile.",
    ],
    link: "/health",
    question: None,
};

const NAME_RESPONSIBLE: ExerciseText = ExerciseText {
    code: "name-responsible",
    title: "Say who is responsible for despatch",
    story: "The manual says who sees to what. For despatch it says nothing yet.",
    steps: &[
        "Open the manual, and “Who is responsible”.",
        "Write a name beside Despatch and collection, and save it.",
        "The chapter of both books says it from now on.",
    ],
    link: "/manual/responsible",
    question: None,
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Exercise;

    #[test]
    fn ten_exercises_each_with_its_code_and_steps() {
        let codes: BTreeSet<_> = Exercise::ALL.iter().map(|one| one.text().code).collect();
        assert_eq!(codes.len(), 10);
        for exercise in Exercise::ALL {
            assert_eq!(Exercise::find(exercise.text().code), Some(exercise));
            assert!(exercise.text().steps.len() >= 2, "{exercise:?}");
        }
    }
}
