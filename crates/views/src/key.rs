//! Keys of rows: `v/VIEW/VERSION/…`, readable, and ordered as the answers need them.

use std::fmt::Write;

use redress_kernel::id::CaseId;
use redress_kernel::time::Instant;
use serde::{Deserialize, Serialize};

/// An instant in a row: microseconds since 1970, shorter than its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Micros(pub(crate) i64);

impl Micros {
    /// Before everything.
    pub(crate) const MIN: Self = Self(Instant::MIN.micros());

    pub(crate) fn instant(self) -> Instant {
        Instant::from_micros(self.0).unwrap_or(if self.0 < 0 {
            Instant::MIN
        } else {
            Instant::MAX
        })
    }

    /// The next microsecond: a limit that is reached at this instant is exceeded from then on (A1).
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    pub(crate) fn minus(self, micros: i64) -> Self {
        Self(self.0.saturating_sub(micros)).max(Self::MIN)
    }
}

impl From<Instant> for Micros {
    fn from(instant: Instant) -> Self {
        Self(instant.micros())
    }
}

/// A view: its name, the version of its rows, and what their keys begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) name: &'static str,
    pub(crate) version: u32,
    pub(crate) prefix: &'static str,
}

macro_rules! views {
    ($($(#[$doc:meta])* $constant:ident = $name:literal, $version:literal;)*) => {
        $($(#[$doc])* pub(crate) const $constant: View = View {
            name: $name,
            version: $version,
            prefix: concat!("v/", $name, "/", $version, "/"),
        };)*
        /// Every view.
        pub(crate) const VIEWS: &[View] = &[$($constant),*];
    };
}

views! {
    /// What is known of each case.
    CASES = "cases", 1;
    /// The register.
    REGISTER = "register", 1;
    /// Who has to do something.
    WORKLIST = "worklist", 1;
    /// What is overdue or due soon, when.
    DEADLINES = "deadlines", 1;
    /// Notices and reminders.
    REMINDERS = "reminders", 1;
    /// Inquiries, and what may be inquired into.
    INQUIRIES = "inquiries", 1;
    /// Closed and withdrawn cases.
    STATISTICS = "statistics", 1;
}

/// Where the views say how far they are.
pub(crate) const CHECKPOINT: &[u8] = b"v/checkpoint";

/// A key in the making.
#[derive(Debug, Clone)]
pub(crate) struct Key(String);

impl Key {
    pub(crate) fn of(view: View, index: &str) -> Self {
        let mut key = String::with_capacity(128);
        key.push_str(view.prefix);
        key.push_str(index);
        key.push('/');
        Self(key)
    }

    /// A part that may hold anything; what would be taken for a separator is escaped.
    pub(crate) fn text(mut self, text: &str) -> Self {
        for byte in text.bytes() {
            match byte {
                b'/' | b'%' | 0..=0x20 | 0x7f.. => self.hex(u64::from(byte), "%", 2),
                _ => self.0.push(char::from(byte)),
            }
        }
        self.0.push('/');
        self
    }

    /// An instant; keys order as instants do.
    pub(crate) fn instant(mut self, at: Micros) -> Self {
        let since = at.0.saturating_sub(Instant::MIN.micros());
        self.hex(u64::try_from(since).unwrap_or_default(), "", 15);
        self.0.push('/');
        self
    }

    /// A number below 16 to the power of `digits`.
    pub(crate) fn number(mut self, number: u64, digits: usize) -> Self {
        self.hex(number, "", digits);
        self.0.push('/');
        self
    }

    /// A case.
    pub(crate) fn case(mut self, case: CaseId) -> Self {
        let _ = write!(self.0, "{}", case.0.simple());
        self.0.push('/');
        self
    }

    fn hex(&mut self, number: u64, before: &str, digits: usize) {
        // Writing into a String never fails.
        let _ = write!(self.0, "{before}{number:0digits$x}");
    }

    /// The key of a row. No key of a row is the beginning of another one's.
    pub(crate) fn bytes(mut self) -> Vec<u8> {
        self.0.pop();
        self.0.into_bytes()
    }

    /// The beginning of keys.
    pub(crate) fn prefix(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

/// The parts of a key behind `v/VIEW/VERSION/INDEX/`.
pub(crate) fn parts(key: &[u8]) -> impl Iterator<Item = &str> {
    std::str::from_utf8(key)
        .unwrap_or_default()
        .split('/')
        .skip(4)
}

/// The case whose id is a part of a key.
pub(crate) fn case_in(key: &[u8], part: usize) -> Option<CaseId> {
    parts(key).nth(part)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_order_as_instants_do() {
        let key = |at: &str| {
            let at: Instant = at.parse().unwrap();
            Key::of(DEADLINES, "x").instant(at.into()).bytes()
        };
        let keys = [
            "1900-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00Z",
            "2026-03-02T09:30:00Z",
            "9999-12-31T23:59:59Z",
        ]
        .map(key);
        assert!(keys.is_sorted());
        assert!(keys.iter().all(|k| k.len() == keys[0].len()));
    }

    #[test]
    fn a_separator_in_a_text_does_not_separate() {
        let key = Key::of(WORKLIST, "x").text("a/b").text("客").bytes();
        assert_eq!(key, b"v/worklist/1/x/a%2fb/%e5%ae%a2");
    }

    #[test]
    fn each_view_has_rows_of_its_own() {
        for view in VIEWS {
            assert_eq!(view.prefix, format!("v/{}/{}/", view.name, view.version));
        }
    }
}
