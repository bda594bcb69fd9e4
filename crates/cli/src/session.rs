//! What a command is handed: the settings and a place to write to. The data directory is opened only by who needs it.

use redress_kernel::time::Zone;

use crate::output::{Output, Zones};
use crate::settings::Settings;

/// What a command is handed.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) settings: Settings,
    pub(crate) output: Output,
}

impl Session {
    /// A session by the settings.
    pub(crate) fn new(settings: Settings) -> Self {
        let output = Output::new(&settings);
        Self { settings, output }
    }

    /// The zones in which instants are written where no data directory is open.
    pub(crate) fn default_zones(&self) -> Zones {
        self.output.zones(&Zone::default())
    }
}
