//! For people: how things stand.
