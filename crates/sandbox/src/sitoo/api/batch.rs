//! Batches: many elements in a request, each done by itself, and answered in an envelope
//! (facts/sitoo 1.3).

use serde_json::Value;

use super::{Answer, Call, Refusal, text::Object, values::Fields};

/// How a list of one element is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alone {
    /// Like one object, unless a switch says otherwise (facts/sitoo 10, question 21).
    Bare,
    /// In an envelope.
    Enveloped,
}

/// The elements of a request.
pub(super) struct Batch {
    elements: Vec<Value>,
    is_bare: bool,
}

impl Batch {
    pub(super) fn len(&self) -> usize {
        self.elements.len()
    }

    /// The elements that are objects.
    pub(super) fn objects(&self) -> impl Iterator<Item = &Fields> {
        self.elements.iter().filter_map(Value::as_object)
    }
}

impl Call<'_> {
    /// One object, or a list of them.
    pub(super) fn batch(&self, alone: Alone, envelope_always: bool) -> Result<Batch, Refusal> {
        match serde_json::from_slice(&self.body) {
            Ok(object @ Value::Object(_)) => Ok(Batch { elements: vec![object], is_bare: true }),
            Ok(Value::Array(elements)) => {
                let is_bare = elements.len() == 1 && alone == Alone::Bare && !envelope_always;
                Ok(Batch { elements, is_bare })
            }
            _ => Err(Refusal::bad("Invalid data")),
        }
    }

    /// Does each element by itself; the others go on when one fails. A fault may spoil some.
    pub(super) fn each(
        &self,
        batch: &Batch,
        mut process: impl FnMut(&Fields) -> Result<Value, Refusal>,
    ) -> Answer {
        let mut outcomes = (1_u32..).zip(&batch.elements).map(|(nth, element)| {
            let spoil = self.spoil.filter(|spoil| nth.is_multiple_of(spoil.every.max(1)));
            let spoilt = |spoil: super::Spoil| {
                let status = http::StatusCode::from_u16(spoil.status);
                let status = status.unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
                Err(Refusal::new(status, status.canonical_reason().unwrap_or("Error")))
            };
            if let Some(spoil) = spoil.filter(|spoil| !spoil.processed) {
                return spoilt(spoil);
            }
            let fields = element.as_object().ok_or_else(|| Refusal::bad("Invalid data"));
            let outcome = fields.and_then(&mut process);
            spoil.map_or(outcome, spoilt)
        });
        if batch.is_bare
            && let Some(outcome) = outcomes.next()
        {
            return outcome.map(|value| value.to_string().into_bytes());
        }
        let mut out = Vec::with_capacity(64 * batch.len() + 2);
        super::text::push_list(&mut out, outcomes, |out, outcome| {
            let mut object = Object::open(out);
            match outcome {
                Ok(value) => {
                    object.number("statuscode", 200);
                    object.raw("return", &value.to_string());
                }
                Err(refusal) => {
                    object.number("statuscode", i64::from(refusal.status.as_u16()));
                    object.text("errortext", &refusal.text);
                }
            }
            object.close();
        });
        Ok(out)
    }
}
