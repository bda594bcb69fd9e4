//! A case file: its head, its story, and what must follow.

use redress_kernel::time::Zone;

use crate::fault::{Fault, Wrong, wrong};
use crate::sentence::{self, Entry, Sentence};

/// The line between a story and what must follow.
pub(crate) const LINE: &str = "----";

/// A case file that has been read.
#[derive(Debug, Clone)]
pub struct Story {
    /// Path of the file, as given.
    pub file: String,
    /// What it shows, in one sentence.
    pub title: String,
    /// Clauses that something in the story follows.
    pub passes: Vec<String>,
    /// Clauses by which something in the story is refused.
    pub refuses: Vec<String>,
    /// The workflow: a built-in one by its id, or a folder.
    pub workflow: String,
    /// What must follow, as the file states it.
    pub expected: String,
    /// Everything above the line, the line included.
    pub(crate) above: String,
    pub(crate) zone: Zone,
    /// Changes of the rules for this story.
    pub(crate) with: Vec<Entry>,
    /// The tables that it shows.
    pub(crate) show: Vec<Show>,
    pub(crate) sentences: Vec<Sentence>,
}

macro_rules! shows {
    ($($name:ident = $word:literal),* $(,)?) => {
        /// A table that a story can show.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Show { $($name),* }
        impl Show {
            const ALL: &[(&str, Show)] = &[$(($word, Show::$name)),*];
        }
    };
}

shows! {
    Cases = "cases",
    Visits = "visits",
    Deadlines = "deadlines",
    Held = "held",
    Reminders = "reminders",
    Inquiries = "inquiries",
    Numbers = "numbers",
    Facts = "facts",
    Values = "values",
    Decisions = "decisions",
    Copies = "copies",
    Answers = "answers",
    Objections = "objections",
    ThirdParties = "third-parties",
    Links = "links",
    Months = "months",
    Losses = "losses",
    Responsibility = "responsibility",
    Resale = "resale",
    Discipline = "discipline",
    Notices = "notices",
    Improvement = "improvement",
    Month = "month",
    Reviews = "reviews",
    Ledger = "ledger",
    Owing = "owing",
    Events = "events",
}

impl Story {
    /// Reads a case file.
    ///
    /// # Errors
    /// The first [`Fault`], with its line and what to do.
    pub fn read(file: &str, text: &str) -> Result<Self, Fault> {
        let fault = |line: usize, wrong: Wrong| wrong.at(file, line);
        let mut story = Self {
            file: file.to_owned(),
            title: String::new(),
            passes: Vec::new(),
            refuses: Vec::new(),
            workflow: "customer-complaint".to_owned(),
            expected: String::new(),
            above: String::new(),
            zone: Zone::default(),
            with: Vec::new(),
            show: Vec::new(),
            sentences: Vec::new(),
        };
        let mut below = false;
        let mut lines = 0;
        for (text, line) in text.split_inclusive('\n').zip(1usize..) {
            lines = line;
            if below {
                story.expected.push_str(text);
                continue;
            }
            story.above.push_str(text);
            let text = text.trim_end();
            if text == LINE {
                below = true;
            } else if !text.is_empty() && !text.starts_with('#') {
                story.line(line, text).map_err(|w| fault(line, w))?;
            }
        }
        if !below {
            return Err(fault(
                lines,
                wrong(
                    format!("the line `{LINE}` is missing"),
                    format!(
                        "end the story with a line `{LINE}`; what must follow is written below it"
                    ),
                ),
            ));
        }
        story.check().map_err(|w| fault(1, w))?;
        Ok(story)
    }

    fn line(&mut self, line: usize, text: &str) -> Result<(), Wrong> {
        if text.starts_with([' ', '\t']) {
            return self.entry(line, text.trim());
        }
        if text.starts_with(|c: char| c.is_ascii_digit()) || text.starts_with("ask ") {
            self.sentences.push(sentence::read(line, text, &self.zone)?);
            return Ok(());
        }
        if !self.sentences.is_empty() {
            return Err(wrong(
                format!("`{text}` is no sentence"),
                "a sentence begins with its instant, `2026-03-02 09:30 …`; lines that belong to it are indented",
            ));
        }
        self.header(line, text)
    }

    fn entry(&mut self, line: usize, text: &str) -> Result<(), Wrong> {
        let (name, value) = text.split_once('=').ok_or_else(|| {
            wrong(
                format!("`{text}` gives nothing a value"),
                "write `field = value`",
            )
        })?;
        let entry = Entry {
            line,
            name: name.trim().to_owned(),
            value: value.trim().to_owned(),
        };
        let sentence = self.sentences.last_mut().ok_or_else(|| {
            wrong(
                "an indented line without a sentence above it",
                "write it below the sentence to which it belongs",
            )
        })?;
        sentence.entries.push(entry);
        Ok(())
    }

    fn header(&mut self, line: usize, text: &str) -> Result<(), Wrong> {
        let names = "title, passes, refuses, workflow, zone, with, show";
        let (name, value) = text.split_once(':').ok_or_else(|| {
            wrong(
                format!("`{text}` is neither a head line nor a sentence"),
                format!("head lines are `NAME: VALUE`, the names {names}; a sentence begins with its instant"),
            )
        })?;
        let value = value.trim();
        let list = || value.split(',').map(|v| v.trim().to_owned());
        match name {
            "title" => value.clone_into(&mut self.title),
            "passes" => self.passes.extend(list()),
            "refuses" => self.refuses.extend(list()),
            "workflow" => value.clone_into(&mut self.workflow),
            "zone" => {
                self.zone = Zone::parse(value)
                    .map_err(|e| wrong(e.to_string(), "write `zone: Asia/Shanghai`"))?;
            }
            "with" => {
                let (name, value) = value.split_once('=').unwrap_or((value, ""));
                self.with.push(Entry {
                    line,
                    name: name.trim().to_owned(),
                    value: value.trim().to_owned(),
                });
            }
            "show" => {
                for word in list() {
                    let known = Show::ALL.iter().find(|(name, _)| *name == word);
                    let (_, show) = known.ok_or_else(|| {
                        let all: Vec<&str> = Show::ALL.iter().map(|(name, _)| *name).collect();
                        wrong(
                            format!("there is no table `{word}`"),
                            format!("the tables are: {}", all.join(", ")),
                        )
                    })?;
                    self.show.push(*show);
                }
            }
            other => {
                return Err(wrong(
                    format!("`{other}` is no head line"),
                    format!("the head lines are: {names}"),
                ));
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<(), Wrong> {
        if self.title.is_empty() {
            return Err(wrong(
                "the case file has no title",
                "begin with `title: What it shows`",
            ));
        }
        if self.passes.is_empty() && self.refuses.is_empty() {
            return Err(wrong(
                "the case file names no clause",
                "write `passes: M8, A3` for clauses that are followed, `refuses: M11` for clauses that refuse",
            ));
        }
        if self.sentences.is_empty() {
            return Err(wrong(
                "the case file tells nothing",
                "write sentences above the line",
            ));
        }
        let refused = self.sentences.iter().any(|s| s.refused);
        if self.refuses.is_empty() == refused {
            return Err(wrong(
                "the head and the story differ about refusals",
                "`refuses:` goes with at least one sentence that begins `refused: …`, and the other way round",
            ));
        }
        if self.show.is_empty() && !self.passes.is_empty() && !self.asks() {
            return Err(wrong(
                "the case file shows no table",
                "write `show: visits, deadlines …`, or ask something",
            ));
        }
        Ok(())
    }

    fn asks(&self) -> bool {
        use sentence::Deed;
        self.sentences.iter().any(|s| {
            matches!(
                s.deed,
                Deed::AskOverdue
                    | Deed::AskExplain { .. }
                    | Deed::AskDue { .. }
                    | Deed::AskYear { .. }
                    | Deed::AskRules
                    | Deed::AskForm { .. }
            )
        })
    }
}
