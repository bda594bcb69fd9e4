//! What a command says: data on standard output in one of four formats, everything else on standard error.

mod cell;
mod intervals;
mod listing;
mod progress;
mod table;

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

use redress_kernel::time::Zone;
use serde_json::Value as Json;

pub(crate) use cell::{Cell, duration, harmless, money_json};
pub(crate) use intervals::intervals;
pub(crate) use listing::{Column, Listing, Record, column};
pub(crate) use progress::Reading;

use crate::failure::{Exit, Failure};
use crate::settings::{Color, Format, Lang, Settings};

/// Where a command writes, and how.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) lang: Lang,
    color: Color,
    shown_zone: Option<Zone>,
    /// Warnings that wait for the end, where a machine reads: an error is one object on standard error.
    warnings: Arc<Mutex<Vec<Json>>>,
}

/// In which zones instants are written: data in the company's, tables in the one that the reader asked for.
#[derive(Debug, Clone)]
pub(crate) struct Zones {
    pub(crate) company: Zone,
    pub(crate) shown: Zone,
}

impl Output {
    /// As the settings say.
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            format: settings.format,
            lang: settings.lang,
            color: settings.color,
            shown_zone: settings.zone,
            warnings: Arc::default(),
        }
    }

    /// The zones in which instants are written, given the company's.
    pub(crate) fn zones(&self, company: &Zone) -> Zones {
        Zones {
            company: *company,
            shown: self.shown_zone.unwrap_or(*company),
        }
    }

    /// One of two texts, by the language.
    pub(crate) fn pick<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.pick(zh, en)
    }

    /// Writes rows.
    pub(crate) fn listing(&self, listing: &Listing, zones: &Zones) -> Result<(), Failure> {
        match self.format {
            Format::Table => self.print(&table::listing(listing, self.lang, zones, self.styled())),
            Format::Json => self.json(&listing.json(zones)),
            Format::Jsonl => {
                let mut text = String::new();
                for row in listing.json_rows(zones) {
                    text.push_str(&row.to_string());
                    text.push('\n');
                }
                self.print(&text)
            }
            Format::Csv => self.print(&listing.csv(zones)?),
        }
    }

    /// Writes one thing with its parts.
    pub(crate) fn record(&self, record: &Record, zones: &Zones) -> Result<(), Failure> {
        match self.format {
            Format::Table => self.print(&table::record(record, self.lang, zones, self.styled())),
            Format::Json => self.json(&record.json(zones)),
            Format::Jsonl => self.print(&format!("{}\n", record.json(zones))),
            Format::Csv => self.print(&record.csv(zones)?),
        }
    }

    /// Writes one JSON value, over several lines or on one as the format says.
    pub(crate) fn json(&self, value: &Json) -> Result<(), Failure> {
        let text = match self.format {
            Format::Jsonl => value.to_string(),
            _ => serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string()),
        };
        self.print(&format!("{text}\n"))
    }

    /// Writes text as it is. A reader that has gone away ends the command without a word.
    pub(crate) fn print(&self, text: &str) -> Result<(), Failure> {
        self.bytes(text.as_bytes())
    }

    /// Writes bytes as they are.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = std::io::stdout().lock();
        out.write_all(bytes)
            .and_then(|()| out.flush())
            .map_err(|e| match e.kind() {
                std::io::ErrorKind::BrokenPipe => Failure::reader_gone(),
                _ => Failure::new(
                    Exit::Failure,
                    "output_failed",
                    format!("standard output cannot be written: {e}"),
                ),
            })
    }

    /// Says something to the person at the terminal, on standard error.
    pub(crate) fn note(&self, text: &str) {
        say(text);
    }

    /// Warns, on standard error; as a JSON object at the end where data is JSON.
    pub(crate) fn warn(&self, code: &str, zh: &str, en: &str) {
        let text = self.pick(zh, en);
        if self.is_json() {
            let warning = serde_json::json!({
                "schema": "redress/warning@1", "code": code, "message": text,
            });
            let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
            warnings.push(warning);
        } else {
            say(&format!("{}{text}", self.pick("注意：", "warning: ")));
        }
    }

    /// The warnings that still wait to be said.
    pub(crate) fn take_warnings(&self) -> Vec<Json> {
        let mut warnings = self.warnings.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *warnings)
    }

    /// Whether a machine reads JSON here.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.format, Format::Json | Format::Jsonl)
    }

    fn styled(&self) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                std::io::stdout().is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
                    && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }
}

/// Writes a line on standard error; if that fails there is nobody left to tell.
pub(crate) fn say(text: &str) {
    let mut err = std::io::stderr().lock();
    let _nobody_left = writeln!(err, "{text}");
}
