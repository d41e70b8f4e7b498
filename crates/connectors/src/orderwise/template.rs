//! The body of an order, made from a template that a site may replace.

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};
use serde::de::IgnoredAny;

use crate::SettingsFault;

/// An order's body, ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedOrder {
    /// What is sent.
    pub body: String,
    /// What is recorded: the same with the shopper masked.
    pub masked: String,
}

/// A template that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{what}", line.map(|line| format!("line {line}: ")).unwrap_or_default())]
pub struct TemplateFault {
    /// The template's line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong, for a person.
    pub what: String,
}

/// The one template of an environment: nothing is ever loaded from elsewhere.
const NAME: &str = "body.json";

/// A compiled template whose result is JSON.
#[derive(Debug)]
pub(super) struct Template {
    environment: Environment<'static>,
}

impl Template {
    /// Compiles `source`.
    pub(super) fn new(source: &str) -> Result<Self, TemplateFault> {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Json);
        // A misspelt name is a fault when the settings are read, not an empty text in the ERP.
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.add_template_owned(NAME, source.to_owned()).map_err(|error| fault(&error))?;
        Ok(Self { environment })
    }

    /// Renders it; the result is well-formed JSON.
    pub(super) fn render(&self, facts: Value) -> Result<String, TemplateFault> {
        let template = self.environment.get_template(NAME).map_err(|error| fault(&error))?;
        let body = template.render(facts).map_err(|error| fault(&error))?;
        match serde_json::from_str::<IgnoredAny>(&body) {
            Ok(_) => Ok(body),
            Err(error) => Err(TemplateFault {
                line: None,
                what: format!("the result is not JSON (in its own lines): {error}"),
            }),
        }
    }
}

impl TemplateFault {
    pub(super) fn of_setting(self, key: &'static str) -> SettingsFault {
        SettingsFault::new(key, self.to_string())
    }
}

fn fault(error: &minijinja::Error) -> TemplateFault {
    let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    TemplateFault { line: error.line(), what: format!("{}{detail}", error.kind()) }
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::Template;

    fn render(source: &str) -> Result<String, String> {
        let template = Template::new(source).map_err(|fault| fault.to_string())?;
        template.render(context! { a => "x\"y" }).map_err(|fault| fault.to_string())
    }

    #[test]
    fn texts_are_quoted_and_faults_name_their_line() {
        assert_eq!(render("[{{ a }}]").unwrap(), "[\"x\\\"y\"]");
        for (source, fault) in [
            ("[\n{{ a }", "line 2: syntax error: unexpected `}`, expected end of variable block"),
            ("[\n{{ b }}]", "line 2: undefined value: `b` is undefined"),
            ("[\n{% if b.c %}1{% endif %}]", "line 2: undefined value: `b` is undefined"),
            (
                "[\n{% include \"x\" %}]",
                "line 2: template not found: tried to include non-existing template 'x'",
            ),
            (
                "[{{ a }}\n",
                "the result is not JSON (in its own lines): EOF while parsing a list at line 1 \
                 column 7",
            ),
        ] {
            assert_eq!(render(source).unwrap_err(), fault, "{source}");
        }
    }
}
