//! TOML with the place of every value: typed access that notes each fault and goes on.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;
use std::str::FromStr;

use redress_kernel::calendar::{Span, SpanError};
use redress_kernel::definition::{Mark, Title};
use redress_kernel::id::IdError;
use redress_kernel::text;
use toml::de::{DeTable, DeValue};

use crate::fault::{Fault, FaultCode};

/// The longest list.
pub(crate) const MOST_ITEMS: usize = 200;
/// The longest text of a title or clause, in characters.
const MOST_CHARS: usize = 400;

/// Where the faults of all files gather.
#[derive(Debug, Default)]
pub(crate) struct Pad {
    faults: RefCell<Vec<Fault>>,
}

impl Pad {
    pub(crate) fn push(&self, fault: Fault) {
        let mut faults = self.faults.borrow_mut();
        // A hostile file may be wrong a million times; what lies beyond is not kept.
        if faults.len() < 10_000 {
            faults.push(fault);
        }
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.faults.borrow().is_empty()
    }

    pub(crate) fn into_faults(self) -> Vec<Fault> {
        self.faults.into_inner()
    }
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) file: Rc<str>,
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Spot {
    pub(crate) fn fault(
        &self,
        code: FaultCode,
        sentence: impl Into<String>,
        hint: impl Into<String>,
    ) -> Fault {
        Fault {
            file: self.file.to_string(),
            line: self.line,
            column: self.column,
            code,
            sentence: sentence.into(),
            hint: hint.into(),
            start: self.start,
            end: self.end,
        }
    }
}

/// A file as text, with the beginnings of its lines.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    pub(crate) name: Rc<str>,
    pub(crate) text: &'a str,
    lines: Vec<usize>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(name: &str, text: &'a str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            name: Rc::from(shown(name).as_str()),
            text,
            lines: std::iter::once(0).chain(breaks).collect(),
        }
    }

    pub(crate) fn spot(&self, span: &Range<usize>) -> Spot {
        let line = self.lines.partition_point(|&begin| begin <= span.start);
        let begin = self.lines.get(line.wrapping_sub(1)).copied().unwrap_or(0);
        let before = self.text.get(begin..span.start).unwrap_or_default();
        Spot {
            file: Rc::clone(&self.name),
            line,
            column: before.chars().count() + 1,
            start: span.start,
            end: span.end.max(span.start),
        }
    }
}

/// A word of the user's as it may be shown: short, without characters that disturb a terminal.
pub(crate) fn shown(text: &str) -> String {
    let mut chars = text
        .chars()
        .filter(|c| !text::is_forbidden(*c) && *c != '\n');
    let mut short: String = chars.by_ref().take(80).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

/// A sentence of somebody else's as it may be shown.
pub(crate) fn told(sentence: &str) -> String {
    let chars = sentence.chars().map(|c| if c == '\n' { ' ' } else { c });
    chars
        .filter(|c| !text::is_forbidden(*c))
        .take(400)
        .collect()
}

/// A value with its place.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    pub(crate) pad: &'a Pad,
    pub(crate) source: &'a Source<'a>,
    pub(crate) key: &'a str,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) value: &'a DeValue<'a>,
}

impl<'a> Node<'a> {
    pub(crate) fn spot(&self) -> Spot {
        self.source.spot(&(self.start..self.end))
    }

    pub(crate) fn fault(
        &self,
        code: FaultCode,
        sentence: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.pad.push(self.spot().fault(code, sentence, hint));
    }

    fn wrong_type(&self, wanted: &str, example: &str) {
        self.fault(
            FaultCode::WrongType,
            format!("`{}` wants {wanted}, not {}", self.key, kind(self.value)),
            format!("write `{} = {example}`", self.key),
        );
    }

    /// A text as it stands, without a look at what it says.
    pub(crate) fn raw_text(&self) -> Option<&'a str> {
        match self.value {
            DeValue::String(text) => Some(text.as_ref()),
            _ => {
                self.wrong_type("a text", "\"…\"");
                None
            }
        }
    }

    /// A text that says something and is not too long.
    pub(crate) fn text(&self) -> Option<String> {
        let text = self.raw_text()?;
        let chars = text.chars().count();
        let empty = text.trim().is_empty();
        if empty || chars > MOST_CHARS {
            let sentence = if empty {
                format!("`{}` says nothing", self.key)
            } else {
                format!("`{}` has {chars} characters", self.key)
            };
            self.fault(
                FaultCode::BadText,
                sentence,
                format!("write 1 to {MOST_CHARS} characters"),
            );
            return None;
        }
        Some(text.to_owned())
    }

    /// An id.
    pub(crate) fn id<T: FromStr<Err = IdError>>(&self) -> Option<T> {
        let text = self.raw_text()?;
        match text.parse() {
            Ok(id) => Some(id),
            Err(why) => {
                self.fault(
                    FaultCode::BadId,
                    told(&why.to_string()),
                    "ids are lower-case words joined by `-`",
                );
                None
            }
        }
    }

    /// A whole number within bounds, both included.
    pub(crate) fn integer(&self, least: i64, most: i64) -> Option<i64> {
        let DeValue::Integer(integer) = self.value else {
            self.wrong_type("a whole number", "1");
            return None;
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let within = number.filter(|n| (least..=most).contains(n));
        if within.is_none() {
            self.fault(
                FaultCode::OutOfRange,
                format!("`{}` is {}", self.key, shown(integer.as_str())),
                format!("write a whole number from {least} to {most}"),
            );
        }
        within
    }

    /// Yes or no.
    pub(crate) fn boolean(&self) -> Option<bool> {
        match self.value {
            DeValue::Boolean(boolean) => Some(*boolean),
            _ => {
                self.wrong_type("`true` or `false`", "true");
                None
            }
        }
    }

    /// A length of time with its unit, above zero.
    pub(crate) fn span(&self) -> Option<Span> {
        let text = match self.value {
            DeValue::String(text) => text.as_ref(),
            DeValue::Integer(number) => {
                self.bare(number.as_str());
                return None;
            }
            _ => {
                self.wrong_type("a length of time", "\"1 natural_day\"");
                return None;
            }
        };
        match text.parse::<Span>() {
            Ok(span) if span.halves() == 0 => {
                self.no_duration(text);
                None
            }
            Ok(span) => Some(span),
            Err(SpanError::NoUnit { .. }) => {
                self.bare(text);
                None
            }
            Err(SpanError::OutOfRange { .. }) => {
                self.no_duration(text);
                None
            }
            Err(why) => {
                let negative = text.trim_start().starts_with('-');
                if negative {
                    self.no_duration(text);
                } else {
                    self.fault(
                        FaultCode::BadDuration,
                        told(&why.to_string()),
                        "write an amount and a unit: `1 natural_day`, `1/2 natural_day`, `6 working_hour`, `1 month`",
                    );
                }
                None
            }
        }
    }

    fn bare(&self, text: &str) {
        let text = shown(text.trim());
        self.fault(
            FaultCode::BareDuration,
            format!("`{}` is {text} without a unit", self.key),
            format!("say what is counted: `\"{text} natural_day\"` or `\"{text} working_day\"`"),
        );
    }

    fn no_duration(&self, text: &str) {
        self.fault(
            FaultCode::NoDuration,
            format!(
                "`{}` is `{}`: no time at all, or beyond all bounds",
                self.key,
                shown(text)
            ),
            format!(
                "write more than 0 and at most {} units, or leave the limit out",
                Span::MAX_AMOUNT
            ),
        );
    }

    /// The items of a list.
    pub(crate) fn list(&self) -> Option<Vec<Node<'a>>> {
        let DeValue::Array(items) = self.value else {
            self.wrong_type("a list", "[…]");
            return None;
        };
        if items.len() > MOST_ITEMS {
            self.fault(
                FaultCode::TooMany,
                format!("`{}` has {} items", self.key, items.len()),
                format!("at most {MOST_ITEMS} are read"),
            );
            return None;
        }
        Some(
            items
                .iter()
                .map(|item| Node {
                    start: item.span().start,
                    end: item.span().end,
                    value: item.get_ref(),
                    ..*self
                })
                .collect(),
        )
    }

    /// A list of ids.
    pub(crate) fn ids<T: FromStr<Err = IdError>>(&self) -> Option<Vec<T>> {
        let ids = self.list()?.iter().map(Node::id).collect::<Vec<_>>();
        ids.into_iter().collect()
    }

    /// A table with its keys.
    pub(crate) fn table(&self) -> Option<Table<'a>> {
        let DeValue::Table(table) = self.value else {
            self.wrong_type("a table", "{ … }");
            return None;
        };
        Some(Table::new(*self, table))
    }

    /// One of some words.
    pub(crate) fn word<T: Copy>(&self, words: &[(&str, T)]) -> Option<T> {
        let text = self.raw_text()?;
        let found = words.iter().find(|(word, _)| *word == text);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.fault(
                FaultCode::UnknownWord,
                format!("`{}` is not a word for `{}`", shown(text), self.key),
                suggestion(text, &known),
            );
        }
        found.map(|(_, value)| *value)
    }

    /// Where a value comes from.
    pub(crate) fn mark(&self) -> Option<Mark> {
        self.word(MARKS)
    }
}

/// The words for where a value comes from.
pub(crate) const MARKS: &[(&str, Mark)] = &[
    ("source", Mark::Source),
    ("recovered", Mark::Recovered),
    ("default", Mark::Default),
    ("example", Mark::Example),
];

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a point",
        DeValue::Boolean(_) => "yes or no",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A hint that names the nearest known word, and all of them.
pub(crate) fn suggestion(wrong: &str, known: &[&str]) -> String {
    let wrong: String = wrong.chars().take(64).collect();
    let nearest = known
        .iter()
        .map(|word| (distance(&wrong, word), *word))
        .min()
        .filter(|(distance, word)| *distance <= 2.max(word.chars().count() / 3));
    let mut all = known.to_vec();
    all.sort_unstable();
    let all = match all.get(..40) {
        Some(some) => format!("{}, …", some.join(", ")),
        None => all.join(", "),
    };
    match nearest {
        _ if known.is_empty() => "there are none".to_owned(),
        Some((_, word)) => format!("did you mean `{word}`? known here: {all}"),
        None => format!("known here: {all}"),
    }
}

/// How many letters must change to make one word the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, above) in b.iter().zip(row.iter().skip(1)) {
            let changed = diagonal + usize::from(x != *y);
            left = changed.min(left + 1).min(above + 1);
            diagonal = *above;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

/// A table whose keys are taken one by one; what is left at the end is unknown.
pub(crate) struct Table<'a> {
    node: Node<'a>,
    keys: BTreeSet<&'a str>,
    left: BTreeMap<&'a str, (Range<usize>, Node<'a>)>,
    known: Vec<&'static str>,
}

impl<'a> Table<'a> {
    fn new(node: Node<'a>, table: &'a DeTable<'a>) -> Self {
        let left: BTreeMap<&'a str, (Range<usize>, Node<'a>)> = table
            .iter()
            .map(|(key, value)| {
                let name: &'a str = key.get_ref().as_ref();
                let child = Node {
                    key: name,
                    start: value.span().start,
                    end: value.span().end,
                    value: value.get_ref(),
                    ..node
                };
                (name, (key.span(), child))
            })
            .collect();
        Self {
            node,
            keys: left.keys().copied().collect(),
            left,
            known: Vec::new(),
        }
    }

    /// The table itself.
    pub(crate) fn node(&self) -> &Node<'a> {
        &self.node
    }

    /// The value of a key that may be left out.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Node<'a>> {
        self.known.push(key);
        self.left.remove(key).map(|(_, node)| node)
    }

    /// The value of a key that must be there.
    pub(crate) fn need(&mut self, key: &'static str) -> Option<Node<'a>> {
        let node = self.take(key);
        if node.is_none() {
            self.node.fault(
                FaultCode::MissingKey,
                format!("`{}` says no `{key}`", shown(self.node.key)),
                format!("add `{key} = …`"),
            );
        }
        node
    }

    pub(crate) fn text(&mut self, key: &'static str) -> Option<String> {
        self.need(key)?.text()
    }

    pub(crate) fn id<T: FromStr<Err = IdError>>(&mut self, key: &'static str) -> Option<T> {
        self.need(key)?.id()
    }

    /// The list of ids of a key; none if the key is left out.
    pub(crate) fn ids<T: FromStr<Err = IdError>>(&mut self, key: &'static str) -> Option<Vec<T>> {
        match self.take(key) {
            Some(node) => node.ids(),
            None => Some(Vec::new()),
        }
    }

    /// The list of tables of a key, each read by `read`; none if the key is left out.
    pub(crate) fn each<T>(
        &mut self,
        key: &'static str,
        read: impl FnMut(&Node<'a>) -> Option<T>,
    ) -> Option<Vec<T>> {
        match self.take(key) {
            Some(node) => {
                let items = node.list()?.iter().map(read).collect::<Vec<_>>();
                items.into_iter().collect()
            }
            None => Some(Vec::new()),
        }
    }

    /// The clause of the table.
    pub(crate) fn clause(&mut self) -> Option<String> {
        self.text("clause")
    }

    /// Where the values of the table come from; the source unless it says otherwise. Single values that come from
    /// elsewhere are named under `marks`: `marks = { digits = "default", limits = { clause = "A9", mark = "default" } }`.
    pub(crate) fn mark(&mut self) -> Option<Mark> {
        self.mark_within(Mark::Source)
    }

    /// The same for a table that has the mark of the one around it unless it says otherwise.
    pub(crate) fn mark_within(&mut self, around: Mark) -> Option<Mark> {
        let mark = match self.take("mark") {
            Some(node) => node.mark(),
            None => Some(around),
        };
        let single = match self.take("marks") {
            Some(node) => self.single_marks(&node),
            None => Some(()),
        };
        single.and(mark)
    }

    /// Where the values of one key come from: what `marks` says of it, else the mark of the table.
    pub(crate) fn mark_of(&mut self, key: &str) -> Option<Mark> {
        let marks = self.left.get("marks").and_then(|(_, n)| n.value.as_table());
        let own = marks
            .and_then(|marks| marks.get(key))
            .map(|own| own.get_ref());
        let word = own.and_then(|own| match own {
            DeValue::Table(own) => own.get("mark")?.get_ref().as_str(),
            word => word.as_str(),
        });
        let own = word.and_then(|word| MARKS.iter().find(|(known, _)| *known == word));
        let own = own.map(|(_, mark)| *mark);
        self.mark().map(|mark| own.unwrap_or(mark))
    }

    fn single_marks(&self, node: &Node<'a>) -> Option<()> {
        let mut all = Some(());
        for (key, (span, entry)) in node.table()?.left {
            if !self.keys.contains(key)
                || matches!(key, "id" | "title" | "clause" | "mark" | "marks")
            {
                let known: Vec<&str> = self.keys.iter().copied().collect();
                let spot = self.node.source.spot(&span);
                self.node.pad.push(spot.fault(
                    FaultCode::UnknownKey,
                    format!(
                        "`marks` names `{}`, which this table does not say",
                        shown(key)
                    ),
                    suggestion(key, &known),
                ));
                all = None;
                continue;
            }
            let read = match entry.value {
                DeValue::Table(_) => {
                    let mut own = entry.table()?;
                    let (clause, mark) = (own.clause(), own.need("mark").and_then(|n| n.mark()));
                    own.finish();
                    clause.and(mark)
                }
                _ => entry.mark(),
            };
            all = read.and(all);
        }
        all
    }

    /// The title in both languages.
    pub(crate) fn title(&mut self) -> Option<Title> {
        let mut table = self.need("title")?.table()?;
        let (zh, en) = (table.text("zh"), table.text("en"));
        table.finish();
        Some(Title { zh: zh?, en: en? })
    }

    /// Notes every key that nobody took.
    pub(crate) fn finish(self) {
        for (key, (span, _)) in &self.left {
            let spot = self.node.source.spot(span);
            self.node.pad.push(spot.fault(
                FaultCode::UnknownKey,
                format!(
                    "`{}` is not a key of `{}`",
                    shown(key),
                    shown(self.node.key)
                ),
                suggestion(key, &self.known),
            ));
        }
    }
}
