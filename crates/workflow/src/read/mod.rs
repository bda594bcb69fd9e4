//! From files to a workflow: all files are read as one, each topic stands in one of them, forms in any number.

mod forms;
mod guards;
mod regulation;
mod route;
mod tables;
mod topics;

use std::collections::BTreeMap;

use redress_core::regulation::Workflow;
use redress_kernel::text;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::check;
use crate::fault::{Fault, FaultCode, Faults};
use crate::files::{self, Files};
use crate::leaves::{self, Leaf, Leaves, Spots};
use crate::tree::{Node, Pad, Source, shown, suggestion, told};

/// A workflow as it was read, with the files and each value's clause, mark and place.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The workflow.
    pub workflow: Workflow,
    /// The files, as they go into the log.
    pub files: Files,
    /// Every single value by its path, such as `stages.investigation.limits.1.span`.
    pub leaves: BTreeMap<String, Leaf>,
    pub(crate) spots: Spots,
}

/// Reads a workflow from its files: name → text.
///
/// # Errors
/// All [`Faults`] at once.
pub fn read(files: &Files) -> Result<Workflow, Faults> {
    study(files).map(|reading| reading.workflow)
}

/// Reads a workflow and keeps where each value stands, for the page that a manager signs and for differences.
///
/// # Errors
/// All [`Faults`] at once.
pub fn study(files: &Files) -> Result<Reading, Faults> {
    let faults = files::check_bounds(files);
    if !faults.is_empty() {
        return Err(Faults::new(faults));
    }
    let pad = Pad::default();
    let sources: Vec<Source<'_>> = files
        .iter()
        .map(|(name, text)| Source::new(name, text))
        .collect();
    let parsed: Vec<(&Source<'_>, Spanned<DeTable<'_>>)> = sources
        .iter()
        .filter_map(|source| Some((source, parse(source, &pad)?)))
        .collect();
    // What a file that cannot be parsed would have said is not told missing.
    if parsed.len() < sources.len() {
        return Err(Faults::new(pad.into_faults()));
    }
    let tables: Vec<(&Source<'_>, Spanned<DeValue<'_>>)> = parsed
        .into_iter()
        .map(|(source, table)| {
            let span = table.span();
            let table = DeValue::Table(table.into_inner());
            (source, Spanned::new(span, table))
        })
        .collect();
    let mut all_leaves = Leaves::new();
    let mut spots = Spots::new();
    let mut root = Root {
        pad: &pad,
        topics: BTreeMap::new(),
        known: Vec::new(),
        first: None,
    };
    for (source, table) in &tables {
        let node = Node {
            pad: &pad,
            source,
            key: "the file",
            start: table.span().start,
            end: table.span().end,
            value: table.get_ref(),
        };
        leaves::walk(&node, "", &mut all_leaves, &mut spots);
        root.add(&node);
    }
    let definition = topics::definition(&mut root);
    let regulation = regulation::regulation(&mut root, definition.as_ref());
    root.finish();
    let hash = files::hash(files);
    let workflow = definition
        .zip(regulation)
        .map(|(definition, regulation)| Workflow {
            definition,
            regulation,
            hash,
        });
    if let Some(workflow) = &workflow {
        for fault in check::faults(workflow, &spots) {
            pad.push(fault);
        }
    }
    match workflow {
        Some(workflow) if pad.is_clean() => Ok(Reading {
            workflow,
            files: files.clone(),
            leaves: all_leaves,
            spots,
        }),
        _ => Err(Faults::new(pad.into_faults())),
    }
}

/// Parses one file; faults go to the pad.
pub(crate) fn parse<'a>(source: &'a Source<'a>, pad: &Pad) -> Option<Spanned<DeTable<'a>>> {
    check_characters(source, pad);
    let first = match DeTable::parse(source.text) {
        Ok(table) => return Some(table),
        Err(first) => first,
    };
    // Each error of the parser carries the whole text; only short files are asked for all of theirs.
    let errors = if source.text.len() <= 8 * 1024 {
        DeTable::parse_recoverable(source.text).1
    } else {
        vec![first]
    };
    for error in errors.iter().take(10) {
        let span = error.span().unwrap_or(0..0);
        pad.push(source.spot(&span).fault(
            FaultCode::Syntax,
            format!("not TOML: {}", told(&error.message().replace('\n', ", "))),
            "texts stand in quotation marks, lists in `[ ]`, small tables in `{ }`",
        ));
    }
    None
}

/// Characters that may stand nowhere in a file, not even in a remark.
fn check_characters(source: &Source<'_>, pad: &Pad) {
    let mut chars = source.text.char_indices().peekable();
    let mut found = 0;
    while let Some((at, c)) = chars.next() {
        let ends_line = c == '\r' && chars.peek().is_some_and(|(_, next)| *next == '\n');
        let byte_order_mark = at == 0 && c == '\u{FEFF}';
        if !text::is_forbidden(c) || ends_line || byte_order_mark {
            continue;
        }
        let span = at..at + c.len_utf8();
        pad.push(source.spot(&span).fault(
            FaultCode::ForbiddenCharacter,
            format!("here stands U+{:04X}", u32::from(c)),
            "control characters and those that turn the direction of text are refused; take it out",
        ));
        found += 1;
        if found == 5 {
            return;
        }
    }
}

/// The topics of all files, side by side.
pub(crate) struct Root<'a> {
    pad: &'a Pad,
    topics: BTreeMap<&'a str, Vec<(Fault, Node<'a>)>>,
    known: Vec<&'static str>,
    first: Option<Node<'a>>,
}

impl<'a> Root<'a> {
    fn add(&mut self, file: &Node<'a>) {
        self.first.get_or_insert(*file);
        let DeValue::Table(table) = file.value else {
            return;
        };
        for (key, value) in table {
            let name: &'a str = key.get_ref().as_ref();
            let node = Node {
                key: name,
                start: value.span().start,
                end: value.span().end,
                value: value.get_ref(),
                ..*file
            };
            let unknown = file.source.spot(&key.span()).fault(
                FaultCode::UnknownKey,
                format!("`{}` is no topic of a workflow", shown(name)),
                "",
            );
            self.topics.entry(name).or_default().push((unknown, node));
        }
    }

    /// Every place of a topic that may stand in several files.
    fn all(&mut self, topic: &'static str) -> Vec<Node<'a>> {
        self.known.push(topic);
        let nodes = self.topics.remove(topic).unwrap_or_default();
        nodes.into_iter().map(|(_, node)| node).collect()
    }

    /// A topic that stands in one file.
    fn take(&mut self, topic: &'static str) -> Option<Node<'a>> {
        let nodes = self.all(topic);
        let (first, more) = nodes.split_first()?;
        for node in more {
            node.fault(
                FaultCode::TopicTwice,
                format!("`{topic}` stands in {} already", first.source.name),
                "a topic stands in one file; only `forms` may be spread",
            );
        }
        Some(*first)
    }

    /// A topic that must be there.
    fn need(&mut self, topic: &'static str) -> Option<Node<'a>> {
        let node = self.take(topic);
        if node.is_none()
            && let Some(file) = &self.first
        {
            self.pad.push(files::whole(
                &file.source.name,
                FaultCode::MissingKey,
                format!("no file says `{topic}`"),
                &format!("add `{topic}` to one of the files"),
            ));
        }
        node
    }

    fn finish(self) {
        for (key, nodes) in self.topics {
            for (mut fault, _) in nodes {
                fault.hint = suggestion(key, &self.known);
                self.pad.push(fault);
            }
        }
    }
}
