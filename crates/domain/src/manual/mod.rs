//! What the manual knows without looking: workflows that somebody is responsible for, routines with
//! their lines, and the exercises of the tour. Data; the flows look at the book for them.

pub mod routine;
pub mod tour;
pub mod workflow;
