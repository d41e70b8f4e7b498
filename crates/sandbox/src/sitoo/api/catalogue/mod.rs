//! Products, families, groups and price lists over the API (facts/sitoo 4).

mod fields;
mod groups;
mod prices;
mod read;
mod variants;
mod write;
