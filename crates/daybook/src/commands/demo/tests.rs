//! What the summary looks like.
