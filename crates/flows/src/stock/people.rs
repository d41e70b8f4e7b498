//! What people see and do about stock.
