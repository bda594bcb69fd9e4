//! A bar on standard error while a log is read through, for people who look at it and would wonder.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use redress::Progress;

use crate::settings::Lang;

/// Whoever waits less than this is shown nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is shown to whoever waits.
#[derive(Debug)]
pub(crate) struct Waiting {
    bar: ProgressBar,
    lang: Lang,
}

impl Waiting {
    /// Nothing yet.
    pub(crate) fn new(lang: Lang) -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {percent} %") {
            bar.set_style(style);
        }
        Self { bar, lang }
    }

    /// So far the reading is.
    pub(crate) fn tell(&self, progress: Progress) {
        let (done, of, message) = match progress {
            Progress::Journal(scanned) => (
                scanned.bytes,
                scanned.of_bytes,
                self.lang.pick("正在重建索引", "rebuilding the index"),
            ),
            Progress::Views { position, head } => (
                position,
                head,
                self.lang.pick("正在重建视图", "rebuilding the views"),
            ),
            _ => return,
        };
        if self.bar.elapsed() < PATIENCE {
            return;
        }
        if self.bar.is_hidden() {
            // Draws on a terminal alone.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_message(message);
        self.bar.set_length(of);
        self.bar.set_position(done);
        if done >= of {
            self.bar.finish_and_clear();
        }
    }
}
