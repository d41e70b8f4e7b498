//! How the table of causes becomes an enum and a catalogue.

/// Makes the enum and its table from the same rows, so that they cannot drift apart.
macro_rules! day_causes {
    ($($cause:ident $code:literal $title:literal { $($field:ident: $value:expr,)* })*) => {
        /// The cause of a difference. The code never changes once released.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        pub enum DayCause {
            $(#[doc = $title] #[serde(rename = $code)] $cause,)*
        }

        impl DayCause {
            /// All causes, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$cause,)*];
        }

        /// One row a cause, at the cause's own number.
        pub(super) static CATALOGUE: &[DayCauseRow] = &[$(DayCauseRow {
            cause: DayCause::$cause,
            code: $code,
            title: $title,
            $($field: $value,)*
        },)*];
    };
}
