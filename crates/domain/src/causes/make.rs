//! How the table of causes becomes an enum and a catalogue.

/// Makes the enum and its table from the same rows, so that they cannot drift apart. The tables hand
/// their rows on to each other, and the last one to this.
macro_rules! catalogue {
    ({ $($cause:ident $code:literal $title:literal { $($field:ident: $value:expr,)* })* }) => {
        /// A cause of an exception. The code never changes once released.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        #[serde(rename_all = "kebab-case")]
        pub enum Cause {
            $(#[doc = $title] $cause,)*
        }

        impl Cause {
            /// All causes, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$cause,)*];
        }

        /// One row a cause, at the cause's own number.
        pub(super) static CATALOGUE: &[CauseRow] = &[$(CauseRow {
            cause: Cause::$cause,
            code: $code,
            title: $title,
            $($field: $value,)*
        },)*];
    };
}
