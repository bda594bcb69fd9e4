//! What changed between two versions of a workflow, value by value.

use std::collections::BTreeMap;
use std::fmt;

use redress_core::sentence::Lang;
use serde::Serialize;

use crate::leaves::Leaf;
use crate::read::Reading;

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Which value, such as `stages.investigation.limits.1.span`; a whole table where all of it is new or gone.
    pub path: String,
    /// What it was; none if it is new.
    pub before: Option<String>,
    /// What it is; none if it is gone.
    pub after: Option<String>,
    /// The clause that it stands on, in the new version where it has one.
    pub clause: Option<String>,
    /// The file in which it stands.
    pub file: String,
    /// The line.
    pub line: usize,
}

/// Every value that differs, by path. Where a whole table is new or gone it is one change.
#[must_use]
pub fn diff(old: &Reading, new: &Reading) -> Vec<Change> {
    let mut changes: BTreeMap<String, Change> = BTreeMap::new();
    for (path, leaf) in &new.leaves {
        match old.leaves.get(path) {
            Some(before) if before.value == leaf.value => {}
            Some(before) => {
                let change = change(path, Some(before), Some(leaf));
                changes.insert(path.clone(), change);
            }
            None => add(&mut changes, path, None, Some(leaf), &old.leaves),
        }
    }
    for (path, leaf) in &old.leaves {
        if !new.leaves.contains_key(path) {
            add(&mut changes, path, Some(leaf), None, &new.leaves);
        }
    }
    changes.into_values().collect()
}

fn change(path: &str, before: Option<&Leaf>, after: Option<&Leaf>) -> Change {
    let shown = after.or(before);
    Change {
        path: path.to_owned(),
        before: before.map(|leaf| leaf.value.clone()),
        after: after.map(|leaf| leaf.value.clone()),
        clause: shown.and_then(|leaf| leaf.clause.clone()),
        file: shown.map_or_else(String::new, |leaf| leaf.file.clone()),
        line: shown.map_or(0, |leaf| leaf.line),
    }
}

/// Adds a value that one side lacks, joined with its neighbours if the other side lacks the whole table.
fn add(
    changes: &mut BTreeMap<String, Change>,
    path: &str,
    before: Option<&Leaf>,
    after: Option<&Leaf>,
    others: &BTreeMap<String, Leaf>,
) {
    let has = |table: &str| {
        let within = format!("{table}.");
        others.contains_key(table)
            || others
                .range(within.clone()..)
                .next()
                .is_some_and(|(path, _)| path.starts_with(&within))
    };
    let missing = path
        .match_indices('.')
        .filter_map(|(at, _)| path.get(..at))
        .find(|table| !has(table));
    let Some(table) = missing else {
        changes.insert(path.to_owned(), change(path, before, after));
        return;
    };
    let within = path.get(table.len() + 1..).unwrap_or(path);
    let entry = changes.entry(table.to_owned()).or_insert_with(|| Change {
        before: before.map(|_| String::new()),
        after: after.map(|_| String::new()),
        ..change(table, before, after)
    });
    let side = if after.is_some() {
        &mut entry.after
    } else {
        &mut entry.before
    };
    if let (Some(text), Some(leaf)) = (side, after.or(before)) {
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(&format!("{within} = {}", leaf.value));
    }
}

impl Change {
    /// The change in one line.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let clause = self.clause.as_ref();
        let clause = clause.map_or_else(String::new, |clause| format!(" [{clause}]"));
        let path = &self.path;
        match (&self.before, &self.after, lang) {
            (Some(before), Some(after), _) => format!("{path}: {before} → {after}{clause}"),
            (None, Some(after), Lang::En) => format!("{path}: new: {after}{clause}"),
            (None, Some(after), Lang::Zh) => format!("{path}：新增：{after}{clause}"),
            (Some(before), None, Lang::En) => format!("{path}: gone: {before}{clause}"),
            (Some(before), None, Lang::Zh) => format!("{path}：删除：{before}{clause}"),
            (None, None, _) => path.clone(),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}
