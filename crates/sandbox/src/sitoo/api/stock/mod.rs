//! Stock over the API (facts/sitoo 3.2, 3.3 and 3.5).

mod journal;
mod levels;
mod post;
