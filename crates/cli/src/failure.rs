//! How a command fails: one sentence to whoever must act, and an exit code that a script can rely on.

use serde_json::json;

use crate::settings::Lang;

/// The exit codes, stable for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Something went wrong that has no code of its own.
    Failure,
    /// The command line itself is wrong.
    Usage,
    /// A workflow, calendar, map or configuration file is invalid.
    InvalidFile,
    /// There is no such case, stage, month, calendar.
    NotFound,
    /// Refused by a rule, or in conflict with what somebody else just did.
    Refused,
    /// Who acts may not do this.
    NotPermitted,
    /// What is stored is not what was written.
    Integrity,
    /// Another process holds the data directory, or it cannot be reached.
    Unavailable,
    /// The holidays of a year that is needed are not published.
    CalendarNotPublished,
    /// Something is overdue (only with `--exit-code`).
    Overdue,
}

impl Exit {
    /// The number that the process ends with.
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Failure => 1,
            Self::Usage => 2,
            Self::InvalidFile => 3,
            Self::NotFound => 4,
            Self::Refused => 5,
            Self::NotPermitted => 6,
            Self::Integrity => 7,
            Self::Unavailable => 8,
            Self::CalendarNotPublished => 9,
            Self::Overdue => 10,
        }
    }
}

/// Why a command did not do what was asked.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// A stable name.
    pub(crate) code: String,
    english: String,
    chinese: Option<String>,
    pub(crate) clause: Option<String>,
    help: Option<(String, Option<String>)>,
    pub(crate) path: Option<String>,
    pub(crate) line: Option<usize>,
    /// Nothing is said: the answer itself has been given, only the exit code remains; or nobody reads any more.
    pub(crate) silent: bool,
}

impl Failure {
    /// A failure with its sentence in English.
    pub(crate) fn new(exit: Exit, code: impl Into<String>, english: impl Into<String>) -> Self {
        Self {
            exit,
            code: code.into(),
            english: english.into(),
            chinese: None,
            clause: None,
            help: None,
            path: None,
            line: None,
            silent: false,
        }
    }

    /// Only an exit code: what is to be said has been said on standard output.
    pub(crate) fn silent(exit: Exit) -> Self {
        Self {
            silent: true,
            ..Self::new(exit, "", "")
        }
    }

    /// Whoever read the answer has gone away.
    pub(crate) fn reader_gone() -> Self {
        Self {
            silent: true,
            ..Self::new(Exit::Failure, "reader_gone", "")
        }
    }

    /// A usage error.
    pub(crate) fn usage(code: &str, english: impl Into<String>) -> Self {
        Self::new(Exit::Usage, code, english)
    }

    /// Adds the sentence in Chinese.
    pub(crate) fn chinese(mut self, chinese: impl Into<String>) -> Self {
        self.chinese = Some(chinese.into());
        self
    }

    /// Adds the clause that refuses.
    pub(crate) fn clause(mut self, clause: impl Into<String>) -> Self {
        self.clause = Some(clause.into());
        self
    }

    /// Adds what to do.
    pub(crate) fn help(mut self, english: impl Into<String>) -> Self {
        self.help = Some((english.into(), None));
        self
    }

    /// Adds what to do, in both languages.
    pub(crate) fn help_both(
        mut self,
        english: impl Into<String>,
        chinese: impl Into<String>,
    ) -> Self {
        self.help = Some((english.into(), Some(chinese.into())));
        self
    }

    /// Adds the file and the line.
    pub(crate) fn at(mut self, path: impl Into<String>, line: Option<usize>) -> Self {
        self.path = Some(path.into());
        self.line = line;
        self
    }

    /// The sentence.
    pub(crate) fn message(&self, lang: Lang) -> &str {
        match (lang, &self.chinese) {
            (Lang::Zh, Some(chinese)) => chinese,
            _ => &self.english,
        }
    }

    fn help_in(&self, lang: Lang) -> Option<&str> {
        let (english, chinese) = self.help.as_ref()?;
        match (lang, chinese) {
            (Lang::Zh, Some(chinese)) => Some(chinese),
            _ => Some(english),
        }
    }

    /// The members of the JSON object.
    pub(crate) fn json(&self, lang: Lang) -> serde_json::Value {
        json!({
            "schema": "redress/error@1",
            "code": self.code,
            "message": self.message(lang),
            "clause": self.clause,
            "help": self.help_in(lang),
            "path": self.path,
            "line": self.line,
        })
    }

    /// The lines that a person reads.
    pub(crate) fn text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        let mut text = String::from(if zh { "错误：" } else { "error: " });
        if let Some(path) = &self.path {
            text.push_str(path);
            if let Some(line) = self.line {
                text.push_str(&format!(":{line}"));
            }
            text.push_str(": ");
        }
        text.push_str(self.message(lang));
        if let Some(help) = self.help_in(lang) {
            text.push_str(if zh { "\n提示：" } else { "\nhelp: " });
            text.push_str(help);
        }
        text.push('\n');
        text
    }
}

/// A place in a text as a line number, from 1.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}
