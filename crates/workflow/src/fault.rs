//! Faults of a workflow or calendar file: each with its place, a sentence and a hint, all of them at once.

use std::fmt::{self, Write as _};

use serde::Serialize;

macro_rules! fault_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)+) => {
        /// What kind of fault it is. The text is stable and never given to another kind.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[non_exhaustive]
        pub enum FaultCode {
            $($(#[$doc])* #[serde(rename = $text)] $name,)+
        }

        impl FaultCode {
            /// Every code, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable text of the code.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

fault_codes! {
    /// The directory or file cannot be read.
    Unreadable = "unreadable",
    /// The file is no UTF-8.
    NotUtf8 = "not_utf8",
    /// There are no files at all.
    NoFiles = "no_files",
    /// More files than are read.
    TooManyFiles = "too_many_files",
    /// A file longer than is read.
    FileTooLarge = "file_too_large",
    /// A control character or one that makes text read otherwise than it is stored.
    ForbiddenCharacter = "forbidden_character",
    /// The file is no TOML.
    Syntax = "syntax",
    /// A key that nobody reads.
    UnknownKey = "unknown_key",
    /// A key without which the table says nothing.
    MissingKey = "missing_key",
    /// A topic that two files claim.
    TopicTwice = "topic_twice",
    /// A value of another type than the key wants.
    WrongType = "wrong_type",
    /// A word that is none of those that the key knows.
    UnknownWord = "unknown_word",
    /// Keys that exclude each other.
    Contradiction = "contradiction",
    /// A text that is empty or too long.
    BadText = "bad_text",
    /// A text that cannot serve as an id.
    BadId = "bad_id",
    /// An id given twice.
    DuplicateId = "duplicate_id",
    /// A whole number outside its bounds.
    OutOfRange = "out_of_range",
    /// A list longer than is read.
    TooMany = "too_many",
    /// A list that must not be empty.
    EmptyList = "empty_list",
    /// A length of time without its unit.
    BareDuration = "bare_duration",
    /// A text that is no length of time.
    BadDuration = "bad_duration",
    /// A length of time of zero, or below.
    NoDuration = "no_duration",
    /// A text that is no amount of money.
    BadMoney = "bad_money",
    /// A currency that is not known.
    BadCurrency = "bad_currency",
    /// A condition that is nested too deeply.
    GuardTooDeep = "guard_too_deep",
    /// A condition that is none of the six forms.
    BadGuard = "bad_guard",
    /// A path that names no form and field.
    BadPath = "bad_path",
    /// A path to a field that is nowhere.
    UnknownField = "unknown_field",
    /// A condition that compares with a value of another type.
    GuardType = "guard_type",
    /// A condition that compares with a value that the field can never have.
    GuardValue = "guard_value",
    /// A condition on something that is not known yet when it is asked.
    NotKnownYet = "not_known_yet",
    /// A department that is not listed.
    UnknownDepartment = "unknown_department",
    /// An office that is not listed.
    UnknownOffice = "unknown_office",
    /// A form that is not listed.
    UnknownForm = "unknown_form",
    /// A stage that is not on the route.
    UnknownStage = "unknown_stage",
    /// A stage that no case can reach.
    UnreachableStage = "unreachable_stage",
    /// A stage from which no case gets on, or a route on which no case closes.
    DeadEnd = "dead_end",
    /// A way back that, once taken, is taken for ever.
    EndlessDetour = "endless_detour",
    /// Something hangs on the end of a stage that a case may never visit.
    SkippableAnchor = "skippable_anchor",
    /// Values that a table leaves out.
    TableGap = "table_gap",
    /// A row of a table that is never reached, or that contradicts another.
    TableOverlap = "table_overlap",
    /// A binding that the domain does not know, or of another type.
    BadBinding = "bad_binding",
    /// An office or department that nobody holds at the moment asked about.
    NobodyHolds = "nobody_holds",
    /// A fault of a calendar.
    Calendar = "calendar",
    /// More faults than are listed.
    MoreFaults = "more_faults",
}

impl fmt::Display for FaultCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Fault {
    /// The file, as it is named within its directory.
    pub file: String,
    /// Line, from 1; 0 where the fault is the whole file's or the directory's.
    pub line: usize,
    /// Column in characters, from 1; 0 where there is no line.
    pub column: usize,
    /// The kind.
    pub code: FaultCode,
    /// What is wrong, a sentence in lower case.
    pub sentence: String,
    /// What to do.
    pub hint: String,
    /// Where the fault begins in the file, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "{}:{}:{}: ", self.file, self.line, self.column)?;
        } else if !self.file.is_empty() {
            write!(f, "{}: ", self.file)?;
        }
        printable(f, &self.sentence)?;
        write!(f, " [{}]", self.code)?;
        if !self.hint.is_empty() {
            f.write_str("\n  hint: ")?;
            printable(f, &self.hint)?;
        }
        Ok(())
    }
}

/// Writes a text that may quote a file, its control characters escaped: a file commands no terminal.
fn printable(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.chars().try_for_each(|c| match c {
        '\n' => f.write_char(c),
        c if c.is_control() => write!(f, "{}", c.escape_default()),
        c => f.write_char(c),
    })
}

/// All faults at once, by file and place; at least one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// The most faults that are listed; what lies beyond is counted in the last one.
    pub const MOST: usize = 200;

    /// Orders the faults and cuts what lies beyond [`Faults::MOST`].
    pub(crate) fn new(mut faults: Vec<Fault>) -> Self {
        faults.sort_by(|a, b| {
            (&a.file, a.start, a.code, &a.sentence).cmp(&(&b.file, b.start, b.code, &b.sentence))
        });
        faults.dedup();
        let more = faults.len().saturating_sub(Self::MOST);
        if more > 0 {
            faults.truncate(Self::MOST);
            faults.push(Fault {
                file: String::new(),
                line: 0,
                column: 0,
                code: FaultCode::MoreFaults,
                sentence: format!("and {more} more"),
                hint: "mend these first".to_owned(),
                start: 0,
                end: 0,
            });
        }
        Self(faults)
    }

    /// The faults.
    #[must_use]
    pub fn all(&self) -> &[Fault] {
        &self.0
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

impl IntoIterator for Faults {
    type Item = Fault;
    type IntoIter = std::vec::IntoIter<Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, fault) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_quotes_commands_no_terminal() {
        let fault = Fault {
            file: "a.toml".into(),
            line: 1,
            column: 1,
            code: FaultCode::NoFiles,
            sentence: "there is no `a\u{8}\u{1b}[2J`".into(),
            hint: "write\nanother".into(),
            start: 0,
            end: 0,
        };
        let told = fault.to_string();
        assert!(told.contains("`a\\u{8}\\u{1b}[2J`"), "{told}");
        assert!(told.ends_with("write\nanother"), "{told}");
    }
}
