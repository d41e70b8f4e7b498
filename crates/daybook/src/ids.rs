//! Ids and dice of the real world.

use daybook_flows::Ids;
use uuid::Uuid;

/// Random numbers of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RandomIds;

impl Ids for RandomIds {
    #[expect(clippy::disallowed_methods, reason = "the one place that makes ids outside tests")]
    fn uuid(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn dice(&self) -> u32 {
        // The last four bytes of a version 7 id are random.
        let bytes = self.uuid().into_bytes();
        u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]])
    }

    fn secret(&self) -> [u8; 32] {
        rand::random()
    }
}
