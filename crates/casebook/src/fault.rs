//! What is wrong with a case file: where, what, and what to do.

use std::fmt;

/// A fault of a case file, for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, in one sentence.
    pub sentence: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {}\n  hint: {}",
            self.file, self.line, self.sentence, self.hint
        )
    }
}

impl std::error::Error for Fault {}

/// A fault of which only the words are known yet; the reader adds file and line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    pub(crate) sentence: String,
    pub(crate) hint: String,
}

pub(crate) fn wrong(sentence: impl Into<String>, hint: impl Into<String>) -> Wrong {
    Wrong {
        sentence: sentence.into(),
        hint: hint.into(),
    }
}

impl Wrong {
    pub(crate) fn at(self, file: &str, line: usize) -> Fault {
        Fault {
            file: file.to_owned(),
            line,
            sentence: self.sentence,
            hint: self.hint,
        }
    }
}
