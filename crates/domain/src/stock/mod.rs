//! Stock arithmetic (design section 5): what the tills may still sell, and what has to be written so
//! that they say so. Doubt always lowers.

mod buffer;
mod certainty;
mod decide;
mod drift;
mod moved;
mod suggest;

pub use self::{
    buffer::{Amount, BadRule, BufferRule, BufferRules, BufferScope},
    certainty::{Certainty, Figures, Margins, Standing, certainty},
    decide::{Kind, Oversold, Situation, Sum, oversold, sum},
    drift::{Facts, Why, drift},
    moved::{Moved, moved, moved_from},
    suggest::{Sample, Suggestion, suggest},
};
