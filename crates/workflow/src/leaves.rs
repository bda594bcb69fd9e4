//! Every single value of a workflow with its path, clause and mark: what a page shows and two versions differ in.

use std::collections::BTreeMap;

use redress_kernel::definition::Mark;
use redress_kernel::text;
use toml::de::DeValue;

use crate::fault::FaultCode;
use crate::tree::{MARKS, MOST_ITEMS, Node, Spot, shown};

/// One value of a workflow file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// The value as it is written, lists joined by `, `.
    pub value: String,
    /// The clause that it stands on: its own, or that of the table around it.
    pub clause: Option<String>,
    /// Where it comes from: its own mark, or that of the table around it.
    pub mark: Mark,
    /// File, for instance `route.toml`.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
}

/// The values by path, such as `stages.investigation.limits.1.span`.
pub(crate) type Leaves = BTreeMap<String, Leaf>;
/// The places of values and tables by path.
pub(crate) type Spots = BTreeMap<String, Spot>;

#[derive(Clone, Default)]
struct Around {
    clause: Option<String>,
    mark: Mark,
}

/// Walks a value, notes characters that may not stand anywhere, and records every leaf and place.
pub(crate) fn walk(node: &Node<'_>, path: &str, leaves: &mut Leaves, spots: &mut Spots) {
    visit(node, path, &Around::default(), leaves, spots);
}

impl Around {
    /// The same, but for what one entry of `marks` says.
    fn with(&self, own: &DeValue<'_>) -> Self {
        let mark = |word: &DeValue<'_>| {
            let word = word.as_str()?;
            MARKS
                .iter()
                .find(|(m, _)| *m == word)
                .map(|(_, mark)| *mark)
        };
        let (clause, of) = match own {
            DeValue::Table(table) => {
                let clause = table.get("clause").and_then(|c| c.get_ref().as_str());
                let of = table.get("mark").and_then(|m| mark(m.get_ref()));
                (clause.map(shown), of)
            }
            word => (None, mark(word)),
        };
        Self {
            clause: clause.or_else(|| self.clause.clone()),
            mark: of.unwrap_or(self.mark),
        }
    }
}

fn visit(node: &Node<'_>, path: &str, around: &Around, leaves: &mut Leaves, spots: &mut Spots) {
    spots.entry(path.to_owned()).or_insert_with(|| node.spot());
    let leaf = |leaves: &mut Leaves, value: String| {
        let spot = node.spot();
        leaves.entry(path.to_owned()).or_insert(Leaf {
            value,
            clause: around.clause.clone(),
            mark: around.mark,
            file: spot.file.to_string(),
            line: spot.line,
        });
    };
    match node.value {
        DeValue::Table(table) => {
            let word = |key: &str| table.get(key).and_then(|v| v.get_ref().as_str());
            let mut within = around.clone();
            if let Some(clause) = word("clause") {
                within.clause = Some(shown(clause));
            }
            if let Some(mark) = word("mark").and_then(|w| MARKS.iter().find(|(m, _)| *m == w)) {
                within.mark = mark.1;
            }
            let marks = table.get("marks").and_then(|m| m.get_ref().as_table());
            for (key, value) in table {
                check_text(node, key.get_ref(), key.span());
                // `marks` says of single values that they come from elsewhere than the table around them.
                let own = marks.and_then(|marks| marks.get(key.get_ref().as_ref()));
                let within = own.map_or_else(|| within.clone(), |own| within.with(own.get_ref()));
                let child = Node {
                    key: key.get_ref().as_ref(),
                    start: value.span().start,
                    end: value.span().end,
                    value: value.get_ref(),
                    ..*node
                };
                visit(
                    &child,
                    &join(path, &shown(key.get_ref())),
                    &within,
                    leaves,
                    spots,
                );
            }
        }
        DeValue::Array(items) => {
            let tables = items
                .iter()
                .any(|i| i.get_ref().is_table() || i.get_ref().is_array());
            // A longer list is refused where it is read.
            for (item, number) in items.iter().take(MOST_ITEMS).zip(1usize..) {
                let child = Node {
                    start: item.span().start,
                    end: item.span().end,
                    value: item.get_ref(),
                    ..*node
                };
                let name = item
                    .get_ref()
                    .as_table()
                    .and_then(|t| t.get("id"))
                    .and_then(|id| id.get_ref().as_str())
                    .map_or_else(|| number.to_string(), shown);
                if tables {
                    let mut place = join(path, &name);
                    // A second `id` within a list gets a place of its own, so that the fault can name it.
                    let again =
                        (2..=MOST_ITEMS).find(|n| !spots.contains_key(&format!("{place}#{n}")));
                    if let (true, Some(again)) = (spots.contains_key(&place), again) {
                        place = format!("{place}#{again}");
                    }
                    visit(&child, &place, around, leaves, spots);
                } else {
                    spots.insert(join(path, &number.to_string()), child.spot());
                    if let DeValue::String(text) = item.get_ref() {
                        check_text(&child, text, item.span());
                    }
                }
            }
            // The order of stages and offices is a value of its own.
            if tables && (path == "stages" || path == "offices") {
                let ids = items.iter().take(MOST_ITEMS).filter_map(|item| {
                    let id = item.get_ref().as_table()?.get("id")?;
                    Some(shown(id.get_ref().as_str()?))
                });
                leaf(leaves, ids.collect::<Vec<_>>().join(", "));
            }
            if !tables {
                let items: Vec<String> = items.iter().map(|i| scalar(i.get_ref())).collect();
                leaf(leaves, items.join(", "));
            }
        }
        other => {
            if let DeValue::String(text) = other {
                check_text(node, text, node.start..node.end);
            }
            leaf(leaves, scalar(other));
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn scalar(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text
            .chars()
            .filter(|c| !text::is_forbidden(*c))
            .take(4_000)
            .collect(),
        DeValue::Integer(integer) => shown(integer.as_str()),
        DeValue::Float(float) => shown(float.as_str()),
        DeValue::Boolean(boolean) => boolean.to_string(),
        DeValue::Datetime(datetime) => datetime.to_string(),
        DeValue::Array(_) => "[…]".to_owned(),
        DeValue::Table(_) => "{…}".to_owned(),
    }
}

/// A forbidden character that is written as an escape; one that stands in the file is found there.
fn check_text(node: &Node<'_>, text: &str, span: std::ops::Range<usize>) {
    let Some((place, c)) = text::first_forbidden(text) else {
        return;
    };
    let written = node.source.text.get(span.clone()).unwrap_or_default();
    if written.contains(c) {
        return;
    }
    let spot = node.source.spot(&span);
    node.pad.push(spot.fault(
        FaultCode::ForbiddenCharacter,
        format!("character {place} of this text is U+{:04X}", u32::from(c)),
        "control characters and those that turn the direction of text are refused; take it out",
    ));
}
