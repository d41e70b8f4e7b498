//! How what travels as text is described to programs.

/// Describes a type that travels as text: its name, its `format` or `pattern`, and what it is.
macro_rules! described_text {
    ($type:ident, $key:literal: $value:literal, $what:literal) => {
        impl schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", $key: $value, "description": $what })
            }
        }
    };
}

pub(crate) use described_text;
