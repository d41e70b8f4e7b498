//! What happens when: one file (or folder) a flow, and the engine that runs them.

pub mod settings;
