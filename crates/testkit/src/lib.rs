//! For tests only: clock, seeded ids, the app under test with both sandboxes, throw-away
//! PostgreSQL, the simulator.

pub mod clock;
pub mod db;
pub mod ears;
pub mod goods;
pub mod ids;
pub mod in_process;
pub mod live;
pub mod pg;
pub mod proof;
pub mod settings;
pub mod simulate;
pub mod stock;
pub mod story;
pub mod world;

pub use world::World;
