//! Splitting a row whose amount does not divide by its quantity.
