//! A folder of case files: read once, played by whatever rules, its clauses counted.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::fault::{Fault, wrong};
use crate::play::Play;
use crate::rules::Rules;
use crate::shown;
use crate::story::Story;

/// The end of a case file's name.
const ENDING: &str = "case";

/// Case files under one folder, in the order of their names.
#[derive(Debug, Clone, Default)]
pub struct Casebook {
    /// The stories.
    pub stories: Vec<Story>,
}

/// How a story came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// What follows is what the file states.
    Green,
    /// Something else follows than the file states.
    Red {
        /// What follows.
        follows: String,
        /// The first line that differs, for the eye.
        differs: String,
    },
    /// The story breaks off.
    Broken(Fault),
}

impl Outcome {
    /// Whether the file holds.
    pub fn is_green(&self) -> bool {
        *self == Self::Green
    }
}

impl Story {
    /// What follows from the story by these rules.
    ///
    /// # Errors
    /// The [`Fault`] at which the story breaks off.
    pub fn follows(&self, rules: &Rules) -> Result<String, Fault> {
        Play::of(self, rules).map(|play| shown::below(&play))
    }

    /// Plays the story by these rules and compares.
    pub fn play(&self, rules: &Rules) -> Outcome {
        match self.follows(rules) {
            Err(fault) => Outcome::Broken(fault),
            Ok(follows) if follows == self.expected => Outcome::Green,
            Ok(follows) => {
                let differs = first_difference(&self.expected, &follows);
                Outcome::Red { follows, differs }
            }
        }
    }

    /// The whole file with what follows below the line, the story untouched.
    pub fn with_below(&self, follows: &str) -> String {
        format!("{}{follows}", self.above)
    }
}

fn first_difference(expected: &str, follows: &str) -> String {
    let mut left = expected.lines();
    let mut right = follows.lines();
    for number in 1usize.. {
        match (left.next(), right.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            (a, b) => {
                return format!(
                    "line {number} below the line\n  stated:  {}\n  follows: {}",
                    a.unwrap_or("(nothing)"),
                    b.unwrap_or("(nothing)")
                );
            }
        }
    }
    "the ends of lines".to_owned()
}

impl Casebook {
    /// Reads every case file under a folder; names are given from `base` on.
    ///
    /// # Errors
    /// All faults of all files.
    pub fn read(base: &Path, folder: &str) -> Result<Self, Vec<Fault>> {
        let mut files = Vec::new();
        let mut faults = Vec::new();
        collect(&base.join(folder), &mut files, &mut faults);
        files.sort();
        let mut book = Self::default();
        for file in files {
            let name = file
                .strip_prefix(base)
                .unwrap_or(&file)
                .display()
                .to_string();
            let story = std::fs::read_to_string(&file)
                .map_err(|e| unreadable(&name, &e))
                .and_then(|text| Story::read(&name, &text));
            match story {
                Ok(story) => book.stories.push(story),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() {
            Ok(book)
        } else {
            Err(faults)
        }
    }

    /// Clause → files in which it is followed, files in which it refuses.
    pub fn clauses(&self) -> BTreeMap<String, (Vec<&str>, Vec<&str>)> {
        let mut clauses: BTreeMap<String, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
        for story in &self.stories {
            for clause in &story.passes {
                clauses
                    .entry(clause.clone())
                    .or_default()
                    .0
                    .push(&story.file);
            }
            for clause in &story.refuses {
                clauses
                    .entry(clause.clone())
                    .or_default()
                    .1
                    .push(&story.file);
            }
        }
        clauses
    }
}

fn unreadable(name: &str, error: &std::io::Error) -> Fault {
    wrong(
        format!("the file cannot be read: {error}"),
        "see to its rights, and that it is UTF-8",
    )
    .at(name, 1)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>, faults: &mut Vec<Fault>) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            faults.push(unreadable(&folder.display().to_string(), &error));
            return;
        }
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files, faults);
        } else if path.extension().is_some_and(|e| e == ENDING) {
            files.push(path);
        }
    }
}
