//! How far a long reading is, on standard error while a person looks at it.

use indicatif::{ProgressBar, ProgressStyle};
use redress_log::Scanned;

use super::Output;

/// A bar that is gone when the reading is over.
#[derive(Debug)]
pub(crate) struct Reading(ProgressBar);

impl Reading {
    /// A bar, hidden where nobody looks.
    pub(crate) fn new(output: &Output) -> Self {
        let bar = ProgressBar::new(0);
        if let Ok(style) = ProgressStyle::with_template("{bytes}/{total_bytes} {wide_bar} {eta}") {
            bar.set_style(style);
        }
        if output.is_json() {
            bar.set_draw_target(indicatif::ProgressDrawTarget::hidden());
        }
        Self(bar)
    }

    /// Whom the reader tells how far it is.
    pub(crate) fn tell(&self) -> impl Fn(Scanned) + Send + Sync + 'static {
        let bar = self.0.clone();
        move |scanned| {
            bar.set_length(scanned.of_bytes);
            bar.set_position(scanned.bytes);
        }
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
