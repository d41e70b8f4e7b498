//! What the manual says about this retailer at this moment: who is responsible, how far the routines
//! are, and the exercises of the tour.

pub mod responsible;
pub mod routine;
pub mod tour;
