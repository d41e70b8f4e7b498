//! How we talk: one client a system, one seam to the network, one place that classes failures.
//!
//! No business rule lives here. A client turns a question into a request, sends it at the pace the
//! peer bears, keeps what was said as an [`Exchange`](daybook_domain::exchange::Exchange) and tells
//! what came of it as a [`Called`](daybook_domain::exchange::Called). Whether to try again, and
//! when, is decided by the flows alone.
//!
//! Each system has its folder: `wire.rs` (their words), `client.rs` (the calls) and `MAPPING.md`
//! (field by field, with what happens to values we do not know).

mod call;
mod classes;
pub mod clock;
mod echo;
mod elements;
mod mask;
pub mod notify;
mod number;
pub mod openid;
pub mod orderwise;
mod pace;
mod read_only;
mod reasons;
mod settings;
pub mod settlement;
pub mod sitoo;
mod text;
pub mod transport;

pub use clock::{Clock, SystemClock};
pub use mask::{mask_body, mask_text};
pub use openid::{OpenId, OpenIdSettings};
pub use orderwise::{Orderwise, OrderwiseSettings};
pub use pace::Pace;
pub use settings::SettingsFault;
pub use sitoo::{Sitoo, SitooSettings};
pub use transport::{Chunks, Lost, Network, TlsSettings, Transport};
